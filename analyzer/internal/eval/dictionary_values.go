package eval

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/vector"
)

// textEntries are the entry values of one column for one worker.
type textEntries struct {
	column int // place in evaluator.columns
	number uint64
	known  int // entries worked out, of the dictionary number
	bools  []entryBool
	planes [][]uint8
	ints   []entryInt
	// memo holds texts of all dictionaries, judged their values.
	memo   dictionaryCache
	judged entryValues
	asked  []int32 // room
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
// eight a byte, of the numbers in the order of the nodes.
type entryValues struct {
	n      int
	planes [][]uint8
	tables [][]int64
}

// extend works out the entries from t.known on.
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
	if t.memo.full(fresh) {
		t.memo.reset()
		t.judged.n = 0
	}
	if !t.memo.pays() || t.memo.full(fresh) {
		t.asked = t.asked[:0]
		for i := first; i < entries; i++ {
			t.asked = append(t.asked, int32(i))
		}
		t.judge(v, t.asked, m, func(p int) []uint8 { return t.planes[p][first:] }, func(j int) []int64 { return t.ints[j].table[first:] })
		return
	}
	t.recall(v, first, m)
}

// recall takes the values of the entries from first on out of the memo, when
// it has worked out those of new texts.
func (t *textEntries) recall(v *vector.Vec, first int, m *Meter) {
	t.memo.number(v, first, t.known)
	texts, had := t.memo.to, t.judged.n
	t.judged.resize(len(t.planes), len(t.ints), t.memo.n)
	t.chargeAll(m)
	t.judge(v, t.memo.fresh, m, func(p int) []uint8 { return t.judged.planes[p][had:] }, func(j int) []int64 { return t.judged.tables[j][had:] })
	for p, to := range t.planes {
		to, from := to[first:], t.judged.planes[p]
		for i, text := range texts {
			to[i] = from[text]
		}
	}
	for j := range t.ints {
		to, from := t.ints[j].table[first:], t.judged.tables[j]
		for i, text := range texts {
			to[i] = from[text]
		}
	}
	t.chargeAll(m)
}

// chargeAll charges what serves all nodes.
func (t *textEntries) chargeAll(m *Meter) {
	if len(t.boolNodes) > 0 {
		m.Charge(t.boolNodes)
		return
	}
	m.Charge(t.intNodes)
}

// resize makes room for n texts; what is new is zero.
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

// judge works out every node for some entries of v, one after the other, into
// planes that are zero and tables.
func (t *textEntries) judge(v *vector.Vec, entries []int32, m *Meter, planes func(p int) []uint8, tables func(j int) []int64) {
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
