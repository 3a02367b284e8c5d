package mapping

import (
	"context"
	"iter"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/source"
)

// heldPart is a source.Part of batches in memory.
type heldPart struct{ batches []*source.Raw }

func (p *heldPart) Size() (bytes, rows int64) { return 0, -1 }
func (p *heldPart) NoNulls(int) bool          { return false }
func (p *heldPart) Scan(_ context.Context, cols []int) iter.Seq2[*source.Raw, error] {
	return func(yield func(*source.Raw, error) bool) {
		first := int64(1)
		for _, b := range p.batches {
			raw := *b
			raw.First, raw.Columns = first, nil
			for _, c := range cols {
				raw.Columns = append(raw.Columns, b.Columns[c])
			}
			first += int64(b.Rows)
			if !yield(&raw, nil) {
				return
			}
		}
	}
}

// textFile is a file of text fields, each element of batches being the rows of
// one batch; a nil row is a ragged one.
func textFile(stem string, columns []string, batches ...[][]string) *source.File {
	p := &heldPart{}
	for _, rows := range batches {
		raw := &source.Raw{Rows: len(rows), Columns: make([]source.RawColumn, len(columns))}
		for r, row := range rows {
			if row == nil {
				if raw.Ragged == nil {
					raw.Ragged = make([]uint64, bitmap.Words(len(rows)))
				}
				bitmap.Set(raw.Ragged, r)
				row = make([]string, len(columns))
			}
			for c := range columns {
				col := &raw.Columns[c]
				col.Start = append(col.Start, uint32(len(col.Data)))
				col.Data = append(col.Data, row[c]...)
				col.End = append(col.End, uint32(len(col.Data)))
			}
		}
		p.batches = append(p.batches, raw)
	}
	return &source.File{Name: stem + ".csv", Stem: stem, Format: source.CSV, Charset: "utf-8", Columns: columns, Parts: []source.Part{p}}
}

// typedFile is a file of Arrow arrays; numbers gives each column's dictionary
// number.
func typedFile(stem string, columns []string, arrays []arrow.Array, numbers ...uint64) *source.File {
	raw := &source.Raw{Rows: arrays[0].Len()}
	f := &source.File{Name: stem + ".parquet", Stem: stem, Format: source.Parquet, Columns: columns, Parts: []source.Part{&heldPart{batches: []*source.Raw{raw}}}}
	for i, a := range arrays {
		col := source.RawColumn{Array: a}
		if len(numbers) > 0 {
			col.Dictionary = numbers[i]
		}
		raw.Columns = append(raw.Columns, col)
		f.Types = append(f.Types, a.DataType())
	}
	return f
}

func held(t *testing.T, o Options, files ...*source.File) *extract.Extract {
	t.Helper()
	o.Key = key
	x, err := assemble(context.Background(), &source.Bundle{Name: "held", Files: files}, o)
	require.NoError(t, err)
	return x
}

// padded copies an array into buffers of whole 8-byte words, as decoders give
// them.
func padded(a arrow.Array) arrow.Array {
	d := a.Data()
	pad := func(d arrow.ArrayData) []*memory.Buffer {
		var out []*memory.Buffer
		for _, b := range d.Buffers() {
			if b == nil {
				out = append(out, nil)
				continue
			}
			out = append(out, memory.NewBufferBytes(append(append([]byte(nil), b.Bytes()...), make([]byte, -len(b.Bytes())&7)...)))
		}
		return out
	}
	if a.DataType().ID() != arrow.DICTIONARY {
		return array.MakeFromData(array.NewData(d.DataType(), d.Len(), pad(d), nil, d.NullN(), 0))
	}
	e := d.Dictionary()
	entries := array.NewData(e.DataType(), e.Len(), pad(e), nil, e.NullN(), 0)
	return array.MakeFromData(array.NewDataWithDictionary(d.DataType(), d.Len(), pad(d), d.NullN(), 0, entries))
}

// build makes an array of the values; nil is null.
func build(t arrow.DataType, values ...any) arrow.Array {
	b := array.NewBuilder(memory.DefaultAllocator, t)
	for _, v := range values {
		if v == nil {
			b.AppendNull()
			continue
		}
		switch b := b.(type) {
		case *array.BinaryDictionaryBuilder:
			if err := b.AppendString(v.(string)); err != nil {
				panic(err)
			}
		case *array.StringBuilder:
			b.Append(v.(string))
		case *array.Date32Builder:
			b.Append(v.(arrow.Date32))
		case *array.Date64Builder:
			b.Append(v.(arrow.Date64))
		case *array.TimestampBuilder:
			b.Append(v.(arrow.Timestamp))
		case *array.Int64Builder:
			b.Append(v.(int64))
		case *array.Int32Builder:
			b.Append(v.(int32))
		case *array.Float64Builder:
			b.Append(v.(float64))
		case *array.Float32Builder:
			b.Append(v.(float32))
		case *array.BooleanBuilder:
			b.Append(v.(bool))
		default:
			panic(t.String())
		}
	}
	return padded(b.NewArray())
}
