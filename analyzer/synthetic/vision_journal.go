package synthetic

import "strconv"

// A jotting is a row of the journal, which holds all that is clinical. subset says
// what it means: A an acute, R a repeat authorised, S its issue, P a problem, I an
// immunisation, C a clinical entry, T a test, L an allergy.
type jotting struct {
	key                       key
	subset, episode           string
	date, recorded, end       day
	read, sct, bnf, dmd       string
	hcp, text, rubric         string
	value                     float64
	hasValue                  bool
	unit, severity            string
	links, document           string
	form, strength, packaging string
}

func (v *vision) jot(j *jotting) {
	s := v.sheets[visionJournal]
	s.number(v.pid)
	s.number(j.key.number())
	s.date(j.date)
	s.date(j.recorded)
	s.plain(j.read)
	s.plain(j.sct)
	s.plain(j.bnf)
	s.text(v.dressed(j.hcp, j.key))
	if j.hcp == "" {
		s.skip(1)
	} else {
		s.plain("G")
	}
	s.skip(1)
	s.plain(j.episode)
	s.text(j.text)
	s.text(j.rubric)
	s.plain(j.form)
	s.plain(j.strength)
	s.plain(j.packaging)
	s.plain(j.dmd)
	s.skip(9)
	s.real(j.value, j.hasValue)
	s.plain(j.unit)
	s.skip(3)
	s.date(j.end)
	v.clock(s, j.key)
	s.skip(2)
	s.plain(j.severity)
	s.plain(j.links)
	s.skip(1)
	s.plain(v.pr.id)
	s.plain("A")
	s.plain(j.subset)
	s.plain(j.document)
	s.end()
}

// coded fills the code of an entry: Read v2 with two characters of a term, and SNOMED
// CT beside it.
func (j *jotting) coded(code, system string) {
	switch {
	case code == "":
		return
	case system == "read2":
		j.read = (code + "00")[:7]
	default:
		j.read, j.sct = madeUpCTV3(code)+"00", code
	}
	j.rubric = "Made-up term of entry " + j.read + ", no meaning"
}

// link is the number of a record as others name it: an encounter by a letter.
func (v *vision) link(prefix, id string) string {
	if id == "" {
		return ""
	}
	return prefix + strconv.FormatInt(v.key.record(id).number(), 10)
}

// linked joins links, of which some are empty.
func linked(one, two string) string {
	if one != "" && two != "" {
		return one + "|" + two
	}
	return one + two
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
			read: code.read + "00", rubric: code.term})
	}
	for i := range p.documents {
		v.document(&p.documents[i])
	}
	v.drugs(p)
}

func (v *vision) event(e *event) {
	j := jotting{key: v.key.record(e.id), subset: "C", episode: "O", date: e.date, recorded: e.recorded, end: none, hcp: e.clinician,
		value: e.value, hasValue: e.hasValue, unit: e.unit, links: linked(v.link("E", e.consultation), v.link("", e.problem))}
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
			document: strconv.FormatInt(k.of("document").number(), 10)}
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
	acute := map[string]bool{}
	for i := range p.medications {
		c := &p.medications[i]
		acute[c.id] = c.kind == "acute"
		v.course(c)
	}
	pid := v.pid
	for i := range p.strays {
		v.pid = -pid // nobody
		v.course(&p.strays[i])
	}
	v.pid = pid
	for i := range p.issues {
		if s := &p.issues[i]; !acute[s.medication] { // an acute is its own issue
			v.drug(jotting{key: v.key.record(s.id), subset: "S", episode: "I", date: s.date, recorded: s.date, end: none, bnf: s.bnf,
				dmd: s.dmd, hcp: s.prescriber, text: s.dosage, value: 28, hasValue: true})
		}
	}
}

func (v *vision) course(c *medication) {
	j := jotting{key: v.key.record(c.id), subset: "R", episode: "R", date: c.start, recorded: c.start, end: c.end, bnf: c.bnf, dmd: c.dmd,
		hcp: c.prescriber, text: c.dosage, value: c.quantity, hasValue: c.quantity > 0, unit: c.unit, links: v.link("", c.indication)}
	if c.kind == "acute" {
		j.subset, j.episode = "A", "A"
	}
	v.drug(j)
}

// drug writes a row with what names the product.
func (v *vision) drug(j jotting) {
	if j.dmd != "" {
		j.read = "z" + madeUpCTV3(j.dmd)[1:] + "00"
	}
	j.rubric, j.form, j.strength, j.packaging = drugName(j.dmd), "tablets", "250mg", "28"
	v.jot(&j)
}
