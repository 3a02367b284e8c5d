package source

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/zstd"

	"paperlight/analyzer/crash"
)

// Integrity says what shows that the files were read as they were sent.
type Integrity struct {
	// Lists are the lists of checksums that the files were held to before
	// anything in them was read, sorted.
	Lists []string
	// Bare are the files that no list holds and whose format has no checksum of
	// its own over all that it stores, sorted: a change in them cannot be seen.
	Bare []string
}

// A place is one path of an extract: its files, the lists of checksums in it,
// and how any file in it that a list names is opened.
type place struct {
	files, lists []found
	archive      found // that the files lie in; the zero found where there is none
	open         func(label string) (*input, func(), error)
}

// separate takes the lists of checksums out of the files that were found.
func separate(files []found, open func(string) (*input, func(), error)) place {
	p := place{open: open}
	for _, f := range files {
		if _, list := listForm(f.name); list {
			p.lists = append(p.lists, f)
		} else {
			p.files = append(p.files, f)
		}
	}
	return p
}

// hold holds the files of a place to every list of checksums in or beside it.
// What does not fit is refused, and nothing of it is read any further.
func (b *Bundle) hold(root string, p place, jobs int) error {
	lists, err := b.listsOf(root, p)
	if err != nil || len(lists) == 0 {
		return err
	}
	have := map[string]*input{p.archive.label(): p.archive.in}
	for _, f := range p.files {
		have[f.label()] = f.in
	}
	for _, l := range lists {
		for _, f := range p.files {
			if l.covers(f.label()) && l.sums[f.label()] == "" {
				return within(f.label(), fault("is not in %s, which lists the files of the extract", l.label).
					hint("take the file out if it is none of the extract's, or make the list again"))
			}
		}
	}
	var held []string
	for _, l := range lists {
		if err := b.compare(l, have, p.open, jobs); err != nil {
			return err
		}
		held = append(held, l.order...)
		b.Integrity.Lists = append(b.Integrity.Lists, l.label)
	}
	for i := range p.files {
		p.files[i].held = slices.Contains(held, p.files[i].label()) || p.archive.in != nil && slices.Contains(held, p.archive.label())
	}
	return nil
}

// listsOf reads the lists that lie in a place, and what those beside it say of it.
func (b *Bundle) listsOf(root string, p place) (lists []*checksumList, err error) {
	for _, f := range p.lists {
		l, err := readList(f.label(), f.folder, f.name, f.in)
		if err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	beside, err := b.listsBeside(root)
	return append(lists, beside...), err
}

// listsBeside reads the lists that lie beside the file or folder at root.
func (b *Bundle) listsBeside(root string) (lists []*checksumList, err error) {
	if root, err = filepath.Abs(root); err != nil {
		return nil, err
	}
	st, err := os.Stat(root)
	if err != nil || filepath.Dir(root) == root {
		return nil, err
	}
	dir, err := os.OpenRoot(filepath.Dir(root))
	if err != nil {
		return nil, nil // what lies beside is none of the extract's
	}
	defer dir.Close()
	name := filepath.Base(root)
	for _, list := range []string{"SHA256SUMS", "SHA256SUMS.txt", "SHA512SUMS", "SHA512SUMS.txt", name + ".sha256", name + ".sha256.txt"} {
		if list == name {
			continue
		}
		in, done, err := b.openIn(dir, list)
		if err != nil {
			continue
		}
		l, err := readList(list, "", list, in)
		done()
		if err != nil {
			return nil, err
		}
		if l = l.below(name, st.IsDir()); l != nil {
			lists = append(lists, l)
		}
	}
	return lists, nil
}

// openIn opens a regular file of a folder.
func (b *Bundle) openIn(root *os.Root, name string) (*input, func(), error) {
	st, err := root.Stat(name)
	if err == nil && !st.Mode().IsRegular() {
		err = fault("want a regular file")
	}
	if err != nil {
		return nil, nil, err
	}
	in, f, err := b.regular(name, func() (*os.File, error) { return root.Open(name) })
	if err != nil {
		return nil, nil, err
	}
	return in, func() { _ = f.Close() }, nil
}

// compare hashes each file that the list names, several at once; the first fault
// in the order of the list wins.
func (b *Bundle) compare(l *checksumList, have map[string]*input, open func(string) (*input, func(), error), jobs int) error {
	errs := make([]error, len(l.order))
	gate := make(chan struct{}, jobs)
	var all crash.Group
	for i, label := range l.order {
		gate <- struct{}{}
		all.Go(func() {
			defer func() { <-gate }()
			defer crash.Catch(&errs[i], "the reading")
			errs[i] = within(label, b.compareOne(l, label, have[label], open))
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *Bundle) compareOne(l *checksumList, label string, in *input, open func(string) (*input, func(), error)) error {
	if in == nil {
		opened, done, err := open(label)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fault("is listed in %s and is not there", l.label).hint("copy the extract again, with all of its files")
		case err != nil:
			return err
		}
		defer done()
		in = opened
	}
	sum, err := b.hashing.sum(in, l.hash())
	if err != nil {
		return err
	}
	if sum != l.sums[label] {
		return fault("is not the file that %s lists: it was changed, or not copied whole", l.label).
			hint("copy or export it again; if the change was meant, make the list again")
	}
	return nil
}

// bare reports whether nothing would show a change in the file: it is neither held
// to a list nor packed with a checksum over all of it.
func (f found) bare() bool {
	if f.held || f.packed {
		return false
	}
	switch _, _, packing := classify(f.name); packing {
	case ".gz":
		return false
	case ".zst":
		return !zstdHasChecksum(f.in)
	}
	return true
}

// zstdHasChecksum reports whether the first frame of a file carries a checksum.
func zstdHasChecksum(in *input) bool {
	s, err := in.stream()
	if err != nil {
		return false
	}
	defer s.close()
	head := make([]byte, zstd.HeaderMaxSize)
	n, err := readFull(s, head)
	var h zstd.Header
	return err == nil && h.Decode(head[:n]) == nil && h.HasCheckSum
}

// opener opens the listed files of a folder that are no tables.
func (b *Bundle) opener(dir string) func(string) (*input, func(), error) {
	return func(label string) (*input, func(), error) {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, nil, err
		}
		defer root.Close()
		return b.openIn(root, path.Clean(label))
	}
}

// noteBare notes the files that nothing vouches for.
func (b *Bundle) noteBare(all []found) {
	for _, f := range all {
		if f.bare() {
			b.Integrity.Bare = append(b.Integrity.Bare, f.label())
		}
	}
	slices.Sort(b.Integrity.Bare)
	slices.Sort(b.Integrity.Lists)
	b.Integrity.Lists = slices.Compact(b.Integrity.Lists)
}
