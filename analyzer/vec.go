package analyzer

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/schema"
)

// A vec is the values of one node over one batch. What is under a known bit
// of 0 may be anything, and every consumer masks it.
type vec struct {
	known []uint64 // nil: all known
	bits  []uint64
	days  []int32
	ints  []int64
	reals []float64
	sets  []uint64 // days, dayWords a row
	// Text: row i is entry index[i], or entry i where index is nil.
	index, offsets []int32
	bytes          []byte
}

// textAt returns the text of row i.
func (v *vec) textAt(i int) []byte {
	if v.index != nil {
		i = int(v.index[i])
	}
	return v.bytes[v.offsets[i]:v.offsets[i+1]]
}

// bools is a boolean vec as the kernels take it.
func (v *vec) bools() kernel.Bools { return kernel.Bools{T: v.bits, K: v.known} }

// viewed wraps a column's view.
func viewed(x *extract.Vector) vec {
	return vec{known: x.Known, bits: x.Bits, days: x.Days, ints: x.Ints, reals: x.Reals, index: x.Index, offsets: x.Offsets, bytes: x.Bytes}
}

// room returns a vec with buffers for n rows of type t, and for their known
// bits; the caller sets known to nil where all are known.
func room(t schema.Type, n int) vec {
	v := vec{known: make([]uint64, kernel.Words(n))}
	padded := kernel.Words(n) * 64
	switch t {
	case schema.Bool:
		v.bits = make([]uint64, kernel.Words(n))
	case schema.Date:
		v.days = make([]int32, padded)
	case schema.Int:
		v.ints = make([]int64, padded)
	case schema.Decimal:
		v.reals = make([]float64, padded)
	case schema.Text:
		v.index = make([]int32, padded)
	case expr.Days:
		v.sets = make([]uint64, padded*dayWords)
	}
	return v
}

// constant returns n rows of one value.
func constant(c expr.Value, n int) vec {
	v := room(c.Type, n)
	v.known = nil
	switch c.Type {
	case schema.Bool:
		if c.Int != 0 {
			kernel.Fill(v.bits, true, n)
		}
	case schema.Date:
		for i := range v.days {
			v.days[i] = int32(c.Int)
		}
	case schema.Int:
		for i := range v.ints {
			v.ints[i] = c.Int
		}
	case schema.Decimal:
		for i := range v.reals {
			v.reals[i] = c.Real
		}
	case schema.Text:
		v.offsets, v.bytes = []int32{0, int32(len(c.Text))}, []byte(c.Text)
	}
	return v
}

// unknown returns n rows without a value.
func unknown(t schema.Type, n int) vec {
	v := constant(expr.Value{Type: t}, n)
	v.known = make([]uint64, kernel.Words(n))
	return v
}

// A held is the values of one node for all rows of a space, kept in memory:
// patients and practices by number, rows of related tables by entry.
type held struct {
	typ   schema.Type
	n     int
	known []uint64 // nil: all known
	bits  []uint64
	days  []int32
	ints  []int64
	reals []float64
	// Counts are as narrow as what reads them allows.
	counts8  []uint8
	counts16 []uint16
	counts32 []uint32
	sets     []uint64 // days, dayWords a row
	offsets  []int32
	bytes    []byte
}

// size is the memory held, in bytes.
func (h *held) size() int64 {
	return int64(len(h.known)+len(h.bits)+len(h.ints)+len(h.reals)+len(h.sets))*8 + int64(len(h.days)+len(h.counts32)+len(h.offsets))*4 +
		int64(len(h.counts16))*2 + int64(len(h.counts8)+len(h.bytes))
}

// slice makes v the n rows from first on, which is a multiple of 64. Counts
// are widened into v's own buffer; all else is shared.
func (h *held) slice(v *vec, first, n int) {
	if v.known = nil; h.known != nil {
		v.known = h.known[first/64:]
	}
	switch h.typ {
	case schema.Bool:
		v.bits = h.bits[first/64:]
	case schema.Date:
		v.days = h.days[first:]
	case schema.Decimal:
		v.reals = h.reals[first:]
	case schema.Text:
		v.index, v.offsets, v.bytes = nil, h.offsets[first:], h.bytes
	case expr.Days:
		v.sets = h.sets[first*dayWords:]
	case schema.Int:
		switch {
		case h.ints != nil:
			v.ints = h.ints[first:]
		case h.counts8 != nil:
			widen(v.ints, h.counts8[first:first+n])
		case h.counts16 != nil:
			widen(v.ints, h.counts16[first:first+n])
		default:
			widen(v.ints, h.counts32[first:first+n])
		}
	}
}

func widen[T uint8 | uint16 | uint32](dst []int64, src []T) {
	for i, c := range src {
		dst[i] = int64(c)
	}
}

// gather makes v the rows that index names. Known and boolean bits come from
// planes, so they are not read here.
func (h *held) gather(v *vec, index []int32, n int) {
	switch h.typ {
	case schema.Date:
		kernel.Gather(v.days, h.days, index, n)
	case schema.Decimal:
		kernel.Gather(v.reals, h.reals, index, n)
	case schema.Text:
		copy(v.index, index[:n])
		v.offsets, v.bytes = h.offsets, h.bytes
	case expr.Days:
		for i, at := range index[:n] {
			copy(v.sets[i*dayWords:(i+1)*dayWords], h.sets[int(at)*dayWords:])
		}
	case schema.Int:
		switch {
		case h.ints != nil:
			kernel.Gather(v.ints, h.ints, index, n)
		case h.counts8 != nil:
			pickWide(v.ints, h.counts8, index, n)
		case h.counts16 != nil:
			pickWide(v.ints, h.counts16, index, n)
		default:
			pickWide(v.ints, h.counts32, index, n)
		}
	}
}

func pickWide[T uint8 | uint16 | uint32](dst []int64, src []T, index []int32, n int) {
	dst = dst[:n]
	for i, at := range index[:n] {
		dst[i] = int64(src[at])
	}
}
