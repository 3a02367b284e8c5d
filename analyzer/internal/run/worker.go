package run

import (
	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
)

// A worker evaluates the parts of a pass that it takes.
type worker struct {
	e           *eval.Evaluator
	aggregators []*eval.Aggregator // by link; nil where a build table has the rows
	counts      [][]kernel.Counts  // by tally, by practice
	days        [][]eval.DayCounts // as counts; nil where rows are not counted by day
	scratch     []uint64           // a bitmap for CountDays
	own         kernel.Practices
	attributor  *attributor
	before      []kernel.Counts // by tally, over all practices, when the part began
	keeper      *keeper         // nil where no row is kept
}

// work is what the workers of a pass share: its setup, and the facts that it makes.
type work struct {
	*eval.Setup
	run         *Run
	layouts     []*eval.AggregateLayout // by link; nil for links to one row
	aggregators []*eval.Aggregator      // by link; those by key, which workers share
	buildTables []*eval.BuildTable      // by link
	repeats     []*cohort.Repeats
	keeps       bool    // rows that fail are kept for lists
	keys        rowKeys // of those, as far as the pass reads them
}

// work allocates what the workers of a pass share.
func (run *Run) work(setup *eval.Setup) *work {
	w := &work{Setup: setup, run: run}
	for _, l := range setup.Pass.Links {
		var layout *eval.AggregateLayout
		var shared *eval.Aggregator
		var table *eval.BuildTable
		switch {
		case !l.Relation.Many:
			table = eval.NewBuildTable(l, run.rowsEstimate(setup.Pass.Table), run.patients)
		case plan.ByID(l.Relation):
			layout = eval.NewAggregateLayout(l, run.plan.Widths, run.rowsOf(l.Relation.From), run.patients)
			shared = eval.NewAggregator(layout, setup.MaxRows)
		default:
			layout = eval.NewAggregateLayout(l, run.plan.Widths, run.rowsOf(l.Relation.From), run.patients)
		}
		w.layouts, w.aggregators, w.buildTables = append(w.layouts, layout), append(w.aggregators, shared), append(w.buildTables, table)
	}
	eval.StartMatches(run.Facts, setup.Pass, run.rowsEstimate(setup.Pass.Table), run.patients)
	for range setup.Pass.Repeats {
		w.repeats = append(w.repeats, &cohort.Repeats{})
	}
	return w
}

// worker returns a worker, with the aggregators that it does not share.
func (w *work) worker() *worker {
	k := &worker{e: eval.New(w.Setup)}
	for i := range w.Pass.Links {
		f := w.aggregators[i]
		if f == nil && w.layouts[i] != nil {
			f = eval.NewAggregator(w.layouts[i], w.MaxRows)
		}
		k.aggregators = append(k.aggregators, f)
	}
	for _, at := range w.Pass.Tallies {
		k.counts = append(k.counts, make([]kernel.Counts, len(w.run.practices.List)))
		k.days = append(k.days, eval.NewDayCounts(&w.run.plan.Programs[at], len(w.run.practices.List)))
		if k.scratch == nil && w.run.plan.Programs[at].Date != nil {
			k.scratch = make([]uint64, bitmap.Words(w.MaxRows))
		}
	}
	return k
}

// batch folds and counts the evaluator's current batch.
func (w *work) batch(k *worker) {
	m := k.e.Meter()
	for i, f := range k.aggregators {
		if f != nil {
			f.Add(k.e)
			continue
		}
		w.buildTables[i].Add(k.e)
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
				k.e.CountDays(p, &c, k.days[i], k.scratch)
			}
			m.Counted(at)
		}
	}
}

// join merges the facts and counts of the workers into the run.
func (w *work) join(workers []*worker) {
	run := w.run
	for i, l := range w.Pass.Links {
		k := &eval.KeyedFacts{}
		switch f, s := workers[0].aggregators[i], w.buildTables[i]; {
		case s != nil:
			run.evaluateNullRows(w.Setup, func(e *eval.Evaluator) { s.AppendRows(e) })
			k.Keys, k.Ambiguous, k.Columns = s.Keys, s.Ambiguous, s.Finish()
		case plan.ByID(l.Relation):
			k.Keys = f.Keys
			k.Columns = f.Finish(f.Keys.Len() + 1 + len(run.practices.List))
		default:
			for _, o := range workers[1:] {
				f.Merge(o.aggregators[i])
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
		if !w.Pass.FilterOnly {
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
