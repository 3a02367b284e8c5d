package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"paperlight/analyzer/area"
	"paperlight/analyzer/crash"
	"paperlight/analyzer/fleet"
	"paperlight/analyzer/report"
	"paperlight/analyzer/savedstate"
)

// atATime is how many practices each judge has judged before what they made is written.
const atATime = 4

// A judged is a practice that was judged: its row, and its report in the forms asked for.
type judged struct {
	row   fleet.Row
	forms map[string][]byte
	// counted is what the view of areas takes from its report, exact at every level.
	counted []area.Judged
}

// judgeSome judges some practices, at the same time, in their order.
func (m *merging) judgeSome(ctx context.Context, judges []*judge, some []fleet.Standing) ([]judged, error) {
	all, errs := make([]judged, len(some)), make([]error, len(some))
	var next atomic.Int64
	var group crash.Group
	for _, j := range judges {
		group.Go(func() {
			for at := int(next.Add(1)) - 1; at < len(some) && ctx.Err() == nil; at = int(next.Add(1)) - 1 {
				all[at], errs[at] = j.judge(&some[at])
			}
		})
	}
	group.Wait()
	return all, errors.Join(append(errs, ctx.Err())...)
}

// A judge judges one practice after the other. It has the last state at hand, since one may
// be of several practices.
type judge struct {
	*merging
	reader *savedstate.Reader
	last   *savedstate.Saved
}

func (j *judge) close() {
	if j.reader != nil {
		j.reader.Close()
	}
}

func (j *judge) judge(s *fleet.Standing) (judged, error) {
	row, released, err := s.Judge(&j.by, j.open)
	if row.NotJudged != "" && j.ran != nil {
		row.Extracts = j.ran.Numbers(s)
	}
	out := judged{row: row, forms: map[string][]byte{}}
	if err != nil || row.NotJudged != "" {
		return out, err
	}
	for _, form := range j.forms() {
		var b strings.Builder
		if err := renderers[form](&b, released, report.Options{}); err != nil {
			return out, err
		}
		out.forms[form] = []byte(b.String())
	}
	if j.area.file != "" {
		out.counted, err = countedOf(s, &j.by, j.open)
	}
	return out, err
}

// open reads the state of a head, which is still the one that it was.
func (j *judge) open(h *savedstate.Head) (_ *savedstate.Saved, err error) {
	if j.last != nil && j.last.Digest == h.Digest {
		return j.last, nil
	}
	if j.reader == nil {
		if j.reader, err = savedstate.NewReader(); err != nil {
			return nil, err
		}
	}
	packed, err := readRegularTo(h.Place, savedstate.MaxFile)
	if err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: cannot be read as a saved state", baseName(h.Place)), "run again")
	}
	if j.last, err = j.reader.Read(packed); err != nil {
		return nil, fail(exitInput, fmt.Errorf("%s: %w", baseName(h.Place), err), "take the file away, and run shard or assess again")
	}
	if j.last.Digest != h.Digest {
		return nil, fail(exitLimit, fmt.Errorf("%s: was changed while it was read", baseName(h.Place)), "run again")
	}
	return j.last, nil
}
