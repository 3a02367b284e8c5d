package history

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// damages are the ways in which a file is damaged.
var damages = []struct {
	name string
	do   func(r *rand.Rand, file []byte) []byte
}{
	{"some bytes are others", func(r *rand.Rand, file []byte) []byte {
		for range 1 + r.IntN(20) {
			file[r.IntN(len(file))] = byte(r.Uint32())
		}
		return file
	}},
	{"the head is another", func(r *rand.Rand, file []byte) []byte {
		file[r.IntN(100)] ^= 1 << r.IntN(8)
		return file
	}},
	{"it is cut off", func(r *rand.Rand, file []byte) []byte { return file[:r.IntN(len(file))] }},
	{"a stretch is empty", func(r *rand.Rand, file []byte) []byte {
		at := r.IntN(len(file))
		clear(file[at:min(len(file), at+1+r.IntN(9000))])
		return file
	}},
	{"two pages changed places", func(r *rand.Rand, file []byte) []byte {
		const page = 4096
		a, b := r.IntN(len(file)/page)*page, r.IntN(len(file)/page)*page
		swapped := slices.Concat(file[a:a+page], file[b:b+page])
		copy(file[a:], swapped[page:])
		copy(file[b:], swapped[:page])
		return file
	}},
	{"something follows", func(r *rand.Rand, file []byte) []byte { return append(file, make([]byte, 1+r.IntN(9000))...) }},
}

// A damaged file is refused, and not changed, or holds what can be read; whatever it
// holds, nothing panics.
func TestDamagedFilesAreRefused(t *testing.T) {
	h, file := made(t)
	for n := range 4 {
		add(t, h, ran(h, n+1, map[string][]string{"a/one": records(10*n, 400), "a/two": records(0, 40)}))
	}
	sound, err := os.ReadFile(file)
	require.NoError(t, err)
	key, err := os.ReadFile(KeyFile(file))
	require.NoError(t, err)
	refused := map[string]int{}
	for seed := range *mutants {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		how := damages[seed%len(damages)]
		damaged := how.do(r, slices.Clone(sound))
		path := filepath.Join(t.TempDir(), "x.history")
		require.NoError(t, os.WriteFile(path, damaged, 0o600))
		require.NoError(t, os.WriteFile(KeyFile(path), key, 0o600))
		what := fmt.Sprintf("mutant %d: %s", seed, how.name)
		if readAll(t, path, what) != nil {
			refused[how.name]++
		}
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		require.True(t, slices.Equal(damaged, after), "%s: reading changed it", what)
	}
	for _, how := range damages[1:5] {
		require.NotZero(t, refused[how.name], how.name)
	}
	t.Logf("of %d damaged histories were refused: %v", *mutants, refused)
}

// readAll reads all that a history holds; what is wrong has to be an Error.
func readAll(t *testing.T, file, what string) (err error) {
	t.Helper()
	defer func() {
		var ours *Error
		require.True(t, err == nil || errors.As(err, &ours), "%s: %v", what, err)
	}()
	h, err := Open(file)
	if err != nil {
		return err
	}
	defer h.Close()
	practices, err := h.Practices()
	if err != nil {
		return err
	}
	for _, p := range practices {
		points, err := h.Trend(p.ID)
		if err != nil {
			return err
		}
		for _, point := range points {
			if _, err := h.Report(point.ID); err != nil {
				return err
			}
			if _, err := h.State(point.ID); err != nil {
				return err
			}
			if _, err := h.Between(points[0].ID, point.ID); err != nil && point.ID != points[0].ID {
				return err
			}
		}
	}
	return nil
}

func TestWhatIsNoHistoryIsRefused(t *testing.T) {
	h, file := made(t)
	sound, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, h.Close())
	with := func(change func(b []byte)) []byte {
		b := slices.Clone(sound)
		change(b)
		return b
	}
	other := filepath.Join(t.TempDir(), "other.db")
	db, err := sql.Open("sqlite", other)
	require.NoError(t, err)
	_, err = db.Exec("CREATE TABLE mine (a)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	foreign, err := os.ReadFile(other)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		content []byte
		says    string
	}{
		"an empty file":        {nil, "not a history"},
		"a text":               {[]byte("dear diary"), "not a history"},
		"a database of others": {foreign, "not a history"},
		"a newer history":      {with(func(b []byte) { b[63] = 99 }), "newer version"},
		"one of version 0":     {with(func(b []byte) { b[63] = 0 }), "damaged"},
		"one with another log": {with(func(b []byte) { b[18], b[19] = 2, 2 }), "damaged"},
	} {
		path := filepath.Join(t.TempDir(), "x")
		require.NoError(t, os.WriteFile(path, test.content, 0o600))
		_, err := OpenUnkeyed(path)
		require.ErrorContains(t, err, test.says, name)
		_, err = Make(path, Key{1})
		require.Equal(t, test.content == nil, err == nil, "%s: nothing is made over it", name)
	}
	_, err = OpenUnkeyed(t.TempDir())
	require.Error(t, err, "a folder")
}

// What is in a file beside our tables would run when they change.
func TestATableOrTriggerOfOthersIsRefused(t *testing.T) {
	for _, more := range []string{"CREATE TABLE more (a)", "CREATE VIEW more AS SELECT 1", "CREATE TRIGGER more AFTER INSERT ON runs BEGIN DELETE FROM triage; END", "DROP INDEX runs_of_practice", "ALTER TABLE rules ADD COLUMN more TEXT"} {
		h, file := made(t)
		_, err := h.db.Exec(more)
		require.NoError(t, err)
		_, err = OpenUnkeyed(file)
		require.ErrorIs(t, err, errDamaged, more)
	}
}

func TestTheKeyBelongsToTheHistory(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, file string)
		says   string
	}{
		"missing": {func(t *testing.T, file string) { require.NoError(t, os.Remove(KeyFile(file))) }, "key of the history is missing"},
		"another": {func(t *testing.T, file string) { rewrite(t, KeyFile(file), Key{9}.Text()) }, "that of another history"},
		"empty":   {func(t *testing.T, file string) { rewrite(t, KeyFile(file), "") }, "holds no key"},
		"cut off": {func(t *testing.T, file string) { rewrite(t, KeyFile(file), Key{1, 2, 3}.Text()[:120]) }, "holds no key"},
		"a folder": {func(t *testing.T, file string) {
			require.NoError(t, os.Remove(KeyFile(file)))
			require.NoError(t, os.Mkdir(KeyFile(file), 0o700))
		}, "holds no key"},
	} {
		h, file := made(t)
		add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 3)}))
		test.change(t, file)
		_, err := Open(file)
		require.ErrorContains(t, err, test.says, name)
		var ours *Error
		require.True(t, errors.As(err, &ours))
		require.NotEmpty(t, ours.Hint)
		other, err := OpenUnkeyed(file)
		require.NoError(t, err, "%s: what it holds can be read and erased", name)
		_, ok := other.Handle("a", "b", "c", "d")
		require.False(t, ok)
		require.NoError(t, other.Close())
	}
	h, file := made(t)
	rewrite(t, KeyFile(file), "paperlight history key 1: the history beside it needs it. Keep it in the practice.\r\n"+Key{1, 2, 3}.Text()[len(keyHead):]+"\r\n")
	other, err := Open(file)
	require.NoError(t, err, "as Windows saves it")
	require.NoError(t, errors.Join(other.Close(), h.Close()))
}

func rewrite(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
}

// A system may take all locks of a process on a file where it closes the file anywhere.
func TestTheLockStaysWhereTheProcessReadsMeanwhile(t *testing.T) {
	h, file := made(t)
	add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 3)}))
	self, err := os.Executable()
	require.NoError(t, err)
	other := func() (string, error) {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), asWriter+"="+file, asWriter+"_ONCE=1")
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	said, err := other()
	require.NoError(t, err, said)
	a, err := h.Begin(t.Context())
	require.NoError(t, err)
	defer a.Rollback()
	require.NoError(t, readAll(t, file, "while it is written"))
	said, err = other()
	require.Error(t, err)
	require.Contains(t, said, "another program is writing the history")
}

// One writer at a time: another waits, and is told who is in the way.
func TestASecondWriterIsTold(t *testing.T) {
	h, file := made(t)
	add(t, h, ran(h, 1, map[string][]string{"a/one": records(0, 3)}))
	other, err := Open(file)
	require.NoError(t, err)
	defer other.Close()
	_, err = other.db.Exec("PRAGMA busy_timeout = 20")
	require.NoError(t, err)
	a, err := h.Begin(t.Context())
	require.NoError(t, err)
	_, err = other.Begin(t.Context())
	require.ErrorContains(t, err, "another program is writing the history")
	a.Rollback()
	b, err := other.Begin(t.Context())
	require.NoError(t, err)
	b.Rollback()
}

// What the tables are declared by is bounded too, before anything reads it.
func TestDeclarationsThatAreTooLongAreRefused(t *testing.T) {
	_, odd := made(t)
	sound, err := os.ReadFile(odd)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "x.history")
	require.NoError(t, os.WriteFile(file, sound, 0o600))
	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	_, err = db.Exec("PRAGMA writable_schema = on; INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('view', 'big', 'big', 0, 'CREATE VIEW big AS SELECT ''' || hex(zeroblob(9000000)) || '''')")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	_, err = Open(file)
	require.ErrorContains(t, err, "damaged")
	var theirs *sqlite.Error
	require.ErrorAs(t, err, &theirs)
	require.Equal(t, codes.SQLITE_TOOBIG, theirs.Code()&0xff, "it was not read")
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.True(t, slices.Equal(before, after))
}
