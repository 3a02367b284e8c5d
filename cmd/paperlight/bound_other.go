//go:build !linux && !windows

package main

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

const (
	// residentSlack is how far a process may go beyond its limit before it is
	// ended: what the runtime itself holds, and what comes between two looks.
	residentSlack = 96 << 20
	residentPause = 20 * time.Millisecond
)

// boundMemory watches how much memory the process holds, where the system has no
// limit to set that holds, and ends it as a refused allocation would. A machine
// that is out of memory lets no process run on, so looking from within is enough.
func boundMemory(limit int64) error {
	if _, err := mostHeld(); err != nil {
		return err // fails closed: nothing would hold
	}
	go func() {
		for range time.Tick(residentPause) {
			if held, err := mostHeld(); err != nil || held > limit+residentSlack {
				_, _ = os.Stderr.WriteString("fatal error: out of memory: over the limit that was set\n")
				os.Exit(2) // as the runtime does; the supervisor reads the words
			}
		}
	}()
	return nil
}

// mostHeld is the most memory that this process held at a time, in bytes.
func mostHeld() (int64, error) {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0, err
	}
	return resident(&used), nil
}

// resident is the peak in bytes: macOS counts bytes, the others kilobytes.
func resident(used *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(used.Maxrss)
	}
	return int64(used.Maxrss) << 10
}

// endWithParent asks nothing of the system: the worker watches its pipe.
func endWithParent() *syscall.SysProcAttr { return nil }

// peakMemory is the most memory that a process that ended held, in bytes.
func peakMemory(state *os.ProcessState) int64 {
	if used, ok := state.SysUsage().(*syscall.Rusage); ok {
		return resident(used)
	}
	return 0
}

// killedForMemory is unknown here.
func killedForMemory() int64 { return 0 }
