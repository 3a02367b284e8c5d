package eval

import (
	"math/bits"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/vector"
)

// addDays adds the days of the batch's rows to the sets of their groups.
func (e *Evaluator) addDays(sets []uint64, n *expr.Node, groups []int32, scratch []uint64) {
	date, asOf, most := e.Value(n.Args[1]), e.Value(n.Args[2]), int32(n.Period.Days)
	bitmap.ForEach(truths(scratch, e.Value(n.Args[0]), e.Rows), e.Rows, func(i int) {
		if groups[i] < 0 || !bitmap.Known(date.Known, i) || !bitmap.Known(asOf.Known, i) {
			return
		}
		if age := asOf.Days[i] - date.Days[i]; date.Days[i] <= asOf.Days[i] && age >= 0 && age < most {
			sets[int(groups[i])*vector.DayWords+int(age>>6)] |= 1 << (age & 63)
		}
	})
}

// ofDays compiles the functions of sets of days.
func (e *Evaluator) ofDays(n *expr.Node, args []*vector.Vec, out *vector.Vec) func() {
	of := map[expr.Op]func(*[vector.DayWords]uint64, int) int64{
		expr.OpDaysWith: daysWith, expr.OpWeeksWith: weeksWith, expr.OpLongestGap: longestGap,
	}[n.Op]
	out.Known = nil
	return func() {
		for i := range e.Rows {
			var all [vector.DayWords]uint64
			for _, a := range args {
				for w, word := range a.Sets[i*vector.DayWords : (i+1)*vector.DayWords] {
					all[w] |= word
				}
			}
			out.Ints[i] = of(&all, n.Period.Days)
		}
	}
}

func daysWith(set *[vector.DayWords]uint64, _ int) int64 {
	count := 0
	for _, w := range set {
		count += bits.OnesCount64(w)
	}
	return int64(count)
}

func weeksWith(set *[vector.DayWords]uint64, _ int) int64 {
	weeks := 0
	for week := range 52 {
		for age := 7 * week; age < 7*week+7; age++ {
			if bitmap.Has(set[:], age) {
				weeks++
				break
			}
		}
	}
	return int64(weeks)
}

func longestGap(set *[vector.DayWords]uint64, of int) int64 {
	gap, longest := 0, 0
	for age := range of {
		if gap++; bitmap.Has(set[:], age) {
			gap = 0
		}
		longest = max(longest, gap)
	}
	return int64(longest)
}
