//go:build !linux && !windows

package main

import "runtime/debug"

// boundMemory watches the size of the process where the system has no limit to
// set: the garbage collector's limit is all there is.
func boundMemory(limit int64) { debug.SetMemoryLimit(limit) }
