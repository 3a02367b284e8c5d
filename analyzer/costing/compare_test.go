package costing

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// A simulation draws measurements as a busy machine gives them: every round
// has a speed of its own that the fixed work does not tell, every rule a
// spread, now and then a rule is interrupted, and each measurement lies
// elsewhere in memory.
type simulation struct {
	r                       *rand.Rand
	rounds                  int
	layout, speed, spread   float64 // standard deviations, as shares
	interrupted, interrupts float64 // how often, and what it costs
	costs                   map[string]float64
}

func busy(seed uint64) *simulation {
	s := &simulation{r: rand.New(rand.NewPCG(seed, 1)), rounds: 11, layout: 0.04, speed: 0.05, spread: 0.05, interrupted: 0.1, interrupts: 1,
		costs: map[string]float64{}}
	for i := range 90 { // from a thousandth of a unit to hundreds, as rules are
		s.costs[fmt.Sprintf("set/rule-%02d", i)] = 0.001 * math.Pow(10, float64(i)/16)
	}
	return s
}

// measure draws a measurement of rules whose cost is factor times their own.
func (s *simulation) measure(factor func(rule string) float64) *Costs {
	c := &Costs{Rounds: s.rounds, Calibration: 60_000, Samples: make([]float64, s.rounds)}
	speed := make([]float64, s.rounds)
	for i := range speed {
		speed[i] = 1 + s.speed*s.r.NormFloat64()
	}
	for i := range len(s.costs) {
		rule := fmt.Sprintf("set/rule-%02d", i)
		cost := RuleCost{Rule: rule, Table: "events", Rows: 1000}
		place := 1 + s.layout*s.r.NormFloat64()
		for round := range s.rounds {
			v := s.costs[rule] * factor(rule) * place * speed[round] * (1 + s.spread*s.r.NormFloat64())
			if s.r.Float64() < s.interrupted {
				v *= 1 + s.interrupts*s.r.Float64()
			}
			cost.Samples = append(cost.Samples, v)
			c.Samples[round] += v
		}
		c.Costs = append(c.Costs, cost)
	}
	return c
}

// alarm compares as bench does: what is slower is measured twice more.
func (s *simulation) alarm(before *Costs, factor func(string) float64, limits Limits) *Comparison {
	c := Compare(before, s.measure(factor), limits)
	for range 2 {
		if c.Alarm() {
			c.Confirm(Compare(before, s.measure(factor), limits))
		}
	}
	return c
}

func unchanged(string) float64 { return 1 }

// slowed makes one rule slower.
func slowed(rule string, by float64) func(string) float64 {
	return func(r string) float64 {
		if r == rule {
			return by
		}
		return 1
	}
}

var fifth = Limits{Regression: 0.2}

func names(c *Comparison) []string {
	out := []string{}
	for _, s := range c.Slower {
		out = append(out, s.Rule)
	}
	return out
}

func TestUnchangedRulesRaiseNoAlarm(t *testing.T) {
	for seed := range uint64(40) {
		s := busy(seed)
		before := s.measure(unchanged)
		for run := range 10 {
			c := s.alarm(before, unchanged, fifth)
			require.False(t, c.Alarm(), "seed %d, run %d: %v", seed, run, names(c))
		}
	}
}

func TestSlowedRuleIsNamedAndNoOther(t *testing.T) {
	for _, by := range []float64{1.5, 2, 40} {
		caught, tried := 0, 0
		for seed := range uint64(40) {
			s := busy(seed)
			before := s.measure(unchanged)
			for _, rule := range []string{"set/rule-72", "set/rule-80", "set/rule-89"} {
				tried++
				c := s.alarm(before, slowed(rule, by), fifth)
				require.False(t, c.Whole, "one rule is not the engine")
				if len(c.Slower) == 0 {
					continue
				}
				caught++
				require.Equal(t, []string{rule}, names(c), "seed %d, %.1f times", seed, by)
				require.InDelta(t, by, c.Slower[0].Ratio, 0.25*by)
			}
		}
		t.Logf("%.1f times: caught %d of %d", by, caught, tried)
		if by < 2 {
			require.Greater(t, caught, tried*9/10, "%.1f times", by)
		} else {
			require.Equal(t, tried, caught, "%.1f times", by)
		}
	}
}

func TestWhatCountsAsSlower(t *testing.T) {
	quiet := func() *simulation {
		s := busy(1)
		s.layout, s.speed, s.spread, s.interrupted = 0, 0, 0.001, 0
		return s
	}
	all := func(by float64) func(string) float64 { return func(string) float64 { return by } }
	tests := map[string]struct {
		factor func(string) float64
		limit  float64
		slower []string
		whole  bool
	}{
		"under the limit":                     {slowed("set/rule-80", 1.15), 0.2, []string{}, false},
		"over the limit":                      {slowed("set/rule-80", 1.25), 0.2, []string{"set/rule-80"}, false},
		"under a wider limit":                 {slowed("set/rule-80", 1.25), 0.5, []string{}, false},
		"too small to matter":                 {slowed("set/rule-10", 3), 0.2, []string{}, false},
		"small, and now it matters":           {slowed("set/rule-10", 30_000), 0.2, []string{"set/rule-10"}, false},
		"faster":                              {all(0.5), 0.2, []string{}, false},
		"the machine is slower":               {all(1.15), 0.2, []string{}, false},
		"the engine is slower, and no rule":   {all(1.4), 0.2, []string{}, true},
		"a rule on a machine that is slower":  {func(r string) float64 { return 1.1 * slowed("set/rule-85", 1.5)(r) }, 0.2, []string{"set/rule-85"}, false},
		"only as slow as the machine":         {func(r string) float64 { return 1.1 * slowed("set/rule-85", 1.15)(r) }, 0.2, []string{}, false},
		"a faster machine hides a slow rule?": {func(r string) float64 { return 0.9 * slowed("set/rule-85", 1.5)(r) }, 0.2, []string{"set/rule-85"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := quiet()
			before := s.measure(unchanged)
			c := s.alarm(before, test.factor, Limits{test.limit})
			require.Equal(t, test.slower, names(c))
			require.Equal(t, test.whole, c.Whole)
		})
	}
}

func TestSlowerRulesStandByLoss(t *testing.T) {
	s := busy(3)
	before := s.measure(unchanged)
	c := s.alarm(before, func(r string) float64 {
		return map[string]float64{"set/rule-75": 2, "set/rule-88": 2}[r] + map[bool]float64{true: 1}[r != "set/rule-75" && r != "set/rule-88"]
	}, fifth)
	require.Equal(t, []string{"set/rule-88", "set/rule-75"}, names(c))
}

func TestRulesOfOneSideOnlyAreToldAndDoNotAlarm(t *testing.T) {
	s := busy(4)
	before, after := s.measure(unchanged), s.measure(unchanged)
	before.Costs = before.Costs[:89]
	after.Costs = after.Costs[1:]
	c := Compare(before, after, fifth)
	require.Equal(t, []string{"set/rule-89"}, c.Added)
	require.Equal(t, []string{"set/rule-00"}, c.Gone)
	require.False(t, c.Alarm(), "a new rule of half the cost is not a slower engine")
	require.InDelta(t, 1, c.Total, 0.15, "the total is of what both measured")
}

func TestFewRulesAreTheirOwnMeasure(t *testing.T) {
	s := busy(5)
	s.costs = map[string]float64{"set/rule-00": 500, "set/rule-01": 400, "set/rule-02": 300}
	before := s.measure(unchanged)
	require.Equal(t, []string{"set/rule-01"}, names(s.alarm(before, slowed("set/rule-01", 1.6), fifth)))
}

func TestConfirmKeepsWhatBothSayAndTheSmallerLoss(t *testing.T) {
	first := &Comparison{Total: 1.3, Drift: 1.3, Whole: true, Slower: []Slowdown{{Rule: "a", Ratio: 3}, {Rule: "b", Ratio: 1.5}}}
	first.Confirm(&Comparison{Total: 1.1, Drift: 1.2, Slower: []Slowdown{{Rule: "c", Ratio: 9}, {Rule: "a", Ratio: 2}}})
	require.Equal(t, &Comparison{Total: 1.1, Drift: 1.2, Slower: []Slowdown{{Rule: "a", Ratio: 2}}}, first)
}

func TestComparableNamesTablesThatDiffer(t *testing.T) {
	a := &Costs{Tables: []TableCost{{Table: "events", Rows: 5}, {Table: "issues", Rows: 7}, {Table: "patients", Rows: 2}}}
	b := &Costs{Tables: []TableCost{{Table: "consents", Rows: 1}, {Table: "events", Rows: 6}, {Table: "patients", Rows: 2}}}
	require.Empty(t, Comparable(a, a))
	require.Equal(t, []string{"consents", "events", "issues"}, Comparable(a, b))
}
