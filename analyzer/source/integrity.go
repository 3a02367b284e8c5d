package source

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

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
	// Own counts the files that no list holds, but whose format has a checksum: it
	// shows that they were copied whole.
	Own int
}

// A place is one path of an extract: its files, the lists of checksums in it,
// and how any file in it that a list names is opened.
type place struct {
	files, lists []found
	root         string // of a folder: where its files lie
	archive      found  // that the files lie in; the zero found where there is none
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
					hint("take the file out: if it is a list of your own, give it after the extract, from another folder"))
			}
		}
	}
	held := map[string]bool{}
	for _, l := range lists {
		if err := b.compare(l, have, p.open, jobs); err != nil {
			return err
		}
		for _, label := range l.order {
			held[label] = true
		}
		b.Integrity.Lists = append(b.Integrity.Lists, l.label)
	}
	for i := range p.files {
		p.files[i].held = held[p.files[i].label()] || p.archive.in != nil && held[p.archive.label()]
	}
	return nil
}

// listsOf reads the lists that lie in a place, and what those beside it say of it.
func (b *Bundle) listsOf(root string, p place) (lists []*checksumList, err error) {
	for _, f := range p.lists {
		l, err := readList(f.label(), f.folder, f.name, f.in, false)
		if err != nil {
			return nil, err
		}
		if abs, err := filepath.Abs(root); err == nil && f.folder == "" {
			l.inside(filepath.Base(abs), func(label string) bool {
				return slices.ContainsFunc(p.files, func(f found) bool { return f.label() == label })
			})
		}
		lists = append(lists, l)
	}
	beside, err := b.listsBeside(root)
	if real, failed := filepath.EvalSymlinks(root); err == nil && failed == nil && filepath.Clean(real) != filepath.Clean(root) {
		more, failed := b.listsBeside(real) // the extract was given by a link
		beside, err = append(beside, more...), failed
	}
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
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	var before os.FileInfo
	for _, list := range []string{"SHA256SUMS", "sha256sums", "SHA256SUMS.txt", "sha256sums.txt", "SHA512SUMS", "SHA512SUMS.txt",
		"manifest-sha256.txt", "manifest-sha512.txt", name + ".sha256", name + ".sha256.txt", stem + ".sha256"} {
		info, err := dir.Stat(list)
		if err != nil || list == name || before != nil && os.SameFile(info, before) {
			continue // some systems take both spellings for one
		}
		before = info
		in, done, err := b.openIn(dir, list)
		if err != nil {
			continue
		}
		l, err := readBeside(list, name, in)
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

// readBeside reads a list that lies beside the file or folder called name. One that
// is named after an archive without its ending may give the checksum alone.
func readBeside(list, name string, in *input) (*checksumList, error) {
	l, err := readList(list, "", list, in, true)
	if err == nil && l.of != "" && l.of != name && l.sums[l.of] != "" && l.sums[name] == "" {
		l.sums[name], l.order = l.sums[l.of], append(l.order, name)
	}
	return l, err
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
		} else if !f.held {
			b.Integrity.Own++
		}
	}
	slices.Sort(b.Integrity.Bare)
	slices.Sort(b.Integrity.Lists)
	b.Integrity.Lists = slices.Compact(b.Integrity.Lists)
}
