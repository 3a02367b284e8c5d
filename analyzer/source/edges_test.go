package source

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
)

// A dictionary may hold a null entry: the rows that name it are null, and
// counted, whether or not other rows are null themselves.
func TestArrowNullEntriesOfADictionary(t *testing.T) {
	typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{{Name: "code", Type: typ, Nullable: true}}, nil)
	for _, c := range []struct {
		says          string
		entries, rows int
		nullEntry     func(e int) bool
		nullRow       func(i int) bool
	}{
		{"one entry, no row", 3, 5, func(e int) bool { return e == 1 }, nil},
		{"the first", 3, 200, func(e int) bool { return e == 0 }, nil},
		{"the last, past a word", 65, 200, func(e int) bool { return e == 64 }, nil},
		{"the only one", 1, 70, func(int) bool { return true }, nil},
		{"many, in several batches", 130, 2*extract.MaxBatchRows + 77, func(e int) bool { return e%3 == 0 }, nil},
		{"entries and rows", 130, 300, func(e int) bool { return e%3 == 0 }, func(i int) bool { return i%4 == 1 }},
		{"in rows that are null alone", 4, 300, func(e int) bool { return e == 1 }, func(i int) bool { return i%4 == 1 }},
	} {
		t.Run(c.says, func(t *testing.T) {
			values, keys := array.NewStringBuilder(memory.DefaultAllocator), array.NewInt32Builder(memory.DefaultAllocator)
			for e := range c.entries {
				if c.nullEntry(e) {
					values.AppendNull()
				} else {
					values.Append(fmt.Sprintf("entry %d", e))
				}
			}
			want := make([]string, c.rows)
			for i := range want {
				e := i % c.entries
				switch {
				case c.nullRow != nil && c.nullRow(i):
					keys.AppendNull()
					want[i] = "(null)"
				case c.nullEntry(e):
					keys.Append(int32(e))
					want[i] = "(null)"
				default:
					keys.Append(int32(e))
					want[i] = fmt.Sprintf("entry %d", e)
				}
			}
			record := array.NewRecord(schema, []arrow.Array{array.NewDictionaryArray(typ, keys.NewArray(), values.NewArray())}, int64(c.rows))
			for _, file := range []bool{true, false} {
				f, err := openOne(t, map[bool]string{true: "t.arrow", false: "t.arrows"}[file], writeIPC(t, file, schema, []arrow.Record{record}), Options{})
				require.NoError(t, err)
				at := 0
				for _, p := range f.Parts {
					for raw, err := range p.Scan(context.Background(), []int{0}) {
						require.NoError(t, err)
						col := raw.Columns[0]
						checkColumn(t, col, raw.Rows)
						nulls := 0
						for i := range raw.Rows {
							require.Equal(t, want[at] == "(null)", col.Array.IsNull(i), "row %d", at)
							if col.Array.IsNull(i) {
								nulls++
							} else {
								require.Equal(t, want[at], col.Array.ValueStr(i), "row %d", at)
							}
							at++
						}
						require.Equal(t, nulls, col.Array.NullN())
					}
				}
				require.Equal(t, c.rows, at)
			}
		})
	}
}

// optionalRow has an optional column of each encoding that must know before
// how many values of a page are not null.
type optionalRow struct {
	Count  *int32   `parquet:"count,optional"`
	Number *int64   `parquet:"number,optional"`
	Prefix *string  `parquet:"prefix,optional"`
	Ratio  *float64 `parquet:"ratio,optional"`
	Term   *string  `parquet:"term,optional"`
}

func optionalSchema() *parquet.Schema {
	column := func(node parquet.Node, e encoding.Encoding) parquet.Node {
		return parquet.Optional(parquet.Encoded(node, e))
	}
	return parquet.NewSchema("row", parquet.Group{
		"count": column(parquet.Int(32), &parquet.DeltaBinaryPacked), "number": column(parquet.Int(64), &parquet.DeltaBinaryPacked),
		"prefix": column(parquet.String(), &parquet.DeltaByteArray), "ratio": column(parquet.Leaf(parquet.DoubleType), &parquet.ByteStreamSplit),
		"term": column(parquet.String(), &parquet.DeltaLengthByteArray),
	})
}

// A page of more rows than are counted at once, its nulls at its start, at its
// end, everywhere, or nowhere.
func TestParquetPagesOfOptionalDeltaValues(t *testing.T) {
	for says, null := range map[string]func(i, n int) bool{
		"none":            func(int, int) bool { return false },
		"at the start":    func(i, _ int) bool { return i < 1500 },
		"at the end":      func(i, n int) bool { return i >= n-1500 },
		"every third":     func(i, _ int) bool { return i%3 == 0 },
		"nearly all":      func(i, n int) bool { return i != n/2 },
		"all":             func(int, int) bool { return true },
		"the first piece": func(i, _ int) bool { return i < 1024 },
	} {
		for _, n := range []int{1023, 1024, 1025, 4096, 5000} {
			for version := 1; version <= 2; version++ {
				t.Run(fmt.Sprintf("%s/%d rows/v%d", says, n, version), func(t *testing.T) {
					r := rand.New(rand.NewPCG(uint64(n), 5))
					rows, want := make([]optionalRow, n), make([][]string, n)
					for i := range rows {
						if null(i, n) {
							want[i] = []string{"(null)", "(null)", "(null)", "(null)", "(null)"}
							continue
						}
						count, number, term, ratio := r.Int32()-1<<30, r.Int64()-1<<62, fmt.Sprintf("term %d", i%700), r.NormFloat64()
						rows[i] = optionalRow{&count, &number, &term, &ratio, &term}
						want[i] = []string{fmt.Sprint(count), fmt.Sprint(number), term, fmt.Sprint(ratio), term}
					}
					content := writeParquet(t, rows, optionalSchema(), parquet.PageBufferSize(1<<20), parquet.DataPageVersion(version))
					f, err := openOne(t, "t.parquet", content, Options{})
					require.NoError(t, err)
					got, err := arrayRows(t, f)
					require.NoError(t, err)
					require.Equal(t, want, got)
				})
			}
		}
	}
}

// Values that lie as far from one another as 64 bits can say, and every width
// of difference between.
func TestDeltaIntsOfEveryWidth(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 58))
	cases := map[string][]int64{"extremes": nil, "random": nil}
	for i := range 300 {
		cases["extremes"] = append(cases["extremes"], []int64{math.MinInt64, math.MaxInt64, 0, -1, 1, math.MinInt64 + 1}[(i+i/6)%6])
		cases["random"] = append(cases["random"], int64(r.Uint64()))
	}
	for width := 1; width <= 64; width++ {
		values := []int64{int64(r.Uint64())}
		for range 300 {
			values = append(values, values[len(values)-1]+int64(r.Uint64()>>(64-width)))
		}
		cases[fmt.Sprintf("%d bits", width)] = values
	}
	for says, want := range cases {
		t.Run(says, func(t *testing.T) {
			src, err := new(delta.BinaryPackedEncoding).EncodeInt64(nil, want)
			require.NoError(t, err)
			got, rest, err := deltaInts(nil, append(src, "rest"...), len(want))
			require.NoError(t, err)
			require.Equal(t, "rest", string(rest))
			require.Equal(t, want, got)
		})
	}
}

func TestBitFieldReadsEveryWidthAnywhere(t *testing.T) {
	r := rand.New(rand.NewPCG(58, 64))
	src := make([]byte, 40)
	for i := range src {
		src[i] = byte(r.Uint32())
	}
	for width := range 65 {
		for bit := range len(src)*8 - width + 1 {
			want := uint64(0)
			for i := range width {
				want |= uint64(src[(bit+i)>>3]>>((bit+i)&7)&1) << i
			}
			require.Equal(t, want, bitField(src, bit, width), "%d bits from %d on", width, bit)
		}
	}
}

// What may follow a quote that closes is looked at across groups of 64 bytes:
// each form lies at every place of a group once.
func TestCSVQuotesAtEveryPlace(t *testing.T) {
	for form, want := range map[string]string{ // the cell; empty where the quote is misplaced
		"\"y\"\n":         "y",
		"\"y\"\r\n":       "y",
		"\"\"\r\n":        "(empty)",
		"\"y\"\"\"\r\n":   `y"`,
		"\"\"\"y\"\n":     `"y`,
		"\"y\r\nz\"\r\n":  "y\r\nz",
		"\"y,z\"\n":       "y,z",
		"\"y\"\rz\n":      "",
		"\"y\"\r\"\n":     "",
		"\"y\"\r,\n":      "",
		"\"y\"\r\r\n":     "",
		"\"y\"z\n":        "",
		"\"y\" \n":        "",
		"y\"\n":           "",
		"\"y\"\"z\"\"\"z": "",
	} {
		for pad := range 2*groupBytes + 2 {
			filler := strings.Repeat("x", pad)
			content := "id,v\n" + filler + ",1\n2," + form
			if want != "" {
				content += "3,last\n"
			} else {
				content += strings.Repeat("3,last\n", 30)
			}
			f, err := openOne(t, "a.csv", []byte(content), Options{})
			require.NoError(t, err)
			got, err := textRows(t, f)
			if want == "" {
				var e *DecodeError
				require.ErrorAs(t, err, &e, "%q after %d bytes", form, pad)
				require.Contains(t, e.Message, "a quote where none may be", "%q after %d bytes", form, pad)
				require.EqualValues(t, 2, e.Record, "%q after %d bytes", form, pad)
				continue
			}
			require.NoError(t, err, "%q after %d bytes", form, pad)
			cell := want
			if cell == "(empty)" {
				cell = ""
			}
			require.Equal(t, [][]string{{filler, "1"}, {"2", cell}, {"3", "last"}}, got, "%s after %d bytes", strconv.Quote(form), pad)
		}
	}
}
