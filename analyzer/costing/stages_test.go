package costing

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// measureStages draws a measurement of rules and of four stages, as measure does.
func (s *simulation) measureStages(factor func(name string) float64) *Costs {
	c := s.measure(factor)
	for _, t := range []struct {
		name          string
		decode, place float64
	}{{"events", 800, 400}, {"staff", 2, 3}} {
		c.Tables = append(c.Tables, TableCost{Table: t.name, Rows: 1000, Columns: 5,
			DecodeSamples: s.stage(t.decode * factor("decode "+t.name)), PlaceSamples: s.stage(t.place * factor("place "+t.name))})
	}
	return c
}

func (s *simulation) stage(units float64) (out []float64) {
	place := 1 + s.layout*s.r.NormFloat64()
	for range s.rounds {
		out = append(out, units*place*(1+s.speed*s.r.NormFloat64())*(1+s.spread*s.r.NormFloat64()))
	}
	return out
}

func stageNames(c *Comparison) []string {
	out := []string{}
	for _, s := range c.Stages {
		out = append(out, s.Stage)
	}
	return out
}

func TestUnchangedStagesRaiseNoAlarm(t *testing.T) {
	for seed := range uint64(40) {
		s := busy(seed)
		before := s.measureStages(unchanged)
		for range 5 {
			c := Compare(before, s.measureStages(unchanged), fifth)
			c.Confirm(Compare(before, s.measureStages(unchanged), fifth))
			require.Empty(t, stageNames(c), "seed %d", seed)
			require.False(t, c.Unknown)
		}
	}
}

func TestSlowedStageIsNamedAndNoRule(t *testing.T) {
	for stage, want := range map[string][]string{
		"decode events": {"decode events"},
		"place events":  {"place events"},
		"decode staff":  {}, // 50% of next to nothing
	} {
		s := busy(7)
		before := s.measureStages(unchanged)
		c := Compare(before, s.measureStages(slowed(stage, 1.5)), fifth)
		c.Confirm(Compare(before, s.measureStages(slowed(stage, 1.5)), fifth))
		require.Equal(t, want, stageNames(c), stage)
		require.Empty(t, names(c), "a stage is no rule")
		require.Equal(t, len(want) > 0, c.Alarm())
		if len(want) > 0 {
			require.InDelta(t, 1.5, c.Stages[0].Ratio, 0.25)
			require.InDelta(t, c.Stages[0].Ratio, c.Stages[0].After/c.Stages[0].Before, 1e-9)
		}
	}
}

func TestSlowerStagesStandByLoss(t *testing.T) {
	s := busy(8)
	before := s.measureStages(unchanged)
	c := Compare(before, s.measureStages(func(name string) float64 {
		return map[bool]float64{true: 2, false: 1}[name == "place events" || name == "decode events"]
	}), fifth)
	require.Equal(t, []string{"decode events", "place events"}, stageNames(c))
}

// What rules newly read takes time to decode, and is no slower program.
func TestDecodingOfOtherColumnsIsToldAndNotCompared(t *testing.T) {
	s := busy(9)
	before, after := s.measureStages(unchanged), s.measureStages(func(string) float64 { return 3 })
	before.Tables[0].Columns = 4
	c := Compare(before, after, fifth)
	require.Equal(t, []string{"decode events"}, c.Unlike)
	require.NotContains(t, stageNames(c), "decode events")
}

func TestBaselineWithoutStagesComparesRulesAlone(t *testing.T) {
	s := busy(10)
	before, after := s.measure(unchanged), s.measureStages(slowed("set/rule-80", 2))
	c := Compare(before, after, fifth)
	require.True(t, c.Unknown)
	require.Empty(t, c.Stages)
	require.Equal(t, []string{"set/rule-80"}, names(c))
}
