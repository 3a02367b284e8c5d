package main

import "syscall"

// adoptOrphans makes this process the parent of its descendants whose own has
// ended: PR_SET_CHILD_SUBREAPER.
func adoptOrphans() error {
	const setChildSubreaper = 36
	if _, _, problem := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); problem != 0 {
		return problem
	}
	return nil
}
