package main

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the file for this process, or gives errTaken. The system gives it
// back when the process ends, however it ends. The byte is far behind the text,
// which others may read.
func lock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{OffsetHigh: 1})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return errTaken
	}
	return err
}

// ours trusts that others cannot write in the folder of an output.
func ours(fs.FileInfo) bool { return true }

// keepsByLink is false: a file that another program has open can be linked, but neither
// replaced nor the link removed then. Moving it away fails before anything is done.
const keepsByLink = false

// inUse reports whether err says that another program has the file open. What
// is open may be reported as forbidden, when it is to be replaced.
func inUse(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}
