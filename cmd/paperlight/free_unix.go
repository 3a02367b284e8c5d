//go:build !windows

package main

import "golang.org/x/sys/unix"

// freeSpace returns how many bytes the disk of a folder still takes.
func freeSpace(folder string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(folder, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * int64(st.Bsize), nil //nolint:unconvert // of 32 bits on other systems
}
