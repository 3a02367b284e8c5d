package analyzer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/intake"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// Options say how a run is done. The zero Options are good.
type Options struct {
	// AsOf is the as-of date of all practices, in days since 1970-01-01; nil
	// where each states its own.
	AsOf *int32
	// Jobs is how many workers read at the same time; below 1, one a CPU.
	Jobs int
	// MemoryLimit bounds, in bytes, what is held of patients and related
	// rows; 0 is no bound. A run that would exceed it is refused.
	MemoryLimit int64
	// CountDuplicateIDs counts repeated record ids in tables of any size.
	CountDuplicateIDs bool
	// Outgoing: the extract leaves the practice, whether or not it says so.
	Outgoing bool
	// Declarations are answers given beside the extract.
	Declarations []practices.Declaration
	// Meter, where not nil, notes what the run spends its time on.
	Meter *Meter
	// Progress, where not nil, is called as reading goes on, never twice at
	// the same time.
	Progress func(Progress)

	// everyColumn reads all columns, asked for or not.
	everyColumn bool
	// sampled is how many rows a practice are compared whole; 0 is sampledRows.
	sampled int64
}

// Progress is how far a run has come.
type Progress struct {
	Table      string
	Rows       int64 // read so far, of all tables
	Bytes, All int64 // of stored input; a table read twice counts twice
}

func (o *Options) jobs() int {
	if o.Meter != nil {
		return 1
	}
	if o.Jobs > 0 {
		return o.Jobs
	}
	return runtime.GOMAXPROCS(0)
}

// A Run is a plan carried out over an extract. It owns the facts about
// patients that a second pass needs, until it is dropped.
type Run struct {
	plan      *plan.Plan
	x         *extract.Extract
	options   Options
	practices *practices.Set

	// Patients are numbered by row; each part starts at a multiple of 64.
	// Null rows follow: one for no practice, then one a practice.
	ids         *cohort.IDs
	bases       []int
	nullPatient int
	patients    int // null rows included
	// patientPractice is the practice row each patient gathers from; what is
	// not a patient has that of no practice.
	patientPractice []int32

	*facts
	tallies [][]state.Tally         // by program, by practice
	days    [][]perDay              // by program, by practice; nil where not counted
	tables  []*intake.Counts        // by schema.Table.Index; nil where not read
	seen    map[*schema.Column]bool // columns whose cells have been counted

	mu       sync.Mutex
	progress Progress
}

// NewRun carries out the plan. The extract must stay open while the Run is
// used.
func NewRun(ctx context.Context, plan *plan.Plan, x *extract.Extract, practices *practices.Set, o Options) (*Run, error) {
	run := &Run{
		plan: plan, x: x, options: o, practices: practices,
		facts:  newFacts(),
		tables: make([]*intake.Counts, len(schema.Tables)), seen: map[*schema.Column]bool{},
	}
	for i := range plan.Programs {
		run.tallies = append(run.tallies, make([]state.Tally, len(practices.List)))
		run.days = append(run.days, newPerDay(&plan.Programs[i], len(practices.List)))
	}
	for _, p := range plan.Passes {
		if t := x.Table(p.Table); t != nil && !p.Memory {
			run.progress.All += t.Bytes
		}
	}
	if t := schema.Lookup("practice"); x.Table(t) != nil {
		run.tables[t.Index] = practices.Reading()
	}
	o.Meter.start()
	run.holdPractices()
	for _, p := range plan.Passes {
		if err := run.foresee(p); err != nil {
			return nil, err
		}
		if err := run.pass(ctx, p); err != nil {
			return nil, err
		}
		if err := run.checkMemory(); err != nil {
			return nil, err
		}
		for _, n := range p.Keep {
			delete(run.repeats, n) // its values are held instead
			delete(run.sieves, n)
		}
		for _, n := range p.Drop {
			delete(run.held, n)
		}
	}
	o.Meter.charge(nil)
	return run, nil
}

// rowsOf is how many rows are held of patients or practice, null rows and all.
func (run *Run) rowsOf(t *schema.Table) int {
	if t.Name == "practice" {
		return 2*len(run.practices.List) + 1
	}
	return run.patients
}

func (run *Run) pass(ctx context.Context, p *plan.Pass) error {
	run.options.Meter.enter(p)
	switch {
	case p.Memory:
		if p.Table.Name == "practice" {
			run.holdCounts()
		}
		if len(p.Repeats) > 0 {
			if err := run.overHeld(ctx, run.sift(p)); err != nil {
				return err
			}
		}
		return run.overHeld(ctx, p)
	case p.Table.Name == "patients":
		return run.readPatients(ctx, p)
	}
	return run.overRows(ctx, p)
}

// A worker goes over a share of a pass's rows.
type worker struct {
	e      *evaluator
	folds  []*fold           // by link; nil where rows are stored
	counts [][]kernel.Counts // by tally, by practice
	days   [][]perDay        // as counts; nil where rows are not counted by day
	room   []uint64          // for the rows counted by day
	own    kernel.Practices
	reader *reader
}

// work is what the workers of a pass share besides what is prepared.
type work struct {
	*prepared
	run     *Run
	layouts []*layout // by link; nil for links to one row
	folds   []*fold   // by link; what workers share
	stores  []*store  // by link
	repeats []*cohort.Repeats
}

// prepared is what a pass is evaluated with, before columns and sets.
func (run *Run) prepared(p *plan.Pass, rows int) *prepared {
	return &prepared{pass: p, programs: run.plan.Programs, practices: run.practices.List, facts: run.facts, meter: run.options.Meter, rows: rows}
}

func (run *Run) work(in *prepared) *work {
	w := &work{prepared: in, run: run}
	for _, l := range in.pass.Links {
		var y *layout
		var f *fold
		var s *store
		switch {
		case !l.Relation.Many:
			s = newStore(l, run.rowsForeseen(in.pass.Table), run.patients)
		case plan.ByID(l.Relation):
			y = newLayout(l, run.plan.Widths, run.rowsOf(l.Relation.From))
			f = newFold(y, in.rows)
		default:
			y = newLayout(l, run.plan.Widths, run.rowsOf(l.Relation.From))
		}
		w.layouts, w.folds, w.stores = append(w.layouts, y), append(w.folds, f), append(w.stores, s)
	}
	startAcross(run.facts, in.pass, run.rowsForeseen(in.pass.Table), run.patients)
	for range in.pass.Repeats {
		w.repeats = append(w.repeats, &cohort.Repeats{})
	}
	return w
}

func (w *work) worker() *worker {
	k := &worker{e: newEvaluator(w.prepared)}
	for i := range w.pass.Links {
		f := w.folds[i]
		if f == nil && w.layouts[i] != nil {
			f = newFold(w.layouts[i], w.rows)
		}
		k.folds = append(k.folds, f)
	}
	for _, at := range w.pass.Tallies {
		k.counts = append(k.counts, make([]kernel.Counts, len(w.run.practices.List)))
		k.days = append(k.days, newPerDay(&w.run.plan.Programs[at], len(w.run.practices.List)))
		if k.room == nil && w.run.plan.Programs[at].Date != nil {
			k.room = make([]uint64, kernel.Words(w.rows))
		}
	}
	return k
}

// batch folds and counts the evaluator's current batch.
func (w *work) batch(k *worker) {
	m := k.e.meter()
	for i, f := range k.folds {
		if f != nil {
			f.add(k.e)
			continue
		}
		w.stores[i].add(k.e)
		m.charge(w.pass.Links[i].Nodes)
	}
	for i, n := range w.pass.Repeats {
		k.e.addRepeats(n, w.repeats[i])
		m.charge(w.pass.Repeats[i : i+1])
	}
	for i, n := range w.pass.Matches {
		k.e.across(n)
		m.charge(w.pass.Matches[i : i+1])
	}
	if len(w.pass.Tallies) > 0 {
		k.own.Reset(k.e.ownPractice, k.e.n, len(w.run.practices.List))
		for i, at := range w.pass.Tallies {
			p := &w.run.plan.Programs[at]
			c := k.e.condition(p)
			k.own.Tally(k.counts[i], &c)
			if p.Date != nil {
				k.e.countDays(p, &c, k.days[i], k.room)
			}
			m.counted(at)
		}
	}
}

// join merges what the workers gathered into the run.
func (w *work) join(workers []*worker) {
	run := w.run
	for i, l := range w.pass.Links {
		k := &keyed{}
		switch f, s := workers[0].folds[i], w.stores[i]; {
		case s != nil:
			run.nulls(w.prepared, func(e *evaluator) { s.appendRows(e) })
			k.keys, k.void, k.held = s.keys, s.void, s.finish()
		case plan.ByID(l.Relation):
			k.keys = f.keys
			k.held = f.finish(f.keys.Len() + 1 + len(run.practices.List))
		default:
			for _, o := range workers[1:] {
				f.merge(o.folds[i])
			}
			for n, h := range f.finish(run.rowsOf(l.Relation.From)) {
				run.held[n] = h
			}
			continue
		}
		for _, n := range l.Nodes {
			run.keyed[factKey{l.Relation, n}] = k
		}
	}
	for i, n := range w.pass.Repeats {
		if !w.pass.Sieve {
			run.repeats[n] = w.repeats[i]
		}
	}
	for _, k := range workers {
		for i, at := range w.pass.Tallies {
			addCounts(run.tallies[at], k.counts[i])
			addPerDay(run.days[at], k.days[i])
		}
	}
}

// capacity is the room for batches of at most n rows: whole words, and no
// more than a batch may have. Below 0, n is not known.
func capacity(n int) int {
	if n < 0 {
		return batchRows
	}
	return min(batchRows, max(64, kernel.Words(n)*64))
}

// parallel calls do for 0..n-1 at the same time and joins their errors; a
// panic becomes an error.
func parallel(n int, do func(i int) error) error {
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					errs[i] = fmt.Errorf("internal error: %v", r)
				}
			}()
			errs[i] = do(i)
		})
	}
	group.Wait()
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 0 {
		return nil
	}
	// The others mostly say that they were stopped.
	for _, err := range errs {
		if !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return errs[0]
}
