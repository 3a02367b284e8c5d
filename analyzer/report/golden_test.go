package report

import (
	"bytes"
	"io"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

type writer func(io.Writer, Released, Options) error

func samples() map[string]*Report {
	return map[string]*Report{
		"ready": readySample(), "not-ready": notReadySample(), "damaged": damagedSample(),
		"several": severalSample(), "published": publishedSample(), "selection": selectionSample(),
		"joined": joinedSample(), "joined-assessor": joinedAssessorSample(),
	}
}

func TestGolden(t *testing.T) {
	for name, r := range samples() {
		for _, form := range []struct {
			file    string
			write   writer
			options Options
		}{
			{name + ".json", WriteJSON, Options{}},
			{name + ".txt", WriteText, Options{Worklists: worklists}},
			{name + ".narrow.txt", WriteText, Options{Width: 44, Worklists: worklists}},
			{name + ".html", WriteHTML, Options{Worklists: worklists}},
			{name + ".md", WriteMarkdown, Options{Worklists: worklists}},
			{name + ".csv", WriteCSV, Options{}},
			{name + ".xml", WriteJUnit, Options{}},
			{name + ".github.txt", WriteGitHub, Options{}},
			{name + ".summary.md", WriteSummary, Options{}},
		} {
			t.Run(form.file, func(t *testing.T) { compare(t, form.file, r, form.write, form.options) })
		}
	}
}

// compare holds a form against its golden file, and says it twice.
func compare(t *testing.T, file string, r *Report, write writer, o Options) {
	var first, second bytes.Buffer
	require.NoError(t, write(&first, Release(r), o))
	require.NoError(t, write(&second, Release(r), o))
	require.Equal(t, first.Bytes(), second.Bytes(), "equal reports give equal bytes")
	fixture.Golden(t, filepath.Join("testdata", file), first.Bytes())
}
