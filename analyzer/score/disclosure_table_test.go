package score_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/score"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// A countOf says which records a rule is about: all of the list, those that another
// rule of the table found as they should be, those it did not, or some of its own.
type countOf struct {
	kind string // list, met, failing, own
	rule int
}

// A counted is what one rule of a random table counted.
type counted struct {
	of                                         countOf
	same                                       int // the rule whose failing records its numerator is, of the same records; -1
	numerator, denominator, undetermined, left int
}

// A table is the exact counts of a practice, and how they hang together, which the
// attacker knows too.
type table struct {
	list  int
	rules []counted
	marks [][]mark // of each rule, one for each accreditation that judges it
}

// A mark is a pass mark in hundredths of a percent.
type mark struct {
	percent        int
	atMost, strict bool
	blocks         bool
	weight         int
	accreditation  int
}

var marks = []mark{{percent: 10000}, {percent: 10000}, {percent: 9995}, {percent: 9990}, {percent: 9950}, {percent: 9900}, {percent: 9500}, {percent: 9000},
	{percent: 8000}, {percent: 7500}, {percent: 7000}, {percent: 5000}, {percent: 5000, strict: true}, {percent: 500, atMost: true}, {percent: 0, atMost: true},
	{percent: 1000, atMost: true, strict: true}, {percent: 100, atMost: true}}

// nested is how many rules of a table may each count what the one before left.
const nested = 3

// randomTable makes a table whose counts are often small, or all but all, with at
// most so many rules that count what another one left.
func randomTable(r *rand.Rand, most int) *table {
	t := &table{list: 101 + r.IntN([]int{60, 900, 8000}[r.IntN(3)])}
	depth := []int{}
	for i := range 2 + r.IntN(6) {
		c, deep := counted{same: -1, of: countOf{kind: "own"}}, 0
		switch at := r.IntN(max(i, 1)); {
		case r.IntN(3) == 0:
			c.of = countOf{kind: "list"}
		case i > 0 && most > 0 && r.IntN(2) == 0 && depth[at] < nested-1 && t.rules[at].same < 0:
			c.of, deep = countOf{[]string{"met", "met", "failing"}[r.IntN(3)], at}, depth[at]+1
			most--
		}
		c.denominator = t.records(c.of, r)
		c.numerator = part(c.denominator, r)
		if c.of.kind == "list" {
			for j := range i {
				if t.rules[j].of.kind == "list" && r.IntN(4) == 0 {
					c.same, c.numerator = j, t.rules[j].denominator-t.rules[j].numerator
				}
			}
		}
		if r.IntN(6) == 0 {
			c.undetermined = r.IntN(1 + min(c.denominator, 20))
		}
		if r.IntN(8) == 0 {
			c.left = r.IntN(30)
		}
		t.rules, depth = append(t.rules, c), append(depth, deep)
		var of []mark
		for a := range 1 + r.IntN(2) {
			m := marks[r.IntN(len(marks))]
			m.blocks, m.weight, m.accreditation = r.IntN(3) == 0, 1+r.IntN(9), a
			of = append(of, m)
		}
		t.marks = append(t.marks, of)
	}
	return t
}

func (t *table) records(of countOf, r *rand.Rand) int {
	switch of.kind {
	case "list":
		return t.list
	case "met":
		return t.rules[of.rule].numerator
	case "failing":
		return t.rules[of.rule].denominator - t.rules[of.rule].numerator
	}
	return r.IntN([]int{9, 30, 120, 1000, 9000}[r.IntN(5)])
}

// part is a part of some records: none, few, all but few, or any.
func part(of int, r *rand.Rand) int {
	few := min(of, []int{0, 1 + r.IntN(7), 1 + r.IntN(7), 8 + r.IntN(12)}[r.IntN(4)])
	switch r.IntN(4) {
	case 0:
		return r.IntN(of + 1)
	case 1:
		return few
	}
	return of - few
}

// moved is the table some months on: every count has changed a little.
func (t *table) moved(r *rand.Rand) *table {
	out := &table{list: max(101, t.list+r.IntN(19)-9), marks: t.marks}
	for _, c := range t.rules {
		if c.of.kind == "own" {
			c.denominator = max(0, c.denominator+r.IntN(19)-9)
		} else {
			c.denominator = out.records(c.of, r)
		}
		c.numerator = min(c.denominator, max(0, c.numerator+r.IntN(15)-7))
		if c.same >= 0 {
			c.numerator = out.rules[c.same].denominator - out.rules[c.same].numerator
		}
		c.undetermined = min(c.undetermined, c.denominator)
		out.rules = append(out.rules, c)
	}
	return out
}

// input is the table as the score takes it.
func (t *table) input() score.Input {
	in := score.Input{State: &state.State{}, Catalogue: &rules.Catalogue{}, Scheme: &rules.Scheme{ID: "random"}, Level: report.Publish}
	p := state.PracticeState{ID: "P1", AsOf: 20543, Registered: int64(t.list)}
	in.Scheme.Accreditations = []rules.Accreditation{{ID: "a0"}, {ID: "a1"}}
	for i, c := range t.rules {
		own := t.marks[i][0].threshold()
		rule := &rules.Rule{ID: ruleID(i), Title: "A check", Table: schema.Lookup("patients"), Evidence: "data", Owner: "practice",
			Threshold: own, ThresholdFrom: "our own default", Fix: "Put it right.", Source: expr.Source{Expect: "true"}}
		in.Catalogue.Rules, in.State.Rules = append(in.Catalogue.Rules, rule), append(in.State.Rules, rule.ID)
		p.Tallies = append(p.Tallies, state.Tally{Numerator: int64(c.numerator), Denominator: int64(c.denominator),
			Undetermined: int64(c.undetermined), Excluded: int64(c.left), Unknown: int64(c.denominator-c.numerator) / 2})
		for _, m := range t.marks[i] {
			one := rules.Criterion{Rule: rule, Severity: rules.Major, Weight: m.weight, Threshold: m.threshold()}
			if m.blocks {
				one.Severity = rules.Blocker
			}
			a := &in.Scheme.Accreditations[m.accreditation]
			a.Criteria = append(a.Criteria, one)
		}
	}
	in.State.Practices = []state.PracticeState{p}
	return in
}

func ruleID(i int) string { return fmt.Sprintf("s/r%02d", i) }

func (m mark) threshold() rules.Threshold {
	return rules.Threshold{Percent: int64(m.percent), AtMost: m.atMost, Strict: m.strict, Set: true}
}

// published is what everyone can read of the table, and what nobody can.
func (t *table) published(tb testing.TB) *report.PracticeReport {
	tb.Helper()
	var out bytes.Buffer
	require.NoError(tb, report.WriteJSON(&out, score.Release(t.input()), report.Options{}))
	r, err := report.ReadJSON(&out)
	require.NoError(tb, err)
	return &r.Practices[0]
}
