package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
)

func TestCSVForms(t *testing.T) {
	want := [][]string{{"1", "x"}, {"2", "y"}}
	for name, content := range map[string]string{
		"lf":                 "id,v\n1,x\n2,y\n",
		"crlf":               "id,v\r\n1,x\r\n2,y\r\n",
		"cr":                 "id,v\r1,x\r2,y\r",
		"cr, no last end":    "id,v\r1,x\r2,y",
		"no last end":        "id,v\n1,x\n2,y",
		"last end is cr":     "id,v\n1,x\n2,y\r",
		"bom":                "\xef\xbb\xbfid,v\n1,x\n2,y\n",
		"bom, quoted":        "\xef\xbb\xbf\"id\",\"v\"\n1,x\n2,y\n",
		"tab":                "id\tv\n1\tx\n2\ty\n",
		"bar":                "id|v\n1|x\n2|y\n",
		"semicolon":          "id;v\n1;x\n2;y\n",
		"all quoted":         "\"id\",\"v\"\r\n\"1\",\"x\"\r\n\"2\",\"y\"\r\n",
		"blank lines":        "\n\r\nid,v\n\n\n1,x\n\r\n\r\n2,y\n\n",
		"blank lines, cr":    "id,v\r\r1,x\r\r\r2,y\r\r",
		"mixed ends":         "id,v\r\n1,x\n2,y\r\n",
		"spaces in header":   " id , v \n1,x\n2,y\n",
		"blank line at last": "id,v\n1,x\n2,y\n\r",
	} {
		t.Run(name, func(t *testing.T) {
			for _, part := range []int64{1, 3, 1 << 20} {
				f, err := openOne(t, "a.csv", []byte(content), Options{part: part})
				require.NoError(t, err)
				require.Equal(t, []string{"id", "v"}, f.Columns)
				require.Equal(t, "utf-8", f.Charset)
				got, err := textRows(t, f)
				require.NoError(t, err)
				require.Equal(t, want, got)
			}
		})
	}
}

func TestCSVFaults(t *testing.T) {
	long := strings.Repeat("x", maxFieldBytes)
	for name, c := range map[string]struct {
		content, want string
		record        int64
		limit         bool
	}{
		"stray quote":         {"id,v\n1,x\n2,y\"z\n3,x\n", "a quote where none may be", 2, false},
		"text after quote":    {"id,v\n1,x\n\n2,\"y\"z\n", "a quote where none may be", 2, false},
		"cr after quote":      {"id,v\n1,\"y\"\rz\n", "a quote where none may be", 1, false},
		"unclosed":            {"id,v\n1,x\n2,\"y\n3,z\n", "not closed", 2, false},
		"nul":                 {"id,v\n1,x\n2,\x00\n", "NUL", 2, false},
		"field":               {"id,v\n1,x\n2,y" + long + "\n3,z\n", "a field longer than 1 MiB", 2, true},
		"quoted field":        {"id,v\n1,x\n2,\"y" + long + "\"\n3,z\n", "a field longer than 1 MiB", 2, true},
		"record of many":      {"id,v\n1,x\n" + strings.Repeat(",", maxRecordBytes+1), "the record is longer than 4 MiB", 2, true},
		"unclosed and long":   {"id,v\n1,x\n2,\"" + strings.Repeat("3,z\n", 5<<18), "the record is longer than 4 MiB", 2, true},
		"stray before a lot":  {"id,v\n1,x\n2,y\"z\n" + strings.Repeat("3,z\n", 5<<18), "a quote where none may be", 2, false},
		"stray in 3rd column": {"id,v,w\n1,x,y\n1,x,y\"\n", "a quote where none may be", 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, part := range []int64{1 << 10, 1 << 30} {
				if len(c.content) > 1<<20 && part < 1<<20 {
					part = 1 << 20
				}
				f, err := openOne(t, "a.csv", []byte(c.content), Options{part: part})
				require.NoError(t, err)
				err = nil
				for _, p := range f.Parts {
					for _, e := range p.Scan(context.Background(), []int{0}) {
						if e != nil && err == nil {
							err = e
						}
					}
				}
				var e *DecodeError
				require.ErrorAs(t, err, &e)
				require.Contains(t, e.Message, c.want)
				require.Equal(t, c.record, e.Record)
				require.Equal(t, c.limit, e.Limit)
				require.True(t, strings.HasPrefix(e.Error(), fmt.Sprintf("a.csv record %d: ", c.record)))
			}
		})
	}
}

// A file that ends within a record was cut short. One that ends with a line end may
// have a record that does not fit, and one without may have a whole last record.
func TestCSVCutWithinARecord(t *testing.T) {
	for _, c := range []struct {
		text   string
		record int64 // 0 where the file is read
	}{
		{"a,b,c\n1,2,3\n4,5", 2},
		{"a,b,c\n1,2,3\n4", 2},
		{"a,b,c\n4", 1},
		{"a,b,c\n1,2,3\n4,5\n", 0},
		{"a,b,c\n1,2,3\n4,5,6", 0},
		{"a,b,c\n1,2,3\n4,5,", 0},
		{"a\n1\n2", 0},
	} {
		for _, part := range []int64{1, 1 << 20} {
			f, err := openOne(t, "t.csv", []byte(c.text), Options{part: part})
			require.NoError(t, err)
			_, err = textRows(t, f)
			if c.record == 0 {
				require.NoError(t, err, "%q", c.text)
				continue
			}
			var refused *DecodeError
			require.ErrorAs(t, err, &refused, "%q", c.text)
			require.Contains(t, err.Error(), fmt.Sprintf("record %d: the last record has fewer fields", c.record))
			require.NotContains(t, err.Error(), "5")
		}
	}
}

func TestCSVRagged(t *testing.T) {
	f, err := openOne(t, "a.csv", []byte("a,b,c\n1,2,3\n1,2\n1,2,3,4\n\n4,\"5\",6\n"), Options{})
	require.NoError(t, err)
	got, err := textRows(t, f)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"1", "2", "3"}, nil, nil, {"4", "5", "6"}}, got)
	for raw, err := range f.Parts[0].Scan(context.Background(), []int{2, 0, 2}) {
		require.NoError(t, err)
		require.Equal(t, []uint64{0b0110}, raw.Ragged)
		for i := range 2 {
			col := raw.Columns[i]
			require.Equal(t, col.Start[1], col.End[1], "cells of a ragged row are empty")
		}
		require.Equal(t, []string{"6", "4", "6"}, textRow(raw, 3), "columns in the order asked, one of them twice")
	}
}

// A tab-separated file may have no quoting at all: then a quote is a letter
// like others. It is so only where no field begins with one.
func TestCSVTabsWithoutQuoting(t *testing.T) {
	f, err := openOne(t, "a.txt", []byte("id\tterm\n1\tneedle 5\" long\n2\tx\n"), Options{part: 4})
	require.NoError(t, err)
	got, err := textRows(t, f)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"1", `needle 5" long`}, {"2", "x"}}, got)

	f, err = openOne(t, "a.txt", []byte("id\tterm\n1\t\"a\tb\"\n"), Options{})
	require.NoError(t, err)
	got, err = textRows(t, f)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"1", "a\tb"}}, got)
}

func TestCSVCharset(t *testing.T) {
	for name, c := range map[string]struct{ content, charset, want string }{
		"utf-8":         {"id\nJosé €\n", "utf-8", "José €"},
		"windows":       {"id\nJos\xe9 \x80\n", "windows-1252", "José €"},
		"both":          {"id\nJos\xe9 €\n", "windows-1252", "José â‚¬"},
		"undefined":     {"id\n\x81\x8d\x8f\x90\x9d\xff\n", "windows-1252", "\u0081\u008d\u008f\u0090\u009dÿ"},
		"overlong":      {"id\n\xc0\x80\n", "windows-1252", "À€"},
		"cut character": {"id\n\xe2\x82", "windows-1252", "â‚"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, part := range []int64{1, 2, 3, 5, 1 << 20} {
				for _, file := range []string{"a.csv", "a.csv.gz"} {
					content := []byte(c.content)
					if file == "a.csv.gz" {
						content = gz(t, content)
					}
					f, err := openOne(t, file, content, Options{part: part})
					require.NoError(t, err)
					require.Equal(t, c.charset, f.Charset, "part %d", part)
					got, err := textRows(t, f)
					require.NoError(t, err)
					require.Equal(t, [][]string{{c.want}}, got)
				}
			}
		})
	}
	f, err := openOne(t, "a.csv", []byte("Gr\xf6\xdfe\nx\n"), Options{})
	require.NoError(t, err)
	require.Equal(t, "windows-1252", f.Charset, "the header counts too")
	require.Equal(t, []string{"Größe"}, f.Columns)
}

// Whatever the parts, a fault far down the file has its record number, also
// with line ends inside quotes and blank lines before it.
func TestCSVRecordNumbersAcrossParts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 30 {
		var b strings.Builder
		b.WriteString("id,text\n")
		n := 500 + r.IntN(500)
		bad := r.IntN(n) + 1
		for i := 1; i <= n; i++ {
			switch {
			case i == bad:
				fmt.Fprintf(&b, "%d,stray\"\n", i)
			case r.IntN(3) == 0:
				fmt.Fprintf(&b, "%d,\"a\nb,\"\"\r\n\"\"\n\"\r\n\n", i)
			default:
				fmt.Fprintf(&b, "%d,x\n\r\n", i)
			}
		}
		f, err := openOne(t, "a.csv", []byte(b.String()), Options{part: 1 + r.Int64N(900), Jobs: 3})
		require.NoError(t, err)
		first := int64(0)
		for _, p := range f.Parts {
			for raw, err := range p.Scan(context.Background(), []int{0}) {
				if err != nil {
					first = err.(*DecodeError).Record
					break
				}
				col := raw.Columns[0]
				for i := range raw.Rows {
					require.Equal(t, fmt.Sprint(raw.First+int64(i)), string(col.Data[col.Start[i]:col.End[i]]))
				}
			}
			if first > 0 {
				break
			}
		}
		require.EqualValues(t, bad, first)
	}
}

// Rows that come before a fault are handed out as they would be without it.
func TestCSVQuotesBeforeAStrayOne(t *testing.T) {
	f, err := openOne(t, "a.csv", []byte("a,b\n1,2\n\"x\"\"\",\"y, z\"\n3,s\"t\n\"5\",6\n"), Options{})
	require.NoError(t, err)
	var rows [][]string
	for raw, err := range f.Parts[0].Scan(context.Background(), []int{1, 0}) {
		if err != nil {
			require.ErrorContains(t, err, "record 3")
			break
		}
		for i := range raw.Rows {
			rows = append(rows, textRow(raw, i))
		}
	}
	require.Equal(t, [][]string{{"2", "1"}, {"y, z", `x"`}}, rows)
}

// The digest is of the whole file, whatever is read along with it.
func TestCSVDigest(t *testing.T) {
	for name, content := range map[string]string{
		"empty":       "a,b\n",
		"short":       "\xef\xbb\xbfa,b\n1,2",
		"many pieces": "a,b\r\n" + strings.Repeat("\"1\",x\r\n", 300_000),
	} {
		sum := sha256.Sum256([]byte(content))
		for _, part := range []int64{0, 100_000, 300_000} {
			f, err := openOne(t, "a.csv", []byte(content), Options{Digest: true, part: part})
			require.NoError(t, err, name)
			require.Equal(t, hex.EncodeToString(sum[:]), digestOf(t, f), name)
			f, err = openOne(t, "a.csv.gz", gz(t, []byte(content)), Options{Digest: true, part: part})
			require.NoError(t, err, name)
			require.Len(t, digestOf(t, f), 64)
		}
	}
}

func TestCSVManyShortRecords(t *testing.T) {
	content := []byte("a\n" + strings.Repeat("1\n", 3*extract.MaxBatchRows+5))
	f, err := openOne(t, "a.csv", content, Options{})
	require.NoError(t, err)
	var batches []int
	taken := int64(0)
	for raw, err := range f.Parts[0].Scan(context.Background(), []int{0}) {
		require.NoError(t, err)
		batches = append(batches, raw.Rows)
		taken += raw.Bytes
	}
	require.Equal(t, []int{extract.MaxBatchRows, extract.MaxBatchRows, extract.MaxBatchRows, 5}, batches)
	require.EqualValues(t, len(content)-2, taken)
}

// repeated yields text over and over.
type repeated struct {
	text string
	left int64
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.left > 0 {
		m := copy(p[n:min(len(p), n+int(min(r.left, 1<<20)))], r.text[r.at:])
		n, r.at, r.left = n+m, (r.at+m)%len(r.text), r.left-int64(m)
	}
	return n, nil
}

// The five ways in which a text of any size exhausted other readers: memory
// stays what it is.
func TestCSVMemoryDoesNotGrowWithTheFile(t *testing.T) {
	for name, c := range map[string]struct{ head, text string }{
		"good rows":     {"a,b,c,d\n", "1,2,3,4\n"},
		"open quote":    {"a,b,c,d\n", "\"1,2,3,4\n"},
		"cr only":       {"a,b,c,d\r", "1,2,3,4\r"},
		"commas":        {"a,b,c,d\n", ","},
		"nuls":          {"a,b,c,d\n", "\x00"},
		"no line ends":  {"a,b,c,d\n", "x"},
		"two ends only": {"a,b,c,d\n", "\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			in := &input{name: "a.csv", size: -1, stream: func() (*stream, error) {
				r := io.MultiReader(strings.NewReader(c.head), &repeated{text: c.text, left: 10 << 20})
				return &stream{Reader: r, taken: func() int64 { return 0 }, close: func() {}}, nil
			}}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f := &File{Name: "a.csv"}
			require.NoError(t, openCSV(f, in, Options{}))
			for _, err := range f.Parts[0].Scan(context.Background(), []int{0}) {
				if err != nil {
					require.Contains(t, []string{"open quote", "commas", "nuls", "no line ends"}, name, err)
				}
			}
			runtime.ReadMemStats(&after)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(160<<20), "all that was ever taken: it is looked through twice, and the race detector throws spare memory away")
		})
	}
}
