//go:build unix

package main

import "syscall"

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
