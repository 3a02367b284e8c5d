package main

import (
	"errors"
	"fmt"
	"io"

	"paperlight/analyzer/area"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/fleet"
	"paperlight/analyzer/report"
	"paperlight/analyzer/savedstate"
)

// areaFile is a file of areas, and how it is looked at.
type areaFile struct {
	file       string // empty where none is given
	level      report.Level
	asOf       *calendar.Day
	line, pace int
}

// read reads the file; nil where none is given.
func (a *areaFile) read() (*area.Book, error) {
	if a.file == "" {
		return nil, nil
	}
	text, err := readRegularTo(a.file, area.MaxFile)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: cannot be read as a file of areas", baseName(a.file)), "give a CSV file of at most 16 MB, a line a practice")
	}
	book, err := area.Read(text)
	if fault := (*area.Fault)(nil); errors.As(err, &fault) {
		return nil, fail(exitInput, fmt.Errorf("%s: %w", baseName(a.file), err), fault.Cure)
	}
	return book, err
}

// view is the view of the file and of what was judged by the rules given; by is nil
// where nothing was.
func (a *areaFile) view(book *area.Book, judged []area.Judged, by *savedstate.Judging) (*area.View, error) {
	o := area.Options{Level: a.level, Line: a.line, PaceMonths: a.pace, ToolVersion: version}
	if by != nil {
		of := fleet.NewTable(by, nil)
		o.Scheme, o.Rules = &of.Scheme, &of.Rules
	}
	latest := area.Latest(judged)
	switch {
	case a.asOf != nil:
		o.AsOf, o.AsOfFrom = *a.asOf, area.FromFlag
	case book.AsOf != nil:
		o.AsOf, o.AsOfFrom = *book.AsOf, area.FromFile
	case latest != nil:
		o.AsOf, o.AsOfFrom = *latest, area.FromExtracts
	default:
		return nil, fail(exitInput, fmt.Errorf("%s: does not say of which day it is", baseName(a.file)), `put a column "as of" into it with that day, or give area --as-of`)
	}
	return area.Of(book, judged, o), nil
}

// countedOf is what the view of areas takes from the report of a practice.
func countedOf(s *fleet.Standing, by *savedstate.Judging, open fleet.Opener) ([]area.Judged, error) {
	exactly := *by
	exactly.Level = report.Assessor
	row, released, err := s.Judge(&exactly, open)
	if err != nil || row.NotJudged != "" {
		return nil, err
	}
	return []area.Judged{area.JudgedOf(released.Report())}, nil
}

// writeView writes the view in every form into a folder. What names practices is of the
// assessor level.
func writeView(w *writing, t *target, v *area.View) error {
	type form struct {
		name  string
		write func(io.Writer) error
	}
	forms := []form{{"areas.html", v.WriteHTML}, {"areas.csv", v.WriteCSV}, {"areas.json", v.WriteJSON}}
	if v.Level == report.Assessor {
		forms = append(forms, form{"funnels.csv", v.WriteFunnels})
	}
	for _, f := range forms {
		if err := w.write(t, f.name, f.write); err != nil {
			return err
		}
	}
	return nil
}
