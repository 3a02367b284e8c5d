package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"paperlight/analyzer/costing"
)

// A refusal says why paperlight bench does not compare with a baseline.
type refusal struct{ why string }

func (r *refusal) Error() string { return r.why }

// A guard decides. compare runs paperlight bench against a baseline; earlier makes
// one here, of a program of before, and says of which commit.
type guard struct {
	compare func(baseline string) (*costing.Comparison, error)
	earlier func() (baseline, commit string, err error)
	out     io.Writer
}

func (g *guard) say(format string, args ...any) { fmt.Fprintf(g.out, format+"\n", args...) }

// judge returns what got slower, by name: what two runs against the baseline name,
// and a third against the program of the baseline measured here, since two machines
// of one kind need not be equally busy. A baseline of another kind of machine, or of
// other rows, is not compared with at all: one that is made here stands in for it.
// Where none can be made that is said, and nothing counts as slower.
func (g *guard) judge(baseline string, was, here tool) ([]string, error) {
	why := unlike(was, here)
	if why == "" {
		slower, err := g.twice(baseline)
		var refused *refusal
		switch {
		case errors.As(err, &refused):
			why = refused.why
		case err != nil || len(slower) == 0:
			return nil, err
		default:
			return g.confirm(slower)
		}
	}
	g.say("THE BASELINE IS NOT OF THIS MACHINE OR THESE ROWS: %s\nmake baseline makes it anew; until then the program of before is measured here", why)
	made, commit, err := g.earlier()
	if err != nil {
		g.say("LEFT OUT: nothing says whether the program got slower: %v", err)
		return nil, nil
	}
	g.say("the program of %s was measured here", commit)
	slower, err := g.twice(made)
	g.alarm(slower)
	return slower, err
}

// twice compares, and again where something is named. It returns what both runs name.
func (g *guard) twice(baseline string) ([]string, error) {
	first, err := g.once(baseline)
	if err != nil || len(first) == 0 {
		return nil, err
	}
	g.say("measured again")
	second, err := g.once(baseline)
	slower := both(first, second)
	if err == nil && len(slower) == 0 {
		g.say("nothing is named twice")
	}
	return slower, err
}

// confirm drops what is not slower than the program of the baseline when that is
// measured here. Where it cannot be, all stands.
func (g *guard) confirm(slower []string) ([]string, error) {
	made, commit, err := g.earlier()
	if err != nil {
		g.say("the program of before could not be measured here, so the baseline alone decides: %v", err)
		g.alarm(slower)
		return slower, nil
	}
	g.say("named twice, so the program of %s was measured here too", commit)
	here, err := g.once(made)
	if err != nil {
		return nil, err
	}
	slower = both(slower, here)
	if len(slower) == 0 {
		g.say("here it was no quicker: this machine is slower, and not the program. make baseline, if that stays so")
	}
	g.alarm(slower)
	return slower, nil
}

// once compares, says what came of it, and returns what got slower.
func (g *guard) once(baseline string) ([]string, error) {
	c, err := g.compare(baseline)
	if err != nil {
		return nil, err
	}
	told := []struct {
		what  string
		names []string
	}{
		{"new rules, not compared", c.Added},
		{"rules that did not run any more", c.Gone},
		{"read by more or fewer columns, not compared", c.Unlike},
	}
	g.say("all rules together %.2fx, the rule in the middle %.2fx of the baseline", c.Total, c.Drift)
	for _, t := range told {
		if len(t.names) > 0 {
			g.say("  %s: %s", t.what, strings.Join(t.names, ", "))
		}
	}
	if c.Unknown {
		g.say("  the baseline has no times of stages: rules alone are compared")
	}
	for _, s := range slices.Concat(c.Slower, c.Stages) {
		g.say("  slower: %s, %.2fx (%.4g ns a row, was %.4g)", s.Rule+s.Stage, s.Ratio, s.After, s.Before)
	}
	slower := named(c)
	if len(slower) == 0 {
		g.say("  nothing is slower")
	}
	return slower, nil
}

func (g *guard) alarm(slower []string) {
	for _, name := range slower {
		g.say("SLOWER: %s", name)
	}
	if len(slower) > 0 {
		g.say("mend it; or, where it is worth its time, say why in the commit and make baseline")
	}
}

// everyRule is the name of what got slower where all rules did.
const everyRule = "all rules together"

// named are the names of what a comparison says got slower.
func named(c *costing.Comparison) (names []string) {
	if c.Whole {
		names = append(names, everyRule)
	}
	for _, s := range slices.Concat(c.Slower, c.Stages) {
		names = append(names, s.Rule+s.Stage) // one of them is empty
	}
	return names
}

// both are the names of first that second has too.
func both(first, second []string) (names []string) {
	for _, name := range first {
		if slices.Contains(second, name) {
			names = append(names, name)
		}
	}
	return names
}

// unlike says why times of one machine say nothing on the other; empty where they do.
func unlike(was, here tool) string {
	switch {
	case was.Processor == "" || here.Processor == "":
		return "the kind of processor is not known"
	case was.Processor != here.Processor:
		return "it is of " + was.Processor + "; this is " + here.Processor
	case was.System != here.System:
		return "it is of " + was.System + "; this is " + here.System
	case was.Go != here.Go:
		return "it was built with " + was.Go + "; this is " + here.Go
	}
	return ""
}
