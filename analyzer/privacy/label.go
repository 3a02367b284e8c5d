package privacy

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/mapping"
)

// A label is the name of a file, a folder or a column. It may say of whom it is, and
// where a file has no header, somebody's record stands in the place of one. A label is
// alone: no rate speaks for it, so but what hardly anything else looks like is found.

// labelled is the kind of identifier that a label holds.
func (l *looker) labelled(label string) (Kind, bool) {
	s, words, _ := l.shapeOf([]byte(label))
	switch {
	case s&(isCHI|isHC|isNHS|hasNHS) != 0 && !dated(label):
		return NHSNumber, true
	case s&(isNationalInsurance|hasNationalInsurance) != 0:
		return NationalInsurance, true
	case s&(isEmail|hasEmail) != 0:
		return Email, true
	case s&(isPostcode|hasPostcode) != 0 && len(label) > 5:
		return Postcode, true
	case s&(isTelephone|hasTelephone) != 0 && !dated(label):
		return Telephone, true
	case s&isAddress != 0 && strings.ContainsAny(label, "0123456789"):
		return Address, true
	case s&isName != 0 && words > 1:
		return PersonName, true
	}
	return 0, false
}

// dated reports whether the ten digits of a label begin with a day of our time, as those
// of an hour do that a program puts into the name of what it wrote.
func dated(label string) bool {
	at := strings.IndexAny(label, "0123456789")
	if at < 0 || len(label) < at+8 {
		return false
	}
	day := dateOf([]byte(label[at : at+8]))
	return day.year >= 1990
}

// fileLabelled is the kind that the name of a file, or of the folder it lies in, holds.
// Of names of files the parts are told by strokes too.
func (l *looker) fileLabelled(name string) (Kind, bool) {
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		for ext := path.Ext(part); ext != "" && len(ext) <= 8 && !strings.ContainsAny(ext, " 0123456789"); ext = path.Ext(part) {
			part = strings.TrimSuffix(part, ext)
		}
		if k, ok := l.labelled(strings.ReplaceAll(part, "_", " ")); ok {
			return k, true
		}
	}
	return 0, false
}

// naming is how files are named in findings: by name, or by number in the order of
// names where the name itself identifies somebody.
type naming map[string]string

// nameFiles finds what the names of files hold, and how they are named instead.
func (l *looker) nameFiles(files []mapping.RawFile, others ...[]string) (naming, []Finding) {
	tables, names := map[string]string{}, slices.Concat(others...)
	for i := range files {
		tables[files[i].Name] = files[i].Table
		names = append(names, files[i].Name)
	}
	slices.SortFunc(names, cmp.Compare)
	shown, out := naming{}, []Finding(nil)
	for i, name := range names {
		k, ok := l.fileLabelled(name)
		if !ok {
			shown[name] = extract.Shown(name)
			continue
		}
		shown[name] = fmt.Sprintf("file %d", i+1)
		f := k.finding(Stops, "the name of the file or its folder holds it; files are counted in the order of their names")
		f.File, f.Table = shown[name], tables[name]
		out = append(out, f)
	}
	return shown, out
}

// nameColumns finds what the names of a file's columns hold, and has those columns
// named by number.
func (l *looker) nameColumns(f *mapping.RawFile) (out []Finding) {
	for i := range f.Columns {
		c := &f.Columns[i]
		if k, ok := l.labelled(c.Name); ok && len(c.Feeds) == 0 {
			c.Shown = fmt.Sprintf("column %d", c.Number)
			one := k.finding(Stops, "the first line of the file holds it, where the names of columns belong")
			one.Column, one.column = c.Shown, i
			out = append(out, one)
		}
	}
	return out
}
