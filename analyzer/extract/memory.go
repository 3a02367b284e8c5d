package extract

import (
	"context"
	"fmt"
	"iter"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/schema"
)

// A Cell is one value of a table held in memory. The zero Cell is null.
type Cell struct {
	// Known says that the cell holds a value, Malformed that the source had
	// one that could not be read; such a cell is null too.
	Known, Malformed bool
	Text             string
	// Int holds an Int, a Date as days since 1970-01-01, or a Bool as 0 or 1.
	Int  int64
	Real float64
}

// TextCell returns a text, which is null where it is empty, as everywhere.
func TextCell(s string) Cell { return Cell{Known: s != "", Text: s} }

// IntCell returns a number, or a date as days since 1970-01-01.
func IntCell(v int64) Cell { return Cell{Known: true, Int: v} }

// RealCell returns a decimal.
func RealCell(v float64) Cell { return Cell{Known: true, Real: v} }

// BoolCell returns true or false.
func BoolCell(v bool) Cell {
	if v {
		return IntCell(1)
	}
	return IntCell(0)
}

// Memory is a table held as Go values: what cases and tests are made of.
type Memory struct {
	Schema  *schema.Table
	Columns []*schema.Column
	// Rows hold one cell a column; a nil row is a ragged one.
	Rows [][]Cell
	// Parts divide the rows: for each part the rows of its batches. Nil is one
	// part of one batch (or as many as MaxBatchRows asks for).
	Parts [][]int
	// Dictionary gives text as dictionaries, one for the whole table.
	Dictionary bool
	// DerivedKey is passed on.
	DerivedKey bool
	// File names the source in positions; the table's name where empty.
	File string
}

// Table returns the table as part of an extract. The Memory must not change
// while the extract is in use.
func (m *Memory) Table() *Table {
	t := &Table{Schema: m.Schema, Supplied: make([]bool, len(m.Schema.Columns)), DerivedKey: m.DerivedKey}
	for _, c := range m.Columns {
		t.Supplied[c.Index] = true
	}
	parts := m.Parts
	if parts == nil && len(m.Rows) > 0 {
		var whole []int
		for left := len(m.Rows); left > 0; left -= MaxBatchRows {
			whole = append(whole, min(left, MaxBatchRows))
		}
		parts = [][]int{whole}
	}
	dictionaries := m.dictionaries()
	first := 0
	for _, batches := range parts {
		p := &memoryPart{memory: m, first: first, batches: batches, dictionaries: dictionaries}
		for _, n := range batches {
			p.rows += n
		}
		first += p.rows
		t.Parts = append(t.Parts, p)
	}
	if first != len(m.Rows) {
		panic(fmt.Sprintf("parts of %s hold %d rows of %d", m.Schema.Name, first, len(m.Rows)))
	}
	return t
}

// InMemory returns an extract of tables held in memory, in schema order.
func InMemory(name string, tables ...*Memory) *Extract {
	x := &Extract{Name: name, System: "paperlight", Format: "memory"}
	for _, t := range schema.Tables {
		for _, m := range tables {
			if m.Schema == t {
				x.Tables = append(x.Tables, m.Table())
			}
		}
	}
	return x
}

// memoryDictionary holds the entries of one text column of the whole table.
type memoryDictionary struct {
	array arrow.Array
	index map[string]int32
}

func (m *Memory) dictionaries() []*memoryDictionary {
	out := make([]*memoryDictionary, len(m.Columns))
	if !m.Dictionary {
		return out
	}
	for i, c := range m.Columns {
		if c.Type != schema.Text {
			continue
		}
		d := &memoryDictionary{index: map[string]int32{}}
		var texts []string
		for _, row := range m.Rows {
			if row == nil || !row[i].Known {
				continue
			}
			if _, ok := d.index[row[i].Text]; !ok {
				d.index[row[i].Text] = int32(len(texts))
				texts = append(texts, row[i].Text)
			}
		}
		d.array = textArray(texts, nil)
		out[i] = d
	}
	return out
}

type memoryPart struct {
	memory       *Memory
	first, rows  int
	batches      []int
	dictionaries []*memoryDictionary
}

func (p *memoryPart) Size() (bytes, rows int64) { return 0, int64(p.rows) }

// NoNulls is always false, so that tests reach the checks that depend on it.
func (p *memoryPart) NoNulls(*schema.Column) bool { return false }

func (p *memoryPart) Scan(ctx context.Context, cols []*schema.Column) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		at := p.first
		for _, n := range p.batches {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(p.memory.batch(at, n, cols, p.dictionaries), nil) {
				return
			}
			at += n
		}
	}
}

func (m *Memory) batch(first, n int, cols []*schema.Column, dictionaries []*memoryDictionary) *Batch {
	rows := m.Rows[first : first+n]
	b := &Batch{File: m.File, First: int64(first) + 1, Dictionaries: make([]uint64, len(cols)), Malformed: make([][]uint64, len(cols))}
	if b.File == "" {
		b.File = m.Schema.Name
	}
	for i, row := range rows {
		if row == nil {
			b.Ragged = setBit(b.Ragged, i, n)
		}
	}
	fields := make([]arrow.Field, len(cols))
	arrays := make([]arrow.Array, len(cols))
	for j, c := range cols {
		at := -1
		for k, have := range m.Columns {
			if have == c {
				at = k
			}
		}
		if at < 0 {
			panic("column " + c.String() + " is not supplied")
		}
		cells := make([]Cell, n)
		for i, row := range rows {
			if row != nil {
				cells[i] = row[at]
			}
			if cells[i].Malformed {
				b.Malformed[j] = setBit(b.Malformed[j], i, n)
			}
		}
		arrays[j] = cellArray(c.Type, cells, dictionaries[at])
		if dictionaries[at] != nil {
			b.Dictionaries[j] = uint64(c.Table.Index)<<32 | uint64(c.Index) + 1
		}
		fields[j] = arrow.Field{Name: c.Name, Type: arrays[j].DataType(), Nullable: true}
	}
	b.Record = array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(n))
	return b
}

func setBit(words []uint64, i, n int) []uint64 {
	if words == nil {
		words = make([]uint64, bitmap.Words(n))
	}
	bitmap.Set(words, i)
	return words
}

func cellArray(t schema.Type, cells []Cell, d *memoryDictionary) arrow.Array {
	n := len(cells)
	padded := bitmap.Words(n) * 64
	known := make([]uint64, padded/64)
	nulls := 0
	for i, c := range cells {
		if c.Known {
			bitmap.Set(known, i)
		} else {
			nulls++
		}
	}
	switch t {
	case schema.Date:
		v := make([]int32, padded)
		for i, c := range cells {
			v[i] = int32(c.Int)
		}
		return fixedArray(arrow.FixedWidthTypes.Date32, bytesOf(v), known, n, nulls)
	case schema.Int:
		v := make([]int64, padded)
		for i, c := range cells {
			v[i] = c.Int
		}
		return fixedArray(arrow.PrimitiveTypes.Int64, bytesOf(v), known, n, nulls)
	case schema.Decimal:
		v := make([]float64, padded)
		for i, c := range cells {
			v[i] = c.Real
		}
		return fixedArray(arrow.PrimitiveTypes.Float64, bytesOf(v), known, n, nulls)
	case schema.Bool:
		v := make([]uint64, padded/64)
		for i, c := range cells {
			if c.Int != 0 {
				bitmap.Set(v, i)
			}
		}
		return fixedArray(arrow.FixedWidthTypes.Boolean, bytesOf(v), known, n, nulls)
	}
	if d == nil {
		texts := make([]string, n)
		for i, c := range cells {
			if c.Known {
				texts[i] = c.Text
			}
		}
		return textArray(texts, known)
	}
	v := make([]int32, padded)
	for i, c := range cells {
		if c.Known {
			v[i] = d.index[c.Text]
		}
	}
	typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	data := array.NewDataWithDictionary(typ, n, []*memory.Buffer{memory.NewBufferBytes(bytesOf(known)), memory.NewBufferBytes(bytesOf(v))},
		nulls, 0, d.array.Data().(*array.Data))
	return array.NewDictionaryData(data)
}

func fixedArray(t arrow.DataType, values []byte, known []uint64, n, nulls int) arrow.Array {
	return array.MakeFromData(array.NewData(t, n, []*memory.Buffer{memory.NewBufferBytes(bytesOf(known)), memory.NewBufferBytes(values)}, nil, nulls, 0))
}

// textArray returns a utf8 array; known nil is all known.
func textArray(texts []string, known []uint64) arrow.Array {
	offsets := make([]int32, (len(texts)+2)/2*2)
	var all []byte
	nulls := 0
	for i, s := range texts {
		if !bitmap.Known(known, i) {
			nulls++
		}
		all = append(all, s...)
		offsets[i+1] = int32(len(all))
	}
	var validity *memory.Buffer
	if known != nil {
		validity = memory.NewBufferBytes(bytesOf(known))
	}
	return array.MakeFromData(array.NewData(arrow.BinaryTypes.String, len(texts),
		[]*memory.Buffer{validity, memory.NewBufferBytes(bytesOf(offsets)), memory.NewBufferBytes(all)}, nil, nulls, 0))
}

func bytesOf[T int32 | int64 | float64 | uint64](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(v[0])))
}
