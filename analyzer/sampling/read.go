package sampling

import (
	"bytes"
	"crypto/hmac"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// The bounds of a tick sheet.
const (
	// MaxSheet is how many bytes a file of sheets may have.
	MaxSheet     = 16 << 20
	maxUnpacked  = 64 << 20 // of a workbook
	maxRows      = 2*maxLines + 100
	maxColumns   = 200
	headingAbove = 20 // rows that somebody may have put above the heading
	mostFaults   = 20 // that are told
)

// A SheetError says what is wrong with sheets: a line each, with its place, and no value.
type SheetError struct{ Faults []string }

func (e *SheetError) Error() string {
	if n := len(e.Faults); n > mostFaults {
		return strings.Join(e.Faults[:mostFaults], "\n") + "\n" + figures.Plural(int64(n-mostFaults), "more line is", "more lines are") + " not as they should be"
	}
	return strings.Join(e.Faults, "\n")
}

// An answer is what somebody said of a line.
type answer struct {
	says, reason string // empty where the line is not answered
	place        string // where it stands
	file         int    // which of the files, from 1
}

// A Reading collects the answers of the sheets of one draw.
type Reading struct {
	sealed  *Sealed
	answers []answer // by line
	faults  []string
	files   []string // their names
}

// NewReading begins to read the sheets of a draw.
func NewReading(s *Sealed) *Reading {
	return &Reading{sealed: s, answers: make([]answer, len(s.Lines))}
}

func (r *Reading) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// Add reads a file of sheets, a workbook or CSV, by its name. What is wrong with it is
// told at the end, with what is wrong with the others.
func (r *Reading) Add(name string, text []byte) {
	name = r.file(visible.Line(name))
	if len(text) > MaxSheet {
		r.fault("%s: is too large for a tick sheet: at most %d MiB", name, MaxSheet>>20)
		return
	}
	read, workbook := csvRows, bytes.HasPrefix(text, []byte("PK"))
	if workbook {
		read = bookRows
	}
	rows, err := read(text)
	if err != nil {
		r.fault("%s: %s", name, err)
		return
	}
	first, at, missing := heading(rows)
	if len(missing) > 0 {
		r.fault("%s: is no tick sheet of paperlight: no row has the columns %s. Give a sheet that sample wrote", name, strings.Join(missing, ", "))
		return
	}
	before := len(r.faults)
	for i := first + 1; i < len(rows) && len(r.faults) < before+mostFaults; i++ {
		cell := func(column string) string {
			if c := at[column]; c < len(rows[i]) {
				if v := rows[i][c]; workbook && slices.Contains(keyColumns, column) {
					return report.FormulaSafe(v)
				}
				return rows[i][c]
			}
			return ""
		}
		if !slices.ContainsFunc(rows[i], func(v string) bool { return strings.TrimSpace(v) != "" }) {
			continue
		}
		if draw := strings.TrimSpace(cell(columnDraw)); draw != r.sealed.Draw {
			r.fault("%s row %d: is of another draw, or its column \"draw\" was changed. Give the sheets and the file draw.json of one draw", name, i+1)
			return // all others are, too
		}
		r.line(fmt.Sprintf("%s row %d", name, i+1), cell)
	}
}

// file counts a file, and returns what it is called: people who share the lines have
// copies of one name.
func (r *Reading) file(name string) string {
	twice := slices.Contains(r.files, name)
	r.files = append(r.files, name)
	if twice {
		return fmt.Sprintf("%s (file %d)", name, len(r.files))
	}
	return name
}

// keyColumns are those that a mark is made of, in the order of keys.
var keyColumns = []string{columnRule, columnKind, columnPatient, columnRecord, columnDate, columnCode}

// line reads one line.
func (r *Reading) line(place string, cell func(string) string) {
	number, err := strconv.Atoi(strings.TrimSpace(cell(columnLine)))
	if err != nil || number < 1 || number > len(r.sealed.Lines) {
		r.fault("%s, line: want the number of a line of the draw, 1 to %d", place, len(r.sealed.Lines))
		return
	}
	keys := make([]string, len(keyColumns))
	for i, column := range keyColumns {
		keys[i] = cell(column)
	}
	want := r.sealed.Lines[number-1].Mark
	if strings.TrimSpace(cell(columnMark)) != want {
		r.fault("%s, mark: is not the mark of line %d. Put the number and the mark back as they were printed", place, number)
		return
	}
	if !hmac.Equal([]byte(r.sealed.seed.mark(r.sealed.Draw, number, keys)), []byte(want)) {
		r.fault("%s: the record of line %d is not as it was drawn. A spreadsheet changes ids and dates of a CSV file: answer in the workbook, or put the line back", place, number)
		return
	}
	if asked := r.sealed.Rules[r.sealed.Lines[number-1].Rule].Question; !sameWords(cell(columnQuestion), asked) {
		r.fault("%s, question: is not that of line %d. Put it back as it was printed: the answer is to that one", place, number)
		return
	}
	a := answer{says: word(cell(columnAnswer)), reason: word(cell(columnReason)), place: place, file: len(r.files)}
	switch {
	case a.says != "" && !slices.Contains(Answers, a.says):
		r.fault("%s, answer: want \"%s\", or nothing", place, strings.Join(Answers, "\", \""))
		return
	case a.reason != "" && !slices.Contains(Reasons, a.reason):
		r.fault("%s, reason: want one of the list, or nothing: %s", place, strings.Join(Reasons, "; "))
		return
	case a.says == CannotTell && a.reason == "":
		r.fault("%s, reason: \"%s\" needs a reason of the list", place, CannotTell)
		return
	case a.says == "" && a.reason != "":
		r.fault("%s, answer: there is a reason and no answer", place)
		return
	}
	r.put(number, a)
}

// sameWords reports whether a question on a sheet is the one that was asked; a sheet may
// have been made without that column.
func sameWords(cell, asked string) bool {
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return cell == "" || words(cell) == words(asked) || words(cell) == words(report.FormulaSafe(asked))
}

// put keeps the answer of a line. A line that two people have is answered once, or twice
// alike.
func (r *Reading) put(number int, a answer) {
	old := &r.answers[number-1]
	switch {
	case old.place == "", old.says == "" && old.file != a.file:
		*old = a
	case old.file == a.file:
		r.fault("%s: line %d is there twice, before in %s. Take one away", a.place, number, old.place)
	case a.says != "" && (a.says != old.says || a.reason != old.reason):
		r.fault("%s: line %d is answered otherwise in %s. Agree on one answer", a.place, number, old.place)
	}
}

// word is a word of a closed list as somebody may have typed it.
func word(cell string) string { return strings.ToLower(strings.Join(strings.Fields(cell), " ")) }

// heading finds the row of the column names, and where each is.
func heading(rows [][]string) (row int, at map[string]int, missing []string) {
	for i := range min(len(rows), headingAbove) {
		found := map[string]int{}
		for c, name := range rows[i] {
			if name = word(name); slices.Contains(columns, name) {
				if _, twice := found[name]; !twice {
					found[name] = c
				}
			}
		}
		var lacks []string
		for _, name := range columns {
			if _, ok := found[name]; !ok && name != columnQuestion {
				lacks = append(lacks, name)
			}
		}
		if len(lacks) == 0 {
			return i, found, nil
		}
		if missing == nil || len(lacks) < len(missing) {
			missing = lacks
		}
	}
	if missing == nil {
		missing = columns
	}
	return 0, nil, missing
}
