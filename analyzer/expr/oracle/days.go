package oracle

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
)

// before is whether the first record's id is the smaller, byte by byte.
func before(a ...ref.Val) ref.Val {
	x, y := a[0].(object).record, a[1].(object).record
	id := x.table.Key.Name
	return types.Bool(x.row[id].Value != nil && y.row[id].Value != nil && strings.Compare(x.text(id), y.text(id)) < 0)
}

// alike is whether two values are equal, or both absent.
func alike(a ...ref.Val) ref.Val {
	if types.IsUnknown(a[0]) || types.IsUnknown(a[1]) {
		return types.Bool(types.IsUnknown(a[0]) && types.IsUnknown(a[1]))
	}
	return types.Bool(a[0].Equal(a[1]) == types.True)
}

// found is the days on which rows met a condition: any while a loop runs, then
// those of the last n up to asOf.
type found struct {
	days []calendar.Day
	asOf calendar.Day
	n    int
}

func daysOf(v ref.Val) *found { return v.Value().(*found) }

func addDays(f map[string]expr.Function) {
	is := func(f *found) ref.Val { return opaque{expr.DaysType, f} }
	f["days_none"] = func(...ref.Val) ref.Val { return is(&found{}) }
	f["days_step"] = func(a ...ref.Val) ref.Val {
		if a[1] != types.True || types.IsUnknown(a[2]) {
			return a[0]
		}
		return is(&found{days: append(slices.Clone(daysOf(a[0]).days), day(a[2]))})
	}
	f["days_until"] = func(a ...ref.Val) ref.Val {
		out := &found{n: int(a[2].(types.Int))}
		if types.IsUnknown(a[1]) {
			return is(out)
		}
		out.asOf = day(a[1])
		for _, d := range daysOf(a[0]).days {
			if d <= out.asOf && d > out.asOf-calendar.Day(out.n) {
				out.days = append(out.days, d)
			}
		}
		return is(out)
	}
	f["either_days"] = func(a ...ref.Val) ref.Val {
		x, y := daysOf(a[0]), daysOf(a[1])
		return is(&found{days: append(slices.Clone(x.days), y.days...), asOf: x.asOf, n: x.n})
	}
	f["days_with"] = func(a ...ref.Val) ref.Val {
		days := slices.Clone(daysOf(a[0]).days)
		slices.Sort(days)
		return types.Int(len(slices.Compact(days)))
	}
	f["weeks_with"] = func(a ...ref.Val) ref.Val {
		x, weeks := daysOf(a[0]), 0
		for w := range calendar.Day(52) {
			if slices.ContainsFunc(x.days, func(d calendar.Day) bool { return d <= x.asOf-7*w && d > x.asOf-7*w-7 }) {
				weeks++
			}
		}
		return types.Int(weeks)
	}
	f["longest_gap"] = func(a ...ref.Val) ref.Val {
		x, gap, longest := daysOf(a[0]), 0, 0
		for d := x.asOf - calendar.Day(x.n) + 1; d <= x.asOf; d++ {
			if gap++; slices.Contains(x.days, d) {
				gap = 0
			}
			longest = max(longest, gap)
		}
		return types.Int(longest)
	}
	f["poisson_outside"] = func(a ...ref.Val) ref.Val {
		return types.Bool(expr.PoissonOutside(int64(a[0].(types.Int)), float64(a[1].(types.Double))))
	}
}
