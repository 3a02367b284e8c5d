package source

import (
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
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
// for the directory of an archive, and the beginning of a few files of JSON.
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
	// looked counts the files that were looked into, and fhir says that one was FHIR.
	looked int
	fhir   bool
	// packed: the place is an archive, or a folder of one.
	packed bool
	// Single: the place is one file, and Files names it.
	Single bool
	// Err says why the place cannot be looked into.
	Err error
}

// A NamedFile is a data file. Of FHIR, whose files may have any name, Resource is the type
// of the first resource in it.
type NamedFile struct{ Name, Stem, Resource string }

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
		l.Single = true
		l.add(l.Name, lookInto(l.Name, st.Mode(), func() (*os.File, error) { return os.Open(p) }))
		if len(l.Files) == 0 { // what is wrong with it is said when it is opened
			l.Files, l.Others = []NamedFile{{Name: l.Name, Stem: stem}}, nil
		}
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
		_, k, _ := classify(name)
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
			l.add(name, lookInto(name, e.Type(), func() (*os.File, error) { return root.Open(full) }))
		}
	}
	return nil
}

// add lists a file; open opens it, where only its content tells what it is.
func (l *Listing) add(name string, open func() (*input, func(), error)) {
	stem, k, packing := classify(name)
	f := NamedFile{Name: name, Stem: stem}
	_, list := listForm(name)
	data := !list && k != kindNone && k != kindZip
	if data && k == kindJSON {
		f.Resource, data = l.resource(packing, open)
	}
	switch {
	case data:
		l.Files = append(l.Files, f)
	case !list:
		l.Others = append(l.Others, name)
	}
}

// maxLookedInto is how many files of JSON of a folder are looked into; the others are as
// those were.
const maxLookedInto = 8

var resourceType = regexp.MustCompile(`"resourceType"\s*:\s*"([A-Za-z]+)"`)

// resource is the type of the first resource in a file; fhir says that it is FHIR.
func (l *Listing) resource(packing string, open func() (*input, func(), error)) (name string, fhir bool) {
	if l.looked++; l.looked > maxLookedInto {
		return "", l.fhir
	}
	in, done, err := open()
	if err != nil {
		return "", false
	}
	defer done()
	in = in.unpacked(packing)
	if !looksFHIR(in.stream) {
		return "", false
	}
	l.fhir = true
	s, err := in.stream()
	if err != nil {
		return "", true
	}
	defer s.close()
	head, _ := io.ReadAll(io.LimitReader(s, fhirHead))
	if found := resourceType.FindSubmatch(head); found != nil {
		name = string(found[1])
	}
	return name, true
}

// lookInto opens a file to look into, if it is regular: a pipe would wait for ever.
func lookInto(name string, mode fs.FileMode, open func() (*os.File, error)) func() (*input, func(), error) {
	return func() (*input, func(), error) {
		if !mode.IsRegular() {
			return nil, nil, ErrNotRegular
		}
		in, f, err := regular(name, open)
		if err != nil {
			return nil, nil, err
		}
		return in, func() { _ = f.Close() }, nil
	}
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
		if e.file.FileInfo().IsDir() || e.ofSystem() {
			continue
		}
		at := l
		// The folder by the whole name: the one that holds everything is a step of it.
		folder, _ := path.Split(e.file.Name)
		if e.folder != "" {
			at = l.below(strings.TrimSuffix(folder, "/"), path.Join(e.folder, e.sub))
		}
		at.add(e.name, func() (*input, func(), error) { return e.input(in), func() {}, nil })
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
