package eval

import (
	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/state"
)

// DayCounts are the rows of one practice by their day: element i is of the day i
// days before the as-of date. It reaches back to the earliest day that has a row,
// mostDays at most.
type DayCounts []uint32

// mostDays is how far back days are counted, up to the as-of date: a hundred
// years. What is dated otherwise is of no day.
const mostDays = 36525

// NewDayCounts returns empty counts for each practice; nil where the program does
// not count by day.
func NewDayCounts(p *plan.Program, practices int) []DayCounts {
	if p.Date == nil {
		return nil
	}
	return make([]DayCounts, practices)
}

// CountDays counts the denominator of the batch by the day that the program
// gives each row, under the row's practice. scratch is a bitmap of the rows.
func (e *Evaluator) CountDays(p *plan.Program, c *kernel.Condition, counts []DayCounts, scratch []uint64) {
	date := e.Value(p.Date)
	c.Eligible(scratch, e.Rows)
	practices := e.setup.Practices
	bitmap.ForEach(scratch, e.Rows, func(i int) {
		at := e.OwnPractice[i]
		if at < 0 || !bitmap.Known(date.Known, i) {
			return
		}
		back := int64(practices[at].AsOf) - int64(date.Days[i])
		if back < 0 || back >= mostDays {
			return
		}
		if int(back) >= len(counts[at]) {
			counts[at] = vector.Grow(counts[at], int(back)+1)
		}
		counts[at][back]++
	})
}

// AddDayCounts adds what another worker counted, of other rows.
func AddDayCounts(to, from []DayCounts) {
	for i, days := range from {
		to[i] = vector.Grow(to[i], max(len(to[i]), len(days)))
		for back, n := range days {
			to[i][back] += n
		}
	}
}

// List lists the days that have a row, in order.
func (d DayCounts) List(asOf calendar.Day) []state.DayCount {
	days := 0
	for _, n := range d {
		if n > 0 {
			days++
		}
	}
	if days == 0 {
		return nil
	}
	out := make([]state.DayCount, 0, days)
	for back := len(d) - 1; back >= 0; back-- {
		if n := d[back]; n > 0 {
			out = append(out, state.DayCount{Day: asOf - calendar.Day(back), Count: int64(n)})
		}
	}
	return out
}
