package eval

import (
	"math"
	"unsafe"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// A rowHasher hashes, for one worker, the values by which rows are compared or
// joined.
type rowHasher struct {
	nodes  []*expr.Node
	values []*vector.Vec
	texts  []EntryHashes // by node
	// Of the batch: the hash of each row, by its owner among own, and the rows that
	// have one.
	batch    uint64
	own      *int32
	hashes   []uint64
	rows     []uint64
	scratch  []uint64
	valueOf  []func(i int) uint64 // of the batch, by node
	digester cohort.Digester
}

// EntryHashes are the hashes of the entries of a dictionary.
type EntryHashes struct {
	Column int // index into Evaluator.Columns, or -1
	Number uint64
	Of     []uint64
}

func (e *Evaluator) newRowHasher(nodes []*expr.Node) *rowHasher {
	m := &rowHasher{nodes: nodes, hashes: make([]uint64, e.MaxRows), rows: make([]uint64, bitmap.Words(e.MaxRows)), scratch: make([]uint64, bitmap.Words(e.MaxRows)), valueOf: make([]func(int) uint64, len(nodes))}
	for _, n := range nodes {
		m.values = append(m.values, e.Value(n))
		column := -1
		if n.Op == expr.OpColumn && n.Space == e.setup.Pass.Table && !e.setup.Pass.Memory {
			column = e.setup.ColumnAt(n.Column)
		}
		m.texts = append(m.texts, EntryHashes{Column: column})
	}
	return m
}

// NullHash stands for the value of a null cell.
const NullHash = 0x9ddfea08eb382d69

// hash fills r.hashes and returns the bitmap of the rows that have an owner and,
// where known is set, no null. It is valid until the next call.
func (r *rowHasher) hash(e *Evaluator, own []int32, known bool) []uint64 {
	if e.Rows == 0 {
		return r.rows
	}
	if kernel.Least(own[:e.Rows]) == 0 {
		bitmap.Fill(r.rows, true, e.Rows)
	} else {
		bitmap.SetWhere(r.rows, e.Rows, func(i int) bool { return own[i] >= 0 })
	}
	if known {
		for _, v := range r.values {
			if v.Known != nil {
				kernel.AndBits(r.rows, r.rows, v.Known, e.Rows)
			}
		}
	}
	if r.hashed(e, own) {
		return r.rows
	}
	r.batch, r.own = e.batch, &own[0]
	hashes := r.hashes[:e.Rows]
	for i := range hashes {
		hashes[i] = uint64(uint32(own[i]))
	}
	for k, v := range r.values {
		r.combine(e, k, v, hashes)
	}
	return r.rows
}

// hashed says that the hashes are of all rows of the batch.
func (r *rowHasher) hashed(e *Evaluator, own []int32) bool {
	return r.batch == e.batch && r.own == &own[0]
}

// where clears the rows for which cond is not true.
func (r *rowHasher) where(rows []uint64, cond *vector.Vec, n int) {
	for w := range bitmap.Words(n) {
		if rows[w] &= cond.Bits[w]; cond.Known != nil {
			rows[w] &= cond.Known[w]
		}
	}
}

// combine extends the hash of each row by that of its k-th value.
func (r *rowHasher) combine(e *Evaluator, k int, v *vector.Vec, hashes []uint64) {
	switch r.nodes[k].Type {
	case schema.Date:
		combineNumbers(hashes, v.Known, v.Days)
		return
	case schema.Int:
		combineNumbers(hashes, v.Known, v.Ints)
		return
	case schema.Decimal:
		combineReals(hashes, v.Known, v.Reals)
		return
	case schema.Text:
		if t := &r.texts[k]; t.HashNewEntries(e, v) {
			combineEntries(hashes, v.Known, t.Of, v.Index)
			return
		}
	}
	value := r.hashValues(e, k, v)
	for i := range hashes {
		x := uint64(NullHash)
		if bitmap.Known(v.Known, i) {
			x = value(i)
		}
		hashes[i] = cohort.Combine(hashes[i], x)
	}
}

// combineNumbers takes days as unsigned, as hashValues does.
func combineNumbers[T int32 | int64](hashes, known []uint64, values []T) {
	mask := uint64(1)<<(8*unsafe.Sizeof(*new(T))-1)<<1 - 1
	values = values[:len(hashes)]
	for i, h := range hashes {
		x := uint64(values[i]) & mask
		if !bitmap.Known(known, i) {
			x = NullHash
		}
		hashes[i] = cohort.Combine(h, x)
	}
}

func combineReals(hashes, known []uint64, values []float64) {
	values = values[:len(hashes)]
	for i, h := range hashes {
		x := uint64(NullHash)
		if bitmap.Known(known, i) {
			x = RealBits(values[i])
		}
		hashes[i] = cohort.Combine(h, x)
	}
}

func combineEntries(hashes, known, of []uint64, index []int32) {
	index = index[:len(hashes)]
	for i, h := range hashes {
		x := uint64(NullHash)
		if bitmap.Known(known, i) {
			x = of[index[i]]
		}
		hashes[i] = cohort.Combine(h, x)
	}
}

// RealBits are the bits of r, the same for both zeros.
func RealBits(r float64) uint64 {
	if r == 0 {
		return 0
	}
	return math.Float64bits(r)
}

// hashSome is hash, without nulls, for the rows that are set in some: row by row where
// they are few.
func (r *rowHasher) hashSome(e *Evaluator, own []int32, some []uint64) []uint64 {
	if e.Rows == 0 || r.hashed(e, own) || 4*bitmap.Count(some, e.Rows) > e.Rows {
		rows := r.hash(e, own, true)
		kernel.AndBits(rows, rows, some, e.Rows)
		return rows
	}
	r.own = nil
	copy(r.rows, some[:bitmap.Words(e.Rows)])
	for k, v := range r.values {
		if v.Known != nil {
			for w := range bitmap.Words(e.Rows) {
				r.rows[w] &= v.Known[w]
			}
		}
		r.valueOf[k] = r.hashValues(e, k, v)
	}
	bitmap.ForEach(r.rows, e.Rows, func(i int) {
		if own[i] < 0 {
			bitmap.Clear(r.rows, i)
			return
		}
		h := uint64(uint32(own[i]))
		for _, value := range r.valueOf {
			h = cohort.Combine(h, value(i))
		}
		r.hashes[i] = h
	})
	return r.rows
}

// hashValues returns what the k-th value of a row, which is known, adds to its hash.
// It is valid for the batch.
func (r *rowHasher) hashValues(e *Evaluator, k int, v *vector.Vec) func(i int) uint64 {
	switch r.nodes[k].Type {
	case schema.Text:
		return r.texts[k].hashValues(e, v)
	case schema.Date:
		return func(i int) uint64 { return uint64(uint32(v.Days[i])) }
	case schema.Int:
		return func(i int) uint64 { return uint64(v.Ints[i]) }
	case schema.Bool:
		return func(i int) uint64 { return bitmap.At(v.Bits, i) }
	}
	return func(i int) uint64 { return RealBits(v.Reals[i]) }
}

// hashValues hashes the texts of rows, each entry of a dictionary once.
func (t *EntryHashes) hashValues(e *Evaluator, v *vector.Vec) func(i int) uint64 {
	switch {
	case t.HashNewEntries(e, v):
		return func(i int) uint64 { return t.Of[v.Index[i]] }
	case len(v.Offsets) < 2: // no text is known
		return func(int) uint64 { return 0 }
	}
	return func(i int) uint64 { return xxh3.Hash(v.TextAt(i)) }
}

// HashNewEntries hashes the entries of a dictionary that are new; false where the
// texts are in none, or in one that is not worth it.
func (t *EntryHashes) HashNewEntries(e *Evaluator, v *vector.Vec) bool {
	entries := len(v.Offsets) - 1
	var number uint64
	if t.Column >= 0 {
		number = e.Numbers[t.Column]
	}
	if v.Index == nil || entries <= 0 || number == 0 && entries > e.Rows {
		return false
	}
	if number == 0 || number != t.Number || entries < len(t.Of) {
		t.Of = t.Of[:0]
	}
	t.Number = number
	for i := len(t.Of); i < entries; i++ {
		t.Of = append(t.Of, xxh3.Hash(v.Bytes[v.Offsets[i]:v.Offsets[i+1]]))
	}
	return true
}

// digest returns the digest of the values of row i, in which null equals null.
func (r *rowHasher) digest(owner int32, i int) cohort.Digest {
	r.digester.Reset(uint64(uint32(owner)))
	for k, v := range r.values {
		if !bitmap.Known(v.Known, i) {
			r.digester.Number(0)
			continue
		}
		r.digester.Number(1)
		addValue(&r.digester, v, r.nodes[k].Type, i)
	}
	return r.digester.Sum()
}

// addValue adds the value of row i, which is known.
func addValue(d *cohort.Digester, v *vector.Vec, t schema.Type, i int) {
	switch t {
	case schema.Text:
		d.Text(v.TextAt(i))
	case schema.Date:
		d.Number(uint64(uint32(v.Days[i])))
	case schema.Int:
		d.Number(uint64(v.Ints[i]))
	case schema.Bool:
		d.Number(bitmap.At(v.Bits, i))
	case schema.Decimal:
		d.Number(RealBits(v.Reals[i]))
	}
}
