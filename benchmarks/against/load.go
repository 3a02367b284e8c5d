package main

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"paperlight/benchmarks/program"
)

// A load is one way to run the program.
type load struct {
	name string
	args []string
}

// makeLoads makes the extracts: a small one, whose checks are mostly start and
// report, and one of the shape that a practice's records have. The earlier program
// makes them, so that it can read all that is in them; where it is too old to make
// a practice, the present one does. The ten rules are those of the commit that is
// measured.
func makeLoads(root, before, now, work string, patients int) ([]load, error) {
	small, large := filepath.Join(work, "small"), filepath.Join(work, "large")
	if out, err := exec.Command(before, "generate", small, "--patients", "100", "--answers", "--quiet").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("generate: %w\n%s", err, out)
	}
	if err := program.MakePractice(before, large, patients); err != nil {
		fmt.Println("the earlier program cannot make a practice, so the present one does:", err)
		if err := program.MakePractice(now, large, patients); err != nil {
			return nil, err
		}
	}
	check := func(extract string, more ...string) []string {
		return append([]string{"check", extract, "--allow-test-numbers", "--fail-on", "never", "--quiet", "--format", "json"}, more...)
	}
	ten := filepath.Join(root, "benchmarks", "rules-ten")
	return []load{
		{"start: 100 patients, all rules", check(small)},
		{fmt.Sprintf("practice of %d, all rules", patients), check(large)},
		{fmt.Sprintf("practice of %d, ten rules", patients), check(large, "--rules", ten, "--select", "ten")},
	}, nil
}

// A ratio is what a load costs now in terms of what it cost.
type ratio struct {
	median, low, high float64
	before, now       time.Duration // medians
}

// compare runs both programs in turn: once to warm up, then so many counted
// pairs, of which every second begins with the other program.
func (l *load) compare(before, now string, pairs int) (ratio, error) {
	var was, is []time.Duration
	for i := range pairs + 1 {
		first, second := before, now
		if i%2 == 1 {
			first, second = now, before
		}
		a, err := l.cost(first)
		if err != nil {
			return ratio{}, err
		}
		b, err := l.cost(second)
		if err != nil {
			return ratio{}, err
		}
		if i%2 == 1 {
			a, b = b, a
		}
		if i > 0 {
			was, is = append(was, a), append(is, b)
		}
	}
	return ratioOf(was, is), nil
}

// cost is the processor time of one run and of its children.
func (l *load) cost(program string) (time.Duration, error) {
	cmd := exec.Command(program, l.args...)
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("%s: %w", filepath.Base(program), err)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// resamples are how many samples the interval is found from.
const resamples = 4000

// ratioOf is the median of the ratios of the pairs, with its 95 % interval by
// the bootstrap, seeded so that equal times give equal figures.
func ratioOf(was, is []time.Duration) ratio {
	ratios := make([]float64, len(was))
	for i := range was {
		ratios[i] = float64(is[i]) / float64(was[i])
	}
	r := rand.New(rand.NewPCG(1, 2))
	medians := make([]float64, resamples)
	sample := make([]float64, len(ratios))
	for i := range medians {
		for j := range sample {
			sample[j] = ratios[r.IntN(len(ratios))]
		}
		medians[i] = median(sample)
	}
	slices.Sort(medians)
	return ratio{median: median(ratios), low: medians[resamples/40], high: medians[resamples-resamples/40-1], before: median(was), now: median(is)}
}

// median is the middle value; of an even number the upper of the two.
func median[T float64 | time.Duration](values []T) T {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}
