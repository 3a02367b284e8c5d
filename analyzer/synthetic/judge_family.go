package synthetic

import (
	"slices"
	"strings"
)

// diagnosed judges registered patients with two issues of the family's drugs
// in a year: the diagnosis is in their record.
func (f *fault) diagnosed() judge {
	return ofRegistered(func(m *model, p *patient) verdict {
		if m.age(p) < f.FromAge || f.recentIssues(m, p) < 2 {
			return outside
		}
		return met(p.hasEvent(func(e *event) bool { return e.date <= m.asOf && f.diagnosis(m, e.code) }))
	})
}

func (f *fault) recentIssues(m *model, p *patient) int {
	n := 0
	for i := range p.issues {
		if s := &p.issues[i]; s.date >= m.fromAsOf(-12) && s.date <= m.asOf && f.drug(m, s) {
			n++
		}
	}
	return n
}

func (f *fault) drug(m *model, s *issue) bool {
	return slices.ContainsFunc(f.Drugs, func(list string) bool { return m.words.in(list, s.dmd) }) ||
		slices.ContainsFunc(f.BNF, func(prefix string) bool { return strings.HasPrefix(s.bnf, prefix) })
}

func (f *fault) diagnosis(m *model, code string) bool {
	return code != "" && slices.ContainsFunc(f.Diagnoses, func(list string) bool { return m.words.in(list, code) })
}

// loseDiagnosis takes the diagnosis out of a patient's record.
func (f *fault) loseDiagnosis(m *model, p *patient, rate float64) {
	if f.recentIssues(m, p) >= 2 && m.r.chance(rate) {
		p.events = slices.DeleteFunc(p.events, func(e event) bool { return f.diagnosis(m, e.code) })
	}
}
