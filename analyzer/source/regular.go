package source

import (
	"errors"
	"io/fs"
)

// ErrNotRegular is of what is neither a folder nor a regular file: opening a
// named pipe waits for ever, and a device never ends.
var ErrNotRegular = errors.New("not a regular file")

// RegularFiles is fsys, of which only folders and regular files open.
func RegularFiles(fsys fs.FS) fs.FS { return regularFiles{fsys} }

type regularFiles struct{ fs.FS }

func (r regularFiles) Open(name string) (fs.File, error) {
	st, err := fs.Stat(r.FS, name)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() && !st.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
	}
	return r.FS.Open(name)
}
