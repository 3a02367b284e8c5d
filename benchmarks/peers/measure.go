package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// A process is one way to run a load: a whole process, measured from start to
// end.
type process struct {
	name string
	argv []string
	env  []string
	// before clears what the last run left; its cost is not counted.
	before func() error
	// answers reads what the process printed.
	answers func(stdout []byte) (answers, error)
}

// A sample is what one run of a process cost: user and system time of it and
// of its children, wall time, and the greatest resident size of any of them.
type sample struct {
	CPU, Wall time.Duration
	Peak      int64 // bytes
}

// run runs the process once.
func (p *process) run(ctx context.Context) (sample, []byte, error) {
	if p.before != nil {
		if err := p.before(); err != nil {
			return sample{}, nil, err
		}
	}
	var s sample
	self, err := os.Executable()
	if err != nil {
		return s, nil, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"measure"}, p.argv...)...)
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Env = append(cmd.Env, "PEERS_MEASURE=1")
	figures, write, err := os.Pipe()
	if err != nil {
		return s, nil, err
	}
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = &out, &problems, []*os.File{write}
	err = errors.Join(cmd.Run(), write.Close())
	if err == nil {
		err = json.NewDecoder(figures).Decode(&s)
	}
	if err = errors.Join(err, figures.Close()); err != nil {
		return s, nil, fmt.Errorf("%s: %w: %s", p.name, err, bytes.TrimSpace(problems.Bytes()))
	}
	return s, out.Bytes(), nil
}

// A comparison is interleaved runs of two processes.
type comparison struct {
	a, b   *process
	sa, sb []sample
}

// compare runs a and b in turn n times after one warm-up each, and stops when
// their answers differ: no time is told of a run whose answers are wrong.
func compare(ctx context.Context, a, b *process, n int) (*comparison, error) {
	c := &comparison{a: a, b: b}
	var want answers
	for i := range n + 1 {
		for _, p := range []*process{a, b} {
			s, out, err := p.run(ctx)
			if err != nil {
				return nil, err
			}
			if p.answers != nil {
				got, err := p.answers(out)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", p.name, err)
				}
				if want == nil {
					want = got
				} else if err := want.differ(got); err != nil {
					return nil, fmt.Errorf("%s and %s disagree: %w", a.name, p.name, err)
				}
			}
			if i == 0 {
				continue
			}
			if p == a {
				c.sa = append(c.sa, s)
			} else {
				c.sb = append(c.sb, s)
			}
		}
	}
	return c, nil
}

// A spread is the median of some figures, with the least and the greatest.
type spread struct{ Median, Least, Most float64 }

func spreadOf(values []float64) spread {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return spread{Median: (v[(n-1)/2] + v[n/2]) / 2, Least: v[0], Most: v[n-1]}
}

func (s spread) String() string { return fmt.Sprintf("%.2f (%.2f-%.2f)", s.Median, s.Least, s.Most) }

// ratio is the spread of a/b over the pairs.
func (c *comparison) ratio(of func(sample) float64) spread {
	out := make([]float64, len(c.sa))
	for i := range c.sa {
		out[i] = of(c.sa[i]) / of(c.sb[i])
	}
	return spreadOf(out)
}

func cpuOf(s sample) float64  { return s.CPU.Seconds() }
func wallOf(s sample) float64 { return s.Wall.Seconds() }
func peakOf(s sample) float64 { return float64(s.Peak) / (1 << 20) }

func each(samples []sample, of func(sample) float64) []float64 {
	out := make([]float64, len(samples))
	for i, s := range samples {
		out[i] = of(s)
	}
	return out
}

// measure is this program as the parent of one command. A process begins with
// the peak size of the one that started it, so that starts from here are not
// blamed for the data that the harness has made. What the command leaves behind
// (Spark's machine outlives the Python that started it) becomes this program's
// child and counts too. It writes the sample to file descriptor 3.
func measure(argv []string) error {
	if err := adoptOrphans(); err != nil {
		return err
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return err
	}
	wall := time.Since(start)
	for {
		if _, err := syscall.Wait4(-1, nil, 0, nil); errors.Is(err, syscall.ECHILD) {
			break
		} else if err != nil && !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &used); err != nil {
		return err
	}
	s := sample{CPU: time.Duration(used.Utime.Nano() + used.Stime.Nano()), Wall: wall, Peak: used.Maxrss << 10}
	return json.NewEncoder(os.NewFile(3, "sample")).Encode(s)
}
