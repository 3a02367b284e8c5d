package source

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// benchRow is shaped like a medication course.
type benchRow struct {
	ID      string  `parquet:"medication_id"`
	Patient string  `parquet:"patient_id"`
	Code    *string `parquet:"dmd_code,optional,dict"`
	Status  string  `parquet:"status,dict"`
	Start   int32   `parquet:"start_date,date"`
	End     *int32  `parquet:"end_date,optional,date"`
	Problem *string `parquet:"indication_problem_id,optional"`
}

func benchRows(n int) []benchRow {
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([]benchRow, n)
	for i := range rows {
		rows[i] = benchRow{ID: fmt.Sprintf("m%09d", i), Patient: fmt.Sprintf("%016x", uint64(i/20)*0x9e3779b97f4a7c15),
			Status: []string{"active", "ended", "stopped"}[r.IntN(3)], Start: int32(r.IntN(20000)),
			Code: some(r, strconv.Itoa(1e9+r.IntN(12000))), End: some(r, int32(r.IntN(20000))), Problem: some(r, fmt.Sprintf("p%08d", r.IntN(1e7)))}
	}
	return rows
}

func benchCSV(rows []benchRow, quote string) []byte {
	var b bytes.Buffer
	b.WriteString("medication_id,patient_id,dmd_code,status,start_date,end_date,indication_problem_id\n")
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return quote + *s + quote
	}
	for _, r := range rows {
		end := ""
		if r.End != nil {
			end = arrow.Date32(*r.End).FormattedString()
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,%s\n", text(&r.ID), text(&r.Patient), text(r.Code), text(&r.Status),
			arrow.Date32(r.Start).FormattedString(), end, text(r.Problem))
	}
	return b.Bytes()
}

// scanAll reads the columns of every part, one part after the other.
func scanAll(b *testing.B, f *File, cols []int) (rows int) {
	for _, p := range f.Parts {
		for raw, err := range p.Scan(context.Background(), cols) {
			if err != nil {
				b.Fatal(err)
			}
			rows += raw.Rows
		}
	}
	return rows
}

func benchFile(b *testing.B, name string, content []byte) *File {
	b.Helper()
	bundle, err := Open([]string{write(b, name, content)}, Options{})
	require.NoError(b, err)
	b.Cleanup(func() { bundle.Close() })
	return bundle.Files[0]
}

func BenchmarkCSV(b *testing.B) {
	rows := benchRows(400_000)
	for _, quote := range []string{"", `"`} {
		content := benchCSV(rows, quote)
		name := map[string]string{"": "plain", `"`: "quoted"}[quote]
		b.Run(name+"/open", func(b *testing.B) {
			path := write(b, "m.csv", content)
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				bundle, err := Open([]string{path}, Options{Jobs: 1})
				require.NoError(b, err)
				bundle.Close()
			}
		})
		for _, columns := range []int{2, 7} {
			b.Run(fmt.Sprintf("%s/%d of 7 columns", name, columns), func(b *testing.B) {
				f := benchFile(b, "m.csv", content)
				b.SetBytes(int64(len(content)))
				for b.Loop() {
					require.Equal(b, len(rows), scanAll(b, f, allColumns(f)[:columns]))
				}
			})
		}
		b.Run(name+"/encoding-csv", func(b *testing.B) {
			path := write(b, "m.csv", content)
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				f, err := os.Open(path)
				require.NoError(b, err)
				r := csv.NewReader(f)
				r.ReuseRecord = true
				for {
					if _, err := r.Read(); err != nil {
						require.ErrorIs(b, err, io.EOF)
						break
					}
				}
				f.Close()
			}
		})
	}
}

func BenchmarkParquet(b *testing.B) {
	rows := benchRows(400_000)
	content := writeParquet(b, rows, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(122_880), parquet.PageBufferSize(256<<10))
	b.Run("source", func(b *testing.B) {
		f := benchFile(b, "m.parquet", content)
		for b.Loop() {
			require.Equal(b, len(rows), scanAll(b, f, allColumns(f)))
		}
		b.ReportMetric(float64(b.N)*float64(len(rows))/b.Elapsed().Seconds()/1e6, "Mrows/s")
	})
	b.Run("parquet-go pages", func(b *testing.B) {
		f, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
		require.NoError(b, err)
		for b.Loop() {
			for _, g := range f.RowGroups() {
				for _, c := range g.ColumnChunks() {
					readPages(b, c)
				}
			}
		}
		b.ReportMetric(float64(b.N)*float64(len(rows))/b.Elapsed().Seconds()/1e6, "Mrows/s")
	})
}

func readPages(b *testing.B, c parquet.ColumnChunk) {
	pages := c.Pages()
	defer pages.Close()
	for {
		p, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(b, err)
		parquet.Release(p)
	}
}

func BenchmarkArrow(b *testing.B) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "patient_id", Type: arrow.BinaryTypes.String},
		{Name: "code", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, Nullable: true},
		{Name: "start_date", Type: arrow.FixedWidthTypes.Date32, Nullable: true}}, nil)
	r := rand.New(rand.NewPCG(1, 1))
	build := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	const n = 400_000
	for i := range n {
		build.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("%016x", i/20))
		require.NoError(b, build.Field(1).(*array.BinaryDictionaryBuilder).AppendString(strconv.Itoa(r.IntN(12000))))
		if r.IntN(4) == 0 {
			build.Field(2).AppendNull()
		} else {
			build.Field(2).(*array.Date32Builder).Append(arrow.Date32(i & 8191))
		}
	}
	rec := build.NewRecord()
	for name, option := range map[string][]ipc.Option{"plain": nil, "zstd": {ipc.WithZstd()}} {
		b.Run(name, func(b *testing.B) {
			f := benchFile(b, "m.arrow", writeIPC(b, true, schema, []arrow.Record{rec}, option...))
			for b.Loop() {
				require.Equal(b, n, scanAll(b, f, allColumns(f)))
			}
			b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
