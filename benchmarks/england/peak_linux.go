package main

import (
	"os"
	"syscall"
)

// peak is the most memory, in bytes, that the process or one of its children held.
func peak(of *os.ProcessState) int64 {
	usage, ok := of.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10
}
