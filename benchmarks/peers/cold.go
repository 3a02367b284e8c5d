package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"paperlight/analyzer/synthetic"
)

// cold writes what a run costs before it reads much, and how memory grows: by
// patients, and by rows of as many patients.
func (b *bench) cold(ctx context.Context) error {
	binary := b.paperlight
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	version := &process{name: "version", argv: []string{binary, "version"}}
	start, err := b.repeat(ctx, version)
	if err != nil {
		return err
	}
	fmt.Printf("Binary, stripped: %.1f MB. `paperlight version`: %s ms wall (n = %d).\n\n", float64(info.Size())/1e6, spreadOf(each(start, func(s sample) float64 { return 1000 * wallOf(s) })), len(start))
	fmt.Println("| patients | medications | ten: CPU s | wall s | peak MiB | DuckDB peak MiB |\n|---|---|---|---|---|---|")
	for _, size := range []struct {
		patients int
		each     float64
	}{{100, 20}, {10_000, 20}, {100_000, 20}, {100_000, 100}, {100_000, 200}, {1_000_000, 20}, {1_000_000, 100}, {2_000_000, 20}} {
		if size.patients > b.patients {
			continue
		}
		if err := b.grow(ctx, size.patients, size.each); err != nil {
			return err
		}
	}
	return nil
}

// grow measures the ten rules over so many patients with so many medicines each.
func (b *bench) grow(ctx context.Context, patients int, medicines float64) error {
	folder := filepath.Join(b.data, "cold", fmt.Sprintf("%d-%g", patients, medicines))
	if _, err := os.Stat(folder); err != nil {
		o := synthetic.Options{Seed: 1, Practices: max(1, patients/8000), Patients: patients, Format: "parquet", GroupRows: 122_880,
			PerPatient: map[string]float64{"medications": medicines, "allergies": 4, "problems": 0.001}}
		if err := makeExtract(ctx, folder, o); err != nil {
			return err
		}
	}
	p, err := duckdb(ctx, loads["ten"], mustForm("joined"), folder, "parquet", b.work, "")
	if err != nil {
		return err
	}
	c, err := compare(ctx, b.check(loads["ten"], folder), p, b.repeats)
	if err != nil {
		return err
	}
	fmt.Printf("| %d | %.0f | %s | %s | %.0f | %.0f |\n", patients, float64(patients)*medicines, spreadOf(each(c.sa, cpuOf)), spreadOf(each(c.sa, wallOf)),
		spreadOf(each(c.sa, peakOf)).Median, spreadOf(each(c.sb, peakOf)).Median)
	return nil
}

// repeat runs p as often as a comparison would.
func (b *bench) repeat(ctx context.Context, p *process) ([]sample, error) {
	var out []sample
	for i := range b.repeats + 1 {
		s, _, err := p.run(ctx)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, s)
		}
	}
	return out, nil
}
