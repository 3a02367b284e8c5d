//go:build unix

package history

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// What stands in the place of a key or a journal, in a folder that others write to, is
// neither waited for nor written through.
func TestWhatIsNoFileBesideAHistoryIsRefused(t *testing.T) {
	pipe := func(name string) error { return syscall.Mkfifo(name, 0o600) }
	folder := func(name string) error { return os.Mkdir(name, 0o700) }
	victim := filepath.Join(t.TempDir(), "victim")
	link := func(name string) error { return os.Symlink(victim, name) }
	for _, test := range []struct {
		beside string
		put    func(name string) error
		says   error
	}{
		{".key", pipe, errKey}, {".key", folder, errKey},
		{"-journal", pipe, errJournal}, {"-journal", folder, errJournal}, {"-journal", link, errJournal},
		{"-wal", pipe, errJournal}, {"-shm", link, errJournal},
	} {
		h, file := made(t)
		add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 3)}))
		_ = os.Remove(file + test.beside)
		require.NoError(t, test.put(file+test.beside))
		_, err := Open(file)
		require.ErrorIs(t, err, test.says, test.beside)
	}
	require.NoFileExists(t, victim)
}
