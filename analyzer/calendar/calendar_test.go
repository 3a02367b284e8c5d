package calendar_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
)

func day(y int, m time.Month, d int) calendar.Day {
	return calendar.Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func civil(day calendar.Day) (int, time.Month, int) {
	return time.Unix(int64(day)*86400, 0).UTC().Date()
}

// The calendar is that of package time, on every day of four centuries, at the
// ends of what a day can be, and on some between.
func TestCalendarIsThatOfPackageTime(t *testing.T) {
	days := []calendar.Day{math.MinInt32, math.MaxInt32, calendar.First, calendar.Last, day(-4, 2, 29), day(0, 1, 1)}
	for d := day(1799, 1, 1); d < day(2202, 1, 1); d++ {
		days = append(days, d)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		days = append(days, calendar.Day(r.IntN(800000)-700000), calendar.Day(r.Uint32()))
	}
	for _, d := range days {
		at := time.Unix(int64(d)*86400, 0).UTC()
		y, m, dom := at.Date()
		gotYear, gotMonth, gotDay := calendar.Civil(d)
		if y != gotYear || int(m) != gotMonth || dom != gotDay || calendar.Weekday(d) != at.Weekday() || calendar.Year(d) != int64(y) {
			require.Failf(t, "another date", "day %d is %s, not %d-%d-%d", d, at.Format(time.DateOnly), gotYear, gotMonth, gotDay)
		}
		require.Equal(t, d, calendar.Date(gotYear, gotMonth, gotDay))
		of, ok := calendar.Of(uint32(y), uint32(m), uint32(dom))
		if y >= 1 && y <= 9999 {
			parsed, written := calendar.Parse(d.String())
			require.Equal(t, []any{d, true, d, true}, []any{of, ok, parsed, written})
		} else {
			require.False(t, ok)
		}
	}
}

func TestOfRefusesWhatIsNoDay(t *testing.T) {
	for year := range uint32(2402) {
		for month := range uint32(15) {
			for dom := uint32(0); dom < 34; dom += 1 + bit(dom == 1)*26 {
				y, m, d := civil(day(int(year), time.Month(month), int(dom)))
				want := year > 0 && int(year) == y && time.Month(month) == m && int(dom) == d
				if _, ok := calendar.Of(year, month, dom); ok != want {
					require.Failf(t, "no day", "%d-%d-%d", year, month, dom)
				}
			}
		}
	}
	_, ok := calendar.Of(10000, 1, 1)
	require.False(t, ok)
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-03-31", -1, "2026-02-28"},
		{"2024-03-31", -1, "2024-02-29"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2024-02-29", -1200, "1924-02-29"},
		{"2000-02-29", -1200, "1900-02-28"},
		{"2025-12-31", 2, "2026-02-28"},
		{"2026-01-15", -1, "2025-12-15"},
		{"2026-05-31", 0, "2026-05-31"},
	} {
		from, ok := calendar.Parse(c.from)
		require.True(t, ok)
		require.Equal(t, c.want, calendar.AddMonths(from, c.months).String(), "%s and %d months", c.from, c.months)
	}
	// By package time: to the last of the month reached, then back in it.
	r := rand.New(rand.NewPCG(7, 8))
	for range 5000 {
		from, months := calendar.Day(r.IntN(800000)-700000), r.IntN(5000)-2500
		y, m, d := civil(from)
		ly, lm, ld := time.Date(y, m+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC).Date()
		require.Equal(t, day(ly, lm, min(d, ld)), calendar.AddMonths(from, months), "%d by %d", from, months)
	}
}

// A person is n years old from the day that birth + years(n) gives.
func TestYearsBetweenIsTheInverseOfYears(t *testing.T) {
	for _, born := range []string{"2004-02-29", "2004-02-28", "1999-12-31", "2001-01-01"} {
		from, ok := calendar.Parse(born)
		require.True(t, ok)
		for n := -3; n <= 30; n++ {
			birthday := calendar.AddMonths(from, 12*n)
			require.Equal(t, int64(n), calendar.YearsBetween(from, birthday), "%s + %d", born, n)
			require.Equal(t, int64(n-1), calendar.YearsBetween(from, birthday-1), "%s + %d", born, n)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", "2024-2-3", "2024-02-30", "2023-02-29", "0000-01-01", "2024-13-01", "2024-00-01", "2024/01/01", "2024-01-01T", "+024-01-01", "2024-01-0a"} {
		_, ok := calendar.Parse(s)
		require.False(t, ok, s)
	}
}

func TestDaysIn(t *testing.T) {
	for _, year := range []int{1900, 2000, 2023, 2024} {
		for month := 1; month <= 12; month++ {
			require.Equal(t, time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day(), calendar.DaysIn(year, month), fmt.Sprint(year, month))
		}
	}
}
