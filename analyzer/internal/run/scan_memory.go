package run

import (
	"context"
	"sync/atomic"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// evaluateNullRows evaluates the pass over rows whose every column is null, one of
// no practice and then one of each practice, and calls visit for each batch.
func (run *Run) evaluateNullRows(setup *eval.Setup, visit func(*eval.Evaluator)) {
	e := eval.New(setup)
	for i, c := range setup.Columns {
		e.Columns[i] = vector.Unknown(c.Type, e.MaxRows)
		if c.Type == schema.Text {
			e.Columns[i].Index, e.Columns[i].Offsets = nil, make([]int32, e.MaxRows+1)
		}
	}
	practices := len(run.practices.List)
	e.Patient, e.Practice = make([]int32, e.MaxRows), make([]int32, e.MaxRows)
	e.OwnPatient, e.OwnPractice = make([]int32, e.MaxRows), make([]int32, e.MaxRows)
	for first := 0; first < practices+1; first += e.MaxRows {
		n := min(e.MaxRows, practices+1-first)
		for i := range n {
			e.Patient[i], e.Practice[i] = int32(run.nullPatient+first+i), int32(practices+first+i)
			e.OwnPatient[i], e.OwnPractice[i] = -1, int32(first+i)-1
		}
		e.Run(n)
		visit(e)
	}
}

// scanMemory carries out a pass over patients or practices in memory.
func (run *Run) scanMemory(ctx context.Context, p *plan.Pass) error {
	rows := run.rowsOf(p.Table)
	size := capacity(rows)
	w := run.work(run.newSetup(p, size))
	w.Sets = eval.GatherSets(run.Facts, p)
	chunks := (rows + size - 1) / size
	keeps := make([]*vector.Column, len(p.Materialise))
	texts := make([][]*vector.Builder, len(p.Materialise))
	for i, n := range p.Materialise {
		keeps[i], texts[i] = vector.NewColumn(n, rows), make([]*vector.Builder, chunks)
	}
	workers := make([]*worker, max(1, min(run.options.jobs(), chunks)))
	var next atomic.Int64
	err := parallel(len(workers), func(i int) error {
		k := w.worker()
		workers[i] = k
		h := newMemoryRows(run, p.Table)
		for {
			c := int(next.Add(1)) - 1
			if c >= chunks {
				return nil
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			h.batch(k.e, c*size, min(size, rows-c*size))
			for j, n := range p.Materialise {
				if n.Type == schema.Text {
					texts[j][c] = vector.NewBuilder(n)
					texts[j][c].Append(k.e.Value(n), k.e.Rows)
					continue
				}
				keeps[j].Put(k.e.Value(n), c*size, k.e.Rows)
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
	for i, n := range p.Materialise {
		if run.Columns[n] = keeps[i]; n.Type == schema.Text {
			run.Columns[n] = vector.Join(n, rows, texts[i], bases)
		}
	}
	w.join(workers)
	return nil
}

// memoryRows gives an evaluator batches of patients or practices in memory.
type memoryRows struct {
	run      *Run
	patients bool
}

func newMemoryRows(run *Run, t *schema.Table) *memoryRows {
	return &memoryRows{run: run, patients: t == schema.Patients}
}

// batch evaluates the n rows from first on.
func (m *memoryRows) batch(e *eval.Evaluator, first, n int) {
	if e.OwnPatient == nil {
		e.OwnPatient, e.OwnPractice = make([]int32, e.MaxRows), make([]int32, e.MaxRows)
		e.Practice = make([]int32, e.MaxRows)
	}
	practices := int32(len(m.run.practices.List))
	for i := range n {
		at := int32(first + i)
		if m.patients {
			at = m.run.patientPractice[first+i]
		}
		e.Practice[i], e.OwnPractice[i], e.OwnPatient[i] = at, at, -1
		if at >= practices {
			e.OwnPractice[i] = -1
		} else if m.patients {
			e.OwnPatient[i] = int32(first + i)
		}
	}
	e.First = first
	e.Run(n)
}

// filterPass returns the pass that goes before one over rows in memory that counts
// repeats: it fills filters, which tell the keys that occur once, so that only the
// others are stored.
func (run *Run) filterPass(p *plan.Pass) *plan.Pass {
	s := &plan.Pass{Table: p.Table, Memory: true, Repeats: p.Repeats, FilterOnly: true}
	s.SetNodes(run.plan.Programs, func(n *expr.Node) bool { return run.Columns[n] != nil })
	for _, n := range p.Repeats {
		run.Filters[n] = cohort.NewFilter(int64(run.rowsOf(p.Table)))
	}
	return s
}
