package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
	"paperlight/internal/fixture"
)

var everyTable = flag.Bool("every-table", false, "read each file of the corpus as every table, not as two")

// endings say as what files of the corpus are read that do not say so themselves.
var endings = map[string]string{
	"arrow-parquet-fuzz": ".parquet", "arrow-parquet-fuzz-encoding": ".parquet", "parquet-encrypted": ".parquet",
	"arrow-ipc-file-fuzz": ".arrow", "arrow-ipc-stream-fuzz": ".arrows", "csv-fuzz": ".csv",
}

func endingOf(path string) string {
	switch ext := filepath.Ext(path); ext {
	case ".parquet", ".arrow", ".arrows", ".csv", ".zip":
		return ext
	case ".arrow_file":
		return ".arrow"
	case ".stream":
		return ".arrows"
	}
	return endings[filepath.Base(filepath.Dir(path))]
}

// corpus lists the hostile files by their paths below the root, and how each is
// read; files that describe others are left out.
func corpus(t *testing.T, root string) (paths []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && endingOf(path) != "" {
			path, err = filepath.Rel(root, path)
			paths = append(paths, filepath.ToSlash(path))
		}
		return err
	}))
	slices.Sort(paths)
	return paths
}

// What each file of the corpus comes to, as each table that it could be. A line is
// a file, the tables, the exit code and what was said; "other" are the tables
// that no other line of the file names.
func TestHostileFilesComeToWhatIsWritten(t *testing.T) {
	t.Parallel()
	root := fixture.Shared(t, "hostile")
	golden := filepath.Join("..", "..", "testdata", "golden", "hostile.tsv")
	tables := []string{"patients", "events"}
	if *everyTable || fixture.Updating() {
		tables = nil
		for _, table := range schema.Tables {
			tables = append(tables, table.Name)
		}
	}
	s, work := newSeries(t), t.TempDir()
	var got bytes.Buffer
	for _, path := range corpus(t, root) {
		ends := map[string][]string{}
		as := tables
		if endingOf(path) == ".zip" {
			as = []string{"extract"} // whose entries say what they are
		}
		for _, table := range as {
			r := s.run(t, hostileAs(t, root, path, table, filepath.Join(work, "x")), path+" as "+table)
			requireHonest(t, r, path+" as "+table)
			said, _, _ := strings.Cut(strings.ReplaceAll(r.err, table, "TABLE"), "\n")
			end := fmt.Sprintf("%d\t%s", r.code, said)
			ends[end] = append(ends[end], table)
		}
		for _, end := range sortedNames(ends) {
			fmt.Fprintf(&got, "%s\t%s\t%s\n", path, strings.Join(ends[end], " "), end)
		}
	}
	require.Less(t, s.peak(t), int64(seriesMemory))
	if len(tables) > 2 {
		fixture.Golden(t, golden, got.Bytes())
		return
	}
	text, err := os.ReadFile(golden)
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimSpace(got.String()), "\n") {
		f := strings.SplitN(line, "\t", 3)
		for _, table := range strings.Fields(f[1]) {
			require.True(t, slices.ContainsFunc(strings.Split(string(text), "\n"), func(have string) bool {
				h := strings.SplitN(have, "\t", 3)
				return h[0] == f[0] && slices.Contains(strings.Fields(h[1]), table) && h[2] == f[2]
			}), "%s: is not what %s says", line, golden)
		}
	}
}

// hostileAs lays a file out as a table of an extract, and returns the arguments that
// check it.
func hostileAs(t *testing.T, root, path, table, folder string) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(folder))
	if table != "patients" && table != "extract" {
		write(t, filepath.Join(folder, "patients.csv"), []byte("patient_id,practice_id\np,1\n"))
	}
	write(t, filepath.Join(folder, table+endingOf(path)), content)
	if table == "extract" {
		folder = filepath.Join(folder, "extract.zip")
	}
	return []string{"check", folder, "--as-of", "2026-03-31", "--fail-on", "never"}
}
