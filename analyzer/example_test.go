package analyzer_test

import (
	"context"
	"fmt"

	"paperlight/analyzer"
)

func ExampleJudge() {
	released, err := analyzer.Judge(context.Background(), []string{"../testdata/extracts/paperlight"}, analyzer.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range released.Report().Practices {
		for _, a := range p.Accreditations {
			fmt.Println(p.PracticeID, a.ID, a.Verdict)
		}
	}
	// Output:
	// P00001 data-quality not_ready
	// P00001 paper-light not_ready
	// P00001 scr not_ready
	// P00001 sharing cannot_tell
}
