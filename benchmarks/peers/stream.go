package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// stream makes practices one after the other, checks each by all rules as users
// do, and deletes it: many practices on a disk that holds one.
func (b *bench) stream(ctx context.Context, practices int) error {
	var samples []sample
	folder := filepath.Join(b.data, "streamed")
	for i := range practices {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
		if err := makePractices(ctx, b.paperlight, folder, "parquet", 100+i, 1, b.patients); err != nil {
			return err
		}
		s, _, err := (&process{name: "paperlight", argv: checkArgs(b.paperlight, loads["all"], folder), answers: fromReport}).counts(ctx)
		if err != nil {
			return err
		}
		samples = append(samples, s)
		b.say("%d/%d: %.2f CPU s, %.2f s, %.0f MiB", i+1, practices, cpuOf(s), wallOf(s), peakOf(s))
	}
	var cpu float64
	for _, s := range samples {
		cpu += cpuOf(s)
	}
	fmt.Printf("%d practices of %d patients, all rules, with the digest: %.1f CPU s in all; each %s CPU s, %s s, %s MiB.\n", practices, b.patients, cpu,
		spreadOf(each(samples, cpuOf)), spreadOf(each(samples, wallOf)), spreadOf(each(samples, peakOf)))
	return os.RemoveAll(folder)
}
