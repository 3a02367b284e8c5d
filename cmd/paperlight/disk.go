package main

import (
	"os"
)

// A disk makes, renames and removes files. Each change is one step, so that tests
// can have it refused, or end the run, at any of them. The zero disk is the real one.
type disk struct {
	// before, where not nil, is asked before each step; its error takes the step's
	// place.
	before func(step string) error
}

func (d disk) step(what string, do func() error) error {
	if d.before != nil {
		if err := d.before(what); err != nil {
			return err
		}
	}
	return do()
}

func (d disk) rename(from, to string) error {
	return d.step("rename", func() error { return os.Rename(from, to) })
}

func (d disk) link(from, to string) error {
	return d.step("link", func() error { return os.Link(from, to) })
}

func (d disk) remove(path string) error {
	return d.step("remove", func() error { return os.Remove(path) })
}

func (d disk) mkdir(path string, mode os.FileMode) error {
	return d.step("mkdir", func() error { return os.Mkdir(path, mode) })
}

func (d disk) mkdirAll(path string, mode os.FileMode) error {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return nil
	}
	return d.step("mkdir", func() error { return os.MkdirAll(path, mode) })
}

func (d disk) mkdirTemp(dir, pattern string) (path string, err error) {
	err = d.step("mkdir", func() error { path, err = os.MkdirTemp(dir, pattern); return err })
	return path, err
}

// create makes a file that must not be there.
func (d disk) create(path string, mode os.FileMode) (f *diskFile, err error) {
	err = d.step("create", func() error {
		made, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, mode)
		f = &diskFile{d, made}
		return err
	})
	return f, err
}

// sync makes durable what was renamed in a folder, where the system can.
func (d disk) sync(folder string) {
	_ = d.step("sync", func() error {
		f, err := os.Open(folder)
		if err == nil {
			_ = f.Sync()
			err = f.Close()
		}
		return err
	})
}

// A diskFile is a file that is written.
type diskFile struct {
	disk disk
	*os.File
}

func (f *diskFile) Write(p []byte) (n int, err error) {
	err = f.disk.step("write", func() error { n, err = f.File.Write(p); return err })
	return n, err
}

func (f *diskFile) Sync() error { return f.disk.step("sync", f.File.Sync) }
