package damage

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"paperlight/analyzer/synthetic"
	"paperlight/rules"
)

// asOf is the last day of every practice's extract.
const asOf = "2026-03-31"

// A Practice is one that damage is done to. Another way of recording, such as
// another code system, joins by being listed in Practices.
type Practice struct {
	Name string
	// Ready says that its extract, whole, is ready or nearly ready for every
	// accreditation; the others are not ready for one or more.
	Ready bool
	make  func(o *synthetic.Options)
	alter func(x *Extract, lists map[string]map[string][]string) *Extract
}

// Practices are those that damage is done to.
func Practices() []Practice {
	clean := func(seed uint64, consultations float64) func(*synthetic.Options) {
		return func(o *synthetic.Options) {
			o.Clean, o.Seed, o.PerPatient["consultations"] = true, seed, consultations
		}
	}
	return []Practice{
		{Name: "snomed", Ready: true, make: clean(2, 5)},
		{Name: "read-v2", Ready: true, make: clean(5, 12), alter: halfReadV2},
		{Name: "items", Ready: true, make: clean(7, 5), alter: withItems},
		{Name: "few-faults", make: func(o *synthetic.Options) {
			o.Clean, o.Seed = true, 11
			o.Rates = map[string]float64{"nhs-number/check-digit-valid": 0.02, "allergy/coded": 0.05, "medication/repeat-reviewed": 0.6}
		}},
		{Name: "many-faults", alter: halfAnswersNo, make: func(o *synthetic.Options) {
			o.Seed = 13
			o.Rates = map[string]float64{"nhs-number/check-digit-valid": 0.1, "allergy/coded": 0.4, "medication/issue-coded": 0.3, "summary/current": 0.8}
		}},
	}
}

// Make makes the extract of a practice. folder must not exist.
func (p *Practice) Make(ctx context.Context, folder string, catalogue *rules.Catalogue) (*Extract, error) {
	day, err := time.Parse(time.DateOnly, asOf)
	if err != nil {
		return nil, err
	}
	lists := map[string]map[string][]string{}
	for name, list := range catalogue.Lists {
		lists[name] = list.Codes
	}
	o := synthetic.Options{Practices: 1, Patients: 400, AsOf: int32(day.Unix() / 86400), Format: "csv", GroupRows: 4096,
		PerPatient: synthetic.DefaultPerPatient(), Lists: lists, Answers: catalogue.AnswerKeys()}
	o.PerPatient["consultations"], o.PerPatient["events"], o.PerPatient["results"] = 5, 16, 3
	p.make(&o)
	if _, err := synthetic.Generate(ctx, folder, o); err != nil {
		return nil, err
	}
	x, err := readTables(folder)
	if err != nil {
		return nil, err
	}
	if p.alter != nil {
		x = p.alter(x, lists)
	}
	return x, os.RemoveAll(folder)
}

// halfReadV2 records half of the entries that lists hold in Read v2, by a code
// of exactly the same lists.
func halfReadV2(x *Extract, lists map[string]map[string][]string) *Extract {
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
func listsOf(lists map[string]map[string][]string, system string) map[string]string {
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		for _, code := range lists[name][system] {
			out[code] += name + " "
		}
	}
	return out
}

// itemsQuarter is the last whole quarter of the extracts.
const itemsQuarter = "2026-Q1"

// withItems adds the payment authority's figure for the last quarter: as many
// items as were issued.
func withItems(x *Extract, _ map[string]map[string][]string) *Extract {
	issues := x.Table("issues")
	n := 0
	for _, row := range issues.Rows {
		if day := row[issues.Column("issue_date")]; day >= "2026-01-01" && day <= asOf {
			n++
		}
	}
	return x.with(&Table{Name: "prescribing_items", Columns: []string{"practice_id", "quarter", "items"},
		Rows: [][]string{{practiceID(x), itemsQuarter, strconv.Itoa(n)}}})
}

// halfAnswersNo answers every second question with no.
func halfAnswersNo(x *Extract, _ map[string]map[string][]string) *Extract {
	return change(x, answersTable, "answer", 50, func(_ []string, was string) (string, bool) { return "no", was != "" })
}

func practiceID(x *Extract) string {
	t := x.Table("practice")
	return t.Rows[0][t.Column("practice_id")]
}

// All returns every damage that can be done to an extract.
func All(x *Extract, catalogue *rules.Catalogue) []Damage {
	days := map[string]string{"far-future": "2099-12-31", "long-past": "2019-03-31", "400-days-on": "2027-05-05"}
	return slices.Concat(
		tableDamages(x),
		columnDamages(x),
		populationDamages("2026-03-30"),
		periodDamages(days),
		answerDamages(x, catalogue),
		itemsDamages(practiceID(x), itemsQuarter),
	)
}

// A Form is how the tables of an extract are handed over. Another format, or a
// clinical system's own tables, joins by being listed in Forms.
type Form struct {
	Name string
	// Write writes a table into a folder and returns the path of its file.
	Write func(folder string, t *Table) (path string, err error)
}

// Forms are the forms that damaged extracts are read in.
func Forms() []Form { return []Form{{Name: "csv", Write: writeTable}} }

// kept are the files of a whole extract, so that a damaged one needs only what
// differs written.
type kept struct {
	form  Form
	paths map[*Table]string
}

// keep writes the tables of a whole extract.
func (f Form) keep(folder string, x *Extract) (*kept, error) {
	k := &kept{form: f, paths: map[*Table]string{}}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	for _, t := range x.Tables {
		path, err := f.Write(folder, t)
		if err != nil {
			return nil, err
		}
		k.paths[t] = path
	}
	return k, nil
}

// files returns the files of an extract; tables that are not kept are written
// into folder.
func (k *kept) files(folder string, x *Extract) ([]string, error) {
	var out []string
	for _, t := range x.Tables {
		path, ok := k.paths[t]
		if !ok {
			var err error
			if path, err = k.form.Write(folder, t); err != nil {
				return nil, err
			}
		}
		out = append(out, filepath.Clean(path))
	}
	return out, nil
}
