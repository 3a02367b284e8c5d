package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"paperlight/analyzer"
	"paperlight/analyzer/history"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

// pastRuns adds a run to a history, with the other outputs of the run. A history that
// is there changes in place, since others may have it open; a new one is an output as
// the others are, and its key another. A nil pastRuns adds nothing.
type pastRuns struct {
	console *console
	at      time.Time
	file    *target
	// keyFile is where a new key goes; nil where there is one.
	keyFile *target
	writing *writing
	// history is nil where it is new.
	history *history.History
	key     history.Key
	adding  *history.Adding
	runs    []history.Addition
	added   []history.Added
	// finding are the records of the extract that is read, by practice and rule.
	finding map[[2]string]*history.Found
}

func newPastRuns(c *console, path string) (*pastRuns, error) {
	p := &pastRuns{console: c, at: time.Now()}
	var err error
	if p.file, err = fileTarget("--history", path); err != nil {
		return nil, err
	}
	if p.file.through {
		return nil, p.file.refused("it is no file", "give the name of a file")
	}
	if p.file.info != nil {
		return p, nil
	}
	p.file.exists = fail(exitOutput, errors.New(p.file.name+" exists already"), "run again: another run made it")
	if p.keyFile, err = fileTarget("--history", history.KeyFile(p.file.path)); err != nil {
		return nil, err
	}
	if p.keyFile.info != nil { // of a history that was removed
		p.keyFile = nil
		return p, nil
	}
	p.keyFile.exists = fail(exitOutput, errors.New(p.keyFile.name+" exists already"), "run again: another run made it")
	return p, nil
}

// targets are what is written, or changed.
func (p *pastRuns) targets() []*target {
	if p.keyFile != nil {
		return []*target{p.file, p.keyFile}
	}
	return []*target{p.file}
}

// inputs are the key, where there is one.
func (p *pastRuns) inputs() []inputPath {
	if p.keyFile != nil {
		return nil
	}
	return historyInputs(p.file.path)[1:]
}

// open opens the history, or reads or makes the key of a new one, before anything else
// is read: a run must not end, after minutes, with a history that cannot be used.
func (p *pastRuns) open(w *writing) (err error) {
	p.writing = w
	switch {
	case p.file.info != nil:
		if p.history, err = history.Open(p.file.path); err != nil {
			return p.named(err)
		}
		return nil
	case p.keyFile == nil:
		if p.key, err = history.ReadKey(p.file.path); err != nil {
			return p.named(err)
		}
		return nil
	}
	_, err = rand.Read(p.key[:])
	return err
}

// named puts the name of the history in front of what is wrong with it.
func (p *pastRuns) named(err error) error { return writtenHistory(p.file.name, err) }

func namedHistory(name string, err error) error {
	var ours *history.Error
	var told *failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return fmt.Errorf("%s: %w", name, err)
	case errors.As(err, &told):
		return fail(told.code, fmt.Errorf("%s: %w", name, told.err), told.hint)
	}
	return err
}

// writtenHistory is namedHistory, of a history that is changed.
func writtenHistory(name string, err error) error {
	var ours *history.Error
	if err == nil || errors.As(err, &ours) {
		return namedHistory(name, err)
	}
	return outputError(name, err)
}

// begin prepares for the records of an extract, and returns of which rules they are
// kept: those that the scheme asks for, that list records, and that could be judged.
// Of others nobody may say that a record was put right.
func (p *pastRuns) begin(judged *analyzer.Judgement) map[string]bool {
	if p == nil {
		return nil
	}
	p.finding = map[[2]string]*history.Found{}
	kept := map[string]bool{}
	derived := map[string]bool{}
	for _, t := range judged.Outcome.State.Tables {
		derived[t.Table.Name] = t.DerivedKey
	}
	for i := range judged.Exact.Practices {
		of := &judged.Exact.Practices[i]
		p.runs = append(p.runs, history.Addition{At: p.at, Practice: of.PracticeID, Report: judged.Exact, State: judged.Outcome.State})
		for _, rule := range judged.Catalogue.Rules {
			if rule.Lists() && canBeJudged(of, rule) {
				kept[rule.ID] = true
				p.finding[[2]string{of.PracticeID, rule.ID}] = &history.Found{Rule: rule.ID, Digest: rule.SHA256, Listed: isUnmet(of, rule), Derived: derived[rule.Table.Name]}
			}
		}
	}
	return kept
}

// canBeJudged reports whether what a rule counted of a practice can be relied on.
func canBeJudged(of *report.PracticeReport, rule *rules.Rule) bool {
	judged := false
	for _, a := range of.Accreditations {
		if a.Verdict == report.Damaged {
			return false
		}
		judged = judged || slices.ContainsFunc(a.Criteria, func(c report.Criterion) bool { return c.Rule == rule.ID && c.Status != report.NotAssessable })
	}
	return judged
}

// isUnmet reports whether somebody has to look at the records.
func isUnmet(of *report.PracticeReport, rule *rules.Rule) bool {
	return slices.ContainsFunc(of.Accreditations, func(a report.Accreditation) bool {
		return slices.ContainsFunc(a.Criteria, func(c report.Criterion) bool {
			return c.Rule == rule.ID && (c.Status == report.Failed || c.Status == report.TooFew)
		})
	})
}

// keep notes a failing record.
func (p *pastRuns) keep(row *analyzer.Row) {
	f := p.finding[[2]string{row.Practice, row.Rule}]
	if f == nil {
		return
	}
	if f.Derived {
		f.Count++
		return
	}
	handle, ok := p.handle(row)
	if ok {
		f.Handles = append(f.Handles, handle)
	}
}

func (p *pastRuns) handle(row *analyzer.Row) (history.Handle, bool) {
	if p.history != nil {
		return p.history.Handle(row.Practice, row.Rule, row.Patient, row.Record)
	}
	return p.key.Handle(row.Practice, row.Rule, row.Patient, row.Record)
}

// end closes the records of an extract.
func (p *pastRuns) end() {
	if p == nil {
		return
	}
	for i := range p.runs {
		for at, f := range p.finding {
			if at[0] == p.runs[i].Practice {
				p.runs[i].Found = append(p.runs[i].Found, *f)
			}
		}
	}
	p.finding = nil
}

// prepare adds the runs so that nobody sees them yet.
func (p *pastRuns) prepare(ctx context.Context) error {
	if p.history == nil {
		return p.create(ctx)
	}
	var err error
	if p.adding, err = p.history.Begin(ctx); err != nil {
		return p.named(err)
	}
	return p.named(p.add(p.adding))
}

// create makes a new history, and its key, where they wait to be put in place.
func (p *pastRuns) create(ctx context.Context) (err error) {
	path, err := p.writing.placeFile(p.file)
	if err != nil {
		return err
	}
	h, err := history.Make(path, p.key)
	if err != nil {
		return p.named(err)
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	adding, err := h.Begin(ctx)
	if err != nil {
		return p.named(err)
	}
	defer adding.Rollback()
	if err := p.add(adding); err != nil {
		return p.named(err)
	}
	if err := adding.Commit(); err != nil || p.keyFile == nil {
		return p.named(err)
	}
	return p.writing.write(p.keyFile, "", text(p.key.Text()))
}

func (p *pastRuns) add(to *history.Adding) error {
	for _, run := range p.runs {
		added, err := to.Add(run)
		if err != nil {
			return err
		}
		p.added = append(p.added, added)
		p.console.moved.Add(1) // of thousands of practices each takes its time
	}
	return nil
}

func (p *pastRuns) commit() error {
	if p.adding == nil {
		return nil
	}
	return p.adding.Commit()
}

func (p *pastRuns) rollback() {
	if p.adding != nil {
		p.adding.Rollback()
	}
	if p.history != nil {
		_ = p.history.Close()
		p.history = nil
	}
}

// say says what was added.
func (p *pastRuns) say() {
	if p == nil {
		return
	}
	for i, added := range p.added {
		practice := visible.Line(p.runs[i].Practice)
		switch {
		case added.Repeated:
			fmt.Fprintf(p.console.err, "%s: run %d of practice %s found just the same, so nothing was added\n", p.file.name, added.Run, practice)
		case !added.Linked:
			fmt.Fprintf(p.console.err, "%s: added run %d of practice %s. Its records cannot be linked to the last run: their ids look as if they were made anew\n", p.file.name, added.Run, practice)
		default:
			fmt.Fprintf(p.console.err, "%s: added run %d of practice %s\n", p.file.name, added.Run, practice)
		}
	}
}
