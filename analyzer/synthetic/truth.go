package synthetic

import (
	"encoding/json"
	"os"
	"sort"
	"strings"
)

// Truth is what is so of a made extract: for every rule it can know, the
// numbers the engine must find, counted record by record while making them.
type Truth struct {
	Seed  uint64 `json:"seed"`
	AsOf  string `json:"as_of"`
	Flags string `json:"check_with"` // what `paperlight check` needs to be told
	// Rows counts rows by table.
	Rows      map[string]int64 `json:"rows"`
	Practices []*PracticeTruth `json:"practices"`
	// Written is how many rows the files have, which in the layout of a clinical
	// system are not those of the tables.
	Written int64 `json:"-"`

	m      *model
	faults []fault
}

// PracticeTruth is what is so of one practice.
type PracticeTruth struct {
	PracticeID string           `json:"practice_id"`
	Patients   int64            `json:"patients"`
	Registered int64            `json:"registered_patients"`
	Rules      map[string]Count `json:"rules"`
	// Failing are the ids of the failing records by rule, sorted, where there
	// are at most maxListed: the keys that a worklist must hold.
	Failing map[string][]string `json:"failing"`
	// Batches are how the entries of rules crowd on days, by rule.
	Batches map[string]BatchTruth `json:"batches"`

	days    []map[day]int64 // by fault; nil where the rule looks at no entries
	counts  []Count
	failing [][]string
	reading reading
}

// maxListed bounds the failing records that the truth lists for a rule.
const maxListed = 10_000

// Count is one rule's numbers.
type Count struct {
	Denominator int64 `json:"denominator"`
	Numerator   int64 `json:"numerator"`
	Excluded    int64 `json:"excluded"`
	// Listed is false where more records fail than the truth lists.
	Listed bool `json:"listed"`
}

// A reading counts what is judged of a practice as a whole.
type reading struct{ rows, malformed, orphans, rounded int64 }

// judgesOfReading judge the practice as a whole.
var judgesOfReading = map[string]func(reading) bool{
	"ids intact":       func(r reading) bool { return r.rounded == 0 },
	"rows readable":    func(r reading) bool { return r.malformed*1000 <= r.rows },
	"patients present": func(r reading) bool { return r.orphans*1000 <= r.rows },
}

func (c *PracticeTruth) judgeWhole(i int, ok func(reading) bool) {
	c.counts[i] = Count{Denominator: 1}
	if ok(c.reading) {
		c.counts[i].Numerator = 1
	} else {
		c.failing[i] = []string{c.PracticeID}
	}
}

// read counts what the reading of p's rows must find.
func (r *reading) read(p *patient) {
	if p.sex == "X" {
		r.malformed++
	}
	r.orphans += int64(len(p.strays))
	for _, courses := range [][]medication{p.medications, p.strays} {
		for i := range courses {
			if courses[i].rounded {
				r.rounded++
			}
		}
	}
}

func newTruth(m *model, faults []fault) *Truth {
	return &Truth{Seed: m.Seed, AsOf: string(appendDate(nil, m.asOf)), Flags: "--allow-test-numbers", Rows: map[string]int64{}, m: m, faults: faults}
}

func (t *Truth) practice(p *practice) *PracticeTruth {
	c := &PracticeTruth{PracticeID: p.id, counts: make([]Count, len(t.faults)), failing: make([][]string, len(t.faults)), days: make([]map[day]int64, len(t.faults))}
	c.reading.rows = 1 // the row of practice itself
	t.Practices = append(t.Practices, c)
	t.Rows["practice"]++
	add := func(table string, n int) {
		t.Rows[table] += int64(n)
		c.reading.rows += int64(n)
	}
	if t.m.makes("consultations") {
		add("staff", len(p.gps))
	}
	if len(t.m.Answers) > 0 {
		add("declarations", len(t.m.plan.keys(t.m.Answers)))
	}
	return c
}

// count judges the records of p as they were made.
func (t *Truth) count(c *PracticeTruth, p *patient) {
	c.Patients++
	if registered(t.m, p) {
		c.Registered++
	}
	t.rows(c, p)
	t.countDays(c, p)
	if t.m.PerPatient["medications"] > 0 {
		c.reading.read(p)
	}
	var i int // the fault whose rule is judged
	found := func(record string, v verdict) {
		n := &c.counts[i]
		switch v {
		case achieved:
			n.Denominator++
			n.Numerator++
		case failing:
			n.Denominator++
			if len(c.failing[i]) <= maxListed {
				c.failing[i] = append(c.failing[i], strings.Clone(record))
			}
		case excluded:
			n.Excluded++
		}
	}
	for i = range t.faults {
		if judge := t.faults[i].judge; judge != nil {
			judge(t.m, p, found)
		}
	}
}

func (t *Truth) rows(c *PracticeTruth, p *patient) {
	for _, made := range [...]struct {
		table string
		rows  int
	}{
		{"patients", 1}, {"registrations", len(p.registrations)}, {"medications", len(p.medications) + len(p.strays)},
		{"issues", len(p.issues)}, {"allergies", len(p.allergies)}, {"events", len(p.events)}, {"problems", len(p.problems)},
		{"consultations", len(p.consultations)}, {"documents", len(p.documents)}, {"results", len(p.results)},
		{"consents", len(p.consents)}, {"referrals", len(p.referrals)},
	} {
		if t.m.makes(made.table) {
			t.Rows[made.table] += int64(made.rows)
			c.reading.rows += int64(made.rows)
		}
	}
}

// finish closes the counts of every practice.
func (t *Truth) finish() {
	for _, c := range t.Practices {
		c.Rules, c.Failing, c.Batches = map[string]Count{}, map[string][]string{}, t.batches(c)
		for i, f := range t.faults {
			if !t.known(&f) {
				continue
			}
			if f.whole != nil {
				c.judgeWhole(i, f.whole)
			}
			n := c.counts[i]
			sort.Strings(c.failing[i])
			if n.Listed = len(c.failing[i]) <= maxListed; n.Listed && len(c.failing[i]) > 0 {
				c.Failing[f.Rule] = c.failing[i]
			}
			c.Rules[f.Rule] = n
		}
	}
}

// known says that a check can judge the rule by what is made.
func (t *Truth) known(f *fault) bool {
	return f.LooksFor == "" || len(t.m.words.lists[f.LooksFor]["sct"]) > 0
}

func (t *Truth) write(path string) error {
	t.finish()
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}
