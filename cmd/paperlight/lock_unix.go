//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lock takes the file for this process, or gives errTaken. The system gives it
// back when the process ends, however it ends. Some shares have no locks.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errTaken
	}
	return err
}

// ours reports whether the folder is this user's.
func ours(st fs.FileInfo) bool {
	s, ok := st.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}

// inUse reports whether err says that another program has the file open: here
// that stops no one.
func inUse(error) bool { return false }

// keepsByLink: what is to be replaced is linked first, so that there is no moment
// without it.
const keepsByLink = true
