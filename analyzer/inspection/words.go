package inspection

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
)

// The fixed words of the forms for people.
const (
	judgedHeading   = "As-of dates"
	doHeading       = "What to do"
	tablesHeading   = "Tables"
	columnsHeading  = "Columns"
	formsHeading    = "How values are written"
	lostHeading     = "What the absences cost"
	filesHeading    = "Files"
	notesHeading    = "Notes"
	judgingLead     = "This goes by tables, columns and dates. To see whether the rows are good enough, run paperlight check."
	nothingToDo     = "Nothing. No name looks misspelt and all rows could be read."
	nothingToDoYet  = "Nothing that names and headers show. No row was read."
	formsLead       = "The first rows of each table were looked at."
	lostLead        = "Each of these is lacking. Its checks cannot be made without it."
	noneLost        = "Nothing is lacking that a check reads."
	undatedPractice = "not found"
	notLookedAt     = "No row was read, so the practices and their dates are not known."
)

// title is the system for people.
func (n *Inspection) title() string { return cmp.Or(n.Mapping.Title, n.System) }

// headline says whether the extract can be judged.
func (n *Inspection) headline() string {
	j := &n.Judging
	switch {
	case j.Refused != "":
		return sentence("This extract cannot be judged: " + j.Refused)
	case j.Checks == 0:
		return "The scheme asks for nothing that an extract shows."
	case j.Made == 0:
		return "This extract cannot be judged: it lacks the data for every check."
	case j.Made == j.Checks:
		return "This extract can be judged: it has the columns for every check."
	}
	said := fmt.Sprintf("This extract can be judged in part: it has the columns for %s of %s.", figures.Count(int64(j.Made)), figures.Plural(int64(j.Checks), "check", "checks"))
	if stopping := j.stopping(); stopping > 0 {
		said += " Of the others, " + figures.Count(stopping) + " can stop a practice."
	}
	return said
}

// asked says how many checks no extract shows; empty where there are none.
func (j *Judging) asked() string {
	if j.Asked == 0 {
		return ""
	}
	return "Only the practice can answer " + figures.Plural(int64(j.Asked), "more check", "more checks") + ". No extract shows them."
}

// toDo is what would make more of the extract count, what matters most first.
func (n *Inspection) toDo() []string {
	var out []string
	if n.Judging.Refused != "" {
		out = append(out, sentence(n.Judging.Refused)+" "+sentence(n.Judging.Cure))
	}
	out = append(out, n.Slips...)
	out = append(out, n.unreadDates()...)
	faulty := []string{}
	for i := range n.Reading {
		if t := &n.Reading[i]; t.Rejected+t.Malformed > 0 {
			faulty = append(faulty, t.Table)
		}
	}
	if len(faulty) > 0 {
		out = append(out, "Some rows or cells could not be read in "+strings.Join(faulty, ", ")+". Under Tables stands what was wrong, and where first.")
	}
	if stopping := n.Judging.stopping(); stopping > 0 {
		out = append(out, figures.Plural(stopping, "check that can stop a practice", "checks that can stop a practice")+" cannot be made. See below: "+lostHeading+".")
	}
	return out
}

// unreadDates are the columns of which most dates cannot be read.
func (n *Inspection) unreadDates() []string {
	var out []string
	for _, g := range grouped(n.Mapping.Forms) {
		read, unread, most := 0, 0, mapping.ValueForm{}
		for _, f := range g {
			switch {
			case f.Read:
				read += f.Cells
			default:
				unread += f.Cells
				if f.Cells > most.Cells {
					most = f
				}
			}
		}
		if unread > read {
			out = append(out, fmt.Sprintf("%s, %s: most dates cannot be read. They look like this: %s. Write them as YYYY-MM-DD, such as 2026-03-31.", extract.Shown(most.File), extract.Shown(most.Column), strings.TrimSuffix(formWords(&most), unreadable)))
		}
	}
	return out
}

// grouped are the forms of each column.
func grouped(forms []mapping.ValueForm) [][]mapping.ValueForm {
	var out [][]mapping.ValueForm
	for i, f := range forms {
		if i == 0 || f.File != forms[i-1].File || f.Column != forms[i-1].Column {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], f)
	}
	return out
}

// unreadable ends the words for a form that is not read.
const unreadable = ", which cannot be read"

// formWords say how values are written.
func formWords(f *mapping.ValueForm) string {
	said := f.Form
	switch {
	case f.Kind == "empty":
		return f.Form + " for an empty cell"
	case f.Kind == "whole_number":
		return "whole numbers with a decimal point, as in 12.0"
	case f.Form == "serial":
		said = "day numbers of a spreadsheet"
	case f.Form == "date":
		return "dates, by the type of the column"
	case f.Form == "instant":
		return "instants, by the type of the column"
	case f.Form == "other":
		said = "other forms"
	}
	if !f.Read {
		return said + unreadable
	}
	return said
}

// cells counts those of a form that were seen; empty where they were not counted.
func cells(f *mapping.ValueForm) string {
	if f.Cells == 0 {
		return ""
	}
	return figures.Plural(int64(f.Cells), "cell", "cells")
}

// place names the file of a form, and how many more there are of its table.
func place(f *mapping.ValueForm) string {
	said := extract.Shown(f.File)
	if f.More > 0 {
		said += fmt.Sprintf(" and %d more", f.More)
	}
	return said
}

// label names a practice.
func (p *Practice) label() string {
	code := cmp.Or(p.ODSCode, p.ID)
	if p.Name == "" || p.Name == code {
		return code
	}
	return p.Name + " (" + code + ")"
}

// day is the as-of date of a practice as people write it.
func (p *Practice) day() string {
	if at, ok := calendar.Parse(p.AsOf); ok {
		return at.Words()
	}
	return undatedPractice
}

// how says where the date came from.
func (p *Practice) how() string { return report.AsOfWords(p.AsOfFrom) }

// becomes says what becomes of a file.
func becomes(f *mapping.FileUse) string {
	use := "not used"
	switch {
	case len(f.Tables) > 0:
		use = strings.Join(f.Tables, ", ")
	case f.Source != "":
		use = f.Source + " (looked up)"
	case f.Ignored && strings.HasSuffix(f.Name, "/"):
		use = "not looked into"
	case f.Ignored:
		use = "not read: not a table, or not a kind of file that can be read"
	}
	if f.Nearest != "" {
		use += "; " + schema.Meant(f.Nearest)
	}
	return use
}

// A use is the columns of a file of which the same becomes.
type use struct {
	Title   string
	Columns []string
}

// usesOf says what becomes of the columns of a file, those that are read first.
func usesOf(f *mapping.FileUse) []use {
	kinds := []use{{Title: "read"}, {Title: "derived"}, {Title: "looked up"}, {Title: "not used"}, {Title: "type not read"}}
	at := map[string]int{"derived": 1, "looked_up": 2, "unused": 3, "type_not_read": 4}
	for _, c := range f.Columns {
		name, as := extract.Shown(c.Column), readAs(f, c)
		switch {
		case c.Use == "unused" && c.Nearest != "":
			name += " (" + schema.Meant(c.Nearest) + ")"
		case as != "":
			name += " (" + as + ")"
		}
		kind := &kinds[at[c.Use]]
		kind.Columns = append(kind.Columns, name)
	}
	var out []use
	for _, k := range kinds {
		if len(k.Columns) > 0 {
			out = append(out, k)
		}
	}
	return out
}

// readAs says which columns of the tables come from a column of the file; ""
// where it is the one of its name.
func readAs(f *mapping.FileUse, c mapping.HeaderUse) string {
	switch c.Use {
	case "selects_rows":
		return "which rows count"
	case "release_date":
		return "date of the extract"
	}
	var as []string
	for _, name := range c.As {
		table, column, _ := strings.Cut(name, ".")
		switch {
		case len(f.Tables) > 1:
			as = append(as, name)
		case len(c.As) > 1 || table == "" || !strings.EqualFold(column, strings.TrimSpace(c.Column)):
			as = append(as, column)
		}
	}
	return strings.Join(as, ", ")
}

// derivedColumns names the columns that are worked out from others, with those.
func derivedColumns(t *mapping.TableUse) []string {
	var out []string
	for _, c := range t.Columns {
		if c.DerivedFrom != "" {
			out = append(out, c.Column+" (from "+c.DerivedFrom+")")
		}
	}
	return out
}

// givenColumns names the columns that the files give.
func givenColumns(t *mapping.TableUse) []string {
	var out []string
	for _, c := range t.Columns {
		if c.DerivedFrom == "" {
			out = append(out, c.Column)
		}
	}
	return out
}

// lacking names the tables that the extract does not have: those that no extract of
// the system has apart.
func (n *Inspection) lacking() (lacks, never []string) {
	have := map[string]bool{}
	for _, t := range n.Mapping.Tables {
		have[t.Table] = true
	}
	for _, name := range n.Mapping.NeverHas {
		have[name] = true
		never = append(never, name)
	}
	for _, t := range schema.Tables {
		if !have[t.Name] {
			lacks = append(lacks, t.Name)
		}
	}
	return lacks, never
}

// faults say what was wrong with the rows of a table, without the cells.
func (t *Reading) faults() []string {
	var out []string
	for _, one := range []struct {
		n         int64
		one, many string
	}{
		{t.Rejected, "left out", "left out"},
		{t.Malformed, "cell that could not be read", "cells that could not be read"},
		{t.Orphans, "of a patient not in the extract", "of patients not in the extract"},
		{t.PracticeMismatch, "of another practice than the patient's", "of another practice than the patient's"},
		{t.LeftOut, "more that is deleted, replaced or another organisation's", "more that are deleted, replaced or another organisation's"},
	} {
		if one.n > 0 {
			out = append(out, figures.Plural(one.n, one.one, one.many))
		}
	}
	if t.DuplicateIDs != nil && *t.DuplicateIDs > 0 {
		out = append(out, figures.Plural(*t.DuplicateIDs, "record id used twice", "record ids used twice"))
	}
	if t.DerivedIDs {
		out = append(out, "no ids: file and record number stand in")
	}
	return out
}

// words say what was wrong with cells, and where first.
func (f *Fault) words() string {
	of := report.Fault{Column: f.Column, Want: f.Want, Count: f.Count}
	said := of.Words(f.Column) + "; first at"
	for i, p := range f.First {
		if i > 0 {
			said += ","
		}
		said += fmt.Sprintf(" %s record %d", extract.Shown(p.File), p.Record)
	}
	return said
}

// words name a check that cannot be made, with what it would do.
func (c *Check) words() string {
	said := c.Title + " (" + c.Code
	if c.stops() {
		said += ", can stop a practice"
	}
	if c.Answer {
		said += ", an answer can stand in"
	}
	return said + ")"
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s = capital(s); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// words name what is absent: of several one would do.
func (l *Loss) words() string {
	if len(l.Lacks) < 3 {
		return strings.Join(l.Lacks, " or ")
	}
	return "any of " + strings.Join(l.Lacks, ", ")
}

// note says of an absence who could mend it, where that is not whoever makes the
// extract, or which file is missing for it; else it is empty.
func (l *Loss) note() string {
	switch {
	case l.File != "":
		return "needs " + extract.Shown(l.File)
	case l.Never:
		return "no extract of the system has it"
	case strings.HasPrefix(l.Lacks[0], "codelist "):
		return "the list is empty: give one with --codelists"
	}
	return ""
}
