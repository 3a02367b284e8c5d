package score

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// besideInput is a rule with a batch signal and two figures beside it.
func besideInput(days ...state.DayCount) Input {
	part := func(name, table, expect string) *rules.Rule {
		r := &rules.Rule{ID: rules.PartID("set/reviewed", name), Title: "Title of " + name, Table: schema.Lookup(table), Info: true, Evidence: "data"}
		r.Source.Expect = expect
		return r
	}
	rule := patientRule("set/reviewed", func(r *rules.Rule) {
		r.Parts = []*rules.Rule{part(rules.BatchPart, "events", ""), part("all", "patients", "true"), part("old", "allergies", "")}
	})
	in := input([]rules.Criterion{criterion(rule, rules.Major, 5)}, map[string]state.Tally{"set/reviewed": of(90, 100)})
	in.State.Rules = append(in.State.Rules, "set/reviewed#all", "set/reviewed#batch", "set/reviewed#old")
	p := &in.State.Practices[0]
	p.Tallies = append(p.Tallies, of(120, 160), of(0, 90), of(0, 7))
	if days != nil {
		p.Days = []state.Days{{Rule: "set/else#batch", Counts: []state.DayCount{{Day: asOf, Count: 99}}}, {Rule: "set/reviewed#batch", Counts: days}}
	}
	return in
}

func besideResult(t *testing.T, in Input) report.Result {
	t.Helper()
	results := Report(in).Practices[0].Results
	require.Len(t, results, 1, "a part has no result of its own")
	return results[0]
}

func TestEntriesOfOneDay(t *testing.T) {
	days := func(first calendar.Day, counts ...int64) []state.DayCount {
		var out []state.DayCount
		for i, n := range counts {
			out = append(out, state.DayCount{Day: first + calendar.Day(i), Count: n})
		}
		return out
	}
	const old = asOf - 400
	for name, test := range map[string]struct {
		days                     []state.DayCount
		entries, busiest, last28 int64
		busiestDay               string
		onOneDay, inLast28       bool
	}{
		"one in five is not more than a fifth":   {days(old, 4, 4, 4, 4, 4), 20, 4, 0, "2025-02-28", false, false},
		"more than one in five of one day":       {days(old, 5, 4, 4, 4, 3), 20, 5, 0, "2025-02-24", true, false},
		"too few to say":                         {days(old, 9, 2, 2, 2, 2, 2), 19, 9, 0, "2025-02-24", false, false},
		"many lately, none on one day":           {append(days(old, 4, 4, 4, 4, 4), days(asOf-5, 1, 1, 1, 1, 1, 1)...), 26, 4, 6, "2025-02-28", false, true},
		"a fifth lately is not more":             {append(days(old, 4, 4, 4, 4), days(asOf-3, 1, 1, 1, 1)...), 20, 4, 4, "2025-02-27", false, false},
		"28 days back is not of the last 28":     {days(asOf-28, 9, 30), 39, 30, 30, "2026-03-04", true, true},
		"the latest of several busiest days":     {days(asOf-1, 15, 15), 30, 15, 30, "2026-03-31", true, true},
		"all of one day, long ago, is one batch": {days(old, 100), 100, 100, 0, "2025-02-24", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := besideResult(t, besideInput(test.days...)).Batch
			require.Equal(t, []int64{test.entries, test.busiest, test.last28}, []int64{*got.Entries, *got.Busiest, *got.Last28})
			require.Equal(t, test.busiestDay, got.BusiestDay)
			require.InDelta(t, float64(test.busiest)/float64(test.entries), *got.BusiestShare, 1e-6)
			require.InDelta(t, float64(test.last28)/float64(test.entries), *got.Last28Share, 1e-6)
			require.Equal(t, []bool{test.onOneDay, test.inLast28}, []bool{got.ManyOnOneDay, got.ManyInLast28})
		})
	}
	none := besideResult(t, besideInput()).Batch
	require.Zero(t, *none.Entries)
	require.Nil(t, none.BusiestShare)
	require.Empty(t, none.BusiestDay)
}

func TestWhatIsBesideARuleIsNeverJudged(t *testing.T) {
	in := besideInput(state.DayCount{Day: asOf, Count: 90})
	with := Report(in).Practices[0]
	without := Report(input([]rules.Criterion{criterion(patientRule("set/reviewed"), rules.Major, 5)}, map[string]state.Tally{"set/reviewed": of(90, 100)})).Practices[0]
	require.Equal(t, without.Accreditations, with.Accreditations)

	beside := with.Results[0].Beside
	require.Equal(t, []string{"all", "old"}, []string{beside[0].Name, beside[1].Name})
	require.Equal(t, []int64{120, 160, 7}, []int64{*beside[0].Numerator, *beside[0].Denominator, *beside[1].Denominator})
	require.InDelta(t, 0.75, *beside[0].Rate, 0)
	require.Nil(t, beside[1].Numerator, "a plain count")
	require.Nil(t, beside[1].Rate)
}

func TestWhatIsBesideARuleMayBeMissing(t *testing.T) {
	in := besideInput()
	in.Missing = map[string][]string{"set/reviewed#batch": {"events.recorded_date"}, "set/reviewed#old": {"allergies"}}
	in.State.Practices[0].Tallies[2], in.State.Practices[0].Tallies[3] = state.Tally{Missing: true}, state.Tally{Missing: true}
	got := besideResult(t, in)
	require.Equal(t, []string{"events.recorded_date"}, got.Batch.Missing)
	require.Nil(t, got.Batch.Entries)
	require.Equal(t, []string{"allergies"}, got.Beside[1].Missing)
	require.Nil(t, got.Beside[1].Denominator)
	require.Empty(t, got.Missing, "the rule itself was measured")

	in = besideInput()
	in.Missing = map[string][]string{"set/reviewed": {"events"}}
	got = besideResult(t, in)
	require.Nil(t, got.Batch, "a rule that was not measured has nothing beside it")
	require.Empty(t, got.Beside)
}

func TestNothingBesideARuleIsPublished(t *testing.T) {
	in := besideInput(state.DayCount{Day: asOf, Count: 90})
	in.Level = report.Assessor
	require.NotNil(t, besideResult(t, in).Batch)
	in.Level = report.Publish
	got := besideResult(t, in)
	require.Nil(t, got.Batch)
	require.Empty(t, got.Beside)
	require.Subset(t, got.Suppressed, []string{"batch", "beside"})
}

// A question beside a rule that does not arise for the practice has no answer, and
// is not shown as one.
func TestAQuestionThatDoesNotAriseIsNotShown(t *testing.T) {
	asked := &rules.Rule{ID: rules.PartID("set/reviewed", "enough"), Title: "Is it enough", Table: schema.Practice, Info: true, Evidence: "data"}
	asked.Source.Expect = "true"
	rule := patientRule("set/reviewed", func(r *rules.Rule) { r.Parts = []*rules.Rule{asked} })
	for _, shown := range []int64{0, 1} {
		in := input([]rules.Criterion{criterion(rule, rules.Major, 5)}, map[string]state.Tally{"set/reviewed": of(90, 100)})
		in.State.Rules = append(in.State.Rules, asked.ID)
		in.State.Practices[0].Tallies = append(in.State.Practices[0].Tallies, of(0, shown))
		require.Len(t, besideResult(t, in).Beside, int(shown))
	}
}
