package source

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/crash"
)

// brokenReader stands for a mistake in a decoder.
type brokenReader struct{}

func (brokenReader) ReadAt([]byte, int64) (int, error) { panic("943 476 5919") }

func brokenInput() *input {
	in := &input{name: "patients", stored: 100, size: 100, at: brokenReader{}}
	in.stream = in.section
	return in
}

// Where a decoder panics the program is at fault, and not the file.
func TestAPanicIsNotBlamedOnTheFile(t *testing.T) {
	for _, name := range []string{"patients.csv", "patients.parquet", "patients.arrow", "patients.arrows", "patients.csv.gz", "patients.csv.zst"} {
		t.Run(name, func(t *testing.T) {
			b := &Bundle{}
			err := b.decode([]found{{name: name, in: brokenInput()}}, Options{Jobs: 1, part: partBytes, Digest: true})
			b.hashing.stop()
			var ours *crash.Error
			require.ErrorAs(t, err, &ours)
			require.NotErrorAs(t, err, new(*DecodeError))
			require.Equal(t, name, ours.File)
			require.Equal(t, "analyzer/source.brokenReader.ReadAt", ours.Frames[0].Function)
			require.NotContains(t, err.Error(), "943")
			require.NotContains(t, err.Error(), "damaged")
		})
	}
	_, err := openZip(brokenInput(), "")
	require.ErrorAs(t, err, new(*crash.Error))
	_, err = new(hashing).start(brokenInput(), "patients.csv")()
	require.ErrorContains(t, err, "an internal error stopped the reading of patients.csv\n  at ")
}

// What is read of a file is told while it is opened, also of one that can only
// be streamed, so that opening a huge one does not look hung.
func TestReadingIsToldWhileFilesAreOpened(t *testing.T) {
	told := 0
	in := &input{name: "patients", stored: 3, size: 3, at: telling{at: strings.NewReader("a,b"), tell: func() { told++ }}}
	in.stream = in.section
	s, err := in.stream()
	require.NoError(t, err)
	text, err := io.ReadAll(s)
	require.NoError(t, err)
	require.Equal(t, "a,b", string(text))
	require.Positive(t, told)
}
