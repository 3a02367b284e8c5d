package eval

import (
	"fmt"
	"slices"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// BatchRows is the most rows evaluated together.
const BatchRows = extract.MaxBatchRows

// An Evaluator evaluates the nodes of one pass, batch by batch, for one worker. It
// owns its buffers and reuses them for every batch; a value is valid until the
// next batch.
type Evaluator struct {
	setup *Setup
	// MaxRows is the most rows of a batch, a multiple of 64.
	MaxRows int
	// Rows is how many the batch has, First the number of row 0 where the pass is
	// in memory.
	Rows, First int
	slots       []vector.Vec
	slotOf      map[*expr.Node]int
	steps       []func()
	// chargedTo are the nodes that each step serves, for the meter; nil where the
	// step charges its work itself.
	chargedTo [][]*expr.Node
	// The columns of the batch, in the order of Setup.Columns. Flags are bitmaps of
	// their malformed cells.
	Columns []vector.Vec
	Flags   [][]uint64
	Numbers []uint64 // of their dictionaries, as extract.Batch has them
	// Patient and Practice are the rows that each row gathers from: numbers of a
	// patient and a practice, or of a null row where it has none.
	Patient, Practice []int32
	// OwnPatient and OwnPractice are whose row each is; -1 for no one's.
	OwnPatient, OwnPractice []int32
	// keyedRows are, by gather set, the entries of its keys that rows gather from.
	keyedRows [][]int32
	lookups   []lookupCache // by gather set
	texts     []*textEntries
	zeros     []uint64
	// hashers hash the rows for the steps of matches.
	hashers []*rowHasher
	batch   uint64 // counts batches
	// The part of the table that is read, and the places in it of the batch's first row
	// and of the row after its last.
	part, place, next int
	known             []*knownRepeats
	asked             []uint64
	groups            map[*Aggregator]*entryGroups
	keys              map[*expr.Node]*repeatKeys
	scratch           *keyScratch
}

// A Setup is what the evaluators of one pass share.
type Setup struct {
	Pass      *plan.Pass
	Programs  []plan.Program // of the plan
	Practices []practices.Practice
	Facts     *Facts
	Meter     *Meter // nil where nothing is measured
	// MaxRows is the most rows of a batch, a multiple of 64.
	MaxRows int
	Columns []*schema.Column
	Sets    []*gatherSet
	// Patients is how many there are.
	Patients int
}

// New compiles the pass for one worker.
func New(setup *Setup) *Evaluator {
	e := &Evaluator{
		setup: setup, slotOf: make(map[*expr.Node]int, len(setup.Pass.Nodes)), MaxRows: setup.MaxRows, zeros: make([]uint64, bitmap.Words(setup.MaxRows)),
		Columns: make([]vector.Vec, len(setup.Columns)), Flags: make([][]uint64, len(setup.Columns)),
		Numbers:   make([]uint64, len(setup.Columns)),
		keyedRows: make([][]int32, len(setup.Sets)),
		lookups:   make([]lookupCache, len(setup.Sets)),
		keys:      map[*expr.Node]*repeatKeys{},
		part:      -1,
	}
	for i, s := range setup.Sets {
		if s.keyed != nil {
			e.keyedRows[i] = make([]int32, setup.MaxRows)
		}
	}
	e.slots = make([]vector.Vec, len(setup.Pass.Nodes))
	for i, n := range setup.Pass.Nodes {
		e.slotOf[n] = i
	}
	for i, s := range setup.Sets {
		e.steps = append(e.steps, e.compileGather(i, s))
		e.chargedTo = append(e.chargedTo, s.nodes())
	}
	entries := e.entryNodes()
	for i, n := range setup.Pass.Nodes {
		if step := e.compile(n, &e.slots[i], entries); step != nil {
			e.steps = append(e.steps, step)
			e.chargedTo = append(e.chargedTo, setup.Pass.Nodes[i:i+1])
		}
	}
	return e
}

// Value returns the values of a node of the pass over the current batch.
func (e *Evaluator) Value(n *expr.Node) *vector.Vec { return &e.slots[e.slotOf[n]] }

// Run evaluates all nodes over the current batch.
func (e *Evaluator) Run(n int) {
	e.Rows = n
	e.batch++
	e.place, e.next = e.next, e.next+n
	m := e.Meter()
	m.Charge(nil)
	for i, step := range e.steps {
		step()
		m.Charge(e.chargedTo[i])
	}
}

// leaf compiles the nodes that have no arguments to evaluate in this pass:
// constants, materialised and gathered values, and columns. It reports whether n
// is such a node.
func (e *Evaluator) leaf(n *expr.Node, out *vector.Vec) (func(), bool) {
	switch n.Op {
	case expr.OpConst:
		*out = vector.Constant(n.Value, e.MaxRows)
		return nil, true
	case expr.OpNull:
		*out = vector.Unknown(n.Type, e.MaxRows)
		return nil, true
	}
	if e.setup.Pass.Memory {
		if c := e.setup.Facts.Columns[n]; c != nil {
			*out = vector.Make(n.Type, e.MaxRows)
			return func() { c.Slice(out, e.First, e.Rows) }, true
		}
	}
	switch n.Op {
	case expr.OpGather:
		return nil, true // filled by its gather set
	case expr.OpColumn:
		if i := e.setup.ColumnAt(n.Column); i >= 0 {
			return func() { *out = e.Columns[i] }, true
		}
		*out = vector.Unknown(n.Type, e.MaxRows)
		return nil, true
	case expr.OpFlag:
		if i := e.setup.ColumnAt(n.Column); i >= 0 {
			return func() {
				if out.Bits = e.Flags[i]; out.Bits == nil {
					out.Bits = e.zeros
				}
			}, true
		}
		out.Bits = e.zeros
		return nil, true
	}
	if of := e.setup.Facts.known[n]; of != nil && !slices.Contains(e.setup.Pass.Early, n) {
		return e.knownStep(n, of, out), true
	}
	return nil, plan.IsAggregate(n)
}

// compile returns the step that fills out with the values of n for a batch; nil
// where there is none.
func (e *Evaluator) compile(n *expr.Node, out *vector.Vec, entries map[*expr.Node]*schema.Column) func() {
	if step, ok := e.leaf(n, out); ok {
		return step
	}
	if c := entries[n]; c != nil {
		return e.entryStep(n, c, out)
	}
	if e.inEntries(n) {
		return nil // evaluated by entry, as a part of other nodes
	}
	*out = vector.Make(n.Type, e.MaxRows)
	own := plan.RowArgs(n)
	args := make([]*vector.Vec, len(own))
	for i, a := range own {
		args[i] = e.Value(a)
	}
	switch n.Op {
	case expr.OpAnd, expr.OpOr, expr.OpNot, expr.OpIsTrue, expr.OpPresent:
		return e.logic(n, args, out)
	case expr.OpIf:
		return e.choose(n, args, out)
	case expr.OpEq, expr.OpLt:
		return e.comparison(n, args, out)
	case expr.OpIn, expr.OpTest:
		return e.test(n, args[0], out)
	case expr.OpAdd, expr.OpSub, expr.OpMul, expr.OpNeg, expr.OpToDecimal:
		return e.arithmetic(n, args, out)
	case expr.OpShift, expr.OpYear, expr.OpYearsBetween:
		return e.calendar(n, args, out)
	case expr.OpRepeatedIn:
		return e.repeatedIn(n, args, out)
	case expr.OpMatched, expr.OpLatestMatch:
		return e.probe(n, out)
	case expr.OpRepeatsEarlier:
		return e.repeatsEarlier(n, out)
	case expr.OpDaysWith, expr.OpWeeksWith, expr.OpLongestGap:
		return e.ofDays(n, args, out)
	case expr.OpPoissonOutside:
		return e.poissonOutside(args, out)
	}
	panic(fmt.Sprintf("no step for operator %d over %s", n.Op, e.setup.Pass.Table.Name))
}

// logic compiles the three-valued operators.
func (e *Evaluator) logic(n *expr.Node, args []*vector.Vec, out *vector.Vec) func() {
	to := out.Bools()
	switch n.Op {
	case expr.OpNot:
		return func() { out.Known = kernel.Not(to, args[0].Bools(), e.Rows).K }
	case expr.OpIsTrue:
		out.Known = nil
		return func() { kernel.IsTrue(to.T, args[0].Bools(), e.Rows) }
	case expr.OpPresent:
		out.Known = nil
		return func() { kernel.IsKnown(to.T, kernel.Bools{K: args[0].Known}, e.Rows) }
	}
	join := kernel.And
	if n.Op == expr.OpOr {
		join = kernel.Or
	}
	return func() {
		all := args[0].Bools()
		for _, a := range args[1:] {
			all = join(to, all, a.Bools(), e.Rows)
		}
		out.Known = all.K
	}
}

// choose compiles the conditional.
func (e *Evaluator) choose(n *expr.Node, args []*vector.Vec, out *vector.Vec) func() {
	c, a, b := args[0], args[1], args[2]
	if n.Type == schema.Bool {
		scratch := out.Bools()
		return func() { out.Known = kernel.If(scratch, c.Bools(), a.Bools(), b.Bools(), e.Rows).K }
	}
	// A row is known where the side chosen for it is: the kernel chooses among known
	// bits as it does among booleans, whose values nobody reads here.
	scratch := kernel.Bools{T: make([]uint64, bitmap.Words(e.MaxRows)), K: out.Known}
	known := func() {
		out.Known = kernel.If(scratch, c.Bools(), kernel.Bools{T: e.zeros, K: a.Known}, kernel.Bools{T: e.zeros, K: b.Known}, e.Rows).K
	}
	pickRow := func(i int) *vector.Vec {
		if bitmap.Has(c.Bits, i) {
			return a
		}
		return b
	}
	var values func()
	switch n.Type {
	case schema.Date:
		values = func() {
			for i := range e.Rows {
				out.Days[i] = pickRow(i).Days[i]
			}
		}
	case schema.Int:
		values = func() {
			for i := range e.Rows {
				out.Ints[i] = pickRow(i).Ints[i]
			}
		}
	case schema.Decimal:
		values = func() {
			for i := range e.Rows {
				out.Reals[i] = pickRow(i).Reals[i]
			}
		}
	default:
		out.Index, out.Offsets = nil, make([]int32, e.MaxRows+1)
		values = func() {
			out.Bytes = out.Bytes[:0]
			for i := range e.Rows {
				if bitmap.Known(out.Known, i) {
					out.Bytes = append(out.Bytes, pickRow(i).TextAt(i)...)
				}
				out.Offsets[i+1] = int32(len(out.Bytes))
			}
		}
	}
	return func() { known(); values() }
}

// ColumnAt returns the index of c among the columns read, or -1.
func (s *Setup) ColumnAt(c *schema.Column) int { return slices.Index(s.Columns, c) }
