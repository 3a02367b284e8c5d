package source

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Where every file is encrypted, or in the cloud alone, that is said: the names of the
// files that could be read would be of no help.
func TestFilesThatCannotBeGotAtAreNamed(t *testing.T) {
	const each = "they are encrypted: decrypt each of them, and put the files that come out in their place"
	for _, c := range []struct {
		about         string
		files         []string
		message, hint string
	}{
		{"all encrypted", []string{"b.csv.gpg", "a.csv.gpg", "README.txt"}, "x: no data file that can be read, but there are 2 files such as a.csv.gpg", each},
		{"one folder down", []string{"in/b.csv.pgp", "in/a.csv.pgp"}, "x: no data file that can be read, but there are 2 files such as in/a.csv.pgp", each},
		{"one alone", []string{"a.csv.GPG"}, "x: no data file that can be read, but there is a.csv.GPG", "it is encrypted: decrypt it, and put the file that comes out in its place"},
		{"in the cloud", []string{".a.csv.icloud"}, "x: no data file that can be read, but there is .a.csv.icloud",
			"it is in the cloud, and not on this computer: download it, wait until it is there, and run again"},
		{"in the cloud, several", []string{".a.csv.icloud", ".b.csv.icloud"}, "x: no data file that can be read, but there are 2 files such as .a.csv.icloud",
			"they are in the cloud, and not on this computer: download them, wait until they are there, and run again"},
		{"neither", []string{"a.docx"}, "x: no data file found", wanted},
	} {
		t.Run(c.about, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "x")
			for _, name := range c.files {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600))
			}
			_, err := Open([]string{dir}, Options{})
			var e *DecodeError
			require.ErrorAs(t, err, &e)
			require.EqualError(t, err, c.message)
			require.Equal(t, c.hint, e.Hint)
		})
	}
}

func TestAnArchiveOfEncryptedFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.zip")
	f, err := os.Create(path)
	require.NoError(t, err)
	z := zip.NewWriter(f)
	_, err = z.Create("a.csv.gpg")
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())
	_, err = Open([]string{path}, Options{})
	require.EqualError(t, err, "x.zip: no data file that can be read, but there is a.csv.gpg")
}

func TestAnEncryptedFileAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv.gpg")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	_, err := Open([]string{path}, Options{})
	var e *DecodeError
	require.ErrorAs(t, err, &e)
	require.Equal(t, "it is encrypted: decrypt it, and put the file that comes out in its place", e.Hint)
}
