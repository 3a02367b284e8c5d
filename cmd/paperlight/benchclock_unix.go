//go:build unix

package main

import (
	"syscall"
	"time"
)

// processorClock returns a clock of the processor time that this process has
// used, in nanoseconds.
func processorClock() func() int64 {
	return func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			return 0
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
}

// wallClock returns a clock of nanoseconds.
func wallClock() func() int64 {
	start := time.Now()
	return func() int64 { return int64(time.Since(start)) }
}
