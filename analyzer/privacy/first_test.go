package privacy

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/mapping"
	"paperlight/analyzer/schema"
)

type noted struct {
	Patient  string   `parquet:"patient_id"`
	Code     *string  `parquet:"code,optional,dict"`
	Place    string   `parquet:"place"`
	Number   *float64 `parquet:"number,optional"`
	Sequence int64    `parquet:"row"`
}

// notes are rows of which one column identifies people; each column is one page.
func notes(t testing.TB, n int) (rows []noted, content []byte) {
	p := newPlanting(t, 5)
	keys := ids(n)
	for i := range n {
		one := noted{Patient: keys[i], Place: p.postcode(0), Sequence: int64(i)}
		if i%5 > 0 {
			code, number := fmt.Sprintf("C%02d", i%60), float64(p.IntN(3000))/4
			one.Code, one.Number = &code, &number
		}
		rows = append(rows, one)
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[noted](&b, parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(16<<20))
	_, err := w.Write(rows)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return rows, b.Bytes()
}

// The sample of a Parquet file is the same whether its rows were kept when it was opened
// or are read, and the same as that of the rows in CSV.
func TestASampleOfParquetIsThatOfItsRows(t *testing.T) {
	rows, content := notes(t, 40_000)
	var s sheet
	columns := make([][]string, 5)
	for _, one := range rows[:2000] {
		code, number := "", ""
		if one.Code != nil {
			code, number = *one.Code, fmt.Sprint(*one.Number)
		}
		for i, cell := range []string{one.Patient, code, one.Place, number, fmt.Sprint(one.Sequence)} {
			columns[i] = append(columns[i], cell)
		}
	}
	for i, header := range []string{"patient_id", "code", "place", "number", "row"} {
		s.add(header, columns[i])
	}
	for _, name := range []string{"events", "other"} { // one that tables are read from, and one that none is
		var found [2]*Findings
		for k, form := range []string{"csv", "parquet"} {
			folder := t.TempDir()
			var patients sheet
			patients.add("patient_id", ids(30))
			patients.write(t, filepath.Join(folder, "patients.csv"))
			if path := filepath.Join(folder, name+"."+form); form == "csv" {
				s.write(t, path)
			} else {
				require.NoError(t, os.WriteFile(path, content, 0o600))
			}
			found[k] = look(t, folder, Options{})
			for i := range found[k].Found {
				found[k].Found[i].File = ""
			}
		}
		require.NotEmpty(t, found[0].Stops(), name)
		require.Equal(t, found[0], found[1], name)
	}
}

// What is wrong late in a page that a sample comes from is said, and no finding is made
// of what comes before; where it is in a column that is read in between, that says it.
func TestDamageLateInAPageIsSaid(t *testing.T) {
	_, content := notes(t, 40_000)
	f, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	for c, leaf := range f.Metadata().RowGroups[0].Columns {
		folder := t.TempDir()
		var patients sheet
		patients.add("patient_id", ids(30))
		patients.write(t, filepath.Join(folder, "patients.csv"))
		damaged := bytes.Clone(content)
		from := leaf.MetaData.DataPageOffset
		last := leaf.MetaData.TotalCompressedSize
		if d := leaf.MetaData.DictionaryPageOffset; d > 0 {
			last -= from - d
		}
		for i := range min(last/8, 64) {
			damaged[from+last-1-i] ^= 0xff
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, "events.parquet"), damaged, 0o600))
		found := look(t, folder, Options{})
		require.Len(t, found.Found, 1, "column %d", c)
		require.Equal(t, "rows that cannot be read", found.Found[0].Says)

		// Reading the columns that are sound does not hide it.
		x, err := mapping.Open(context.Background(), []string{folder}, mapping.Options{})
		require.NoError(t, err)
		begun, err := Begin(context.Background(), x, Options{})
		require.NoError(t, err)
		events := x.Table(schema.Lookup("events"))
		for _, part := range events.Parts {
			for _, err := range part.Scan(context.Background(), []*schema.Column{schema.Lookup("events").Column("code")}) {
				if err != nil {
					break
				}
			}
		}
		again, err := begun.Finish(context.Background())
		require.NoError(t, err)
		require.Equal(t, found.Found, again.Found)
		require.NoError(t, x.Close())
	}
}
