package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Fingerprint tells the files at some places from any others. It needs no knowledge
// of their formats, so that files that cannot be read have one too.
type Fingerprint struct {
	// SHA256 is over the names and digests of all files, whatever their order.
	SHA256 string
	// Bytes are those of all files.
	Bytes int64
	files []lookedAt
}

// A lookedAt is a file as it was when it was hashed.
type lookedAt struct {
	path     string
	size     int64
	modified time.Time
}

// Unchanged reports whether every file is as it was when it was hashed.
func (f *Fingerprint) Unchanged() bool {
	return !slices.ContainsFunc(f.files, func(l lookedAt) bool {
		st, err := os.Stat(l.path)
		return err != nil || st.Size() != l.size || !st.ModTime().Equal(l.modified)
	})
}

// FingerprintOf hashes every regular file at the places. reading is called as bytes are
// read; nil tells nobody.
func FingerprintOf(ctx context.Context, places []Place, reading func()) (*Fingerprint, error) {
	out := &Fingerprint{}
	var lines []string
	err := eachFile(places, func(name, file string, open func() (*os.File, error)) error {
		sum, err := out.add(ctx, file, open, reading)
		if err != nil {
			return within(path.Base(name), err)
		}
		lines = append(lines, sum+"  "+name+"\n")
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	out.SHA256 = hex.EncodeToString(sum[:])
	return out, nil
}

func (f *Fingerprint) add(ctx context.Context, file string, open func() (*os.File, error), reading func()) (string, error) {
	opened, err := open()
	if err != nil {
		return "", err
	}
	defer opened.Close()
	st, err := opened.Stat()
	if err != nil {
		return "", err
	}
	sum, buffer := sha256.New(), make([]byte, indexBytes)
	for {
		n, err := opened.Read(buffer)
		sum.Write(buffer[:n])
		if reading != nil {
			reading()
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return "", err
		}
	}
	f.Bytes += st.Size()
	f.files = append(f.files, lookedAt{file, st.Size(), st.ModTime()})
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// SizeOf is how many bytes the files at the places have, from their directory entries.
func SizeOf(places []Place) (bytes int64, err error) {
	err = eachFile(places, func(_, file string, _ func() (*os.File, error)) error {
		st, err := os.Stat(file)
		if err == nil {
			bytes += st.Size()
		}
		return err
	})
	return bytes, err
}

// eachFile calls do with every regular file at the places, under a name that does not
// turn on where the place lies. A place that is a folder of an archive is the archive,
// and that folder. What systems put into folders is passed over, as it is when read.
func eachFile(places []Place, do func(name, file string, open func() (*os.File, error)) error) error {
	left := maxListedFiles
	for _, p := range places {
		st, err := os.Stat(p.Path)
		if err != nil {
			return within(typed(p.Path), err)
		}
		if !st.IsDir() {
			if !st.Mode().IsRegular() {
				return within(p.name(), ErrNotRegular)
			}
			name := path.Join(p.Folder, filepath.Base(p.Path)) + "!" + p.Within
			if err := do(name, p.Path, func() (*os.File, error) { return os.Open(p.Path) }); err != nil {
				return err
			}
			continue
		}
		if err := p.eachBelow(&left, do); err != nil {
			return err
		}
	}
	return nil
}

func (p Place) eachBelow(left *int, do func(name, file string, open func() (*os.File, error)) error) error {
	root, err := os.OpenRoot(p.Path)
	if err != nil {
		return within(typed(p.Path), err)
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return within(path.Base(name), err)
		}
		if *left--; *left < 0 {
			return limit("more than %d files in the folder and those in it", maxListedFiles).hint("give the folder that holds the extract itself")
		}
		switch {
		case e.IsDir() && name != "." && (systemFolder(e.Name()) || strings.HasPrefix(e.Name(), ".paperlight-")):
			return fs.SkipDir
		case !e.Type().IsRegular() || Strewn(e.Name()):
			return nil
		}
		return do(path.Join(p.Folder, name), filepath.Join(p.Path, filepath.FromSlash(name)), func() (*os.File, error) { return root.Open(name) })
	})
}
