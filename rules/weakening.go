package rules

import (
	"cmp"
	"slices"
)

// weakened lists the blockers of base that stop fewer practices in s, sorted by
// accreditation and rule.
func weakened(base, s *Scheme) []Weakening {
	var out []Weakening
	for i := range base.Accreditations {
		before := &base.Accreditations[i]
		var now *Accreditation
		if at := slices.IndexFunc(s.Accreditations, func(a Accreditation) bool { return a.ID == before.ID }); at >= 0 {
			now = &s.Accreditations[at]
		}
		for j := range before.Criteria {
			c := &before.Criteria[j]
			if how := now.weakens(c); c.Severity == Blocker && how != "" {
				out = append(out, Weakening{Accreditation: before.ID, Rule: c.Rule.ID, How: how})
			}
		}
	}
	slices.SortFunc(out, func(a, b Weakening) int {
		return cmp.Or(cmp.Compare(a.Accreditation, b.Accreditation), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

// weakens says how the accreditation asks less than the blocker c did; empty
// where it does not. a is nil where the scheme has no such accreditation.
func (a *Accreditation) weakens(c *Criterion) string {
	if a == nil {
		return "left out"
	}
	at := slices.IndexFunc(a.Criteria, func(n Criterion) bool { return n.Rule == c.Rule })
	if at < 0 {
		return "left out"
	}
	now := &a.Criteria[at]
	switch {
	case now.Severity != Blocker:
		return "only " + string(now.Severity)
	case now.Only != c.Only && now.Only != "":
		return "asked only of " + string(now.Only) + " extracts"
	case now.Threshold.easier(c.Threshold):
		return "given the pass mark " + now.Threshold.String()
	}
	return ""
}

// easier reports whether t is met by a rate that does not meet before.
func (t Threshold) easier(before Threshold) bool {
	switch {
	case !t.Set || !before.Set:
		return before.Set && !t.Set
	case t.AtMost != before.AtMost:
		return true // not comparable: say so
	case t.Percent == before.Percent:
		return before.Strict && !t.Strict
	}
	return (t.Percent < before.Percent) != t.AtMost
}
