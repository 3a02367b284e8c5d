package evidence

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// memory is a folder in memory: files by their names below it.
type memory map[string][]byte

func (m memory) Open(name string) (fs.File, error) {
	if text, ok := m[name]; ok {
		return &memoryFile{node: node{path.Base(name), int64(len(text)), false}, Reader: bytes.NewReader(text)}, nil
	}
	entries, err := m.ReadDir(name)
	if err != nil {
		return nil, err
	}
	return &memoryFolder{node: node{path.Base(name), 0, true}, entries: entries}, nil
}

// ReadDir lists a folder, sorted.
func (m memory) ReadDir(name string) ([]fs.DirEntry, error) {
	seen := map[string]node{}
	for full, text := range m {
		below, ok := full, true
		if name != "." {
			below, ok = strings.CutPrefix(full, name+"/")
		}
		if !ok {
			continue
		}
		first, _, folder := strings.Cut(below, "/")
		if folder {
			seen[first] = node{first, 0, true}
		} else {
			seen[first] = node{first, int64(len(text)), false}
		}
	}
	if len(seen) == 0 && name != "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	var out []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		out = append(out, fs.FileInfoToDirEntry(seen[name]))
	}
	return out, nil
}

// node is a file or folder of memory.
type node struct {
	name   string
	size   int64
	folder bool
}

func (n node) Name() string       { return n.name }
func (n node) Size() int64        { return n.size }
func (n node) ModTime() time.Time { return time.Time{} }
func (n node) IsDir() bool        { return n.folder }
func (n node) Sys() any           { return nil }
func (n node) Mode() fs.FileMode {
	if n.folder {
		return fs.ModeDir | 0o700
	}
	return 0o600
}

type memoryFile struct {
	node
	*bytes.Reader
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Size() int64                { return f.node.size }

type memoryFolder struct {
	node
	entries []fs.DirEntry
}

func (f *memoryFolder) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *memoryFolder) Read([]byte) (int, error)   { return 0, fs.ErrInvalid }
func (f *memoryFolder) Close() error               { return nil }

func (f *memoryFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(f.entries) {
		if n > 0 && len(f.entries) == 0 {
			return nil, io.EOF
		}
		n = len(f.entries)
	}
	out := f.entries[:n]
	f.entries = f.entries[n:]
	return out, nil
}
