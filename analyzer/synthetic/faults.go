package synthetic

import (
	_ "embed"
	"fmt"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed faults.yaml
var faultsYAML []byte

// A fault says, for one rule, which records can be made faulty, how, and how
// often; and how the truth about the rule is counted. Rules are named only in
// faults.yaml: the code knows kinds of fault and kinds of judgement.
type fault struct {
	Rule  string  `yaml:"rule"`
	Judge string  `yaml:"judge"`
	Fault string  `yaml:"fault"`
	Rate  float64 `yaml:"rate"`
	// What a judge of a drug family looks for: code lists and BNF prefixes of
	// the drugs, code lists of the diagnoses, and the age it begins at.
	Drugs     []string `yaml:"drugs"`
	BNF       []string `yaml:"bnf"`
	Diagnoses []string `yaml:"diagnoses"`
	FromAge   int      `yaml:"from_age"`
	// Entries names the entries whose days the rule looks at; may be empty.
	Entries string `yaml:"entries"`
	// LooksFor names the code list that all turns on; may be empty. Made records
	// are coded in SNOMED CT: where the list has no code of it, the rule cannot
	// be judged by them, and the truth says nothing about it.
	LooksFor string `yaml:"looks_for"`

	source uint64 // of its random draws
	judge  judge
	whole  func(reading) bool // instead of judge, where the rule is about the practice
	spoil  spoil
	// entries are those that Entries names, or nil.
	entries entries
}

// A spoil makes records of the patient faulty, each with chance rate.
type spoil func(m *model, p *patient, rate float64)

// loadFaults reads faults.yaml and sets the rates asked for.
func loadFaults(rates map[string]float64, clean bool) ([]fault, error) {
	var faults []fault
	if err := yaml.UnmarshalWithOptions(faultsYAML, &faults, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("faults.yaml: %w", err)
	}
	known := map[string]bool{}
	for i := range faults {
		f := &faults[i]
		known[f.Rule] = true
		f.source = hashText(f.Rule)
		if clean {
			f.Rate = 0
		}
		if r, ok := rates[f.Rule]; ok {
			f.Rate = r
		}
		if f.entries = entriesOf[f.Entries]; f.entries == nil && f.Entries != "" {
			return nil, fmt.Errorf("faults.yaml: %s: no entries %q", f.Rule, f.Entries)
		}
		f.judge, f.whole = judges[f.Judge], judgesOfReading[f.Judge]
		if f.Judge == "drug family" {
			f.judge, f.spoil = f.diagnosed(), f.loseDiagnosis
			continue
		}
		if f.judge == nil && f.whole == nil {
			return nil, fmt.Errorf("faults.yaml: %s: no judge %q", f.Rule, f.Judge)
		}
		if f.Fault == "" {
			continue
		}
		if f.spoil = spoils[f.Fault]; f.spoil == nil {
			return nil, fmt.Errorf("faults.yaml: %s: no fault %q", f.Rule, f.Fault)
		}
	}
	for rule := range rates {
		if !known[rule] {
			return nil, &OptionError{"no fault can be seeded for rule " + rule, "these can have one: " + strings.Join(Faults(), ", ")}
		}
	}
	return faults, nil
}

// Faults lists the rules that faults can be seeded for.
func Faults() []string {
	faults, err := loadFaults(nil, false)
	if err != nil {
		return nil
	}
	var out []string
	for _, f := range faults {
		if f.spoil != nil {
			out = append(out, f.Rule)
		}
	}
	sort.Strings(out)
	return out
}

// seed spoils the records of p. Every fault draws from a source of its own, so
// that one fault's rate does not move another's records.
func (m *model) seed(p *patient, faults []fault) {
	for i := range faults {
		f := &faults[i]
		if f.spoil == nil || f.Rate <= 0 {
			continue
		}
		m.r.restart(m.Seed, 16+f.source, p.practice.number, p.n)
		f.spoil(m, p, f.Rate)
	}
}

func hashText(s string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return h
}
