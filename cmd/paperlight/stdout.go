package main

import (
	"errors"
	"io"
	"os"
	"sync"
)

// errPipeClosed says that nobody reads standard output any more, as in
// "check extract | head -1": the reader has what it wanted.
var errPipeClosed = &failure{code: exitPipe, err: errors.New("standard output was closed")}

// standardOutput remembers what went wrong with standard output, since not
// every verb looks at each line that it prints.
type standardOutput struct {
	mu     sync.Mutex
	w      io.Writer
	failed error
	closed func() // called when nobody reads any more
}

func (s *standardOutput) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return 0, s.failed
	}
	n, err := s.w.Write(b)
	switch {
	case err == nil:
	case isClosedPipe(err):
		s.failed = errPipeClosed
		s.closed()
	default:
		s.failed = outputError("standard output", err)
	}
	return n, s.failed
}

// outFile is the file that standard output writes to; nil where it is none.
func (c *console) outFile() *os.File {
	w := c.out
	if s, ok := w.(*standardOutput); ok {
		w = s.w
	}
	f, _ := w.(*os.File)
	return f
}

// outcome is the error of a run that ended with err: what was not printed
// cannot count as said.
func (s *standardOutput) outcome(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.failed, errPipeClosed) || s.failed != nil && (err == nil || errors.Is(err, errNotMet) || errors.Is(err, errNotJudged)) {
		return s.failed
	}
	return err
}
