package history

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"paperlight/analyzer/crash"
)

const (
	// busyTimeout is how long, in milliseconds, a writer waits for another.
	busyTimeout = "5000"
	// mostPages bounds the file, to 4 GiB.
	mostPages = "1048576"
	mostBytes = 4 << 30
	// mostText bounds a text or blob of the file.
	mostText = 16 << 20
)

// A History is an open file. It can be used by several goroutines, one after the other.
type History struct {
	db  *sql.DB
	key *Key // nil where the history was opened without
}

// Open opens a history and reads its key. Where there is no file the error is ErrNone.
func Open(file string) (*History, error) {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real // the key lies where the history does
	}
	h, err := OpenUnkeyed(file)
	if err != nil {
		return nil, err
	}
	if err := h.unlock(file); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// unlock reads the key, and holds it against the proof.
func (h *History) unlock(file string) error {
	key, err := ReadKey(file)
	if err != nil {
		return err
	}
	var proof []byte
	if err := h.db.QueryRow("SELECT proof FROM keys").Scan(&proof); err != nil {
		return damagedWithout(err)
	}
	if !key.proves(proof) {
		return errOtherKey
	}
	h.key = &key
	return nil
}

// damagedWithout is the error of a row that has to be there.
func damagedWithout(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errDamaged
	}
	return fault(err)
}

// OpenUnkeyed opens a history without its key: what it holds can be read and erased,
// and no finding told of a record.
func OpenUnkeyed(file string) (*History, error) {
	if err := looksRight(file); err != nil {
		return nil, err
	}
	return connected(file, (*History).examine)
}

// connected opens the file and makes ready what is in it; it is closed again where that
// fails.
func connected(file string, ready func(*History, context.Context) error) (*History, error) {
	h, err := connect(file, "rw")
	if err != nil {
		return nil, err
	}
	if err := ready(h, context.Background()); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// looksRight refuses what is no history before SQLite may change it.
func looksRight(file string) error {
	st, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrNone
	case err != nil:
		return errUnread.because(err)
	case !st.Mode().IsRegular():
		return errForeign
	case st.Size() > mostBytes:
		return &Error{Message: "the history is larger than 4 GiB", Hint: "begin another under another name"}
	}
	if err := journalLooksRight(file); err != nil {
		return err
	}
	var of mark
	h, err := connect(file, "ro")
	if err != nil {
		return err
	}
	if err = h.limit(context.Background()); err == nil {
		err = h.db.QueryRow("SELECT (SELECT * FROM pragma_application_id), (SELECT * FROM pragma_user_version)").Scan(&of.application, &of.version)
	}
	if err == nil {
		err = h.db.QueryRow("PRAGMA journal_mode").Scan(&of.journal)
	}
	if err = errors.Join(err, h.Close()); err != nil {
		var theirs *sqlite.Error
		if errors.As(err, &theirs) && theirs.Code()&0xff == codes.SQLITE_BUSY {
			return errBusy.because(err)
		}
		// A writer that died left its journal, which needs a change. The file has no
		// writer then, so that closing it loses no lock of this process.
		if of, err = markOf(file); err != nil {
			return err
		}
	}
	return of.check()
}

// journalLooksRight refuses what SQLite would take for the journal of the file and open:
// a named pipe, which waits for ever, or a link, through which it would write.
func journalLooksRight(file string) error {
	for _, name := range []string{file + "-journal", file + "-wal", file + "-shm"} {
		st, err := os.Lstat(name)
		if err == nil && !st.Mode().IsRegular() {
			return errJournal
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return errUnread.because(err)
		}
	}
	return nil
}

// A mark says what a SQLite file is for.
type mark struct {
	application, version int64
	journal              string
}

func (m mark) check() error {
	switch {
	case m.application != applicationID:
		return errForeign
	case m.version > int64(len(steps)):
		return &Error{Message: "the history was written by a newer version of paperlight", Hint: "use that version; this one did not change it"}
	case m.version < 1, m.journal != "delete": // a write-ahead log was never ours
		return errDamaged
	}
	return nil
}

// markOf reads the mark from the head of the file.
func markOf(file string) (mark, error) {
	f, err := os.Open(file)
	if err != nil {
		return mark{}, errUnread.because(err)
	}
	defer f.Close()
	var head [100]byte
	if _, err := io.ReadFull(f, head[:]); err != nil || !bytes.HasPrefix(head[:], []byte("SQLite format 3\x00")) {
		return mark{}, errForeign
	}
	of := mark{int64(binary.BigEndian.Uint32(head[68:])), int64(binary.BigEndian.Uint32(head[60:])), "delete"}
	if head[18] != 1 || head[19] != 1 {
		of.journal = "wal"
	}
	return of, nil
}

// connect opens a SQLite file, one connection to it, with mode "rw", or "ro" to change
// nothing.
func connect(file, mode string) (_ *History, err error) {
	full, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	path := filepath.ToSlash(full)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	options := url.Values{"mode": {mode}, "_txlock": {"immediate"}, "_pragma": {"busy_timeout(" + busyTimeout + ")", "secure_delete(on)",
		"trusted_schema(off)", "cell_size_check(on)", "temp_store(memory)", "mmap_size(0)"}} // none reads the tables, which nothing bounds yet
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &History{db: db}, nil
}

// examine refuses a damaged file, and migrates one of an earlier version.
func (h *History) examine(ctx context.Context) (err error) {
	defer func() {
		var panicked *crash.Error
		if errors.As(err, &panicked) { // the file did that, whatever it holds
			err = errDamaged.because(err)
		}
	}()
	defer crash.Catch(&err, "the opening of the history")
	if err := h.bound(ctx); err != nil {
		return err
	}
	var version int
	if err := h.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return damagedWithout(err)
	}
	if version < 1 || version > len(steps) {
		return errDamaged
	}
	if version < len(steps) {
		if err := migrate(ctx, h.db, version, steps); err != nil {
			return err
		}
	}
	if err := asDeclared(ctx, h.db); err != nil {
		return err
	}
	var said string
	if err := h.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
		return damagedWithout(err)
	}
	if said != "ok" {
		return errDamaged
	}
	return nil
}

// bound bounds what SQLite takes of memory, and the size of the file.
func (h *History) bound(ctx context.Context) error {
	if err := h.limit(ctx); err != nil {
		return err
	}
	_, err := h.db.ExecContext(ctx, "PRAGMA synchronous = full; PRAGMA cache_size = -8000; PRAGMA max_page_count = "+mostPages)
	return fault(err)
}

// limit bounds what SQLite takes of memory for one value, also of what the tables are
// declared by.
func (h *History) limit(ctx context.Context) error {
	conn, err := h.db.Conn(ctx)
	if err != nil {
		return fault(err)
	}
	defer conn.Close()
	_, err = sqlite.Limit(conn, codes.SQLITE_LIMIT_LENGTH, mostText)
	return fault(err)
}

// Make makes the file of a new history at a path where an empty file is, so that who
// calls has said who may read it. The key has to be written beside it, under KeyFile.
func Make(file string, key Key) (*History, error) {
	if st, err := os.Stat(file); err != nil || !st.Mode().IsRegular() || st.Size() > 0 {
		return nil, errForeign
	}
	return connected(file, func(h *History, ctx context.Context) error {
		if err := h.bound(ctx); err != nil {
			return err
		}
		if err := migrate(ctx, h.db, 0, steps); err != nil {
			return err
		}
		if _, err := h.db.ExecContext(ctx, "INSERT INTO keys (proof) VALUES (?)", key.proof()); err != nil {
			return fault(err)
		}
		h.key = &key
		return nil
	})
}

// Close releases the file.
func (h *History) Close() error { return h.db.Close() }

// Handle is the handle of a record, as Key.Handle; there is none where the history was
// opened without its key.
func (h *History) Handle(practice, rule, patient, record string) (Handle, bool) {
	if h.key == nil {
		return 0, false
	}
	return h.key.Handle(practice, rule, patient, record)
}
