package synthetic

import (
	"sort"
	"strings"
)

// entries are those of p that make up a rule's numerator: found is given the
// day each was recorded on, to read or to change, and the day it is of, which
// stands in where it was not.
type entries func(m *model, p *patient, found func(recorded *day, of day))

// entriesOf are the entries whose days a rule looks at, by the name that
// faults.yaml gives them.
var entriesOf = map[string]entries{
	"reviews":                     reviews(1),
	"reviews of four repeats":     reviews(4),
	"summaries":                   summaries,
	"statements":                  statements(0),
	"statements of repeats":       statements(1),
	"ethnic groups of arrivals":   ethnicGroups,
	"decisions about the summary": decisions,
}

// eachOf visits the entries of p on a list, from one day to the as-of date.
func eachOf(m *model, p *patient, list string, from day, found func(recorded *day, of day)) {
	for i := range p.events {
		if e := &p.events[i]; e.date >= from && e.date <= m.asOf && e.code != "" && m.words.in(list, e.code) {
			found(&e.recorded, e.date)
		}
	}
}

func reviews(repeats int) entries {
	return func(m *model, p *patient, found func(*day, day)) {
		if registered(m, p) && activeRepeats(m, p) >= repeats && !arrivedSince(m, p, m.fromAsOf(-3)) {
			eachOf(m, p, "medication-review", m.fromAsOf(-15), found)
		}
	}
}

func summaries(m *model, p *patient, found func(*day, day)) {
	if !registered(m, p) {
		return
	}
	r := &p.registrations[0]
	if !arrivedSince(m, p, m.asOf-56) && (r.start < p.born || r.start > p.born.addMonths(3)) && r.notesReceived != none && r.notesReceived <= m.asOf {
		eachOf(m, p, "clinical-summary", r.start, found)
	}
}

func statements(repeats int) entries {
	return func(m *model, p *patient, found func(*day, day)) {
		if !registered(m, p) || activeRepeats(m, p) < repeats {
			return
		}
		for i := range p.allergies {
			if a := &p.allergies[i]; noneKnown(m, a) {
				found(&a.recorded, a.recorded)
			}
		}
	}
}

func ethnicGroups(m *model, p *patient, found func(*day, day)) {
	if registered(m, p) && arrivedSince(m, p, m.fromAsOf(-12)) && p.ethnicity != "" && p.ethnicity != "99" {
		found(&p.ethnicityRecorded, none)
	}
}

func decisions(m *model, p *patient, found func(*day, day)) {
	if !registered(m, p) {
		return
	}
	for i := range p.consents {
		if c := &p.consents[i]; c.kind == "scr" && c.decided <= m.asOf {
			found(&c.recorded, c.decided)
		}
	}
}

// batchDay is the day on which batches are recorded: within the last 28.
func (m *model) batchDay() day { return m.asOf - 10 }

// batch records a share of the entries of the first practice's patients on one
// day, as if somebody had entered them in bulk. Entries of later days stay.
func (m *model) batch(p *patient, faults []fault) {
	if p.practice.number != 0 {
		return
	}
	for i := range faults {
		share := m.Batches[faults[i].Rule]
		if share <= 0 {
			continue
		}
		m.r.restart(m.Seed, 17+faults[i].source, p.practice.number, p.n)
		faults[i].entries(m, p, func(recorded *day, of day) {
			if m.r.chance(share) && of <= m.batchDay() {
				*recorded = m.batchDay()
			}
		})
	}
}

// Batches lists the rules whose entries can be made in a batch.
func Batches() []string {
	faults, err := loadFaults(nil, false)
	if err != nil {
		return nil
	}
	var out []string
	for _, f := range faults {
		if f.entries != nil {
			out = append(out, f.Rule)
		}
	}
	sort.Strings(out)
	return out
}

// checkBatches refuses batches of rules that look at no entries.
func checkBatches(shares map[string]float64, faults []fault) error {
	for rule := range shares {
		known := false
		for i := range faults {
			known = known || faults[i].Rule == rule && faults[i].entries != nil
		}
		if !known {
			return &OptionError{"no batch can be made for rule " + rule, "these can have one: " + strings.Join(Batches(), ", ")}
		}
	}
	return nil
}

// BatchTruth is how the entries of a rule crowd on days.
type BatchTruth struct {
	Entries int64 `json:"entries"`
	Busiest int64 `json:"busiest"` // of the busiest day
	Last28  int64 `json:"last_28"`
}

// countDays notes the days of p's entries, by rule.
func (t *Truth) countDays(c *PracticeTruth, p *patient) {
	var days map[day]int64
	found := func(recorded *day, of day) {
		on := *recorded
		if on == none {
			on = of
		}
		if on != none && on <= t.m.asOf {
			days[on]++
		}
	}
	for i := range t.faults {
		if t.faults[i].entries == nil {
			continue
		}
		if c.days[i] == nil {
			c.days[i] = map[day]int64{}
		}
		days = c.days[i]
		t.faults[i].entries(t.m, p, found)
	}
}

// batches closes the counts of days.
func (t *Truth) batches(c *PracticeTruth) map[string]BatchTruth {
	out := map[string]BatchTruth{}
	for i, days := range c.days {
		if days == nil || !t.known(&t.faults[i]) {
			continue
		}
		var b BatchTruth
		for on, n := range days {
			b.Entries += n
			b.Busiest = max(b.Busiest, n)
			if on > t.m.asOf-28 {
				b.Last28 += n
			}
		}
		out[t.faults[i].Rule] = b
	}
	return out
}
