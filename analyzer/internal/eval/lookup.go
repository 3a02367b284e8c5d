package eval

import (
	"math"
	"slices"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/vector"
)

// A keyBatch is the keys of those rows of a batch that have one, to be probed
// together, and the entries found for them.
type keyBatch struct {
	n                     int
	rows, owners, entries []int32
	hashes                []uint64
}

func (e *Evaluator) lookupScratch() *keyBatch {
	t := &e.repeatScratch().keyBatch
	if t.rows == nil {
		t.rows, t.owners, t.entries = make([]int32, e.MaxRows), make([]int32, e.MaxRows), make([]int32, e.MaxRows)
		t.hashes = make([]uint64, e.MaxRows)
	}
	t.n = 0
	return t
}

func (t *keyBatch) add(row, owner int32, hash uint64) {
	t.rows[t.n], t.owners[t.n], t.hashes[t.n] = row, owner, hash
	t.n++
}

// keysOf returns the keys of the rows that have an owner and a known v. They are
// valid until the next call.
func (e *Evaluator) keysOf(v *vector.Vec, owners []int32) *keyBatch {
	t := e.lookupScratch()
	add := func(i int) {
		if owners[i] >= 0 {
			t.add(int32(i), owners[i], cohort.RowKey(owners[i], v.TextAt(i)))
		}
	}
	if v.Known != nil {
		bitmap.ForEach(v.Known, e.Rows, add)
		return t
	}
	for i := range e.Rows {
		add(i)
	}
	return t
}

// find fills index with the entry of each row's key, or the null row of its
// practice. Only rows that have a key are probed.
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

// findAll probes for the keys of t; an ambiguous key resolves to None.
func (k *KeyedFacts) findAll(t *keyBatch) {
	k.Keys.FindAll(t.entries, t.owners, t.hashes, t.n)
	if k.Ambiguous == nil {
		return
	}
	for j, at := range t.entries[:t.n] {
		if at >= 0 && bitmap.Has(k.Ambiguous, int(at)) {
			t.entries[j] = cohort.None
		}
	}
}

// A lookupCache remembers, for each entry of a dictionary of record ids, what was
// found for the owner that looked it up last: the rows of a patient name the same
// few records again and again.
type lookupCache struct {
	number uint64
	hashes []uint64
	last   []cachedLookup
	turn   uint32 // counts batches
	// Rows that wait for a key of this batch, and the index of that key.
	waiting    int
	rows, keys []int32
}

// A cachedLookup is one answer: at is an entry or None or, while turn is that of the
// batch, the index of a key that has not been probed yet.
type cachedLookup struct {
	owner, at int32
	turn      uint32
}

// renew readies the cache for a batch with the dictionary of v, and empties it
// where that is another one.
func (c *lookupCache) renew(number uint64, v *vector.Vec) {
	if entries := len(v.Offsets) - 1; c.number != number || len(c.hashes) > entries {
		c.number, c.hashes, c.last = number, c.hashes[:0], c.last[:0]
	}
	entries := len(v.Offsets) - 1
	c.hashes = slices.Grow(c.hashes, entries-len(c.hashes))
	c.last = slices.Grow(c.last, entries-len(c.last))
	for i := len(c.hashes); i < entries; i++ {
		c.hashes = append(c.hashes, cohort.IDHash(v.Bytes[v.Offsets[i]:v.Offsets[i+1]]))
		c.last = append(c.last, cachedLookup{owner: math.MinInt32})
	}
	c.turn++
	c.waiting = 0
}

// findEntries is find for ids in a dictionary.
func (e *Evaluator) findEntries(set int, k *KeyedFacts, v *vector.Vec, number uint64, owners, index []int32) {
	m, t := &e.lookups[set], e.lookupScratch()
	if m.rows == nil {
		m.rows, m.keys = make([]int32, e.MaxRows), make([]int32, e.MaxRows)
	}
	m.renew(number, v)
	if v.Known == nil {
		for i, owner := range owners[:e.Rows] {
			m.lookUp(t, i, v.Index[i], owner, index)
		}
	} else {
		bitmap.ForEach(v.Known, e.Rows, func(i int) { m.lookUp(t, i, v.Index[i], owners[i], index) })
	}
	k.findAll(t)
	for j, at := range t.entries[:t.n] {
		f := &m.last[t.rows[j]] // where several owners looked an entry up, the last one stays
		f.at, f.turn = at, 0
	}
	for w, i := range m.rows[:m.waiting] {
		if at := t.entries[m.keys[w]]; at >= 0 {
			index[i] = at
		}
	}
}

// lookUp answers row i from the cache, or adds its key to those to be probed.
func (c *lookupCache) lookUp(t *keyBatch, i int, entry, owner int32, index []int32) {
	f := &c.last[entry]
	if f.owner != owner {
		if owner < 0 {
			return
		}
		*f = cachedLookup{owner, int32(t.n), c.turn}
		t.add(entry, owner, cohort.RowKeyOf(owner, c.hashes[entry]))
	}
	if f.turn == c.turn {
		c.rows[c.waiting], c.keys[c.waiting] = int32(i), f.at
		c.waiting++
		return
	}
	if f.at >= 0 {
		index[i] = f.at
	}
}
