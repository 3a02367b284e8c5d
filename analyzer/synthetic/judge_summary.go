package synthetic

import "slices"

// has reports whether the patient has an entry of a list from one day to
// another, both included; none is no bound.
func has(m *model, p *patient, list string, from, to day) bool {
	return p.hasEvent(func(e *event) bool {
		return (from == none || e.date >= from) && e.date <= to && e.code != "" && m.words.in(list, e.code)
	})
}

// judgesOfSummaries are the judgements of what every record should hold. They
// suppose that the practice has at least one entry of each list, as made ones
// do.
var judgesOfSummaries = map[string]judge{
	"blood pressure recorded": ofRegistered(func(m *model, p *patient) verdict {
		if m.age(p) < 45 {
			return outside
		}
		return met(has(m, p, "blood-pressure", m.fromAsOf(-60), m.asOf))
	}),
	"smoking recorded": ofRegistered(func(m *model, p *patient) verdict {
		if m.age(p) <= 15 {
			return outside
		}
		if arrivedSince(m, p, m.fromAsOf(-3)) {
			return excluded
		}
		return met(has(m, p, "smoking-current-or-past", m.fromAsOf(-27), m.asOf) || has(m, p, "smoking-never", none, m.asOf))
	}),
	"summarised": ofRegistered(func(m *model, p *patient) verdict {
		r := &p.registrations[0]
		notesToCome := (r.notesReceived == none || r.notesReceived > m.asOf) && r.start >= m.fromAsOf(-12)
		if arrivedSince(m, p, m.asOf-56) || r.start >= p.born && r.start <= p.born.addMonths(3) || notesToCome {
			return excluded
		}
		return met(has(m, p, "clinical-summary", r.start, m.asOf))
	}),
	"decided once": ofRegistered(decidedOnce),
	"new patient summarised": ofRegistered(func(m *model, p *patient) verdict {
		r := &p.registrations[0]
		if r.start < m.fromAsOf(-15) || r.notesReceived < r.start || r.notesReceived >= m.asOf-56 {
			return outside
		}
		return met(has(m, p, "clinical-summary", r.start, min(r.notesReceived+56, m.asOf)))
	}),
}

// decidedOnce judges whether the decisions of the latest day agree; a refusal
// outweighs the rest.
func decidedOnce(m *model, p *patient) verdict {
	latest := none
	for _, c := range p.consents {
		if c.kind == "scr" && c.decided <= m.asOf {
			latest = max(latest, c.decided)
		}
	}
	if latest == none {
		return outside
	}
	decisions := map[string]bool{}
	for _, c := range p.consents {
		if c.kind == "scr" && c.decided == latest {
			decisions[c.decision] = true
		}
	}
	return met(decisions["refused"] || len(decisions) == 1)
}

// spoilsOfSummaries take entries away, or add one that contradicts.
var spoilsOfSummaries = map[string]spoil{
	"decide twice": each(func(_ *model, p *patient) {
		for _, c := range p.consents {
			if c.decision != "refused" {
				c.id, c.decision = p.record("s", len(p.consents)), "express_core_additional"
				p.consents = append(p.consents, c)
				return
			}
		}
	}),
	"lose blood pressure": each(func(m *model, p *patient) { lose(m, p, "blood-pressure") }),
	"lose smoking": each(func(m *model, p *patient) {
		lose(m, p, "smoking-never")
		lose(m, p, "smoking-current-or-past")
	}),
	"lose summary": each(func(m *model, p *patient) { lose(m, p, "clinical-summary") }),
}

func lose(m *model, p *patient, list string) {
	p.events = slices.DeleteFunc(p.events, func(e event) bool { return m.words.in(list, e.code) })
}
