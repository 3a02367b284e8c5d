package synthetic

// An observation is a row of EMIS's widest file. The zero key is an empty cell.
type observation struct {
	key                             key
	date, recorded                  day
	clinician                       *staffKey // nil for none
	code                            codeNumber
	problem, consultation, document key
	value                           float64
	hasValue, abnormal              bool
	unit, kind                      string
}

func (e *emis) observation(o *observation) {
	for _, t := range e.tell(o.key, o.recorded) {
		if t.as == gone {
			e.deleted(t, emisObservation, t.ghost(o.key).guid(), e.patientCell, e.org.text)
			continue
		}
		e.observationRow(t, o)
	}
}

func (e *emis) observationRow(t telling, o *observation) {
	s := e.sheet(t, emisObservation)
	s.guid(t.ghost(o.key))
	e.owner(s)
	e.moment(s, o.date, o.recorded, o.key)
	if o.clinician == nil {
		s.skip(3)
	} else {
		s.cells(o.clinician.both)
		s.skip(1)
	}
	code := o.code
	if t.as == former {
		code = e.codes.of(findings, e.m.words.findings[0], "sct")
	}
	s.code(code)
	s.guid(o.problem)
	s.guid(o.consultation)
	s.real(o.value, o.hasValue)
	s.plain(o.unit)
	s.plain(o.kind)
	s.skip(2)
	s.guid(o.document)
	if o.abnormal {
		s.cells(cells{",true,,,false,false,", 6})
	} else {
		s.cells(cells{",false,,,false,false,", 6})
	}
	e.end(t, s)
}

// moment adds when something was so and when it was entered.
func (e *emis) moment(s *sheet, d, recorded day, k key) {
	if d == none {
		s.cells(cells{",U,", 2})
	} else {
		s.date(d)
		s.cells(cells{"YMD,", 1})
	}
	s.date(recorded)
	s.clock(k)
}

// reference is the key of a record that another names; zero for none.
func (e *emis) reference(id string) key {
	if id == "" {
		return 0
	}
	return e.patientKey.record(id)
}

func (e *emis) event(v *event) {
	in, kind := findings, "Observation"
	switch v.kind {
	case "value":
		in, kind = biologicalValues, "Value"
	case "test":
		in, kind = biochemistry, "Investigation"
	case "family_history":
		in, kind = familyHistory, "Family History"
	case "immunisation":
		in, kind = immunisations, "Immunisation"
	case "administrative":
		in = administration
	}
	code := v.code
	if v.degraded {
		code = degradedEntry
	}
	e.observation(&observation{
		key: e.patientKey.record(v.id), date: v.date, recorded: v.recorded, clinician: e.clinician(v.clinician), code: e.codes.of(in, code, v.system),
		problem: e.reference(v.problem), consultation: e.reference(v.consultation), value: v.value, hasValue: v.hasValue, unit: v.unit, kind: kind,
	})
}

func (e *emis) result(r *result) {
	e.observation(&observation{
		key: e.patientKey.record(r.id), date: r.date, recorded: r.date, code: e.codes.of(biochemistry, r.code, r.system),
		value: r.value, hasValue: true, abnormal: r.abnormal, unit: r.unit, kind: "Investigation",
	})
}

// allergy: the code of the entry, else that of the agent; EMIS has one.
func (e *emis) allergy(a *allergy) {
	in, code := otherAllergies, a.code
	if a.category == "drug" {
		in = drugAllergies
	}
	if code == "" {
		code = a.agent
	}
	if a.degraded {
		code = degradedAllergy
	}
	e.observation(&observation{key: e.patientKey.record(a.id), date: a.onset, recorded: a.recorded, code: e.codes.of(in, code, a.system), kind: "Allergy"})
}

func (e *emis) ethnicity(p *patient) {
	k, ok := ethnicCodes[p.ethnicity]
	if !ok {
		return
	}
	e.observation(&observation{key: e.patientKey.of("ethnicity"), date: p.ethnicityRecorded, recorded: p.ethnicityRecorded,
		code: e.codes.known(ethnicities, k), kind: "Observation"})
}

// document is as many observations as were coded from it, and at least one.
func (e *emis) document(d *document) {
	k := e.patientKey.record(d.id)
	for i := range max(d.codedEntries, 1) {
		o := observation{key: k, date: d.dated, recorded: d.received, document: k.of("document"), kind: "Document"}
		if d.filed != none {
			o.recorded = d.filed
		}
		if d.codedEntries > 0 {
			o.code = e.codes.of(letters, e.m.words.findings[(uint64(k)+uint64(i))%97], "sct")
		}
		if i > 0 {
			o.key, o.kind = k+key(i), "Observation"
		}
		e.observation(&o)
	}
}

func (e *emis) consent(c *consent) {
	e.observation(&observation{key: e.patientKey.record(c.id), date: c.decided, recorded: c.recorded,
		code: e.codes.known(administration, summaryCodes[c.decision]), kind: "Observation"})
}

// referral is an observation and what is further known of it.
func (e *emis) referral(r *referral) {
	o := observation{key: e.patientKey.record(r.id), date: r.date, recorded: r.date, clinician: e.clinician(r.clinician),
		code: e.codes.of(referred, r.code, "sct"), kind: "Referral"}
	e.observation(&o)
	for _, t := range e.tell(o.key, o.recorded) {
		if t.as == passing || t.as == gone {
			continue
		}
		s := e.sheet(t, emisObservationReferral)
		s.guid(o.key)
		e.owner(s)
		s.guid(keyOf(hospital))
		s.plain(map[string]string{"routine": "Routine", "urgent": "Urgent", "two_week_wait": "2 Week Wait"}[r.urgency])
		s.plain("Assessment")
		s.plain(map[string]string{"ers": "NHS e-Referral", "letter": "Written"}[r.mode])
		s.skip(5)
		s.plain(r.ubrn)
		s.skip(7)
		e.end(t, s)
	}
}

// problem is an observation and, under the same identifier, how it stands.
func (e *emis) problem(r *problem) {
	o := observation{key: e.patientKey.record(r.id), date: r.onset, recorded: r.onset, code: e.codes.of(findings, r.code, r.system), kind: "Observation"}
	e.observation(&o)
	for _, t := range e.tell(o.key, o.recorded) {
		if t.as == gone {
			e.deleted(t, emisProblem, t.ghost(o.key).guid(), e.patientCell, e.org.text)
			continue
		}
		s := e.sheet(t, emisProblem)
		s.guid(t.ghost(o.key))
		e.owner(s)
		s.skip(1)
		s.flag(false)
		s.date(r.end)
		if r.end == none {
			s.skip(2)
		} else {
			s.plain("YMD")
			s.skip(1)
		}
		s.date(r.reviewed)
		if r.reviewed == none {
			s.skip(1)
		} else {
			s.plain("YMD")
		}
		s.skip(2)
		if (r.status == "active") == (t.as != former) {
			s.plain("Active Problem")
		} else {
			s.plain("Past Problem")
		}
		if r.significance == "major" {
			s.plain("Significant Problem")
		} else {
			s.plain("Minor Problem")
		}
		e.end(t, s)
	}
}
