package source

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"paperlight/analyzer/crash"
)

// Contents are the files of a folder, or of a zip in one folder of its own, each whole and
// by its name below that folder: of what holds no table, and is small. All of them have at
// most so many bytes. Those in spoilt are there, and are not what the archive says of them.
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
	files  map[string][]byte
	spoilt []string
	left   int64 // bytes that may still be read
}

// read adds a file.
func (c *contents) read(name string, r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, c.left+1))
	if c.left -= int64(len(text)); c.left < 0 {
		return limit("holds more than a bundle of this program can")
	}
	c.files[name] = text
	return err
}

// folder reads what lies in a folder. A link in it leads nowhere.
func (c *contents) folder(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || Strewn(e.Name()) { // what systems leave where somebody looked
			return err
		}
		if len(c.files) == maxEntries {
			return limit("holds more than %d files", maxEntries)
		}
		if !e.Type().IsRegular() {
			return fault("holds a link, or what is neither a file nor a folder").hint("ask for the bundle as it was made")
		}
		_, f, err := regular(name, func() (*os.File, error) { return root.Open(name) })
		if err != nil {
			return err
		}
		defer f.Close()
		return c.read(name, f)
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
	top := ""
	for _, e := range z.entries {
		folder, name, below := strings.Cut(e.file.Name, "/")
		if top == "" {
			top = folder
		}
		if !below || folder != top {
			return fault("want an archive with one folder, and all files in it").hint("give the zip as it was made, or unpack it and give the folder")
		}
		if strings.HasSuffix(e.file.Name, "/") {
			continue
		}
		if err := c.entry(name, e.input(in)); err != nil {
			return err
		}
	}
	return in.unchanged()
}

// entry reads a file of an archive, and notes one that is not what the archive says.
func (c *contents) entry(name string, in *input) error {
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
	err = c.read(name, s)
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
