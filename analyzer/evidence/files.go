package evidence

import (
	"archive/zip"
	"io"
	"time"

	"paperlight/analyzer/source"
)

// zipFolder is the folder of a zip in which all files are.
const zipFolder = "evidence/"

// WriteZip writes the bundle as a zip. Equal bundles are written in equal bytes.
func (b *Bundle) WriteZip(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, name := range b.Names() {
		h := &zip.FileHeader{Name: zipFolder + name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		h.SetMode(0o644)
		to, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := to.Write(b.files[name]); err != nil {
			return err
		}
	}
	return z.Close()
}

// Read reads the bundle at a path, a folder or a zip. What is wrong with its files is for
// Verify; an error is of what is no folder or zip of files.
func Read(path string) (*Bundle, error) {
	files, spoilt, err := source.Contents(path, MaxBytes)
	if err != nil {
		return nil, err
	}
	return &Bundle{files: files, spoilt: spoilt}, nil
}
