package analyzer

import (
	"fmt"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// batchRows is the most rows evaluated together.
const batchRows = extract.MaxBatchRows

// An evaluator works out the nodes of one pass, batch by batch, for one
// worker. It owns its buffers and uses them again for every batch; a value
// is good until the next batch.
type evaluator struct {
	in *prepared
	// rows is the most rows of a batch, a multiple of 64.
	rows int
	// n is the rows of the batch, first the number of row 0 where the pass
	// goes over what is held.
	n, first int
	slots    []vec
	at       map[*expr.Node]int
	steps    []func()
	// The columns of the batch, in the order of prepared.columns.
	columns []vec
	flags   [][]uint64
	numbers []uint64 // dictionaries, as extract.Batch has them
	// What each row gathers from: patient and practice numbers, null rows
	// for those that have none.
	patient, practice []int32
	// And whose rows they are; -1 for no one's.
	ownPatient, ownPractice []int32
	// entry gives the row of each keyed set to gather from.
	entry [][]int32
	texts []*textEntries
	none  []uint64
	// hashes are room for the keys of a batch.
	hashes []uint64
}

// prepared is what the workers of one pass share.
type prepared struct {
	pass *pass
	run  *Run
	// rows is the most rows of a batch, a multiple of 64.
	rows    int
	columns []*schema.Column
	sets    []*gatherSet
}

// newEvaluator compiles the pass for one worker.
func newEvaluator(in *prepared) *evaluator {
	e := &evaluator{
		in: in, at: make(map[*expr.Node]int, len(in.pass.nodes)), rows: in.rows, none: make([]uint64, words(in.rows)),
		columns: make([]vec, len(in.columns)), flags: make([][]uint64, len(in.columns)),
		numbers: make([]uint64, len(in.columns)),
		entry:   make([][]int32, len(in.sets)),
	}
	for i, s := range in.sets {
		if s.keyed != nil {
			e.entry[i] = make([]int32, in.rows)
		}
	}
	e.slots = make([]vec, len(in.pass.nodes))
	for i, n := range in.pass.nodes {
		e.at[n] = i
	}
	for i, s := range in.sets {
		e.steps = append(e.steps, e.gatherSet(i, s))
	}
	entries := e.entryNodes()
	for i, n := range in.pass.nodes {
		if step := e.compile(n, &e.slots[i], entries); step != nil {
			e.steps = append(e.steps, step)
		}
	}
	return e
}

// value returns the values of a node of the pass over the current batch.
func (e *evaluator) value(n *expr.Node) *vec { return &e.slots[e.at[n]] }

// run evaluates all nodes over the current batch.
func (e *evaluator) run(n int) {
	e.n = n
	for _, step := range e.steps {
		step()
	}
}

// leaf compiles what a pass finds ready made: constants, held values and
// columns. It reports whether n is such a node.
func (e *evaluator) leaf(n *expr.Node, out *vec) (func(), bool) {
	switch n.Op {
	case expr.OpConst:
		*out = constant(n.Value, e.rows)
		return nil, true
	case expr.OpNull:
		*out = unknown(n.Type, e.rows)
		return nil, true
	}
	if e.in.pass.memory {
		if h := e.in.run.held[n]; h != nil {
			*out = room(n.Type, e.rows)
			return func() { h.slice(out, e.first, e.n) }, true
		}
	}
	switch n.Op {
	case expr.OpGather:
		return nil, true // filled by its set
	case expr.OpColumn:
		if i := e.in.columnAt(n.Column); i >= 0 {
			return func() { *out = e.columns[i] }, true
		}
		*out = unknown(n.Type, e.rows)
		return nil, true
	case expr.OpFlag:
		if i := e.in.columnAt(n.Column); i >= 0 {
			return func() {
				if out.bits = e.flags[i]; out.bits == nil {
					out.bits = e.none
				}
			}, true
		}
		out.bits = e.none
		return nil, true
	}
	return nil, isAggregate(n)
}

// compile returns the step that fills out with the values of n; nil where
// nothing is to do for a batch.
func (e *evaluator) compile(n *expr.Node, out *vec, entries map[*expr.Node]*schema.Column) func() {
	if step, ok := e.leaf(n, out); ok {
		return step
	}
	if c := entries[n]; c != nil {
		return e.entryStep(n, c, out)
	}
	if e.inEntries(n) {
		return nil // worked out within the entries of its user
	}
	*out = room(n.Type, e.rows)
	args := make([]*vec, len(n.Args))
	for i, a := range n.Args {
		args[i] = e.value(a)
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
	}
	panic(fmt.Sprintf("no step for operator %d over %s", n.Op, e.in.pass.table.Name))
}

// logic compiles the three-valued operators. All are free of branches: 64
// rows take a handful of instructions.
func (e *evaluator) logic(n *expr.Node, args []*vec, out *vec) func() {
	bits, known := out.bits, out.known
	switch n.Op {
	case expr.OpNot:
		return func() {
			for i, w := range args[0].bits[:words(e.n)] {
				bits[i] = ^w
			}
			out.known = args[0].known
		}
	case expr.OpIsTrue:
		out.known = nil
		return func() {
			copy(bits, args[0].bits[:words(e.n)])
			if k := args[0].known; k != nil {
				for i := range words(e.n) {
					bits[i] &= k[i]
				}
			}
		}
	case expr.OpPresent:
		out.known = nil
		return func() {
			if k := args[0].known; k != nil {
				copy(bits, k[:words(e.n)])
				return
			}
			setWords(bits, e.n, ^uint64(0))
		}
	}
	step := and
	if n.Op == expr.OpOr {
		step = or
	}
	return func() {
		w := words(e.n)
		copy(bits, args[0].bits[:w])
		out.known = nil
		if k := args[0].known; k != nil {
			out.known = known
			copy(known, k[:w])
		}
		for _, a := range args[1:] {
			out.known = step(bits, out.known, a, known, w)
		}
	}
}

// and conjoins a to bits and returns its known bits, which live in room.
func and(bits, known []uint64, a *vec, room []uint64, w int) []uint64 {
	y := a.bits[:w]
	if known == nil && a.known == nil {
		for i, v := range y {
			bits[i] &= v
		}
		return nil
	}
	for i, v := range y {
		kx, ky := ^uint64(0), ^uint64(0)
		if known != nil {
			kx = known[i]
		}
		if a.known != nil {
			ky = a.known[i]
		}
		x := bits[i]
		room[i] = kx&ky | kx&^x | ky&^v
		bits[i] = x & v
	}
	return room
}

// or is and's counterpart.
func or(bits, known []uint64, a *vec, room []uint64, w int) []uint64 {
	y := a.bits[:w]
	if known == nil && a.known == nil {
		for i, v := range y {
			bits[i] |= v
		}
		return nil
	}
	for i, v := range y {
		kx, ky := ^uint64(0), ^uint64(0)
		if known != nil {
			kx = known[i]
		}
		if a.known != nil {
			ky = a.known[i]
		}
		t := bits[i]&kx | v&ky
		room[i] = kx&ky | t
		bits[i] = t
	}
	return room
}

// choose compiles the conditional.
func (e *evaluator) choose(n *expr.Node, args []*vec, out *vec) func() {
	c, a, b := args[0], args[1], args[2]
	room := out.known
	knownBits := func() {
		if out.known = nil; c.known == nil && a.known == nil && b.known == nil {
			return
		}
		out.known = room
		for i := range words(e.n) {
			kc, ka, kb := ^uint64(0), ^uint64(0), ^uint64(0)
			if c.known != nil {
				kc = c.known[i]
			}
			if a.known != nil {
				ka = a.known[i]
			}
			if b.known != nil {
				kb = b.known[i]
			}
			room[i] = kc & (c.bits[i]&ka | ^c.bits[i]&kb)
		}
	}
	pickRow := func(i int) *vec {
		if bitAt(c.bits, i) != 0 {
			return a
		}
		return b
	}
	var values func()
	switch n.Type {
	case schema.Bool:
		values = func() {
			for i := range words(e.n) {
				out.bits[i] = c.bits[i]&a.bits[i] | ^c.bits[i]&b.bits[i]
			}
		}
	case schema.Date:
		values = func() {
			for i := range e.n {
				out.days[i] = pickRow(i).days[i]
			}
		}
	case schema.Int:
		values = func() {
			for i := range e.n {
				out.ints[i] = pickRow(i).ints[i]
			}
		}
	case schema.Decimal:
		values = func() {
			for i := range e.n {
				out.reals[i] = pickRow(i).reals[i]
			}
		}
	default:
		out.index, out.offsets = nil, make([]int32, e.rows+1)
		values = func() {
			out.bytes = out.bytes[:0]
			for i := range e.n {
				if bit(out.known, i) {
					out.bytes = append(out.bytes, pickRow(i).textAt(i)...)
				}
				out.offsets[i+1] = int32(len(out.bytes))
			}
		}
	}
	return func() { knownBits(); values() }
}
