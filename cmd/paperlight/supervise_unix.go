//go:build unix

package main

import (
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"
)

func askToStop(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

// heartbeat is the file descriptor that a worker beats on.
const heartbeat = 3

// passOn hands the writing end of the heartbeat to the worker.
func passOn(cmd *exec.Cmd, beat *os.File) { cmd.ExtraFiles = []*os.File{beat} }

// showLife beats while moved moves, until stopped.
func showLife(moved *atomic.Int64) (stop func()) {
	f := os.NewFile(heartbeat, "heartbeat")
	if f == nil {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(silence / 20)
		defer tick.Stop()
		for last := int64(-1); ; {
			select {
			case <-done:
				return
			case <-tick.C:
				if now := moved.Load(); now != last {
					last = now
					_, _ = f.Write([]byte{1})
				}
			}
		}
	}()
	return func() { close(done); _ = f.Close() }
}
