//go:build !linux && !windows

package main

import (
	"os"
	"runtime/debug"
	"syscall"
)

// boundMemory watches the size of the process where the system has no limit to
// set: the garbage collector's limit is all there is.
func boundMemory(limit int64) error {
	debug.SetMemoryLimit(limit)
	return nil
}

// endWithParent asks nothing of the system: the worker watches its pipe.
func endWithParent() *syscall.SysProcAttr { return nil }

// peakMemory is the most memory that a process that ended held, in bytes, as
// macOS counts it.
func peakMemory(state *os.ProcessState) int64 {
	if used, ok := state.SysUsage().(*syscall.Rusage); ok {
		return int64(used.Maxrss)
	}
	return 0
}

// killedForMemory is unknown here.
func killedForMemory() int64 { return 0 }
