package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// A race is one load over one data set, run by several programs in turn, round
// after round, so that what else the machine does falls on all alike. The
// first entrant gives the counts that every other must equal.
type race struct {
	load, dataset string
	entrants      []entrant
	// against are the ratios that the table shows.
	against []pairing
	// rounds are counted after one warm-up; 0 for as many as --n says.
	rounds int
}

// An entrant is one program, built for the folder of the data set.
type entrant struct {
	name string
	make func(ctx context.Context, h *heat) (*process, error)
	// loose says that its counts are of other rules or of none.
	loose bool
}

// A pairing is a ratio: a's figure through b's. Only once both ran.
type pairing struct {
	a, b string
	goal string
}

// A heat is what entrants need to know.
type heat struct {
	*bench
	load    load
	dataset practiceSet
	folder  string
}

// An outcome is the samples of an entrant by round. problem says why there are
// none: no figure is shown of a program whose counts differ.
type outcome struct {
	process *process
	samples []sample
	problem error
}

// run makes the entrants and runs them in turn.
func (r *race) run(ctx context.Context, h *heat, rounds int) (map[string]*outcome, error) {
	out := map[string]*outcome{}
	for _, e := range r.entrants {
		o := &outcome{}
		if o.process, o.problem = e.make(ctx, h); o.problem != nil {
			h.say("   %s: %v", e.name, o.problem)
		}
		out[e.name] = o
	}
	var want answers
	for round := range rounds + 1 {
		for _, e := range r.entrants {
			o := out[e.name]
			if o.problem != nil {
				continue
			}
			s, got, err := o.process.counts(ctx)
			switch {
			case err != nil:
			case e.loose:
			case want == nil && got != nil:
				want = got
			default:
				err = want.differ(got)
			}
			if err != nil {
				if e.name == r.entrants[0].name {
					return nil, fmt.Errorf("%s: %w", e.name, err)
				}
				h.say("   %s: %v", e.name, err)
				o.problem, o.samples = err, nil
				continue
			}
			if round > 0 {
				o.samples = append(o.samples, s)
			}
			h.say("   %d/%d %s: %.2f CPU s, %.2f s, %.0f MiB", round, rounds, e.name, cpuOf(s), wallOf(s), peakOf(s))
		}
	}
	return out, nil
}

// counts runs the process once and reads what it counted.
func (p *process) counts(ctx context.Context) (sample, answers, error) {
	ctx, stop := context.WithTimeout(ctx, longest)
	defer stop()
	s, out, err := p.run(ctx)
	if err != nil || p.answers == nil {
		return s, nil, err
	}
	got, err := p.answers(out)
	return s, got, err
}

// longest is how long one run may take.
const longest = 15 * time.Minute

func (b *bench) say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// ratios are a's samples through b's, of the rounds that both ran.
func ratios(a, b *outcome, of func(sample) float64) []float64 {
	var out []float64
	for i := range min(len(a.samples), len(b.samples)) {
		out = append(out, of(a.samples[i])/of(b.samples[i]))
	}
	return out
}

// quickest are the scripts for one engine, each run some times, least CPU
// first: which form is best depends on the data, and no peer is to lose by the
// way its query was put.
func (h *heat) quickest(ctx context.Context, named map[string]*process, runs int) ([]string, error) {
	best := map[string]float64{}
	var problem error
	var want answers
	for range runs {
		for _, name := range sortedKeys(named) {
			s, got, err := named[name].counts(ctx)
			if err == nil && want != nil {
				err = want.differ(got)
			}
			if want == nil {
				want = got // the first is made from the rules
			}
			if err != nil {
				h.say("   form %s: %v", name, err)
				problem = err
				continue
			}
			if had, ok := best[name]; !ok || cpuOf(s) < had {
				best[name] = cpuOf(s)
			}
		}
	}
	names := sortedKeys(best)
	slices.SortStableFunc(names, func(a, b string) int {
		if best[a] < best[b] {
			return -1
		}
		return 1
	})
	if len(names) == 0 {
		return nil, fmt.Errorf("no form runs: %w", problem)
	}
	for _, name := range names {
		h.say("   form %s: %.2f CPU s", name, best[name])
		h.tried = append(h.tried, trial{h.load.name, h.dataset.name, named[name].name, name, best[name]})
	}
	return names, nil
}

// A trial is one form of a query, tried: the least CPU of its runs. A form that
// counts otherwise than the SQL made from the rules is left out.
type trial struct {
	Load, Dataset, Engine, Form string
	CPU                         float64
}
