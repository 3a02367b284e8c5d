package run

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/crash"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// A Row says which record a verdict is about. It holds keys, never contents.
type Row struct {
	Rule     string
	Table    *schema.Table
	Practice string // empty where the row counts under none
	Patient  string // the pseudonym; empty where the row names none
	Record   string // the record id; empty where the table has none
	// Date is the first date column of the table, where HasDate.
	Date     calendar.Day
	HasDate  bool
	Position state.Position
	Verdict  Verdict
	// Unmet and Untold are the conjuncts of what the rule expects that are false, and
	// unknown, of a failing row: a bit each, where Options.Reasons is set.
	Unmet, Untold uint64
	// Code is that of the entry: a clinical code or a product's. It is never free text.
	Code string
	// Cells are what Trace read of the row: empty where nothing is recorded.
	Cells []string
}

// FailingRows calls emit for every record that fails one of the rules: of the
// denominator and not of the numerator. Tables come in schema order, records
// in the order of the source, and the rules of one record in the order of
// their ids, whatever the number of workers. Of the rules that are also among
// open, records whose where is unknown (Undetermined) come too. It reads the
// tables again, but for those of which all such records were kept (plan.Program.Listed),
// and stops at emit's first error.
func FailingRows(ctx context.Context, run *Run, ruleIDs, open []string, emit func(Row) error) error {
	return run.each(ctx, ruleIDs, open, listing{}, emit)
}

// Verdicts calls emit for every record of the rules' tables, in the order of
// FailingRows.
func Verdicts(ctx context.Context, run *Run, ruleIDs []string, emit func(Row) error) error {
	return run.each(ctx, ruleIDs, nil, listing{all: true}, emit)
}

// Trace calls emit, as Verdicts does, for the records of one patient, with the cells
// of the columns of their table, and for every practice.
func Trace(ctx context.Context, run *Run, ruleIDs []string, patient string, columns []*schema.Column, emit func(Row) error) error {
	return run.each(ctx, ruleIDs, nil, listing{all: true, patient: patient, columns: columns}, emit)
}

// A listing says which rows are listed, and what of them.
type listing struct {
	all     bool   // the rows of every verdict, not the failing ones alone
	counted bool   // those of the denominator, met or not
	patient string // of this patient alone; empty for all
	columns []*schema.Column
}

func (run *Run) each(ctx context.Context, ruleIDs, open []string, of listing, emit func(Row) error) error {
	return run.eachTable(ruleIDs, open, of, func(l *lister) error {
		if l.pass.Table == schema.Practice {
			return l.practices(emit)
		}
		if l.allKept() {
			return l.listKept(ctx, emit)
		}
		return l.rows(ctx, emit, l.judgeParts)
	})
}

// eachTable calls list with a lister for each table that rules count, in schema order.
func (run *Run) eachTable(ruleIDs, open []string, of listing, list func(*lister) error) error {
	byTable := map[*schema.Table][]int{}
	for i := range run.plan.Programs {
		p := &run.plan.Programs[i]
		if p.ID != "" && slices.Contains(ruleIDs, p.ID) {
			byTable[p.Table] = append(byTable[p.Table], i)
		}
	}
	for _, t := range schema.Tables {
		programs := byTable[t]
		if len(programs) == 0 || run.x.Table(t) == nil && t != schema.Practice {
			continue
		}
		slices.SortFunc(programs, func(a, b int) int {
			if run.plan.Programs[a].ID < run.plan.Programs[b].ID {
				return -1
			}
			return 1
		})
		p := &plan.Pass{Table: t, Memory: plan.InMemory(t), Tallies: programs}
		p.SetNodes(run.plan.Programs, run.isKnown)
		l := &lister{run: run, pass: p, listing: of}
		for _, at := range programs {
			l.listUndetermined = append(l.listUndetermined, slices.Contains(open, run.plan.Programs[at].ID))
		}
		if err := list(l); err != nil {
			return err
		}
	}
	return nil
}

// A lister lists the rows of one table by verdict.
type lister struct {
	run  *Run
	pass *plan.Pass
	listing
	// listUndetermined says of each rule of the pass that its undetermined rows are
	// listed too.
	listUndetermined []bool
}

// practices lists the practices, all of which are in memory.
func (l *lister) practices(emit func(Row) error) error {
	setup := l.run.newSetup(l.pass, capacity(len(l.run.practices.List)))
	setup.Sets = eval.GatherSets(l.run.Facts, l.pass)
	e, h := eval.New(setup), newMemoryRows(l.run, l.pass.Table)
	verdicts := l.buffers(setup.MaxRows)
	for first := 0; first < len(l.run.practices.List); first += setup.MaxRows {
		n := min(setup.MaxRows, len(l.run.practices.List)-first)
		h.batch(e, first, n)
		l.judge(e, verdicts)
		for i := range n {
			if !bitmap.Has(verdicts.wanted, i) {
				continue
			}
			id := l.run.practices.List[first+i].ID
			r := Row{Practice: id, Record: id, Position: state.Position{File: schema.Practice.Name, Record: int64(first+i) + 1}}
			if err := l.emit(r, verdicts, i, emit); err != nil {
				return err
			}
		}
	}
	return nil
}

// emit emits the row once for each rule that lists it.
func (l *lister) emit(r Row, verdicts *verdicts, i int, emit func(Row) error) error {
	for k, at := range l.pass.Tallies {
		if v := verdicts.of[k][i]; l.all || v == Failing || v == Unknown || v == Undetermined && l.listUndetermined[k] {
			r.Rule, r.Table, r.Verdict = l.run.plan.Programs[at].ID, l.pass.Table, v
			r.Unmet, r.Untold = verdicts.reasons(k, i, v)
			if err := emit(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// listAhead is how many batches of a part may wait to be emitted.
const listAhead = 4

// rows lists the rows of a table that is read again. Workers judge parts at the
// same time, and send the rows to the channel of each; they are emitted in the order of
// the parts.
func (l *lister) rows(ctx context.Context, emit func(Row) error, judge func(context.Context, *extract.Table, []chan []Row) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	t := l.run.x.Table(l.pass.Table)
	parts := make([]chan []Row, len(t.Parts))
	for i := range parts {
		parts[i] = make(chan []Row, listAhead)
	}
	var group sync.WaitGroup
	var failed error
	group.Go(func() {
		defer func() {
			if failed != nil {
				stop()
			}
		}()
		defer crash.Catch(&failed, "the work")
		failed = judge(ctx, t, parts)
	})
	err := func() error {
		for _, part := range parts {
			for {
				var rows []Row
				var more bool
				select {
				case rows, more = <-part:
				case <-ctx.Done():
					return ctx.Err()
				}
				if !more {
					break
				}
				for _, r := range rows {
					if err := emit(r); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}()
	stop()
	group.Wait()
	if failed != nil && errors.Is(err, context.Canceled) {
		return failed // emitting only waited for rows that will not come
	}
	return err
}

// judgeParts judges every part that may have rows to list and sends these to its
// channel.
func (l *lister) judgeParts(ctx context.Context, t *extract.Table, parts []chan []Row) error {
	setup, keys := l.reading(t)
	return l.readParts(ctx, t, setup.Columns, parts, func() partLister { return l.worker(setup, keys) })
}

// A partLister lists rows of the parts that one worker reads, batch by batch.
type partLister interface {
	start(part int)
	batch(*extract.Batch) ([]Row, error)
}

// readParts reads the columns of every part that may have rows to list and sends these
// to its channel.
func (l *lister) readParts(ctx context.Context, t *extract.Table, columns []*schema.Column, parts []chan []Row, open func() partLister) error {
	run := l.run
	var next atomic.Int64
	return parallel(max(1, min(run.options.jobs(), len(parts))), func(int) error {
		w := open()
		for {
			at := int(next.Add(1)) - 1
			if at >= len(parts) {
				return nil
			}
			if !l.lists(at) {
				close(parts[at])
				continue
			}
			err := run.part(ctx, t, at, columns, partConsumer{
				start: w.start,
				batch: func(b *extract.Batch) error {
					rows, err := w.batch(b)
					if err != nil || len(rows) == 0 {
						return err
					}
					select {
					case parts[at] <- rows:
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				},
			})
			if err != nil {
				return err
			}
			close(parts[at])
		}
	})
}

// reading is how the rows of the table are read and judged, and where their keys are.
func (l *lister) reading(t *extract.Table) (*eval.Setup, rowKeys) {
	setup := l.run.scanSetup(&plan.Pass{Table: l.pass.Table, Nodes: l.pass.Nodes}, false)
	setup.Pass = l.pass
	if !l.pass.Memory {
		setup.Sets = eval.GatherSets(l.run.Facts, l.pass)
	}
	return setup, newRowKeys(setup, t, allFields, l.columns)
}

// A listWorker judges the batches of the parts given to it.
type listWorker struct {
	*lister
	setup      *eval.Setup
	keys       rowKeys
	e          *eval.Evaluator // judges the rows read or, where memory is not nil, those in memory
	attributor *attributor     // reads the keys; over patients it has an evaluator of its own
	memory     *memoryRows
	verdicts   *verdicts
	at, base   int // the next row of the part, and the number of its first
	judged     int // how many patients from base on have been judged
}

func (l *lister) worker(setup *eval.Setup, keys rowKeys) *listWorker {
	w := &listWorker{lister: l, setup: setup, keys: keys, verdicts: l.buffers(setup.MaxRows)}
	if !l.pass.Memory {
		w.e = eval.New(setup)
		w.attributor = newAttributor(l.run, setup, w.e, false)
		return w
	}
	memory := l.run.newSetup(l.pass, setup.MaxRows)
	memory.Sets = eval.GatherSets(l.run.Facts, l.pass)
	w.e, w.memory = eval.New(memory), newMemoryRows(l.run, l.pass.Table)
	readSetup := l.run.newSetup(&plan.Pass{Table: l.pass.Table}, setup.MaxRows)
	readSetup.Columns = setup.Columns
	w.attributor = newAttributor(l.run, readSetup, eval.New(readSetup), false)
	return w
}

func (w *listWorker) start(part int) {
	w.at, w.judged = 0, 0
	w.e.StartPart(part)
	if w.memory != nil {
		w.base = w.run.bases[part]
	}
}

// read reads the keys of a batch, and judges its rows unless those of memory are judged.
func (w *listWorker) read(b *extract.Batch) error {
	if err := w.attributor.batch(b); err != nil {
		return err
	}
	if w.memory == nil {
		w.e.Run(b.Rows())
		w.judge(w.e, w.verdicts)
	}
	return nil
}

// batch returns the rows of the batch that are listed.
func (w *listWorker) batch(b *extract.Batch) ([]Row, error) {
	if err := w.read(b); err != nil {
		return nil, err
	}
	var out []Row
	for i := range b.Rows() {
		v := i
		if w.memory != nil {
			v = w.judgedAt(w.at + i)
		}
		if !bitmap.Has(w.verdicts.wanted, v) || w.patient != "" && w.cell(w.keys.patient, i) != w.patient {
			continue
		}
		err := w.emit(Row{}, w.verdicts, v, func(r Row) error {
			w.name(&r, b, i)
			out = append(out, r)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	w.at += b.Rows()
	return out, nil
}

// judgedAt judges the patients of the part as far as row at, in batches that
// start at a multiple of their size, and returns its index in the verdicts.
func (w *listWorker) judgedAt(at int) int {
	for w.judged <= at {
		n := min(w.e.MaxRows, w.run.nullPatient-w.base-w.judged)
		w.memory.batch(w.e, w.base+w.judged, n)
		w.judge(w.e, w.verdicts)
		w.judged += n
	}
	return at - (w.judged-1)/w.e.MaxRows*w.e.MaxRows
}
