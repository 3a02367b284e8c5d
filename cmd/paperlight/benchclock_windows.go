package main

import (
	"math/bits"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// processorClock returns nil: the system counts processor time too coarsely.
func processorClock() func() int64 { return nil }

// wallClock returns a clock of nanoseconds. That of package time stands still for up to
// 16 ms here, in which many a rule is done.
func wallClock() func() int64 {
	kernel := windows.NewLazySystemDLL("kernel32.dll")
	counter := kernel.NewProc("QueryPerformanceCounter")
	read := func(proc *windows.LazyProc) (n uint64) {
		_, _, _ = proc.Call(uintptr(unsafe.Pointer(&n))) // never fails since Windows XP
		return n
	}
	frequency := read(kernel.NewProc("QueryPerformanceFrequency"))
	start := read(counter)
	return func() int64 {
		high, low := bits.Mul64(read(counter)-start, uint64(time.Second))
		nanoseconds, _ := bits.Div64(high, low, frequency)
		return int64(nanoseconds)
	}
}
