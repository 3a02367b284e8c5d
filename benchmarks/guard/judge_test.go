package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/costing"
)

// costs are those of the checked-in baseline, as they are or with what a rule or a
// stage took multiplied.
func costs(t *testing.T, factors map[string]float64) *costing.Costs {
	t.Helper()
	text, err := os.ReadFile("baseline.json")
	require.NoError(t, err)
	c := &costing.Costs{}
	require.NoError(t, json.Unmarshal(text, c))
	require.Greater(t, len(c.Costs), 100, "the baseline is of the whole catalogue")
	found := 0
	scale := func(samples []float64, names ...string) {
		for _, name := range names {
			if by, ok := factors[name]; ok {
				found++
				for i := range samples {
					samples[i] *= by
				}
			}
		}
	}
	for i := range c.Costs {
		scale(c.Costs[i].Samples, c.Costs[i].Rule)
	}
	for i := range c.Tables {
		scale(c.Tables[i].DecodeSamples, "decode "+c.Tables[i].Table)
		scale(c.Tables[i].PlaceSamples, "place "+c.Tables[i].Table)
	}
	require.Equal(t, len(factors), found, "the baseline has all that is to be changed")
	return c
}

// A finding is what one comparison comes to: what takes so many times what the baseline says.
type finding map[string]float64

// here is a machine that a baseline can be of.
var here = tool{Version: "0123456789ab", Go: "go1.26.8", System: "linux/amd64", Processor: "A processor, family 6, model 143, stepping 8"}

// judged has guard judge what runs find, in turn: those against the baseline, and
// those against the program of before, which is measured here; nil where it cannot be.
func judged(t *testing.T, was tool, checkedIn, measuredHere []finding) (slower []string, said string, left int) {
	t.Helper()
	var out bytes.Buffer
	runs := map[string][]finding{"baseline.json": checkedIn, "before.json": measuredHere}
	g := &guard{out: &out,
		compare: func(baseline string) (*costing.Comparison, error) {
			require.NotEmpty(t, runs[baseline], "one run more than is needed against %s", baseline)
			next := runs[baseline][0]
			runs[baseline] = runs[baseline][1:]
			if next == nil {
				return nil, &refusal{"measured over other rows: events"}
			}
			return costing.Compare(costs(t, nil), costs(t, next), costing.Limits{Regression: 0.25}), nil
		},
		earlier: func() (string, string, error) {
			if measuredHere == nil {
				return "", "", errors.New("fetch the history")
			}
			return "before.json", "0123456789ab", nil
		}}
	slower, err := g.judge("baseline.json", was, here)
	require.NoError(t, err)
	return slower, out.String(), len(runs["baseline.json"]) + len(runs["before.json"])
}

func TestGuardFailsOnWhatIsNamedTwice(t *testing.T) {
	const rule, stage = "coding/no-repeat-entry", "decode events"
	other := here
	other.Processor = "A processor, family 6, model 85, stepping 7"
	same, slow := finding{}, finding{rule: 2}
	tests := map[string]struct {
		was                     tool
		checkedIn, measuredHere []finding
		slower                  []string
		says                    string
	}{
		"an unchanged program":                       {here, []finding{same}, nil, nil, "nothing is slower"},
		"a slow rule":                                {here, []finding{slow, slow}, []finding{slow}, []string{rule}, "SLOWER: " + rule},
		"a slow stage":                               {here, []finding{{stage: 2}, {stage: 2}}, []finding{{stage: 2}}, []string{stage}, "SLOWER: " + stage},
		"a rule under the limit":                     {here, []finding{{rule: 1.2}}, nil, nil, "nothing is slower"},
		"a rule that is slow once":                   {here, []finding{slow, same}, nil, nil, "nothing is named twice"},
		"two rules, each once":                       {here, []finding{slow, {"values/blood-pressure-plausible": 2}}, nil, nil, "nothing is named twice"},
		"a rule twice and a stage once":              {here, []finding{{rule: 2, stage: 2}, slow}, []finding{slow}, []string{rule}, "SLOWER: " + rule},
		"a machine that is slow, and no program":     {here, []finding{slow, slow}, []finding{same}, nil, "this machine is slower"},
		"a slow rule, and no history to build from":  {here, []finding{slow, slow}, nil, []string{rule}, "the baseline alone decides"},
		"another processor, unchanged":               {other, nil, []finding{same}, nil, "it is of A processor, family 6, model 85"},
		"another processor, and a slow rule":         {other, nil, []finding{slow, slow}, []string{rule}, "SLOWER: " + rule},
		"another processor, and a rule slow once":    {other, nil, []finding{slow, same}, nil, "nothing is named twice"},
		"another processor, and no history":          {other, nil, nil, nil, "LEFT OUT: nothing says whether the program got slower: fetch the history"},
		"a baseline of other rows, unchanged":        {here, []finding{nil}, []finding{same}, nil, "other rows: events\nmake baseline makes it anew"},
		"a baseline of other rows, and a slow stage": {here, []finding{nil}, []finding{{stage: 3}, {stage: 3}}, []string{stage}, "SLOWER: " + stage},
		"a baseline of other rows, and no history":   {here, []finding{nil}, nil, nil, "LEFT OUT: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			slower, said, left := judged(t, test.was, test.checkedIn, test.measuredHere)
			require.Equal(t, test.slower, slower, said)
			require.Contains(t, said, test.says)
			require.Zero(t, left, "every run is needed")
			if len(slower) == 0 {
				require.NotContains(t, said, "SLOWER:")
			}
		})
	}
}

func TestEveryRuleSlowedIsNamedAsOne(t *testing.T) {
	all := finding{}
	for _, c := range costs(t, nil).Costs {
		all[c.Rule] = 1.5
	}
	slower, _, _ := judged(t, here, []finding{all, all}, []finding{all})
	require.Equal(t, []string{everyRule}, slower)
}

func TestRulesThatCameOrWentAreToldAndFailNothing(t *testing.T) {
	var out bytes.Buffer
	before, after := costs(t, nil), costs(t, nil)
	before.Costs, after.Costs = before.Costs[1:], after.Costs[:len(after.Costs)-1]
	g := &guard{out: &out, compare: func(string) (*costing.Comparison, error) {
		return costing.Compare(before, after, costing.Limits{Regression: 0.25}), nil
	}}
	slower, err := g.judge("baseline.json", here, here)
	require.NoError(t, err)
	require.Empty(t, slower)
	require.Contains(t, out.String(), "new rules, not compared: "+after.Costs[0].Rule)
	require.Contains(t, out.String(), "rules that did not run any more: "+before.Costs[len(before.Costs)-1].Rule)
}

// Another fault of bench is no reason to pass.
func TestFaultsOfTheRunAreErrors(t *testing.T) {
	g := &guard{out: &bytes.Buffer{}, compare: func(string) (*costing.Comparison, error) { return nil, errors.New("ended with 70") },
		earlier: func() (string, string, error) { return "before.json", "abc", nil }}
	_, err := g.judge("baseline.json", here, here)
	require.ErrorContains(t, err, "ended with 70")
	_, err = g.judge("baseline.json", tool{}, here)
	require.ErrorContains(t, err, "ended with 70")
}

func TestWhichMachinesAreAlike(t *testing.T) {
	require.Empty(t, unlike(here, here))
	older := here
	older.Version = "another"
	require.Empty(t, unlike(older, here), "that is what is compared")
	for says, change := range map[string]func(*tool){
		"it is of B":                     func(t *tool) { t.Processor = "B" },
		"kind of processor is not known": func(t *tool) { t.Processor = "" },
		"it is of linux/arm64":           func(t *tool) { t.System = "linux/arm64" },
		"it was built with go1.25":       func(t *tool) { t.Go = "go1.25" },
	} {
		was := here
		change(&was)
		require.Contains(t, unlike(was, here), says)
	}
}

func TestTheBaselineSaysWhereItIsFrom(t *testing.T) {
	m, err := readMeasured("baseline.json")
	require.NoError(t, err)
	require.NotEmpty(t, m.Tool.Processor)
	require.NotEmpty(t, m.Tool.Go)
	require.Regexp(t, "^[0-9a-f]{12}$", m.Tool.Version, "the commit that it is of")
	require.Nil(t, m.Comparison)
	require.NotEmpty(t, costs(t, nil).Tables[1].DecodeSamples, "it has stages")
	require.Positive(t, costs(t, nil).Calibration)
	file, err := os.Stat("baseline.json")
	require.NoError(t, err)
	require.Less(t, file.Size(), int64(1<<20))
}
