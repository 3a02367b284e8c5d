package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"paperlight/analyzer/synthetic"
	"paperlight/rules"
)

// lastDay is the last day of every extract made, 2026-03-31.
const lastDay, asOf = 20543, "2026-03-31"

// perPatient is the shape of the extracts: the tables of the ten rules. Each
// medicine names a problem, whose file is taken away again, so that the column
// is there and the table is not.
var perPatient = map[string]float64{"medications": 20, "allergies": 4, "problems": 0.001}

// A dataset is one extract that engines read.
type dataset struct {
	name, format string
	shuffle      bool
}

var datasets = map[string]dataset{
	"parquet":        {"parquet", "parquet", false},
	"parquet-random": {"parquet-random", "parquet", true},
	"csv":            {"csv", "csv", false},
	"arrow":          {"arrow", "arrow", false},
}

// make returns the folder of the dataset under root, making it where it is not
// there yet.
func (d dataset) make(ctx context.Context, root string, patients int) (string, error) {
	folder := filepath.Join(root, d.name)
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	return folder, makeExtract(ctx, folder, synthetic.Options{Seed: 1, Practices: max(1, patients/8000), Patients: patients, Format: d.format, Shuffle: d.shuffle, GroupRows: 122_880})
}

func makeExtract(ctx context.Context, folder string, o synthetic.Options) error {
	catalogue, err := rules.Embedded()
	if err != nil {
		return err
	}
	o.AsOf, o.Lists, o.Rates = lastDay, map[string]map[string][]string{}, map[string]float64{}
	if o.PerPatient == nil {
		o.PerPatient = perPatient
	}
	for name, list := range catalogue.Lists {
		o.Lists[name] = list.Codes
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o750); err != nil {
		return err
	}
	if _, err := synthetic.Generate(ctx, folder, o); err != nil {
		return err
	}
	drop := []string{"truth.json"}
	if o.PerPatient["events"] == 0 {
		drop = append(drop, "problems."+o.Format)
	}
	var errs []error
	for _, name := range drop {
		errs = append(errs, os.Remove(filepath.Join(folder, name)))
	}
	return errors.Join(errs...)
}
