package synthetic

// patient writes all rows of a patient; and before, where there are sets of
// changes and the draw falls on it, a second record that a later set deletes.
func (e *emis) patient(p *patient) error {
	if set, ok := e.goes(p); ok {
		e.removedIn = set
		e.record(p, keyOf(p.id).of("ghost"))
		e.removedIn = 0
		e.deleted(telling{set: set}, emisPatient, e.patientCell, e.org.text)
	}
	e.record(p, keyOf(p.id))
	return e.all.failed()
}

// record writes the rows of p under the key of a patient.
func (e *emis) record(p *patient, k key) {
	e.patientKey = k
	e.patientCell = k.guid()
	e.ownerCells = cells{e.patientCell + "," + e.org.text + ",", 2}
	e.registration(p)
	for i := range p.consultations {
		e.consultation(&p.consultations[i])
	}
	e.ethnicity(p)
	for i := range p.problems {
		e.problem(&p.problems[i])
	}
	for i := range p.events {
		e.event(&p.events[i])
	}
	for i := range p.results {
		e.result(&p.results[i])
	}
	for i := range p.allergies {
		e.allergy(&p.allergies[i])
	}
	for i := range p.documents {
		e.document(&p.documents[i])
	}
	for i := range p.consents {
		e.consent(&p.consents[i])
	}
	for i := range p.referrals {
		e.referral(&p.referrals[i])
	}
	for i := range p.medications {
		e.course(&p.medications[i], e.patientCell)
	}
	for i := range p.strays {
		e.course(&p.strays[i], k.of("nobody").guid())
	}
	e.issues(p)
	e.diary(p)
}

// registration writes the patient, with the latest registration, and its history.
func (e *emis) registration(p *patient) {
	r := &p.registrations[len(p.registrations)-1]
	for _, t := range e.tell(e.patientKey, r.start) {
		if t.as == passing || t.as == gone { // see goes
			continue
		}
		e.patientRow(t, p, r)
	}
	for _, t := range e.tell(e.patientKey, r.start) {
		if t.as != whole {
			continue
		}
		s := e.sheet(t, emisRegistrationAudit)
		e.owner(s)
		s.date(r.start)
		s.clock(e.patientKey)
		s.plain(e.staff[0].cell.text)
		s.plain("Insert")
		e.end(t, s)
		s = e.sheet(t, emisPatientAudit)
		s.guid(e.patientKey.of("audit"))
		e.owner(s)
		s.date(r.start)
		s.clock(e.patientKey)
		s.plain(e.staff[0].cell.text)
		s.plain("Patient")
		s.plain("Insert")
		e.end(t, s)
		e.history(t, r.start, "Patient registered")
		if r.end != none {
			status := "Deducted"
			if r.endReason == "death" {
				status = "Death"
			}
			e.history(t, r.end, status)
		}
	}
}

func (e *emis) patientRow(t telling, p *patient, r *registration) {
	s := e.sheet(t, emisPatient)
	e.owner(s)
	s.plain(e.clinician(p.usualGP).cell.text)
	s.plain(p.sex)
	s.date(p.born)
	s.date(p.died)
	s.plain("Mx")
	s.text(givenName(p))
	s.skip(1)
	s.text(surname(p))
	s.date(r.start)
	s.plain(p.nhsNumber)
	s.number(int64(p.n) + 1)
	switch {
	case t.as == former:
		s.plain("Private")
	case r.kind == "temporary":
		s.plain("Temporary")
	default:
		s.plain("Regular")
	}
	s.flag(p.dummy)
	s.number(int64(p.n)%200 + 1)
	s.plain("Nowhere Street")
	s.skip(1)
	s.plain("Madeup")
	s.skip(1)
	s.plain(madeUpPostcode)
	s.skip(4)
	s.guid(e.patientKey.of("person"))
	s.date(r.end)
	s.flag(false)
	s.flag(false)
	s.flag(false)
	s.plain("nobody@example.invalid")
	s.plain(madeUpPhone)
	s.plain("07700 900001")
	s.skip(4)
	e.end(t, s)
}

func (e *emis) history(t telling, d day, status string) {
	s := e.sheet(t, emisPatientHistory)
	if s == nil {
		return
	}
	e.owner(s)
	s.date(d)
	s.clock(e.patientKey)
	s.plain(status)
	e.end(t, s)
}

// owner adds the cells that say whose row it is.
func (e *emis) owner(s *sheet) {
	s.cells(e.ownerCells)
}

// givenName is invented; some have a letter beyond ASCII.
func givenName(p *patient) string {
	if p.n%40 == 7 {
		return "Invénted"
	}
	return "Invented"
}

// surname is one for each twin_key of the schema, which stands for it.
func surname(p *patient) string {
	if p.n%60 == 11 {
		return "O'" + syllables(keyOf(p.twinKey), 5) + ", made up"
	}
	return "Zz" + syllables(keyOf(p.twinKey), 5)
}
