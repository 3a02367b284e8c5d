package synthetic

import (
	"fmt"
	"strconv"
	"strings"
)

// ageBands are the shares of five-year age bands, 0-4 to 90 and over: the
// shape of an ordinary list, rounded, not a statistic.
var ageBands = []float64{5, 6, 6, 6, 6, 7, 7, 7, 6, 6, 7, 7, 6, 5, 5, 4, 2, 1.5, 1}

// A life is how a patient stands to the practice.
const (
	current = iota
	left
	dead
	temporary
)

var lives = []float64{current: 0.84, left: 0.10, dead: 0.04, temporary: 0.02}

// model makes patients: the same for the same seed, practice and number.
type model struct {
	Options
	asOf  day
	words *vocabulary
	plan  *content
	r     *random
	// extent is the shape asked for.
	extent shape
	// before are the days some months before the as-of date, by months: every
	// judgement asks for one.
	before [241]day
}

func newModel(o Options) *model {
	m := &model{Options: o, asOf: day(o.AsOf), words: newVocabulary(o.Lists), r: newRandom(), extent: o.shape()}
	for n := range m.before {
		m.before[n] = m.asOf.addMonths(-n)
	}
	return m
}

// fromAsOf is the as-of date moved by n months, at most 20 years back.
func (m *model) fromAsOf(n int) day { return m.before[-n] }

// patient fills p with patient n of practice pr, without a fault.
func (m *model) patient(p *patient, pr *practice, n uint64) {
	p.reset()
	m.r.restart(m.Seed, 2, pr.number, n)
	p.practice, p.n = pr, n
	p.id = hexID(m.Seed, 1, pr.number, n)
	p.sex = "MF"[n%2 : n%2+1]
	p.nhsNumber = m.words.nhsNumber(pr.number, n)
	p.nhsStatus = "01"
	p.statusDate = m.asOf - 400
	p.usualGP = pr.gps[m.r.IntN(len(pr.gps))]
	p.ethnicity = "ABCDEFGHJKLMNPRSZ"[n%17 : n%17+1]
	p.twinKey = hexID(m.Seed, 2, pr.number, n)
	p.clinicians = pr.gps
	m.lifetime(p)
	p.ethnicityRecorded = p.registrations[0].start
	m.drugs(p)
	m.allergies(p)
	m.families(p)
	m.clinical(p)
	m.expected(p)
	m.paperwork(p)
	m.consents(p)
	m.referrals(p)
}

// lifetime draws birth, registration, and leaving or death.
func (m *model) lifetime(p *patient) {
	band := m.r.weighted(ageBands)
	p.born = m.asOf - years(band*5) - day(m.r.IntN(1826)) - 60
	life := m.r.weighted(lives)
	oldest := max(p.born+60, m.asOf-years(40))
	reg := registration{id: p.record("r", 0), kind: "regular", end: none, notesReceived: none, fp69: none, packGiven: none}
	reg.start = m.r.between(oldest, m.asOf-day(30+m.r.IntN(200)))
	switch life {
	case current:
		p.current, p.arrived = true, reg.start
	case left:
		reg.start = m.r.between(oldest, m.asOf-years(2))
		reg.start = min(reg.start, m.asOf-400)
		reg.start = max(reg.start, p.born)
		reg.end = m.r.between(reg.start+30, m.asOf-10)
		reg.endReason = "moved"
	case dead:
		reg.start = max(min(reg.start, m.asOf-400), p.born)
		reg.end = max(m.r.between(reg.start+30, m.asOf-40), reg.start)
		reg.endReason = "death"
		p.died, p.deceased = reg.end, true
	case temporary:
		reg.kind = "temporary"
		reg.start = m.asOf - day(5+m.r.IntN(40))
	}
	reg.notesReceived = min(reg.start+day(20+m.r.IntN(60)), m.asOf)
	reg.packGiven = reg.start
	reg.viaGP2GP = m.r.chance(0.7)
	p.registrations = append(p.registrations, reg)
}

// lastDay is the last day on which the practice may have written a record.
func (m *model) lastDay(p *patient) day {
	if end := p.registrations[0].end; end != none {
		return end - 1
	}
	return m.asOf
}

// firstDay is the first day on which it may.
func (m *model) firstDay(p *patient) day { return p.registrations[0].start }

// record names the i-th record of one kind of the patient.
func (p *patient) record(kind string, i int) string {
	var b [48]byte
	id := append(append(b[:0], p.id[:idBeginning]...), kind...)
	id = strconv.AppendInt(id, int64(i), 10)
	if p.ids == nil || p.ids.Cap()-p.ids.Len() < len(id) { // many ids share a piece of memory
		p.ids = &strings.Builder{}
		p.ids.Grow(1 << 15)
	}
	at := p.ids.Len()
	p.ids.Write(id)
	return p.ids.String()[at:]
}

// idBeginning is how much of its patient's id a record's id begins with.
const idBeginning = 12

func hexID(seed, purpose, practice, n uint64) string {
	return fmt.Sprintf("%016x", mix(mix(seed+purpose<<32)^mix(practice<<40|n)))
}
