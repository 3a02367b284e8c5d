package main

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"paperlight/analyzer/source"
)

// What a user names may be anything. Opening a named pipe waits for ever, and a
// device never ends, so nothing but regular files of a sane size is read.

// maxText bounds the bytes of a file of text that a flag names.
const maxText = 16 << 20

// readRegular reads a whole file, or refuses it before it is opened.
func readRegular(path string) ([]byte, error) { return readRegularTo(path, maxText) }

// readRegularTo is readRegular for a file of at most so many bytes.
func readRegularTo(path string, most int64) ([]byte, error) {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return nil, errors.Join(err, source.ErrNotRegular)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if int64(len(text)) > most {
		err = errors.New("too large")
	}
	return text, err
}

// exists reports whether there is a file or folder at path.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// folderOf is the folder of rules or code lists at dir.
func folderOf(dir string) fs.FS { return source.RegularFiles(os.DirFS(dir)) }
