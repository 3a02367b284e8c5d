package analyzer

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/internal/run"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// The steps of a rule, taken together, say what the rule says: of every row, where
// is true if all of its steps are, and so on.
func TestStepsAgreeWithTheirRule(t *testing.T) {
	catalogue, err := rules.Embedded()
	require.NoError(t, err)
	x, err := Open(context.Background(), []string{filepath.Join("..", "testdata", "extracts", "paperlight")}, mapping.Options{AllowTestNumbers: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, x.Close()) }()
	out, err := Check(context.Background(), x, catalogue, run.Options{Steps: true, Reasons: true})
	require.NoError(t, err)
	judged := 0
	for _, rule := range catalogue.Rules {
		if rule.Checked == nil || out.Missing[rule.ID] != nil {
			continue
		}
		judged += agree(t, out, rule)
	}
	require.Greater(t, judged, 10000)
}

// agree returns how many rows of the rule it looked at.
func agree(t *testing.T, out *Outcome, rule *rules.Rule) int {
	t.Helper()
	ids, steps := []string{rule.ID}, out.Steps[rule.ID]
	own := map[string]int{}
	for i, s := range steps {
		if s.Depth == 0 {
			ids = append(ids, StepID(rule.ID, i))
			own[StepID(rule.ID, i)] = i
		}
	}
	whole := map[state.Position]Verdict{}
	reasons := map[state.Position][2]uint64{}
	parts := map[state.Position]map[string]Verdict{}
	require.NoError(t, Verdicts(context.Background(), out.Run, ids, func(r Row) error {
		if r.Rule == rule.ID {
			whole[r.Position], reasons[r.Position] = r.Verdict, [2]uint64{r.Unmet, r.Untold}
			return nil
		}
		if parts[r.Position] == nil {
			parts[r.Position] = map[string]Verdict{}
		}
		part := steps[own[r.Rule]].Part
		if v, ok := parts[r.Position][part]; !ok || r.Verdict == Outside || v == Failing {
			parts[r.Position][part] = r.Verdict
		}
		return nil
	}))
	for at, v := range whole {
		p := parts[at]
		want := Numerator
		switch expect := p["expect"]; {
		case p["where"] == Outside:
			want = Outside
		case p["where"] == Undetermined:
			want = Undetermined
		case p["exclude"] == Failing:
			want = Excluded
		case rule.Source.Expect == "" || expect == Outside:
			want = Failing
		case expect == Undetermined:
			want = Unknown
		}
		require.Equal(t, want, v, "%s %v", rule.ID, at)
		if rule.Source.Expect != "" && (v == Failing || v == Unknown) {
			require.NotZero(t, reasons[at][0]|reasons[at][1], "%s %v: a reason", rule.ID, at)
			require.Equal(t, v == Failing, reasons[at][0] != 0, "%s %v: what fails has a part that is false", rule.ID, at)
		}
	}
	require.True(t, rule.Table == schema.Practice || len(steps) > 0)
	return len(whole)
}
