package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"time"
)

// A file is an entry of an archive.
type file struct {
	name    string // with slashes
	text    []byte
	program bool // may be run
}

func (f file) mode() int64 {
	if f.program {
		return 0o755
	}
	return 0o644
}

// packed is an archive of files below the folder top: equal files give equal
// bytes, whatever their order, their owner and the day.
func packed(zipped bool, top string, files []file, when time.Time) ([]byte, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(x, y file) int { return strings.Compare(x.name, y.name) })
	if zipped {
		return zipArchive(top, files, when)
	}
	return tarArchive(top, files, when)
}

func tarArchive(top string, files []file, when time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(z)
	for _, f := range files {
		// Owner 0 without a name, and no times but this one.
		h := &tar.Header{Typeflag: tar.TypeReg, Name: top + "/" + f.name, Size: int64(len(f.text)), Mode: f.mode(), ModTime: when, Format: tar.FormatUSTAR}
		if err := t.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.text); err != nil {
			return nil, err
		}
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func zipArchive(top string, files []file, when time.Time) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: top + "/" + f.name, Method: zip.Deflate, Modified: when.UTC()}
		h.SetMode(0o644)
		if f.program {
			h.SetMode(0o755)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.text); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
