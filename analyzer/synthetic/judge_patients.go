package synthetic

import "slices"

// judgesOfPatients are the judgements of patients and registrations, by the
// name that faults.yaml gives them.
var judgesOfPatients = map[string]judge{
	"number recorded": ofRegistered(func(m *model, p *patient) verdict {
		if p.born >= m.asOf-42 && p.born <= m.asOf || arrivedSince(m, p, m.asOf-28) {
			return excluded
		}
		form := numberForm(p)
		return met(form != "missing" && form != "bad_form")
	}),
	"check digit": ofRegistered(func(m *model, p *patient) verdict {
		if form := numberForm(p); form == "valid" || form == "bad_check" || form == "dummy" {
			return met(form != "bad_check")
		}
		return outside
	}),
	"no dummy number": ofRegistered(func(m *model, p *patient) verdict {
		if form := numberForm(p); form == "valid" || form == "dummy" {
			return met(form != "dummy")
		}
		return outside
	}),
	"english number": ofRegistered(func(m *model, p *patient) verdict {
		if numberForm(p) != "valid" {
			return outside
		}
		return achieved // the test range, read as real, counts as English
	}),
	"number verified": ofRegistered(func(m *model, p *patient) verdict {
		if numberForm(p) != "valid" {
			return outside
		}
		return met(p.nhsStatus == "01")
	}),
	"tracing current": ofRegistered(func(m *model, p *patient) verdict {
		if p.nhsStatus == "" {
			return outside
		}
		tracing := p.nhsStatus >= "03" && p.nhsStatus <= "06"
		return met(!tracing || p.statusDate >= m.asOf-30 && p.statusDate <= m.asOf)
	}),
	"number unique": ofRegistered(func(m *model, p *patient) verdict {
		if form := numberForm(p); form != "valid" && form != "bad_check" {
			return outside // a dummy number is nobody's
		}
		return met(!p.sharedNumber)
	}),
	"birth date plausible": ofRegistered(func(m *model, p *patient) verdict {
		return met(p.born != none && p.born <= m.asOf && p.born >= date(1880, 1, 1))
	}),
	"sex recorded": ofRegistered(func(m *model, p *patient) verdict {
		return met(p.sex == "M" || p.sex == "F" || p.sex == "I")
	}),
	"starts after birth": ofRegistrations(func(m *model, p *patient, r *registration) verdict {
		if !registered(m, p) {
			return outside
		}
		return met(r.start != none && r.start <= m.asOf && p.born != none && r.start >= p.born)
	}),
	"deduction complete": ofRegistrations(func(m *model, p *patient, r *registration) verdict {
		return met((r.end == none) == (r.endReason == "") && (r.end == none || r.end >= r.start))
	}),
	"living": ofPatient(func(m *model, p *patient) verdict {
		if !slices.ContainsFunc(p.registrations, func(r registration) bool { return open(m, &r) }) {
			return outside
		}
		return met(!p.deceased || p.died != none && p.died >= m.asOf-28 && p.died <= m.asOf)
	}),
	"usual doctor": ofRegistered(func(m *model, p *patient) verdict {
		return met(p.usualGP != "" && p.usualGP != "G9999981")
	}),
	"ethnicity": ofRegistered(func(m *model, p *patient) verdict {
		if !arrivedSince(m, p, m.fromAsOf(-12)) {
			return outside
		}
		return met(p.ethnicity != "" && p.ethnicity != "99")
	}),
	"address in doubt": ofRegistrations(func(m *model, p *patient, r *registration) verdict {
		if !open(m, r) || r.fp69 == none || p.born.yearsTo(m.asOf) < 18 {
			return outside
		}
		months := 3
		if r.fp69 < date(2025, 10, 1) {
			months = 6
		}
		return met(r.fp69 >= m.asOf.addMonths(-months) && r.fp69 <= m.asOf)
	}),
}

// spoilsOfPatients are the faults of patients and registrations.
var spoilsOfPatients = map[string]spoil{
	"lose number": each(func(m *model, p *patient) { p.nhsNumber, p.nhsStatus = "", "" }),
	"wrong digit": each(func(m *model, p *patient) {
		if n := p.nhsNumber; len(n) == 10 && n != "2222222222" {
			p.nhsNumber, p.wrongDigit = n[:9]+string('0'+(n[9]-'0'+1+byte(m.r.IntN(9)))%10), true
		}
	}),
	"dummy number": each(func(m *model, p *patient) {
		if numberForm(p) == "valid" {
			p.nhsNumber, p.wrongDigit = "2222222222", false
		}
	}),
	"unverified": each(func(m *model, p *patient) {
		if numberForm(p) == "valid" {
			p.nhsStatus, p.statusDate = "02", m.asOf-10
		}
	}),
	"tracing stuck": each(func(m *model, p *patient) {
		if p.nhsStatus == "01" {
			p.nhsStatus, p.statusDate = "04", m.asOf-day(31+m.r.IntN(300))
		}
	}),
	"share number": eachRegistered(func(m *model, p *patient) {
		if numberForm(p) == "valid" {
			p.sharedNumber = true
		}
	}),
	"born too early": each(func(m *model, p *patient) { p.born = date(1879, 12, 31) - day(m.r.IntN(500)) }),
	"lose sex":       each(func(m *model, p *patient) { p.sex = "U" }),
	"odd sex":        each(func(m *model, p *patient) { p.sex = "X" }),
	"lose end reason": func(m *model, p *patient, rate float64) {
		for i := range p.registrations {
			if r := &p.registrations[i]; r.end != none && m.r.chance(rate) {
				r.endReason = ""
			}
		}
	},
	"starts before birth": eachRegistered(func(m *model, p *patient) { p.registrations[0].start = p.born - day(1+m.r.IntN(300)) }),
	"dead on list": eachRegistered(func(m *model, p *patient) {
		p.deceased, p.died = true, m.asOf-day(29+m.r.IntN(200))
	}),
	"default doctor":   each(func(m *model, p *patient) { p.usualGP = "G9999981" }),
	"lose ethnicity":   each(func(m *model, p *patient) { p.ethnicity, p.ethnicityRecorded = []string{"", "99"}[m.r.IntN(2)], none }),
	"address in doubt": eachRegistered(func(m *model, p *patient) { p.registrations[0].fp69 = m.asOf - day(200+m.r.IntN(200)) }),
}

// each spoils the patient with the given chance.
func each(f func(m *model, p *patient)) spoil {
	return func(m *model, p *patient, rate float64) {
		if m.r.chance(rate) {
			f(m, p)
		}
	}
}

func eachRegistered(f func(m *model, p *patient)) spoil {
	return func(m *model, p *patient, rate float64) {
		if m.r.chance(rate) && registered(m, p) {
			f(m, p)
		}
	}
}

// secondRecord fills twin with another registered patient under p's number: a
// record made twice. It has what every patient has, and nothing else.
func (m *model) secondRecord(twin, p *patient) {
	twin.reset()
	twin.practice, twin.n, twin.id = p.practice, p.n, hexID(m.Seed, 5, p.practice.number, p.n)
	twin.second = true
	twin.nhsNumber, twin.nhsStatus, twin.statusDate, twin.sharedNumber = p.nhsNumber, p.nhsStatus, p.statusDate, true
	twin.sex, twin.born, twin.usualGP, twin.ethnicity = p.sex, p.born, p.usualGP, p.ethnicity
	twin.ethnicityRecorded = p.ethnicityRecorded
	twin.twinKey = hexID(m.Seed, 6, p.practice.number, p.n)
	reg := p.registrations[0]
	reg.id = twin.record("r", 0)
	twin.registrations = append(twin.registrations, reg)
	if m.PerPatient["allergies"] > 0 {
		twin.allergies = append(twin.allergies, m.nothingKnown(twin, reg.start))
	}
}
