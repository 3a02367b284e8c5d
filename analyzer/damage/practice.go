package damage

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/synthetic"
	"paperlight/rules"
)

//go:embed practices.yaml
var practicesYAML []byte

// Practices are those that damage is done to, and what it is made with.
type Practices struct {
	AsOf        string     `yaml:"as_of"`
	Quarter     string     `yaml:"quarter"`
	RootConcept string     `yaml:"root_concept"`
	List        []Practice `yaml:"practices"`

	// Since and ReadChapters are of fair.yaml.
	Since        string            `yaml:"-"`
	ReadChapters map[string]string `yaml:"-"`
}

// A Practice is made up, and its outcome is known before it is damaged.
type Practice struct {
	Name       string             `yaml:"name"`
	Ready      bool               `yaml:"ready"`
	Clean      bool               `yaml:"clean"`
	Seed       uint64             `yaml:"seed"`
	Patients   int                `yaml:"patients"` // 400 where it does not say
	PerPatient map[string]float64 `yaml:"per_patient"`
	Faults     map[string]float64 `yaml:"faults"`
	// Counts are those of answers that are no plain yes, by key.
	Counts map[string]int64 `yaml:"counts"`
	// Alter is what is done to the extract once it is made; empty for nothing.
	Alter string `yaml:"alter"`
}

// alterations are what may be done to an extract once it is made, by name.
var alterations = map[string]func(*Practices, *Extract, codesByList) *Extract{
	"":                    func(_ *Practices, x *Extract, _ codesByList) *Extract { return x },
	"half in Read v2":     halfReadV2,
	"items as issued":     itemsAsIssued,
	"half the answers no": halfAnswersNo,
	"leaves the practice": leavesThePractice,
	"objections that stand and half the items": objectionsStand,

	"students in October":                       studentsInOctober,
	"moved to another system":                   movedToAnotherSystem,
	"SNOMED CT since a day":                     snomedSince,
	"Read v2 alone, as in 2010":                 readOf2010,
	"Read v2 alone, and empty columns for dm+d": readOf2010WithoutDMD,
}

// codesByList are the codes of code lists, by name and system.
type codesByList map[string]map[string][]string

func codesOf(catalogue *rules.Catalogue) codesByList {
	out := codesByList{}
	for name, list := range catalogue.Lists {
		out[name] = list.Codes
	}
	return out
}

// LoadPractices reads the list of practices.
func LoadPractices() (*Practices, error) {
	p := &Practices{}
	if err := yaml.UnmarshalWithOptions(practicesYAML, p, yaml.Strict()); err != nil {
		return nil, err
	}
	for i := range p.List {
		if alterations[p.List[i].Alter] == nil {
			return nil, fmt.Errorf("practices.yaml: %s: nothing is called %q", p.List[i].Name, p.List[i].Alter)
		}
	}
	return p, nil
}

// rows are how many a patient has of a table, where a practice does not say:
// few, since each damage reads them all.
var rows = map[string]float64{"consultations": 5, "events": 16, "results": 3}

// Make makes the extract of a practice. folder must not exist.
func (all *Practices) Make(ctx context.Context, p *Practice, folder string, catalogue *rules.Catalogue) (*Extract, error) {
	day, ok := calendar.Parse(all.AsOf)
	if !ok {
		return nil, fmt.Errorf("want an as-of date YYYY-MM-DD, not %q", all.AsOf)
	}
	o := synthetic.Options{Practices: 1, Patients: cmp.Or(p.Patients, 400), AsOf: day, Format: "csv", GroupRows: 4096,
		Seed: p.Seed, Clean: p.Clean, Rates: p.Faults, PerPatient: synthetic.DefaultPerPatient(), Lists: codesOf(catalogue), Answers: catalogue.AnswerKeys()}
	maps.Copy(o.PerPatient, rows)
	maps.Copy(o.PerPatient, p.PerPatient)
	if _, err := synthetic.Generate(ctx, folder, o); err != nil {
		return nil, err
	}
	x, err := readTables(folder)
	if err != nil {
		return nil, err
	}
	for key, count := range p.Counts {
		x = changeAnswer(x, key, answerPart{"count", strconv.FormatInt(count, 10)})
	}
	return alterations[p.Alter](all, x, codesOf(catalogue)), os.RemoveAll(folder)
}

// halfReadV2 records half of the entries that lists hold in Read v2, by a code
// of exactly the same lists.
func halfReadV2(_ *Practices, x *Extract, lists codesByList) *Extract {
	read := map[string]string{} // the first Read code, by the lists that hold it
	for code, of := range listsOf(lists, "read2") {
		if was, ok := read[of]; !ok || code < was {
			read[of] = code
		}
	}
	coded := listsOf(lists, "sct")
	for _, name := range []string{"events", "problems"} {
		t := x.Table(name)
		code, system := t.Column("code"), t.Column("code_system")
		x = rewrite(x, name, 50, func(row []string) []string {
			of := coded[row[code]]
			if row[system] != "sct" || of == "" || read[of] == "" {
				return row
			}
			row = slices.Clone(row)
			row[code], row[system] = read[of], "read2"
			return row
		})
	}
	return x
}

// listsOf returns, by code of a system, the names of the lists that hold it.
func listsOf(lists codesByList, system string) map[string]string {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		for _, code := range lists[name][system] {
			out[code] += name + " "
		}
	}
	return out
}

// itemsAsIssued adds the payment authority's figure for the last quarter: as
// many items as were issued.
func itemsAsIssued(all *Practices, x *Extract, _ codesByList) *Extract {
	issues := x.Table("issues")
	first, n := firstDay(all.Quarter), 0
	for _, row := range issues.Rows {
		if day := row[issues.Column("issue_date")]; day >= first && day <= all.AsOf {
			n++
		}
	}
	return x.with(&Table{Name: itemsTable, Columns: itemsColumns(), Rows: [][]string{{practiceID(x), all.Quarter, strconv.Itoa(n)}}})
}

// firstDay is the first day of a quarter such as 2026-Q1.
func firstDay(quarter string) string {
	month := map[byte]string{'1': "01", '2': "04", '3': "07", '4': "10"}[quarter[len(quarter)-1]]
	return quarter[:5] + month + "-01"
}

// halfAnswersNo answers every second question with no.
func halfAnswersNo(_ *Practices, x *Extract, _ codesByList) *Extract {
	return change(x, answersTable, "answer", 50, func(_ []string, was string) (string, bool) { return "no", was != "" })
}

func practiceID(x *Extract) string {
	t := x.Table("practice")
	return t.Rows[0][t.Column("practice_id")]
}
