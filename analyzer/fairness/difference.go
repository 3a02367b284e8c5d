package fairness

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"paperlight/analyzer/report"
)

// A Kind says how two counts of a rule differ.
type Kind string

// The kinds.
const (
	NotAssessable Kind = "not assessable" // counted of the canonical tables alone
	Assessable    Kind = "assessable"     // counted here alone
	More          Kind = "more"           // the rule is about more rows here
	Fewer         Kind = "fewer"          // about fewer
	Moved         Kind = "moved"          // about as many, which count in another way
	Value         Kind = "value"          // another value alone
	Judged        Kind = "judged"         // the same figures come to something else
)

// Kinds are all of them.
var Kinds = []Kind{NotAssessable, Assessable, More, Fewer, Moved, Value, Judged}

// A Difference is a rule of which one practice gives two outcomes.
type Difference struct {
	Practice, Form, System, Rule string
	Kind                         Kind
	Was, Now                     *RuleFinding
	// Lacks is what the extract has not and the canonical tables have, of what
	// the rule reads.
	Lacks []string
	// Moves are the statuses that differ: "passed -> failed".
	Moves []string
	// Worse: more rows fail than of the canonical tables.
	Worse bool

	finding *Finding
}

func (d *Difference) String() string {
	text := fmt.Sprintf("%s as %s, %s: %s: %s, was %s", d.Practice, d.Form, d.Rule, d.Kind, d.Now.Count, d.Was.Count)
	for _, more := range [][]string{d.Moves, d.Lacks} {
		if len(more) > 0 {
			text += "; " + strings.Join(more, ", ")
		}
	}
	if d.Worse {
		text += "; more fail"
	}
	return text
}

// Compare says what two findings of one practice differ in, by rule. atMost says
// whether the numerator of a rule is what fails.
func Compare(was, now *Finding, atMost func(rule string) bool) []*Difference {
	var out []*Difference
	for _, rule := range slices.Sorted(maps.Keys(was.Rules)) {
		a, b := was.Rules[rule], now.Rules[rule]
		d := &Difference{System: now.System, Rule: rule, Was: a, Now: b, Moves: moves(a, b), finding: now}
		for _, m := range b.Missing {
			if !slices.Contains(a.Missing, m) {
				d.Lacks = append(d.Lacks, m)
			}
		}
		switch {
		case !b.Counted && (a.Counted || len(d.Lacks) > 0):
			d.Kind = NotAssessable
		case a.Count == b.Count && len(d.Moves) == 0:
			continue
		case !a.Counted && b.Counted:
			d.Kind = Assessable
		case a.Count == b.Count:
			d.Kind = Judged
		case b.all() > a.all():
			d.Kind = More
		case b.all() < a.all():
			d.Kind = Fewer
		case a.Numerator == b.Numerator && a.Denominator == b.Denominator && a.Excluded == b.Excluded:
			d.Kind = Value
		default:
			d.Kind = Moved
		}
		d.Worse = b.Counted && failing(b.Count, atMost(rule)) > failing(a.Count, atMost(rule))
		out = append(out, d)
	}
	return out
}

func failing(c Count, numeratorFails bool) int64 {
	if numeratorFails {
		return c.Numerator
	}
	return c.Denominator - c.Numerator
}

// moves are the statuses that differ, each once.
func moves(a, b *RuleFinding) []string {
	var out []string
	for _, of := range slices.Sorted(maps.Keys(a.Statuses)) {
		was, now := a.Statuses[of], b.Statuses[of]
		if was != now {
			out = append(out, fmt.Sprintf("%s -> %s", was, now))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// intoFailed reports whether a move makes a practice fail what it did not.
func intoFailed(move string) bool { return strings.HasSuffix(move, " -> "+string(report.Failed)) }
