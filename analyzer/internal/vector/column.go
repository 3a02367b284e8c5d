package vector

import (
	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// NewColumn allocates a column of the node's type for so many rows.
func NewColumn(node *expr.Node, rows int) *Column {
	v := Make(node.Type, rows)
	c := &Column{Type: node.Type, Rows: rows, Bits: v.Bits, Days: v.Days, Ints: v.Ints, Reals: v.Reals}
	if node.MaybeUnknown || node.Type == schema.Text {
		c.Known = v.Known
	}
	if node.Type == schema.Text {
		c.offsets = make([]int32, bitmap.Words(rows)*64+1)
	}
	return c
}

// Put copies n rows of v to the rows from first on, a multiple of 64. It does not
// store text, whose length is not known beforehand: see Builder and Join.
func (c *Column) Put(v *Vec, first, n int) {
	w := bitmap.Words(n)
	if c.Known != nil {
		dst := c.Known[first/64 : first/64+w]
		if v.Known != nil {
			copy(dst, v.Known[:w])
		} else {
			bitmap.Fill(dst, true, n)
		}
		if w > 0 {
			dst[w-1] &= bitmap.Tail(n)
		}
	}
	switch c.Type {
	case schema.Bool:
		copy(c.Bits[first/64:], v.Bits[:w])
	case schema.Date:
		copy(c.Days[first:], v.Days[:n])
	case schema.Int:
		copy(c.Ints[first:], v.Ints[:n])
	case schema.Decimal:
		copy(c.Reals[first:], v.Reals[:n])
	}
}

// A Builder appends values to a column whose number of rows is not known
// beforehand: those of a part of the patients, or of a build table.
type Builder struct {
	Column
	maybeUnknown bool
}

func NewBuilder(node *expr.Node) *Builder {
	return &Builder{Column: Column{Type: node.Type, offsets: []int32{0}}, maybeUnknown: node.MaybeUnknown}
}

// Reserve allocates for so many rows; the bytes of texts are allocated with the
// first batch.
func (b *Builder) Reserve(rows int) {
	if b.maybeUnknown {
		b.Known = make([]uint64, 0, bitmap.Words(rows))
	}
	switch b.Type {
	case schema.Bool:
		b.Bits = make([]uint64, 0, bitmap.Words(rows))
	case schema.Date:
		b.Days = make([]int32, 0, rows)
	case schema.Int:
		b.Ints = make([]int64, 0, rows)
	case schema.Decimal:
		b.Reals = make([]float64, 0, rows)
	case schema.Text:
		b.offsets = append(make([]int32, 0, rows+1), 0)
	}
}

// Append adds n rows of v.
func (b *Builder) Append(v *Vec, n int) {
	at := b.Rows
	b.Rows += n
	if b.maybeUnknown {
		b.Known = Grow(b.Known, bitmap.Words(b.Rows))
		if v.Known != nil {
			bitmap.Copy(b.Known, at, v.Known, 0, n)
		} else {
			bitmap.SetRange(b.Known, at, n)
		}
	}
	switch b.Type {
	case schema.Bool:
		b.Bits = Grow(b.Bits, bitmap.Words(b.Rows))
		bitmap.Copy(b.Bits, at, v.Bits, 0, n)
	case schema.Date:
		b.Days = append(b.Days, v.Days[:n]...)
	case schema.Int:
		b.Ints = append(b.Ints, v.Ints[:n]...)
	case schema.Decimal:
		b.Reals = append(b.Reals, v.Reals[:n]...)
	case schema.Text:
		if b.bytes == nil {
			b.reserveBytes(v, n)
		}
		for i := range n {
			if bitmap.Known(v.Known, i) {
				b.bytes = append(b.bytes, v.TextAt(i)...)
			}
			b.offsets = append(b.offsets, int32(len(b.bytes)))
		}
	}
}

// reserveBytes allocates for the texts of as many rows as are expected, if they
// are about as long as the first n; not for long ones.
func (b *Builder) reserveBytes(v *Vec, n int) {
	size := 0
	for i := range n {
		if bitmap.Known(v.Known, i) {
			size += len(v.TextAt(i))
		}
	}
	if rows := cap(b.offsets) - 1; n > 0 && rows >= n && size <= 40*n {
		b.bytes = make([]byte, 0, size*rows/n+size/16)
	}
}

// AppendRow adds row i of v.
func (b *Builder) AppendRow(v *Vec, i int) {
	at := b.Rows
	b.Rows++
	if b.maybeUnknown {
		b.Known = Grow(b.Known, bitmap.Words(b.Rows))
		if bitmap.Known(v.Known, i) {
			bitmap.Set(b.Known, at)
		}
	}
	switch b.Type {
	case schema.Bool:
		b.Bits = Grow(b.Bits, bitmap.Words(b.Rows))
		bitmap.Or(b.Bits, at, bitmap.At(v.Bits, i))
	case schema.Date:
		b.Days = append(b.Days, v.Days[i])
	case schema.Int:
		b.Ints = append(b.Ints, v.Ints[i])
	case schema.Decimal:
		b.Reals = append(b.Reals, v.Reals[i])
	case schema.Text:
		if bitmap.Known(v.Known, i) {
			b.bytes = append(b.bytes, v.TextAt(i)...)
		}
		b.offsets = append(b.offsets, int32(len(b.bytes)))
	}
}

// view returns all rows as a Vec, without copying.
func (b *Builder) view() Vec {
	return Vec{Known: b.Known, Bits: b.Bits, Days: b.Days, Ints: b.Ints, Reals: b.Reals, Offsets: b.offsets, Bytes: b.bytes}
}

// Join concatenates builders into one column: the rows of parts[i] begin at
// bases[i], a multiple of 64.
func Join(node *expr.Node, rows int, parts []*Builder, bases []int) *Column {
	c := NewColumn(node, rows)
	for p, part := range parts {
		v := part.view()
		if part.Rows > 0 {
			c.Put(&v, bases[p], part.Rows)
		}
	}
	if node.Type != schema.Text {
		return c
	}
	size := 0
	for _, part := range parts {
		size += len(part.bytes)
	}
	c.bytes = make([]byte, 0, size)
	for p, part := range parts {
		for i := range part.Rows {
			c.offsets[bases[p]+i] = int32(len(c.bytes)) + part.offsets[i]
		}
		c.bytes = append(c.bytes, part.bytes...)
		end := len(c.offsets)
		if p+1 < len(parts) {
			end = bases[p+1]
		}
		for i := bases[p] + part.Rows; i < end; i++ {
			c.offsets[i] = int32(len(c.bytes))
		}
	}
	return c
}
