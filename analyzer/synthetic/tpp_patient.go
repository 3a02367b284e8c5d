package synthetic

import "strconv"

// patient writes all rows of a patient.
func (t *tpp) patient(p *patient) error {
	t.key, t.id = keyOf(p.id), strconv.FormatInt(tppPatientID(p), 10)
	t.here, t.there = t.place(t.ods), t.place(sharing)
	t.person(p)
	for i := range p.registrations {
		t.registration(p, &p.registrations[i])
	}
	t.whereabouts(p)
	for i := range p.consultations {
		t.contact(&p.consultations[i])
	}
	t.ethnicity(p)
	for i := range p.problems {
		t.problem(&p.problems[i])
	}
	for i := range p.events {
		t.event(&p.events[i])
	}
	for i := range p.results {
		t.result(&p.results[i])
	}
	for i := range p.allergies {
		t.allergy(&p.allergies[i])
	}
	for i := range p.documents {
		t.document(&p.documents[i])
	}
	for i := range p.consents {
		t.consent(&p.consents[i])
	}
	for i := range p.referrals {
		t.referral(&p.referrals[i])
	}
	t.drugs(p)
	return t.sheets.failed()
}

// tppPatientID is a number of four bytes, as SystmOne's is.
func tppPatientID(p *patient) int64 {
	id := int64(p.practice.number%1000)*2_000_000 + int64(p.n)*2 + 1000
	if p.second {
		id++
	}
	return id
}

func (t *tpp) person(p *patient) {
	s := t.sheets[tppPatient]
	s.plain(t.id)
	s.plain(t.ods)
	s.plain("Mx")
	s.text(givenName(p))
	s.skip(1)
	s.text(surname(p))
	s.skip(1)
	s.plain(p.nhsNumber)
	t.moment(s, p.born, " 00:00") // this file alone has no seconds
	t.moment(s, p.died, " 00:00")
	s.skip(1)
	s.plain(p.sex)
	s.plain(t.static("Speaks English", "Yes"))
	s.plain("nobody@example.invalid")
	t.truth(s, p.dummy)
	s.skip(1)
	t.truth(s, p.nhsStatus == "01")
	s.end()
}

func (t *tpp) registration(p *patient, r *registration) {
	k := t.key.record(r.id)
	s := t.sheets[tppPatientRegistration]
	s.identity(k)
	s.plain(t.ods)
	t.clocked(s, r.start, k)
	s.number(t.staff[0].profile)
	t.midnight(s, r.start)
	t.midnight(s, r.end)
	s.text(registrationStatus(p, r))
	s.skip(1)
	s.plain(t.id)
	s.plain(t.ods)
	s.plain(t.ods)
	s.end()

	s = t.sheets[tppGPPracticeHistory]
	s.identity(k.of("doctor"))
	s.plain(t.ods)
	s.plain(t.ods)
	if p.usualGP == "" {
		s.skip(1)
	} else {
		s.number(t.member(p.usualGP).profile)
	}
	s.date(r.start)
	s.date(r.end)
	s.plain(t.id)
	s.end()
}

// registrationStatus is one of the texts that were seen, some of which are lists.
func registrationStatus(p *patient, r *registration) string {
	switch {
	case r.kind == "temporary" && p.n%2 == 0:
		return "Temporary Resident < 16 days"
	case r.kind == "temporary":
		return "Temporary Resident 16 days to 3 months"
	case p.n%50 == 9:
		return "GMS,Contraception"
	}
	return "GMS"
}

// whereabouts writes an address and a telephone number.
func (t *tpp) whereabouts(p *patient) {
	start := p.registrations[0].start
	k := t.key.of("address")
	s := t.sheets[tppPatientAddressHistory]
	t.begin(s, k, t.ods, start, start, "")
	s.skip(1)
	s.number(int64(p.n)%200 + 1)
	s.plain("Nowhere Street")
	s.skip(1)
	s.plain("Madeup")
	s.skip(1)
	s.plain(madeUpPostcode)
	s.skip(1)
	s.plain(t.static("Address Type", "Home"))
	s.skip(1)
	s.plain(t.id)
	s.plain(t.ods)
	s.skip(1)
	s.plain(t.ods)
	s.end()
	s = t.sheets[tppPatientContactDetails]
	t.begin(s, t.key.of("telephone"), t.ods, start, start, "")
	s.plain(t.static("Contact Type", "Home"))
	s.plain(madeUpPhone)
	s.skip(1)
	s.plain(t.id)
	s.plain(t.ods)
	s.plain(t.ods)
	s.end()
}

// begin adds the cells that most rows begin with: whose row it is, when it was
// entered, of when it is, and who did it where. A row without a clinician was entered
// by the first doctor.
func (t *tpp) begin(s *sheet, k key, organisation string, recorded, d day, clinician string) {
	s.identity(k)
	s.plain(t.ods)
	t.entered(s, recorded, d, k)
	s.cells(t.member(clinician).cells)
	s.skip(1)
	s.plain(organisation)
}
