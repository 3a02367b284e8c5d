package main

import (
	"strings"
	"time"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
)

// worklistNote is written to every folder of worklists, and says what they are.
const worklistNote = `paperlight worklists

One file for each rule that is not met, with the keys of the records to look
at: practice, patient pseudonym, record id and date, and what it is: not met, or
cannot be told for want of data. Nothing else is in them.

They are personal data. Keep them where the extract is, and delete them when
the work is done. A cell that begins with = + - @ has a ' before it, so that a
spreadsheet does not run it; take the ' off before you search for the value.

The next run with this folder replaces the lists. It stops before it begins if
you have changed one, or put a file of your own here: work in a copy elsewhere.
manifest.sha256 says what was written.
`

const worklistNoteName = "README.txt"

// worklists writes one CSV for each failing rule into a folder, as a part of
// what the run writes.
type worklists struct {
	writing *writing
	target  *target
	files   map[string]*worklist
}

type worklist struct {
	*stagedFile
	line []byte
}

// worklistName is the file of a rule: set and name joined, since no file
// system takes a slash.
func worklistName(rule string) string { return strings.ReplaceAll(rule, "/", "--") + ".csv" }

// open starts the worklist of a rule.
func (w *worklists) open(rule string) error {
	f, err := w.writing.create(w.target, worklistName(rule))
	if err != nil {
		return err
	}
	w.files[rule] = &worklist{stagedFile: f}
	_, err = f.WriteString("\"practice_id\",\"patient_id\",\"record_id\",\"date\",\"what\"\r\n")
	return outputErrorOrNil(worklistName(rule), err)
}

// add writes one record; day is that of the record, where it has one.
func (w *worklists) add(rule, practice, patient, record string, day calendar.Day, hasDay, undetermined bool) error {
	l := w.files[rule]
	l.line = l.line[:0]
	for _, key := range []string{practice, patient, record} {
		l.line = append(l.line, report.QuotedCell(key)...)
		l.line = append(l.line, ',')
	}
	if hasDay {
		l.line = day.Time().AppendFormat(l.line, time.DateOnly)
	}
	what := `,"not met"`
	if undetermined {
		what = `,"cannot be told"`
	}
	l.line = append(append(l.line, what...), '\r', '\n')
	if _, err := l.Write(l.line); err != nil {
		return outputError(worklistName(rule), err)
	}
	return nil
}

// close ends the lists, and adds the note.
func (w *worklists) close() error {
	for _, l := range w.files {
		if err := l.close(); err != nil {
			return err
		}
	}
	return w.writing.write(w.target, worklistNoteName, text(worklistNote))
}
