package mapping

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"paperlight/analyzer/source"
)

// A Found is one extract among what was given: where its files lie, and its name, which
// no other of the run has.
type Found struct {
	Name   string
	Places []source.Place
	// Refused, where not nil, says why the files are no extract: they lie beside
	// extracts and are in none.
	Refused error
}

// A Discovery is the extracts at some paths, by name.
type Discovery struct {
	Extracts []Found
	// Unused are files beside the extracts, which are in none and hold no table of a
	// name that is known; it says so, each in a sentence.
	Unused []string
}

// Discover finds the extracts at the paths, by names (and the first resource of FHIR,
// whose files may have any name): which files a system keeps
// patients in, and how it names its sets, is in its mapping. A place that holds patients
// of its own is an extract; the places of one series of sets are one. Where no more than
// one place holds patients, all that was given is one extract.
func Discover(paths []string, systems []*System) (*Discovery, error) {
	o, err := Options{Systems: systems}.withSystems()
	if err != nil {
		return nil, err
	}
	d := &discovering{systems: append([]*System{canonical()}, o.Systems...)}
	top := &source.Listing{}
	var loose []*source.Listing
	for _, p := range paths {
		l, err := source.List(p)
		switch {
		case err != nil:
			return nil, err
		case l.Single:
			loose = append(loose, l)
		default:
			top.Folders = append(top.Folders, l)
		}
	}
	if len(paths) == 0 || len(top.Folders) == 0 && len(d.byFolder(loose)) < 2 {
		return &Discovery{Extracts: named([]*group{{places: source.PlacesOf(paths)}})}, nil
	}
	if err := givenTwice(top.Folders); err != nil {
		return nil, err
	}
	groups := d.given(top.Folders, loose, paths)
	return &Discovery{Extracts: named(groups), Unused: slices.Compact(sorted(d.unused))}, nil
}

func sorted(texts []string) []string { slices.Sort(texts); return texts }

// discovering looks for extracts.
type discovering struct {
	systems []*System
	unused  []string
}

// A group is the places of one extract.
type group struct {
	name    string
	places  []source.Place
	refused error
	// above is the folder that holds what was given, and the group in it.
	above string
	// listing is of the one place that the group is, with all that lies in it; nil where
	// it has several, or is a part of one.
	listing *source.Listing
	// patients: some file is named like one of patients.
	patients bool
}

// given are the groups of what was named: folders and archives, and loose files, which
// belong to the only extract there is.
func (d *discovering) given(folders, loose []*source.Listing, paths []string) []*group {
	var groups []*group
	var empty []string
	for _, l := range folders {
		if l.Holds() {
			for _, g := range d.inside(l, l.Name) {
				g.above = filepath.Dir(absolute(l.Place.Path))
				groups = append(groups, g)
			}
		} else {
			empty = append(empty, l.Place.Path)
		}
	}
	byFolder := d.byFolder(loose)
	groups = append(groups, byFolder...)
	if d.apart(groups) {
		groups = d.series(groups)
	}
	switch {
	case len(folders)+len(loose) == 1 && len(groups) > 0:
		return groups
	case !d.apart(groups):
		return []*group{{places: d.together(groups, loose, byFolder, empty, paths)}}
	}
	for _, path := range empty { // what is wrong with it is said when it is opened
		groups = append(groups, &group{name: filepath.Base(absolute(path)), above: filepath.Dir(absolute(path)), places: source.PlacesOf([]string{path})})
	}
	if len(byFolder) == 0 {
		groups = append(groups, d.strays(loose, "")...)
	}
	return groups
}

// together are all places as one extract's, in the order of the paths where they are
// taken as they were given.
func (d *discovering) together(groups []*group, loose []*source.Listing, byFolder []*group, empty, paths []string) []source.Place {
	if !slices.ContainsFunc(groups, func(g *group) bool { return g.listing == nil && !slices.Contains(byFolder, g) }) {
		return source.PlacesOf(paths)
	}
	var places []source.Place
	for _, g := range groups {
		places = append(places, g.places...)
	}
	if len(byFolder) == 0 {
		for _, l := range loose {
			places = append(places, l.Place)
		}
	}
	return append(places, source.PlacesOf(empty)...)
}

// byFolder are loose files that are several extracts: those of each folder, where more
// than one folder has patients. Else there are none, and they are of one extract.
func (d *discovering) byFolder(loose []*source.Listing) []*group {
	var groups []*group
	at := map[string]*group{}
	for _, l := range loose {
		dir := filepath.Dir(absolute(l.Place.Path))
		g := at[dir]
		if g == nil {
			g = &group{name: filepath.Base(dir), above: filepath.Dir(dir)}
			at[dir], groups = g, append(groups, g)
		}
		g.places = append(g.places, l.Place)
		g.patients = g.patients || d.holdsPatients(stems(l.Files))
	}
	for _, g := range groups {
		slices.SortFunc(g.places, func(a, b source.Place) int { return strings.Compare(a.Path, b.Path) })
	}
	switch n := len(holding(groups)); {
	case n > 1:
		return groups
	case n == 1:
		one := &group{patients: true}
		var names []string
		for _, l := range loose {
			one.places, names = append(one.places, l.Place), append(names, l.Name)
		}
		one.name = strings.Join(sorted(names), "+")
		return []*group{one}
	}
	return nil
}

func holding(groups []*group) []*group {
	return slices.DeleteFunc(slices.Clone(groups), func(g *group) bool { return !g.patients })
}

// inside are the extracts in a folder or an archive; name is how it is called.
func (d *discovering) inside(l *source.Listing, name string) []*group {
	whole := &group{name: name, places: []source.Place{l.Place}, listing: l}
	// What cannot be looked into may be an extract: it must not go unseen.
	if whole.patients = d.holdsPatients(d.own(l)) || l.Err != nil; whole.patients {
		return []*group{whole}
	}
	var groups []*group
	var none []*source.Listing
	for _, below := range slices.Concat(l.Folders, l.Zips) {
		if below.Holds() {
			groups = append(groups, d.inside(below, name+"/"+below.Name)...)
		} else {
			none = append(none, below)
		}
	}
	if !d.apart(groups) {
		return []*group{d.one(l, whole, groups, len(holding(groups)) == 1)}
	}
	series := d.series(groups)
	if len(series) == 1 && len(series[0].places) > 1 && len(l.Zips) == 0 && l.Place.Within == "" {
		whole.patients = true // sets in the folders of a folder are read as they lie
		return []*group{whole}
	}
	d.beside(l, name, none)
	if len(series) == 1 {
		series[0].name = name
		if len(l.Files) > 0 && !slices.ContainsFunc(l.Folders, (*source.Listing).Holds) {
			series[0].places = append([]source.Place{l.Place}, series[0].places...)
			return series
		}
	}
	return slices.Concat(series, d.strays(looseIn(l), name), packedTwice(l, name))
}

// one is a place in which no more than one place holds patients: all of it is one
// extract, with the archives in it that hold tables.
func (d *discovering) one(l *source.Listing, whole *group, groups []*group, patients bool) *group {
	whole.patients = patients
	var archives []source.Place
	var none []*source.Listing
	for _, z := range l.Zips {
		if !d.anyTable(z) {
			none = append(none, z)
		} else {
			p := z.Place
			p.Folder = strings.TrimSuffix(z.Name, path.Ext(z.Name))
			archives = append(archives, p)
		}
	}
	for _, g := range groups {
		archives = append(archives, g.archives()...)
	}
	if len(archives) == 0 {
		return whole
	}
	out := &group{name: whole.name, places: archives, patients: patients}
	if loose(l) {
		out.places = append([]source.Place{l.Place}, archives...)
	} else {
		d.beside(l, l.Name, none)
	}
	if len(out.places) == 1 {
		out.places[0].Folder = ""
	}
	return out
}

// archives are those of a group that lies in several places. A folder is read without the
// archives in it.
func (g *group) archives() (out []source.Place) {
	for _, p := range g.places {
		if g.listing == nil && isArchive(p.Path) {
			out = append(out, p)
		}
	}
	return out
}

// loose reports whether a data file lies in the place or below, in no archive.
func loose(l *source.Listing) bool {
	return len(l.Files) > 0 || slices.ContainsFunc(l.Folders, loose)
}

// apart reports whether the places are more than one extract: several hold patients, or
// one does and another holds a table that it has too.
func (d *discovering) apart(groups []*group) bool {
	n := len(holding(groups))
	return n > 1 || n == 1 && d.clash(groups)
}

// clash reports whether two places hold a table of one name, so that they cannot be of
// one extract that lies in several places.
func (d *discovering) clash(groups []*group) bool {
	seen := map[string]bool{}
	for _, g := range groups {
		if g.listing == nil {
			continue
		}
		names := map[string]bool{}
		for _, stem := range d.own(g.listing) {
			names[strings.ToLower(stem)] = d.named(stem)
		}
		for stem, table := range names {
			if table && seen[stem] {
				return true
			}
			seen[stem] = seen[stem] || table
		}
	}
	return false
}

// own are the names by which files straight in a place, or in folders of the parts of a
// table, are told.
func (d *discovering) own(l *source.Listing) []string {
	names := stems(l.Files)
	for _, f := range l.Folders {
		if f.Holds() {
			names = append(names, f.Name)
		}
	}
	return names
}

func stems(files []source.NamedFile) (names []string) {
	for _, f := range files {
		if f.Resource != "" {
			names = append(names, ofResource+f.Resource)
			continue
		}
		names = append(names, f.Stem)
	}
	return names
}

// ofResource goes before the type of a resource, where others have names of files.
const ofResource = "resource:"

// matches reports whether a file may be of the source: by its name or, of FHIR, by its
// first resource. A bundle may hold any.
func (src *Source) matches(name string) bool {
	if resource, ok := strings.CutPrefix(name, ofResource); ok {
		return src.Resource.Resource != "" && (resource == src.Resource.Resource || resource == "Bundle")
	}
	return src.pattern.MatchString(name)
}

// holdsPatients reports whether the names are enough to recognise a system by.
func (d *discovering) holdsPatients(names []string) bool {
	return slices.ContainsFunc(d.systems, func(s *System) bool {
		if s.Unread() {
			return false
		}
		for _, src := range s.Sources {
			if src.Required && !slices.ContainsFunc(names, src.matches) {
				return false
			}
		}
		return true
	})
}

// named reports whether a file of this name may be a table of a system.
func (d *discovering) named(stem string) bool {
	return slices.ContainsFunc(d.systems, func(s *System) bool {
		if s.Unread() {
			return false
		}
		for _, src := range s.Sources {
			if src.matches(stem) {
				return true
			}
		}
		return s.spare != nil && s.spare.MatchString(stem)
	})
}

func (d *discovering) anyTable(l *source.Listing) bool {
	return l.Err != nil || slices.ContainsFunc(d.own(l), d.named) || slices.ContainsFunc(l.Folders, d.anyTable)
}

// givenTwice refuses a folder or archive that was named twice.
func givenTwice(all []*source.Listing) error {
	seen := map[string]bool{}
	for _, l := range all {
		p := absolute(l.Place.Path)
		if real, err := filepath.EvalSymlinks(p); err == nil {
			p = real
		}
		if seen[p] {
			return &RefusedError{Message: fmt.Sprintf("%s was given twice", shown(l.Name)), Hint: "give each extract once"}
		}
		seen[p] = true
	}
	return nil
}

func absolute(p string) string {
	if abs, err := filepath.Abs(p); err == nil {
		return abs
	}
	return p
}
