package source

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
)

// parquetRow has a column of every kind that is read.
type parquetRow struct {
	ID       string            `parquet:"id"`
	Code     *string           `parquet:"code,optional,dict"`
	Term     *string           `parquet:"term,optional"`
	Delta    string            `parquet:"delta,delta"`
	Day      *int32            `parquet:"day,optional,date"`
	Count    int32             `parquet:"count,delta"`
	Number   *int64            `parquet:"number,optional"`
	DictInt  *int64            `parquet:"dict_int,optional,dict"`
	Unsigned uint32            `parquet:"unsigned"`
	Ratio    *float64          `parquet:"ratio,optional,split"`
	Single   float32           `parquet:"single"`
	Flag     *bool             `parquet:"flag,optional"`
	Sure     bool              `parquet:"sure"`
	At       time.Time         `parquet:"at,timestamp(microsecond)"`
	Money    int64             `parquet:"money,decimal(2:12)"`
	Key      [16]byte          `parquet:"key,uuid"`
	List     []int32           `parquet:"list"`
	Nested   struct{ A int32 } `parquet:"nested"`
}

func some[T any](r *rand.Rand, v T) *T {
	if r.IntN(4) == 0 {
		return nil
	}
	return &v
}

func parquetRows(seed uint64, n int) []parquetRow {
	r := rand.New(rand.NewPCG(seed, 9))
	rows := make([]parquetRow, n)
	for i := range rows {
		rows[i] = parquetRow{
			ID: fmt.Sprintf("p%07d", i), Code: some(r, strconv.Itoa(r.IntN(300))), Term: some(r, fmt.Sprintf("term é %d", r.IntN(1e6))),
			Delta: fmt.Sprintf("prefix-%d", r.IntN(1000)), Day: some(r, int32(r.IntN(20000))), Count: r.Int32() - 1<<30,
			Number: some(r, r.Int64()), DictInt: some(r, int64(r.IntN(9))), Unsigned: r.Uint32(), Ratio: some(r, r.NormFloat64()),
			Single: r.Float32(), Flag: some(r, r.IntN(2) == 0), Sure: r.IntN(2) == 0,
			At: time.UnixMicro(r.Int64N(1e15)).UTC(), Money: r.Int64N(1e8)*10 + 1 + r.Int64N(9), Key: [16]byte{1, 15: byte(i)}, List: []int32{1, 2}[:r.IntN(3)],
		}
	}
	return rows
}

// cells is the row as its columns should be shown.
func (p *parquetRow) cells() []string {
	show := func(v any) string { return fmt.Sprint(v) }
	out := []string{p.ID, "", "", p.Delta, "", show(p.Count), "", "", show(p.Unsigned), "", show(p.Single), "", show(p.Sure),
		p.At.Format("2006-01-02 15:04:05.999999Z"), fmt.Sprintf("%d.%02d", p.Money/100, p.Money%100), ""}
	set := func(i int, v *string) {
		out[i] = "(null)"
		if v != nil {
			out[i] = *v
		}
	}
	set(1, p.Code)
	set(2, p.Term)
	for i, v := range map[int]any{4: p.Day, 6: p.Number, 7: p.DictInt, 9: p.Ratio, 11: p.Flag} {
		out[i] = shown(v, i == 4)
	}
	out[15] = fmt.Sprintf("%x-%x-%x-%x-%x", p.Key[:4], p.Key[4:6], p.Key[6:8], p.Key[8:10], p.Key[10:])
	return out
}

func shown(v any, date bool) string {
	switch v := v.(type) {
	case *int32:
		if v != nil && date {
			return arrow.Date32(*v).FormattedString()
		}
	case *int64:
		if v != nil {
			return fmt.Sprint(*v)
		}
	case *float64:
		if v != nil {
			return fmt.Sprint(*v)
		}
	case *bool:
		if v != nil {
			return fmt.Sprint(*v)
		}
	}
	return "(null)"
}

// arrayRows reads every row of a typed file, checking what a batch promises.
func arrayRows(t testing.TB, f *File) ([][]string, error) {
	t.Helper()
	var out [][]string
	for _, p := range f.Parts {
		total, rows := p.Size()
		for raw, err := range p.Scan(context.Background(), allColumns(f)) {
			if err != nil {
				return out, err
			}
			require.EqualValues(t, len(out)+1, raw.First)
			require.LessOrEqual(t, raw.Rows, extract.MaxBatchRows)
			total -= raw.Bytes
			rows -= int64(raw.Rows)
			start := len(out)
			for range raw.Rows {
				out = append(out, make([]string, len(raw.Columns)))
			}
			for c, col := range raw.Columns {
				checkColumn(t, col, raw.Rows)
				for i := range raw.Rows {
					out[start+i][c] = strings.Clone(col.Array.ValueStr(i)) // the batch's memory is used again
				}
			}
		}
		require.Zero(t, rows, "rows of the part")
		require.Zero(t, total, "bytes of the part")
	}
	return out, nil
}

// checkColumn holds a column against the promises of extract.Batch.
func checkColumn(t testing.TB, col RawColumn, rows int) {
	t.Helper()
	require.Equal(t, rows, col.Array.Len())
	if col.Array.DataType().ID() == arrow.NULL {
		return
	}
	require.Zero(t, col.Array.Data().Offset())
	if valid := col.Array.Data().Buffers()[0]; valid != nil {
		require.Zero(t, valid.Len()%8, "padding of the validity")
		require.NotZero(t, col.Array.NullN(), "a bitmap without a null")
		require.GreaterOrEqual(t, valid.Len()*8, rows)
	}
	if d, ok := col.Array.(*array.Dictionary); ok {
		require.NotZero(t, col.Dictionary)
		index := d.Indices().(*array.Int32)
		for i := range rows {
			if d.Dictionary().Len() > 0 {
				require.Less(t, int(index.Value(i)), d.Dictionary().Len(), "index in bounds, under a null too")
			} else {
				require.True(t, d.IsNull(i))
			}
		}
		return
	}
	if fixed, ok := col.Array.DataType().(arrow.FixedWidthDataType); ok {
		require.Zero(t, col.Array.Data().Buffers()[1].Len()%8, "padding of %s", fixed)
	}
}

func writeParquet[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	_, err := w.Write(rows)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestParquetReadsWhatWasWritten(t *testing.T) {
	codecs := map[string]compress.Codec{"none": &parquet.Uncompressed, "snappy": &parquet.Snappy, "zstd": &parquet.Zstd,
		"gzip": &parquet.Gzip, "lz4": &parquet.Lz4Raw}
	for name, codec := range codecs {
		for version := 1; version <= 2; version++ {
			for _, n := range []int{0, 1, 63, 900, 18000} {
				if n > 900 && name != "zstd" {
					continue
				}
				t.Run(fmt.Sprintf("%s/v%d/%d rows", name, version, n), func(t *testing.T) {
					rows := parquetRows(uint64(n), n)
					content := writeParquet(t, rows, parquet.Compression(codec), parquet.DataPageVersion(version),
						parquet.PageBufferSize(4096), parquet.MaxRowsPerRowGroup(17000), parquet.DictionaryMaxBytes(1<<20))
					f, err := openOne(t, "t.parquet", content, Options{})
					require.NoError(t, err)
					require.Equal(t, []string{"list", "nested"}, f.Unsupported)
					require.Len(t, f.Types, len(f.Columns))
					require.Len(t, f.Parts, (n+16999)/17000)
					got, err := arrayRows(t, f)
					require.NoError(t, err)
					require.Len(t, got, n)
					for i := range rows {
						require.Equal(t, rows[i].cells(), got[i], "row %d", i)
					}
				})
			}
		}
	}
}

// Two row groups of one file have dictionaries of their own; scanned twice,
// each keeps its number.
func TestParquetDictionaryNumbers(t *testing.T) {
	content := writeParquet(t, parquetRows(1, 100), parquet.MaxRowsPerRowGroup(50))
	f, err := openOne(t, "t.parquet", content, Options{})
	require.NoError(t, err)
	numbers := func() (out []uint64) {
		for _, p := range f.Parts {
			for raw, err := range p.Scan(context.Background(), []int{1}) {
				require.NoError(t, err)
				require.IsType(t, &array.Dictionary{}, raw.Columns[0].Array)
				out = append(out, raw.Columns[0].Dictionary)
			}
		}
		return out
	}
	first := numbers()
	require.Len(t, first, 2)
	require.NotEqual(t, first[0], first[1])
	require.Equal(t, first, numbers())
}

type codeRow struct {
	Code *string `parquet:"code,optional,dict"`
}

// A writer gives up a dictionary that grows too large: plain pages follow
// dictionary pages in one column chunk, and a batch may meet both.
func TestParquetPlainPagesAfterDictionaryPages(t *testing.T) {
	pages := testChunk{optional: true}
	var want []string
	pages.dictionary([]string{"a", "bb", "ccc"})
	for page, kind := range []string{"dict", "dict", "plain", "dict", "plain", "plain"} {
		var values []string
		for i := range 9000 {
			switch {
			case i%7 == 3:
				values = append(values, "(null)")
			case kind == "dict":
				values = append(values, []string{"a", "bb", "ccc"}[(i+page)%3])
			default:
				values = append(values, fmt.Sprintf("v%d-%d", page, i))
			}
		}
		want = append(want, values...)
		pages.data(values, kind == "dict")
	}
	f, err := openOne(t, "t.parquet", pages.file(len(want)), Options{})
	require.NoError(t, err)
	got, err := arrayRows(t, f)
	require.NoError(t, err)
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, want[i], got[i][0], "row %d", i)
	}
}

func TestParquetNoNulls(t *testing.T) {
	text := func(s string) *string { return &s }
	content := writeParquet(t, []codeRow{{text("b")}, {text("a")}, {text("")}, {text("x")}, {nil}, {text("z")}},
		parquet.MaxRowsPerRowGroup(2))
	f, err := openOne(t, "t.parquet", content, Options{})
	require.NoError(t, err)
	var vouched []bool
	for _, p := range f.Parts {
		vouched = append(vouched, p.NoNulls(0))
	}
	require.Equal(t, []bool{true, false, false}, vouched, "plain text, empty text, a null")
}
