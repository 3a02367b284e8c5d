package vector

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/schema"
)

// NewColumn returns room for n rows of node n's values.
func NewColumn(node *expr.Node, rows int) *Column {
	v := Make(node.Type, rows)
	h := &Column{Type: node.Type, Rows: rows, Bits: v.Bits, Days: v.Days, Ints: v.Ints, Reals: v.Reals}
	if node.MaybeUnknown || node.Type == schema.Text {
		h.Known = v.Known
	}
	if node.Type == schema.Text {
		h.offsets = make([]int32, kernel.Words(rows)*64+1)
	}
	return h
}

// Put stores n rows of v from row first, a multiple of 64. Text must be put
// in order of rows.
func (h *Column) Put(v *Vec, first, n int) {
	w := kernel.Words(n)
	if h.Known != nil {
		dst := h.Known[first/64 : first/64+w]
		if v.Known != nil {
			copy(dst, v.Known[:w])
		} else {
			kernel.Fill(dst, true, n)
		}
		if n%64 != 0 {
			dst[w-1] &= 1<<(n%64) - 1
		}
	}
	switch h.Type {
	case schema.Bool:
		copy(h.Bits[first/64:], v.Bits[:w])
	case schema.Date:
		copy(h.Days[first:], v.Days[:n])
	case schema.Int:
		copy(h.Ints[first:], v.Ints[:n])
	case schema.Decimal:
		copy(h.Reals[first:], v.Reals[:n])
	}
}

// A Builder gathers values whose rows arrive in any number: those of a part
// of the patients, or of a store.
type Builder struct {
	Column
	maybeUnknown bool
}

func NewBuilder(node *expr.Node) *Builder {
	return &Builder{Column: Column{Type: node.Type, offsets: []int32{0}}, maybeUnknown: node.MaybeUnknown}
}

// Reserve makes room for so many rows of fixed size.
func (h *Builder) Reserve(rows int) {
	if h.maybeUnknown {
		h.Known = make([]uint64, 0, kernel.Words(rows))
	}
	switch h.Type {
	case schema.Bool:
		h.Bits = make([]uint64, 0, kernel.Words(rows))
	case schema.Date:
		h.Days = make([]int32, 0, rows)
	case schema.Int:
		h.Ints = make([]int64, 0, rows)
	case schema.Decimal:
		h.Reals = make([]float64, 0, rows)
	case schema.Text:
		h.offsets = append(make([]int32, 0, rows+1), 0)
	}
}

// Append adds n rows of v.
func (h *Builder) Append(v *Vec, n int) {
	at := h.Rows
	h.Rows += n
	if h.maybeUnknown {
		h.Known = Grow(h.Known, kernel.Words(h.Rows))
		if v.Known != nil {
			kernel.CopyBits(h.Known, at, v.Known, 0, n)
		} else {
			fillBits(h.Known, at, n)
		}
	}
	switch h.Type {
	case schema.Bool:
		h.Bits = Grow(h.Bits, kernel.Words(h.Rows))
		kernel.CopyBits(h.Bits, at, v.Bits, 0, n)
	case schema.Date:
		h.Days = append(h.Days, v.Days[:n]...)
	case schema.Int:
		h.Ints = append(h.Ints, v.Ints[:n]...)
	case schema.Decimal:
		h.Reals = append(h.Reals, v.Reals[:n]...)
	case schema.Text:
		if h.bytes == nil {
			h.reserveBytes(v, n)
		}
		for i := range n {
			if Bit(v.Known, i) {
				h.bytes = append(h.bytes, v.TextAt(i)...)
			}
			h.offsets = append(h.offsets, int32(len(h.bytes)))
		}
	}
}

// reserveBytes makes room for the texts of as many rows as are foreseen, if
// they are about as long as the first n; not for long ones.
func (h *Builder) reserveBytes(v *Vec, n int) {
	size := 0
	for i := range n {
		if Bit(v.Known, i) {
			size += len(v.TextAt(i))
		}
	}
	if rows := cap(h.offsets) - 1; n > 0 && rows >= n && size <= 40*n {
		h.bytes = make([]byte, 0, size*rows/n+size/16)
	}
}

// AppendRow adds row i of v.
func (h *Builder) AppendRow(v *Vec, i int) {
	at := h.Rows
	h.Rows++
	if h.maybeUnknown {
		h.Known = Grow(h.Known, kernel.Words(h.Rows))
		if Bit(v.Known, i) {
			h.Known[at>>6] |= 1 << (at & 63)
		}
	}
	switch h.Type {
	case schema.Bool:
		h.Bits = Grow(h.Bits, kernel.Words(h.Rows))
		h.Bits[at>>6] |= BitAt(v.Bits, i) << (at & 63)
	case schema.Date:
		h.Days = append(h.Days, v.Days[i])
	case schema.Int:
		h.Ints = append(h.Ints, v.Ints[i])
	case schema.Decimal:
		h.Reals = append(h.Reals, v.Reals[i])
	case schema.Text:
		if Bit(v.Known, i) {
			h.bytes = append(h.bytes, v.TextAt(i)...)
		}
		h.offsets = append(h.offsets, int32(len(h.bytes)))
	}
}

// view returns all rows as a vec.
func (h *Builder) view() Vec {
	return Vec{Known: h.Known, Bits: h.Bits, Days: h.Days, Ints: h.Ints, Reals: h.Reals, Offsets: h.offsets, Bytes: h.bytes}
}

// fillBits sets n bits from bit at on.
func fillBits(dst []uint64, at, n int) {
	for i := at; i < at+n; {
		if i%64 == 0 && at+n-i >= 64 {
			dst[i/64] = ^uint64(0)
			i += 64
			continue
		}
		dst[i>>6] |= 1 << (i & 63)
		i++
	}
}

// Join lays rows that were gathered apart out as one, each at its base, a
// multiple of 64.
func Join(node *expr.Node, rows int, parts []*Builder, bases []int) *Column {
	h := NewColumn(node, rows)
	for p, part := range parts {
		v := part.view()
		if part.Rows > 0 {
			h.Put(&v, bases[p], part.Rows)
		}
	}
	if node.Type != schema.Text {
		return h
	}
	size := 0
	for _, part := range parts {
		size += len(part.bytes)
	}
	h.bytes = make([]byte, 0, size)
	for p, part := range parts {
		for i := range part.Rows {
			h.offsets[bases[p]+i] = int32(len(h.bytes)) + part.offsets[i]
		}
		h.bytes = append(h.bytes, part.bytes...)
		end := len(h.offsets)
		if p+1 < len(parts) {
			end = bases[p+1]
		}
		for i := bases[p] + part.Rows; i < end; i++ {
			h.offsets[i] = int32(len(h.bytes))
		}
	}
	return h
}
