package synthetic

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
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
		"as needed":    {hand{newline: "\n", dates: newDateTexts("2006-01-02")}, "\"a, \"\"é\"\"\",\"a, b\",né,plain,-1.5,0.25,2026-03-31,,\n"},
		"all, latin 1": {hand{newline: "\r\n", dates: newDateTexts("2006-01-02"), quoted: true, latin1: true}, "\"a, \"\"\xe9\"\"\",\"a, b\",\"n\xe9\",\"plain\",\"-1.5\",\"0.25\",\"2026-03-31\",\"\",\"\"\r\n"},
	} {
		s, err := newSheet(t.TempDir(), "x.csv", "x", published("a,b,c,d,e,f,g,h,i"), &c.hand, 0)
		require.NoError(t, err)
		s.text(`a, "é"`)
		s.text("a, b")
		s.text("né")
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

func TestRowsAllocateNothing(t *testing.T) {
	for _, system := range []string{"emis", "systmone", "vision"} {
		o := like(system)
		o.Shape, o.PerPatient = "practice", PerPatient("practice")
		m := newModel(o)
		var err error
		m.plan, err = loadContent()
		require.NoError(t, err)
		out, err := newForm(t.TempDir(), m)
		require.NoError(t, err)
		pr, p := newPractice(m.r, o.Seed, 0, 10), &patient{}
		require.NoError(t, out.practice(pr))
		m.patient(p, pr, 3)
		rows := func() (n int64) {
			for _, s := range sheetsOf(t, out) {
				n += s.rows
			}
			return n
		}
		require.NoError(t, out.patient(p)) // whose codes are then known
		before := rows()
		allocations := testing.AllocsPerRun(10, func() { require.NoError(t, out.patient(p)) })
		require.Greater(t, (rows()-before)/11, int64(500), "rows a patient, %s", system)
		require.Less(t, allocations, 40.0, "the identifiers of the patient, %s", system)
		out.abandon()
	}
}

func sheetsOf(t *testing.T, f form) sheets {
	switch f := f.(type) {
	case *emis:
		return f.all
	case *tpp:
		return f.sheets
	case *vision:
		return f.sheets
	}
	t.Fatalf("no sheets of %T", f)
	return nil
}

func TestDigitsAreThoseOfTheNumber(t *testing.T) {
	for n := uint64(0); n < 100_000_000; n += 9973 {
		for _, n := range []uint64{n, 99_999_999 - n, n / 10_000 * 10_000, n % 10_000, n / 100 * 100} {
			var text [8]byte
			binary.LittleEndian.PutUint64(text[:], eightDigits(n))
			require.Equal(t, fmt.Sprintf("%08d", n), string(text[:]))
		}
	}
}

func TestACounterCountsAsNumbersDo(t *testing.T) {
	var c counter
	for n := 1; n < 12_000; n++ {
		c.next()
		require.Equal(t, strconv.Itoa(n), string(c))
	}
}

// A practice of published size, rows a second of one CPU: writing, making and
// counting its truth.
func BenchmarkGenerate(b *testing.B) {
	for _, system := range append([]string{"none"}, Systems...) {
		b.Run(system, func(b *testing.B) {
			o := like(strings.TrimPrefix(system, "none"))
			o.Practices, o.Patients, o.Shape, o.PerPatient = 1, 1000, "practice", PerPatient("practice")
			var rows int64
			for b.Loop() {
				folder := filepath.Join(b.TempDir(), "made")
				truth, err := Generate(b.Context(), folder, o)
				require.NoError(b, err)
				rows += truth.Written
				require.NoError(b, os.RemoveAll(folder))
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
