// Command against compares what whole runs cost now with what they cost at
// another commit, the last tag by default.
//
// Both programs are built from clean trees and run in turn over the same made-up
// extracts. The figure is the ratio of processor time, user and system, of the
// process and its children; noise of the machine falls on both alike. It ends
// with 1 where a ratio is above the limit with confidence.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"paperlight/benchmarks/program"
)

func main() {
	commit := flag.String("commit", "", "compare with this commit; empty is the last tag")
	pairs := flag.Int("pairs", 21, "counted pairs of runs of each load")
	limit := flag.Float64("limit", 1.05, "the ratio that fails")
	patients := flag.Int("patients", 1500, "patients of the large extract, of some 900 rows each")
	flag.Parse()
	slower, err := against(*commit, *pairs, *limit, *patients)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "against:", err)
		os.Exit(70)
	case slower:
		os.Exit(1)
	}
}

// against prints a line a load, and reports whether one is slower than it was.
func against(commit string, pairs int, limit float64, patients int) (slower bool, err error) {
	root, err := program.Root(".")
	if err != nil {
		return false, err
	}
	if commit == "" {
		if commit, err = program.LastTag(root); err != nil {
			return false, errors.New("there is no tag yet: name a commit with -commit")
		}
	}
	work, err := os.MkdirTemp("", "against-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	before, err := program.BuildAt(root, commit, work)
	if err != nil {
		return false, err
	}
	now := filepath.Join(work, "now")
	if err := program.Build(root, now, "now"); err != nil {
		return false, err
	}
	loads, err := makeLoads(root, before, now, work, patients)
	if err != nil {
		return false, err
	}
	fmt.Printf("processor time now / at %s, %d pairs in turn; 95 %% interval of the median ratio\n", commit, pairs)
	for _, l := range loads {
		r, err := l.compare(before, now, pairs)
		if err != nil {
			return false, fmt.Errorf("%s: %w", l.name, err)
		}
		verdict := ""
		if r.low > limit {
			slower, verdict = true, "  SLOWER"
		}
		fmt.Printf("  %-34s %.3f  (%.3f to %.3f)  %s -> %s%s\n", l.name, r.median, r.low, r.high, r.before.Round(time.Millisecond), r.now.Round(time.Millisecond), verdict)
	}
	return slower, nil
}
