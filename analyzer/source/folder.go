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
	var out []found
	for _, e := range entries {
		if !e.IsDir() {
			out, err = b.addEntry(out, root, "", e)
		} else if e.Name()[0] != '.' && !systemFolder(e.Name()) {
			out, err = b.addFolder(out, root, e.Name())
		} else {
			b.Ignored = append(b.Ignored, e.Name()+"/")
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b *Bundle) addFolder(out []found, root *os.Root, folder string) ([]found, error) {
	entries, err := fs.ReadDir(root.FS(), folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() {
			b.Ignored = append(b.Ignored, folder+"/"+e.Name()+"/")
			continue
		}
		if out, err = b.addEntry(out, root, folder, e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b *Bundle) addEntry(out []found, root *os.Root, folder string, e fs.DirEntry) ([]found, error) {
	f := found{folder: folder, name: e.Name()}
	_, list := listForm(f.name)
	switch _, k, _ := classify(f.name); {
	case list:
	case k == kindNone || k == kindZip:
		b.Ignored = append(b.Ignored, f.label())
		return out, nil
	case k == kindJSON:
		return b.addDocument(out, root, f)
	}
	// Looked at before it is opened: opening a named pipe would wait for ever.
	full := path.Join(folder, f.name)
	st, err := root.Stat(full)
	if err == nil && !st.Mode().IsRegular() {
		err = fault("want a regular file inside the folder")
	}
	if err != nil {
		return nil, within(f.label(), err)
	}
	in, file, err := b.regular(f.label(), func() (*os.File, error) { return root.Open(full) })
	if err != nil {
		return nil, err
	}
	b.closers = append(b.closers, file.Close)
	f.in = in
	return append(out, f), nil
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
		return fault("the file is empty: want a header at least")
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
