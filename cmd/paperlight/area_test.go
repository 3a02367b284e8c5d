package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/area"
	"paperlight/internal/fixture"
)

// areasFile is a made-up file of areas.
var areasFile = func() string {
	path, err := filepath.Abs(filepath.Join("..", "..", "testdata", "areas", "area.csv"))
	if err != nil {
		panic(err)
	}
	return path
}()

// What the sample gives in every form, at either level.
func TestGoldenAreas(t *testing.T) {
	t.Parallel()
	for _, level := range []string{"assessor", "publish"} {
		for form, ending := range map[string]string{"text": "txt", "csv": "csv", "json": "json", "html": "html"} {
			t.Run(level+" "+form, func(t *testing.T) {
				t.Parallel()
				r := onDisk(disk{}, []string{"area", areasFile, "--as-of", "2012-03-31", "--level", level, "--format", form})
				require.Zero(t, r.code, r.err)
				fixture.Golden(t, filepath.Join("..", "..", "testdata", "golden", "areas-"+level+"."+ending), []byte(r.out))
			})
		}
	}
}

// areasOf is a file of areas for practices made by madeMany.
func areasOf(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "area.csv")
	text := "practice,area,list size,invited,declined,go-live,uploads,spend\n" + strings.Join(lines, "\n") + "\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// assess and merge write the same view beside the table that area makes of the run.
func TestAssessWritesTheViewOfAreas(t *testing.T) {
	t.Parallel()
	extracts, out := madeMany(t, 2), filepath.Join(t.TempDir(), "out")
	file := areasOf(t, "A80001,North,30,yes,no,2026-01-05,20,100", "A80009,North,40,yes,yes,,0,50")
	r := assessed(t, disk{}, extracts, out, "--area", file, "--reports", "none")
	require.Zero(t, r.code, r.err)
	var v area.View
	text, err := os.ReadFile(filepath.Join(out, "practices", "areas.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &v))
	require.Equal(t, area.FromExtracts, v.AsOfFrom)
	require.Equal(t, int64(1), *v.Whole.Ready[0].Judged)
	require.Equal(t, []string{"A80009"}, v.Areas[0].Declining)
	require.Contains(t, strings.Join(v.Notes, "\n"), "1 practice was judged and is not in the file of areas: A80002.")
	require.Contains(t, strings.Join(v.Notes, "\n"), "1 practice was not judged: A80009.")

	alone := onDisk(disk{}, []string{"area", file, "--run", out, "--format", "json"})
	require.Zero(t, alone.code, alone.err)
	require.Equal(t, string(text), alone.out)
	alone = onDisk(disk{}, []string{"area", file, "--states", filepath.Join(out, "states"), "--format", "json"})
	require.Equal(t, string(text), alone.out)

	// A figure that is not shown has no words about it.
	hidden := onDisk(disk{}, []string{"area", file, "--run", out, "--level", "publish"})
	require.Zero(t, hidden.code, hidden.err)
	require.Contains(t, hidden.out, "Paper light: not shown\n")

	// At the publish level nothing names a practice, and the view is made anew.
	merged := filepath.Join(t.TempDir(), "merged")
	r = onDisk(disk{}, []string{"merge", filepath.Join(out, "states"), "--level", "publish", "--reports", "none", "--area", file, "--out", merged})
	require.Zero(t, r.code, r.err)
	for _, name := range []string{"areas.json", "areas.html", "areas.csv"} {
		text, err := os.ReadFile(filepath.Join(merged, name))
		require.NoError(t, err)
		require.NotContains(t, string(text), "A8000")
	}
	require.NoFileExists(t, filepath.Join(merged, "funnels.csv"))
}

// A fault in the file ends assess before an extract is read.
func TestAssessLooksOverTheFileOfAreasFirst(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out")
	r := assessed(t, disk{}, madeMany(t, 1), out, "--area", areasOf(t, `A80001,North,"1,030",yes,no,,20,100`))
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "area.csv: line 2, list size: want a whole number of 0 or more")
	require.Contains(t, r.err, "hint: write 1234 for 1,234")
	require.NoFileExists(t, filepath.Join(out, "plan.json"))
}
