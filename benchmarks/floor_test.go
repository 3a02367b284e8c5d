package benchmarks_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"paperlight/benchmarks/floor"
)

// BenchmarkDecode is the floor under BenchmarkCheck/parquet with one worker:
// parquet-go reads the pages of the columns that the rules read, and nothing is
// done with them.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"ten", "all"} {
		b.Run("parquet/"+name, func(b *testing.B) {
			folder := made(b, "parquet", patients)
			columns := columnsOf(b, folder, name)
			b.SetBytes(size(b, folder, "parquet"))
			for b.Loop() {
				for table, names := range columns {
					decodePages(b, filepath.Join(folder, table+".parquet"), names)
				}
			}
		})
	}
}

// columnsOf returns the columns of the files that a load reads, by table.
func columnsOf(tb testing.TB, folder, name string) map[string][]string {
	tb.Helper()
	x := open(tb, folder)
	defer func() { require.NoError(tb, x.Close()) }()
	out, err := floor.Columns(context.Background(), x, load(tb, name))
	require.NoError(tb, err)
	return out
}

func decodePages(tb testing.TB, name string, columns []string) {
	f, err := os.Open(name)
	require.NoError(tb, err)
	defer func() { require.NoError(tb, f.Close()) }()
	info, err := f.Stat()
	require.NoError(tb, err)
	p, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	require.NoError(tb, err)
	for _, g := range p.RowGroups() {
		for _, c := range columns {
			leaf, ok := p.Schema().Lookup(c)
			require.True(tb, ok, c)
			pages := g.ColumnChunks()[leaf.ColumnIndex].Pages()
			for {
				page, err := pages.ReadPage()
				if err == io.EOF {
					break
				}
				require.NoError(tb, err)
				parquet.Release(page)
			}
			require.NoError(tb, pages.Close())
		}
	}
}

// BenchmarkSeparators is the floor under BenchmarkCheck/csv: the files are read
// once and their commas and line ends counted with the standard library.
func BenchmarkSeparators(b *testing.B) {
	folder := made(b, "csv", patients)
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	require.NoError(b, err)
	b.SetBytes(size(b, folder, "csv"))
	buffer := make([]byte, 1<<20)
	found := 0
	for b.Loop() {
		for _, name := range files {
			f, err := os.Open(name)
			require.NoError(b, err)
			for {
				n, err := f.Read(buffer)
				found += bytes.Count(buffer[:n], []byte{','}) + bytes.Count(buffer[:n], []byte{'\n'})
				if err == io.EOF {
					break
				}
				require.NoError(b, err)
			}
			require.NoError(b, f.Close())
		}
	}
	require.Positive(b, found)
}
