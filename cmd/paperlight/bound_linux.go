package main

import "golang.org/x/sys/unix"

// boundMemory caps the data the process may map: past it an allocation ends
// the worker, and the supervisor says so. RLIMIT_DATA, because Go does not
// start under a small address space.
func boundMemory(limit int64) {
	_ = unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: uint64(limit) + 256<<20, Max: uint64(limit) + 256<<20})
}
