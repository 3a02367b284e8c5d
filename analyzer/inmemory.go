package analyzer

import (
	"context"
	"sync/atomic"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// nulls evaluates the pass over rows whose every column is null: one of no
// practice, then one of each practice, in batches.
func (run *Run) nulls(in *prepared, visit func(*evaluator)) {
	e := newEvaluator(in)
	for i, c := range in.columns {
		e.columns[i] = vector.Unknown(c.Type, e.rows)
		if c.Type == schema.Text {
			e.columns[i].Index, e.columns[i].Offsets = nil, make([]int32, e.rows+1)
		}
	}
	practices := len(run.practices.List)
	e.patient, e.practice = make([]int32, e.rows), make([]int32, e.rows)
	e.ownPatient, e.ownPractice = make([]int32, e.rows), make([]int32, e.rows)
	for first := 0; first < practices+1; first += e.rows {
		n := min(e.rows, practices+1-first)
		for i := range n {
			e.patient[i], e.practice[i] = int32(run.nullPatient+first+i), int32(practices+first+i)
			e.ownPatient[i], e.ownPractice[i] = -1, int32(first+i)-1
		}
		e.run(n)
		visit(e)
	}
}

// overHeld carries out a pass over patients or practices in memory.
func (run *Run) overHeld(ctx context.Context, p *plan.Pass) error {
	rows := run.rowsOf(p.Table)
	size := capacity(rows)
	w := run.work(run.prepared(p, size))
	w.sets = gathers(run.facts, p)
	chunks := (rows + size - 1) / size
	keeps := make([]*vector.Column, len(p.Keep))
	texts := make([][]*vector.Builder, len(p.Keep))
	for i, n := range p.Keep {
		keeps[i], texts[i] = vector.NewColumn(n, rows), make([]*vector.Builder, chunks)
	}
	workers := make([]*worker, max(1, min(run.options.jobs(), chunks)))
	var next atomic.Int64
	err := parallel(len(workers), func(i int) error {
		k := w.worker()
		workers[i] = k
		h := newHeldRows(run, p.Table)
		for {
			c := int(next.Add(1)) - 1
			if c >= chunks {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			h.batch(k.e, c*size, min(size, rows-c*size))
			for j, n := range p.Keep {
				if n.Type == schema.Text {
					texts[j][c] = vector.NewBuilder(n)
					texts[j][c].Append(k.e.value(n), k.e.n)
					continue
				}
				keeps[j].Put(k.e.value(n), c*size, k.e.n)
			}
			w.batch(k)
		}
	})
	if err != nil {
		return err
	}
	bases := make([]int, chunks)
	for c := range bases {
		bases[c] = c * size
	}
	for i, n := range p.Keep {
		if run.held[n] = keeps[i]; n.Type == schema.Text {
			run.held[n] = vector.Join(n, rows, texts[i], bases)
		}
	}
	w.join(workers)
	return nil
}

// heldRows gives an evaluator batches of patients or practices in memory.
type heldRows struct {
	run      *Run
	patients bool
}

func newHeldRows(run *Run, t *schema.Table) *heldRows {
	return &heldRows{run: run, patients: t.Name == "patients"}
}

// batch evaluates the n rows from first on.
func (h *heldRows) batch(e *evaluator, first, n int) {
	if e.ownPatient == nil {
		e.ownPatient, e.ownPractice = make([]int32, e.rows), make([]int32, e.rows)
		e.practice = make([]int32, e.rows)
	}
	practices := int32(len(h.run.practices.List))
	for i := range n {
		at := int32(first + i)
		if h.patients {
			at = h.run.patientPractice[first+i]
		}
		e.practice[i], e.ownPractice[i], e.ownPatient[i] = at, at, -1
		if at >= practices {
			e.ownPractice[i] = -1
		} else if h.patients {
			e.ownPatient[i] = int32(first + i)
		}
	}
	e.first = first
	e.run(n)
}

// sift prepares a pass over rows in memory that seeks repeats: it finds the
// keys that occur once, so that only the others are held.
func (run *Run) sift(p *plan.Pass) *plan.Pass {
	s := &plan.Pass{Table: p.Table, Memory: true, Repeats: p.Repeats, Sieve: true}
	s.List(run.plan.Programs, func(n *expr.Node) bool { return run.held[n] != nil })
	for _, n := range p.Repeats {
		run.sieves[n] = cohort.NewFilter(int64(run.rowsOf(p.Table)))
	}
	return s
}
