package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// What a user names may be anything. Opening a named pipe waits for ever, and a
// device never ends, so nothing but regular files of a sane size is read.

// maxText bounds the bytes of a file of text that a flag names.
const maxText = 16 << 20

var errNotRegular = errors.New("not a regular file")

// readRegular reads a whole file, or refuses it before it is opened.
func readRegular(path string) ([]byte, error) {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return nil, errors.Join(err, errNotRegular)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxText+1))
	if len(text) > maxText {
		err = errors.New("too large")
	}
	return text, err
}

// regularFiles is a file system of which only folders and regular files open.
type regularFiles struct{ fs.FS }

func (r regularFiles) Open(name string) (fs.File, error) {
	st, err := fs.Stat(r.FS, name)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() && !st.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	return r.FS.Open(name)
}

// folderOf is the folder of rules or code lists at dir.
func folderOf(dir string) fs.FS { return regularFiles{os.DirFS(dir)} }
