package extract

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/schema"
)

// A Materialised extract keeps its columns in memory, decoded, once they have been
// scanned: what rules cost can then be measured apart from what decoding costs. It
// has the tables, parts and batches of the extract that it was made of, which must
// stay open.
type Materialised struct {
	Extract
	limit int64
	mu    sync.Mutex
	used  int64
	bytes map[*schema.Column]int64
}

// A LimitError says that the columns do not fit in the memory allowed.
type LimitError struct{ Limit int64 }

func (e *LimitError) Error() string {
	return fmt.Sprintf("the decoded columns take more than the limit of %d MiB", e.Limit>>20)
}

// Materialise returns x with columns that stay in memory, of at most limit bytes; a
// scan that would take more ends with a *LimitError. limit 0 is no limit.
func Materialise(x *Extract, limit int64) *Materialised {
	m := &Materialised{Extract: *x, limit: limit, bytes: map[*schema.Column]int64{}}
	m.Tables, m.Close = nil, nil
	for _, t := range x.Tables {
		copied := *t
		copied.Parts = nil
		for _, p := range t.Parts {
			copied.Parts = append(copied.Parts, &materialisedPart{Part: p, owner: m, byColumns: map[string][]*Batch{}})
		}
		m.Tables = append(m.Tables, &copied)
	}
	return m
}

// Bytes returns what the column takes in memory, decoded, without the entries
// of dictionaries; 0 where it has not been scanned.
func (m *Materialised) Bytes(c *schema.Column) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.bytes[c]
}

// Columns returns the columns of the table that have been scanned.
func (m *Materialised) Columns(t *schema.Table) []*schema.Column {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []*schema.Column
	for _, c := range t.Columns {
		if _, ok := m.bytes[c]; ok {
			out = append(out, c)
		}
	}
	return out
}

// take counts the bytes of a column of a batch, and refuses what is too much.
func (m *Materialised) take(c *schema.Column, column, shared int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes[c] += column
	m.used += column + shared
	if m.limit > 0 && m.used > m.limit {
		return &LimitError{m.limit}
	}
	return nil
}

// A materialisedPart reads its part once for the columns asked for, and again only
// when others are.
type materialisedPart struct {
	Part
	owner   *Materialised
	columns []*schema.Column
	batches []*Batch
	// byColumns are the batches with some of the columns, by their indexes.
	byColumns map[string][]*Batch
	key       []byte
}

func (p *materialisedPart) Scan(ctx context.Context, cols []*schema.Column) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		batches, err := p.with(ctx, cols)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, b := range batches {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(b, nil) {
				return
			}
		}
	}
}

// with returns the batches with just the columns cols.
func (p *materialisedPart) with(ctx context.Context, cols []*schema.Column) ([]*Batch, error) {
	p.key = p.key[:0]
	for _, c := range cols {
		p.key = append(p.key, byte(c.Index), byte(c.Index>>8))
	}
	if have, ok := p.byColumns[string(p.key)]; ok {
		return have, nil
	}
	var more []*schema.Column
	for _, c := range cols {
		if !slices.Contains(p.columns, c) && !slices.Contains(more, c) {
			more = append(more, c)
		}
	}
	if err := p.read(ctx, more); err != nil {
		return nil, err
	}
	out := make([]*Batch, len(p.batches))
	for i, b := range p.batches {
		out[i] = b.only(p.columns, cols)
	}
	p.byColumns[string(p.key)] = out
	return out, nil
}

// read adds columns. Batches may have other rows where other columns are read, so
// those that are in memory are read again beside them.
func (p *materialisedPart) read(ctx context.Context, more []*schema.Column) error {
	if len(more) == 0 && p.batches != nil {
		return nil
	}
	had := p.columns
	all := append(slices.Clone(had), more...)
	k := &batchCopier{owner: p.owner, columns: all, counted: len(had), dictionaries: make([]copiedDictionary, len(all))}
	for b, err := range p.Part.Scan(ctx, all) {
		if err != nil {
			return err
		}
		if err := k.add(b); err != nil {
			return err
		}
	}
	p.columns, p.batches = all, k.batches
	clear(p.byColumns)
	return nil
}

// only returns the batch with the columns cols of its columns have.
func (b *Batch) only(have, cols []*schema.Column) *Batch {
	out := *b
	out.Dictionaries, out.Malformed = make([]uint64, len(cols)), make([][]uint64, len(cols))
	fields, arrays := make([]arrow.Field, len(cols)), make([]arrow.Array, len(cols))
	for i, c := range cols {
		at := slices.Index(have, c)
		out.Dictionaries[i], out.Malformed[i] = b.Dictionaries[at], b.Malformed[at]
		fields[i], arrays[i] = b.Record.Schema().Field(at), b.Record.Column(at)
	}
	out.Record = array.NewRecord(arrow.NewSchema(fields, nil), arrays, b.Record.NumRows())
	return &out
}

// A batchCopier copies the batches of one scan.
type batchCopier struct {
	owner   *Materialised
	columns []*schema.Column
	// counted is how many of the columns have been counted before.
	counted      int
	dictionaries []copiedDictionary
	batches      []*Batch
}

// A copiedDictionary is the last copy made of a column's dictionary.
type copiedDictionary struct {
	number  uint64
	entries int
	array   arrow.Array
}

func (k *batchCopier) add(b *Batch) error {
	out := *b
	n := b.Rows()
	out.Dictionaries, out.Records, out.Ragged = slices.Clone(b.Dictionaries), slices.Clone(b.Records), slices.Clone(b.Ragged)
	out.Malformed = make([][]uint64, len(k.columns))
	fields, arrays := make([]arrow.Field, len(k.columns)), make([]arrow.Array, len(k.columns))
	for i, c := range k.columns {
		out.Malformed[i] = slices.Clone(b.Malformed[i])
		v, err := b.View(i)
		if err != nil {
			return fmt.Errorf("%s, column %s: %w", b.File, c.Name, err)
		}
		var column, shared int64
		arrays[i], column, shared = k.copied(i, &v, b.Dictionaries[i])
		if i < k.counted {
			column = 0
		}
		if err := k.owner.take(c, column, shared); err != nil {
			return err
		}
		fields[i] = arrow.Field{Name: c.Name, Type: arrays[i].DataType(), Nullable: true}
	}
	out.Record = array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(n))
	k.batches = append(k.batches, &out)
	return nil
}

// copied returns a copy of column i, what it takes, and what a new dictionary
// of it takes.
func (k *batchCopier) copied(i int, v *Vector, number uint64) (a arrow.Array, column, shared int64) {
	n := v.Len
	known, nulls := copyBits(v.Known, n)
	size := int64(len(known)) * 8
	switch k.columns[i].Type {
	case schema.Date:
		days := padded(v.Days, n)
		return fixedArray(arrow.FixedWidthTypes.Date32, bytesOf(days), known, n, nulls), size + int64(n)*4, 0
	case schema.Int:
		ints := padded(v.Ints, n)
		return fixedArray(arrow.PrimitiveTypes.Int64, bytesOf(ints), known, n, nulls), size + int64(n)*8, 0
	case schema.Decimal:
		reals := padded(v.Reals, n)
		return fixedArray(arrow.PrimitiveTypes.Float64, bytesOf(reals), known, n, nulls), size + int64(n)*8, 0
	case schema.Bool:
		values, _ := copyBits(v.Bits, n)
		return fixedArray(arrow.FixedWidthTypes.Boolean, bytesOf(values), known, n, nulls), size + int64(n+7)/8, 0
	}
	if v.Index == nil {
		text := ownedText(v, n, known, nulls)
		return text, size + int64(n)*4 + int64(text.Data().Buffers()[2].Len()), 0
	}
	d := &k.dictionaries[i]
	if d.array == nil || number == 0 || d.number != number || d.entries != v.Entries() {
		*d = copiedDictionary{number, v.Entries(), ownedText(v, v.Entries(), nil, 0)}
		shared = int64(d.entries)*4 + int64(d.array.Data().Buffers()[2].Len())
	}
	index := padded(v.Index, n)
	typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	data := array.NewDataWithDictionary(typ, n, []*memory.Buffer{memory.NewBufferBytes(bytesOf(known)), memory.NewBufferBytes(bytesOf(index))},
		nulls, 0, d.array.Data().(*array.Data))
	return array.NewDictionaryData(data), size + int64(n)*4, shared
}

// ownedText copies the first n entries, and no byte besides.
func ownedText(v *Vector, n int, known []uint64, nulls int) arrow.Array {
	offsets := make([]int32, (n+2)/2*2)
	var all []byte
	if n > 0 && len(v.Offsets) > n {
		first := v.Offsets[0]
		for i, at := range v.Offsets[:n+1] {
			offsets[i] = at - first
		}
		all = bytes.Clone(v.Bytes[first:v.Offsets[n]])
	}
	var validity *memory.Buffer
	if known != nil {
		validity = memory.NewBufferBytes(bytesOf(known))
	}
	return array.MakeFromData(array.NewData(arrow.BinaryTypes.String, n,
		[]*memory.Buffer{validity, memory.NewBufferBytes(bytesOf(offsets)), memory.NewBufferBytes(all)}, nil, nulls, 0))
}

// padded copies the first n elements, up to whole words of bits.
func padded[T int32 | int64 | float64](s []T, n int) []T {
	out := make([]T, bitmap.Words(n)*64)
	copy(out, s[:min(n, len(s))])
	return out
}

// copyBits copies the bits of n rows and counts those not set; nil has none.
func copyBits(words []uint64, n int) (out []uint64, unset int) {
	if words == nil || n == 0 {
		return nil, 0
	}
	out = slices.Clone(words[:bitmap.Words(n)])
	out[len(out)-1] &= bitmap.Tail(n)
	return out, n - bitmap.Count(out, n)
}
