package eval

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/vector"
)

// textEntries are the nodes that one worker evaluates by entry of one column, and
// their values for the entries of its dictionary.
type textEntries struct {
	column int    // index into Evaluator.Columns
	number uint64 // of the dictionary, as extract.Batch has it
	known  int    // entries evaluated, of that dictionary
	bools  []entryBool
	planes [][]uint8
	ints   []entryInt
	// cache numbers the texts of all dictionaries, cached has their values.
	cache   dictionaryCache
	cached  entryValues
	scratch []int32
	// boolNodes and intNodes are the nodes of bools and ints.
	boolNodes, intNodes []*expr.Node
}

type entryBool struct {
	test func(text []byte) bool
	out  *vector.Vec
}

type entryInt struct {
	value func(text []byte) int64
	real  bool
	out   *vector.Vec
	table []int64
}

// entryValues are the values of the nodes for texts 0 to n-1: of the booleans
// eight a byte, in planes; of the numbers a table for each node.
type entryValues struct {
	n      int
	planes [][]uint8
	tables [][]int64
}

// extend evaluates the entries from t.known on.
func (t *textEntries) extend(v *vector.Vec, entries int, m *Meter) {
	fresh := entries - t.known
	if fresh == 0 {
		return
	}
	for p := range t.planes {
		t.planes[p] = append(t.planes[p][:t.known], make([]uint8, fresh)...)
	}
	for j := range t.ints {
		t.ints[j].table = append(t.ints[j].table[:t.known], make([]int64, fresh)...)
	}
	first := t.known
	t.known = entries
	if t.cache.full(fresh) {
		t.cache.reset()
		t.cached.n = 0
	}
	if !t.cache.pays() || t.cache.full(fresh) {
		t.scratch = t.scratch[:0]
		for i := first; i < entries; i++ {
			t.scratch = append(t.scratch, int32(i))
		}
		t.evaluate(v, t.scratch, m, func(p int) []uint8 { return t.planes[p][first:] }, func(j int) []int64 { return t.ints[j].table[first:] })
		return
	}
	t.fromCache(v, first, m)
}

// fromCache evaluates the texts that the cache had not, and copies the values of
// the entries from first on out of it.
func (t *textEntries) fromCache(v *vector.Vec, first int, m *Meter) {
	t.cache.number(v, first, t.known)
	texts, had := t.cache.to, t.cached.n
	t.cached.resize(len(t.planes), len(t.ints), t.cache.n)
	t.chargeAll(m)
	t.evaluate(v, t.cache.fresh, m, func(p int) []uint8 { return t.cached.planes[p][had:] }, func(j int) []int64 { return t.cached.tables[j][had:] })
	for p, to := range t.planes {
		to, from := to[first:], t.cached.planes[p]
		for i, text := range texts {
			to[i] = from[text]
		}
	}
	for j := range t.ints {
		to, from := t.ints[j].table[first:], t.cached.tables[j]
		for i, text := range texts {
			to[i] = from[text]
		}
	}
	t.chargeAll(m)
}

// chargeAll charges the meter for work that serves all nodes.
func (t *textEntries) chargeAll(m *Meter) {
	if len(t.boolNodes) > 0 {
		m.Charge(t.boolNodes)
		return
	}
	m.Charge(t.intNodes)
}

// resize extends the values to n texts; those of new texts are zero.
func (x *entryValues) resize(planes, tables, n int) {
	if x.planes == nil {
		x.planes, x.tables = make([][]uint8, planes), make([][]int64, tables)
	}
	for p := range x.planes {
		x.planes[p] = append(x.planes[p][:x.n], make([]uint8, n-x.n)...)
	}
	for j := range x.tables {
		x.tables[j] = append(x.tables[j][:x.n], make([]int64, n-x.n)...)
	}
	x.n = n
}

// evaluate evaluates every node for some entries of v, one after the other, into
// planes that are zero and tables.
func (t *textEntries) evaluate(v *vector.Vec, entries []int32, m *Meter, planes func(p int) []uint8, tables func(j int) []int64) {
	if len(entries) == 0 {
		return
	}
	for j, x := range t.bools {
		plane := planes(j / 8)
		for to, i := range entries {
			if x.test(v.Bytes[v.Offsets[i]:v.Offsets[i+1]]) {
				plane[to] |= 1 << (j % 8)
			}
		}
		m.Charge(t.boolNodes[j : j+1])
	}
	for j := range t.ints {
		table := tables(j)
		for to, i := range entries {
			table[to] = t.ints[j].value(v.Bytes[v.Offsets[i]:v.Offsets[i+1]])
		}
		m.Charge(t.intNodes[j : j+1])
	}
}
