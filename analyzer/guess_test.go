package analyzer

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/source"
	"paperlight/analyzer/synthetic"
	"paperlight/rules"
)

// large makes an extract with files so large that they are guessed.
func large(t *testing.T, like string, patients int) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "made")
	catalogue, err := rules.Embedded()
	require.NoError(t, err)
	o := synthetic.Options{Seed: 15, Practices: 1, Patients: patients, AsOf: calendar.Date(2026, 3, 31), Shape: "practice", PerPatient: synthetic.PerPatient("practice"),
		Rates: map[string]float64{}, Format: "csv", Like: like, GroupRows: 4096, Lists: map[string]map[string][]string{}}
	for name, list := range catalogue.Lists {
		o.Lists[name] = list.Codes
	}
	_, err = synthetic.Generate(context.Background(), folder, o)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(folder, "truth.json")))
	return folder
}

// largest is the largest file of a folder.
func largest(t *testing.T, folder string) string {
	t.Helper()
	all, err := os.ReadDir(folder)
	require.NoError(t, err)
	name, size := "", int64(0)
	for _, e := range all {
		st, err := e.Info()
		require.NoError(t, err)
		if st.Size() > size {
			name, size = e.Name(), st.Size()
		}
	}
	return filepath.Join(folder, name)
}

// zipped packs the files of a folder.
func zipped(t *testing.T, folder string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	require.NoError(t, w.AddFS(os.DirFS(folder)))
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), "made.zip")
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
	return path
}

// examined is the report of an extract, as JSON, or its error.
func examined(t *testing.T, path string, examine func(*session, mapping.Found) (*Judgement, error)) (string, string) {
	t.Helper()
	s, err := newSession(Options{Read: mapping.Options{Source: source.Options{Digest: true, Jobs: 2}, AllowTestNumbers: true}, Run: RunOptions{Jobs: 2}})
	require.NoError(t, err)
	found, err := onlyOne([]string{path}, s.Read)
	require.NoError(t, err)
	j, err := examine(s, found)
	if err != nil {
		return "", err.Error()
	}
	defer func() { require.NoError(t, j.Close()) }()
	if !j.settled {
		return "", "guessed wrong"
	}
	var out bytes.Buffer
	require.NoError(t, report.WriteJSON(&out, j.Released, report.Options{}))
	return out.String(), ""
}

// A report, and an error, is the same whether text files were looked through beforehand or
// guessed, whatever is found late in one of them.
func TestReportsDoNotTurnOnGuesses(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: makes large extracts")
	}
	for like, patients := range map[string]int{"": 300, "emis": 150} {
		folder := large(t, like, patients)
		file := largest(t, folder)
		whole, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Greater(t, len(whole), 17<<20, "large enough to be guessed, in more parts than one")
		line := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1 // of the last record
		for _, c := range []struct {
			name   string
			change func(b []byte) []byte
			right  bool
			inZip  bool
		}{
			{"as made", func(b []byte) []byte { return b }, true, true},
			{"Windows-1252 late", func(b []byte) []byte { b[line+1] = 0xe9; return b }, false, true},
			{"a NUL byte late", func(b []byte) []byte { b[line+1] = 0; return b }, false, false},
			{"cut short", func(b []byte) []byte { return b[:line+5] }, false, false},
			{"a quote that is not closed", func(b []byte) []byte { return append(b, []byte("\"open\n")...) }, false, false},
			{"short rows", func(b []byte) []byte { return append(b, []byte("\n\nx\n")...) }, true, false},
			{"rows twice", func(b []byte) []byte { return append(b, bytes.Clone(b[line:])...) }, true, false},
		} {
			if like == "" && !c.right {
				continue // one layout will do
			}
			require.NoError(t, os.WriteFile(file, c.change(bytes.Clone(whole)), 0o600))
			paths := []string{folder}
			if c.inZip {
				paths = append(paths, zipped(t, folder))
			}
			for _, path := range paths {
				sameReport(t, like+" "+c.name+" "+filepath.Ext(path), path, c.right)
			}
		}
	}
}

// sameReport holds what is judged of an extract to what is without guessing; right says
// that the guesses are.
func sameReport(t *testing.T, name, path string, right bool) {
	t.Helper()
	never, wanted := examined(t, path, func(s *session, found mapping.Found) (*Judgement, error) {
		return s.examineOnce(t.Context(), found, nil)
	})
	guess := &source.Guess{}
	got, fault := examined(t, path, func(s *session, found mapping.Found) (*Judgement, error) {
		return s.examineOnce(t.Context(), found, guess)
	})
	require.True(t, guess.Made(), name)
	require.Equal(t, right, fault == "", "%s: %s", name, fault)
	if !right { // it is opened again
		got, fault = examined(t, path, func(s *session, found mapping.Found) (*Judgement, error) {
			return s.examine(t.Context(), found)
		})
	}
	require.Equal(t, wanted, fault, name)
	require.Equal(t, never, got, name)
}

// A file that is changed while it is read is refused: it is not opened again, as one is of
// which something was guessed wrong.
func TestChangedFilesAreNotReadAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: makes a large extract")
	}
	folder := large(t, "", 100)
	file := largest(t, folder)
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	for name, changed := range map[string][]byte{
		"longer": append(bytes.Clone(whole), whole[bytes.LastIndexByte(whole[:len(whole)-1], '\n')+1:]...), "shorter": whole[:len(whole)/2],
		"other bytes": bytes.ReplaceAll(whole, []byte("\n"), []byte("\"")),
	} {
		require.NoError(t, os.WriteFile(file, whole, 0o600))
		var reads atomic.Int64
		options := Options{Read: mapping.Options{AllowTestNumbers: true, Source: source.Options{Jobs: 2, Reading: func() {
			if reads.Add(1) == 60 { // when all files have been opened
				require.NoError(t, os.WriteFile(file, changed, 0o600))
			}
		}}}}
		j, err := Examine(t.Context(), []string{folder}, options)
		if err == nil {
			require.NoError(t, j.Close())
		}
		require.Error(t, err, name)
		require.Regexp(t, "^events.csv: the file (was changed while it was being read|ends too early)$", err.Error(), name)
		require.Greater(t, reads.Load(), int64(60))
	}
}
