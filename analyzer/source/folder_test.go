package source

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// inFolder and inZip open the same files both ways.
func inFolder(t *testing.T, files map[string]string) (*Bundle, error) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "in")
	for name, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o700))
		require.NoError(t, os.WriteFile(full, []byte(content), 0o600))
	}
	return closedLater(t)(Open([]string{dir}, Options{}))
}

func inZip(t *testing.T, files map[string]string) (*Bundle, error) {
	t.Helper()
	var entries []entry
	for name, content := range files {
		entries = append(entries, entry{"in/" + name, content, nil})
	}
	return closedLater(t)(Open([]string{write(t, "in.zip", makeZip(t, entries...))}, Options{}))
}

func closedLater(t *testing.T) func(*Bundle, error) (*Bundle, error) {
	return func(b *Bundle, err error) (*Bundle, error) {
		if err == nil {
			t.Cleanup(func() { require.NoError(t, b.Close()) })
		}
		return b, err
	}
}

var bothWays = map[string]func(*testing.T, map[string]string) (*Bundle, error){"folder": inFolder, "zip": inZip}

// What the name of a folder says is a column of the rows in it.
func TestFoldersNamedAfterValuesBecomeColumns(t *testing.T) {
	files := map[string]string{
		"patients.csv": small, "events/code_system=sct/year=2025/a.csv": "id,day\n1,x\n2,y\n", "events/code_system=read%202/year=2026/b.csv": "id,day\n3,z\n",
		"events/code_system=__HIVE_DEFAULT_PARTITION__/year=2026/c.csv": "id,day\n4,z\n", "events/_SUCCESS": "",
	}
	for way, open := range bothWays {
		t.Run(way, func(t *testing.T) {
			b, err := open(t, files)
			require.NoError(t, err)
			require.Equal(t, []string{"events/_SUCCESS"}, b.Ignored)
			var all [][]string
			for _, f := range b.Files[1:] {
				require.Equal(t, "events", f.Folder)
				require.Equal(t, []string{"id", "day", "code_system", "year"}, f.Columns)
				rows, err := textRows(t, f)
				require.NoError(t, err)
				all = append(all, rows...)
			}
			require.ElementsMatch(t, [][]string{{"1", "x", "sct", "2025"}, {"2", "y", "sct", "2025"}, {"3", "z", "read 2", "2026"}, {"4", "z", "", "2026"}}, all)
		})
	}
}

func TestAFolderMayNotContradictItsRows(t *testing.T) {
	b, err := inFolder(t, map[string]string{"events/year=2025/a.csv": "id,Year\n1,2025\n2,2026\n", "patients.csv": small})
	require.NoError(t, err)
	require.Equal(t, []string{"id", "Year"}, b.Files[1].Columns)
	_, err = textRows(t, b.Files[1])
	require.EqualError(t, err, "events/year=2025/a.csv record 2, year: the column says otherwise than the name of the folder that the file lies in")
	_, err = inFolder(t, map[string]string{"events/year=2025/year=2026/a.csv": "id\n1\n"})
	require.ErrorContains(t, err, "two of its folders are named after the column")
}

// A folder that a database keeps is no table for us: it holds old rows too.
func TestFoldersThatADatabaseKeeps(t *testing.T) {
	for way, open := range bothWays {
		t.Run(way, func(t *testing.T) {
			b, err := open(t, map[string]string{"patients.csv": small, "events/old.csv": small, "events/new.csv": small, "events/_delta_log/0.json": "{}"})
			require.NoError(t, err)
			require.Len(t, b.Files, 1)
			require.Len(t, b.Unread, 1)
			require.Equal(t, "events", b.Unread[0].Stem)
			require.ErrorContains(t, b.Unread[0].Err, "events is a table of Delta Lake: rows that were replaced lie beside those that count")
			_, err = open(t, map[string]string{"a.csv": small, "_delta_log/0.json": "{}"})
			require.ErrorContains(t, err, "is a table of Delta Lake")
		})
	}
}

func TestAChainOfFoldersLeadsToTheTables(t *testing.T) {
	for way, open := range bothWays {
		t.Run(way, func(t *testing.T) {
			b, err := open(t, map[string]string{"a/b/c/patients.csv": small, "a/b/events/part-1.csv": small, "a/b/events/part-2.csv": small, "a/b/README": "x"})
			require.NoError(t, err)
			require.Len(t, b.Files, 3)
			require.Equal(t, "a/b", b.Below)
		})
	}
	_, err := inFolder(t, map[string]string{"P1/2025/q/patients.csv": small, "P1/2026/q/patients.csv": small})
	require.EqualError(t, err, "in: the tables lie in several folders, such as P1/2025 and P1/2026")
}

func TestLinks(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	require.NoError(t, os.MkdirAll(filepath.Join(in, "store"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(in, "store", "x.csv"), []byte(small), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "outside.csv"), []byte(small), 0o600))
	for name, target := range map[string]string{
		"patients.csv": "store/x.csv", "absolute.csv": filepath.Join(in, "store", "x.csv"), "out.csv": "../outside.csv", "gone.csv": "nowhere.csv",
		"loop.csv": "loop.csv", "folder.csv": "store",
	} {
		if !fixture.Link(t, target, filepath.Join(in, name)) {
			t.Skip("links need a right that most people lack there")
		}
	}
	b, err := closedLater(t)(Open([]string{in}, Options{}))
	require.NoError(t, err)
	require.Equal(t, []string{"absolute.csv as absolute", "patients.csv as patients", "store/x.csv as x"}, names(b))
	var unread []string
	for _, u := range b.Unread {
		unread = append(unread, u.Err.Error())
	}
	require.ElementsMatch(t, []string{"out.csv is a link to a file outside the folder: copy the file itself", "gone.csv is a link to a file that is not there",
		"loop.csv is a link that cannot be followed", "folder.csv is a link to a folder"}, unread)
}

func TestOddNamesInArchives(t *testing.T) {
	old := func(h *zip.FileHeader) { h.NonUTF8 = true }
	b, err := closedLater(t)(Open([]string{write(t, "e.zip", makeZip(t, entry{"Exp\x82rt/patients.csv", small, old}, entry{"Exp\x82rt/Icon\r", "x", nil}, entry{"Exp\x82rt/10:30.pdf", "x", nil}))}, Options{}))
	require.NoError(t, err)
	require.Equal(t, []string{"patients.csv as patients"}, names(b))
	require.Len(t, b.Ignored, 2, "named, and stops nobody")
	for name, want := range map[string]string{
		"10:30/a.csv": "it has a colon", "a\rb.csv": "does not print", "../x.pdf": "leads out of the archive", "/a.csv": "leads out", "nul.csv": "Windows",
		`in/a\b.csv`: "a backslash", strings.Repeat("x", 1025) + ".csv": "too long",
	} {
		_, err := Open([]string{write(t, "e.zip", makeZip(t, entry{name, small, nil}))}, Options{})
		require.ErrorContains(t, err, want)
		var e *DecodeError
		require.ErrorAs(t, err, &e)
		require.Contains(t, e.Hint, "unpack it and give the folder")
	}
}
