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
	// empty are the practices, by rule, of which a list holds no record: a rule may be met
	// in one extract of several, and listed for another.
	empty map[[2]string]bool
	book  string // the workbook of all; may be empty
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
	if errors.Is(err, errTooLarge) {
		return nil, err
	}
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

// mostReport bounds the report that is read back, and with it what it takes of memory
// here, where no worker bounds it: six times as much.
const mostReport = 128 << 20

var errTooLarge = errors.New("This extract holds more practices than a page can show. Check it at a command line: paperlight check") //nolint:staticcheck // said to people

// readOutcome reads what Check wrote.
func readOutcome(folder string) (*outcome, error) {
	f, err := os.Open(filepath.Join(folder, ReportData))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || st.Size() > mostReport {
		return nil, errors.Join(err, errTooLarge)
	}
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
	return out, out.findEmpty(folder)
}

// findEmpty finds the lists that hold no record of a practice. Those of one extract hold
// the records of all its practices.
func (o *outcome) findEmpty(folder string) error {
	if len(o.Extracts) < 2 {
		return nil
	}
	o.empty = map[[2]string]bool{}
	for rule, name := range o.lists {
		there := map[string]bool{}
		f, err := os.Open(filepath.Join(folder, Lists, name))
		if err != nil {
			return err
		}
		err = eachLine(f, func(cells []string) bool {
			there[unescaped(cells[0])] = true
			return true
		})
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		for i := range o.sheets {
			if practice := o.sheets[i].Practice; !there[practice] {
				o.empty[[2]string{rule, practice}] = true
			}
		}
	}
	return nil
}

// listsFor reports whether there is a list of the records of a practice that fail a rule.
func (o *outcome) listsFor(rule, practice string) bool {
	return o.lists[rule] != "" && !o.empty[[2]string{rule, practice}]
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
