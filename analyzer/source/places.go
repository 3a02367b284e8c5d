package source

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Place is where files of an extract lie: a folder, a zip, one file, or a folder
// inside a zip.
type Place struct {
	Path string
	// Within is the folder inside the zip at Path; empty is all of it.
	Within string
	// Folder goes before the folder of each file, where an extract has several places
	// and their files are told apart by where they lie.
	Folder string
}

// PlacesOf are the places at the paths.
func PlacesOf(paths []string) []Place {
	places := make([]Place, len(paths))
	for i, p := range paths {
		places[i].Path = p
	}
	return places
}

// name is the base name of the place.
func (p Place) name() string {
	if p.Within != "" {
		return path.Base(p.Within)
	}
	if abs, err := filepath.Abs(p.Path); err == nil {
		return filepath.Base(abs)
	}
	return filepath.Base(p.Path)
}

// below puts the place's folder before those of its files.
func (p Place) below(files []found, ignored []string) {
	if p.Folder == "" {
		return
	}
	for i := range files {
		files[i].folder = path.Join(p.Folder, files[i].folder)
	}
	for i, label := range ignored {
		ignored[i] = p.Folder + "/" + label
	}
}

// without takes out of what was ignored in the place, from a number on, the archives that
// are places themselves.
func (p Place) without(ignored []string, from int, places []Place) []string {
	kept := ignored[:from]
	for _, label := range ignored[from:] {
		at := filepath.Join(p.Path, filepath.FromSlash(label))
		if !slices.ContainsFunc(places, func(o Place) bool { return o.Path == at && o.Within == "" }) {
			kept = append(kept, label)
		}
	}
	return kept
}

// A Listing is what lies at a place, by the names alone: no file is looked into, but
// for the directory of an archive.
type Listing struct {
	Place Place
	// Name is the base name.
	Name string
	// Files are the data files straight in it, and Zips and Folders what else holds
	// some, sorted by name. Others are the names of files that hold no table, and of
	// folders that were not looked into, which end in a slash.
	Files         []NamedFile
	Zips, Folders []*Listing
	Others        []string
	// packed: the place is an archive, or a folder of one.
	packed bool
	// Single: the place is one file, and Files names it.
	Single bool
	// Err says why the place cannot be looked into.
	Err error
}

// A NamedFile is a data file that was not opened.
type NamedFile struct{ Name, Stem string }

// maxListedDepth is how many folders deep extracts are looked for, and maxListedFiles
// how many names are looked at.
const maxListedDepth, maxListedFiles = 4, 100_000

// List lists what lies at a path.
func List(p string) (*Listing, error) {
	st, err := os.Stat(p)
	if err != nil {
		return nil, within(typed(p), err)
	}
	l := &Listing{Place: Place{Path: p}}
	l.Name = l.Place.name()
	left := maxListedFiles
	switch stem, k, _ := classify(l.Name); {
	case st.IsDir():
		root, err := os.OpenRoot(p)
		if err != nil {
			return nil, within(typed(p), err)
		}
		defer root.Close()
		return l, within(typed(p), l.folder(root, ".", 0, &left))
	case k == kindZip && st.Mode().IsRegular():
		l.archive(func() (*os.File, error) { return os.Open(p) })
	default:
		l.Single, l.Files = true, []NamedFile{{l.Name, stem}}
	}
	return l, nil
}

// folder lists a folder below root, and the folders and archives in it.
func (l *Listing) folder(root *os.Root, at string, depth int, left *int) error {
	entries, err := fs.ReadDir(root.FS(), at)
	if err != nil {
		return err
	}
	if *left -= len(entries); *left < 0 {
		return limit("more than %d files in the folder and those in it", maxListedFiles).hint("give the folder that holds the extract itself")
	}
	for _, e := range entries {
		name, full := e.Name(), path.Join(at, e.Name())
		below := &Listing{Name: name, Place: Place{Path: filepath.Join(l.Place.Path, name)}}
		stem, k, _ := classify(name)
		switch {
		case e.IsDir() && (name[0] == '.' || name[0] == '_' || systemFolder(name) || depth == maxListedDepth):
			l.Others = append(l.Others, name+"/")
		case e.IsDir():
			if below.Err = within(name, below.folder(root, full, depth+1, left)); *left < 0 {
				return below.Err
			}
			l.Folders = append(l.Folders, below)
		case k == kindZip && e.Type().IsRegular():
			below.archive(func() (*os.File, error) { return root.Open(full) })
			l.Zips = append(l.Zips, below)
		default:
			l.add(name, stem, k)
		}
	}
	return nil
}

func (l *Listing) add(name, stem string, k kind) {
	if _, list := listForm(name); list || k == kindNone || k == kindZip {
		if !list {
			l.Others = append(l.Others, name)
		}
		return
	}
	l.Files = append(l.Files, NamedFile{name, stem})
}

// Archive reports whether the place is an archive, or a folder of one.
func (l *Listing) Archive() bool { return l.packed }

// archive lists an archive, by its folders. One that is refused has no files.
func (l *Listing) archive(open func() (*os.File, error)) {
	l.packed = true
	in, f, err := regular(l.Name, open)
	if err != nil {
		l.Err = err
		return
	}
	defer f.Close()
	listed, err := openZip(in, "")
	if err != nil {
		l.Err = within(l.Name, err)
		return
	}
	for _, e := range listed.entries {
		stem, k, _ := classify(e.name)
		if e.file.FileInfo().IsDir() || e.ofSystem() {
			continue
		}
		at := l
		// The folder by the whole name: the one that holds everything is a step of it.
		folder, _ := path.Split(e.file.Name)
		if e.folder != "" {
			at = l.below(strings.TrimSuffix(folder, "/"), path.Join(e.folder, e.sub))
		}
		at.add(e.name, stem, k)
	}
	l.sort()
}

// below is the listing of a folder of the archive; shown is its path without the one
// folder that holds everything.
func (l *Listing) below(inside, shown string) *Listing {
	parts := strings.Split(shown, "/")
	whole := strings.Split(inside, "/")
	outer := len(whole) - len(parts)
	at := l
	for i, part := range parts {
		n := slices.IndexFunc(at.Folders, func(f *Listing) bool { return f.Name == part })
		if n < 0 {
			n = len(at.Folders)
			at.Folders = append(at.Folders, &Listing{Name: part, packed: true, Place: Place{Path: l.Place.Path, Within: strings.Join(whole[:outer+i+1], "/")}})
		}
		at = at.Folders[n]
	}
	return at
}

func (l *Listing) sort() {
	slices.SortFunc(l.Folders, func(a, b *Listing) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(l.Files, func(a, b NamedFile) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(l.Others)
	for _, f := range l.Folders {
		f.sort()
	}
}

// Holds reports whether any data file lies in the place.
func (l *Listing) Holds() bool {
	some := func(all []*Listing) bool { return slices.ContainsFunc(all, (*Listing).Holds) }
	return len(l.Files) > 0 || l.Err != nil || some(l.Zips) || some(l.Folders)
}
