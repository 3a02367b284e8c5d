package analyzer

import (
	"math"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer/cohort"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/kernel"
	"paperlight/analyzer/schema"
)

// A meeting hashes, for one worker, the values in which rows meet.
type meeting struct {
	nodes  []*expr.Node
	values []*vec
	texts  []textHashes // by node
	// Of the batch: the hash of each row, and the rows that have one.
	hashes   []uint64
	rows     []uint64
	some     []uint64 // room
	digester cohort.Digester
}

// textHashes are the hashes of the entries of a dictionary.
type textHashes struct {
	column int // place in evaluator.columns, or -1
	number uint64
	of     []uint64
	learnt bool // of holds the hashes of the batch's entries
}

func (e *evaluator) newMeeting(nodes []*expr.Node) *meeting {
	m := &meeting{nodes: nodes, hashes: make([]uint64, e.rows), rows: make([]uint64, kernel.Words(e.rows)), some: make([]uint64, kernel.Words(e.rows))}
	for _, n := range nodes {
		m.values = append(m.values, e.value(n))
		column := -1
		if n.Op == expr.OpColumn && n.Space == e.in.pass.table && !e.in.pass.memory {
			column = e.in.columnAt(n.Column)
		}
		m.texts = append(m.texts, textHashes{column: column})
	}
	return m
}

// absent is the value that stands for a cell without one.
const absent = 0x9ddfea08eb382d69

// hash fills m.hashes and returns the rows that have an owner and, where all
// values must be known, have them. The rows are good until the next call.
func (m *meeting) hash(e *evaluator, own []int32, known bool) []uint64 {
	hashes := m.hashes[:e.n]
	for i := range hashes {
		hashes[i] = uint64(uint32(own[i]))
	}
	setWhere(m.rows, e.n, func(i int) bool { return own[i] >= 0 })
	for k, v := range m.values {
		if known && v.known != nil {
			for w := range kernel.Words(e.n) {
				m.rows[w] &= v.known[w]
			}
		}
		switch m.nodes[k].Type {
		case schema.Text:
			m.texts[k].add(e, hashes, v)
		case schema.Date:
			addEach(hashes, v, func(i int) uint64 { return uint64(uint32(v.days[i])) })
		case schema.Int:
			addEach(hashes, v, func(i int) uint64 { return uint64(v.ints[i]) })
		case schema.Bool:
			addEach(hashes, v, func(i int) uint64 { return bitAt(v.bits, i) })
		case schema.Decimal:
			addEach(hashes, v, func(i int) uint64 { return realBits(v.reals[i]) })
		}
	}
	return m.rows
}

// where leaves the rows for which cond is true.
func (m *meeting) where(rows []uint64, cond *vec, n int) {
	for w := range kernel.Words(n) {
		if rows[w] &= cond.bits[w]; cond.known != nil {
			rows[w] &= cond.known[w]
		}
	}
}

func addEach(hashes []uint64, v *vec, value func(i int) uint64) {
	if v.known == nil {
		for i := range hashes {
			hashes[i] = cohort.Combine(hashes[i], value(i))
		}
		return
	}
	for i := range hashes {
		x := uint64(absent)
		if kernel.Bit(v.known, i) {
			x = value(i)
		}
		hashes[i] = cohort.Combine(hashes[i], x)
	}
}

// realBits are the bits of r, the same for both zeros.
func realBits(r float64) uint64 {
	if r == 0 {
		return 0
	}
	return math.Float64bits(r)
}

// hashSome is hash, values known, for the rows where cond is true: row by row
// where they are few.
func (m *meeting) hashSome(e *evaluator, own []int32, cond *vec) []uint64 {
	some := truths(m.some, cond, e.n)
	if 4*kernel.CountBits(some, e.n) > e.n {
		rows := m.hash(e, own, true)
		m.where(rows, cond, e.n)
		return rows
	}
	copy(m.rows, some[:kernel.Words(e.n)])
	for k, v := range m.values {
		if v.known != nil {
			for w := range kernel.Words(e.n) {
				m.rows[w] &= v.known[w]
			}
		}
		if m.nodes[k].Type == schema.Text {
			m.texts[k].learn(e, v)
		}
	}
	kernel.ForEachSet(m.rows, e.n, func(i int) {
		if own[i] < 0 {
			m.rows[i>>6] &^= 1 << (i & 63)
			return
		}
		h := uint64(uint32(own[i]))
		for k, v := range m.values {
			h = cohort.Combine(h, m.value(k, v, i))
		}
		m.hashes[i] = h
	})
	return m.rows
}

// value is what row i of the k-th values, which is known, adds to its hash.
func (m *meeting) value(k int, v *vec, i int) uint64 {
	switch m.nodes[k].Type {
	case schema.Text:
		if t := &m.texts[k]; t.learnt {
			return t.of[v.index[i]]
		}
		return xxh3.Hash(v.textAt(i))
	case schema.Date:
		return uint64(uint32(v.days[i]))
	case schema.Int:
		return uint64(v.ints[i])
	case schema.Bool:
		return bitAt(v.bits, i)
	}
	return realBits(v.reals[i])
}

// learn hashes the entries of a dictionary that are new, if the texts are in
// one.
func (t *textHashes) learn(e *evaluator, v *vec) {
	entries := len(v.offsets) - 1
	var number uint64
	if t.column >= 0 {
		number = e.numbers[t.column]
	}
	t.learnt = v.index != nil && entries > 0 && (number != 0 || entries <= e.n)
	if !t.learnt {
		return
	}
	if number == 0 || number != t.number || entries < len(t.of) {
		t.of = t.of[:0]
	}
	t.number = number
	for i := len(t.of); i < entries; i++ {
		t.of = append(t.of, xxh3.Hash(v.bytes[v.offsets[i]:v.offsets[i+1]]))
	}
}

// add adds the texts of the batch, each entry of a dictionary hashed once.
func (t *textHashes) add(e *evaluator, hashes []uint64, v *vec) {
	switch t.learn(e, v); {
	case t.learnt:
		addEach(hashes, v, func(i int) uint64 { return t.of[v.index[i]] })
	case len(v.offsets) < 2: // no text is known
		addEach(hashes, v, func(int) uint64 { return 0 })
	default:
		addEach(hashes, v, func(i int) uint64 { return xxh3.Hash(v.textAt(i)) })
	}
}

// digest returns the digest of the values of row i, in which absent equals
// absent.
func (m *meeting) digest(owner int32, i int) cohort.Digest {
	m.digester.Reset(uint64(uint32(owner)))
	for k, v := range m.values {
		if !bit(v.known, i) {
			m.digester.Number(0)
			continue
		}
		m.digester.Number(1)
		addValue(&m.digester, v, m.nodes[k].Type, i)
	}
	return m.digester.Sum()
}
