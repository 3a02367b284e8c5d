package eval

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/internal/vector"
)

// What two workers found of a row's latest date is joined: the later day alone,
// and of one day what both found.
func TestLatestDatesOfTwoWorkers(t *testing.T) {
	const isTrue, isUnknown = 1, 2
	for _, c := range []struct {
		says             string
		one, other, both latestState
	}{
		{"neither has a day", latestOf(vector.NoDay, 0, 0), latestOf(vector.NoDay, 0, 0), latestOf(vector.NoDay, 0, 0)},
		{"one has none", latestOf(7, isTrue, 1), latestOf(vector.NoDay, 0, 0), latestOf(7, isTrue, 1)},
		{"one is later", latestOf(7, isUnknown, 0), latestOf(8, isTrue, 3), latestOf(8, isTrue, 3)},
		{"of one day", latestOf(7, isTrue, 2), latestOf(7, isUnknown, 0), latestOf(7, isTrue|isUnknown, 2)},
		{"of one day, true in both", latestOf(7, isTrue, 2), latestOf(7, isTrue, 1), latestOf(7, isTrue, 3)},
		{"of one day, false in both", latestOf(7, 0, 0), latestOf(7, 0, 0), latestOf(7, 0, 0)},
	} {
		for range 2 {
			got := latestOf(c.one.days[0], c.one.flags[0], c.one.count[0])
			got.merge(&c.other)
			require.Equal(t, c.both, got, c.says)
			c.one, c.other = c.other, c.one
		}
	}
}

func latestOf(day int32, flags uint8, count uint32) latestState {
	return latestState{days: []int32{day}, flags: []uint8{flags}, count: []uint32{count}}
}

// Weeks are the 52 before the as-of date, however many days the set holds.
func TestWeeksAreThoseOfAYear(t *testing.T) {
	all := func(from, to int) (set [vector.DayWords]uint64) {
		for age := from; age < to; age++ {
			bitmap.Set(set[:], age)
		}
		return set
	}
	for _, c := range []struct {
		says     string
		from, to int
		weeks    int64
	}{
		{"a day of each", 0, 400, 52}, {"the year", 0, 364, 52}, {"before it", 364, 400, 0}, {"the last day of it", 363, 400, 1},
		{"the day itself", 0, 1, 1}, {"two weeks meet", 6, 8, 2}, {"none", 0, 0, 0},
	} {
		set := all(c.from, c.to)
		require.Equal(t, c.weeks, weeksWith(&set, 400), c.says)
	}
}
