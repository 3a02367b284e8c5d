package source

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
)

type firstRow struct {
	Key    string   `parquet:"key,plain"`
	Code   *string  `parquet:"code,optional,dict"`
	Amount *float64 `parquet:"amount,optional"`
	Note   string   `parquet:"note,delta"`
}

// firstFile has one page a column: a long one of keys.
func firstFile(t testing.TB, n int, options ...parquet.WriterOption) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([]firstRow, n)
	for i := range rows {
		rows[i] = firstRow{Key: fmt.Sprintf("%016x-%d", r.Uint64(), i), Note: fmt.Sprint("note ", i)}
		if i%7 > 0 {
			rows[i].Code, rows[i].Amount = some(r, fmt.Sprint("C", i%50)), some(r, float64(i)/4)
		}
	}
	return writeParquet(t, rows, append([]parquet.WriterOption{parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(16 << 20)}, options...)...)
}

// firstBatch is the first batch of what is read, as text.
func firstBatch(t testing.TB, f *File, cols []int, rows int, scratch *Scratch) (out []string) {
	t.Helper()
	for raw, err := range First(context.Background(), f.Parts[0], cols, rows, scratch) {
		require.NoError(t, err)
		require.EqualValues(t, 1, raw.First)
		for i := range min(raw.Rows, rows) {
			for _, c := range raw.Columns {
				out = append(out, strings.Clone(c.Array.ValueStr(i)))
			}
		}
		break
	}
	return out
}

// The first rows are the same however few are read, whatever memory they are read into,
// and whether a page says how it is damaged or not.
func TestFirstRows(t *testing.T) {
	var scratch Scratch
	for name, options := range map[string][]parquet.WriterOption{
		"first form": {parquet.DataPageVersion(1)}, "second form": {parquet.DataPageVersion(2)}, "small pages": {parquet.PageBufferSize(4096)},
		"snappy": {parquet.Compression(&parquet.Snappy)}, "none": {parquet.Compression(&parquet.Uncompressed)},
	} {
		f, err := openOne(t, "t.parquet", firstFile(t, 60_000, options...), Options{})
		require.NoError(t, err)
		all, err := arrayRows(t, f)
		require.NoError(t, err)
		for _, rows := range []int{1, 1000, extract.MaxBatchRows} {
			var want []string
			for _, row := range all[:rows] {
				want = append(want, row...)
			}
			require.Equal(t, want, firstBatch(t, f, allColumns(f), rows, nil), name)
			require.Equal(t, want, firstBatch(t, f, allColumns(f), rows, &scratch), name)
		}
	}
}

// What was decoded whole is not in doubt.
func TestDoubtfulColumns(t *testing.T) {
	f, err := openOne(t, "t.parquet", firstFile(t, 60_000), Options{})
	require.NoError(t, err)
	require.Equal(t, allColumns(f), Doubtful(f.Parts[0], allColumns(f)))
	firstBatch(t, f, allColumns(f), 100, nil)
	require.Equal(t, allColumns(f), Doubtful(f.Parts[0], allColumns(f)), "too few rows")
	firstBatch(t, f, []int{0, 1}, extract.MaxBatchRows, new(Scratch))
	require.Equal(t, []int{0, 2, 3}, Doubtful(f.Parts[0], allColumns(f)), "a page was read in part")
	_, err = arrayRows(t, f)
	require.NoError(t, err)
	require.Empty(t, Doubtful(f.Parts[0], allColumns(f)))

}

// A page without a checksum is read as far as its first rows reach.
func TestFirstRowsOfADamagedPage(t *testing.T) {
	const rows = 60_000
	var plain []byte
	r := rand.New(rand.NewPCG(1, 2))
	for range rows {
		plain = binary.LittleEndian.AppendUint32(plain, 16)
		plain = fmt.Appendf(plain, "%016x", r.Uint64())
	}
	z, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	stored := z.EncodeAll(plain, nil)
	pages := testChunk{codec: 6, plainSize: int64(len(plain))}
	for i := range 100 {
		stored[len(stored)/2+i] ^= 0x5a
	}
	pages.page(pageData, rows, encodingPlain, stored)
	f, err := openOne(t, "t.parquet", pages.file(rows), Options{})
	require.NoError(t, err)
	require.Len(t, firstBatch(t, f, []int{0}, 100, nil), 100)
	require.Equal(t, []int{0}, Doubtful(f.Parts[0], []int{0}))
	_, err = arrayRows(t, f)
	require.ErrorContains(t, err, "a compressed page is damaged")
	require.Equal(t, []int{0}, Doubtful(f.Parts[0], []int{0}))
}

// Where columns together may take more memory than one scan may, it is for a scan of all
// of them to say so.
func TestDoubtfulWhereMemoryIsScarce(t *testing.T) {
	f, err := openOne(t, "t.parquet", firstFile(t, 100), Options{})
	require.NoError(t, err)
	_, err = arrayRows(t, f)
	require.NoError(t, err)
	sound := &f.Parts[0].(*parquetPart).file.sound
	sound.held[1].Store(maxScanBytes / 2)
	require.Equal(t, []int{0, 1}, Doubtful(f.Parts[0], []int{0, 1}))
	require.Empty(t, Doubtful(f.Parts[0], []int{0, 2}))
}

func TestScratch(t *testing.T) {
	var s Scratch
	a, b := s.take(10, 64), s.take(100, 128)
	require.Equal(t, []int{10, 64, 100, 128}, []int{len(a), cap(a), len(b), cap(b)})
	s.giveBack(b)
	c := s.take(5, 64) // of b, of which no more is seen than was asked for
	require.Equal(t, 64, cap(c))
	require.Same(t, &b[:1][0], &c[:1][0])
	s.free(nil)
	require.Same(t, &a[:1][0], &s.take(1, 64)[:1][0], "the least that suffices")
	require.Len(t, s.blocks, 2)
	require.Len(t, (*Scratch)(nil).take(3, 8), 3)
}
