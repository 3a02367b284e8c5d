// Command guard fails where the program got slower than its baseline: a rule, the
// decoding or placing of a table, or all rules together, by name.
//
// It makes a practice, has paperlight bench measure it twice against
// benchmarks/guard/baseline.json, and ends with 1 where both runs name the same.
// With -make it writes the baseline anew.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"paperlight/benchmarks/program"
	"paperlight/internal/processor"
)

func main() {
	anew := flag.Bool("make", false, "write the baseline anew, of the commit that is checked out")
	limit := flag.String("limit", "25%", "how much slower a rule or a stage may be")
	patients := flag.Int("patients", 1000, "patients of the practice, of some 900 rows each; a baseline is of one practice")
	flag.Parse()
	slower, err := run(*anew, *limit, *patients)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(70)
	case len(slower) > 0:
		os.Exit(1)
	}
}

// baselineName is where the baseline is, from the root of the repository.
var baselineName = filepath.Join("benchmarks", "guard", "baseline.json")

func run(anew bool, limit string, patients int) (slower []string, err error) {
	root, err := program.Root(".")
	if err != nil {
		return nil, err
	}
	commit, err := checkedOut(root, anew)
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "guard-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	b := &bencher{root: root, work: work, program: filepath.Join(work, "now"), practice: filepath.Join(work, "practice"), limit: limit}
	if err := program.Build(root, b.program, commit); err != nil {
		return nil, err
	}
	if err := program.MakePractice(b.program, b.practice, patients); err != nil {
		return nil, err
	}
	baseline := filepath.Join(root, baselineName)
	if anew {
		return nil, b.measure(b.program, baseline)
	}
	was, err := readMeasured(baseline)
	if err != nil {
		return nil, err
	}
	g := &guard{compare: b.compare, earlier: func() (string, string, error) { return b.earlier(was.Tool.Version) }, out: os.Stdout}
	return g.judge(baseline, was.Tool, tool{Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Processor: processor.Kind()})
}

// checkedOut is the commit of the work tree. A baseline is of a commit, by which its
// program is found again, so that nothing else may have changed where one is made.
func checkedOut(root string, clean bool) (commit string, err error) {
	if commit, err = program.Git(root, "rev-parse", "--short=12", "HEAD"); err != nil || !clean {
		return commit, err
	}
	changed, err := program.Git(root, "status", "--porcelain", "--", ".", ":!"+filepath.ToSlash(baselineName))
	if err == nil && changed != "" {
		err = errors.New("the work tree has changes, and a baseline is of a commit: commit first\n" + strings.TrimRight(changed, "\n"))
	}
	return commit, err
}
