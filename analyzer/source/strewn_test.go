package source

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// As programs of Windows pack a folder.
func TestZipSeparatedByBackslashes(t *testing.T) {
	content := makeZip(t, entry{`extract\`, "", nil}, entry{`extract\patients.csv`, small, nil}, entry{`extract\medications\part-1.csv`, small, nil},
		entry{`extract\medications\deeper\part-2.csv`, small, nil}, entry{"Thumbs.db", "x", nil}, entry{`$RECYCLE.BIN\old.csv`, small, nil})
	b, err := Open([]string{write(t, "e.zip", content)}, Options{})
	require.NoError(t, err)
	defer b.Close()
	require.Equal(t, []string{"patients.csv as patients", "medications/part-1.csv as part-1"}, names(b))
	require.Equal(t, []string{"$RECYCLE.BIN/old.csv", "Thumbs.db", "medications/deeper/part-2.csv"}, b.Ignored)
	rows, err := readAll(t, b.Files[1])
	require.NoError(t, err)
	require.Equal(t, 2, rows)
}

// What systems and office programs leave in a folder, or on the drive that it is, is not
// looked into.
func TestWhatSystemsStrewIsNoTable(t *testing.T) {
	dir := t.TempDir()
	strewn := []string{".DS_Store", "Thumbs.db", "THUMBS.DB.csv", "desktop.ini", "~$patients.csv", ".~lock.patients.csv#"}
	for _, name := range append(strewn, "patients.csv", "$RECYCLE.BIN/patients.csv", "System Volume Information/patients.csv") {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(small), 0o600))
	}
	require.NoError(t, os.Chmod(filepath.Join(dir, "System Volume Information"), 0))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "System Volume Information"), 0o700) })
	b, err := Open([]string{dir}, Options{})
	require.NoError(t, err)
	defer b.Close()
	require.Equal(t, []string{"THUMBS.DB.csv as THUMBS.DB", "patients.csv as patients"}, names(b), "a name that only looks like one is read")
	require.Equal(t, []string{"$RECYCLE.BIN/", ".DS_Store", ".~lock.patients.csv#", "System Volume Information/", "Thumbs.db", "desktop.ini", "~$patients.csv"}, b.Ignored)
	for _, name := range strewn {
		require.Equal(t, name != "THUMBS.DB.csv", Strewn(name), name)
	}
}
