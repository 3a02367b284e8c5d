package main

import "os"

// boundMemory has nothing to do: the supervisor puts the worker in a job whose
// memory is limited.
func boundMemory(int64) error { return nil }

// peakMemory and killedForMemory are unknown here: an allocation over the limit
// fails, and the crash of the worker says so.
func peakMemory(*os.ProcessState) int64 { return 0 }

func killedForMemory() int64 { return 0 }
