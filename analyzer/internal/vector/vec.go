package vector

import (
	"math"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/schema"
)

// DayWords is the room for a set of days: a bit for each, counted back from
// the as-of date.
const DayWords = (expr.MaxDays + 63) / 64

const NoDay = math.MinInt32

// A Vec is the values of one node over one batch. What is under a known bit
// of 0 may be anything, and every consumer masks it.
type Vec struct {
	Known []uint64 // nil: all known
	Bits  []uint64
	Days  []int32
	Ints  []int64
	Reals []float64
	Sets  []uint64 // days, dayWords a row
	// Text: row i is entry index[i], or entry i where index is nil.
	Index, Offsets []int32
	Bytes          []byte
}

// TextAt returns the text of row i.
func (v *Vec) TextAt(i int) []byte {
	if v.Index != nil {
		i = int(v.Index[i])
	}
	return v.Bytes[v.Offsets[i]:v.Offsets[i+1]]
}

// Bools is a boolean vec as the kernels take it.
func (v *Vec) Bools() kernel.Bools { return kernel.Bools{T: v.Bits, K: v.Known} }

// FromView wraps a column's view.
func FromView(x *extract.Vector) Vec {
	return Vec{Known: x.Known, Bits: x.Bits, Days: x.Days, Ints: x.Ints, Reals: x.Reals, Index: x.Index, Offsets: x.Offsets, Bytes: x.Bytes}
}

// Make returns a vec with buffers for n rows of type t, and for their known
// bits; the caller sets known to nil where all are known.
func Make(t schema.Type, n int) Vec {
	v := Vec{Known: make([]uint64, kernel.Words(n))}
	padded := kernel.Words(n) * 64
	switch t {
	case schema.Bool:
		v.Bits = make([]uint64, kernel.Words(n))
	case schema.Date:
		v.Days = make([]int32, padded)
	case schema.Int:
		v.Ints = make([]int64, padded)
	case schema.Decimal:
		v.Reals = make([]float64, padded)
	case schema.Text:
		v.Index = make([]int32, padded)
	case expr.Days:
		v.Sets = make([]uint64, padded*DayWords)
	}
	return v
}

// Constant returns n rows of one value.
func Constant(c expr.Value, n int) Vec {
	v := Make(c.Type, n)
	v.Known = nil
	switch c.Type {
	case schema.Bool:
		if c.Int != 0 {
			kernel.Fill(v.Bits, true, n)
		}
	case schema.Date:
		for i := range v.Days {
			v.Days[i] = int32(c.Int)
		}
	case schema.Int:
		for i := range v.Ints {
			v.Ints[i] = c.Int
		}
	case schema.Decimal:
		for i := range v.Reals {
			v.Reals[i] = c.Real
		}
	case schema.Text:
		v.Offsets, v.Bytes = []int32{0, int32(len(c.Text))}, []byte(c.Text)
	}
	return v
}

// Unknown returns n rows without a value.
func Unknown(t schema.Type, n int) Vec {
	v := Constant(expr.Value{Type: t}, n)
	v.Known = make([]uint64, kernel.Words(n))
	return v
}

// A Column is the values of one node for all rows of a space, kept in memory:
// patients and practices by number, rows of related tables by entry.
type Column struct {
	Type  schema.Type
	Rows  int
	Known []uint64 // nil: all known
	Bits  []uint64
	Days  []int32
	Ints  []int64
	Reals []float64
	// Counts are as narrow as what reads them allows.
	Counts8  []uint8
	Counts16 []uint16
	Counts32 []uint32
	Sets     []uint64 // days, dayWords a row
	offsets  []int32
	bytes    []byte
}

// Size is the memory held, in bytes.
func (h *Column) Size() int64 {
	return int64(len(h.Known)+len(h.Bits)+len(h.Ints)+len(h.Reals)+len(h.Sets))*8 + int64(len(h.Days)+len(h.Counts32)+len(h.offsets))*4 +
		int64(len(h.Counts16))*2 + int64(len(h.Counts8)+len(h.bytes))
}

// Slice makes v the n rows from first on, which is a multiple of 64. Counts
// are widened into v's own buffer; all else is shared.
func (h *Column) Slice(v *Vec, first, n int) {
	if v.Known = nil; h.Known != nil {
		v.Known = h.Known[first/64:]
	}
	switch h.Type {
	case schema.Bool:
		v.Bits = h.Bits[first/64:]
	case schema.Date:
		v.Days = h.Days[first:]
	case schema.Decimal:
		v.Reals = h.Reals[first:]
	case schema.Text:
		v.Index, v.Offsets, v.Bytes = nil, h.offsets[first:], h.bytes
	case expr.Days:
		v.Sets = h.Sets[first*DayWords:]
	case schema.Int:
		switch {
		case h.Ints != nil:
			v.Ints = h.Ints[first:]
		case h.Counts8 != nil:
			widen(v.Ints, h.Counts8[first:first+n])
		case h.Counts16 != nil:
			widen(v.Ints, h.Counts16[first:first+n])
		default:
			widen(v.Ints, h.Counts32[first:first+n])
		}
	}
}

func widen[T uint8 | uint16 | uint32](dst []int64, src []T) {
	for i, c := range src {
		dst[i] = int64(c)
	}
}

// Gather makes v the rows that index names. Known and boolean bits come from
// planes, so they are not read here.
func (h *Column) Gather(v *Vec, index []int32, n int) {
	switch h.Type {
	case schema.Date:
		kernel.Gather(v.Days, h.Days, index, n)
	case schema.Decimal:
		kernel.Gather(v.Reals, h.Reals, index, n)
	case schema.Text:
		copy(v.Index, index[:n])
		v.Offsets, v.Bytes = h.offsets, h.bytes
	case expr.Days:
		for i, at := range index[:n] {
			copy(v.Sets[i*DayWords:(i+1)*DayWords], h.Sets[int(at)*DayWords:])
		}
	case schema.Int:
		switch {
		case h.Ints != nil:
			kernel.Gather(v.Ints, h.Ints, index, n)
		case h.Counts8 != nil:
			pickWide(v.Ints, h.Counts8, index, n)
		case h.Counts16 != nil:
			pickWide(v.Ints, h.Counts16, index, n)
		default:
			pickWide(v.Ints, h.Counts32, index, n)
		}
	}
}

func pickWide[T uint8 | uint16 | uint32](dst []int64, src []T, index []int32, n int) {
	dst = dst[:n]
	for i, at := range index[:n] {
		dst[i] = int64(src[at])
	}
}
