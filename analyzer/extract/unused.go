package extract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Suggestion is a file of the extract that no table is read from, or a column of
// a file that nothing is read from. What stands beside the data unread may be
// a slip in a name: a table or a column then counts as absent. Names are as the
// files have them: Shown makes them safe to print.
type Suggestion struct {
	// File names the file, with the folder of a part; More is how many further
	// files of the same table have the column too.
	File string
	More int
	// Column is the column's name in the header; empty for a file.
	Column string
	// Table is the canonical table that the file fills, or whose place Nearest
	// would take; empty where it is none's.
	Table string
	// Nearest is the name that was probably meant, of a column or of a file
	// without its extension, where that is lacking; empty where none is near.
	Nearest string
	// Unread says that the column is wanted, and its type not one that is read.
	Unread bool
	// Hidden says that Column is the number of a column whose name looks like data.
	Hidden bool
}

// notesOfUnused bounds the notes, and namesOfUnused the names that one lists.
const notesOfUnused, namesOfUnused = 20, 20

// UnusedNotes says what is not used: one note for each name that is probably a
// slip, in the order given, then one for each file's other columns, and one for
// the other files.
func UnusedNotes(unused []Suggestion) []string {
	var slips, rest, files, names []string
	columns, hidden := map[string][]string{}, map[string]bool{}
	for _, u := range unused {
		file, column := Shown(u.File), Shown(u.Column)
		if u.More > 0 {
			file += fmt.Sprintf(" and %d more", u.More)
		}
		switch {
		case u.Unread && u.Hidden:
			slips = append(slips, fmt.Sprintf("%s: a column is of a type that is not read, and its name looks like data.", file))
		case u.Unread:
			slips = append(slips, fmt.Sprintf("%s: the column %s is of a type that is not read. Write it as text, numbers or dates.", file, column))
		case u.Column != "" && u.Nearest != "":
			slips = append(slips, fmt.Sprintf("%s: the column %s is not used. Did you mean %s?", file, column, u.Nearest))
		case u.Column != "":
			if columns[file] == nil {
				files = append(files, file)
			}
			columns[file] = append(columns[file], column)
			hidden[file] = hidden[file] || u.Hidden
		case u.Nearest != "":
			slips = append(slips, fmt.Sprintf("%s: no table is read from this file. Did you mean %s?", file, u.Nearest))
		default:
			names = append(names, file)
		}
	}
	for _, f := range files {
		note := fmt.Sprintf("%s: columns not used: %s.", f, listed(columns[f]))
		if hidden[f] {
			note += " The first line looks like data: a file needs a header."
		}
		rest = append(rest, note)
	}
	if len(names) > 0 {
		rest = append(rest, fmt.Sprintf("Not used, because no table is read from them: %s.", listed(names)))
	}
	out := slices.Concat(slips, rest)
	if len(out) > notesOfUnused {
		over := len(out) - notesOfUnused
		out = append(slices.Clip(out[:notesOfUnused]), fmt.Sprintf("And %d more of the kind: paperlight inspect lists every column and file.", over))
	}
	return out
}

// Slips are the notes on files that are missing, on names that are probably slips and on
// columns that cannot be read: each may cost a check.
func (x *Extract) Slips() []string {
	var out []string
	for i := range x.Missing {
		out = append(out, x.Missing[i].Words())
	}
	return append(out, slips(x.Unused)...)
}

func slips(unused []Suggestion) []string {
	return UnusedNotes(slices.DeleteFunc(slices.Clone(unused), func(u Suggestion) bool { return !u.Unread && u.Nearest == "" }))
}

// OtherNotes are the notes on what is not used and is no slip.
func OtherNotes(unused []Suggestion) []string {
	return UnusedNotes(slices.DeleteFunc(slices.Clone(unused), func(u Suggestion) bool { return u.Unread || u.Nearest != "" }))
}

func listed(names []string) string {
	if len(names) > namesOfUnused {
		names = append(slices.Clip(names[:namesOfUnused]), fmt.Sprintf("and %d more", len(names)-namesOfUnused))
	}
	return strings.Join(names, ", ")
}

// Shown makes a name that came with the files safe to print: at most 60
// characters, and quoted with escapes where one of them does not print.
func Shown(name string) string {
	if short := []rune(name); len(short) > 60 {
		name = string(short[:59]) + "…"
	}
	if quoted := strconv.Quote(name); len(quoted) != len(name)+2 {
		return quoted
	}
	return name
}
