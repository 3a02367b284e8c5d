package analyzer

import (
	"cmp"
	"slices"

	"paperlight/analyzer/kernel"
	"paperlight/analyzer/state"
)

// A perDay counts the rows of one practice by their day. It holds an entry a
// day that has a row, of at most mostDays days.
type perDay map[int32]int64

// mostDays is how far back days are counted, up to the as-of date: a hundred
// years. What is dated otherwise is of no day.
const mostDays = 36525

// perDay is room for the counts of each practice; nil where the program counts
// by no day.
func (p *Program) perDay(practices int) []perDay {
	if p.Date == nil {
		return nil
	}
	return make([]perDay, practices)
}

// perDayBytes is what an entry takes, with the room that a map leaves.
const perDayBytes = 24

// countDays counts the denominator of the batch by the day that the program
// gives each row, under the row's practice. room is for a bitmap of the rows.
func (e *evaluator) countDays(p *Program, c *kernel.Condition, counts []perDay, room []uint64) {
	date := e.value(p.Date)
	c.Eligible(room, e.n)
	practices := e.in.run.practices.List
	kernel.ForEachSet(room, e.n, func(i int) {
		at := e.ownPractice[i]
		if at < 0 || !bit(date.known, i) {
			return
		}
		day, last := date.days[i], practices[at].AsOf
		if day > last || int64(day) <= int64(last)-mostDays {
			return
		}
		if counts[at] == nil {
			counts[at] = perDay{}
		}
		counts[at][day]++
	})
}

// addPerDay adds what another worker counted, of other rows.
func addPerDay(to, from []perDay) {
	for i, days := range from {
		if to[i] == nil {
			to[i] = days
			continue
		}
		for day, n := range days {
			to[i][day] += n
		}
	}
}

// counted lists the days in order.
func (d perDay) counted() []state.DayCount {
	if len(d) == 0 {
		return nil
	}
	out := make([]state.DayCount, 0, len(d))
	for day, n := range d {
		out = append(out, state.DayCount{Day: day, Count: n})
	}
	slices.SortFunc(out, func(a, b state.DayCount) int { return cmp.Compare(a.Day, b.Day) })
	return out
}
