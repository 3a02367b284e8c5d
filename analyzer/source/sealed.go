package source

import (
	"fmt"
	"path"
	"strings"

	"paperlight/analyzer/visible"
)

// CloudForm is the form of the hidden file that a Mac keeps in place of one that is in
// the cloud alone: .patients.csv.icloud stands for patients.csv.
const CloudForm = ".icloud"

// SealedCure says what to do about a file whose content cannot be got at, by its name;
// "" where the name does not say so.
func SealedCure(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".gpg", ".pgp", ".age", ".aes", ".p7m", ".enc":
		return "it is encrypted: decrypt it, and put the file that comes out in its place"
	case CloudForm:
		return "it is in the cloud, and not on this computer: download it, wait until it is there, and run again"
	}
	return ""
}

// noData says that no data file was found at the places, and what lies there instead.
func noData(name string, places []Place) error {
	sealed, first := 0, ""
	for _, p := range places {
		if l, err := List(p.Path); err == nil {
			l.sealed("", func(label string) {
				if sealed++; sealed == 1 {
					first = label
				}
			})
		}
	}
	e := &DecodeError{File: name, Message: "no data file found", Hint: wanted}
	switch cure := SealedCure(first); {
	case sealed == 1:
		e.Message, e.Hint = fmt.Sprintf("no data file that can be read, but there is %s", visible.Name(first)), cure
	case sealed > 1:
		e.Message, e.Hint = fmt.Sprintf("no data file that can be read, but there are %d files such as %s", sealed, visible.Name(first)), ofEach(cure)
	}
	return e
}

// ofEach is a cure for one file as one for each of several.
func ofEach(cure string) string {
	return strings.NewReplacer("it is encrypted: decrypt it, ", "they are encrypted: decrypt each of them, ", "the file that comes out in its place", "the files that come out in their place", "it is in the cloud", "they are in the cloud",
		"download it, wait until it is there", "download them, wait until they are there").Replace(cure)
}

// sealed calls back with each file, in the order of the names, whose content cannot be
// got at.
func (l *Listing) sealed(in string, found func(label string)) {
	for _, name := range l.Others {
		if SealedCure(name) != "" {
			found(path.Join(in, name))
		}
	}
	for _, all := range [][]*Listing{l.Folders, l.Zips} {
		for _, below := range all {
			below.sealed(path.Join(in, below.Name), found)
		}
	}
}
