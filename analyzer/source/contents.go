package source

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"paperlight/analyzer/crash"
)

// Contents are the files of a folder, or of a zip in one folder of its own, each whole and
// by its name below that folder: of what holds no table, and is small. All of them have at
// most so many bytes. An empty folder is there too, as a file without content whose name
// ends with a slash. Those in spoilt are there, and are not what the archive says of them.
func Contents(path string, most int64) (files map[string][]byte, spoilt []string, err error) {
	defer crash.Catch(&err, "the reading")
	name := filepath.Base(path)
	c := &contents{files: map[string][]byte{}, left: most}
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, nil, within(name, err)
	case st.IsDir():
		err = c.folder(path)
	default:
		err = c.archive(path)
	}
	if err != nil {
		return nil, nil, within(name, err)
	}
	return c.files, c.spoilt, nil
}

type contents struct {
	files   map[string][]byte
	folders []string // with a slash at the end
	spoilt  []string
	left    int64 // bytes that may still be read
}

// errLarge says that there is more than may be read.
func errLarge() error { return limit("holds more than a bundle of this program can") }

// read adds a file, said to be of so many bytes.
func (c *contents) read(name string, size int64, r io.Reader) error {
	if size < 0 || size > c.left {
		return errLarge()
	}
	text := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	_, err := text.ReadFrom(io.LimitReader(r, c.left+1))
	if c.left -= int64(text.Len()); c.left < 0 {
		return errLarge()
	}
	c.files[name] = text.Bytes()
	return err
}

// empty adds the folders that hold neither a file nor a folder.
func (c *contents) empty() {
	within := map[string]bool{}
	for _, name := range slices.AppendSeq(slices.Clone(c.folders), maps.Keys(c.files)) {
		for at := strings.LastIndexByte(strings.TrimSuffix(name, "/"), '/'); at >= 0; at = strings.LastIndexByte(name[:at], '/') {
			within[name[:at+1]] = true
		}
	}
	for _, folder := range c.folders {
		if !within[folder] {
			c.files[folder] = nil
		}
	}
}

// folder reads what lies in a folder. A link in it leads nowhere.
func (c *contents) folder(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	defer root.Close()
	defer c.empty()
	return fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || Strewn(e.Name()) || name == "." { // what systems leave where somebody looked
			return err
		}
		if e.IsDir() {
			c.folders = append(c.folders, name+"/")
		}
		if len(c.files)+len(c.folders) > maxEntries {
			return limit("holds more than %d files", maxEntries)
		}
		if e.IsDir() {
			return nil
		}
		if !e.Type().IsRegular() {
			return fault("holds a link, or what is neither a file nor a folder").hint("ask for the bundle as it was made")
		}
		_, f, err := regular(name, func() (*os.File, error) { return root.Open(name) })
		if err != nil {
			return err
		}
		defer f.Close()
		st, err := f.Stat()
		if err != nil {
			return err
		}
		return c.read(name, st.Size(), f)
	})
}

// archive reads what lies in the one folder of a zip.
func (c *contents) archive(path string) error {
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return ErrNotRegular // before it is opened: a pipe would wait
	}
	in, f, err := regular(filepath.Base(path), func() (*os.File, error) { return os.Open(path) })
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := openZip(in, "")
	if err != nil {
		return err
	}
	if len(z.passed) > 0 {
		return fault("the archive has an entry with an unsafe name: %s", oddness(z.passed[0])).hint(zipAgain)
	}
	top, said := "", uint64(0)
	for _, e := range z.entries {
		if said += e.file.UncompressedSize64; said > uint64(c.left) || e.file.UncompressedSize64 > uint64(c.left) {
			return errLarge() // before any of it is unpacked
		}
	}
	defer c.empty()
	for _, e := range z.entries {
		folder, name, below := strings.Cut(e.file.Name, "/")
		if top == "" {
			top = folder
		}
		if !below || folder != top {
			return fault("want an archive with one folder, and all files in it").hint("give the zip as it was made, or unpack it and give the folder")
		}
		if strings.HasSuffix(e.file.Name, "/") {
			if name != "" {
				c.folders = append(c.folders, name)
			}
			continue
		}
		size := min(e.file.UncompressedSize64, maxRatio*e.file.CompressedSize64) // which it may only say
		if err := c.entry(name, int64(size), e.input(in)); err != nil {
			return err
		}
	}
	return in.unchanged()
}

// entry reads a file of an archive, and notes one that is not what the archive says.
func (c *contents) entry(name string, size int64, in *input) error {
	if in.verify != nil {
		if err := in.verify(); err != nil {
			c.spoilt = append(c.spoilt, name)
		}
	}
	s, err := in.stream()
	if err != nil {
		return err
	}
	defer s.close()
	err = c.read(name, size, s)
	var over *DecodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &over) && over.Limit:
		return err
	}
	c.spoilt = append(c.spoilt, name)
	return nil
}
