package mapping

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
)

func TestDateLayouts(t *testing.T) {
	for _, c := range []struct{ layout, text, want string }{
		{"yyyy-mm-dd", "1970-01-01", "1970-01-01"},
		{"yyyy-mm-dd", "0001-01-01", "0001-01-01"},
		{"yyyy-mm-dd", "9999-12-31", "9999-12-31"},
		{"yyyy-mm-dd", "2000-02-29", "2000-02-29"},
		{"yyyy-mm-dd", "1900-02-29", ""},
		{"yyyy-mm-dd", "2025-02-29", ""},
		{"yyyy-mm-dd", "2025-04-31", ""},
		{"yyyy-mm-dd", "2025-00-10", ""},
		{"yyyy-mm-dd", "2025-13-01", ""},
		{"yyyy-mm-dd", "2025-01-00", ""},
		{"yyyy-mm-dd", "0000-01-01", ""},
		{"yyyy-mm-dd", "2025-1-1", ""},
		{"yyyy-mm-dd", "2025/01/01", ""},
		{"yyyy-mm-dd", "2025-01-01 ", ""},
		{"yyyy-mm-dd", " 2025-01-01", ""},
		{"yyyy-mm-dd", "2025-01-0x", ""},
		{"yyyy-mm-dd", "\xb2025-01-01", ""},
		{"yyyy-mm-dd", "2025-01-01 00:00:00", ""},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 00:00:00", "2025-01-01"},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01T23:59", "2025-01-01"},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01T23:59:59.123456Z", "2025-01-01"},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01T23:59:59+01:00", "2025-01-01"},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01T23:59:59-0100", "2025-01-01"},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 00:00", "2025-01-01"},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 24:00:00", "2025-01-01"},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01T24:00", "2025-01-01"},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 23:59:60", "2025-01-01"}, // a leap second
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 23:59:61", ""},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 10:00+14:00", "2025-01-01"},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 10:00+15:00", ""},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 10:00+01:60", ""},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 25:00:00", ""},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 10:60:00", ""},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 10:00:0", ""},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 10:00:00.", ""},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01 10:00:00 noon", ""},
		{"yyyy-mm-dd hh:mm:ss", "2025-01-01", ""},
		{"dd/mm/yyyy", "31/12/1999", "1999-12-31"},
		{"dd/mm/yyyy", "12/31/1999", ""},
		{"dd/mm/yyyy", "1/12/1999", ""},
		{"dd/mm/yyyy", "31-12-1999", ""},
		{"yyyymmdd", "19991231", "1999-12-31"},
		{"yyyymmdd", "1999123", ""},
		{"yyyymmdd", "1999123x", ""},
	} {
		day, ok := dateLayouts[c.layout]([]byte(c.text))
		require.Equal(t, c.want != "", ok, "%s %q", c.layout, c.text)
		if ok {
			require.Equal(t, c.want, string(appendDate(nil, int64(day))), "%s %q", c.layout, c.text)
		}
	}
}

func TestEveryDayOfTheCalendar(t *testing.T) {
	at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	var text []byte
	for day := int64(firstDay); day <= lastDay; day += 1 + day&1 {
		text = appendDate(text[:0], day)
		got, ok := isoDate(text)
		if !ok || int64(got) != day {
			t.Fatalf("day %d: %s reads as %d, %v", day, text, got, ok)
		}
	}
	require.Equal(t, at.Unix()/86400, int64(firstDay))
	require.Equal(t, "out of range", string(appendDate(nil, lastDay+1)))
}

// A column of texts near to dates reads as its cells do one by one.
func TestISODateColumn(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var texts []string
	for range 20_000 {
		text := []byte("2024-02-29")
		if n := r.IntN(4); n > 0 {
			text = appendDate(nil, int64(firstDay+r.IntN(lastDay-firstDay+1)))
			for range n - 1 {
				text[r.IntN(len(text))] = "0123456789-/\x00: a\xb9"[r.IntN(17)]
			}
		}
		texts = append(texts, string(text[:min(len(text), r.IntN(40))]))
	}
	texts = append(texts, "", "0000-01-01", "0000-12-31", "0001-01-01", "\x00\x0001-01-01", "1900-02-29", "2000-02-29", "9999-12-31", "2024-13-01", "2024-19-01", "2024-00-10", "2024-01-00", "2024-01-32")
	c := &cells{n: len(texts), text: true}
	for _, text := range texts {
		c.start = append(c.start, uint32(len(c.data)))
		c.data = append(c.data, text...)
		c.end = append(c.end, uint32(len(c.data)))
	}
	out := &column{days: make([]int32, c.n)}
	out.begin(c.n)
	require.True(t, isoDates(&alternative{iso: true}, c, out))
	for i, text := range texts {
		day, ok := isoDate([]byte(text))
		require.Equal(t, int32(day), out.days[i], "%q", text)
		require.Equal(t, bitmap.Of(ok), bitmap.At(out.known, i), "%q", text)
		require.Equal(t, bitmap.Of(!ok && text != ""), bitmap.At(out.malformed, i), "%q", text)
	}
}

func FuzzISODate(f *testing.F) {
	for _, s := range []string{"2024-02-29", "1900-02-29", "0000-00-00", "2024-1-1", "20240-1-1", "2024-02-3\xb9", "--------01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		day, ok := isoDate([]byte(s))
		want, err := time.Parse(time.DateOnly, s)
		// time.Parse knows a year 0.
		require.Equal(t, err == nil && want.Year() > 0, ok, "%q", s)
		if ok {
			require.Equal(t, want.Unix()/86400, int64(day), "%q", s)
		}
	})
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		text string
		want float64
		ok   bool
	}{
		{"0", 0, true}, {"-0.5", -0.5, true}, {"+3", 3, true}, {".5", .5, true}, {"5.", 5, true}, {"1e3", 1000, true},
		{"0.1", 0.1, true}, {"9007199254740993", 9007199254740992, true}, {"123456789012345678901234567890", 123456789012345678901234567890, true},
		{"0.000000000000000000000000001", 1e-27, true}, {"1.7976931348623157e308", math.MaxFloat64, true}, {"4.9e-324", 5e-324, true},
		{"", 0, false}, {".", 0, false}, {"-", 0, false}, {"1e", 0, false}, {"1e999", 0, false}, {"NaN", 0, false}, {"inf", 0, false},
		{"0x1p3", 0, false}, {"1_000", 0, false}, {"1,5", 0, false}, {" 1", 0, false}, {"1 ", 0, false}, {"1.2.3", 0, false}, {"--1", 0, false},
	} {
		got, ok := decimal([]byte(c.text))
		require.Equal(t, c.ok, ok, c.text)
		require.True(t, !ok || got == c.want, c.text)
	}
	for text, want := range map[string]int64{"0": 0, "-0": 0, "007": 7, "+7": 7, "9223372036854775807": math.MaxInt64,
		"-9223372036854775808": math.MinInt64, "00000000000000000000000000001": 1} {
		got, ok := integer([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "-", "9223372036854775808", "-9223372036854775809", "1.0", "1e3", " 1", "0x1", "99999999999999999999"} {
		_, ok := integer([]byte(text))
		require.False(t, ok, text)
	}
	for text, want := range map[string]bool{"true": true, "TRUE": true, "True": true, "false": false, "FALSE": false} {
		got, ok := boolean([]byte(text))
		require.True(t, ok && got == want, text)
	}
	for _, text := range []string{"", "1", "0", "yes", "t", "truE ", "fals", "tr\x55\x05"} {
		_, ok := boolean([]byte(text))
		require.False(t, ok, text)
	}
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"1.5", "-0", "9007199254740993", "1e400", "0.1e-400", "1234567890123456789.5", "00000000000000000000.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := decimal([]byte(s))
		want, err := strconv.ParseFloat(s, 64)
		plain := strings.Trim(s, "0123456789.eE+-") == "" && strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789.eE+-", r) }) < 0
		require.Equal(t, err == nil && plain && len(s) <= 400, ok, "%q", s)
		if ok {
			require.Equal(t, math.Float64bits(want), math.Float64bits(got), "%q", s)
		}
	})
}

func FuzzInteger(f *testing.F) {
	for _, s := range []string{"1", "-9223372036854775808", "9223372036854775808", "+0", "-", "0000000000000000000000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := integer([]byte(s))
		want, err := strconv.ParseInt(s, 10, 64)
		require.Equal(t, err == nil, ok, "%q", s)
		if ok {
			require.Equal(t, want, got)
		}
	})
}

func TestDecimal128AsText(t *testing.T) {
	for _, c := range []struct {
		text  string
		scale int
		want  string
	}{
		{"0", 0, "0"}, {"0", 3, "0"}, {"5", 3, "0.005"}, {"-1500", 3, "-1.5"}, {"12345", 2, "123.45"}, {"12", -2, "1200"},
		{"99999999999999999999999999999999999999", 10, "9999999999999999999999999999.9999999999"},
		{"-1", 38, "-0.00000000000000000000000000000000000001"},
	} {
		n, err := decimal128.FromString(c.text, 38, 0)
		require.NoError(t, err)
		require.Equal(t, c.want, string(appendDecimal(nil, n, c.scale)))
	}
}

// The vectors are those of the authors' reference: key 00 to 0f, input the
// bytes 0, 1, 2 ... of growing length.
func TestSipHash(t *testing.T) {
	want := []uint64{0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d, 0xcf2794e0277187b7,
		0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137, 0x93f5f5799a932462}
	var input []byte
	for i, w := range want {
		require.Equal(t, w, sipHash(&key, input), i)
		input = append(input, byte(i))
	}
	require.Equal(t, uint64(0xa129ca6149be45e5), sipHash(&key, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}))
}

func TestDosageState(t *testing.T) {
	judge := dosageState()
	for text, want := range map[string]string{
		"One to be taken daily":                 "stated",
		"1-2 puffs when required":               "stated",
		"ONE AT NIGHT PRN":                      "stated",
		"500mg tds":                             "stated",
		"Apply sparingly":                       "stated",
		"apply twice daily as directed":         "stated",
		"as directed":                           "as_directed",
		"As Directed.":                          "as_directed",
		"MDU":                                   "as_directed",
		"Use as directed by hospital":           "as_directed",
		"take as prescribed":                    "as_directed",
		"PRN":                                   "when_required",
		"p.r.n.":                                "when_required",
		"Use when required":                     "when_required",
		"if needed":                             "when_required",
		"as directed, when required":            "when_required",
		"  - ":                                  "empty",
		"misdirected":                           "stated",
		strings.Repeat("as directed ", 60):      "stated",
		"\xff\xfe":                              "stated",
		"cañón prn":                             "when_required",
		"to be taken in the morning prn":        "stated",
		"udder cream":                           "stated",
		"inject as instructed by diabetes team": "as_directed",
	} {
		for range 2 { // the second time it is remembered
			got, s := judge([]byte(text))
			require.Equal(t, present, s)
			require.Equal(t, want, string(got), text)
		}
	}
}

func TestMask(t *testing.T) {
	mask := masked()
	for text, want := range map[string]string{"a": "x", "café": "xxxx", strings.Repeat("é", 70000): strings.Repeat("x", longestMask)} {
		got, s := mask([]byte(text))
		require.Equal(t, present, s)
		require.Equal(t, want, string(got))
	}
}

func TestItemsOfAList(t *testing.T) {
	for text, want := range map[string][2]string{
		"": {}, "E17": {"17", ""}, "17": {"", "17"}, "17|E18|19|E20": {"18", "17"}, "E1|E2": {"1", ""}, "|E1||2": {"1", "2"}, "E|E2|": {"2", ""}, "E": {}, "2|E": {"", "2"},
	} {
		for k, item := range []*Item{{Of: "|", Begins: "E"}, {Of: "|", Not: "E"}} {
			got, s := firstItem(item)([]byte(text))
			require.Equal(t, want[k], string(got), "%q %d", text, k)
			require.Equal(t, want[k] != "", s == present)
		}
	}
}

func TestDatesAsPeopleTypeThem(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-01": "2026-03-01", "01/03/2026": "2026-03-01", "1/3/2026": "2026-03-01", " 31/12/1999\u00a0": "1999-12-31", "\t2026-03-01 ": "2026-03-01",
		"12/31/2025": "", "31/02/2026": "", "1/3/26": "", "2026/03/01": "", "1.3.2026": "", "01/03/2026 10:00": "", "//2026": "", "001/3/2026": "", "-1/3/2026": "", " ": "", "1/3": "",
	} {
		day, ok := typedDate([]byte(text))
		require.Equal(t, want != "", ok, "%q", text)
		if ok {
			require.Equal(t, want, string(appendDate(nil, int64(day))))
		}
	}
}
