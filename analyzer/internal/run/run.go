package run

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/intake"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// Options say how a run is done. The zero Options are good.
type Options struct {
	// AsOf is the as-of date of all practices; nil where each states its
	// own.
	AsOf *calendar.Day
	// Jobs is how many workers read at the same time; below 1, one a CPU.
	Jobs int
	// MemoryLimit bounds, in bytes, the facts about patients and related rows; 0
	// is no bound. A run that would exceed it is refused.
	MemoryLimit int64
	// CountDuplicateIDs counts repeated record ids in tables of any size.
	CountDuplicateIDs bool
	// Outgoing: the extract leaves the practice, whether or not it says so.
	Outgoing bool
	// Lists: failing rows will be asked for, and are kept where memory allows.
	Lists bool
	// Reasons keeps what tells why a listed row fails (Row.Unmet).
	Reasons bool
	// Steps keeps the conditions of the rules apart, for Trace.
	Steps bool
	// Declarations are answers given beside the extract.
	Declarations []rules.Declaration
	// Meter, where not nil, records what the run spends its time on.
	Meter *eval.Meter
	// Progress, where not nil, is called as reading goes on, never twice at
	// the same time.
	Progress func(Progress)

	// everyColumn reads all columns, whether or not a program does.
	everyColumn bool
	// sampled is how many rows a practice are compared whole; 0 is sampledRows.
	sampled int64
	// kept bounds the rows kept for lists, in bytes; 0 is mostKept.
	kept int
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

// A Run is a plan carried out over an extract. It owns the facts that listing rows
// reads, until it is dropped.
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
	// patientPractice is the practice row that each patient gathers from; a number
	// that is no patient's has that of no practice.
	patientPractice []int32

	*eval.Facts
	tallies        [][]state.Tally  // by program, by practice
	unsettled      []unsettledParts // by program; empty where its table is in memory
	kept           *keptRows
	days           [][]eval.DayCounts      // by program, by practice; nil where not counted
	tables         []*intake.Counts        // by schema.Table.Index; nil where not read
	countedColumns map[*schema.Column]bool // whose malformed cells have been counted

	mu       sync.Mutex
	progress Progress
}

// New carries out the plan. The extract must stay open while the Run is
// used.
func New(ctx context.Context, plan *plan.Plan, x *extract.Extract, practices *practices.Set, o Options) (*Run, error) {
	run := &Run{
		plan: plan, x: x, options: o, practices: practices,
		Facts:     eval.NewFacts(),
		unsettled: make([]unsettledParts, len(plan.Programs)), kept: newKeptRows(len(plan.Programs), o.kept),
		tables: make([]*intake.Counts, len(schema.Tables)), countedColumns: map[*schema.Column]bool{},
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
	if t := schema.Practice; x.Table(t) != nil {
		run.tables[t.Index] = practices.Counts()
	}
	o.Meter.Start()
	run.loadPractices()
	for _, p := range plan.Passes {
		if err := run.checkEstimate(p); err != nil {
			return nil, err
		}
		if left := run.left(p); left != nil {
			if err := run.pass(ctx, left); err != nil {
				return nil, err
			}
		}
		if err := run.checkMemory(); err != nil {
			return nil, err
		}
		for _, n := range p.Materialise {
			delete(run.Repeats, n) // its values are materialised instead
			delete(run.Filters, n)
		}
		for _, n := range p.Drop {
			delete(run.Columns, n)
		}
	}
	o.Meter.Charge(nil)
	run.countAnswers()
	return run, nil
}

// countAnswers puts in what is wrong with the cells of the table declarations: rules
// read few of its columns or none, and each was read for the answers.
func (run *Run) countAnswers() {
	t, answers := schema.Declarations, run.practices.AnswerCounts()
	switch r := run.tables[t.Index]; {
	case run.x.Table(t) == nil || answers == nil:
	case r == nil:
		run.tables[t.Index] = answers
	default:
		r.Malformed, r.Faults = answers.Malformed, answers.Faults
	}
}

// Explain returns the order in which tables were read and why it is so, one
// line a pass.
func (run *Run) Explain() []string { return run.plan.Explain() }

// rowsOf is how many rows columns of patients or practice have, null rows included.
func (run *Run) rowsOf(t *schema.Table) int {
	if t == schema.Practice {
		return 2*len(run.practices.List) + 1
	}
	return run.patients
}

// isKnown says that the values of n are known, without its arguments.
func (run *Run) isKnown(n *expr.Node) bool { return run.Columns[n] != nil || run.RepeatsKnown(n) }

// left is what is left of the pass, without steps that an earlier one made needless; nil
// where that is nothing.
func (run *Run) left(p *plan.Pass) *plan.Pass {
	if !slices.ContainsFunc(p.Nodes, run.RepeatsKnown) && !slices.ContainsFunc(p.Matches, run.RepeatsKnown) {
		return p
	}
	q := *p
	q.Matches = slices.DeleteFunc(slices.Clone(p.Matches), run.RepeatsKnown)
	q.SetNodes(run.plan.Programs, run.isKnown)
	if len(q.Links)+len(q.Repeats)+len(q.Matches)+len(q.Tallies)+len(q.Materialise) > 0 || run.tables[p.Table.Index] == nil {
		return &q
	}
	if t := run.x.Table(p.Table); t != nil {
		run.progress.All -= t.Bytes
	}
	return nil
}

func (run *Run) pass(ctx context.Context, p *plan.Pass) error {
	run.options.Meter.Enter(p)
	switch {
	case p.Memory:
		if p.Table == schema.Practice {
			run.loadCounts()
		}
		if len(p.Repeats) > 0 {
			if err := run.scanMemory(ctx, run.filterPass(p)); err != nil {
				return err
			}
		}
		return run.scanMemory(ctx, p)
	case p.Table == schema.Patients:
		return run.scanPatients(ctx, p)
	}
	return run.scanRows(ctx, p)
}

// newSetup returns the setup of a pass, before columns and gather sets.
func (run *Run) newSetup(p *plan.Pass, rows int) *eval.Setup {
	return &eval.Setup{Pass: p, Programs: run.plan.Programs, Practices: run.practices.List, Facts: run.Facts, Meter: run.options.Meter, MaxRows: rows, Patients: run.patients}
}
