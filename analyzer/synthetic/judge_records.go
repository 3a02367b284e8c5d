package synthetic

import (
	"slices"
	"strings"
)

// judgesOfRecords are the judgements of medicines, allergies and entries.
var judgesOfRecords = map[string]judge{
	"entry coded": ofEvents(func(m *model, _ *patient, e *event) verdict {
		if e.date < m.fromAsOf(-12) || e.date > m.asOf {
			return outside
		}
		return met(e.code != "" && !e.wrongDigit)
	}),
	"entry well formed": ofEvents(func(_ *model, _ *patient, e *event) verdict {
		if e.system != "sct" || e.code == "" {
			return outside
		}
		return met(!e.wrongDigit)
	}),
	"issue coded": ofIssues(func(m *model, _ *patient, s *issue) verdict {
		if s.date < m.fromAsOf(-12) || s.date > m.asOf {
			return outside
		}
		if s.appliance {
			return excluded
		}
		return met(s.dmd != "")
	}),
	"product well formed": func(_ *model, p *patient, found func(string, verdict)) {
		for _, courses := range [][]medication{p.medications, p.strays} {
			for i := range courses {
				if c := &courses[i]; c.dmd != "" {
					found(c.id, met(!c.wrongDigit))
				}
			}
		}
	},
	"dose recorded": ofMedications(func(m *model, p *patient, c *medication) verdict {
		if !registered(m, p) || !activeRepeat(m, c) && (c.kind != "acute" || c.start < m.fromAsOf(-12) || c.start > m.asOf) {
			return outside
		}
		if c.appliance || strings.HasPrefix(c.bnf, "060101") || m.words.in("insulin", c.dmd) || m.words.in("warfarin", c.dmd) {
			return excluded
		}
		return met(c.dosage != "" && c.dosage != asDirected)
	}),
	"repeat in use": ofMedications(func(m *model, p *patient, c *medication) verdict {
		if !registered(m, p) || !activeRepeat(m, c) {
			return outside
		}
		if c.start >= m.fromAsOf(-3) {
			return excluded
		}
		return met(c.lastIssue != none && c.lastIssue >= m.fromAsOf(-12) && c.lastIssue <= m.asOf)
	}),
	"four repeats reviewed": reviewed(4),
	"repeats reviewed":      reviewed(1),
	"no repeat twice": ofRegistered(func(m *model, p *patient) verdict {
		if activeRepeats(m, p) == 0 {
			return outside
		}
		for i := range p.medications {
			for j := range p.medications[:i] {
				a, b := &p.medications[i], &p.medications[j]
				if activeRepeat(m, a) && activeRepeat(m, b) && a.dmd == b.dmd && a.dmd != "" && doseForm(a) == doseForm(b) {
					return failing
				}
			}
		}
		return achieved
	}),
	"allergy status": ofRegistered(func(m *model, p *patient) verdict {
		if arrivedSince(m, p, m.asOf-56) {
			return excluded
		}
		return allergyStatus(m, p)
	}),
	"allergy status of repeat patients": ofRegistered(func(m *model, p *patient) verdict {
		if activeRepeats(m, p) == 0 {
			return outside
		}
		return allergyStatus(m, p)
	}),
	"allergy coded": ofAllergies(func(m *model, p *patient, a *allergy) verdict {
		if !registered(m, p) || a.status != "active" || slices.Contains([]string{"none_known", "none_known_drug", "unable_to_ascertain"}, a.category) {
			return outside
		}
		return met(a.code != "" || a.agent != "")
	}),
	"agent specified": ofAllergies(func(m *model, p *patient, a *allergy) verdict {
		if !registered(m, p) || !live(m, a) || a.category != "drug" {
			return outside
		}
		return met(a.agent != "" || a.code != "" && !m.words.in("drug-allergy-unspecified", a.code))
	}),
	"allergy not degraded": ofAllergies(func(m *model, p *patient, a *allergy) verdict {
		if !registered(m, p) || !live(m, a) || a.category != "drug" {
			return outside
		}
		return met(!a.degraded)
	}),
	"none known consistent": ofRegistered(func(m *model, p *patient) verdict {
		statement, latest := none, none
		for i := range p.allergies {
			switch a := &p.allergies[i]; {
			case noneKnown(m, a):
				statement = max(statement, a.recorded)
			case live(m, a):
				latest = max(latest, a.recorded)
			}
		}
		if statement == none || latest == none {
			return outside
		}
		return met(statement < latest)
	}),
	"reaction recorded": ofAllergies(func(m *model, p *patient, a *allergy) verdict {
		if !registered(m, p) || !live(m, a) || a.recorded < m.fromAsOf(-36) || a.recorded > m.asOf {
			return outside
		}
		return met((a.code != "" || a.agent != "") && a.reactionCode != "" && (a.onset != none && a.onset <= m.asOf || a.recorded != none))
	}),
}

const asDirected = "as directed"

// doseForm is what the made dosages amount to.
func doseForm(c *medication) string {
	switch c.dosage {
	case "", asDirected:
		return c.dosage
	}
	return "stated"
}

// reviewed judges patients with at least n active repeats.
func reviewed(n int) judge {
	return ofRegistered(func(m *model, p *patient) verdict {
		if activeRepeats(m, p) < n {
			return outside
		}
		if arrivedSince(m, p, m.fromAsOf(-3)) {
			return excluded
		}
		return met(p.hasEvent(func(e *event) bool {
			return e.date >= m.fromAsOf(-15) && e.date <= m.asOf && m.words.in("medication-review", e.code)
		}))
	})
}

func allergyStatus(m *model, p *patient) verdict {
	return met(slices.ContainsFunc(p.allergies, func(a allergy) bool {
		return live(m, &a) || noneKnown(m, &a) || a.status == "active" && a.recorded <= m.asOf && a.category == "unable_to_ascertain"
	}))
}

// spoilsOfRecords are the faults of medicines, allergies and entries.
var spoilsOfRecords = map[string]spoil{
	"lose event code": eachEvent(func(_ *model, _ *patient, e *event) { e.code = "" }),
	"wrong event digit": eachEvent(func(m *model, _ *patient, e *event) {
		if e.system != "sct" {
			return
		}
		e.code, e.wrongDigit = wrongDigit(m, e.code), true
	}),
	"lose issue code": func(m *model, p *patient, rate float64) {
		for i := range p.issues {
			if m.r.chance(rate) {
				p.issues[i].dmd = ""
			}
		}
	},
	"wrong product digit": eachMedication(func(m *model, _ *patient, c *medication) {
		c.dmd, c.wrongDigit = wrongDigit(m, c.dmd), true
	}),
	"round product": eachMedication(func(_ *model, _ *patient, c *medication) {
		if rounded := c.dmd[:len(c.dmd)-1] + "0"; rounded != c.dmd {
			c.dmd, c.wrongDigit, c.rounded = rounded, true, true
		}
	}),
	"stray course": func(m *model, p *patient, rate float64) {
		p.medications = slices.DeleteFunc(p.medications, func(c medication) bool {
			if !m.r.chance(rate) {
				return false
			}
			p.strays = append(p.strays, c)
			return true
		})
	},
	"vague dose": eachMedication(func(m *model, _ *patient, c *medication) {
		if !c.appliance {
			c.dosage = []string{"", asDirected}[m.r.IntN(2)]
		}
	}),
	"repeat unused": eachMedication(func(m *model, p *patient, c *medication) {
		if activeRepeat(m, c) {
			c.lastIssue = min(c.lastIssue, m.fromAsOf(-12)-day(1+m.r.IntN(300)))
			p.issues = slices.DeleteFunc(p.issues, func(s issue) bool { return s.medication == c.id && s.date > c.lastIssue })
		}
	}),
	"lose review": each(func(m *model, p *patient) {
		p.events = slices.DeleteFunc(p.events, func(e event) bool { return m.words.in("medication-review", e.code) })
	}),
	"repeat twice": eachRegistered(func(m *model, p *patient) {
		for i := range p.medications {
			if c := p.medications[i]; activeRepeat(m, &c) && c.dmd != "" {
				c.id = p.record("x", i)
				p.medications = append(p.medications, c)
				return
			}
		}
	}),
	"lose allergy record": each(func(_ *model, p *patient) { p.allergies = p.allergies[:0] }),
	"lose allergy code":   eachAllergy(func(_ *model, _ *patient, a *allergy) { a.code, a.agent = "", "" }),
	"lose agent": eachAllergy(func(m *model, _ *patient, a *allergy) {
		if vague, _ := m.words.from(m.r, "drug-allergy-unspecified"); vague != "" && a.category == "drug" {
			a.code, a.agent = vague, ""
		}
	}),
	"degrade allergy": eachAllergy(func(_ *model, _ *patient, a *allergy) { a.degraded = a.category == "drug" }),
	"deny allergy": eachRegistered(func(m *model, p *patient) {
		for i := range p.allergies {
			if live(m, &p.allergies[i]) {
				p.allergies = append(p.allergies, m.nothingKnown(p, m.asOf))
				return
			}
		}
	}),
	"lose reaction": eachAllergy(func(_ *model, _ *patient, a *allergy) { a.reactionCode = "" }),
}

func eachEvent(f func(m *model, p *patient, e *event)) spoil {
	return func(m *model, p *patient, rate float64) {
		for i := range p.events {
			if p.events[i].code != "" && !p.events[i].wrongDigit && m.r.chance(rate) {
				f(m, p, &p.events[i])
			}
		}
	}
}

func eachMedication(f func(m *model, p *patient, c *medication)) spoil {
	return func(m *model, p *patient, rate float64) {
		for i := range p.medications {
			if p.medications[i].dmd != "" && !p.medications[i].wrongDigit && m.r.chance(rate) {
				f(m, p, &p.medications[i])
			}
		}
	}
}

func eachAllergy(f func(m *model, p *patient, a *allergy)) spoil {
	return func(m *model, p *patient, rate float64) {
		for i := range p.allergies {
			if live(m, &p.allergies[i]) && m.r.chance(rate) {
				f(m, p, &p.allergies[i])
			}
		}
	}
}

// wrongDigit changes the check digit of an identifier; not to 0, so that it
// does not look rounded.
func wrongDigit(m *model, code string) string {
	last := code[len(code)-1]
	for {
		if d := '1' + byte(m.r.IntN(9)); d != last {
			return code[:len(code)-1] + string(d)
		}
	}
}
