package damage

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/report"
)

// A Matrix is one practice, whole, and what damage makes of it.
type Matrix struct {
	Practice   Practice
	Whole      *Outcome
	Violations []Violation

	all      *Practices
	judge    *Judge
	extract  *Extract
	kept     *kept
	blockers reads
	folder   string
	// runs are extracts judged, refused those refused among them, same the
	// damages that changed nothing.
	runs, refused, same atomic.Int64
}

// NewMatrix makes a practice of the list, in a form, and judges it whole. folder
// holds its files while damage is done.
func NewMatrix(ctx context.Context, j *Judge, all *Practices, p Practice, f Form, folder string) (*Matrix, error) {
	m := &Matrix{Practice: p, all: all, judge: j, folder: folder}
	var err error
	if m.extract, err = all.Make(ctx, &p, filepath.Join(folder, "made"), j.Catalogue); err != nil {
		return nil, err
	}
	if m.kept, err = f.keep(filepath.Join(folder, "whole"), m.extract); err != nil {
		return nil, err
	}
	files, err := m.kept.files(folder, m.extract)
	if err != nil {
		return nil, err
	}
	m.Whole = j.Outcome(ctx, files)
	if m.Whole.Refused || m.Whole.Fault != nil {
		return nil, fmt.Errorf("the whole extract of %s cannot be judged: %w", p.Name, m.Whole.Fault)
	}
	m.blockers, err = j.blockers(ctx, files, m.Whole)
	return m, err
}

// All returns every damage that can be done to the practice.
func (m *Matrix) All() []Damage { return m.all.All(m.extract, m.judge.Catalogue) }

// Sample returns, of every kind of damage to every table, each so many by
// chance, seeded. Where the kinds are dealt out among several practices it
// returns those of the practice at a place.
func Sample(all []Damage, each int, seed uint64, place, practices int) []Damage {
	r := rand.New(rand.NewPCG(seed, 1))
	groups := map[string][]Damage{}
	var order []string
	for i := range all {
		key := all[i].Kind + " " + all[i].Table()
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], all[i])
	}
	var out []Damage
	for _, key := range order {
		group := groups[key]
		r.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
		if dealt(key, practices) == place {
			out = append(out, group[:min(each, len(group))]...)
		}
	}
	return out
}

// dealt is the place of the practice that a kind of damage falls to.
func dealt(key string, practices int) int {
	h := fnv.New32a()
	fmt.Fprint(h, key)
	return int(h.Sum32()>>8) % practices
}

// Run does each damage to the whole extract, on several workers, and notes
// what it broke. It returns those after which a blocker fails or the file
// counts as damaged.
func (m *Matrix) Run(ctx context.Context, damages []Damage, workers int) (worst []*Damage, err error) {
	broke := make([][]Violation, len(damages))
	bad := make([]bool, len(damages))
	err = m.each(ctx, len(damages), workers, func(i int, folder string) error {
		after, err := m.outcome(ctx, &damages[i], folder)
		if after == nil || err != nil {
			return err
		}
		broke[i] = hold(m.Practice.Name, &damages[i], damages[i].half(m.extract), m.Whole, after, m.blockers)
		bad[i] = slices.ContainsFunc(after.Readings, func(r Reading) bool { return r.Verdict == report.NotReady || r.Verdict == report.Damaged })
		return nil
	})
	for i := range damages {
		m.Violations = append(m.Violations, broke[i]...)
		if bad[i] {
			worst = append(worst, &damages[i])
		}
	}
	return worst, err
}

// RunPairs does, so many times by chance, a second damage to an extract that a
// first left among the worst. The second does not touch the same cells, and
// must not make up for the first.
func (m *Matrix) RunPairs(ctx context.Context, worst []*Damage, damages []Damage, pairs int, seed uint64, workers int) error {
	if len(worst) == 0 {
		return nil
	}
	r := rand.New(rand.NewPCG(seed, 2))
	var first []*Damage
	var both []Damage
	for range pairs * 2 {
		a, b := worst[r.IntN(len(worst))], &damages[r.IntN(len(damages))]
		if len(both) < pairs && !a.undone(b) {
			first, both = append(first, a), append(both, a.then(b))
		}
	}
	broke := make([][]Violation, len(both))
	err := m.each(ctx, len(both), workers, func(i int, folder string) error {
		after, err := m.outcome(ctx, &both[i], folder)
		if after == nil || err != nil {
			return err
		}
		before, err := m.outcome(ctx, first[i], folder)
		if before == nil || err != nil {
			return err
		}
		ofWhole := hold(m.Practice.Name, &both[i], false, m.Whole, after, nil)
		ofFirst := hold(m.Practice.Name, &both[i], false, before, after, nil)
		broke[i] = append(slices.DeleteFunc(ofWhole, func(v Violation) bool { return v.Property == LossNamed }),
			slices.DeleteFunc(ofFirst, func(v Violation) bool { return v.Property == NoGain || v.Property == NoFault })...)
		return nil
	})
	for i := range both {
		m.Violations = append(m.Violations, broke[i]...)
	}
	return err
}

// each calls do for the numbers below n, on several workers that have a folder
// each.
func (m *Matrix) each(ctx context.Context, n, workers int, do func(i int, folder string) error) error {
	errs := make([]error, workers)
	next := make(chan int)
	var working sync.WaitGroup
	for w := range workers {
		working.Go(func() {
			defer func() {
				for range next { // who gives out the numbers does not wait
				}
			}()
			defer crash.Catch(&errs[w], "the work")
			folder := filepath.Join(m.folder, fmt.Sprint("worker-", w))
			errs[w] = os.MkdirAll(folder, 0o700)
			for i := range next {
				if errs[w] == nil && ctx.Err() == nil {
					errs[w] = do(i, folder)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	working.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

// outcome judges the extract after a damage; nil where it changes nothing.
func (m *Matrix) outcome(ctx context.Context, d *Damage, folder string) (*Outcome, error) {
	x := d.Apply(m.extract)
	if x == m.extract {
		m.same.Add(1)
		return nil, nil
	}
	files, err := m.kept.files(folder, x)
	if err != nil {
		return nil, err
	}
	out := m.judge.Outcome(ctx, files)
	if m.runs.Add(1); out.Refused {
		m.refused.Add(1)
	}
	return out, nil
}
