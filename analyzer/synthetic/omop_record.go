package synthetic

import "strconv"

// An omopEntry is what the tables of clinical records have in common.
type omopEntry struct {
	key          key
	code, system string
	date         day
	visit        string
	value        float64
	hasValue     bool
	unit         string
}

// record writes what is clinical, each record in the table of its domain.
func (o *omop) record(p *patient) {
	for i := range p.problems {
		o.condition(&p.problems[i])
	}
	for i := range p.events {
		e := &p.events[i]
		entry := omopEntry{o.key.record(e.id), e.code, e.system, e.date, o.reference(e.consultation), e.value, e.hasValue, e.unit}
		if e.degraded {
			entry.code = degradedEntry
		}
		switch e.kind {
		case "value", "test":
			o.measurement(&entry)
		case "procedure":
			o.procedure(&entry)
		case "immunisation":
			o.immunisation(&entry)
		default:
			o.observation(&entry)
		}
	}
	for i := range p.results {
		r := &p.results[i]
		o.measurement(&omopEntry{o.key.record(r.id), r.code, r.system, r.date, "", r.value, true, r.unit})
	}
	for i := range p.allergies {
		a := &p.allergies[i]
		entry := omopEntry{key: o.key.record(a.id), code: a.code, system: a.system, date: a.onset}
		if a.code == "" {
			entry.code, entry.system = a.agent, "dmd"
		}
		if a.degraded {
			entry.code, entry.system = degradedAllergy, "sct"
		}
		if entry.date == none {
			entry.date = a.recorded
		}
		o.observation(&entry)
	}
	for i := range p.consents {
		c := &p.consents[i]
		o.observation(&omopEntry{key: o.key.record(c.id), code: summaryCodes[c.decision].read, system: "read2", date: c.decided})
	}
	for i := range p.documents {
		d := &p.documents[i]
		k := o.key.record(d.id)
		for n := range d.codedEntries {
			o.observation(&omopEntry{key: k + key(n), code: o.m.words.findings[(uint64(k)+uint64(n))%97], system: "sct", date: d.dated})
		}
	}
	for i := range p.issues {
		o.prescription(&p.issues[i])
	}
}

// reference is the number of a visit; empty for none.
func (o *omop) reference(id string) string {
	if id == "" {
		return ""
	}
	return strconv.FormatInt(o.key.record(id).number(), 10)
}

// begin adds the number, the person and the concept that most rows begin with.
func (o *omop) begin(s *sheet, e *omopEntry) {
	s.number(e.key.number())
	s.number(o.person)
	s.number(o.coded(e.code, e.system))
}

// source adds the code as the source has it, and its concept.
func (o *omop) source(s *sheet, e *omopEntry) {
	s.plain(e.code)
	s.number(o.coded(e.code, e.system))
}

func (o *omop) visit(c *consultation) {
	s := o.sheets[omopVisit]
	s.number(o.key.record(c.id).number())
	s.number(o.person)
	// Outpatient visit, home visit; there is none for a call that a source here gives.
	concept, ok := map[string]string{"surgery": "9202", "visit": "581476"}[c.kind]
	if !ok {
		concept = "0"
	}
	s.plain(concept)
	o.both(s, c.date)
	o.both(s, c.date)
	s.plain(omopFromRecord)
	s.skip(1)
	s.number(o.site)
	s.plain(c.kind)
	s.plain("0")
	s.skip(5)
	s.end()
}

func (o *omop) condition(r *problem) {
	e := omopEntry{key: o.key.record(r.id), code: r.code, system: r.system, date: r.onset}
	s := o.sheets[omopCondition]
	o.begin(s, &e)
	o.both(s, r.onset)
	o.both(s, r.end)
	s.plain(omopFromRecord)
	s.plain("0")
	s.skip(4)
	o.source(s, &e)
	s.skip(1)
	s.end()
}

func (o *omop) procedure(e *omopEntry) {
	s := o.sheets[omopProcedure]
	o.begin(s, e)
	o.both(s, e.date)
	s.skip(2)
	s.plain(omopFromRecord)
	s.plain("0")
	s.skip(2)
	s.plain(e.visit)
	s.skip(1)
	o.source(s, e)
	s.skip(1)
	s.end()
}

func (o *omop) measurement(e *omopEntry) {
	s := o.sheets[omopMeasurement]
	o.begin(s, e)
	o.both(s, e.date)
	s.skip(1)
	s.plain(omopFromRecord)
	s.plain("0")
	s.real(e.value, e.hasValue)
	s.plain("0")
	s.plain("0")
	s.skip(3)
	s.plain(e.visit)
	s.skip(1)
	o.source(s, e)
	s.plain(e.unit)
	s.skip(4)
	s.end()
}

func (o *omop) observation(e *omopEntry) {
	s := o.sheets[omopObservation]
	o.begin(s, e)
	o.both(s, e.date)
	s.plain(omopFromRecord)
	s.real(e.value, e.hasValue)
	s.skip(1)
	s.plain("0")
	s.plain("0")
	s.plain("0")
	s.skip(1)
	s.plain(e.visit)
	s.skip(1)
	o.source(s, e)
	s.plain(e.unit)
	s.skip(4)
	s.end()
}

// prescription is an exposure that was prescribed.
func (o *omop) prescription(v *issue) {
	e := omopEntry{key: o.key.record(v.id), code: v.dmd, system: "dmd", date: v.date}
	o.exposure(&e, v.date+27, omopPrescription, v.dosage)
}

// immunisation is an exposure too: the model has one table for all drugs.
func (o *omop) immunisation(e *omopEntry) {
	o.exposure(e, e.date, omopAdministration, "")
}

func (o *omop) exposure(e *omopEntry, end day, kind, dosage string) {
	s := o.sheets[omopDrug]
	o.begin(s, e)
	o.both(s, e.date)
	o.both(s, end)
	s.skip(1)
	s.plain(kind)
	s.skip(4)
	s.text(dosage)
	s.plain("0")
	s.skip(2)
	s.plain(e.visit)
	s.skip(1)
	o.source(s, e)
	s.skip(2)
	s.end()
}
