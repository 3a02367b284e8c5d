package costing

import (
	"cmp"
	"math"
	"slices"
)

// Limits say when a rule or a stage counts as slower than its baseline.
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
	// Stages are the stages of tables that got slower, by loss too. Unlike are
	// those that cannot be compared, since rules read more or fewer columns of
	// the table. Unknown says that the baseline has no stages: old versions did
	// not write them.
	Stages  []Slowdown `json:"slower_stages,omitempty"`
	Unlike  []string   `json:"unlike_stages,omitempty"`
	Unknown bool       `json:"no_stages,omitempty"`
	// Added and Gone are rules that only one side measured.
	Added []string `json:"added,omitempty"`
	Gone  []string `json:"gone,omitempty"`
}

// A Slowdown is a rule or a stage that got slower.
type Slowdown struct {
	Rule string `json:"rule,omitempty"`
	// Stage is decode or place, and of which table: "decode events".
	Stage string `json:"stage,omitempty"`
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
// that it is over the limit, and not there by accident. So is a stage of a table.
// The engine is slower when all rules together are, and most of them.
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
		if s, slower := slowdown(then.Samples, now.Samples, max(1, c.Drift), smallest, limits); slower {
			s.Rule = now.Rule
			c.Slower = append(c.Slower, s.perRow(now.Rows, after.Calibration))
		}
	}
	for rule := range was {
		c.Gone = append(c.Gone, rule)
	}
	slices.Sort(c.Gone)
	c.stages(before, after, limits)
	slices.SortStableFunc(c.Slower, byLoss)
	slices.SortStableFunc(c.Stages, byLoss)
	c.whole(thenAll, nowAll, limits)
	return c
}

func byLoss(a, b Slowdown) int { return cmp.Compare(b.loss, a.loss) }

// perRow turns units of the fixed work into nanoseconds a row.
func (s Slowdown) perRow(rows int64, calibration float64) Slowdown {
	s.Before *= calibration / float64(max(1, rows))
	s.After *= calibration / float64(max(1, rows))
	return s
}

// slowdown compares the rounds of one rule or stage. Before and After are in units
// of the fixed work.
func slowdown(then, now []float64, drift, smallest float64, limits Limits) (Slowdown, bool) {
	expected := make([]float64, len(then))
	bar := make([]float64, len(then))
	for i, v := range then {
		expected[i] = v * drift
		bar[i] = expected[i] * (1 + limits.Regression)
	}
	s := Slowdown{Before: median(expected), After: median(now), Chance: larger(now, bar)}
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
func (c *Comparison) Alarm() bool { return c.Whole || len(c.Slower)+len(c.Stages) > 0 }

// Confirm keeps of c what a second measurement, held against the same
// baseline, says too, with the smaller of both losses.
func (c *Comparison) Confirm(again *Comparison) {
	c.Whole = c.Whole && again.Whole
	c.Total, c.Drift = min(c.Total, again.Total), min(c.Drift, again.Drift)
	c.Slower, c.Stages = confirmed(c.Slower, again.Slower), confirmed(c.Stages, again.Stages)
}

// confirmed are those of found that again has too.
func confirmed(found, again []Slowdown) (kept []Slowdown) {
	for _, s := range found {
		at := slices.IndexFunc(again, func(o Slowdown) bool { return o.Rule == s.Rule && o.Stage == s.Stage })
		if at < 0 {
			continue
		}
		if o := again[at]; o.Ratio < s.Ratio {
			s = o
		}
		kept = append(kept, s)
	}
	return kept
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
