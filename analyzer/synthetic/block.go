package synthetic

import (
	"paperlight/analyzer/schema"
)

// A Block is some rows of one table by column, filled cell by cell in column
// order. It is reused: a writer that keeps a block's rows copies them.
type Block struct {
	Table   *schema.Table
	Columns []*BlockColumn
	Rows    int
	next    int // column that the next cell goes to
}

// A BlockColumn holds the cells of one column. Absent cells keep their place:
// an empty text, a zero.
type BlockColumn struct {
	*schema.Column
	Known   []bool
	Bytes   []byte // text
	Offsets []int32
	Ints    []int64 // Int, Date (days since 1970-01-01), Bool (0, 1)
	Reals   []float64
}

// NewBlock returns an empty block of the named columns of a table.
func NewBlock(t *schema.Table, columns ...string) *Block {
	b := &Block{Table: t}
	for _, name := range columns {
		c := t.Column(name)
		if c == nil {
			panic("synthetic: no column " + t.Name + "." + name)
		}
		b.Columns = append(b.Columns, &BlockColumn{Column: c})
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
func (c *BlockColumn) Text(i int) []byte { return c.Bytes[c.Offsets[i]:c.Offsets[i+1]] }

func (b *Block) column() *BlockColumn {
	c := b.Columns[b.next]
	if b.next++; b.next == len(b.Columns) {
		b.next = 0
		b.Rows++
	}
	return c
}

// text adds a cell of text; empty is absent.
func (b *Block) text(s string) {
	c := b.column()
	c.Bytes = append(c.Bytes, s...)
	c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
	c.Known = append(c.Known, s != "")
}

// date adds a day; none is absent.
func (b *Block) date(d day) { b.int(int64(d), d != none) }

func (b *Block) bool(v bool) {
	if v {
		b.int(1, true)
	} else {
		b.int(0, true)
	}
}

func (b *Block) int(v int64, known bool) {
	c := b.column()
	if !known {
		v = 0
	}
	c.Ints = append(c.Ints, v)
	c.Known = append(c.Known, known)
}

func (b *Block) real(v float64, known bool) {
	c := b.column()
	if !known {
		v = 0
	}
	c.Reals = append(c.Reals, v)
	c.Known = append(c.Known, known)
}

// appendRow adds row i of from, which has the same columns.
func (b *Block) appendRow(from *Block, i int) {
	for k, c := range b.Columns {
		f := from.Columns[k]
		c.Known = append(c.Known, f.Known[i])
		switch c.Type {
		case schema.Text:
			c.Bytes = append(c.Bytes, f.Text(i)...)
			c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
		case schema.Decimal:
			c.Reals = append(c.Reals, f.Reals[i])
		default:
			c.Ints = append(c.Ints, f.Ints[i])
		}
	}
	b.Rows++
}
