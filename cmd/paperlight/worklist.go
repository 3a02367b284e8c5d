package main

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"paperlight/analyzer/report"
)

// worklistNote stands in every folder of worklists: it says what they are and
// marks the folder as one that may be replaced.
const worklistNote = `paperlight worklists

One file for each rule that is not met, with the keys of the records to look
at: practice, patient pseudonym, record id and date. Nothing else is in them.

They are personal data. Keep them where the extract is, and delete them when
the work is done. A cell that begins with = + - @ has a ' before it, so that a
spreadsheet does not run it; take the ' off before you search for the value.
`

const worklistNoteName = "README.txt"

// worklists writes one CSV for each failing rule into a folder beside the
// target, which takes its place when all is written.
type worklists struct {
	target, partial string
	files           map[string]*worklist
}

type worklist struct {
	file *os.File
	out  *bufio.Writer
	line []byte
}

// newWorklists refuses a target that holds anything but worklists of ours.
func newWorklists(target string) (*worklists, error) {
	entries, err := os.ReadDir(target)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, outputError(target, err)
	}
	if len(entries) > 0 {
		note, err := os.ReadFile(filepath.Join(target, worklistNoteName))
		if err != nil || string(note) != worklistNote {
			return nil, fail(exitOutput, errors.New("the folder "+filepath.Base(target)+" holds other files"),
				"give a folder that is new, empty, or holds worklists of an earlier run")
		}
		for _, e := range entries {
			if e.Name() != worklistNoteName && filepath.Ext(e.Name()) != ".csv" {
				return nil, fail(exitOutput, errors.New("the folder "+filepath.Base(target)+" holds other files beside worklists"), "move them away, or give another folder")
			}
		}
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return nil, outputError(target, err)
	}
	partial, err := os.MkdirTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return nil, outputError(target, err)
	}
	return &worklists{target: target, partial: partial, files: map[string]*worklist{}}, nil
}

// worklistName is the file of a rule: set and name joined, since no file
// system takes a slash.
func worklistName(rule string) string { return strings.ReplaceAll(rule, "/", "--") + ".csv" }

// open starts the worklist of a rule.
func (w *worklists) open(rule string) error {
	f, err := os.OpenFile(filepath.Join(w.partial, worklistName(rule)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return outputError(worklistName(rule), err)
	}
	l := &worklist{file: f, out: bufio.NewWriterSize(f, 1<<16)}
	w.files[rule] = l
	_, err = l.out.WriteString("\"practice_id\",\"patient_id\",\"record_id\",\"date\"\r\n")
	return err
}

// add writes one record; day is in days since 1970-01-01, where it has one.
func (w *worklists) add(rule, practice, patient, record string, day int32, hasDay bool) error {
	l := w.files[rule]
	l.line = l.line[:0]
	for _, key := range []string{practice, patient, record} {
		l.line = append(l.line, report.QuotedCell(key)...)
		l.line = append(l.line, ',')
	}
	if hasDay {
		l.line = time.Unix(int64(day)*86400, 0).UTC().AppendFormat(l.line, time.DateOnly)
	}
	l.line = append(l.line, '\r', '\n')
	if _, err := l.out.Write(l.line); err != nil {
		return outputError(worklistName(rule), err)
	}
	return nil
}

// commit puts the finished folder in the target's place.
func (w *worklists) commit() error {
	for rule, l := range w.files {
		if err := errors.Join(l.out.Flush(), l.file.Sync(), l.file.Close()); err != nil {
			return outputError(worklistName(rule), err)
		}
		delete(w.files, rule)
	}
	if err := os.WriteFile(filepath.Join(w.partial, worklistNoteName), []byte(worklistNote), 0o600); err != nil {
		return outputError(worklistNoteName, err)
	}
	old := w.partial + ".old"
	if err := os.Rename(w.target, old); err != nil && !errors.Is(err, os.ErrNotExist) {
		return outputError(w.target, err)
	}
	if err := os.Rename(w.partial, w.target); err != nil {
		return outputError(w.target, err)
	}
	w.partial = ""
	return outputErrorOrNil(w.target, os.RemoveAll(old))
}

// abandon removes what commit has not put in place.
func (w *worklists) abandon() {
	for _, l := range w.files {
		_ = l.file.Close()
	}
	if w.partial != "" {
		_ = os.RemoveAll(w.partial)
	}
}

func outputErrorOrNil(path string, err error) error {
	if err == nil {
		return nil
	}
	return outputError(path, err)
}
