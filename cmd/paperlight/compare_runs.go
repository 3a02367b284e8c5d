package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"paperlight/analyzer/comparison"
	"paperlight/analyzer/history"
	"paperlight/analyzer/visible"
)

// A pastPair is the two runs of a history that are compared.
type pastPair struct {
	file, practice string
	runs           [2]int64 // both 0: the last two
}

// args reads the arguments of compare: two reports or, with a history, the numbers of
// two runs or nothing.
func (p *pastPair) args(cmd *cobra.Command, args []string) error {
	switch {
	case !cmd.Flags().Changed("history"):
		if p.practice != "" {
			return usage("--practice %s: goes with --history; a report has its practices in it", p.practice)
		}
		return exactly(2, "two reports: the one of before, and the one of after")(cmd, args)
	case p.file == "":
		return usage("--history: want the name of a file")
	case len(args) == 0:
		return nil
	case len(args) != 2:
		return usage("want the numbers of two runs, or none for the last two, not %d", len(args))
	case p.practice != "":
		return usage("--practice %s: a run is of one practice; leave it out where runs are given", p.practice)
	}
	for i, arg := range args {
		n, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || n < 1 {
			return usage("%s: with --history want the number of a run; paperlight history list FILE names them", arg)
		}
		p.runs[i] = n
	}
	return nil
}

// historyInputs are a history and its key, over which nothing may be written.
func historyInputs(path string) []inputPath {
	key := history.KeyFile(path)
	return []inputPath{{"the history " + baseName(path), path}, {"the key " + baseName(key), key}}
}

// openHistory opens a history to read, or to erase.
func openHistory(path string) (*history.History, error) {
	h, err := history.OpenUnkeyed(path)
	if err != nil {
		return nil, namedHistory(baseName(path), err)
	}
	return h, nil
}

// compare writes what changed from the one run to the other.
func (p *pastPair) compare(ctx context.Context, c *console, outputs []output, failOnWorse bool) (err error) {
	w, err := claim(c, outputs, historyInputs(p.file))
	if err != nil {
		return err
	}
	defer w.abandon()
	h, err := openHistory(p.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if p.runs == [2]int64{} {
		if err := p.lastTwo(h); err != nil {
			return err
		}
	}
	found, err := betweenRuns(h, p.runs[0], p.runs[1])
	if err != nil {
		return namedHistory(baseName(p.file), err)
	}
	return writeComparison(ctx, c, w, outputs, found, failOnWorse)
}

// lastTwo finds the last two runs of the practice.
func (p *pastPair) lastTwo(h *history.History) error {
	practice, err := onePractice(h, p.practice)
	if err != nil {
		return namedHistory(baseName(p.file), err)
	}
	runs, err := h.Runs(practice)
	if err != nil {
		return namedHistory(baseName(p.file), err)
	}
	if len(runs) < 2 {
		return fail(exitUsage, fmt.Errorf("%s: holds one run of practice %s, and two are compared", baseName(p.file), visible.Line(practice)), "add the next run: paperlight check EXTRACT --history FILE")
	}
	p.runs = [2]int64{runs[1].ID, runs[0].ID}
	return nil
}

// onePractice is the id of the practice that is asked for, by its id or its ODS code,
// or of the only one.
func onePractice(h *history.History, asked string) (string, error) {
	all, err := h.Practices()
	if err != nil {
		return "", err
	}
	var ids, coded, shown []string
	for _, p := range all {
		switch {
		case asked != "" && asked == p.ID: // whoever has it for a code
			return p.ID, nil
		case asked != "" && asked == p.ODSCode:
			coded, shown = append(coded, p.ID), append(shown, visible.Line(p.ID))
		}
		ids = append(ids, visible.Line(p.ID))
	}
	switch {
	case len(coded) == 1:
		return coded[0], nil
	case len(coded) > 1:
		return "", usage("--practice %s: the history has several practices of this code; name one by its id: %s", asked, strings.Join(shown, ", "))
	case len(all) == 0:
		return "", fail(exitInput, errors.New("holds no run"), "paperlight check EXTRACT --history FILE adds one")
	case asked == "" && len(all) == 1:
		return all[0].ID, nil
	}
	const most = 10
	if len(ids) > most {
		ids = append(ids[:most], "…")
	}
	if asked != "" {
		return "", usage("--practice %s: the history has no run of it; it has %s", asked, strings.Join(ids, ", "))
	}
	return "", fail(exitUsage, errors.New("holds runs of several practices"), "name one with --practice: "+strings.Join(ids, ", "))
}

// betweenRuns compares two runs, and says what became of their records.
func betweenRuns(h *history.History, before, after int64) (*comparison.Comparison, error) {
	was, err := h.Report(before)
	if err != nil {
		return nil, err
	}
	is, err := h.Report(after)
	if err != nil {
		return nil, err
	}
	m, err := h.Movement(after)
	if err == nil && m.Before != before {
		m, err = h.Between(before, after)
	}
	if err != nil {
		return nil, err
	}
	records, changed := map[string]*comparison.Records{}, map[string]bool{}
	for _, r := range m.Rules {
		if r.Before != before {
			continue // it was not judged then
		}
		if r.Moved != nil {
			records[r.Rule] = &comparison.Records{New: r.Moved.New, Fixed: r.Moved.Fixed, StillOpen: r.Moved.StillOpen, Reopened: r.Moved.Reopened}
		}
		changed[r.Rule] = r.Changed
	}
	out := comparison.Of(was, is)
	out.Follow(m.Linked, records, changed)
	return out, nil
}
