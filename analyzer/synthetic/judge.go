package synthetic

import "slices"

// A verdict is what a rule says of one record.
type verdict uint8

const (
	outside verdict = iota
	achieved
	failing
	excluded
)

// A judge gives found the verdict on each record of p that its rule counts.
// Judges are written for the made records alone, one record at a time, in
// plain Go: they share nothing with the rule language or the engine, so that
// an agreement of the two means something.
type judge func(m *model, p *patient, found func(record string, v verdict))

// met is achieved where ok, else failing.
func met(ok bool) verdict {
	if ok {
		return achieved
	}
	return failing
}

func registered(m *model, p *patient) bool {
	return !p.deceased && !p.dummy && slices.ContainsFunc(p.registrations, func(r registration) bool { return open(m, &r) })
}

func open(m *model, r *registration) bool {
	return r.kind == "regular" && r.start != none && r.start <= m.asOf && (r.end == none || r.end > m.asOf)
}

func activeRepeat(m *model, c *medication) bool {
	return (c.kind == "repeat" || c.kind == "repeat_dispensing") && c.status == "active" && c.start <= m.asOf && (c.end == none || c.end > m.asOf)
}

func activeRepeats(m *model, p *patient) int {
	n := 0
	for i := range p.medications {
		if activeRepeat(m, &p.medications[i]) {
			n++
		}
	}
	return n
}

func arrivedSince(m *model, p *patient, d day) bool {
	return slices.ContainsFunc(p.registrations, func(r registration) bool { return open(m, &r) && r.start >= d })
}

// noneKnown: the category says so, or the code.
func noneKnown(m *model, a *allergy) bool {
	return a.status == "active" && a.recorded <= m.asOf && (a.category == "none_known" || a.category == "none_known_drug" ||
		m.words.in("no-known-allergy", a.code) || m.words.in("no-known-drug-allergy", a.code))
}

func live(m *model, a *allergy) bool {
	return a.status == "active" && a.recorded <= m.asOf && (a.ended == none || a.ended > m.asOf) &&
		a.category != "unable_to_ascertain" && !noneKnown(m, a)
}

// The forms of an NHS number that the model makes: a test number, one with a
// wrong check digit, one digit ten times over, something else, none.
func numberForm(p *patient) string {
	switch n := p.nhsNumber; {
	case n == "":
		return "missing"
	case len(n) != 10:
		return "bad_form"
	case n == "2222222222":
		return "dummy"
	case p.wrongDigit:
		return "bad_check"
	}
	return "valid"
}

// ofPatient judges each patient once.
func ofPatient(f func(m *model, p *patient) verdict) judge {
	return func(m *model, p *patient, found func(string, verdict)) { found(p.id, f(m, p)) }
}

// ofRegistered judges registered patients alone.
func ofRegistered(f func(m *model, p *patient) verdict) judge {
	return ofPatient(func(m *model, p *patient) verdict {
		if !registered(m, p) {
			return outside
		}
		return f(m, p)
	})
}

// ofRepeats judges the active repeats of registered patients.
func ofMedications(f func(m *model, p *patient, c *medication) verdict) judge {
	return func(m *model, p *patient, found func(string, verdict)) {
		for i := range p.medications {
			found(p.medications[i].id, f(m, p, &p.medications[i]))
		}
	}
}

func ofAllergies(f func(m *model, p *patient, a *allergy) verdict) judge {
	return func(m *model, p *patient, found func(string, verdict)) {
		for i := range p.allergies {
			found(p.allergies[i].id, f(m, p, &p.allergies[i]))
		}
	}
}

func ofEvents(f func(m *model, p *patient, e *event) verdict) judge {
	return func(m *model, p *patient, found func(string, verdict)) {
		for i := range p.events {
			found(p.events[i].id, f(m, p, &p.events[i]))
		}
	}
}

func ofRegistrations(f func(m *model, p *patient, r *registration) verdict) judge {
	return func(m *model, p *patient, found func(string, verdict)) {
		for i := range p.registrations {
			found(p.registrations[i].id, f(m, p, &p.registrations[i]))
		}
	}
}

func ofIssues(f func(m *model, p *patient, s *issue) verdict) judge {
	return func(m *model, p *patient, found func(string, verdict)) {
		for i := range p.issues {
			found(p.issues[i].id, f(m, p, &p.issues[i]))
		}
	}
}

// judges and spoils are all there are, by name.
var (
	judges = merged(judgesOfPatients, judgesOfRecords, judgesOfDates, judgesOfSummaries)
	spoils = merged(spoilsOfPatients, spoilsOfRecords, spoilsOfDates, spoilsOfSummaries)
)

func merged[V any](maps ...map[string]V) map[string]V {
	all := map[string]V{}
	for _, m := range maps {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}
