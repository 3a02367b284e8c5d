package source

import (
	"bytes"
	"io/fs"
	"os"
	"path"
)

// findFolder lists the data files of a folder, and of the folders in it that
// hold the parts of one table.
func (b *Bundle) findFolder(dir string) ([]found, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	if keeper := keeperOf(entries); keeper != "" {
		return nil, kept(keeper)
	}
	l := listing{bundle: b, root: root, dir: dir}
	for _, e := range entries {
		if !e.IsDir() {
			err = l.add(found{name: e.Name()}, e)
		} else if e.Name()[0] != '.' && !systemFolder(e.Name()) {
			err = l.addFolder(e.Name())
		} else {
			b.Ignored = append(b.Ignored, e.Name()+"/")
		}
		if err != nil {
			return nil, err
		}
	}
	return l.out, nil
}

// A listing is the data files of a folder as they are found.
type listing struct {
	bundle *Bundle
	root   *os.Root
	dir    string // of the root, to follow links by
	out    []found
}

// addFolder lists the parts of a table; those of a folder that another program keeps
// are none: which of them count, only that program knows.
func (l *listing) addFolder(folder string) error {
	entries, err := fs.ReadDir(l.root.FS(), folder)
	if err != nil {
		return err
	}
	if keeper := keeperOf(entries); keeper != "" {
		l.bundle.Unread = append(l.bundle.Unread, tableOf(keeper, folder))
		return nil
	}
	return l.addParts(found{folder: folder}, entries)
}

// addParts lists the entries of the folder at: files, and folders named after the
// value that a column has in all of their rows.
func (l *listing) addParts(at found, entries []fs.DirEntry) error {
	for _, e := range entries {
		var err error
		inner, partition := at.partitioned(e.Name())
		switch {
		case !e.IsDir():
			at.name = e.Name()
			err = l.add(at, e)
		case !partition:
			l.bundle.Ignored = append(l.bundle.Ignored, path.Join(at.folder, at.sub, e.Name())+"/")
		default:
			var below []fs.DirEntry
			if below, err = fs.ReadDir(l.root.FS(), path.Join(inner.folder, inner.sub)); err == nil {
				err = l.addParts(inner, below)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *listing) add(f found, e fs.DirEntry) error {
	full := f.label()
	if e.Type()&fs.ModeSymlink != 0 {
		target, err := l.follow(full)
		if err != nil {
			stem, _, _ := classify(f.name)
			l.bundle.Unread = append(l.bundle.Unread, Unread{Name: path.Join(f.sub, f.name), Stem: stem, Folder: f.folder, Why: "it is a link that cannot be followed", Err: within(full, err)})
			return nil
		}
		full = target
	}
	_, list := listForm(f.name)
	switch _, k, _ := classify(f.name); {
	case list:
	case k == kindNone || k == kindZip:
		l.bundle.Ignored = append(l.bundle.Ignored, f.label())
		return nil
	case k == kindJSON:
		var err error
		l.out, err = l.bundle.addDocument(l.out, l.root, f, full)
		return err
	}
	// Looked at before it is opened: opening a named pipe would wait for ever.
	st, err := l.root.Stat(full)
	if err == nil && !st.Mode().IsRegular() {
		err = fault("want a regular file inside the folder")
	}
	if err != nil {
		return within(f.label(), err)
	}
	in, file, err := l.bundle.regular(f.label(), func() (*os.File, error) { return l.root.Open(full) })
	if err != nil {
		return err
	}
	l.bundle.closers = append(l.bundle.closers, file.Close)
	f.in = in
	l.out = append(l.out, f)
	return nil
}

// magics are the first bytes by which a file tells its own form.
var magics = []struct {
	bytes string
	kind  kind
	is    string
}{
	{"PAR1", kindParquet, "Parquet"},
	{"PARE", kindParquet, "Parquet"},
	{"ARROW1", kindArrow, "Arrow"},
	{"PK\x03\x04", kindZip, "a zip archive"},
	{"\x1f\x8b", kindNone, "gzip"},
	{"\x28\xb5\x2f\xfd", kindNone, "zstd"},
}

// checkMagic refuses a file whose first bytes contradict its name.
func checkMagic(k kind, in *input) error {
	s, err := in.stream()
	if err != nil {
		return err
	}
	defer s.close()
	var head [8]byte
	n, err := readFull(s, head[:])
	if err != nil {
		return damaged(err)
	}
	if n == 0 {
		e := fault("the file is empty: want a header at least").
			hint("export it again; if it lies in OneDrive or another cloud folder, choose \"Always keep on this device\" first")
		e.empty = true
		return e
	}
	for _, m := range magics {
		if bytes.HasPrefix(head[:n], []byte(m.bytes)) {
			if m.kind != k {
				return fault("the name says otherwise, but the content is %s", m.is).hint("give the file the extension of its format")
			}
			return nil
		}
	}
	switch k {
	case kindParquet:
		return fault("want a Parquet file: it must start with PAR1")
	case kindArrow:
		return fault("want an Arrow file: it must start with ARROW1").hint("name the stream form .arrows")
	}
	return nil
}
