package eval

import (
	"fmt"
	"slices"

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

// An Evaluator works out the nodes of one pass, batch by batch, for one
// worker. It owns its buffers and uses them again for every batch; a value
// is good until the next batch.
type Evaluator struct {
	setup *Setup
	// rows is the most rows of a batch, a multiple of 64.
	MaxRows int
	// n is the rows of the batch, first the number of row 0 where the pass
	// goes over what is held.
	Rows, First int
	slots       []vector.Vec
	at          map[*expr.Node]int
	steps       []func()
	// users are the nodes that each step serves, for the meter; nil where the
	// step charges its work itself.
	users [][]*expr.Node
	// The columns of the batch, in the order of prepared.columns.
	Columns []vector.Vec
	Flags   [][]uint64
	Numbers []uint64 // dictionaries, as extract.Batch has them
	// What each row gathers from: patient and practice numbers, null rows
	// for those that have none.
	Patient, Practice []int32
	// And whose rows they are; -1 for no one's.
	OwnPatient, OwnPractice []int32
	// entry gives the row of each keyed set to gather from.
	entry [][]int32
	finds []entryFinds // by keyed set
	texts []*textEntries
	none  []uint64
	// meetings gather rows that meet in equal values, by need.
	hashers map[*expr.Node]*rowHasher
	keys    map[*expr.Node]*repeatKeys
	repeats *repeatRoom
}

// Setup is what the workers of one pass share.
type Setup struct {
	Pass      *plan.Pass
	Programs  []plan.Program // of the plan
	Practices []practices.Practice
	Facts     *Facts
	Meter     *Meter // nil where nothing is measured
	// rows is the most rows of a batch, a multiple of 64.
	MaxRows int
	Columns []*schema.Column
	Sets    []*gatherSet
}

// New compiles the pass for one worker.
func New(in *Setup) *Evaluator {
	e := &Evaluator{
		setup: in, at: make(map[*expr.Node]int, len(in.Pass.Nodes)), MaxRows: in.MaxRows, none: make([]uint64, kernel.Words(in.MaxRows)),
		Columns: make([]vector.Vec, len(in.Columns)), Flags: make([][]uint64, len(in.Columns)),
		Numbers: make([]uint64, len(in.Columns)),
		entry:   make([][]int32, len(in.Sets)),
		finds:   make([]entryFinds, len(in.Sets)),
		keys:    map[*expr.Node]*repeatKeys{},
	}
	for i, s := range in.Sets {
		if s.keyed != nil {
			e.entry[i] = make([]int32, in.MaxRows)
		}
	}
	e.slots = make([]vector.Vec, len(in.Pass.Nodes))
	for i, n := range in.Pass.Nodes {
		e.at[n] = i
	}
	for i, s := range in.Sets {
		e.steps = append(e.steps, e.compileGather(i, s))
		e.users = append(e.users, s.nodes())
	}
	entries := e.entryNodes()
	for i, n := range in.Pass.Nodes {
		if step := e.compile(n, &e.slots[i], entries); step != nil {
			e.steps = append(e.steps, step)
			e.users = append(e.users, in.Pass.Nodes[i:i+1])
		}
	}
	return e
}

// Value returns the values of a node of the pass over the current batch.
func (e *Evaluator) Value(n *expr.Node) *vector.Vec { return &e.slots[e.at[n]] }

// Run evaluates all nodes over the current batch.
func (e *Evaluator) Run(n int) {
	e.Rows = n
	m := e.Meter()
	m.Charge(nil)
	for i, step := range e.steps {
		step()
		m.Charge(e.users[i])
	}
}

// leaf compiles what a pass finds ready made: constants, held values and
// columns. It reports whether n is such a node.
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
		if h := e.setup.Facts.Columns[n]; h != nil {
			*out = vector.Make(n.Type, e.MaxRows)
			return func() { h.Slice(out, e.First, e.Rows) }, true
		}
	}
	switch n.Op {
	case expr.OpGather:
		return nil, true // filled by its set
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
					out.Bits = e.none
				}
			}, true
		}
		out.Bits = e.none
		return nil, true
	}
	return nil, plan.IsAggregate(n)
}

// compile returns the step that fills out with the values of n; nil where
// nothing is to do for a batch.
func (e *Evaluator) compile(n *expr.Node, out *vector.Vec, entries map[*expr.Node]*schema.Column) func() {
	if step, ok := e.leaf(n, out); ok {
		return step
	}
	if c := entries[n]; c != nil {
		return e.entryStep(n, c, out)
	}
	if e.inEntries(n) {
		return nil // worked out within the entries of its user
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
		return e.matched(n, out)
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
		room := out.Bools()
		return func() { out.Known = kernel.If(room, c.Bools(), a.Bools(), b.Bools(), e.Rows).K }
	}
	// What is known is what is known of the side chosen; the kernel chooses it
	// beside booleans that nobody reads.
	room := kernel.Bools{T: make([]uint64, kernel.Words(e.MaxRows)), K: out.Known}
	known := func() {
		out.Known = kernel.If(room, c.Bools(), kernel.Bools{T: e.none, K: a.Known}, kernel.Bools{T: e.none, K: b.Known}, e.Rows).K
	}
	pickRow := func(i int) *vector.Vec {
		if vector.BitAt(c.Bits, i) != 0 {
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
				if vector.Bit(out.Known, i) {
					out.Bytes = append(out.Bytes, pickRow(i).TextAt(i)...)
				}
				out.Offsets[i+1] = int32(len(out.Bytes))
			}
		}
	}
	return func() { known(); values() }
}

// ColumnAt returns the place of c among the columns read, or -1.
func (in *Setup) ColumnAt(c *schema.Column) int { return slices.Index(in.Columns, c) }
