package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gocloud.dev/blob"
)

// A unit is what lies right below the address: a folder, or a file. It is brought to one
// computer whole, so that no practice is ever cut in two.
type unit struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// errRefused is of what would be refused the next time too.
var errRefused = errors.New("refused")

// maxFiles bounds the files of one unit.
const maxFiles = 100_000

// list are the units of a bucket, in the order of their names.
func list(ctx context.Context, bucket *blob.Bucket) ([]unit, error) {
	bytes := map[string]int64{}
	err := each(ctx, bucket, "", func(o *blob.ListObject) error {
		name, _, _ := strings.Cut(o.Key, "/")
		bytes[name] += o.Size
		return nil
	})
	if err != nil {
		return nil, err
	}
	units := make([]unit, 0, len(bytes))
	for name, n := range bytes {
		units = append(units, unit{name, n})
	}
	slices.SortFunc(units, func(a, b unit) int { return strings.Compare(a.Name, b.Name) })
	return units, nil
}

// each calls do for every file whose key begins with prefix. The empty objects that stand
// for folders in some buckets are passed over.
func each(ctx context.Context, bucket *blob.Bucket, prefix string, do func(*blob.ListObject) error) error {
	objects := bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := objects.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case o.IsDir || strings.HasSuffix(o.Key, "/"):
			continue
		}
		if err := do(o); err != nil {
			return err
		}
	}
}

// bring copies a unit into a folder, which must not hold it yet.
func bring(ctx context.Context, bucket *blob.Bucket, name, folder string, most int64) error {
	var files []*blob.ListObject
	var bytes int64
	err := each(ctx, bucket, name, func(o *blob.ListObject) error {
		if o.Key != name && !strings.HasPrefix(o.Key, name+"/") {
			return nil // its name only begins alike
		}
		if !filepath.IsLocal(filepath.FromSlash(o.Key)) || strings.ContainsAny(o.Key, "\\\x00") || strings.Contains(o.Key, "//") {
			return fmt.Errorf("%w: a key in it is no path of a file", errRefused)
		}
		files, bytes = append(files, o), bytes+o.Size
		if bytes > most || len(files) > maxFiles {
			return fmt.Errorf("%w: it has more than %d bytes or %d files", errRefused, most, maxFiles)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%w: nothing is there by this name", errRefused)
	}
	for _, o := range files {
		if err := copyFile(ctx, bucket, o, filepath.Join(folder, filepath.FromSlash(o.Key))); err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a file that has as many bytes as when it was listed.
func copyFile(ctx context.Context, bucket *blob.Bucket, o *blob.ListObject, path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	from, err := bucket.NewReader(ctx, o.Key, nil)
	if err != nil {
		return err
	}
	defer from.Close()
	n, err := io.Copy(to, io.LimitReader(from, o.Size+1))
	if err == nil && n != o.Size {
		err = errors.New("a file was changed while it was copied")
	}
	return err
}
