package main

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"paperlight/analyzer"
	"paperlight/analyzer/report"
	"paperlight/rules"
)

// worklistNote is written to every folder of worklists, and says what they are.
const worklistNote = `paperlight worklists

Open worklist.xlsx. Its first sheet, Index, lists every rule that is not met: how
many records, who puts them right, and how. Each rule has a sheet of its own. All
ids are text there, so that a spreadsheet leaves them as they are: 0001234, 12e5.

Beside it is one CSV file for each rule, with the same rows, for other programs. A
spreadsheet that opens a CSV changes such ids: use worklist.xlsx. In the CSV files,
a cell that begins with = + - @ has a ' before it, so that a spreadsheet does not
run it; take the ' off before you search for the value.

Each row is one record to look at: practice, patient pseudonym, record id and date,
what it is (not met, or cannot be told for want of data), why, and the code of the
entry. Nothing that someone typed is in them.

They are personal data. Keep them where the extract is, and delete them when
the work is done.

The next run with this folder replaces the lists. It stops before it begins if
you have changed one, or put a file of your own here: work in a copy elsewhere.
manifest.sha256 says what was written.
`

const (
	worklistNoteName = "README.txt"
	worklistBookName = "worklist.xlsx"
)

// worklists writes one CSV for each failing rule into a folder, and one workbook
// with all of them, as a part of what the run writes.
type worklists struct {
	writing *writing
	target  *target
	files   map[string]*worklist
	book    *report.WorklistBook
	// extract names the extract that is read, where the run has several.
	extract string
	// entries are those that break a part of a rule of patients.
	entries map[faultAt]*faulty
}

type worklist struct {
	*stagedFile
	shortfalls []string
	line       []byte
}

// newWorklists begins the lists. What the workbook cannot hold in memory waits in
// the stage, and goes with it.
func newWorklists(w *writing, to *target) (*worklists, error) {
	s, err := w.stage(to)
	if err != nil {
		return nil, outputError(to.name, err)
	}
	book, err := report.NewWorklistBook("paperlight", s.dir)
	return &worklists{writing: w, target: to, files: map[string]*worklist{}, book: book, entries: map[faultAt]*faulty{}}, outputErrorOrNil(worklistBookName, err)
}

// worklistName is the file of a rule: set and name joined, since no file
// system takes a slash.
func worklistName(rule string) string { return strings.ReplaceAll(rule, "/", "--") + ".csv" }

// worklistColumns are those of every CSV.
const worklistColumns = `"practice_id","patient_id","record_id","date","what","why","table","code"`

// extractColumn is the last column of every CSV of a run over several extracts.
const extractColumn = `,"extract"`

// open starts the worklist of a rule.
func (w *worklists) open(rule *rules.Rule) error {
	name := worklistName(rule.ID)
	f, err := w.writing.create(w.target, name)
	if err != nil {
		return err
	}
	w.files[rule.ID] = &worklist{stagedFile: f, shortfalls: rule.Shortfalls()}
	columns := worklistColumns
	if w.extract != "" {
		columns += extractColumn
	}
	_, err = f.WriteString(columns + "\r\n")
	err = errors.Join(err, w.book.Add(report.Worklist{
		Rule: rule.ID, Code: rule.Code, Title: rule.Title, Fix: rule.Fix, Owner: string(rule.Owner), PassMark: rule.Threshold.String(), File: name,
	}))
	return outputErrorOrNil(name, err)
}

// add writes one record.
func (w *worklists) add(row *analyzer.Row) error {
	l := w.files[row.Rule]
	r := &report.WorklistRow{
		Practice: row.Practice, Patient: row.Patient, Record: row.Record, Result: "not met", Why: whyListed(row, w.withEntries(row, l.shortfalls)),
		Table: row.Table.Name, Code: codeShown(row.Code), Extract: w.extract,
	}
	what := r.Result
	if row.HasDate {
		r.Date = row.Date.Time().Format(time.DateOnly)
	}
	if row.Verdict == analyzer.Undetermined {
		r.Result, what = "cannot tell", "cannot be told" // as programs that read these files know it
	}
	l.line = l.line[:0]
	cells := []string{r.Practice, r.Patient, r.Record, r.Date, what, r.Why, r.Table, r.Code}
	if w.extract != "" {
		cells = append(cells, w.extract)
	}
	for i, cell := range cells {
		if i > 0 {
			l.line = append(l.line, ',')
		}
		l.line = append(l.line, report.QuotedCell(cell)...)
	}
	l.line = append(l.line, '\r', '\n')
	_, err := l.Write(l.line)
	return outputErrorOrNil(worklistName(row.Rule), errors.Join(err, w.book.Row(row.Rule, r)))
}

// longestCode is how many letters a code may have: the longest is an identifier of
// SNOMED CT or a local code of a clinical system.
const longestCode = 24

// codeShown is a code as lists show it; what someone typed in its place is left out.
func codeShown(code string) string {
	if len(code) > longestCode || strings.ContainsFunc(strings.TrimSpace(code), unicode.IsSpace) {
		return ""
	}
	return code
}

// whyListed says what is wrong with a record, by the parts of the rule that it does
// not meet.
func whyListed(row *analyzer.Row, shortfalls []string) string {
	switch {
	case row.Verdict == analyzer.Undetermined:
		return "nothing recorded says whether the rule applies"
	case len(shortfalls) == 0:
		return "the rule lists it, for someone to look at"
	}
	said := func(parts uint64) string {
		var out []string
		for i, says := range shortfalls {
			if parts>>i&1 != 0 && !slices.Contains(out, says) {
				out = append(out, says)
			}
		}
		return strings.Join(out, "; ")
	}
	if row.Unmet != 0 {
		return said(row.Unmet) // it fails whatever the parts are that nobody can tell
	}
	return "not enough is recorded to tell, which counts as not met: " + said(row.Untold)
}

// close ends the lists, and adds the workbook and the note.
func (w *worklists) close() error {
	for _, l := range w.files {
		if err := l.close(); err != nil {
			return err
		}
	}
	if len(w.files) > 0 {
		if err := w.writing.write(w.target, worklistBookName, w.book.Write); err != nil {
			return err
		}
	}
	return w.writing.write(w.target, worklistNoteName, text(worklistNote))
}

// abandon removes what the workbook keeps in files.
func (w *worklists) abandon(err *error) { closing(w.book.Close, err) }
