package source

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// FHIR comes as JSON: a resource, a Bundle of resources, or an array of them, or
// several of these one behind the other (NDJSON). Which it is, the content says;
// that it is FHIR at all, the word resourceType near its beginning.

// looksFHIR reports whether the text that open gives begins like FHIR JSON.
func looksFHIR(open func() (*stream, error)) bool {
	s, err := open()
	if err != nil {
		return false
	}
	defer s.close()
	head := make([]byte, fhirHead)
	n, _ := io.ReadFull(s, head) // shorter files are as good
	head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(head) > 0 && (head[0] == '{' || head[0] == '[') && bytes.Contains(head, []byte(`"resourceType"`))
}

// unpacked is the content of an input that is packed as its name says.
func (in *input) unpacked(packing string) *input {
	switch packing {
	case ".gz":
		return in.gunzip()
	case ".zst":
		return in.unzstd()
	}
	return in
}

// addDocument lists a file of JSON below root, or notes it where it is not FHIR.
func (b *Bundle) addDocument(out []found, root *os.Root, f found, full string) ([]found, error) {
	st, err := root.Stat(full)
	if err != nil {
		return nil, within(f.label(), err)
	}
	if !st.Mode().IsRegular() {
		b.Ignored = append(b.Ignored, f.label())
		return out, nil
	}
	_, _, packing := classify(f.name)
	in := b.closed(root.Name(), full, st)
	if !looksFHIR(in.unpacked(packing).stream) {
		b.Ignored = append(b.Ignored, f.label())
		return out, nil
	}
	if st.Size() > fhirHeld {
		held, file, err := b.regular(f.label(), func() (*os.File, error) { return root.Open(full) })
		if err != nil {
			return nil, err
		}
		b.closers = append(b.closers, file.Close)
		in = held
	}
	f.in = in
	return append(out, f), nil
}

// closed is a file that is opened for each reading alone: a practice may be in ten
// thousand files, of one patient each.
func (b *Bundle) closed(dir, name string, st fs.FileInfo) *input {
	at := &closedFile{dir: dir, name: name, size: st.Size(), modified: st.ModTime()}
	in := &input{name: name, stored: at.size, at: at, size: at.size} // each reading sees whether it was changed
	if b.reading != nil {
		in.at = telling{at, b.reading}
	}
	in.stream = in.section
	return in
}

// A closedFile is a file below a folder that no handle is held of.
type closedFile struct {
	dir, name string
	size      int64
	modified  time.Time
}

func (c *closedFile) open() (*os.File, error) {
	root, err := os.OpenRoot(c.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.Open(c.name)
	if err != nil {
		return nil, err
	}
	if differs(f, c.size, c.modified) {
		_ = f.Close()
		return nil, wasChanged()
	}
	return f, nil
}

func (c *closedFile) ReadAt(p []byte, offset int64) (int, error) {
	f, err := c.open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	return f.ReadAt(p, offset)
}

// documents takes the files of FHIR out of those that were found.
func (b *Bundle) documents(all []found, opt Options) []found {
	rest := make([]found, 0, len(all))
	var docs []*document
	for _, f := range all {
		if _, k, packing := classify(f.name); k == kindJSON {
			docs = append(docs, &document{label: f.label(), stored: f.in, in: f.in.unpacked(packing)})
		} else {
			rest = append(rest, f)
		}
	}
	if len(docs) > 0 {
		slices.SortStableFunc(docs, func(x, y *document) int { return strings.Compare(x.label, y.label) })
		b.Documents = &Documents{docs: docs, options: opt, hashing: &b.hashing}
	}
	return rest
}
