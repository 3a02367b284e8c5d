package synthetic

// A jotting is a row of the journal, which holds all that is clinical. subset says
// what it means: A an acute, R a repeat authorised, S its issue, P a problem, I an
// immunisation, C a clinical entry, T a test, L an allergy.
type jotting struct {
	key                 key
	subset, episode     string
	date, recorded, end day
	read                readCode
	sct, dmd, bnf       string
	product             bool   // is named as one
	term                string // none: a made-up one
	hcp, text           string
	value               float64
	hasValue            bool
	unit, severity      string
	encounter, problem  key // zero for none, as document
	document            key
}

func (v *vision) jot(j *jotting) {
	s := v.sheets[visionJournal]
	s.plain(v.pid)
	s.identity(j.key)
	s.date(j.date)
	s.date(j.recorded)
	s.readCode(j.read)
	s.plain(j.sct)
	s.plain(j.bnf)
	v.dressed(s, j.hcp, j.key)
	if j.hcp == "" {
		s.skip(1)
	} else {
		s.plain("G")
	}
	s.skip(1)
	s.plain(j.episode)
	s.text(j.text)
	v.names(s, j)
	s.skip(9)
	s.real(j.value, j.hasValue)
	s.plain(j.unit)
	s.skip(3)
	s.date(j.end)
	v.clock(s, j.key)
	s.skip(2)
	s.plain(j.severity)
	s.links(j.encounter, j.problem)
	s.skip(1)
	s.plain(v.pr.id)
	s.plain("A")
	s.plain(j.subset)
	s.identity(j.document)
	s.end()
}

// names adds what names an entry or a product.
func (v *vision) names(s *sheet, j *jotting) {
	switch {
	case j.product && j.dmd == "":
		s.text(uncodedDrug)
	case j.product:
		s.open()
		s.buf = appendDrugName(s.buf, keyOf(j.dmd))
		s.shut()
	case j.term != "":
		s.text(j.term)
	case j.read == readCode{}:
		s.skip(1)
	default:
		s.madeUpTerm(j.read[:])
	}
	if !j.product {
		s.skip(4)
		return
	}
	s.cells(cells{"tablets,250mg,28,", 3})
	s.plain(j.dmd)
}

// A readCode is Read v2 with two characters of a term; the zero one is none.
type readCode [7]byte

func readOf(code string) (r readCode) {
	copy(r[copy(r[:], code):], "00")
	return r
}

func newReadCode(k key) (r readCode) {
	made := k.ctv3()
	copy(r[copy(r[:], made[:]):], "00")
	return r
}

func (s *sheet) readCode(r readCode) {
	if r == (readCode{}) {
		s.skip(1)
	} else {
		s.plain(string(r[:]))
	}
}

// coded fills the code of an entry: Read v2, and SNOMED CT beside it.
func (j *jotting) coded(code, system string) {
	switch {
	case code == "":
	case system == "read2":
		j.read = readOf(code)
	default:
		j.read, j.sct = newReadCode(keyOf(code)), code
	}
}

// reference is the key of a record that another names; zero for none.
func (v *vision) reference(id string) key {
	if id == "" {
		return 0
	}
	return v.key.record(id)
}

// links adds the numbers of an encounter and a problem as a row names them; zero
// for none.
func (s *sheet) links(encounter, problem key) {
	s.open()
	if encounter != 0 {
		s.buf = append(s.buf, 'E')
		s.digits(encounter.number())
	}
	if encounter != 0 && problem != 0 {
		s.buf = append(s.buf, '|')
	}
	if problem != 0 {
		s.digits(problem.number())
	}
	s.shut()
}

func (v *vision) journal(p *patient) {
	for i := range p.problems {
		r := &p.problems[i]
		j := jotting{key: v.key.record(r.id), subset: "P", episode: "F", date: r.onset, recorded: r.onset, end: r.end}
		j.coded(r.code, r.system)
		v.jot(&j)
	}
	for i := range p.events {
		v.event(&p.events[i])
	}
	for i := range p.results {
		r := &p.results[i]
		j := jotting{key: v.key.record(r.id), subset: "T", episode: "O", date: r.date, recorded: r.date, end: none,
			value: r.value, hasValue: true, unit: r.unit}
		j.coded(r.code, r.system)
		v.jot(&j)
	}
	for i := range p.allergies {
		v.allergy(&p.allergies[i])
	}
	for i := range p.consents {
		c := &p.consents[i]
		code := summaryCodes[c.decision]
		v.jot(&jotting{key: v.key.record(c.id), subset: "C", episode: "O", date: c.decided, recorded: c.recorded, end: none,
			read: readOf(code.read), term: code.term})
	}
	for i := range p.documents {
		v.document(&p.documents[i])
	}
	v.drugs(p)
}

func (v *vision) event(e *event) {
	j := jotting{key: v.key.record(e.id), subset: "C", episode: "O", date: e.date, recorded: e.recorded, end: none, hcp: e.clinician,
		value: e.value, hasValue: e.hasValue, unit: e.unit, encounter: v.reference(e.consultation), problem: v.reference(e.problem)}
	switch e.kind {
	case "value", "test":
		j.subset = "T"
	case "immunisation":
		j.subset = "I"
	}
	code := e.code
	if e.degraded {
		code = degradedEntry
	}
	j.coded(code, e.system)
	v.jot(&j)
}

func (v *vision) allergy(a *allergy) {
	j := jotting{key: v.key.record(a.id), subset: "L", episode: "O", date: a.onset, recorded: a.recorded, end: a.ended, severity: a.severity}
	if j.date == none {
		j.date = a.recorded
	}
	code := a.code
	if code == "" {
		code = a.agent
	}
	if a.degraded {
		code = degradedAllergy
	}
	j.coded(code, a.system)
	v.jot(&j)
}

// document is as many entries as were coded from it, and at least one.
func (v *vision) document(d *document) {
	k := v.key.record(d.id)
	for i := range max(d.codedEntries, 1) {
		j := jotting{key: k + key(i), subset: "C", episode: "O", date: d.dated, recorded: d.received, end: none,
			document: k.of("document")}
		if d.filed != none {
			j.recorded = d.filed
		}
		if d.codedEntries > 0 {
			j.coded(v.m.words.findings[(uint64(k)+uint64(i))%97], "sct")
		}
		v.jot(&j)
	}
}

func (v *vision) drugs(p *patient) {
	clear(v.acute)
	for i := range p.medications {
		c := &p.medications[i]
		v.acute[c.id] = c.kind == "acute"
		v.course(c)
	}
	pid := v.pid
	for i := range p.strays {
		v.pid = "-" + pid // nobody
		v.course(&p.strays[i])
	}
	v.pid = pid
	of, isAcute := "", false // issues come course by course
	for i := range p.issues {
		s := &p.issues[i]
		if i == 0 || s.medication != of {
			of, isAcute = s.medication, v.acute[s.medication]
		}
		if !isAcute { // an acute is its own issue
			v.drug(&jotting{key: v.key.record(s.id), subset: "S", episode: "I", date: s.date, recorded: s.date, end: none, bnf: s.bnf,
				dmd: s.dmd, hcp: s.prescriber, text: s.dosage, value: 28, hasValue: true})
		}
	}
}

func (v *vision) course(c *medication) {
	j := jotting{key: v.key.record(c.id), subset: "R", episode: "R", date: c.start, recorded: c.start, end: c.end, bnf: c.bnf,
		dmd: c.dmd, hcp: c.prescriber, text: c.dosage, value: c.quantity, hasValue: c.quantity > 0, unit: c.unit,
		problem: v.reference(c.indication)}
	if c.kind == "acute" {
		j.subset, j.episode = "A", "A"
	}
	v.drug(&j)
}

// drug writes a row with what names the product.
func (v *vision) drug(j *jotting) {
	if j.dmd != "" {
		j.read = newReadCode(keyOf(j.dmd))
		j.read[0] = 'z'
	}
	j.product = true
	v.jot(j)
}
