package source

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal256"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/stretchr/testify/require"
)

// readSample reads a file that another program wrote, as text; a cell that is
// null is "(null)".
func readSample(t *testing.T, name string) (*File, [][]string) {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return readArrow(t, name, content)
}

func readArrow(t *testing.T, name string, content []byte) (f *File, rows [][]string) {
	t.Helper()
	f, err := openOne(t, name, content, Options{})
	require.NoError(t, err)
	for _, p := range f.Parts {
		for raw, err := range p.Scan(context.Background(), allColumns(f)) {
			require.NoError(t, err)
			for i := range raw.Rows {
				var row []string
				for _, c := range raw.Columns {
					row = append(row, c.Array.ValueStr(i))
				}
				rows = append(rows, row)
			}
		}
	}
	return f, rows
}

// Polars writes a checksum with each block of its LZ4 frames.
func TestArrowReadsLZ4FramesWithBlockChecksums(t *testing.T) {
	f, rows := readSample(t, "polars-lz4.arrow")
	require.Equal(t, "patient_id", f.Columns[0])
	require.Len(t, rows, 200)
}

// Polars writes the texts of a category as views.
func TestArrowReadsDictionariesOfViews(t *testing.T) {
	f, rows := readSample(t, "polars-categorical.arrow")
	require.Empty(t, f.Unsupported)
	status := slices.Index(f.Columns, "status")
	count := map[string]int{}
	for _, row := range rows {
		count[row[status]]++
	}
	require.Equal(t, map[string]int{"active": 228}, count)
}

// oddColumns are columns in types that few programs write, and what is read of them.
func oddColumns(t testing.TB) (arrow.Record, [][]string) {
	t.Helper()
	texts := []string{"one", "", "three", "one", "one", "three"}
	null := []bool{false, true, false, false, false, false}
	var fields []arrow.Field
	var arrays []arrow.Array
	var want [][]string
	add := func(typ arrow.DataType, values []string, fill func(b array.Builder, i int)) {
		b := array.NewBuilder(memory.DefaultAllocator, typ)
		var read []string
		for i, v := range values {
			if null[i] {
				b.AppendNull()
				v = "(null)"
			} else {
				fill(b, i)
			}
			read = append(read, v)
		}
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("c%d", len(fields)), Type: typ, Nullable: true})
		arrays, want = append(arrays, b.NewArray()), append(want, read)
	}
	binary := func(b array.Builder, i int) { b.(*array.BinaryBuilder).AppendString(texts[i]) }
	add(arrow.BinaryTypes.Binary, texts, binary)
	add(arrow.BinaryTypes.Binary, []string{"one", "", "fffe", "00ff", "", "é"},
		func(b array.Builder, i int) {
			b.(*array.BinaryBuilder).AppendString([]string{"one", "", "\xff\xfe", "\x00\xff", "", "é"}[i])
		})
	add(arrow.BinaryTypes.LargeBinary, texts, binary)
	add(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.Binary}, texts,
		func(b array.Builder, i int) {
			require.NoError(t, b.(*array.BinaryDictionaryBuilder).AppendString(texts[i]))
		})
	add(&arrow.FixedSizeBinaryType{ByteWidth: 3}, []string{"abc", "", "def", "ghi", "jkl", "mno"},
		func(b array.Builder, i int) {
			b.(*array.FixedSizeBinaryBuilder).Append([]byte("abc---defghijklmno")[3*i : 3*i+3])
		})
	add(&arrow.Decimal256Type{Precision: 50, Scale: 2}, []string{"1.5", "", "-0.05", "0", "12345678901234567890123456789012345.67", "-7"},
		func(b array.Builder, i int) {
			n, err := decimal256.FromString([]string{"1.5", "", "-0.05", "0", "12345678901234567890123456789012345.67", "-7"}[i], 50, 2)
			require.NoError(t, err)
			b.(*array.Decimal256Builder).Append(n)
		})
	add(arrow.FixedSizeListOf(1, arrow.BinaryTypes.String), texts, func(b array.Builder, i int) {
		l := b.(*array.FixedSizeListBuilder)
		l.Append(true)
		l.ValueBuilder().(*array.StringBuilder).Append(texts[i])
	})
	runs := func(b array.Builder, i int, value func(array.Builder)) {
		r := b.(*array.RunEndEncodedBuilder)
		r.Append(1)
		value(r.ValueBuilder())
	}
	add(arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.String), texts,
		func(b array.Builder, i int) {
			runs(b, i, func(v array.Builder) { v.(*array.StringBuilder).Append(texts[i]) })
		})
	add(arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int64), []string{"0", "", "2", "3", "4", "5"},
		func(b array.Builder, i int) {
			runs(b, i, func(v array.Builder) { v.(*array.Int64Builder).Append(int64(i)) })
		})
	add(arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int64, arrow.FixedWidthTypes.Boolean), []string{"true", "", "true", "false", "true", "false"},
		func(b array.Builder, i int) {
			runs(b, i, func(v array.Builder) { v.(*array.BooleanBuilder).Append(i%2 == 0) })
		})
	return array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(len(texts))), want
}

func TestArrowReadsOddTypes(t *testing.T) {
	rec, want := oddColumns(t)
	for name, option := range map[string][]ipc.Option{"plain": nil, "lz4": {ipc.WithLZ4()}, "zstd": {ipc.WithZstd()}} {
		for _, ext := range []string{".arrow", ".arrows"} {
			f, rows := readArrow(t, "t"+ext, writeIPC(t, ext == ".arrow", rec.Schema(), []arrow.Record{rec, rec}, option...))
			require.Empty(t, f.Unsupported)
			require.Len(t, rows, 2*int(rec.NumRows()))
			for c, column := range want {
				for i := range rows {
					require.Equal(t, column[i%len(column)], rows[i][c], "%s%s: column %s row %d", name, ext, rec.Schema().Field(c).Type, i)
				}
			}
		}
	}
}
