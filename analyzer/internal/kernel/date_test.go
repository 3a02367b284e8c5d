package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
)

// day is a day as a column holds it.
func day(year, month, dayOfMonth int) int32 { return int32(calendar.Date(year, month, dayOfMonth)) }

// addMonths is calendar.AddMonths of such a day.
func addMonths(from int32, months int) int32 {
	return int32(calendar.AddMonths(calendar.Day(from), months))
}

func TestYearOf(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	days := []int32{0, -1, 1, math.MinInt32, math.MaxInt32, day(2000, 2, 29), day(1900, 2, 28), day(1900, 3, 1), day(-4, 2, 29), day(0, 1, 1)}
	for d := day(1995, 12, 1); d < day(2005, 2, 1); d++ {
		days = append(days, d)
	}
	for range 3000 {
		days = append(days, int32(r.IntN(800000)-700000), int32(r.Uint32()))
	}
	years := make([]int64, len(days))
	YearOf(years, days, len(days))
	for i, d := range days {
		require.Equal(t, calendar.Year(calendar.Day(d)), years[i])
	}
}

func TestYearsBetween(t *testing.T) {
	tests := []struct {
		from, to int32
		want     int64
	}{
		{day(2000, 2, 29), day(2001, 2, 28), 1}, // 29 February comes round on the 28th
		{day(2000, 2, 29), day(2004, 2, 28), 3},
		{day(2000, 2, 29), day(2004, 2, 29), 4},
		{day(2000, 2, 28), day(2004, 2, 28), 4},
		{day(1960, 6, 15), day(2026, 6, 14), 65},
		{day(1960, 6, 15), day(2026, 6, 15), 66},
		{day(2026, 6, 15), day(2026, 6, 14), -1},
		{day(2026, 6, 15), day(2025, 6, 15), -1},
		{day(2026, 6, 15), day(2025, 6, 14), -2},
	}
	r := rand.New(rand.NewPCG(9, 10))
	for range 3000 {
		from, to := int32(r.IntN(60000)-40000), int32(r.IntN(60000)-40000)
		if r.IntN(4) == 0 { // close to an anniversary
			to = addMonths(from, 12*(r.IntN(200)-100)) + int32(r.IntN(3)-1)
		}
		if r.IntN(4) == 0 {
			from = day(1960+4*r.IntN(10), 2, 29)
		}
		tests = append(tests, struct {
			from, to int32
			want     int64
		}{from, to, calendar.YearsBetween(calendar.Day(from), calendar.Day(to))})
	}
	from, to := make([]int32, len(tests)), make([]int32, len(tests))
	for i, test := range tests {
		from[i], to[i] = test.from, test.to
	}
	got := make([]int64, len(tests))
	YearsBetween(got, from, to, len(tests))
	for i, test := range tests {
		require.Equal(t, test.want, got[i], "%d to %d", test.from, test.to)
	}
}

func TestShiftDates(t *testing.T) {
	sizes(t, func(t *testing.T, r *rand.Rand, n int) {
		months, days := r.IntN(60)-30, r.IntN(60)-30
		shifter := NewDateShifter(func(day calendar.Day) calendar.Day { return calendar.AddMonths(day, months) + calendar.Day(days) })
		for range 3 { // the table grows from batch to batch
			src := make([]int32, n)
			middle := int32(r.IntN(60000) - 30000)
			for i := range src {
				switch r.IntN(20) {
				case 0:
					src[i] = int32(r.IntN(800000) - 700000)
				case 1:
					src[i] = day(9999, 12, 31)
				case 2:
					src[i] = pick[int32](r, firstTableDay-1, firstTableDay, endTableDay-1, endTableDay)
				default:
					src[i] = middle + int32(r.IntN(3000))
				}
			}
			var known []uint64
			if r.IntN(2) == 0 {
				known = randomWords(r, n)
				for i := range src {
					if !bitmap.Has(known, i) && r.IntN(2) == 0 {
						src[i] = int32(r.Uint32()) // rubbish
					}
				}
			}
			want := append([]int32(nil), src...)
			dst := make([]int32, n)
			if r.IntN(2) == 0 {
				dst = src // in place
			}
			shifter.ShiftDates(dst, src, known, n)
			for i := range n {
				if bitmap.Known(known, i) {
					require.Equal(t, addMonths(want[i], months)+int32(days), dst[i], "day %d by %d months", want[i], months)
				}
			}
			require.LessOrEqual(t, len(shifter.table), endTableDay-firstTableDay)
		}
	})
}

// What a shifter works out itself is only for days that are used.
func TestShiftDatesAsksOncePerDayAndNeverForRubbish(t *testing.T) {
	asked := map[calendar.Day]int{}
	shifter := NewDateShifter(func(d calendar.Day) calendar.Day { asked[d]++; return d + 1 })
	src := []int32{day(2020, 1, 1), 1 << 30, day(2020, 1, 2), day(9999, 12, 31), day(9999, 12, 31)}
	known := []uint64{0b11101}
	dst := make([]int32, len(src))
	for range 2 {
		shifter.ShiftDates(dst, src, known, len(src))
	}
	for d, times := range asked {
		require.Equal(t, 1, times, "day %d", d)
	}
	require.NotContains(t, asked, calendar.Day(1<<30))
	require.Len(t, asked, growDays+1)
	require.Zero(t, testing.AllocsPerRun(5, func() { shifter.ShiftDates(dst, src, known, len(src)) }))
}
