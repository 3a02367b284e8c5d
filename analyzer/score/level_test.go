package score

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

func withReading(in Input) Input {
	patients := schema.Lookup("patients")
	in.State.Tables = []state.TableState{{
		Table: patients, Rows: 5003, Rejected: 3, DuplicateIDs: -1,
		Faults: []state.Fault{{Column: patients.Column("birth_date"), Want: "a date YYYY-MM-DD", Count: 3,
			First: []state.Position{{File: "patients.csv", Record: 17}}}},
	}}
	in.State.Notes = []string{"3 records were left out"}
	return in
}

func TestTheAssessorSeesNoPositions(t *testing.T) {
	in := withReading(input([]rules.Criterion{criterion(patientRule("s/a"), rules.Major, 5)}, map[string]state.Tally{"s/a": of(97, 100)}))
	require.EqualValues(t, 17, Report(in).Extract.Tables[0].Faults[0].First[0].Record)
	in.Level = report.Assessor
	r := Report(in)
	require.Empty(t, r.Extract.Tables[0].Faults[0].First)
	require.EqualValues(t, 97, *r.Practices[0].Results[0].Numerator, "counts are exact")
	require.Nil(t, r.Extract.Tables[0].DuplicateIDs)
}

func TestPublishedCountsAreHiddenOrRounded(t *testing.T) {
	for exact, want := range map[int64]int64{0: 0, 1: -1, 7: -1, 8: 10, 12: 10, 13: 15, 1002: 1000, 1003: 1005} {
		got, small := round(&exact)
		require.Equal(t, want == -1, small)
		if small {
			require.Nil(t, got)
		} else {
			require.Equal(t, want, *got)
		}
	}
}

func TestPublishedReport(t *testing.T) {
	value := state.Tally{Numerator: 4993, Denominator: 4998, Undetermined: 7, Excluded: 12, Value: 3.5, HasValue: true}
	in := withReading(input([]rules.Criterion{
		criterion(patientRule("s/a", threshold(percent(10000))), rules.Blocker, 5), criterion(patientRule("s/b"), rules.Major, 5),
	}, map[string]state.Tally{"s/a": value, "s/b": of(40, 40)}))
	exact := Report(in)
	in.Level = report.Publish
	r := Report(in)
	p := r.Practices[0]
	require.Empty(t, r.Extract.Tables)
	require.NotContains(t, r.Notes, "3 records were left out")

	a := p.Results[0]
	require.EqualValues(t, 4995, *a.Numerator)
	require.EqualValues(t, 5000, *a.Denominator)
	require.EqualValues(t, 10, *a.Excluded)
	require.Equal(t, 0.999, *a.Rate, "one decimal from 4,000 records, from rounded counts")
	require.Nil(t, a.Value)
	require.Nil(t, a.Undetermined)
	require.Equal(t, []string{"interval", "undetermined", "value"}, a.Suppressed)

	b := p.Results[1]
	require.EqualValues(t, 40, *b.Numerator)
	require.Nil(t, b.Rate, "100 % of a small group says something of everyone in it")
	require.Contains(t, b.Suppressed, "rate")

	c := p.Accreditations[0].Criteria[0]
	require.Nil(t, c.ToFix)
	require.Nil(t, c.Progress)
	require.Equal(t, []string{"failing", "progress", "to_fix"}, c.Suppressed)
	require.Equal(t, exact.Practices[0].Accreditations[0].Verdict, p.Accreditations[0].Verdict)
	require.Equal(t, exact.Practices[0].Accreditations[0].Score, p.Accreditations[0].Score)
}

// A rate says no more than its group allows: neither none nor all of a group
// under 100, whole percentages under 4,000 records, one decimal from there on.
func TestPublishedRates(t *testing.T) {
	const hidden = -1
	for _, c := range []struct {
		numerator, denominator int64
		rate                   float64
	}{
		{0, 40, hidden}, {40, 40, hidden}, {20, 40, 0.5}, {0, 95, hidden}, {95, 95, hidden}, {0, 100, 0}, {100, 100, 1},
		{1235, 3995, 0.31}, {1235, 4000, 0.309}, {1235, 4005, 0.308}, {0, 4000, 0}, {4000, 4000, 1},
	} {
		in := input([]rules.Criterion{criterion(patientRule("s/a", info), rules.Info, 0)}, map[string]state.Tally{"s/a": of(c.numerator, c.denominator)})
		in.Level = report.Publish
		r := Report(in).Practices[0].Results[0]
		require.Equal(t, c.rate == hidden, r.Rate == nil, "%d of %d", c.numerator, c.denominator)
		require.Equal(t, c.rate == hidden, slices.Contains(r.Suppressed, "rate"), "%d of %d", c.numerator, c.denominator)
		if r.Rate != nil {
			require.Equal(t, c.rate, *r.Rate, "%d of %d", c.numerator, c.denominator)
		}
	}
}

// 3,559 of 3,560 is not all, but rounds to it.
func TestRoundedCountsDoNotContradictTheOutcome(t *testing.T) {
	in := input([]rules.Criterion{
		criterion(patientRule("s/a", threshold(percent(10000))), rules.Blocker, 5), criterion(patientRule("s/b"), rules.Major, 5),
	}, map[string]state.Tally{"s/a": of(3559, 3560), "s/b": of(797, 1000)})
	in.Level = report.Publish
	p := Report(in).Practices[0]
	require.Nil(t, p.Results[0].Numerator)
	require.Nil(t, p.Results[0].Rate)
	require.EqualValues(t, 3560, *p.Results[0].Denominator)
	require.Equal(t, []string{roundedAway}, p.Results[0].Notes)
	require.EqualValues(t, 795, *p.Results[1].Numerator, "795 of 1000 still fails")
	require.EqualValues(t, 205, *p.Accreditations[0].Criteria[1].Failing)

	in.State.Practices[0].Tallies[1] = of(798, 1000)
	p = Report(in).Practices[0]
	require.Nil(t, p.Results[1].Numerator, "798 fails and 800 would not")
	require.Nil(t, p.Accreditations[0].Criteria[1].Failing)
}

func TestASmallListIsWithheld(t *testing.T) {
	for registered, withheld := range map[int64]bool{-1: true, 0: true, 100: true, 101: false} {
		in := input([]rules.Criterion{criterion(patientRule("s/a"), rules.Major, 5)}, map[string]state.Tally{"s/a": of(90, 100)})
		in.State.Practices[0].Registered = registered
		in.Level = report.Publish
		p := Report(in).Practices[0]
		require.Equal(t, withheld, len(p.Results) == 0)
		require.Equal(t, withheld, len(p.Accreditations) == 0)
		require.Equal(t, withheld, len(p.Notes) > 0)
	}
}

// No count from 1 to 7, and none that is not a multiple of 5, is published.
func TestNothingSmallIsPublished(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	for range rounds {
		in := generate(t, r)
		in.Level = report.Publish
		for _, p := range Report(in).Practices {
			counts := []*int64{p.RegisteredPatients}
			for _, x := range p.Results {
				counts = append(counts, x.Numerator, x.Denominator, x.Excluded, x.Undetermined, x.Unknown)
				require.Nil(t, x.Interval)
				require.True(t, slices.IsSorted(x.Suppressed))
			}
			results := make(map[string]report.Result)
			for _, x := range p.Results {
				results[x.Rule] = x
			}
			for _, a := range p.Accreditations {
				for _, c := range a.Criteria {
					x := results[c.Rule]
					require.False(t, contradicted(&c, &x))
					counts = append(counts, c.Failing, c.ToFix)
					require.Nil(t, c.Progress)
				}
			}
			for _, n := range counts {
				require.True(t, n == nil || *n == 0 || *n >= 10 && *n%5 == 0)
			}
		}
	}
}
