package source

import (
	"errors"
	"fmt"
	"strings"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/visible"
)

// A DecodeError says where an input cannot be read and what was expected
// there. It never holds a value of the input.
type DecodeError struct {
	// File is the base name, with its folder below the root where it has one.
	File string
	// Record is the record number counted from 1, or 0 where none is known.
	Record int64
	// Column is the column's name, or empty.
	Column string
	// Message says what was expected; Hint, where not empty, what to do.
	Message, Hint string
	// Limit says that a limit on size stopped the reading, not a fault.
	Limit bool

	noTable string // why the file is perhaps no table at all; empty where it is one
	empty   bool   // the file has no byte
	cause   error
}

func (e *DecodeError) Error() string {
	var b strings.Builder
	b.WriteString(visible.Name(e.File))
	if e.Record > 0 {
		fmt.Fprintf(&b, " record %d", e.Record)
	}
	if visible.LikeName(e.Column) {
		b.WriteString(", ")
		b.WriteString(visible.Name(e.Column))
	}
	if verb, _, _ := strings.Cut(e.Message, " "); verb != "is" && verb != "repeats" {
		b.WriteByte(':')
	}
	b.WriteByte(' ')
	b.WriteString(e.Message)
	return b.String()
}

// Unwrap returns the error underneath, if there is one.
func (e *DecodeError) Unwrap() error { return e.cause }

// fault is a DecodeError that does not know its file yet.
func fault(format string, args ...any) *DecodeError {
	return &DecodeError{Message: fmt.Sprintf(format, args...)}
}

func limit(format string, args ...any) *DecodeError {
	return &DecodeError{Message: fmt.Sprintf(format, args...), Limit: true}
}

func (e *DecodeError) hint(s string) *DecodeError {
	e.Hint = s
	return e
}

func (e *DecodeError) column(name string) *DecodeError {
	e.Column = name
	return e
}

func (e *DecodeError) record(n int64) *DecodeError {
	e.Record = n
	return e
}

// within names the file of err, and makes a DecodeError of any other error.
// The text of a foreign error may quote the input, so only its kind is kept.
// A panic of ours stays one: it is no fault of the file.
func within(file string, err error) error {
	if err == nil {
		return nil
	}
	var ours *crash.Error
	if errors.As(err, &ours) {
		if ours.File == "" {
			ours.File = visible.Name(file)
		}
		return ours
	}
	var e *DecodeError
	if errors.As(err, &e) {
		if e.File == "" {
			e.File = file
		}
		return e
	}
	e = &DecodeError{File: file, Message: reason(err), Hint: cureFor(err), cause: err}
	return e
}
