package history

import (
	"database/sql"
	"errors"
	"io/fs"

	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// A Kind says of what sort an Error is.
type Kind int

// The kinds.
const (
	// Refused: the file, or its key, is not what it has to be.
	Refused Kind = iota
	// Unwritable: it could not be written.
	Unwritable
	// Asked: what was asked for is not there.
	Asked
)

// An Error says what is wrong with a history and, where there is a cure, what to do.
// It never holds a path.
type Error struct {
	Kind          Kind
	Message, Hint string
	cause         error
}

func (e *Error) Error() string { return e.Message }
func (e *Error) Unwrap() error { return e.cause }

// ErrNone says that there is no history at the path.
var ErrNone = &Error{Message: "there is no history of this name", Hint: "check --history FILE makes one", cause: fs.ErrNotExist}

var (
	errDamaged = &Error{Message: "the history is damaged", Hint: "put back a copy from before, with its key; it was not changed"}
	errUnread  = &Error{Message: "the history cannot be read", Hint: "look at the permissions of the file and its folder"}
	errForeign = &Error{Message: "this file is not a history of paperlight", Hint: "give another name: a new history is made where no file is; this one was not changed"}
	errJournal = &Error{Message: "beside the history is something of the name of its journal that is no file", Hint: "find out who put it there, and remove it"}
	errBusy    = &Error{Kind: Unwritable, Message: "another program is writing the history", Hint: "wait until that has ended, and run again"}
)

// fault turns an error of SQLite into one of ours.
func fault(err error) error {
	var ours *Error
	var theirs *sqlite.Error
	switch {
	case err == nil, errors.As(err, &ours):
		return err
	case errors.Is(err, sql.ErrConnDone):
		return errDamaged.because(err)
	case !errors.As(err, &theirs):
		return err
	}
	switch theirs.Code() & 0xff {
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED:
		return errBusy.because(err)
	case codes.SQLITE_CORRUPT, codes.SQLITE_TOOBIG, codes.SQLITE_SCHEMA, codes.SQLITE_MISMATCH:
		return errDamaged.because(err)
	case codes.SQLITE_NOTADB:
		return errForeign.because(err)
	case codes.SQLITE_FULL:
		return &Error{Kind: Unwritable, Message: "there is no room left for the history", Hint: "make room on the disk, or erase old runs: paperlight history erase", cause: err}
	case codes.SQLITE_READONLY, codes.SQLITE_CANTOPEN, codes.SQLITE_PERM, codes.SQLITE_AUTH:
		return &Error{Kind: Unwritable, Message: "the history, or the folder it lies in, may not be written to", Hint: "change their permissions, or copy the history and its key elsewhere", cause: err}
	case codes.SQLITE_IOERR:
		return &Error{Kind: Unwritable, Message: "the disk of the history does not read or write", Hint: "look at the disk, or the connection to the shared drive, and run again", cause: err}
	}
	return err
}

func (e *Error) because(err error) *Error {
	out := *e
	out.cause = err
	return &out
}
