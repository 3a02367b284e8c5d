package synthetic

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"paperlight/analyzer/canonical"
	"paperlight/analyzer/schema"
)

//go:embed content.yaml
var contentYAML []byte

// content is content.yaml.
type content struct {
	Entries  []entry           `yaml:"entries"`
	Families []family          `yaml:"families"`
	Answers  map[string]answer `yaml:"answers"`
}

// An entry is one that every current patient of an age has.
type entry struct {
	List         string  `yaml:"list"`
	FromAge      int     `yaml:"from_age"`
	Months       int     `yaml:"months"`
	AfterArrival bool    `yaml:"after_arrival"`
	Value        float64 `yaml:"value"`
	Share        float64 `yaml:"share"` // of such patients; 0 is all
	With         []part  `yaml:"with"`
}

// A part is an entry made together with another.
type part struct {
	List  string  `yaml:"list"`
	Value float64 `yaml:"value"`
}

// A family is a kind of drug and the diagnosis it is for.
type family struct {
	Name    string   `yaml:"name"`
	Drug    string   `yaml:"drug"` // code list; empty: any product
	BNF     string   `yaml:"bnf"`
	All     []string `yaml:"all"`
	Not     string   `yaml:"not"`
	FromAge int      `yaml:"from_age"`
	Share   float64  `yaml:"share"`
	Marker  string   `yaml:"marker"` // a test above the limit, twice, of such patients
}

type answer struct {
	DaysBefore int    `yaml:"days_before"`
	Count      *int64 `yaml:"count"`
}

func loadContent() (*content, error) {
	c := &content{}
	if err := yaml.UnmarshalWithOptions(contentYAML, c, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("content.yaml: %w", err)
	}
	return c, nil
}

func (m *model) age(p *patient) int { return p.born.yearsTo(m.asOf) }

// families gives some current patients a long-term drug, the diagnosis it is
// for, and the test that goes with it.
func (m *model) families(p *patient) {
	if !p.current || p.arrived > m.asOf-140 {
		return
	}
	for i := range m.plan.Families {
		f := &m.plan.Families[i]
		if !m.r.chance(f.Share) || m.age(p) < f.FromAge || m.PerPatient["medications"] <= 0 || m.PerPatient["events"] <= 0 {
			continue
		}
		if f.Name == "insulin" && len(p.events) > 0 { // one type of diabetes only
			continue
		}
		diagnosis := m.words.among(m.r, f.All, f.Not)
		if diagnosis == "" {
			continue
		}
		m.event(p, diagnosis, p.arrived+1)
		m.courseOf(p, f)
		if code, system := m.words.from(m.r, f.Marker); code != "" && m.PerPatient["results"] > 0 {
			for _, back := range []day{40, 400} {
				d := max(m.asOf-back, p.arrived)
				p.results = append(p.results, result{id: p.record("t", len(p.results)), code: code, system: system, unit: "mmol/mol",
					value: float64(49 + m.r.IntN(40)), date: d, message: d, filed: d, abnormal: true})
			}
		}
	}
}

// expected adds the entries that every current patient has.
func (m *model) expected(p *patient) {
	if !p.current || m.PerPatient["events"] <= 0 {
		return
	}
	for i := range m.plan.Entries {
		x := &m.plan.Entries[i]
		code, system := m.words.from(m.r, x.List)
		if code == "" || m.age(p) < x.FromAge || x.Share > 0 && !m.r.chance(x.Share) {
			continue
		}
		d := m.r.between(max(p.arrived, m.fromAsOf(-x.Months)), m.asOf-1)
		if x.AfterArrival {
			d = min(p.registrations[0].notesReceived+day(m.r.IntN(42)), m.asOf)
		}
		m.administrative(p, code, system, d)
		if e := &p.events[len(p.events)-1]; x.Value > 0 {
			e.kind, e.value, e.hasValue, e.unit = "value", x.Value, true, "mm[Hg]"
		}
		m.together(p, x)
	}
	if code, system := m.words.from(m.r, "medication-review"); code != "" && hasActiveRepeat(p) {
		m.administrative(p, code, system, m.r.between(max(p.arrived, m.asOf-300), m.asOf-1))
	}
}

// together adds what is entered with the last entry, which is of x.
func (m *model) together(p *patient, x *entry) {
	whole := p.events[len(p.events)-1]
	for _, part := range x.With {
		e := whole
		if e.code = m.words.firstOfBoth(part.List, x.List); e.code == "" || e.code == whole.code {
			continue
		}
		e.id, e.system, e.value = p.record("e", len(p.events)), "sct", part.Value
		p.events = append(p.events, e)
	}
}

// administrative adds an entry outside any consultation.
func (m *model) administrative(p *patient, code, system string, d day) {
	p.events = append(p.events, event{
		id: p.record("e", len(p.events)), code: code, system: system, kind: "administrative", date: d, recorded: d,
		clinician: p.clinicians[m.r.IntN(len(p.clinicians))],
	})
}

// consents draws a decision about the Summary Care Record for a few.
func (m *model) consents(p *patient) {
	if !p.current || !m.r.chance(m.PerPatient["consents"]) {
		return
	}
	decision := []string{"implied", "express_core", "refused"}[m.r.weighted([]float64{70, 20, 10})]
	decided := m.r.between(p.arrived, m.asOf)
	p.consents = append(p.consents, consent{id: p.record("s", 0), kind: "scr", decision: decision, code: m.words.findings[len(decision)], decided: decided, recorded: decided})
}

var declarationColumns = []string{"key", "practice_id", "answer", "count", "date", "evidence", "role"}

func declarationBlock() *canonical.Block {
	return canonical.NewBlock(schema.Lookup("declarations"), declarationColumns...)
}

// keys are the keys to answer: those asked for and those that content.yaml
// answers in its own way, sorted.
func (c *content) keys(asked []string) []string {
	out := slices.Clone(asked)
	for key := range c.Answers {
		if !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// answer declares yes to every key, as of some weeks ago.
func (p *practice) answer(b *canonical.Block, plan *content, keys []string, asOf day) {
	for _, key := range plan.keys(keys) {
		a := plan.Answers[key]
		b.AddText(key)
		b.AddText(p.id)
		if a.Count == nil {
			b.AddText("yes")
			b.AddInt(0, false)
		} else {
			b.AddText("")
			b.AddInt(*a.Count, true)
		}
		addDay(b, asOf-day(max(a.DaysBefore, 20)))
		b.AddText("made up")
		b.AddText("practice manager")
	}
}
