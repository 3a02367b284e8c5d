package oracle_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/exprtest"
	"paperlight/analyzer/expr/oracle"
)

// TestGraphMeansWhatTheInterpreterSays is the proof of the lowering: random
// rules over random records, row by row.
func TestGraphMeansWhatTheInterpreterSays(t *testing.T) {
	language, err := exprtest.Language()
	require.NoError(t, err)
	rules, rows, refused, assessed := 1500, 0, 0, 0
	if testing.Short() {
		rules = 500
	}
	tally := map[oracle.Truth]int{}
	for seed := range uint64(rules) {
		switch verdicts, ok := compare(t, language, seed); {
		case !ok:
			refused++
		case verdicts != nil:
			assessed++
			for _, v := range verdicts {
				if v.Counted {
					rows++
					tally[v.Where]++
				}
			}
		}
	}
	t.Logf("%d rules, %d refused, %d assessed, %d rows: %v", rules, refused, assessed, rows, tally)
	require.Less(t, refused, rules/4, "the generator writes rules that check")
	require.Greater(t, assessed, rules/4, "most rules can be assessed")
	for _, truth := range []oracle.Truth{oracle.False, oracle.True, oracle.Unknown} {
		require.Greater(t, tally[truth], rows/50, "rows are of every truth")
	}
}

func FuzzGraphMeansWhatTheInterpreterSays(f *testing.F) {
	language, err := exprtest.Language()
	require.NoError(f, err)
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { compare(t, language, seed) })
}

// compare runs the rule of a seed both ways. ok is false where the rule is
// refused; the verdicts are nil where it cannot be assessed.
func compare(t *testing.T, language *expr.Language, seed uint64) (verdicts []oracle.Verdict, ok bool) {
	g := exprtest.New(language, seed)
	data := g.Data()
	binding := g.Binding(data)
	source := g.Rule(binding)
	checked, err := language.Check(source)
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "random.md:") {
			require.True(t, line == "" || strings.Contains(line, "has no way back to") || strings.Contains(line, "texts of two different rows"), "seed %d: %s", seed, err)
		}
		return nil, false
	}
	lowered := checked.Lower(expr.NewGraph(), binding)
	if len(lowered.Missing) > 0 {
		return nil, true
	}
	want, err := oracle.New(language, data).Eval(checked, binding)
	require.NoError(t, err, "seed %d: %+v", seed, source)
	have, err := oracle.EvalGraph(data, lowered, source.Table)
	require.NoError(t, err, "seed %d: %+v", seed, source)
	for i := range want {
		require.Equal(t, want[i], have[i], "seed %d, %s row %d\nwhere   %s\nexclude %s\nexpect  %s\nvalue %s\nnodes %v\n%v\n%v\nas of %v",
			seed, source.Table.Name, i, source.Where, source.Exclude, source.Expect, source.Value, lowered.Where, lowered.Exclude, lowered.Expect, binding.AsOf)
	}
	return want, true
}
