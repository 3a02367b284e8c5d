package source

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
)

var ipcTypes = []arrow.DataType{
	arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.FixedWidthTypes.Boolean,
	arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
	arrow.PrimitiveTypes.Uint8, arrow.PrimitiveTypes.Uint16, arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Uint64,
	arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Date64,
	arrow.FixedWidthTypes.Timestamp_s, arrow.FixedWidthTypes.Timestamp_ms, arrow.FixedWidthTypes.Timestamp_us, arrow.FixedWidthTypes.Timestamp_ns,
	&arrow.Decimal128Type{Precision: 12, Scale: 2}, arrow.Null,
	arrow.ListOf(arrow.PrimitiveTypes.Int32), // not read: comes between
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String},
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint16, ValueType: arrow.BinaryTypes.String},
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int64, ValueType: arrow.BinaryTypes.String},
}

func ipcSchema(types []arrow.DataType) *arrow.Schema {
	var fields []arrow.Field
	for i, typ := range types {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("c%d", i), Type: typ, Nullable: true})
	}
	return arrow.NewSchema(fields, nil)
}

// ipcRecord makes n rows; every fourth cell or so is null.
func ipcRecord(t testing.TB, r *rand.Rand, schema *arrow.Schema, n int) arrow.Record {
	t.Helper()
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i := range n {
		for c, f := range b.Fields() {
			if f.Type().ID() == arrow.NULL || r.IntN(4) == 0 {
				f.AppendNull()
				continue
			}
			appendCell(t, f, r, i, c)
		}
	}
	return b.NewRecord()
}

func appendCell(t testing.TB, f array.Builder, r *rand.Rand, i, c int) {
	switch f := f.(type) {
	case *array.Decimal128Builder:
		f.Append(decimal128.FromI64(r.Int64N(1e10)))
	case *array.ListBuilder:
		f.Append(true)
		f.ValueBuilder().(*array.Int32Builder).Append(int32(i))
	case *array.BinaryDictionaryBuilder:
		require.NoError(t, f.AppendString(fmt.Sprintf("entry %d", r.IntN(100))))
	case *array.Date64Builder:
		f.Append(arrow.Date64(r.Int64N(20000) * 86400000))
	case *array.BooleanBuilder:
		f.Append(r.IntN(2) == 0)
	case *array.StringBuilder:
		f.Append(strings.Repeat("é", r.IntN(9)))
	case *array.LargeStringBuilder:
		f.Append(fmt.Sprintf("large %d", r.IntN(1e6)))
	case *array.TimestampBuilder:
		f.Append(arrow.Timestamp(r.Int64N(1e12)))
	default:
		require.NoError(t, f.AppendValueFromString(map[bool]string{true: "1970-01-02", false: fmt.Sprint(r.IntN(100))}[f.Type().ID() == arrow.DATE32]))
	}
}

// writeIPC writes the records in the file form or the stream form.
func writeIPC(t testing.TB, file bool, schema *arrow.Schema, records []arrow.Record, options ...ipc.Option) []byte {
	t.Helper()
	options = append(options, ipc.WithSchema(schema))
	out, err := os.Create(filepath.Join(t.TempDir(), "ipc"))
	require.NoError(t, err)
	defer out.Close()
	var w interface {
		Write(arrow.Record) error
		io.Closer
	} = ipc.NewWriter(out, options...)
	if file {
		w, err = ipc.NewFileWriter(out, options...)
		require.NoError(t, err)
	}
	for _, rec := range records {
		require.NoError(t, w.Write(rec))
	}
	require.NoError(t, w.Close())
	content, err := os.ReadFile(out.Name())
	require.NoError(t, err)
	return content
}

func TestArrowReadsWhatWasWritten(t *testing.T) {
	options := map[string][]ipc.Option{"plain": nil, "zstd": {ipc.WithZstd()}, "lz4": {ipc.WithLZ4()}}
	schema := ipcSchema(ipcTypes)
	for name, option := range options {
		for _, file := range []bool{true, false} {
			for _, sizes := range [][]int{{}, {1}, {64, 0, 63, 1}, {700, 700}} {
				t.Run(fmt.Sprintf("%s/file=%v/%v", name, file, sizes), func(t *testing.T) {
					total := 0
					for _, n := range sizes {
						total += n
					}
					whole := ipcRecord(t, rand.New(rand.NewPCG(3, uint64(total))), schema, total)
					want := recordRows(whole)
					var records []arrow.Record
					at := int64(0)
					for _, n := range sizes {
						records = append(records, whole.NewSlice(at, at+int64(n)))
						at += int64(n)
					}
					ext := map[bool]string{true: ".arrow", false: ".arrows"}[file]
					f, err := openOne(t, "t"+ext, writeIPC(t, file, schema, records, option...), Options{})
					require.NoError(t, err)
					require.Equal(t, []string{"c21"}, f.Unsupported)
					got, err := arrayRows(t, f)
					require.NoError(t, err)
					require.Len(t, got, len(want))
					for i := range want {
						require.Equal(t, want[i], got[i], "row %d", i)
					}
				})
			}
		}
	}
}

// recordRows shows what is read of a record.
func recordRows(rec arrow.Record) [][]string {
	out := make([][]string, rec.NumRows())
	for i := range out {
		for c, col := range rec.Columns() {
			if ipcTypes[c].ID() != arrow.LIST {
				out[i] = append(out[i], strings.Clone(col.ValueStr(i)))
			}
		}
	}
	return out
}

// A record batch of more rows than a batch may have is handed out in runs,
// and without compression divided into parts.
func TestArrowLargeRecordBatch(t *testing.T) {
	n := 2*splitRows + 1234
	schema := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String}, {Name: "n", Type: arrow.PrimitiveTypes.Int32, Nullable: true}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i := range n {
		b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("p%d", i))
		if i%3 == 0 {
			b.Field(1).AppendNull()
		} else {
			b.Field(1).(*array.Int32Builder).Append(int32(i))
		}
	}
	rec := b.NewRecord()
	for name, option := range map[string][]ipc.Option{"plain": nil, "zstd": {ipc.WithZstd()}} {
		f, err := openOne(t, "t.arrow", writeIPC(t, true, schema, []arrow.Record{rec}, option...), Options{})
		require.NoError(t, err)
		require.Len(t, f.Parts, map[string]int{"plain": 3, "zstd": 1}[name])
		row := 0
		for _, p := range f.Parts {
			for raw, err := range p.Scan(context.Background(), []int{0, 1}) {
				require.NoError(t, err)
				require.EqualValues(t, row+1, raw.First)
				require.LessOrEqual(t, raw.Rows, extract.MaxBatchRows)
				checkColumn(t, raw.Columns[0], raw.Rows)
				checkColumn(t, raw.Columns[1], raw.Rows)
				ids, ns := raw.Columns[0].Array.(*array.String), raw.Columns[1].Array.(*array.Int32)
				for i := range raw.Rows {
					if ids.Value(i) != fmt.Sprintf("p%d", row) || ns.IsNull(i) != (row%3 == 0) || ns.IsValid(i) && ns.Value(i) != int32(row) {
						t.Fatalf("%s: row %d differs", name, row)
					}
					row++
				}
			}
		}
		require.Equal(t, n, row)
	}
}

// A stream may add to a dictionary or replace it between record batches; a
// part that starts later sees the dictionary of its place.
func TestArrowDictionariesChange(t *testing.T) {
	typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{{Name: "code", Type: typ, Nullable: true}}, nil)
	record := func(entries []string, index ...int32) arrow.Record {
		values := array.NewStringBuilder(memory.DefaultAllocator)
		values.AppendValues(entries, nil)
		keys := array.NewInt32Builder(memory.DefaultAllocator)
		keys.AppendValues(index, nil)
		d := array.NewDictionaryArray(typ, keys.NewArray(), values.NewArray())
		return array.NewRecord(schema, []arrow.Array{d}, int64(len(index)))
	}
	records := []arrow.Record{record([]string{"a", "b"}, 0, 1), record([]string{"a", "b", "c"}, 2, 0), record([]string{"x"}, 0, 0)}
	content := writeIPC(t, false, schema, records, ipc.WithDictionaryDeltas(true))
	f, err := openOne(t, "t.arrows", content, Options{})
	require.NoError(t, err)
	got, err := arrayRows(t, f)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"a"}, {"b"}, {"c"}, {"a"}, {"x"}, {"x"}}, got)

	var numbers []uint64
	var entries []int
	file := f.Parts[0].(*arrowPart).file
	for i := range file.batches {
		p := &arrowPart{file: file, first: 1, pieces: []arrowPiece{{batch: i, to: 2}}}
		for raw, err := range p.Scan(context.Background(), []int{0}) {
			require.NoError(t, err)
			numbers = append(numbers, raw.Columns[0].Dictionary)
			entries = append(entries, raw.Columns[0].Array.(*array.Dictionary).Dictionary().Len())
			require.Equal(t, got[2*i][0], raw.Columns[0].Array.ValueStr(0))
		}
	}
	require.Equal(t, numbers[0], numbers[1], "a dictionary that was added to is the same one")
	require.NotEqual(t, numbers[1], numbers[2], "a replaced one is not")
	require.Equal(t, []int{2, 3, 1}, entries)
}

func TestArrowTruncated(t *testing.T) {
	schema := ipcSchema(ipcTypes)
	rec := ipcRecord(t, rand.New(rand.NewPCG(1, 1)), schema, 50)
	for _, file := range []bool{true, false} {
		content := writeIPC(t, file, schema, []arrow.Record{rec})
		ext := map[bool]string{true: ".arrow", false: ".arrows"}[file]
		whole, err := openOne(t, "t"+ext, content, Options{})
		require.NoError(t, err)
		rows, err := readAll(t, whole)
		require.NoError(t, err)
		require.Equal(t, 50, rows)
		for cut := 1; cut < len(content); cut++ {
			f, err := openOne(t, "t"+ext, content[:cut], Options{})
			if err == nil {
				_, err = readAll(t, f)
			}
			var e *DecodeError
			require.ErrorAs(t, err, &e, "cut to %d of %d bytes", cut, len(content))
		}
	}
}

// streams are whole streams and what may be left of them: a stream must end
// with its mark and hold nothing after it.
func streams(t testing.TB) map[string]struct {
	content []byte
	says    string
} {
	t.Helper()
	schema := ipcSchema(ipcTypes)
	r := rand.New(rand.NewPCG(1, 1))
	rec := []arrow.Record{ipcRecord(t, r, schema, 20), ipcRecord(t, r, schema, 20)}
	whole := writeIPC(t, false, schema, rec)
	const mark = "\xff\xff\xff\xff\x00\x00\x00\x00"
	require.True(t, strings.HasSuffix(string(whole), mark))
	bare := whole[:len(whole)-len(mark)]
	a := &arrowFile{in: held("t", whole)}
	require.NoError(t, a.readStream())
	first, second := a.batches[0], a.batches[1]
	join := func(parts ...[]byte) []byte { return slices.Concat(parts...) }
	const cut, more, inside = "cannot be told from a cut file", "goes on after the mark", "ends inside a message"
	return map[string]struct {
		content []byte
		says    string
	}{
		"whole":                       {whole, ""},
		"the mark of older files":     {join(bare, make([]byte, 4)), ""},
		"no rows":                     {writeIPC(t, false, schema, nil), ""},
		"no mark":                     {bare, cut},
		"cut between batches":         {whole[:second.offset], cut},
		"cut before the first batch":  {whole[:first.offset], cut},
		"half a mark":                 {join(bare, []byte(mark[:4])), inside},
		"a part of a mark":            {join(bare, []byte(mark[:3])), inside},
		"a length cut short":          {join(bare, []byte(mark[:6])), inside},
		"a zero length in the middle": {join(whole[:second.offset], []byte(mark), whole[second.offset+8:]), more},
		"zeros in the middle":         {join(whole[:second.offset], make([]byte, second.length), whole[second.offset+second.length:]), more},
		"zeros after the end":         {join(whole, make([]byte, 8)), more},
		"two marks":                   {join(whole, []byte(mark)), more},
		"two streams in one":          {join(whole, whole), more},
		"one byte more":               {join(whole, []byte{7}), more},
		"zeros for the end":           {join(bare, make([]byte, 8)), more},
	}
}

func TestArrowStreamsEndWithTheirMark(t *testing.T) {
	for name, test := range streams(t) {
		for _, packing := range []string{"", ".gz"} {
			t.Run(name+packing, func(t *testing.T) {
				content := test.content
				if packing != "" {
					content = gz(t, content)
				}
				f, err := openOne(t, "t.arrows"+packing, content, Options{})
				if test.says == "" {
					require.NoError(t, err)
					_, err = readAll(t, f)
					require.NoError(t, err)
					return
				}
				var e *DecodeError
				require.ErrorAs(t, err, &e)
				require.Contains(t, e.Message, test.says)
				require.NotEmpty(t, e.Hint)
				require.False(t, e.Limit)
			})
		}
	}
}
