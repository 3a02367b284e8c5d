package rules

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"paperlight/analyzer/expr"
)

// An Error is a fault in a rule page, a definition, a code list or a scheme.
type Error struct {
	// File is the name within its folder, such as
	// rules/medication/four-repeats-reviewed.md; never an absolute path.
	File string
	// Line and Column count from 1; 0 where the fault is the file itself.
	Line, Column int
	Message      string
	// Hint is a way out; may be empty.
	Hint string
}

// Error gives file:line:column, what is wrong and, where there is a cure, a
// second line with it.
func (e *Error) Error() string {
	s := e.File
	if e.Line > 0 {
		s += fmt.Sprintf(":%d:%d", e.Line, e.Column)
	}
	s += ": " + e.Message
	if e.Hint != "" {
		s += "\n    hint: " + e.Hint
	}
	return s
}

// faults gathers what is wrong with all files of a rule set, so that an author
// sees everything at once.
type faults struct{ list []error }

func (f *faults) add(err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			f.add(e)
		}
		return
	}
	f.list = append(f.list, err)
}

// err returns all faults joined, in order of file and position, or nil.
func (f *faults) err() error {
	slices.SortStableFunc(f.list, func(a, b error) int {
		fa, la, ca := position(a)
		fb, lb, cb := position(b)
		return cmp.Or(cmp.Compare(fa, fb), cmp.Compare(la, lb), cmp.Compare(ca, cb))
	})
	return errors.Join(f.list...)
}

func position(err error) (file string, line, column int) {
	var e *Error
	if errors.As(err, &e) {
		return e.File, e.Line, e.Column
	}
	var x *expr.Error
	if errors.As(err, &x) {
		return x.File, x.Line, x.Column
	}
	return "", 0, 0
}
