package costing

import (
	"math"
	"slices"
)

// Limits say when a rule counts as slower than its baseline.
type Limits struct {
	// Regression is how much slower, as a share: 0.2 is a fifth.
	Regression float64
}

const (
	// least is the smallest loss that matters, as a share of what all rules
	// took in the baseline, and leastTime the same in units of the fixed work.
	least     = 0.002
	leastTime = 1.0
	// level is the greatest chance of an accident at which a measurement is
	// believed; alarms take several in a row.
	level = 0.05
	// fewest is how many rules must be compared for them to say how much
	// slower the machine runs all.
	fewest = 8
)

// A Comparison is what came of holding costs against a baseline.
type Comparison struct {
	// Drift is by how much the rules in the middle are slower: what the fixed
	// work does not tell of the machine, or the engine as a whole.
	Drift float64 `json:"drift"`
	// Whole says that the engine as a whole got slower; Total is by how much.
	Total float64 `json:"total"`
	Whole bool    `json:"engine_slower"`
	// Slower are the rules that got slower, by loss, the greatest first.
	Slower []Slowdown `json:"slower"`
	// Added and Gone are rules that only one side measured.
	Added []string `json:"added,omitempty"`
	Gone  []string `json:"gone,omitempty"`
}

// A Slowdown is a rule that got slower.
type Slowdown struct {
	Rule string `json:"rule"`
	// Before and After are nanoseconds a row at the speed of the machine now.
	Before float64 `json:"before_ns_per_row"`
	After  float64 `json:"after_ns_per_row"`
	// Ratio is After over Before, Chance that of it being an accident.
	Ratio  float64 `json:"ratio"`
	Chance float64 `json:"chance"`
	loss   float64
}

// Compare holds costs against those of a baseline, in units of the fixed work.
// A rule is slower when all of this is so: it takes more than the limit, over
// its baseline and over what the machine or the engine slows all rules by; the
// loss matters beside what all rules take; and the rounds of both sides say
// that it is over the limit, and not there by accident. The engine is slower
// when all rules together are, and most of them.
func Compare(before, after *Costs, limits Limits) *Comparison {
	c := &Comparison{Drift: 1}
	was := map[string]*RuleCost{}
	for i := range before.Costs {
		was[before.Costs[i].Rule] = &before.Costs[i]
	}
	smallest := max(leastTime, least*median(before.Samples))
	var ratios []float64
	var thenAll, nowAll []float64 // what both sides measured, by round
	for i := range after.Costs {
		now := &after.Costs[i]
		then := was[now.Rule]
		if then == nil {
			c.Added = append(c.Added, now.Rule)
			continue
		}
		thenAll, nowAll = plus(thenAll, then.Samples), plus(nowAll, now.Samples)
		if b := median(then.Samples); b >= smallest {
			ratios = append(ratios, median(now.Samples)/b)
		}
	}
	if len(ratios) >= fewest {
		c.Drift = median(ratios)
	}
	for i := range after.Costs {
		now := &after.Costs[i]
		then := was[now.Rule]
		if then == nil {
			continue
		}
		delete(was, now.Rule)
		if s, slower := slowdown(then, now, max(1, c.Drift), smallest, limits); slower {
			s.Before *= after.Calibration / float64(max(1, now.Rows))
			s.After *= after.Calibration / float64(max(1, now.Rows))
			c.Slower = append(c.Slower, s)
		}
	}
	for rule := range was {
		c.Gone = append(c.Gone, rule)
	}
	slices.Sort(c.Gone)
	slices.SortStableFunc(c.Slower, func(a, b Slowdown) int {
		if a.loss > b.loss {
			return -1
		}
		return 1
	})
	c.whole(thenAll, nowAll, limits)
	return c
}

// slowdown compares one rule. Before and After are in units of the fixed work.
func slowdown(then, now *RuleCost, drift, smallest float64, limits Limits) (Slowdown, bool) {
	expected := make([]float64, len(then.Samples))
	bar := make([]float64, len(then.Samples))
	for i, v := range then.Samples {
		expected[i] = v * drift
		bar[i] = expected[i] * (1 + limits.Regression)
	}
	s := Slowdown{Rule: now.Rule, Before: median(expected), After: median(now.Samples), Chance: larger(now.Samples, bar)}
	s.loss = s.After - s.Before
	if s.Before > 0 {
		s.Ratio = s.After / s.Before
	} else if s.After > 0 {
		s.Ratio = math.MaxFloat32
	}
	return s, s.After > s.Before*(1+limits.Regression) && s.loss >= smallest && s.Chance <= level
}

// whole says whether the engine got slower, and not some rules of it.
func (c *Comparison) whole(then, now []float64, limits Limits) {
	if median(then) == 0 {
		return
	}
	c.Total = median(now) / median(then)
	bar := make([]float64, len(then))
	add(bar, then, 1/(1+limits.Regression))
	c.Whole = c.Total > 1+limits.Regression && c.Drift > 1+limits.Regression && larger(now, bar) <= level
}

// plus adds the values to those of sum, which grows to hold them.
func plus(sum, values []float64) []float64 {
	for len(sum) < len(values) {
		sum = append(sum, 0)
	}
	add(sum, values, 1)
	return sum
}

// Alarm says that something got slower.
func (c *Comparison) Alarm() bool { return c.Whole || len(c.Slower) > 0 }

// Confirm keeps of c what a second measurement, held against the same
// baseline, says too, with the smaller of both losses.
func (c *Comparison) Confirm(again *Comparison) {
	c.Whole = c.Whole && again.Whole
	c.Total, c.Drift = min(c.Total, again.Total), min(c.Drift, again.Drift)
	var kept []Slowdown
	for _, s := range c.Slower {
		at := slices.IndexFunc(again.Slower, func(o Slowdown) bool { return o.Rule == s.Rule })
		if at < 0 {
			continue
		}
		if o := again.Slower[at]; o.Ratio < s.Ratio {
			s = o
		}
		kept = append(kept, s)
	}
	c.Slower = kept
}

// Comparable says whether two measurements are of the same rows: the tables
// that differ, none where they are.
func Comparable(before, after *Costs) []string {
	var out []string
	rows := map[string]int64{}
	for _, t := range before.Tables {
		rows[t.Table] = t.Rows
	}
	for _, t := range after.Tables {
		if had, ok := rows[t.Table]; !ok || had != t.Rows {
			out = append(out, t.Table)
		}
		delete(rows, t.Table)
	}
	for t := range rows {
		out = append(out, t)
	}
	slices.Sort(out)
	return out
}
