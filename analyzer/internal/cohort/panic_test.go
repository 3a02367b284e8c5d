package cohort

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/crash"
)

// The goroutines that hash and build end the process no more than their caller
// does: a segment whose ids end beyond its bytes is a mistake of ours.
func TestAPanicWhileIndexingIsCaught(t *testing.T) {
	for _, jobs := range []int{1, 2} {
		err := func() (err error) {
			defer crash.Catch(&err, "the work")
			BuildIDs([]Segment{{Ends: []uint32{9}, Practice: []int32{0}}, {Ends: []uint32{9}, Practice: []int32{0}}, {Ends: []uint32{9}}}, jobs)
			return nil
		}()
		var caught *crash.Error
		require.ErrorAs(t, err, &caught)
		require.Contains(t, caught.Frames[0].Function, "internal/cohort.")
	}
}
