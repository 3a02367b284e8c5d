package source

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// archiveOf packs files of the names, each a table of one cell.
func archiveOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		require.NoError(t, err)
		if !strings.HasSuffix(name, "/") {
			fmt.Fprint(w, "a\n1\n")
		}
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

// outline is a listing as text: files, then archives and folders with what is in them.
func outline(l *Listing) string {
	var parts []string
	for _, f := range l.Files {
		parts = append(parts, f.Name)
	}
	for _, below := range append(append([]*Listing{}, l.Zips...), l.Folders...) {
		parts = append(parts, outline(below))
	}
	if l.Err != nil {
		parts = append(parts, l.Err.Error())
	}
	return l.Name + "(" + strings.Join(parts, " ") + ")"
}

func TestListingOfAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "in")
	for _, name := range []string{"b.csv", "note.pdf", "x/a.parquet", "x/deep/c.csv", ".hidden/d.csv", "_delta_log/e.csv", "SHA256SUMS"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "z.zip"), archiveOf(t, "all/", "all/p/a.csv", "all/p/more/b.csv", "all/q/a.csv", "__MACOSX/a.csv"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "broken.zip"), []byte("PK"), 0o600))
	l, err := List(dir)
	require.NoError(t, err)
	require.Equal(t, "in(b.csv broken.zip(broken.zip: want a zip archive; its directory cannot be read) z.zip(p(a.csv more(b.csv)) q(a.csv)) x(a.parquet deep(c.csv)))", outline(l))
	require.Equal(t, []string{".hidden/", "_delta_log/", "note.pdf"}, l.Others)
	require.Equal(t, "all/p", l.Zips[1].Folders[0].Place.Within)
	require.Equal(t, "all/p/more", l.Zips[1].Folders[0].Folders[0].Place.Within)
}

// A folder of an archive is opened as if it were the archive, and the files of several
// places are told apart.
func TestPlacesOfArchives(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "z.zip")
	require.NoError(t, os.WriteFile(file, archiveOf(t, "all/p/a.csv", "all/p/parts/b.csv", "all/p/parts/deep/c.csv", "all/pq/a.csv", "all/q/a.csv"), 0o600))
	labels := func(places ...Place) (out []string) {
		b, err := OpenPlaces(places, Options{})
		require.NoError(t, err)
		for _, f := range b.Files {
			out = append(out, strings.TrimPrefix(f.Folder+"/"+f.Name, "/"))
		}
		out = append(out, b.Ignored...)
		require.NoError(t, b.Close())
		return out
	}
	require.Equal(t, []string{"a.csv", "parts/b.csv", "parts/deep/c.csv"}, labels(Place{Path: file, Within: "all/p"}))
	require.Equal(t, []string{"1/a.csv", "1/parts/b.csv", "2/a.csv", "1/parts/deep/c.csv"},
		labels(Place{Path: file, Within: "all/p", Folder: "1"}, Place{Path: file, Within: "all/q", Folder: "2"}))

	_, err := OpenPlaces([]Place{{Path: file, Within: "all/none"}}, Options{})
	require.EqualError(t, err, "none: no data file found")
}

// An archive inside an archive is refused, in the extract that has it.
func TestArchiveInAFolderOfAnArchive(t *testing.T) {
	file := filepath.Join(t.TempDir(), "z.zip")
	require.NoError(t, os.WriteFile(file, archiveOf(t, "p/a.csv", "q/a.csv", "q/inner.zip"), 0o600))
	_, err := OpenPlaces([]Place{{Path: file, Within: "q"}}, Options{})
	require.ErrorContains(t, err, "an archive inside the archive")
	b, err := OpenPlaces([]Place{{Path: file, Within: "p"}}, Options{})
	require.NoError(t, err)
	require.NoError(t, b.Close())
}
