package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// boundMemory caps the data the process may map: past it an allocation ends
// the worker, and the supervisor says so. RLIMIT_DATA, because Go does not
// start under a small address space. A lower cap that is set already stays.
func boundMemory(limit int64) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_DATA, &now); err != nil {
		return err
	}
	most := min(uint64(limit)+256<<20, now.Max)
	return unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: min(most, now.Cur), Max: most})
}

// endWithParent has the system kill the worker when the thread that started it
// ends.
func endWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// peakMemory is the most memory that a process that ended held, in bytes.
func peakMemory(state *os.ProcessState) int64 {
	if used, ok := state.SysUsage().(*syscall.Rusage); ok {
		return used.Maxrss << 10
	}
	return 0
}

// killedForMemory counts the processes that the system has killed for want of
// memory: of this control group or, where that is unknown, of all.
func killedForMemory() int64 {
	text, _ := os.ReadFile("/proc/self/cgroup")
	for _, line := range strings.Split(string(text), "\n") {
		parts := strings.SplitN(line, ":", 3)
		file := ""
		switch {
		case len(parts) != 3:
		case parts[1] == "":
			file = filepath.Join("/sys/fs/cgroup", parts[2], "memory.events")
		case parts[1] == "memory":
			file = filepath.Join("/sys/fs/cgroup/memory", parts[2], "memory.oom_control")
		}
		if n, ok := counted(file); ok {
			return n
		}
	}
	n, _ := counted("/proc/vmstat")
	return n
}

// counted returns the value of the line oom_kill of a file.
func counted(file string) (int64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	for _, line := range strings.Split(string(text), "\n") {
		if value, ok := strings.CutPrefix(line, "oom_kill "); ok {
			n, err := strconv.ParseInt(value, 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
