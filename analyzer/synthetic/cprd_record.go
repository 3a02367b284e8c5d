package synthetic

import "strconv"

// A cprdEntry is a row of the file that holds most of a record.
type cprdEntry struct {
	key                key
	code, system, kind string
	date, recorded     day
	clinician          string
	visit, problem     string
	value              float64
	hasValue           bool
	unit               string
}

// cprdKinds are the words of ObsType for kinds of entry; others are observations.
var cprdKinds = map[string]string{"value": "Value", "test": "Test", "family_history": "Family history", "immunisation": "Immunisation"}

// record writes what is clinical.
func (c *cprd) record(p *patient) {
	for i := range p.problems {
		c.problem(&p.problems[i])
	}
	for i := range p.events {
		e := &p.events[i]
		o := cprdEntry{key: c.key.record(e.id), code: e.code, system: e.system, kind: cprdKinds[e.kind], date: e.date, recorded: e.recorded,
			clinician: e.clinician, visit: e.consultation, problem: e.problem, value: e.value, hasValue: e.hasValue, unit: e.unit}
		if e.degraded {
			o.code = degradedEntry
		}
		c.observation(&o)
	}
	for i := range p.results {
		r := &p.results[i]
		c.observation(&cprdEntry{key: c.key.record(r.id), code: r.code, system: r.system, kind: "Test", date: r.date, recorded: r.date,
			value: r.value, hasValue: true, unit: r.unit})
	}
	for i := range p.allergies {
		c.allergy(&p.allergies[i])
	}
	for i := range p.consents {
		d := &p.consents[i]
		c.observation(&cprdEntry{key: c.key.record(d.id), code: summaryCodes[d.decision].read, system: "read2", date: d.decided, recorded: d.recorded})
	}
	if code, ok := ethnicCodes[p.ethnicity]; ok {
		c.observation(&cprdEntry{key: c.key.of("ethnicity"), code: code.sct, system: "sct", date: p.ethnicityRecorded, recorded: p.ethnicityRecorded})
	}
	for i := range p.documents {
		d := &p.documents[i]
		k := c.key.record(d.id)
		for n := range d.codedEntries {
			c.observation(&cprdEntry{key: k + key(n), code: c.m.words.findings[(uint64(k)+uint64(n))%97], system: "sct", kind: "Document",
				date: d.dated, recorded: d.received})
		}
	}
	for i := range p.referrals {
		c.referral(&p.referrals[i])
	}
	c.issues(p)
}

// medcode is the number of a code in the dictionary, which gets its row the first time.
func (c *cprd) medcode(code, system string) string {
	if code == "" {
		return ""
	}
	id := strconv.FormatInt(keyOf(system).of(code).number(), 10)
	if !c.codes[id] {
		c.codes[id] = true
		s := c.sheets[cprdMedical]
		s.plain(id)
		s.plain("Made-up term of medical code " + id)
		if system == "read2" {
			s.plain(code)
			s.plain(code)
			s.skip(2)
		} else {
			s.skip(2)
			if system == "sct" {
				s.plain(code)
			} else {
				s.skip(1)
			}
			s.skip(1)
		}
		s.skip(2)
		s.end()
	}
	return id
}

// reference is the number of a record that another names; empty for none.
func (c *cprd) reference(id string) string {
	if id == "" {
		return ""
	}
	return strconv.FormatInt(c.key.record(id).number(), 10)
}

func (c *cprd) observation(o *cprdEntry) {
	s := c.sheets[cprdObservation]
	s.plain(c.patid)
	s.plain(c.reference(o.visit))
	s.plain(c.pracid)
	s.number(o.key.number())
	s.date(o.date)
	s.date(o.recorded)
	s.plain(c.staff[o.clinician])
	s.skip(1)
	s.plain(c.medcode(o.code, o.system))
	s.real(o.value, o.hasValue)
	unit, _ := c.units.number(o.unit)
	s.plain(unit)
	kind := o.kind
	if kind == "" {
		kind = "Observation"
	}
	s.plain(cprdNumber("ObsType", kind))
	s.skip(2)
	s.plain(c.reference(o.problem))
	s.end()
}

// allergy: the code of the entry, else that of the agent; EMIS has one.
func (c *cprd) allergy(a *allergy) {
	o := cprdEntry{key: c.key.record(a.id), code: a.code, system: a.system, kind: "Allergy", date: a.onset, recorded: a.recorded}
	if a.code == "" {
		o.code, o.system = a.agent, "sct" // dm+d is a part of SNOMED CT
	}
	if a.degraded {
		o.code, o.system = degradedAllergy, "sct"
	}
	if o.date == none {
		o.date = a.recorded
	}
	c.observation(&o)
}

// problem is an observation and, under the same number, how it stands.
func (c *cprd) problem(r *problem) {
	o := cprdEntry{key: c.key.record(r.id), code: r.code, system: r.system, date: r.onset, recorded: r.onset}
	c.observation(&o)
	s := c.sheets[cprdProblem]
	s.plain(c.patid)
	s.number(o.key.number())
	s.plain(c.pracid)
	s.skip(1)
	s.date(r.end)
	s.skip(1)
	s.date(r.reviewed)
	s.skip(2)
	if r.status == "active" {
		s.plain(cprdNumber("ProbStatus", "Active"))
	} else {
		s.plain(cprdNumber("ProbStatus", "Past"))
	}
	if r.significance == "major" {
		s.plain(cprdNumber("Sign", "Significant Problem"))
	} else {
		s.plain(cprdNumber("Sign", "Minor Problem"))
	}
	s.end()
}

// referral is an observation and what is further known of it.
func (c *cprd) referral(r *referral) {
	o := cprdEntry{key: c.key.record(r.id), code: r.code, system: "sct", kind: "Referral", date: r.date, recorded: r.date, clinician: r.clinician}
	c.observation(&o)
	s := c.sheets[cprdReferral]
	s.plain(c.patid)
	s.number(o.key.number())
	s.plain(c.pracid)
	s.skip(2)
	s.plain(cprdNumber("RefUrgency", map[string]string{"routine": "Routine", "urgent": "Urgent", "two_week_wait": "2 Week Wait"}[r.urgency]))
	s.skip(1)
	s.plain(cprdNumber("RefMode", map[string]string{"ers": "NHS e-Referral", "letter": "Written"}[r.mode]))
	s.end()
}

func (c *cprd) consultation(v *consultation) {
	s := c.sheets[cprdConsultation]
	s.plain(c.patid)
	s.number(c.key.record(v.id).number())
	s.plain(c.pracid)
	s.date(v.date)
	s.date(v.recorded)
	s.plain(c.staff[v.clinician])
	s.skip(3)
	s.end()
}

// product is the number of a drug in the dictionary; typed drugs have one too, without
// a dm+d code.
func (c *cprd) product(dmd string) string {
	id := strconv.FormatInt(keyOf("product").of(dmd).number(), 10)
	if !c.drugs[dmd] {
		c.drugs[dmd] = true
		s := c.sheets[cprdProduct]
		s.plain(id)
		s.plain(dmd)
		s.plain("Made-up drug " + id)
		s.plain("Made-up drug " + id)
		s.skip(6)
		s.end()
	}
	return id
}

func (c *cprd) dosage(text string) string {
	id, isNew := c.doses.number(text)
	if isNew {
		s := c.sheets[cprdDosages]
		s.plain(id)
		s.plain(text)
		s.end()
	}
	return id
}

func (c *cprd) issues(p *patient) {
	for i := range p.issues {
		v := &p.issues[i]
		s := c.sheets[cprdDrugIssue]
		s.plain(c.patid)
		s.number(c.key.record(v.id).number())
		s.plain(c.pracid)
		s.skip(1)
		s.plain(c.reference(v.medication))
		s.date(v.date)
		s.date(v.date)
		s.plain(c.staff[v.prescriber])
		s.plain(c.product(v.dmd))
		s.plain(c.dosage(v.dosage))
		s.plain("28")
		s.skip(1)
		s.plain("28")
		s.skip(1)
		s.end()
	}
}
