package canonical

import (
	"paperlight/analyzer/schema"
)

// A Block is some rows of one table by column. It is filled cell by cell in the order
// of its columns, or column by column, and reused: a writer that keeps a block's rows
// copies them.
type Block struct {
	Table   *schema.Table
	Columns []*Column
	Rows    int
	next    int // column that the next cell goes to
}

// A Column holds the cells of one column. Absent cells keep their place: an empty
// text, a zero.
type Column struct {
	*schema.Column
	// Type is how the cells are written: as the schema says, or as text, which can
	// hold what is not of the column's type.
	Type    schema.Type
	Known   []bool
	Bytes   []byte // text
	Offsets []int32
	Ints    []int64 // Int, Date (days since 1970-01-01), Bool (0, 1)
	Reals   []float64
}

// NewBlock returns an empty block of the named columns of a table.
func NewBlock(t *schema.Table, names ...string) *Block {
	var columns []*schema.Column
	for _, name := range names {
		c := t.Column(name)
		if c == nil {
			panic("canonical: no column " + t.Name + "." + name)
		}
		columns = append(columns, c)
	}
	return BlockOf(t, columns)
}

// BlockOf is NewBlock for columns at hand.
func BlockOf(t *schema.Table, columns []*schema.Column) *Block {
	b := &Block{Table: t}
	for _, c := range columns {
		b.Columns = append(b.Columns, &Column{Column: c, Type: c.Type})
	}
	b.Reset()
	return b
}

// Reset empties the block and keeps its memory.
func (b *Block) Reset() {
	b.Rows, b.next = 0, 0
	for _, c := range b.Columns {
		c.Known, c.Bytes, c.Ints, c.Reals = c.Known[:0], c.Bytes[:0], c.Ints[:0], c.Reals[:0]
		c.Offsets = append(c.Offsets[:0], 0)
	}
}

// Text is the text of row i.
func (c *Column) Text(i int) []byte { return c.Bytes[c.Offsets[i]:c.Offsets[i+1]] }

// AddText adds a cell of text; empty is absent.
func (c *Column) AddText(text []byte) {
	c.Bytes = append(c.Bytes, text...)
	c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
	c.Known = append(c.Known, len(text) > 0)
}

// AddInt adds a number, a day or a bit.
func (c *Column) AddInt(v int64, known bool) {
	if !known {
		v = 0
	}
	c.Ints = append(c.Ints, v)
	c.Known = append(c.Known, known)
}

// AddReal adds a decimal.
func (c *Column) AddReal(v float64, known bool) {
	if !known {
		v = 0
	}
	c.Reals = append(c.Reals, v)
	c.Known = append(c.Known, known)
}

// AddAbsent adds a cell without a value.
func (c *Column) AddAbsent() {
	switch c.Type {
	case schema.Text:
		c.AddText(nil)
	case schema.Decimal:
		c.AddReal(0, false)
	default:
		c.AddInt(0, false)
	}
}

// Skip returns the column that the next cell belongs to, and goes on to the one
// after it: the caller adds the cell.
func (b *Block) Skip() *Column {
	c := b.Columns[b.next]
	if b.next++; b.next == len(b.Columns) {
		b.next = 0
		b.Rows++
	}
	return c
}

// AddText adds the next cell as text; empty is absent.
func (b *Block) AddText(s string) {
	c := b.Skip()
	c.Bytes = append(c.Bytes, s...)
	c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
	c.Known = append(c.Known, s != "")
}

// AddBool adds the next cell as true or false.
func (b *Block) AddBool(v bool) {
	n := int64(0)
	if v {
		n = 1
	}
	b.Skip().AddInt(n, true)
}

// AddInt adds the next cell as a number or a day.
func (b *Block) AddInt(v int64, known bool) { b.Skip().AddInt(v, known) }

// AddReal adds the next cell as a decimal.
func (b *Block) AddReal(v float64, known bool) { b.Skip().AddReal(v, known) }

// AppendRow adds row i of from, which has the same columns.
func (b *Block) AppendRow(from *Block, i int) {
	for k, c := range b.Columns {
		f := from.Columns[k]
		switch c.Type {
		case schema.Text:
			c.Bytes = append(c.Bytes, f.Text(i)...)
			c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
		case schema.Decimal:
			c.Reals = append(c.Reals, f.Reals[i])
		default:
			c.Ints = append(c.Ints, f.Ints[i])
		}
		c.Known = append(c.Known, f.Known[i])
	}
	b.Rows++
}
