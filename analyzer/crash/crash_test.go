package crash_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/crash"
)

type decoder struct{ values []string }

//go:noinline
func (d *decoder) value(i int) string { return d.values[i] }

func read(i int) (err error) {
	defer crash.Catch(&err, "the reading")
	if v := (&decoder{values: []string{"943 476 5919"}}).value(i); v == "943 476 5919" {
		panic("a patient's number: " + v)
	}
	return nil
}

func TestAPanicBecomesItsPlace(t *testing.T) {
	for i, first := range map[int]string{0: "analyzer/crash_test.read", 7: "analyzer/crash_test.(*decoder).value"} {
		err := read(i)
		var caught *crash.Error
		require.ErrorAs(t, err, &caught)
		require.Equal(t, first, caught.Frames[0].Function)
		require.Equal(t, "crash_test.go", caught.Frames[0].File)
		require.Positive(t, caught.Frames[0].Line)
		require.Contains(t, err.Error(), "an internal error stopped the reading\n  at "+first+" (crash_test.go:")
		require.NotContains(t, err.Error(), "943", "no value")
		require.NotContains(t, err.Error(), "out of range")
		require.NotContains(t, err.Error(), "/crash/crash_test.go", "no folder")
	}
	caught := &crash.Error{While: "the reading", File: "patients.csv"}
	require.Equal(t, "an internal error stopped the reading of patients.csv", caught.Error())
}

func TestNoPanicIsNoError(t *testing.T) {
	want := errors.New("as it was")
	require.Equal(t, want, func() (err error) {
		defer crash.Catch(&err, "nothing")
		return want
	}())
}

func TestFramesOfACrash(t *testing.T) {
	const words = `panic: a patient's number: 943 476 5919 [recovered]
goroutine of ours

goroutine 7 [running]:
runtime.gopanic({0x1, 0x2})
	/usr/lib/go/src/runtime/panic.go:856 +0x132
panic({0x5a3a20?, 0xc000012345?})
	/usr/lib/go/src/runtime/panic.go:783 +0x132
paperlight/analyzer/internal/cohort.(*IDs).build(0xc0001, {0x9434765919, 0x2})
	C:/Users/somebody/paperlight/analyzer/internal/cohort/ids.go:148 +0x99
paperlight/analyzer/internal/cohort.BuildIDs.func1(...)
	/home/somebody/paperlight/analyzer/internal/cohort/ids.go:105
created by sync.(*WaitGroup).Go in goroutine 1
	/usr/lib/go/src/sync/waitgroup.go:239 +0x73

goroutine 1 [running]:
main.main()
`
	// The value of a panic may look like the line before the frames: then there
	// are none.
	require.Empty(t, crash.Frames(words))
	_, honest, _ := strings.Cut(words, "\n\n")
	require.Equal(t, []crash.Frame{
		{Function: "analyzer/internal/cohort.(*IDs).build", File: "ids.go", Line: 148},
		{Function: "analyzer/internal/cohort.BuildIDs.func1", File: "ids.go", Line: 105},
	}, crash.Frames("panic: x\n\n"+honest))
	require.Empty(t, crash.Frames("panic: x"))
	require.Empty(t, crash.Frames("goroutine 1 [running]:\n943 476 5919(\n\tx.go:1"), "no function of Go has a blank")
}

// What panics in a goroutine is caught by who waits for it, with its own place.
func TestAGroupHandsItsPanicOn(t *testing.T) {
	var done atomic.Int32
	err := func() (err error) {
		defer crash.Catch(&err, "the counting")
		var group crash.Group
		for i := range 8 {
			group.Go(func() {
				done.Add(1)
				if i == 3 {
					_ = (&decoder{values: []string{"943 476 5919"}}).value(i)
				}
			})
		}
		group.Wait()
		t.Error("waiting returned")
		return nil
	}()
	var caught *crash.Error
	require.ErrorAs(t, err, &caught)
	require.EqualValues(t, 8, done.Load(), "the others go on")
	require.Equal(t, "the counting", caught.While)
	require.Equal(t, "analyzer/crash_test.(*decoder).value", caught.Frames[0].Function)
	require.NotContains(t, err.Error(), "out of range")
}
