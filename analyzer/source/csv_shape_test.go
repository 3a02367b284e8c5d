package source

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCSVTakesTheDelimiterFromTheHintOfASpreadsheet(t *testing.T) {
	for _, head := range []string{"sep=;\n", "SEP=;\r\n", "\"sep=;\"\n", "\xef\xbb\xbfsep=;\r\n", "\nsep=;\r"} {
		end := "\n"
		if strings.HasSuffix(head, "\r") {
			end = "\r"
		}
		content := head + strings.Join([]string{"a,b;c", "1;2,3", "4;5", ""}, end)
		f, err := openOne(t, "t.csv", []byte(content), Options{})
		require.NoError(t, err, "%q", head)
		require.Equal(t, []string{"a,b", "c"}, f.Columns)
		rows, err := textRows(t, f)
		require.NoError(t, err)
		require.Equal(t, [][]string{{"1", "2,3"}, {"4", "5"}}, rows)
	}
	for _, content := range []string{"sep=x\n1\n", "sep=\n1\n"} {
		f, err := openOne(t, "t.csv", []byte(content), Options{})
		require.NoError(t, err)
		require.Equal(t, strings.TrimSuffix(content, "\n1\n"), f.Columns[0], "a column may be called so")
	}
}

func TestCSVRefusesAHeaderThatNoRowFits(t *testing.T) {
	for content, want := range map[string]string{
		"a,b,c\n1,2\n3,4\n":          "t.csv: the header has 3 names, but every row has 2 fields",
		"a,b,c\n1,2,3,\n3,4,5,\n":    "t.csv: the header has 3 names, but every row has 4 fields",
		"a,b,c\n\n1,2\n3,4,5,6\n":    "t.csv: the header has 3 names, but every row has another number of fields: 2 to 4",
		"a;b\n1\n" + "\"2\n3\"\n4\n": "t.csv: the header has 2 names, but every row has 1 field",
	} {
		_, err := openOne(t, "t.csv", []byte(content), Options{})
		require.EqualError(t, err, want)
		var e *DecodeError
		require.ErrorAs(t, err, &e)
		require.Contains(t, e.Hint, "export the table again")
	}
	for _, content := range []string{"a,b,c\n", "a,b,c\n1,2\n1,2,3\n", "a,b\n" + strings.Repeat("1\n", blockBytes) + "1,2\n"} {
		_, err := openOne(t, "t.csv", []byte(content), Options{})
		require.NoError(t, err, "one row fits")
	}
}

func TestCSVRefusesAHeaderInTheMiddle(t *testing.T) {
	for _, again := range []string{"a,b\n", "a,b\r\n", "\xef\xbb\xbfa,b\n"} {
		f, err := openOne(t, "t.csv", []byte("a,b\n1,2\n\n3,4\n"+again+"5,6\n"), Options{})
		require.NoError(t, err)
		rows, err := textRows(t, f)
		require.EqualError(t, err, "t.csv record 3 repeats the header: two files were put together")
		require.Len(t, rows, 2)
	}
	f, err := openOne(t, "t.csv", []byte("x\n1\nx\n"), Options{})
	require.NoError(t, err)
	rows, err := textRows(t, f)
	require.NoError(t, err, "a value may be the name of the only column")
	require.Len(t, rows, 2)
}

// One quotation mark swallows no rows: where quoting does not fit a tab-separated file,
// the marks are characters.
func TestTabSeparatedQuotesThatEncloseNothing(t *testing.T) {
	for _, c := range []struct {
		about, content string
		unquoted       bool
		rows           [][]string
	}{
		{"one that is never closed", "a\tb\n1\t\"x\n2\ty\n", true, [][]string{{"1", `"x`}, {"2", "y"}}},
		{"two that would swallow the row between", "a\tb\n1\t\"x\n2\ty\n3\tz\"\n", true, [][]string{{"1", `"x`}, {"2", "y"}, {"3", `z"`}}},
		{"a word in quotes before others", "a\tb\n1\t\"x\" y\n2\ty\n", true, [][]string{{"1", `"x" y`}, {"2", "y"}}},
		{"fields in quotes", "a\tb\n1\t\"x \"\"y\"\"\"\n2\ty\n", false, [][]string{{"1", `x "y"`}, {"2", "y"}}},
		{"a tab in quotes", "a\tb\n1\t\"x\ty\"\n2\ty\n", false, [][]string{{"1", "x\ty"}, {"2", "y"}}},
		{"a line end in quotes", "a\tb\n1\t\"x\ny\"\n2\ty\n", false, [][]string{{"1", "x\ny"}, {"2", "y"}}},
		{"a quote within", "a\tb\n1\tx\"y\n2\ty\n", false, [][]string{{"1", `x"y`}, {"2", "y"}}},
	} {
		for _, part := range []int64{0, 64} {
			for _, name := range []string{"t.tsv", "t.tsv.gz"} {
				content := []byte(c.content)
				if name == "t.tsv.gz" {
					content = gz(t, content)
				}
				f, err := openOne(t, name, content, Options{part: part})
				require.NoError(t, err, c.about)
				require.Equal(t, c.unquoted, f.Unquoted, c.about)
				rows, err := textRows(t, f)
				require.NoError(t, err, c.about)
				require.Equal(t, c.rows, rows, c.about)
			}
		}
	}
	f, err := openOne(t, "t.tsv", []byte("a\tb\n"+strings.Repeat("1\t\"x\n2\ty\n", 1000)), Options{part: 64})
	require.NoError(t, err)
	rows, err := textRows(t, f)
	require.NoError(t, err)
	require.Len(t, rows, 2000, "parts begin where records do, without quoting")
}

// A header, or a file of nothing else, may end just where what is read at first does.
func TestCSVHeadersThatEndWhereReadingDoes(t *testing.T) {
	for _, edge := range []int{headerBytes, maxHeaderBytes} {
		for n := edge - 3; n <= edge+3; n++ {
			for _, end := range []string{"", "\n", "\r", "\r\n", "\n1,2\n", "\r\n1,2\r\n"} {
				for _, mark := range []string{"", "\ufeff"} {
					name := strings.Repeat("x", n-len("id,")-len(mark))
					f, err := openOne(t, "t.csv", []byte(mark+"id,"+name+end), Options{})
					if err != nil {
						require.NotContains(t, err.Error(), "xxx", "%d %q", n, end)
						continue
					}
					require.Equal(t, []string{"id", name}, f.Columns, "%d %q", n, end)
				}
			}
		}
	}
	for _, n := range []int{headerBytes - 1, headerBytes, headerBytes + 1, 2 * headerBytes} {
		for _, text := range []string{"\xff", `"`, "\n", "a,", "\x00"} {
			f, err := openOne(t, "t.csv", []byte(strings.Repeat(text, n)[:n]), Options{})
			require.True(t, f != nil || err != nil, "it ends, one way or the other: %d %q", n, text)
		}
	}
}
