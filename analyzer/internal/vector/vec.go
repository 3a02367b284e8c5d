package vector

import (
	"math"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/schema"
)

// DayWords is the length in words of a set of days, which has a bit for each day,
// counted back from the as-of date.
const DayWords = (expr.MaxDays + 63) / 64

// NoDay stands for the latest date of rows of which none has a date.
const NoDay = math.MinInt32

// A Vec is the values of one node over one batch: one of the slices, by the
// node's type, and Known, the null mask (a bit is 0 where the value is null).
// Values under a known bit of 0 may be anything, and every consumer masks them.
type Vec struct {
	Known []uint64 // nil: all known
	Bits  []uint64
	Days  []int32
	Ints  []int64
	Reals []float64
	Sets  []uint64 // sets of days, DayWords a row
	// Text: row i is entry Index[i] of a dictionary, or entry i where Index is nil.
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

// Bools is a boolean Vec as the kernels take it.
func (v *Vec) Bools() kernel.Bools { return kernel.Bools{T: v.Bits, K: v.Known} }

// FromView makes a Vec of the view of a batch's column, without copying.
func FromView(x *extract.Vector) Vec {
	return Vec{Known: x.Known, Bits: x.Bits, Days: x.Days, Ints: x.Ints, Reals: x.Reals, Index: x.Index, Offsets: x.Offsets, Bytes: x.Bytes}
}

// Make returns a Vec with buffers for n rows of type t, and for their known
// bits; the caller sets Known to nil where all are known.
func Make(t schema.Type, n int) Vec {
	v := Vec{Known: make([]uint64, bitmap.Words(n))}
	padded := bitmap.Words(n) * 64
	switch t {
	case schema.Bool:
		v.Bits = make([]uint64, bitmap.Words(n))
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
			bitmap.Fill(v.Bits, true, n)
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

// Unknown returns n null rows.
func Unknown(t schema.Type, n int) Vec {
	v := Constant(expr.Value{Type: t}, n)
	v.Known = make([]uint64, bitmap.Words(n))
	return v
}

// A Column is the values of one node for all rows of a space, materialised:
// patients and practices by number, rows of related tables by entry of their
// cohort.Keys.
type Column struct {
	Type  schema.Type
	Rows  int
	Known []uint64 // nil: all known
	Bits  []uint64
	Days  []int32
	Ints  []int64
	Reals []float64
	// Counts of rows are stored as narrow as what reads them allows: see
	// plan.Plan.Widths.
	Counts8  []uint8
	Counts16 []uint16
	Counts32 []uint32
	Sets     []uint64 // sets of days, DayWords a row
	offsets  []int32
	bytes    []byte
}

// Size is the memory used, in bytes.
func (c *Column) Size() int64 {
	return int64(len(c.Known)+len(c.Bits)+len(c.Ints)+len(c.Reals)+len(c.Sets))*8 + int64(len(c.Days)+len(c.Counts32)+len(c.offsets))*4 +
		int64(len(c.Counts16))*2 + int64(len(c.Counts8)+len(c.bytes))
}

// Slice makes v the n rows from first on, which is a multiple of 64. Narrow
// counts are widened into v's own buffer; all else is shared.
func (c *Column) Slice(v *Vec, first, n int) {
	if v.Known = nil; c.Known != nil {
		v.Known = c.Known[first/64:]
	}
	switch c.Type {
	case schema.Bool:
		v.Bits = c.Bits[first/64:]
	case schema.Date:
		v.Days = c.Days[first:]
	case schema.Decimal:
		v.Reals = c.Reals[first:]
	case schema.Text:
		v.Index, v.Offsets, v.Bytes = nil, c.offsets[first:], c.bytes
	case expr.Days:
		v.Sets = c.Sets[first*DayWords:]
	case schema.Int:
		switch {
		case c.Ints != nil:
			v.Ints = c.Ints[first:]
		case c.Counts8 != nil:
			widen(v.Ints, c.Counts8[first:first+n])
		case c.Counts16 != nil:
			widen(v.Ints, c.Counts16[first:first+n])
		default:
			widen(v.Ints, c.Counts32[first:first+n])
		}
	}
}

func widen[T uint8 | uint16 | uint32](dst []int64, src []T) {
	for i, n := range src {
		dst[i] = int64(n)
	}
}

// Gather sets row i of v to row index[i] of the column. It leaves out known and
// boolean bits, which an Evaluator gathers eight at a time from byte planes.
func (c *Column) Gather(v *Vec, index []int32, n int) {
	switch c.Type {
	case schema.Date:
		kernel.Gather(v.Days, c.Days, index, n)
	case schema.Decimal:
		kernel.Gather(v.Reals, c.Reals, index, n)
	case schema.Text:
		copy(v.Index, index[:n])
		v.Offsets, v.Bytes = c.offsets, c.bytes
	case expr.Days:
		for i, at := range index[:n] {
			copy(v.Sets[i*DayWords:(i+1)*DayWords], c.Sets[int(at)*DayWords:])
		}
	case schema.Int:
		switch {
		case c.Ints != nil:
			kernel.Gather(v.Ints, c.Ints, index, n)
		case c.Counts8 != nil:
			gatherWide(v.Ints, c.Counts8, index, n)
		case c.Counts16 != nil:
			gatherWide(v.Ints, c.Counts16, index, n)
		default:
			gatherWide(v.Ints, c.Counts32, index, n)
		}
	}
}

func gatherWide[T uint8 | uint16 | uint32](dst []int64, src []T, index []int32, n int) {
	dst = dst[:n]
	for i, at := range index[:n] {
		dst[i] = int64(src[at])
	}
}
