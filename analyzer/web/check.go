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
	"sync"
	"time"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/report"
)

// A check is an extract that is or was checked for the user.
type check struct {
	id    string
	name  string // of the extract, as the user knows it
	began time.Time
	stop  context.CancelFunc
	ended chan struct{} // closed when it has

	outcome *outcome // these two are set before ended is closed, and read after
	err     error

	mu       sync.Mutex
	progress string
}

// An outcome is what a check wrote.
type outcome struct {
	*report.Report
	lists []string // names of files, sorted
}

func (c *check) running() bool {
	select {
	case <-c.ended:
		return false
	default:
		return true
	}
}

// add starts a check of paths.
func (s *Server) add(ctx context.Context, id, name string, asked Checking) (*check, error) {
	if err := ctx.Err(); err != nil { // the server ends
		return nil, err
	}
	c := &check{id: id, name: name, began: s.Now(), ended: make(chan struct{})}
	asked.To = s.folder(c, "outcome")
	if err := s.root.MkdirAll(path.Join(c.id, "outcome"), 0o700); err != nil {
		return nil, err
	}
	ctx, c.stop = context.WithCancel(ctx)
	s.mu.Lock()
	s.checks = append(s.checks, c)
	s.mu.Unlock()
	go func() {
		defer close(c.ended)
		defer c.stop()
		defer crash.Catch(&c.err, "the check")
		c.outcome, c.err = s.run(ctx, c, asked)
	}()
	return c, nil
}

// run carries a check out and reads what came of it.
func (s *Server) run(ctx context.Context, c *check, asked Checking) (*outcome, error) {
	err := s.Check(ctx, asked, func(said string) {
		c.mu.Lock()
		c.progress = said
		c.mu.Unlock()
	})
	if err != nil {
		return nil, err
	}
	out, err := readOutcome(asked.To)
	if err != nil { // whose words may name a path of this computer
		return nil, errors.New("the check ended, and its report cannot be read: try again")
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
	out := &outcome{}
	if out.Report, err = report.ReadJSON(io.LimitReader(f, mostReport)); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(folder, Lists))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); e.Type().IsRegular() && (ext == ".csv" || ext == ".xlsx") && !strings.HasPrefix(e.Name(), ".") {
			out.lists = append(out.lists, e.Name())
		}
	}
	slices.Sort(out.lists)
	return out, nil
}

// find returns the check of an id, or nil.
func (s *Server) find(id string) *check {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.checks {
		if same(c.id, id) {
			return c
		}
	}
	return nil
}

// state is what is known of a check now: how far it is, or what came out.
func (c *check) state() (progress string, out *outcome, err error) {
	if !c.running() {
		return "", c.outcome, c.err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.progress, nil, nil
}
