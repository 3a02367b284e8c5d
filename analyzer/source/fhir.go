package source

import (
	"bytes"
	"io"
	"os"
	"path"
	"strings"
)

// FHIR JSON is not read. Who gives it is told what it is, by its first bytes.

const (
	fhirHead  = 4096 // bytes of a file that are looked at
	fhirFiles = 8    // files of an extract that are looked at
)

func notReadYet() *DecodeError {
	return fault("this looks like FHIR JSON, which is not read yet").hint("export tables instead: CSV, Parquet or Arrow, or those inside a .zip")
}

// noteFHIR looks at a file that holds no table.
func (b *Bundle) noteFHIR(name string, open func() (io.Reader, func(), error)) {
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".ndjson":
	default:
		return
	}
	if b.fhir || b.peeked == fhirFiles {
		return
	}
	b.peeked++
	r, done, err := open()
	if err != nil {
		return
	}
	defer done()
	head := make([]byte, fhirHead)
	n, _ := io.ReadFull(r, head) // shorter files are as good
	head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n")
	b.fhir = bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"resourceType"`))
}

// regularIn is how noteFHIR opens a file below root: none but regular ones.
func regularIn(root *os.Root, name string) func() (io.Reader, func(), error) {
	return func() (io.Reader, func(), error) {
		st, err := root.Stat(name)
		if err != nil {
			return nil, nil, err
		}
		if !st.Mode().IsRegular() {
			return nil, nil, ErrNotRegular
		}
		f, err := root.Open(name)
		return f, func() { _ = f.Close() }, err
	}
}

// start is how noteFHIR opens an entry of an archive, or a file that was named.
func (in *input) start() (io.Reader, func(), error) {
	s, err := in.stream()
	if err != nil {
		return nil, nil, err
	}
	return s, s.close, nil
}
