package score_test

import (
	"slices"

	"paperlight/analyzer/report"
)

// The solver is the attacker: it has a published report, the rules with their marks,
// how counts hang together and docs/disclosure.md. It shares no code with what makes
// the report. A count is a variable with the values that it may have; a rule holds
// its three (records, met, failing) together; and since no variable is reached in
// two ways, values without support can be struck out rule by rule until nothing
// changes, and what is left is exact.

// A domain is the values that a count may have, ascending.
type domain []int

func span(low, high int) domain {
	var out domain
	for v := max(low, 0); v <= high; v++ {
		out = append(out, v)
	}
	return out
}

func (d domain) has(v int) bool { _, ok := slices.BinarySearch(d, v); return ok }

// A solver holds what is known of one practice.
type solver struct {
	t        *table
	p        *report.PracticeReport
	counts   []domain // the variables
	records  []int    // of each rule, the variable of its records
	met      []int
	failing  []int
	sees     []seen
	statuses bool // the statuses that are hidden are known, as a verdict may tell them
	possible []map[[2]int]bool
}

// seen is what is published of one rule.
type seen struct {
	numerator, denominator *int64
	statuses               []report.Status // of its marks
	hidden                 bool
}

func solve(t *table, p *report.PracticeReport, statuses bool) *solver {
	s := &solver{t: t, p: p, statuses: statuses}
	s.counts = []domain{around(*p.RegisteredPatients)}
	for i := range t.rules {
		s.see(i)
		s.variables(i)
	}
	s.possible = make([]map[[2]int]bool, len(t.rules))
	for changed := true; changed; {
		changed = false
		for i := range t.rules {
			changed = s.strike(i) || changed
		}
	}
	return s
}

func rounded(n int) int { return (n + 5) / 10 * 10 }

// around are the counts that are rounded to one.
func around(published int64) domain { return span(int(published)-5, int(published)+4) }

func (s *solver) see(i int) {
	r := s.p.Results[i]
	one := seen{numerator: r.Numerator, denominator: r.Denominator}
	for _, m := range s.t.marks[i] {
		for _, c := range s.p.Accreditations[m.accreditation].Criteria {
			if c.Rule == ruleID(i) {
				one.statuses, one.hidden = append(one.statuses, c.Status), one.hidden || c.Status == report.Hidden
			}
		}
	}
	s.sees = append(s.sees, one)
}

// variables gives a rule its counts, or those of another rule that are the same, with
// the values that the published figures leave.
func (s *solver) variables(i int) {
	c, see := s.t.rules[i], s.sees[i]
	var records domain
	switch {
	case see.denominator == nil:
		records = span(1, 14)
	case *see.denominator == 0:
		records = domain{0}
	default:
		records = around(*see.denominator)
	}
	s.records = append(s.records, s.variable(c.of, records))
	most := s.counts[s.records[i]]
	if len(most) == 0 {
		s.met, s.failing = append(s.met, s.add(nil)), append(s.failing, s.add(nil))
		return
	}
	met, failing := s.parts(i, most[len(most)-1])
	if c.same >= 0 { // what this one found right is what that one did not
		s.met, s.failing = append(s.met, s.failing[c.same]), append(s.failing, s.met[c.same])
		s.narrow(s.met[i], met)
		s.narrow(s.failing[i], failing)
		return
	}
	s.met, s.failing = append(s.met, s.add(met)), append(s.failing, s.add(failing))
}

func (s *solver) parts(i, most int) (met, failing domain) {
	n := s.sees[i].numerator
	switch {
	case n == nil:
		return span(0, most), span(0, most)
	case *n == 0:
		return domain{0}, span(0, most)
	case *n == *s.sees[i].denominator:
		return around(*n), span(0, most) // all, or all but so few that they round away
	}
	return around(*n), span(1, most)
}

func (s *solver) variable(of countOf, values domain) int {
	at := 0
	switch of.kind {
	case "met":
		at = s.met[of.rule]
	case "failing":
		at = s.failing[of.rule]
	case "own":
		return s.add(values)
	}
	s.narrow(at, values)
	return at
}

func (s *solver) add(values domain) int {
	s.counts = append(s.counts, values)
	return len(s.counts) - 1
}

func (s *solver) narrow(at int, values domain) bool {
	kept := slices.DeleteFunc(slices.Clone(s.counts[at]), func(v int) bool { return !values.has(v) })
	changed := len(kept) < len(s.counts[at])
	s.counts[at] = kept
	return changed
}

// strike takes out the values of a rule's counts that nothing supports.
func (s *solver) strike(i int) (changed bool) {
	var records, met, failing = map[int]bool{}, map[int]bool{}, map[int]bool{}
	for _, d := range s.counts[s.records[i]] {
		for _, n := range s.candidates(i, d) {
			if s.counts[s.met[i]].has(n) && s.counts[s.failing[i]].has(d-n) && s.allows(i, n, d) {
				records[d], met[n], failing[d-n] = true, true, true
			}
		}
	}
	for at, supported := range map[int]map[int]bool{s.records[i]: records, s.met[i]: met, s.failing[i]: failing} {
		kept := slices.DeleteFunc(slices.Clone(s.counts[at]), func(v int) bool { return !supported[v] })
		if len(kept) < len(s.counts[at]) {
			s.counts[at], changed = kept, true
		}
	}
	return changed
}

// candidates are the numerators to try with a denominator: those near the published
// one or, of a hidden one, those at either end and near a mark.
func (s *solver) candidates(i, d int) []int {
	n := s.sees[i].numerator
	if n != nil && *n > 0 {
		return around(*n)
	}
	if d < 120 {
		return span(0, d)
	}
	out := append(span(0, 50), span(d-50, d)...)
	for _, m := range s.t.marks[i] {
		at := m.percent * d / 10000
		out = append(out, span(at-12, min(at+12, d))...)
	}
	return out
}

// allows reports whether counts give what is published of a rule.
func (s *solver) allows(i, n, d int) bool {
	if known, ok := s.possible[i][[2]int{n, d}]; ok {
		return known
	}
	out := s.figures(i, n, d) && s.outcome(i, n, d)
	if s.possible[i] == nil {
		s.possible[i] = map[[2]int]bool{}
	}
	s.possible[i][[2]int{n, d}] = out
	return out
}

// figures are what docs/disclosure.md says that figures, and their absence, mean.
func (s *solver) figures(i, n, d int) bool {
	see, few := s.sees[i], min(n, d-n)
	switch {
	case see.denominator == nil:
		return d >= 1 && d <= 14
	case *see.denominator == 0:
		return d == 0
	case d < 15:
		return false
	case see.numerator == nil && see.hidden:
		return few <= 14
	case see.numerator == nil:
		return few >= 1 && few <= 14 || n < d && rounded(d)-rounded(n) < 30 || s.near(i, n, d)
	case *see.numerator == 0:
		return n == 0
	}
	return n == d || n >= 15 && rounded(d)-rounded(n) >= 30
}

// near: so near the mark that the rounded figures may say otherwise.
func (s *solver) near(i, n, d int) bool {
	for _, m := range s.t.marks[i] {
		if off := n*10000 - m.percent*d; off <= 10*10000 && off >= -10*10000 {
			return true
		}
	}
	return false
}

// outcome reports whether counts have the statuses that are published, or known
// otherwise, whatever was undetermined or left out. Where the table has none of
// these, the attacker knows so.
func (s *solver) outcome(i, n, d int) bool {
	c := s.t.rules[i]
	if c.undetermined == 0 && c.left == 0 {
		return s.hasStatuses(i, n, d, 0, 0)
	}
	for _, left := range []int{0, 100*d + 1} {
		for u := 0; u <= min(d, 60); u++ {
			if s.hasStatuses(i, n, d, u, left) {
				return true
			}
		}
	}
	return s.hasStatuses(i, n, d, d, 0)
}

func (s *solver) hasStatuses(i, n, d, undetermined, left int) bool {
	for k, m := range s.t.marks[i] {
		is := status(n, d, undetermined, left, m)
		switch shown := s.sees[i].statuses[k]; {
		case shown != report.Hidden && is != shown:
			return false
		case shown == report.Hidden && s.statuses:
			c := s.t.rules[i]
			if is != status(c.numerator, c.denominator, c.undetermined, c.left, m) {
				return false
			}
		}
	}
	return true
}

// status is what docs/verdicts.md says of counts, worked out anew.
func status(n, d, undetermined, left int, m mark) report.Status {
	switch {
	case m.blocks && left > 0 && 10000*left/(d+left) > 5000:
		return report.NotAssessable
	case d == 0:
		return report.NotApplicable
	}
	all := d + undetermined
	one, other := of(n, all, m), of(n+undetermined, all, m)
	switch strict := m.percent == 0 || m.percent == 10000; {
	case one == other:
		return one
	case strict && 200*undetermined <= all:
		return of(n, d, m)
	}
	return report.NotAssessable
}

func of(n, d int, m mark) report.Status {
	share, p := float64(n)/float64(d), float64(m.percent)/10000
	if d < 20 && m.percent > 0 && m.percent < 10000 && (share-p)*(share-p) <= 3.841459*p*(1-p)/float64(d)+1e-12 {
		return report.TooFew
	}
	off := n*10000 - m.percent*d
	if m.atMost {
		off = -off
	}
	if off > 0 || off == 0 && !m.strict {
		return report.Passed
	}
	return report.Failed
}
