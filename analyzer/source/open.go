package source

import (
	"cmp"
	"errors"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"paperlight/analyzer/crash"
)

// Options say how an extract is opened.
type Options struct {
	// Digest asks for the SHA-256 of every file.
	Digest bool
	// Jobs bounds how many files are opened at once; 0 means one for each CPU.
	Jobs int
	// Reading, where not nil, is called each time that bytes of a file were
	// read, so that opening a huge one does not look hung. Several goroutines
	// may call it at once.
	Reading func()

	// Headerless, where not nil, returns the columns that text files of a name
	// without extension have where they have no header line: one list for each
	// layout that is known; nil where files of the name have one.
	Headerless func(stem string) [][]string

	// Guess, where not nil, is told of the text files that are not looked through.
	Guess *Guess

	// part is the bytes of a plain text file in one Part, and head how many of one are
	// looked at to guess the rest.
	part int64
	head int64
}

// A Bundle is the opened files of an extract.
type Bundle struct {
	// Name is the base name of the folder or file; several are joined by "+".
	Name string
	// Files are the data files, sorted by folder, name and order of the paths.
	Files []*File
	// Unread are what cannot be read as a table and is perhaps none: text files whose
	// first line is no header that fits their rows, links that lead nowhere, folders
	// that a database keeps.
	Unread []Unread
	// Ignored are the names of the files that hold no table, sorted; the name of
	// a folder that was not looked into ends in a slash.
	Ignored []string
	// Below is the folder, of those in the folder that was given, that the files were
	// found in; empty where they lie in it.
	Below string
	// Documents are the files of FHIR, which a mapping makes tables of; nil where
	// there is none.
	Documents *Documents
	// Integrity says what shows that the files are as they were sent.
	Integrity Integrity

	closers []func() error
	hashing hashing
	reading func()
	guess   *Guess
	found   []found // the data files
}

// An Unread file cannot be read, as Err says. It may be none of the extract's: Why says
// what speaks for that.
type Unread struct {
	Name, Stem, Folder string // as those of a File
	Why                string
	Err                error
}

// Close releases the files; no part may be scanned afterwards.
func (b *Bundle) Close() error {
	b.hashing.stop()
	if b.closers != nil {
		b.guess.noteChanges(b.found)
	}
	var errs []error
	for _, c := range slices.Backward(b.closers) {
		errs = append(errs, c())
	}
	b.closers = nil
	return errors.Join(errs...)
}

// found is a file of the bundle before it is decoded.
type found struct {
	folder, name string
	// sub are the folders between them, each named after what a column has in all
	// of their rows: constants.
	sub       string
	constants []constant
	in        *input
	packed    bool // in an archive that has a checksum of each file
	held      bool // to a list of checksums
}

func (f found) label() string {
	return path.Join(f.folder, f.sub, f.name)
}

// Open opens the extract at paths: folders, zip archives or single files. It
// reads headers and footers, and looks through text files once for their
// character set and line ends, but for what is left to Options.Guess. The error
// is a *DecodeError. The caller closes the bundle.
func Open(paths []string, opt Options) (*Bundle, error) { return OpenPlaces(PlacesOf(paths), opt) }

// OpenPlaces is Open, of places that may be parts of archives.
func OpenPlaces(places []Place, opt Options) (*Bundle, error) {
	if len(places) == 0 || slices.ContainsFunc(places, func(p Place) bool { return p.Path == "" }) {
		return nil, &DecodeError{File: "extract", Message: "want a folder, a zip or a file"}
	}
	if opt.Jobs <= 0 {
		opt.Jobs = runtime.GOMAXPROCS(0)
	}
	opt.part = cmp.Or(opt.part, partBytes)
	opt.head = cmp.Or(opt.head, guessBytes)
	b := &Bundle{Name: NameOf(places), reading: opt.Reading, guess: opt.Guess}
	var all []found
	for _, p := range places {
		before := len(b.Ignored)
		at, err := b.find(p)
		if err == nil {
			err = b.hold(cmp.Or(at.root, p.Path), at, opt.Jobs)
		}
		if err != nil {
			b.Close()
			return nil, within(path.Join(p.Folder, typed(p.Path), p.Within), err)
		}
		b.Ignored = p.without(b.Ignored, before, places)
		p.below(at.files, b.Ignored[before:])
		all = append(all, at.files...)
	}
	slices.SortStableFunc(all, func(x, y found) int {
		return cmp.Or(strings.Compare(x.folder, y.folder), strings.Compare(x.sub, y.sub), strings.Compare(x.name, y.name))
	})
	slices.Sort(b.Ignored)
	b.noteBare(all)
	all = b.documents(all, opt)
	if len(all) == 0 && b.Documents == nil && len(b.Unread) > 0 {
		b.Close()
		return nil, b.Unread[0].Err
	}
	if len(all) == 0 && b.Documents == nil {
		b.Close()
		return nil, noData(b.Name, places)
	}
	if err := b.decode(all, opt); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// wanted is the hint where no data file was found.
const wanted = "want .csv, .tsv, .txt, .parquet, .arrow, .feather or .arrows files, FHIR as .json or .ndjson, or those inside a .zip"

// typed is how a message names a path: as the user typed it, unless that says
// where on this machine it lies.
func typed(path string) string {
	if filepath.IsAbs(path) || filepath.VolumeName(path) != "" || os.IsPathSeparator(path[0]) {
		return filepath.Base(path)
	}
	return path
}

// NameOf is how an extract at places is called.
func NameOf(places []Place) string {
	var names []string
	for _, p := range places {
		names = append(names, p.name())
	}
	return strings.Join(names, "+")
}

// decode opens every file, several at once; the first error in order wins. A text
// file without a header that can be read is kept apart, unless no other is there.
func (b *Bundle) decode(all []found, opt Options) error {
	b.found = all
	b.Files = make([]*File, len(all))
	errs := make([]error, len(all))
	gate := make(chan struct{}, opt.Jobs)
	var wg sync.WaitGroup
	for i, f := range all {
		wg.Add(1)
		gate <- struct{}{}
		go func() {
			defer wg.Done()
			defer func() { <-gate }()
			defer crash.Catch(&errs[i], "the reading")
			file, err := decodeFile(f, uint64(i+1)<<32, opt, &b.hashing)
			b.Files[i], errs[i] = file, within(f.label(), err)
		}()
	}
	wg.Wait()
	for i, err := range errs {
		var e *DecodeError
		stem, _, _ := classify(all[i].name)
		switch {
		case err == nil:
		case errors.As(err, &e) && e.noTable != "" && !e.Limit:
			b.Unread = append(b.Unread, Unread{Name: path.Join(all[i].sub, all[i].name), Stem: stem, Folder: all[i].folder, Why: e.noTable, Err: err})
		default:
			return err
		}
	}
	b.Files = slices.DeleteFunc(b.Files, func(f *File) bool { return f == nil })
	if len(b.Files) == 0 && len(b.Unread) > 0 {
		return b.Unread[0].Err
	}
	return nil
}

// decodeFile opens one file; number is the first free dictionary number.
func decodeFile(f found, number uint64, opt Options, h *hashing) (file *File, err error) {
	defer crash.Catch(&err, "the reading")
	stem, k, packing := classify(f.name)
	in := f.in
	in.name = f.label()
	if in.verify != nil {
		if err := in.verify(); err != nil {
			return nil, err
		}
	}
	in = in.unpacked(packing)
	file = &File{Name: path.Join(f.sub, f.name), Stem: stem, Folder: f.folder, Bytes: f.in.stored, Charset: "utf-8"}
	if opt.Digest && (k != kindText || in.packed) {
		file.SHA256 = h.start(f.in, f.label())
	}
	if k != kindText {
		in, err = in.whole()
	}
	if err == nil {
		err = file.read(k, in, number, opt)
	}
	if err == nil && opt.Digest && file.SHA256 == nil {
		file.SHA256 = h.start(f.in, f.label())
	}
	if err == nil {
		err = file.addConstants(f.constants)
	}
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (f *File) read(k kind, in *input, number uint64, opt Options) error {
	if err := checkMagic(k, in); err != nil {
		var e *DecodeError
		if errors.As(err, &e) && e.empty && k == kindText && f.emptyTable(opt) {
			return nil
		}
		return err
	}
	switch k {
	case kindParquet:
		return openParquet(f, in, number)
	case kindArrow, kindStream:
		return openArrow(f, in, k == kindArrow, number)
	}
	return openCSV(f, in, opt)
}

// kind is a physical form of file.
type kind uint8

const (
	kindNone kind = iota
	kindText
	kindParquet
	kindArrow
	kindStream
	kindZip
	kindJSON
)

var extensions = map[string]kind{
	".csv": kindText, ".tsv": kindText, ".txt": kindText, ".parquet": kindParquet,
	".arrow": kindArrow, ".feather": kindArrow, ".arrows": kindStream, ".zip": kindZip,
	".json": kindJSON, ".ndjson": kindJSON, ".jsonl": kindJSON,
}

// classify tells from a file's name what it holds, its name without
// extensions, and how it is packed: "", ".gz" or ".zst".
func classify(name string) (stem string, k kind, packing string) {
	stem = name
	ext := strings.ToLower(filepath.Ext(stem))
	if ext == ".gz" || ext == ".zst" {
		packing, stem = ext, stem[:len(stem)-len(ext)]
		ext = strings.ToLower(filepath.Ext(stem))
	}
	k = extensions[ext]
	if k == kindNone {
		return name, kindNone, ""
	}
	stem = stem[:len(stem)-len(ext)]
	switch upper := strings.ToUpper(stem); {
	case stem == "" || name[0] == '.' || Strewn(name):
		return name, kindNone, ""
	case upper == "BAGIT", upper == "BAG-INFO", upper == "README", upper == "LICENSE", upper == "LICENCE", upper == "NOTICE", upper == "SOURCE", upper == "COPYING":
		return name, kindNone, ""
	}
	return stem, k, packing
}

// find lists the data files of a place and notes the others.
func (b *Bundle) find(at Place) (place, error) {
	given := at.Path
	st, err := os.Stat(given)
	if err != nil {
		return place{}, err
	}
	if st.IsDir() {
		if b.Below, err = b.descend(given); err != nil {
			return place{}, err
		}
		dir := filepath.Join(given, filepath.FromSlash(b.Below))
		files, err := b.findFolder(dir)
		p := separate(files, b.opener(dir))
		p.root = dir
		return p, err
	}
	if !st.Mode().IsRegular() {
		return place{}, fault("want a regular file or a folder")
	}
	name := filepath.Base(given)
	in, f, err := b.regular(name, func() (*os.File, error) { return os.Open(given) })
	if err != nil {
		return place{}, err
	}
	b.closers = append(b.closers, f.Close)
	whole := found{name: name, in: in}
	switch _, k, packing := classify(name); {
	case k == kindZip:
		return b.findZip(whole, at.Within)
	case k == kindNone, k == kindJSON && !looksFHIR(in.unpacked(packing).stream):
		return place{}, fault("not a kind of file that holds a table").
			hint(cmp.Or(SealedCure(name), "want .csv, .tsv, .txt, .parquet, .arrow, .feather, .arrows, .zip, or FHIR as .json or .ndjson"))
	}
	return place{files: []found{whole}}, nil
}
