package synthetic

// prescriptionTypes are EMIS's words for those of the schema.
var prescriptionTypes = map[string]string{"acute": "Acute", "repeat": "Repeat", "repeat_dispensing": "Repeat Dispensing"}

// issuedBy is EMIS's word for how an issue left the practice.
func issuedBy(method string) string {
	switch method {
	case "electronic":
		return "Electronic"
	case "printed":
		return "Print Script"
	}
	return "Handwritten"
}

// course writes a drug record of the patient in the cell patient.
func (e *emis) course(c *medication, patient string) {
	k := e.patientKey.record(c.id)
	clinician := e.clinician(c.prescriber)
	for _, t := range e.tell(k, c.start) {
		if t.as == gone {
			e.deleted(t, emisDrugRecord, t.ghost(k).guid(), patient, e.org.text)
			continue
		}
		s := e.sheet(t, emisDrugRecord)
		s.guid(t.ghost(k))
		s.plain(patient)
		s.plain(e.org.text)
		e.moment(s, c.start, c.start, k)
		s.cells(clinician.both)
		s.code(e.codes.drug(c.dmd))
		s.text(c.dosage)
		s.real(c.quantity, c.quantity > 0)
		s.plain(c.unit)
		s.guid(e.reference(c.indication))
		s.plain(prescriptionTypes[c.kind])
		s.flag((c.status == "active") == (t.as != former))
		s.date(c.end)
		s.skip(1)
		if c.kind == "acute" {
			s.number(1)
		} else {
			s.number(12)
		}
		s.flag(false)
		s.flag(false)
		s.skip(1)
		e.end(t, s)
	}
}

// issues writes the issues of p, which come course by course: each has the
// review date of its own.
func (e *emis) issues(p *patient) {
	at, course := 0, (*medication)(nil)
	for i := range p.issues {
		v := &p.issues[i]
		if course == nil || course.id != v.medication {
			course = nil
			for range p.medications {
				if c := &p.medications[at]; c.id == v.medication {
					course = c
					break
				}
				at = (at + 1) % len(p.medications)
			}
		}
		e.issue(v, course)
	}
}

// issue writes an issue; its course may be missing.
func (e *emis) issue(v *issue, c *medication) {
	k := e.patientKey.record(v.id)
	clinician := e.clinician(v.prescriber)
	for _, t := range e.tell(k, v.date) {
		if t.as == gone {
			e.deleted(t, emisIssueRecord, t.ghost(k).guid(), e.patientCell, e.org.text)
			continue
		}
		s := e.sheet(t, emisIssueRecord)
		s.guid(t.ghost(k))
		e.owner(s)
		s.guid(e.reference(v.medication))
		e.moment(s, v.date, v.date, k)
		s.cells(clinician.both)
		if t.as == former {
			s.code(e.codes.drug(""))
		} else {
			s.code(e.codes.drug(v.dmd))
		}
		s.text(v.dosage)
		reviewed := none
		if c == nil {
			s.skip(3)
		} else {
			s.real(c.quantity, c.quantity > 0)
			s.plain(c.unit)
			s.guid(e.reference(c.indication))
			reviewed = c.reviewDue
		}
		s.cells(cells{"28,3.21,false,,,,,,false,false,,,,,", 14})
		s.date(reviewed)
		s.plain(issuedBy(v.method))
		s.flag(false)
		e.end(t, s)
	}
}

// diary writes when the patient's medicines are next to be reviewed.
func (e *emis) diary(p *patient) {
	due := none
	for i := range p.medications {
		due = max(due, p.medications[i].reviewDue)
	}
	if due == none {
		return
	}
	k := e.patientKey.of("diary")
	code, system := e.m.words.first("medication-review")
	t := telling{set: len(e.sets) - 1}
	if e.removedIn > 0 {
		return
	}
	s := e.sheet(t, emisDiary)
	s.guid(k)
	e.owner(s)
	e.moment(s, due, e.m.asOf, k)
	s.cells(e.staff[0].both)
	s.code(e.codes.of(administration, code, system))
	s.skip(3)
	s.flag(false)
	s.flag(false)
	s.flag(true)
	s.flag(false)
	s.skip(1)
	e.end(t, s)
}
