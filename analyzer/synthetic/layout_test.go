package synthetic

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// like are options for a layout, of two small practices.
func like(system string) Options {
	o := options("csv")
	o.Like, o.Patients = system, 120
	o.PerPatient["referrals"] = 0.5
	o.Lists["diabetes-type-1"] = map[string][]string{"sct": {"17"}}
	return o
}

// A row is the cells of a line by the name of the column.
type row map[string]string

// rowsOf reads a CSV file that a layout has; its name contains part.
func rowsOf(t *testing.T, folder, part string) []row {
	t.Helper()
	lines := linesOf(t, folder, part)
	var out []row
	for _, line := range lines[1:] {
		r := row{}
		for i, cell := range line {
			r[lines[0][i]] = cell
		}
		out = append(out, r)
	}
	return out
}

func linesOf(t *testing.T, folder, part string) [][]string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*"+part+"*"))
	require.NoError(t, err)
	require.Len(t, found, 1, part)
	text, err := os.ReadFile(found[0])
	require.NoError(t, err)
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err, part)
	return lines
}

// by is the rows by the value of a column, the last of equals.
func by(rows []row, column string) map[string]row {
	out := map[string]row{}
	for _, r := range rows {
		out[r[column]] = r
	}
	return out
}

func TestLayoutsDoNotChangeWhatIsMade(t *testing.T) {
	for _, system := range Systems {
		o := like(system)
		folder, _ := generated(t, o)
		again, _ := generated(t, o)
		require.Equal(t, digests(t, folder), digests(t, again), system)
		o.Like = ""
		plain, _ := generated(t, o)
		require.Equal(t, digests(t, plain)["truth.json"], digests(t, folder)["truth.json"], system)
	}
}

func TestLayoutsThatCannotBeMadeAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"unknown system":        func(o *Options) { o.Like = "paper" },
		"parquet":               func(o *Options) { o.Format = "parquet" },
		"shuffle":               func(o *Options) { o.Shuffle = true },
		"answers":               func(o *Options) { o.Answers = []string{"x"} },
		"unknown version":       func(o *Options) { o.Layout = "9.9" },
		"changes of no system":  func(o *Options) { o.Like, o.Deltas = "", 1 },
		"version of no system":  func(o *Options) { o.Like, o.Layout = "", "8.2" },
		"too many sets":         func(o *Options) { o.Deltas = 100 },
		"fewer than no changes": func(o *Options) { o.Deltas = -1 },
	} {
		o := like("emis")
		change(&o)
		require.IsType(t, &OptionError{}, o.check(), name)
	}
}

func TestARowWithoutAllItsCellsIsAFault(t *testing.T) {
	s, err := newSheet(t.TempDir(), "x.csv", "x", published("a, b²"), &hand{newline: "\n"}, 82)
	require.NoError(t, err)
	s.plain("1")
	require.Panics(t, s.end)
	require.NoError(t, s.close())
}

func TestCellsAreQuotedAsTheSystemDoes(t *testing.T) {
	for name, c := range map[string]struct {
		hand hand
		want string
	}{
		"as needed":    {hand{newline: "\n", dates: newDateTexts("2006-01-02")}, "\"a, \"\"é\"\"\",plain,-1.5,0.25,2026-03-31,,\n"},
		"all, latin 1": {hand{newline: "\r\n", dates: newDateTexts("2006-01-02"), quoted: true, latin1: true}, "\"a, \"\"\xe9\"\"\",\"plain\",\"-1.5\",\"0.25\",\"2026-03-31\",\"\",\"\"\r\n"},
	} {
		s, err := newSheet(t.TempDir(), "x.csv", "x", published("a,b,c,d,e,f,g"), &c.hand, 0)
		require.NoError(t, err)
		s.text(`a, "é"`)
		s.text("plain")
		s.real(-1.5, true)
		s.real(0.25, true)
		s.date(date(2026, 3, 31))
		s.date(none)
		s.skip(1)
		s.end()
		require.Equal(t, c.want, string(s.buf), name)
		require.NoError(t, s.close())
	}
}

func TestKeysMakeIdentifiersOfTheRightForm(t *testing.T) {
	seen := map[string]bool{}
	for i := range 1000 {
		var clock [clockBytes]byte
		k := keyOf("p").of(strings.Repeat("x", i))
		require.Regexp(t, `^\{[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}\}$`, k.guid())
		k.putClock(clock[:])
		require.Regexp(t, `^(0[89]|1[0-7]):[0-5]\d:[0-5]\d$`, string(clock[:]))
		require.GreaterOrEqual(t, k.number(), int64(100_000_000_000_000))
		seen[k.guid()] = true
	}
	require.Len(t, seen, 1000)
}
