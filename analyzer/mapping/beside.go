package mapping

import (
	"path"
	"slices"
	"strings"

	"paperlight/analyzer/source"
)

// What lies beside several extracts is in none of them. It is named, or refused where
// it is missed in one.

// looseIn are the files straight in a place, each as if it had been given.
func looseIn(l *source.Listing) (files []*source.Listing) {
	for _, f := range l.Files {
		files = append(files, &source.Listing{Name: f.Name, Files: []source.NamedFile{f}, Single: true})
	}
	return files
}

// strays are files beside several extracts. One that is named like a table is missed
// somewhere; of another a note says that it is not used.
func (d *discovering) strays(files []*source.Listing, in string) (refused []*group) {
	for _, l := range files {
		for _, f := range l.Files {
			name := path.Join(in, f.Name)
			if !slices.ContainsFunc(stems([]source.NamedFile{f}), d.named) {
				d.unused = append(d.unused, shown(name)+" is not used: it lies beside the extracts, and is in none.")
				continue
			}
			refused = append(refused, &group{name: name, refused: &RefusedError{
				Message: "is named like a table, and lies beside several extracts: nothing says which of them it belongs to",
				Hint:    "put it into the folder of the extract that it belongs to, or take it away",
			}})
		}
	}
	return refused
}

// packedTwice are the archives inside an archive of several extracts.
func packedTwice(l *source.Listing, in string) (refused []*group) {
	if !l.Archive() {
		return nil
	}
	for _, name := range l.Others {
		if isArchive(name) {
			refused = append(refused, &group{name: in + "/" + name, refused: &RefusedError{
				Message: "is an archive inside the archive", Hint: "unpack the outer archive and run again"}})
		}
	}
	return refused
}

func isArchive(name string) bool { return strings.EqualFold(path.Ext(name), ".zip") }

// beside names what else lies beside the extracts of a place.
func (d *discovering) beside(l *source.Listing, in string, none []*source.Listing) {
	others := slices.Clone(l.Others)
	for _, f := range none {
		name := f.Name
		if !isArchive(name) {
			name += "/"
		}
		others = append(others, name)
	}
	for _, name := range others {
		switch base := strings.ToLower(name); {
		case base == "declarations.yaml" || base == "declarations.yml":
			d.unused = append(d.unused, shown(in+"/"+name)+" is not used: it lies beside several extracts. Put it into the one that it is of, or give it with --declarations.")
		case l.Archive() && isArchive(name): // refused
		case !passedOver(strings.TrimSuffix(name, "/")):
			d.unused = append(d.unused, shown(in+"/"+name)+" is not used: it lies beside the extracts, and is in none.")
		}
	}
}
