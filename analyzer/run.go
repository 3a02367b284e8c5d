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
	"paperlight/analyzer/internal/eval"
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
	Meter *eval.Meter
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

	*eval.Facts
	tallies [][]state.Tally         // by program, by practice
	days    [][]eval.DayCounts      // by program, by practice; nil where not counted
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
		Facts:  eval.NewFacts(),
		tables: make([]*intake.Counts, len(schema.Tables)), seen: map[*schema.Column]bool{},
	}
	for i := range plan.Programs {
		run.tallies = append(run.tallies, make([]state.Tally, len(practices.List)))
		run.days = append(run.days, eval.NewDayCounts(&plan.Programs[i], len(practices.List)))
	}
	for _, p := range plan.Passes {
		if t := x.Table(p.Table); t != nil && !p.Memory {
			run.progress.All += t.Bytes
		}
	}
	if t := schema.Lookup("practice"); x.Table(t) != nil {
		run.tables[t.Index] = practices.Reading()
	}
	o.Meter.Start()
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
			delete(run.Repeats, n) // its values are held instead
			delete(run.Sieves, n)
		}
		for _, n := range p.Drop {
			delete(run.Columns, n)
		}
	}
	o.Meter.Charge(nil)
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
	run.options.Meter.Enter(p)
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
	e      *eval.Evaluator
	folds  []*eval.Aggregator // by link; nil where rows are stored
	counts [][]kernel.Counts  // by tally, by practice
	days   [][]eval.DayCounts // as counts; nil where rows are not counted by day
	room   []uint64           // for the rows counted by day
	own    kernel.Practices
	reader *reader
}

// work is what the workers of a pass share besides what is prepared.
type work struct {
	*eval.Setup
	run     *Run
	layouts []*eval.AggregateLayout // by link; nil for links to one row
	folds   []*eval.Aggregator      // by link; what workers share
	stores  []*eval.BuildTable      // by link
	repeats []*cohort.Repeats
}

// prepared is what a pass is evaluated with, before columns and sets.
func (run *Run) prepared(p *plan.Pass, rows int) *eval.Setup {
	return &eval.Setup{Pass: p, Programs: run.plan.Programs, Practices: run.practices.List, Facts: run.Facts, Meter: run.options.Meter, MaxRows: rows}
}

func (run *Run) work(in *eval.Setup) *work {
	w := &work{Setup: in, run: run}
	for _, l := range in.Pass.Links {
		var y *eval.AggregateLayout
		var f *eval.Aggregator
		var s *eval.BuildTable
		switch {
		case !l.Relation.Many:
			s = eval.NewBuildTable(l, run.rowsForeseen(in.Pass.Table), run.patients)
		case plan.ByID(l.Relation):
			y = eval.NewAggregateLayout(l, run.plan.Widths, run.rowsOf(l.Relation.From))
			f = eval.NewAggregator(y, in.MaxRows)
		default:
			y = eval.NewAggregateLayout(l, run.plan.Widths, run.rowsOf(l.Relation.From))
		}
		w.layouts, w.folds, w.stores = append(w.layouts, y), append(w.folds, f), append(w.stores, s)
	}
	eval.StartMatches(run.Facts, in.Pass, run.rowsForeseen(in.Pass.Table), run.patients)
	for range in.Pass.Repeats {
		w.repeats = append(w.repeats, &cohort.Repeats{})
	}
	return w
}

func (w *work) worker() *worker {
	k := &worker{e: eval.New(w.Setup)}
	for i := range w.Pass.Links {
		f := w.folds[i]
		if f == nil && w.layouts[i] != nil {
			f = eval.NewAggregator(w.layouts[i], w.MaxRows)
		}
		k.folds = append(k.folds, f)
	}
	for _, at := range w.Pass.Tallies {
		k.counts = append(k.counts, make([]kernel.Counts, len(w.run.practices.List)))
		k.days = append(k.days, eval.NewDayCounts(&w.run.plan.Programs[at], len(w.run.practices.List)))
		if k.room == nil && w.run.plan.Programs[at].Date != nil {
			k.room = make([]uint64, kernel.Words(w.MaxRows))
		}
	}
	return k
}

// batch folds and counts the evaluator's current batch.
func (w *work) batch(k *worker) {
	m := k.e.Meter()
	for i, f := range k.folds {
		if f != nil {
			f.Add(k.e)
			continue
		}
		w.stores[i].Add(k.e)
		m.Charge(w.Pass.Links[i].Nodes)
	}
	for i, n := range w.Pass.Repeats {
		k.e.AddRepeats(n, w.repeats[i])
		m.Charge(w.Pass.Repeats[i : i+1])
	}
	for i, n := range w.Pass.Matches {
		k.e.Match(n)
		m.Charge(w.Pass.Matches[i : i+1])
	}
	if len(w.Pass.Tallies) > 0 {
		k.own.Reset(k.e.OwnPractice, k.e.Rows, len(w.run.practices.List))
		for i, at := range w.Pass.Tallies {
			p := &w.run.plan.Programs[at]
			c := k.e.Condition(p)
			k.own.Tally(k.counts[i], &c)
			if p.Date != nil {
				k.e.CountDays(p, &c, k.days[i], k.room)
			}
			m.Counted(at)
		}
	}
}

// join merges what the workers gathered into the run.
func (w *work) join(workers []*worker) {
	run := w.run
	for i, l := range w.Pass.Links {
		k := &eval.Keyed{}
		switch f, s := workers[0].folds[i], w.stores[i]; {
		case s != nil:
			run.nulls(w.Setup, func(e *eval.Evaluator) { s.AppendRows(e) })
			k.Keys, k.Ambiguous, k.Held = s.Keys, s.Ambiguous, s.Finish()
		case plan.ByID(l.Relation):
			k.Keys = f.Keys
			k.Held = f.Finish(f.Keys.Len() + 1 + len(run.practices.List))
		default:
			for _, o := range workers[1:] {
				f.Merge(o.folds[i])
			}
			for n, h := range f.Finish(run.rowsOf(l.Relation.From)) {
				run.Columns[n] = h
			}
			continue
		}
		for _, n := range l.Nodes {
			run.Keyed[eval.FactKey{Relation: l.Relation, Node: n}] = k
		}
	}
	for i, n := range w.Pass.Repeats {
		if !w.Pass.Sieve {
			run.Repeats[n] = w.repeats[i]
		}
	}
	for _, k := range workers {
		for i, at := range w.Pass.Tallies {
			eval.AddCounts(run.tallies[at], k.counts[i])
			eval.AddDayCounts(run.days[at], k.days[i])
		}
	}
}

// capacity is the room for batches of at most n rows: whole words, and no
// more than a batch may have. Below 0, n is not known.
func capacity(n int) int {
	if n < 0 {
		return eval.BatchRows
	}
	return min(eval.BatchRows, max(64, kernel.Words(n)*64))
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
