package synthetic

// contactTerms are where and how a contact was, by the word of the schema: the
// source term and the type that EMIS gives.
func contactTerms(kind string) (source, contact string) {
	switch kind {
	case "surgery":
		return "GP Surgery", "GP Consultation"
	case "telephone":
		return "Telephone call to patient", "Telephone"
	case "online":
		return "Online consultation", "Online"
	case "visit":
		return "Home visit", "Home Visit"
	}
	return "Administration note", "Administration"
}

// consultation writes a contact; a third of those that people book have a slot.
func (e *emis) consultation(c *consultation) {
	k := e.patientKey.record(c.id)
	var slot key
	if (c.kind == "surgery" || c.kind == "telephone") && uint64(k)%3 == 0 && len(e.staff) > 0 {
		slot = k.of("slot")
		e.slot(c, slot)
	}
	source, contact := contactTerms(c.kind)
	clinician := e.clinician(c.clinician)
	for _, t := range e.tell(k, c.recorded) {
		if t.as == gone {
			e.deleted(t, emisConsultation, t.ghost(k).guid(), e.patientCell, e.org.text)
			continue
		}
		s := e.sheet(t, emisConsultation)
		s.guid(t.ghost(k))
		e.owner(s)
		e.moment(s, c.date, c.recorded, k)
		s.cells(clinician.both)
		s.guid(slot)
		s.plain(source)
		s.skip(1)
		s.flag(t.as != former)
		s.plain(contact)
		s.cells(cells{"false,false,", 2})
		e.end(t, s)
	}
}

// slot writes the appointment of a contact, and its session where it is the
// first of it.
func (e *emis) slot(c *consultation, slot key) {
	doctor := e.org.key.of(c.clinician)
	k := doctor + key(uint32(c.date))
	t := telling{set: e.setOf(c.recorded)}
	if e.removedIn > 0 && t.set >= e.removedIn {
		return
	}
	among, bit := doctor+key(uint32(c.date)/64), uint64(1)<<(uint32(c.date)%64)
	if e.sessions[among]&bit == 0 {
		e.sessions[among] |= bit
		e.session(t, k, c)
	}
	s := e.sheet(t, emisSlot)
	s.guid(slot)
	s.date(c.date)
	s.clock(slot)
	s.number(10)
	s.plain(e.patientCell)
	s.skip(2)
	s.flag(false)
	s.number(int64(slot>>8) % 20)
	s.number(int64(slot>>16) % 20)
	s.number(int64(slot>>24)%10 + 5)
	s.plain(e.org.text)
	s.guid(k)
	s.skip(1)
	s.date(c.date)
	s.clock(slot + 1)
	s.plain("Left")
	s.plain("Made-up slot")
	s.flag(false)
	s.plain("Practice")
	s.skip(2)
	if c.kind == "telephone" {
		s.plain("Telephone")
	} else {
		s.plain("In person")
	}
	s.flag(false)
	s.skip(2)
	s.plain("General Consultation Routine")
	s.skip(1)
	s.flag(false)
	e.end(t, s)
}

func (e *emis) session(t telling, k key, c *consultation) {
	s := e.sheet(t, emisSession)
	s.guid(k)
	s.plain("Made-up surgery session")
	s.guid(e.org.key.of("place"))
	s.plain("Timed appointments")
	s.plain("General")
	s.date(c.date)
	s.plain("08:00:00")
	s.date(c.date)
	s.plain("18:00:00")
	s.flag(false)
	s.plain(e.org.text)
	s.flag(false)
	e.end(t, s)
	s = e.sheet(t, emisSessionUser)
	s.guid(k)
	s.plain(e.clinician(c.clinician).cell.text)
	s.flag(false)
	e.end(t, s)
}
