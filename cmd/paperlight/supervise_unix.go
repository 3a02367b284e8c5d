//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

func askToStop(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

// passOn hands the worker's ends of the pipes to it, and returns their numbers
// there.
func passOn(cmd *exec.Cmd, beat, hear *os.File) (numbers string, err error) {
	cmd.ExtraFiles = []*os.File{beat, hear}
	cmd.SysProcAttr = endWithParent()
	return "3,4", nil
}

// hold has nothing to do: the worker bounds itself, and watches its pipe.
func hold(*os.Process, int64) (release func(), err error) { return func() {}, nil }

// signalOf is the signal that ended a process, or 0.
func signalOf(state *os.ProcessState) syscall.Signal {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal()
	}
	return 0
}

// isClosedPipe reports whether nobody reads what was written.
func isClosedPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
