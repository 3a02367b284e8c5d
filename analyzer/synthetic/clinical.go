package synthetic

import "strconv"

// allergies draws the allergy record: something for everyone who is current,
// an allergy for one in seven.
func (m *model) allergies(p *patient) {
	mean := m.PerPatient["allergies"]
	if mean <= 0 {
		return
	}
	first, last := m.firstDay(p), m.lastDay(p)
	live := m.r.chance(0.15)
	if !live {
		p.allergies = append(p.allergies, m.nothingKnown(p, m.r.between(first, last)))
		return
	}
	if m.r.chance(0.3) { // thought to have none, then found to have one: good history
		p.allergies = append(p.allergies, m.nothingKnown(p, first))
	}
	for range max(1, m.r.poisson(mean)) {
		category := []string{"drug", "food", "environment"}[m.r.weighted([]float64{70, 20, 10})]
		a := m.entry(p, category, m.words.findings[m.r.IntN(len(m.words.findings))], m.r.between(first+1, last))
		a.agent = m.words.agents[m.r.IntN(len(m.words.agents))]
		a.reaction, a.reactionCode, a.severity = "allergy", m.words.findings[m.r.IntN(40)], "moderate"
		if category != "environment" { // when hay fever began nobody can say
			a.onset = a.recorded
		}
		p.allergies = append(p.allergies, a)
	}
}

// nothingKnown is the statement that no allergy is known. Every fourth patient's
// says so by its code alone.
func (m *model) nothingKnown(p *patient, recorded day) allergy {
	code, _ := m.words.from(m.r, "no-known-allergy")
	category := "none_known"
	switch {
	case code == "":
		code = m.words.findings[0]
	case p.n%4 == 3:
		category = "other"
	}
	return m.entry(p, category, code, recorded)
}

func (m *model) entry(p *patient, category, code string, recorded day) allergy {
	return allergy{
		id: p.record("a", len(p.allergies)), code: code, system: "sct", category: category, reaction: "unknown",
		status: "active", recorded: recorded, onset: none, ended: none,
	}
}

// problemFor returns a problem of the patient that began by d, making one
// where there is none.
func (m *model) problemFor(p *patient, d day) string {
	if m.PerPatient["problems"] <= 0 {
		return ""
	}
	for i := range p.problems {
		if p.problems[i].onset <= d && m.r.chance(0.5) {
			return p.problems[i].id
		}
	}
	return m.problem(p, m.r.between(m.firstDay(p), d))
}

func (m *model) problem(p *patient, onset day) string {
	pr := problem{
		id: p.record("p", len(p.problems)), code: m.words.findings[m.r.zipf(len(m.words.findings))], system: "sct",
		status: "active", significance: "minor", onset: onset, end: none, reviewed: onset,
	}
	if m.r.chance(0.3) {
		pr.significance = "major"
	}
	if m.r.chance(0.4) {
		pr.status, pr.end = "past", m.r.between(onset, m.lastDay(p))
	}
	p.problems = append(p.problems, pr)
	return pr.id
}

// clinical draws problems, consultations and the entries made in them.
func (m *model) clinical(p *patient) {
	first, last := m.firstDay(p), m.lastDay(p)
	for range m.r.poisson(m.PerPatient["problems"] - float64(len(p.problems))) {
		m.problem(p, m.r.between(first, last))
	}
	for range m.r.poisson(m.PerPatient["consultations"]) {
		d := m.r.between(max(first, last-years(8)), last)
		p.consultations = append(p.consultations, consultation{
			id: p.record("c", len(p.consultations)), date: d, recorded: d,
			kind:      []string{"surgery", "telephone", "online", "visit", "administrative"}[m.r.weighted([]float64{60, 25, 8, 2, 5})],
			clinician: p.clinicians[m.r.IntN(len(p.clinicians))],
		})
	}
	if m.PerPatient["events"] <= 0 {
		return
	}
	m.reasons(p)
	for range m.r.poisson(m.PerPatient["events"]) {
		e := m.event(p, m.words.findings[m.r.zipf(len(m.words.findings))], m.r.between(first, last))
		if m.r.chance(0.4) {
			e.kind, e.hasValue, e.value, e.unit = "value", true, float64(40+m.r.IntN(1200))/10, "mmol/L"
		}
	}
	if p.current {
		m.expected(p)
	}
}

// reasons gives every contact of the last year its coded reason.
func (m *model) reasons(p *patient) {
	for i := range p.consultations {
		c := &p.consultations[i]
		if c.date < m.fromAsOf(-12) || c.kind == "administrative" {
			continue
		}
		p.events = append(p.events, event{
			id: p.record("e", len(p.events)), code: m.words.findings[m.r.zipf(len(m.words.findings))], system: "sct", kind: "observation",
			date: c.date, recorded: c.recorded, clinician: c.clinician, consultation: c.id,
		})
	}
}

// event adds an entry of a day, or of a contact where there are any.
func (m *model) event(p *patient, code string, d day) *event {
	p.events = append(p.events, event{
		id: p.record("e", len(p.events)), code: code, system: "sct", kind: "observation", date: d, recorded: d,
		clinician: p.clinicians[m.r.IntN(len(p.clinicians))],
	})
	e := &p.events[len(p.events)-1]
	if n := len(p.consultations); n > 0 {
		c := &p.consultations[m.r.IntN(n)]
		e.consultation, e.date, e.recorded, e.clinician = c.id, c.date, c.recorded, c.clinician
	}
	return e
}

func hasActiveRepeat(p *patient) bool {
	for i := range p.medications {
		if p.medications[i].status == "active" {
			return true
		}
	}
	return false
}

// paperwork draws documents and results.
func (m *model) paperwork(p *patient) {
	first, last := m.firstDay(p), m.lastDay(p)
	if last-21 < first { // too new for a letter that was dealt with
		return
	}
	for range m.r.poisson(m.PerPatient["documents"]) {
		d := m.r.between(max(first, last-years(6)), last-21)
		doc := document{
			id: p.record("d", len(p.documents)), dated: d, received: min(d+day(m.r.IntN(4)), last), actioned: none,
			direction: "in", kind: "letter", sender: "RX1", scanned: m.r.chance(0.2), codedEntries: int64(1 + m.r.IntN(4)),
		}
		doc.filed = min(doc.received+day(m.r.IntN(2)), m.asOf)
		if doc.actionRequired = m.r.chance(0.3); doc.actionRequired {
			doc.actioned = min(doc.received+day(m.r.IntN(5)), m.asOf)
		}
		p.documents = append(p.documents, doc)
	}
	for range m.r.poisson(m.PerPatient["results"]) {
		d := m.r.between(max(first, last-years(6)), last-21)
		res := result{
			id: p.record("t", len(p.results)), code: m.words.tests[m.r.zipf(len(m.words.tests))], system: "sct", unit: "mmol/L",
			value: float64(20+m.r.IntN(900)) / 10, date: d, message: min(d+day(m.r.IntN(2)), last), abnormal: m.r.chance(0.15),
		}
		res.filed = min(res.message+day(m.r.IntN(3)), m.asOf)
		p.results = append(p.results, res)
	}
}

// referrals draws letters to specialists; every tenth went outside the
// electronic service. It draws from a source of its own: a practice is
// otherwise the same whether they are made or not.
func (m *model) referrals(p *patient) {
	mean := m.PerPatient["referrals"]
	if mean <= 0 {
		return
	}
	m.r.restart(m.Seed, 4, p.practice.number, p.n)
	first, last := m.firstDay(p), m.lastDay(p)
	for range m.r.poisson(mean) {
		r := referral{
			id: p.record("f", len(p.referrals)), code: m.words.findings[m.r.zipf(len(m.words.findings))], mode: "ers",
			urgency: []string{"routine", "urgent", "two_week_wait"}[m.r.weighted([]float64{80, 15, 5})],
			date:    m.r.between(max(first, last-years(6)), last), clinician: p.clinicians[m.r.IntN(len(p.clinicians))],
		}
		if m.r.chance(0.1) {
			r.mode = "letter"
		} else {
			r.ubrn = strconv.FormatInt(100_000_000_000+m.r.Int64N(900_000_000_000), 10)
		}
		p.referrals = append(p.referrals, r)
	}
}
