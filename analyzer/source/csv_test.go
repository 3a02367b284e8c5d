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
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
)

// write puts content into a new file called name.
func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// openOne opens a file of that content. A table comes from memory: tests open thousands,
// and files take minutes on Windows.
func openOne(t testing.TB, name string, content []byte, opt Options) (*File, error) {
	t.Helper()
	if _, k, _ := classify(name); k != kindNone && k != kindZip && !opt.Digest {
		if opt.Jobs = 1; opt.part <= 0 {
			opt.part = partBytes
		}
		f, err := decodeFile(found{name: name, in: held(name, content)}, 1<<32, opt, &hashing{})
		return f, within(name, err)
	}
	b, err := Open([]string{write(t, name, content)}, opt)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	require.Len(t, b.Files, 1)
	return b.Files[0], nil
}

// allColumns lists every column of f.
func allColumns(f *File) []int {
	cols := make([]int, len(f.Columns))
	for i := range cols {
		cols[i] = i
	}
	return cols
}

// textRows reads every record of a text file; a ragged one is nil. It checks
// record numbers and sizes on the way.
func textRows(t testing.TB, f *File) ([][]string, error) {
	t.Helper()
	var out [][]string
	record := int64(1)
	for _, p := range f.Parts {
		_, rows := p.Size()
		seen := int64(0)
		for raw, err := range p.Scan(context.Background(), allColumns(f)) {
			if err != nil {
				return out, err
			}
			require.Equal(t, record, raw.First, "number of the first record")
			require.NotZero(t, raw.Rows)
			record += int64(raw.Rows)
			seen += int64(raw.Rows)
			for i := range raw.Rows {
				out = append(out, textRow(raw, i))
			}
		}
		require.Equal(t, rows, seen, "records of the part")
	}
	return out, nil
}

func textRow(raw *Raw, i int) []string {
	if raw.Ragged != nil && bitmap.Has(raw.Ragged, i) {
		return nil
	}
	row := make([]string, len(raw.Columns))
	for c, col := range raw.Columns {
		row[c] = string(col.Data[col.Start[i]:col.End[i]])
	}
	return row
}

// standard reads content with encoding/csv; a ragged record is nil.
func standard(content []byte, comma rune) ([][]string, error) {
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma, r.FieldsPerRecord = comma, -1
	var out [][]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if len(out) > 0 && len(row) != len(out[0]) {
			row = nil
		}
		out = append(out, row)
	}
}

// normal undoes what encoding/csv does to line ends inside quotes: it takes one
// return off each.
func normal(rows [][]string) [][]string {
	for _, row := range rows {
		for i := range row {
			for strings.Contains(row[i], "\r\n") {
				row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
			}
		}
	}
	return rows
}

func TestCSVReadsWhatTheStandardReaderReads(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b2", "", `"x"`, `"x,y"`, "\"l1\nl2\"", "\"l1\r\nl2\"", `"say ""hi"""`, `""`, "é", "long field of text here"}
	for n := range 150 {
		var b bytes.Buffer
		columns := 1 + r.IntN(5)
		for c := range columns {
			fmt.Fprintf(&b, "%sc%d", strings.Repeat(",", min(c, 1)), c)
		}
		b.WriteString("\n")
		for range r.IntN(60) {
			fields := columns
			if r.IntN(12) == 0 {
				fields = 1 + r.IntN(6)
			}
			for c := range fields {
				if c > 0 {
					b.WriteByte(',')
				}
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			b.WriteString([]string{"\n", "\r\n", "\n\n", "\n\r\n"}[r.IntN(4)])
		}
		if r.IntN(2) == 0 {
			b.WriteString("last" + strings.Repeat(",x", columns-1)) // with fewer fields it would be refused
		}
		want, err := standard(b.Bytes(), ',')
		require.NoError(t, err)
		for _, part := range []int64{1, 7, 64, 1 << 20} {
			f, err := openOne(t, "t.csv", b.Bytes(), Options{part: part})
			require.NoError(t, err)
			got, err := textRows(t, f)
			require.NoError(t, err)
			require.Equal(t, len(want)-1, len(got), "case %d part %d: %q", n, part, b.String())
			for i := range got {
				require.Equal(t, normal(want[i+1 : i+2])[0], normal(got[i : i+1])[0], "case %d part %d record %d: %q", n, part, i+1, b.String())
			}
		}
	}
}

// TestFilesWithoutAHeaderLine reads by the number of fields, and names both where no
// layout has as many.
func TestFilesWithoutAHeaderLine(t *testing.T) {
	headerless := func(stem string) [][]string {
		if stem != "bare" {
			return nil
		}
		return [][]string{{"a", "b", "c"}, {"a", "b"}}
	}
	for _, c := range []struct {
		text, columns, fault string
		rows                 int64
	}{
		{"1,2,3\n4,5,6\n", "a b c", "", 2},
		{"1,2\n1,2\n1,2\n", "a b", "", 3}, // a record that comes again is no header
		{"", "a b c", "", 0},
		{"A,B,C\n1,2,3\n", "A B C", "", 1}, // someone gave it a header
		{"1,2,3,4\n", "", "the first record has 4 fields: want 3 or 2, for the file has no header line", 0},
	} {
		b, err := Open([]string{write(t, "bare.csv", []byte(c.text))}, Options{Headerless: headerless})
		if c.fault != "" {
			require.ErrorContains(t, err, c.fault)
			continue
		}
		require.NoError(t, err, c.text)
		require.Equal(t, c.columns, strings.Join(b.Files[0].Columns, " "))
		rows := int64(0)
		for _, p := range b.Files[0].Parts {
			_, n := p.Size()
			rows += n
		}
		require.Equal(t, c.rows, rows, c.text)
		require.NoError(t, b.Close())
	}
}
