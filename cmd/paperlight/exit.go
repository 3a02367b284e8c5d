package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// The exit codes, one meaning each. 2 is never chosen: a Go program that
// crashes exits with it.
const (
	exitMet          = 0   // every gate met
	exitNotMet       = 1   // a gate not met
	exitNotJudged    = 8   // nothing failed, but a gate could not be judged
	exitInput        = 3   // input refused
	exitPrivacy      = 4   // privacy stop
	exitLimit        = 5   // a limit reached
	exitVerification = 6   // verification failed
	exitOutput       = 7   // output could not be written
	exitUsage        = 64  // wrong usage or rule set
	exitInternal     = 70  // internal error
	exitInterrupted  = 130 // interrupted (SIGINT)
	exitTerminated   = 143 // terminated (SIGTERM)
)

const exitHelp = `Exit codes:
  0    every gate met
  1    a gate not met: a blocker failed (see --fail-on)
  8    nothing failed, but a gate could not be judged
  3    input refused
  4    privacy stop
  5    a limit reached
  6    verification failed
  7    output could not be written
  64   wrong usage or rule set
  70   internal error
  130  interrupted (143 when terminated)
`

// A failure is an error with its exit code and, where there is a cure, a hint.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func fail(code int, err error, hint string) error {
	if err == nil {
		return nil
	}
	return &failure{code, err, hint}
}

func usage(format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...), "paperlight --help lists the commands and flags"}
}

// errNotMet says that the run is complete and a gate was not met: there is
// nothing more to say about it.
var errNotMet = &failure{code: exitNotMet, err: errors.New("a gate was not met")}

// errNotJudged says that the run is complete, nothing failed, and a gate could
// not be judged.
var errNotJudged = &failure{code: exitNotJudged, err: errors.New("a gate could not be judged")}

// exitCode prints err, if it is one that needs saying, and returns its code.
func exitCode(ctx context.Context, c *console, err error) int {
	if err == nil {
		return exitMet
	}
	if errors.Is(err, errNotMet) {
		return exitNotMet
	}
	if errors.Is(err, errNotJudged) {
		return exitNotJudged
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		fmt.Fprintln(c.err, "paperlight: interrupted; nothing was written")
		return c.interrupted()
	}
	code, hint := classify(err)
	fmt.Fprintln(c.err, "paperlight: "+visible(err.Error()))
	if hint != "" {
		fmt.Fprintln(c.err, "hint: "+visible(hint))
	}
	return code
}

// interrupted is the exit code of a run that a signal ended.
func (c *console) interrupted() int {
	if c.terminated.Load() {
		return exitTerminated
	}
	return exitInterrupted
}

// visible shows control characters, which a file or column name may hold, as
// escapes; line ends of our own multi-line messages stay.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n', r == '\t':
			b.WriteRune(r)
		case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r >= 0x200b && r <= 0x200f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
