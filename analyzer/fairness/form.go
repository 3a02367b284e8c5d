// Package fairness holds that a practice is judged alike whichever clinical
// system keeps its records. It makes one practice in several layouts, reads each
// and compares what every rule counts and every criterion comes to. What differs
// is in exceptions.yaml with its reason, and docs/coverage.md tells it to people.
package fairness

import (
	"context"
	"path/filepath"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/synthetic"
	"paperlight/rules"
)

// A Form is a layout in which a practice hands over its records.
type Form struct {
	Name string
	// Same is the form whose outcome must be equal to the last figure; empty
	// where it is held against the canonical tables.
	Same         string
	like, layout string
	deltas       int
}

// Forms are the layouts that are compared; the first of each system is the one
// that coverage is told of.
func Forms() []Form {
	return []Form{
		{Name: "emis 8.2", like: "emis", layout: "8.2"},
		{Name: "emis 8.2 in sets of changes", Same: "emis 8.2", like: "emis", layout: "8.2", deltas: 3},
		{Name: "emis 5.4", Same: "emis 8.2", like: "emis", layout: "5.4"},
		{Name: "systmone with numbers", like: "systmone", layout: "mapped"},
		{Name: "systmone with texts", Same: "systmone with numbers", like: "systmone", layout: "texts"},
		{Name: "vision", like: "vision", layout: "files"},
		{Name: "vision in zips", Same: "vision", like: "vision", layout: "zips"},
		{Name: "omop", like: "omop"},
		{Name: "cprd aurum", like: "cprd"},
		{Name: "fhir", like: "fhir"},
	}
}

// canonical is the form that the others are held against.
func canonical() Form { return Form{Name: "canonical tables"} }

// A Practice is one to make.
type Practice struct {
	Name     string
	Seed     uint64
	Patients int
	Clean    bool
}

// Practices are those that are compared: with faults and without.
func Practices() []Practice {
	return []Practice{
		{Name: "faulty", Seed: 7, Patients: 400},
		{Name: "faulty too", Seed: 20, Patients: 300},
		{Name: "clean", Seed: 11, Patients: 300, Clean: true},
	}
}

// lastDay is the day of the extracts.
const lastDay = "2026-03-31"

// rows are how many a patient has of a table, where it is not the usual number:
// each form reads them all.
var rows = map[string]float64{"events": 16, "consultations": 12, "results": 3, "consents": 0.3, "referrals": 0.6}

// Make writes the practice in a form. folder must not exist.
func (f Form) Make(ctx context.Context, folder string, p Practice, catalogue *rules.Catalogue) error {
	day, _ := calendar.Parse(lastDay)
	o := synthetic.Options{Seed: p.Seed, Practices: 1, Patients: p.Patients, Clean: p.Clean, AsOf: day, Format: "csv", GroupRows: 4096,
		Like: f.like, Layout: f.layout, Deltas: f.deltas, PerPatient: synthetic.DefaultPerPatient(), Lists: map[string]map[string][]string{}}
	for table, n := range rows {
		o.PerPatient[table] = n
	}
	for name, list := range catalogue.Lists {
		o.Lists[name] = list.Codes
	}
	_, err := synthetic.Generate(ctx, folder, o)
	return err
}

// Paths are what to open of a practice made in folder: zips are named one by one.
func (f Form) Paths(folder string) ([]string, error) {
	if f.layout != "zips" {
		return []string{folder}, nil
	}
	return filepath.Glob(filepath.Join(folder, "*.zip"))
}
