package synthetic

import "slices"

// dummyDates stand in for dates that nobody knew.
var dummyDates = []day{date(1899, 12, 30), date(1900, 1, 1), date(1901, 1, 1)}

// judgesOfDates are the judgements of dates, and of paperwork in time.
var judgesOfDates = map[string]judge{
	"entry after birth": ofEvents(func(m *model, p *patient, e *event) verdict {
		switch {
		case e.date > m.asOf:
			return outside
		case e.kind == "family_history":
			return excluded
		}
		return met(e.date >= p.born)
	}),
	"entry not in the future": ofEvents(func(m *model, _ *patient, e *event) verdict { return met(e.date <= m.asOf) }),
	"entry with a true date": ofEvents(func(m *model, _ *patient, e *event) verdict {
		return known(m, e.date, !slices.Contains(dummyDates, e.date))
	}),
	"entry not degraded": ofEvents(func(_ *model, _ *patient, e *event) verdict { return met(!e.degraded) }),
	"issue after birth":  ofIssues(func(m *model, p *patient, s *issue) verdict { return known(m, s.date, s.date >= p.born) }),
	"no issue after death": ofIssues(func(m *model, p *patient, s *issue) verdict {
		if p.died == none || p.died > m.asOf {
			return outside
		}
		return met(s.date <= p.died)
	}),
	"no measurement after death": ofPatient(func(m *model, p *patient) verdict {
		if p.died == none || p.died > m.asOf {
			return outside
		}
		late := func(d day) bool { return d > p.died+30 && d <= m.asOf }
		return met(!p.hasEvent(func(e *event) bool { return (e.kind == "value" || e.kind == "test") && late(e.date) }) &&
			!slices.ContainsFunc(p.results, func(r result) bool { return late(r.date) }))
	}),
	"consultation after birth": ofConsultations(func(m *model, p *patient, c *consultation) verdict {
		return known(m, c.date, c.date >= p.born)
	}),
	"consultation not in the future": ofConsultations(func(m *model, _ *patient, c *consultation) verdict { return met(c.date <= m.asOf) }),
	"contact coded": ofConsultations(func(m *model, p *patient, c *consultation) verdict {
		switch {
		case c.date < m.fromAsOf(-12) || c.date > m.asOf:
			return outside
		case c.kind == "administrative":
			return excluded
		}
		return met(p.hasEvent(func(e *event) bool {
			return e.consultation == c.id && e.code != "" && !e.wrongDigit && e.date <= m.asOf
		}))
	}),
	"entered at once": ofConsultations(func(m *model, _ *patient, c *consultation) verdict {
		switch {
		case c.date < m.fromAsOf(-12) || c.date > m.asOf:
			return outside
		case c.kind == "administrative":
			return excluded
		}
		return met(c.recorded >= c.date && c.recorded <= c.date+1 && c.recorded <= m.asOf)
	}),
	// Made paperwork arrives at least three weeks before the as-of date, and
	// is dealt with within days or not at all: no working day needs counting.
	"document filed": func(m *model, p *patient, found func(string, verdict)) {
		for i := range p.documents {
			if d := &p.documents[i]; d.received >= m.fromAsOf(-12) {
				found(d.id, met(d.filed != none && d.filed >= d.received))
			}
		}
	},
	"document actioned": func(m *model, p *patient, found func(string, verdict)) {
		for i := range p.documents {
			if d := &p.documents[i]; d.actionRequired && d.received >= m.fromAsOf(-12) {
				found(d.id, met(d.actioned != none && d.actioned >= d.received))
			}
		}
	},
	"result filed": func(m *model, p *patient, found func(string, verdict)) {
		for i := range p.results {
			if r := &p.results[i]; r.message >= m.fromAsOf(-12) {
				found(r.id, met(r.filed != none && r.filed >= r.message))
			}
		}
	},
}

// known is met of what is dated by the as-of date, and outside of the rest.
func known(m *model, d day, ok bool) verdict {
	if d > m.asOf {
		return outside
	}
	return met(ok)
}

func ofConsultations(f func(m *model, p *patient, c *consultation) verdict) judge {
	return func(m *model, p *patient, found func(string, verdict)) {
		for i := range p.consultations {
			found(p.consultations[i].id, f(m, p, &p.consultations[i]))
		}
	}
}

// spoilsOfDates are the faults of dates and of paperwork.
var spoilsOfDates = map[string]spoil{
	"entry before birth":         eachEvent(func(m *model, p *patient, e *event) { e.date = p.born - day(1+m.r.IntN(900)) }),
	"entry in the future":        eachEvent(func(m *model, _ *patient, e *event) { e.date = m.asOf + day(1+m.r.IntN(900)) }),
	"entry with a dummy date":    eachEvent(func(m *model, _ *patient, e *event) { e.date = dummyDates[m.r.IntN(len(dummyDates))] }),
	"degrade entry":              eachEvent(func(_ *model, _ *patient, e *event) { e.degraded = true }),
	"consultation in the future": eachConsultation(func(m *model, c *consultation) { c.date = m.asOf + day(1+m.r.IntN(900)) }),
	"entered late":               eachConsultation(func(m *model, c *consultation) { c.recorded = c.date + day(2+m.r.IntN(40)) }),
	"issue after death": func(m *model, p *patient, rate float64) {
		if p.died != none && len(p.issues) > 0 && m.r.chance(rate) {
			p.issues[m.r.IntN(len(p.issues))].date = p.died + day(1+m.r.IntN(30))
		}
	},
	"measurement after death": func(m *model, p *patient, rate float64) {
		if p.died != none && len(p.results) > 0 && m.r.chance(rate) {
			r := &p.results[m.r.IntN(len(p.results))]
			r.date = min(p.died+day(31+m.r.IntN(60)), m.asOf)
		}
	},
	"document unfiled": func(m *model, p *patient, rate float64) {
		for i := range p.documents {
			if m.r.chance(rate) {
				p.documents[i].filed = none
			}
		}
	},
	"document not actioned": func(m *model, p *patient, rate float64) {
		for i := range p.documents {
			if p.documents[i].actionRequired && m.r.chance(rate) {
				p.documents[i].actioned = none
			}
		}
	},
	"result unfiled": func(m *model, p *patient, rate float64) {
		for i := range p.results {
			if m.r.chance(rate) {
				p.results[i].filed = none
			}
		}
	},
}

func eachConsultation(f func(m *model, c *consultation)) spoil {
	return func(m *model, p *patient, rate float64) {
		for i := range p.consultations {
			if m.r.chance(rate) {
				f(m, &p.consultations[i])
			}
		}
	}
}
