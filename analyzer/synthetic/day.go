package synthetic

import (
	"time"

	"paperlight/analyzer/canonical"
)

// A day is a calendar.Day, reckoned by package time: the truth does not share
// the arithmetic of what is held to it.
type day int32

// none is the absent day.
const none day = -1 << 31

// years is about n years in days.
func years(n int) day { return day(n * 1461 / 4) }

func date(y int, m time.Month, d int) day {
	return day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (d day) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// addMonths moves d by n months; the day of the month is clamped to its last.
func (d day) addMonths(n int) day {
	y, m, dd := d.time().Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return day(first.Unix()/86400) + day(min(dd, last)-1)
}

// yearsTo is the whole years from d to e.
func (d day) yearsTo(e day) int {
	y, m, dd := d.time().Date()
	ye, me, de := e.time().Date()
	n := ye - y
	if me < m || me == m && de < dd {
		n--
	}
	return n
}

// appendDate appends d as YYYY-MM-DD.
func appendDate(b []byte, d day) []byte { return d.time().AppendFormat(b, time.DateOnly) }

// addDay adds the next cell; none is absent.
func addDay(b *canonical.Block, d day) { b.AddInt(int64(d), d != none) }
