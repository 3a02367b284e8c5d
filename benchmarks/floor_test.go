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

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
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

// columnsOf returns the columns of the files that a load reads, by table, the
// patient and the practice of each row with them.
func columnsOf(tb testing.TB, folder, name string) map[string][]string {
	tb.Helper()
	x := open(tb, folder)
	defer func() { require.NoError(tb, x.Close()) }()
	practices, err := analyzer.AsOf(context.Background(), x, nil)
	require.NoError(tb, err)
	c := load(tb, name)
	graph, binding := expr.NewGraph(), analyzer.NewBinding(x, practices, c.Lists)
	seen := map[*schema.Column]bool{}
	out := map[string][]string{}
	add := func(col *schema.Column) {
		if col == nil || col.Virtual || seen[col] || x.Table(col.Table) == nil {
			return
		}
		seen[col] = true
		out[col.Table.Name] = append(out[col.Table.Name], col.Name)
	}
	for _, rule := range c.Rules {
		if rule.Checked == nil {
			continue
		}
		p, _ := analyzer.Lower(graph, binding, rule.ID, rule.Table, rule.Checked)
		if p == nil {
			continue
		}
		for _, root := range []*expr.Node{p.Where, p.Exclude, p.Expect} {
			if root == nil {
				continue
			}
			for _, col := range expr.Columns(root) {
				if col.Derived != "" {
					col = col.Table.Column(col.Derived)
				}
				add(col)
				add(col.Table.Patient)
				add(col.Table.Practice)
			}
		}
	}
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
