package web

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// A check is an extract that is or was checked for the user.
type check struct {
	*job
	id      string
	name    string // of the extract, as the user knows it
	asked   Checking
	outcome *outcome // set before the job has ended, and read after

	explanations []*explanation // of its patients, under the server's lock
}

// An outcome is what a check wrote.
type outcome struct {
	*report.Report
	sheets []report.Sheet
	lists  map[string]string // files of records by rule
	book   string            // the workbook of all; may be empty
	// moved is what became of the records of each practice, and past what is wrong with
	// the history.
	moved map[string]*movement
	past  string
}

// add starts a check of paths.
func (s *Server) add(ctx context.Context, id, name string, asked Checking) (*check, error) {
	j, ctx, err := s.newJob(ctx)
	if err != nil {
		return nil, err
	}
	c := &check{job: j, id: id, name: name, asked: asked}
	c.asked.To = s.folder(c, "outcome")
	if err := s.root.MkdirAll(path.Join(c.id, "outcome"), 0o700); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.checks = append(s.checks, c)
	s.mu.Unlock()
	s.start(ctx, j, func(ctx context.Context) (err error) {
		c.outcome, err = s.run(ctx, c)
		return err
	})
	return c, nil
}

// run carries a check out and reads what came of it.
func (s *Server) run(ctx context.Context, c *check) (*outcome, error) {
	err := s.Check(ctx, c.asked, c.say)
	var not *NotKept
	if err != nil && !errors.As(err, &not) {
		return nil, err
	}
	out, err := readOutcome(c.asked.To)
	if err != nil { // whose words may name a path of this computer
		return nil, errors.New("the check ended, and its report cannot be read: try again")
	}
	if not != nil {
		out.past = "This check was not added to what was found before: " + visible.Line(not.Says)
	} else if out.moved, err = s.moved(c, out); err != nil {
		out.past = pastFault(err)
	}
	return out, nil
}

// mostReport bounds the report that is read back.
const mostReport = 256 << 20

// readOutcome reads what Check wrote.
func readOutcome(folder string) (*outcome, error) {
	f, err := os.Open(filepath.Join(folder, ReportData))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out := &outcome{lists: map[string]string{}}
	if out.Report, err = report.ReadJSON(io.LimitReader(f, mostReport)); err != nil {
		return nil, err
	}
	out.sheets = report.Sheets(out.Report)
	entries, err := os.ReadDir(filepath.Join(folder, Lists))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		name := e.Name()
		if !e.Type().IsRegular() || strings.HasPrefix(name, ".") {
			continue
		}
		switch stem := strings.TrimSuffix(name, filepath.Ext(name)); filepath.Ext(name) {
		case ".csv":
			out.lists[strings.Replace(stem, "--", "/", 1)] = name
		case ".xlsx":
			out.book = name
		}
	}
	return out, nil
}

// find returns the check of an id, or nil.
func (s *Server) find(id string) *check {
	s.mu.Lock()
	at := slices.IndexFunc(s.checks, func(c *check) bool { return same(c.id, id) })
	if at >= 0 {
		defer s.mu.Unlock()
		return s.checks[at]
	}
	s.mu.Unlock()
	return s.findPast(id)
}

// past reports whether a check is of the history: its extract is not there.
func (c *check) past() bool { return len(c.asked.Paths) == 0 }

// found is what a check found once it has ended well, or nil.
func (c *check) found() *outcome {
	if c.running() || c.err != nil {
		return nil
	}
	return c.outcome
}
