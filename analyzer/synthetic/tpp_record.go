package synthetic

import "strconv"

// A coded is a row of SRCode.
type coded struct {
	key            key
	date, recorded day
	clinician      string
	ctv3           ctv3
	sct, term      string // no term: a made-up one
	value          float64
	hasValue       bool
	unit           string
	event          key // of IDEvent; zero for none
}

// codedRow writes an entry, and beside some another organisation's.
func (t *tpp) codedRow(c *coded) {
	t.codedOf(c, &t.here)
	if shares(c.key) {
		other := *c
		other.key, other.event = c.key.of(sharing), 0
		t.codedOf(&other, &t.there)
	}
}

// shares reports whether another organisation's row stands beside.
func shares(k key) bool { return mix(uint64(k)^0x5a4e)%50 == 0 }

func (t *tpp) codedOf(c *coded, at *tppPlace) {
	s := t.sheets[tppCode]
	t.begin(s, c.key, at.ods, c.recorded, c.date, c.clinician)
	t.code(s, c)
	t.truth(s, c.hasValue)
	s.real(c.value, c.hasValue)
	s.plain(c.unit)
	s.skip(3)
	s.identity(c.event)
	s.cells(at.coded)
	s.end()
}

// code adds the code in both systems, each with its term, and no further one.
func (t *tpp) code(s *sheet, c *coded) {
	if c.ctv3 == (ctv3{}) {
		s.skip(5)
		return
	}
	s.plain(string(c.ctv3[:]))
	from := len(s.buf)
	if c.term == "" {
		s.madeUpTerm(c.ctv3[:])
	} else {
		s.text(c.term)
	}
	term := s.buf[from:]
	s.plain(c.sct)
	if c.sct == "" {
		s.skip(2)
		return
	}
	s.again(term)
	s.skip(1)
}

// entry is a coded row of a SNOMED CT code, or of a local one.
func (t *tpp) entry(k key, code, system string, d, recorded day) coded {
	c := coded{key: k, date: d, recorded: recorded}
	switch {
	case code == "":
	case system == "local":
		c.ctv3 = ctv3([]byte("Y" + strconv.FormatUint(uint64(keyOf(code))%9000+1000, 10)))
	case system == "ctv3":
		copy(c.ctv3[:], code)
	default:
		c.ctv3, c.sct = madeUpCTV3(code), code
	}
	return c
}

// known is a coded row of a code whose forms are published.
func (t *tpp) known(k key, code knownCode, d, recorded day) coded {
	return coded{key: k, date: d, recorded: recorded, ctv3: ctv3([]byte(code.ctv3)), sct: code.sct, term: code.term}
}

// reference is the key of a record that another names; zero for none.
func (t *tpp) reference(id string) key {
	if id == "" {
		return 0
	}
	return t.key.record(id)
}

func (t *tpp) contact(c *consultation) {
	k := t.key.record(c.id)
	t.contactOf(k, c, &t.here)
	if shares(k) {
		t.contactOf(k.of(sharing), c, &t.there)
	}
}

func (t *tpp) contactOf(k key, c *consultation, at *tppPlace) {
	s := t.sheets[tppEvent]
	s.identity(k)
	s.plain(t.ods)
	t.entered(s, c.recorded, c.date, k)
	s.cells(t.member(c.clinician).cells)
	s.plain("1")
	s.skip(1)
	s.plain(at.ods)
	s.skip(2)
	s.cells(t.contactCells(c.kind))
	s.cells(at.contact)
	s.end()
}

// contactCells are where and how a contact of a kind was.
func (t *tpp) contactCells(kind string) cells {
	made, ok := t.contacts[kind]
	if !ok {
		method := map[string]string{"surgery": "Face to face", "telephone": "Telephone", "online": "Online", "visit": "Home visit",
			"administrative": "Administration"}[kind]
		made = t.hand.cells(func(s *sheet) {
			s.plain(t.option("Contact Event Location", map[bool]string{true: "Patient's home", false: "GP surgery"}[kind == "visit"]))
			s.plain(t.option("Contact Method", method))
			s.plain("FALSE")
			t.truth(s, kind != "administrative")
			s.skip(1)
		})
		t.contacts[kind] = made
	}
	return made
}

func (t *tpp) event(v *event) {
	code := v.code
	if v.degraded {
		code = degradedEntry
	}
	c := t.entry(t.key.record(v.id), code, v.system, v.date, v.recorded)
	c.clinician, c.value, c.hasValue, c.unit, c.event = v.clinician, v.value, v.hasValue, v.unit, t.reference(v.consultation)
	t.codedRow(&c)
}

func (t *tpp) result(r *result) {
	c := t.entry(t.key.record(r.id), r.code, r.system, r.date, r.date)
	c.value, c.hasValue, c.unit = r.value, true, r.unit
	t.codedRow(&c)
}

func (t *tpp) ethnicity(p *patient) {
	if code, ok := ethnicCodes[p.ethnicity]; ok {
		c := t.known(t.key.of("ethnicity"), code, p.ethnicityRecorded, p.ethnicityRecorded)
		t.codedRow(&c)
	}
}

func (t *tpp) consent(d *consent) {
	if code := summaryCodes[d.decision]; code.ctv3 != "" {
		c := t.known(t.key.record(d.id), code, d.decided, d.recorded)
		t.codedRow(&c)
	}
}

// problem is a coded entry and how it stands; it has no status but an end.
func (t *tpp) problem(r *problem) {
	k := t.key.record(r.id)
	c := t.entry(k, r.code, r.system, r.onset, r.onset)
	t.codedOf(&c, &t.here)
	s := t.sheets[tppProblem]
	t.begin(s, k.of("problem"), t.ods, r.onset, r.onset, "")
	if r.code == "" {
		s.skip(1)
	} else {
		s.plain(string(c.ctv3[:]))
	}
	t.midnight(s, r.end)
	s.plain(t.static("Severity", map[bool]string{true: "Major", false: "Minor"}[r.significance == "major"]))
	s.identity(k)
	s.skip(1)
	s.plain(t.id)
	s.skip(1)
	s.plain(t.ods)
	s.plain(t.ods)
	s.end()
}

// allergy: to a drug, a sensitivity; all others and statements are coded entries.
func (t *tpp) allergy(a *allergy) {
	k := t.key.record(a.id)
	if a.category != "drug" {
		d := a.onset
		if d == none {
			d = a.recorded
		}
		c := t.entry(k, a.code, a.system, d, a.recorded)
		t.codedRow(&c)
		return
	}
	s := t.sheets[tppDrugSensitivity]
	t.begin(s, k, t.ods, a.recorded, a.recorded, "")
	t.midnight(s, a.onset)
	t.midnight(s, a.ended)
	s.plain("FALSE")
	switch { // a drug, a group of drugs, or a text
	case a.agent != "":
		s.number(keyOf(a.agent).number() % 1_000_000)
		s.skip(1)
	case a.code != "":
		s.skip(1)
		s.number(keyOf(a.code).number() % 10_000)
	default:
		s.skip(2)
	}
	s.skip(2)
	s.plain(t.id)
	s.plain(t.ods)
	s.plain(t.ods)
	if a.agent == "" && a.code == "" {
		s.plain(textualDrug)
	} else {
		s.plain("Made-up drug " + syllables(keyOf(a.agent), 4))
	}
	s.end()
}

// textualDrug is the name of a drug that was typed and not coded.
const textualDrug = "TEXTUAL DRUG : made-up mixture"

// document is a file of the record; what was coded from it is of its event.
func (t *tpp) document(d *document) {
	k := t.key.record(d.id)
	visit := k.of("event")
	t.contactOf(visit, &consultation{date: d.received, recorded: d.received, kind: "administrative"}, &t.here)
	s := t.sheets[tppMedia]
	s.identity(k)
	s.plain(t.ods)
	s.plain(k.of("document").guid()[1:37])
	s.plain(t.id)
	s.identity(visit)
	t.midnight(s, d.dated)
	s.number(t.staff[0].person)
	t.clocked(s, d.received, k)
	s.number(t.staff[0].profile)
	s.plain(t.ods)
	s.plain("letter.pdf")
	s.number(int64(k>>40) % 900_000)
	s.skip(3)
	s.plain("Made-up Hospital")
	s.skip(4)
	s.skip(1)
	s.plain(map[bool]string{true: "Inbound", false: "Outbound"}[d.direction == "in"])
	s.plain(t.option("Communication Type", "Letter"))
	s.plain(t.ods)
	s.plain(t.ods)
	s.end()
	for i := range d.codedEntries {
		c := t.entry(k.of("entry")+key(i), t.m.words.findings[(uint64(k)+uint64(i))%97], "sct", d.dated, d.received)
		c.event = visit
		t.codedOf(&c, &t.here)
	}
}

func (t *tpp) referral(r *referral) {
	k := t.key.record(r.id)
	s := t.sheets[tppReferralOut]
	t.begin(s, k, t.ods, r.date, r.date, r.clinician)
	s.plain(t.static("Referral Type", "Outpatient"))
	s.plain(t.option("Referral Reason", "Assessment"))
	s.number(t.member(r.clinician).profile)
	s.plain(t.static("Service Offered", "Made-up clinic"))
	s.plain("FALSE")
	s.plain(t.option("Referral Urgency", map[string]string{"routine": "Routine", "urgent": "Urgent", "two_week_wait": "2 Week Wait"}[r.urgency]))
	made := madeUpCTV3(r.code)
	s.plain(string(made[:]))
	s.plain(r.code)
	s.plain(hospital)
	s.plain(t.static("Recipient ID Type", "Organisation"))
	s.skip(1)
	s.plain(t.id)
	s.plain(t.ods)
	s.skip(1)
	s.plain(t.ods)
	s.end()
}
