package eval

import (
	"math"
	"slices"

	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/vector"
)

// keyRows are the keys of those rows of a batch that have one.
type keyRows struct {
	n                     int
	rows, owners, entries []int32
	hashes                []uint64
}

func (e *Evaluator) roomForFinds() *keyRows {
	t := &e.roomForKeys().keyRows
	if t.rows == nil {
		t.rows, t.owners, t.entries = make([]int32, e.MaxRows), make([]int32, e.MaxRows), make([]int32, e.MaxRows)
		t.hashes = make([]uint64, e.MaxRows)
	}
	t.n = 0
	return t
}

func (t *keyRows) add(row, owner int32, hash uint64) {
	t.rows[t.n], t.owners[t.n], t.hashes[t.n] = row, owner, hash
	t.n++
}

// keysOf returns the keys that v makes for the rows of owners, until the next
// call.
func (e *Evaluator) keysOf(v *vector.Vec, owners []int32) *keyRows {
	t := e.roomForFinds()
	add := func(i int) {
		if owners[i] >= 0 {
			t.add(int32(i), owners[i], cohort.RowKey(owners[i], v.TextAt(i)))
		}
	}
	if v.Known != nil {
		kernel.ForEachSet(v.Known, e.Rows, add)
		return t
	}
	for i := range e.Rows {
		add(i)
	}
	return t
}

// find fills index with the entry that each row's key leads to, or the null
// row of its practice. Only rows that have a key are looked up.
func (e *Evaluator) find(set int, s *gatherSet, near int, index []int32) {
	k := s.keyed
	null := int32(k.Keys.Len()) + 1
	for i, q := range e.OwnPractice[:e.Rows] {
		index[i] = null + q
	}
	if near < 0 {
		return
	}
	v, owners := &e.Columns[near], e.owners(s.relation)
	if v.Index != nil && e.Numbers[near] != 0 && len(v.Offsets) > 1 {
		e.findEntries(set, k, v, e.Numbers[near], owners, index)
		return
	}
	t := e.keysOf(v, owners)
	k.findAll(t)
	for j, at := range t.entries[:t.n] {
		if at >= 0 {
			index[t.rows[j]] = at
		}
	}
}

// findAll looks up the keys of t; what is void is None.
func (k *Keyed) findAll(t *keyRows) {
	k.Keys.FindAll(t.entries, t.owners, t.hashes, t.n)
	if k.Ambiguous == nil {
		return
	}
	for j, at := range t.entries[:t.n] {
		if at >= 0 && kernel.Bit(k.Ambiguous, int(at)) {
			t.entries[j] = cohort.None
		}
	}
}

// entryFinds remember, for each entry of a dictionary of record ids, what it
// led to for the owner that asked last: the rows of a patient name the same few
// records again and again.
type entryFinds struct {
	number uint64
	hashes []uint64
	last   []lastFind
	turn   uint32
	// Rows that wait for a key of this turn, and the place of that key.
	waiting    int
	rows, keys []int32
}

// A lastFind is one answer: at is an entry or None, or in its turn the place of
// the key that waits to be looked up.
type lastFind struct {
	owner, at int32
	turn      uint32
}

// renew makes the memory that of the dictionary of v.
func (m *entryFinds) renew(number uint64, v *vector.Vec) {
	if entries := len(v.Offsets) - 1; m.number != number || len(m.hashes) > entries {
		m.number, m.hashes, m.last = number, m.hashes[:0], m.last[:0]
	}
	entries := len(v.Offsets) - 1
	m.hashes = slices.Grow(m.hashes, entries-len(m.hashes))
	m.last = slices.Grow(m.last, entries-len(m.last))
	for i := len(m.hashes); i < entries; i++ {
		m.hashes = append(m.hashes, cohort.IDHash(v.Bytes[v.Offsets[i]:v.Offsets[i+1]]))
		m.last = append(m.last, lastFind{owner: math.MinInt32})
	}
	m.turn++
	m.waiting = 0
}

// findEntries is find where ids are in a dictionary.
func (e *Evaluator) findEntries(set int, k *Keyed, v *vector.Vec, number uint64, owners, index []int32) {
	m, t := &e.finds[set], e.roomForFinds()
	if m.rows == nil {
		m.rows, m.keys = make([]int32, e.MaxRows), make([]int32, e.MaxRows)
	}
	m.renew(number, v)
	if v.Known == nil {
		for i, owner := range owners[:e.Rows] {
			m.ask(t, i, v.Index[i], owner, index)
		}
	} else {
		kernel.ForEachSet(v.Known, e.Rows, func(i int) { m.ask(t, i, v.Index[i], owners[i], index) })
	}
	k.findAll(t)
	for j, at := range t.entries[:t.n] {
		f := &m.last[t.rows[j]] // the last owner's key comes last
		f.at, f.turn = at, 0
	}
	for w, i := range m.rows[:m.waiting] {
		if at := t.entries[m.keys[w]]; at >= 0 {
			index[i] = at
		}
	}
}

// ask answers row i from memory, or has it wait for its key.
func (m *entryFinds) ask(t *keyRows, i int, entry, owner int32, index []int32) {
	f := &m.last[entry]
	if f.owner != owner {
		if owner < 0 {
			return
		}
		*f = lastFind{owner, int32(t.n), m.turn}
		t.add(entry, owner, cohort.RowKeyOf(owner, m.hashes[entry]))
	}
	if f.turn == m.turn {
		m.rows[m.waiting], m.keys[m.waiting] = int32(i), f.at
		m.waiting++
		return
	}
	if f.at >= 0 {
		index[i] = f.at
	}
}
