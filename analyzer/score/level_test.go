package score

import (
	"bytes"
	"encoding/json"
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

// What is called is of use where the files are, and may be anybody's elsewhere.
func TestNamesOfFilesStayAtThePractice(t *testing.T) {
	in := withReading(input([]rules.Criterion{criterion(patientRule("s/a"), rules.Major, 5)}, map[string]state.Tally{"s/a": of(97, 100)}))
	in.Extract = Extract{Name: "zq-folder", Slips: []string{"zq.csv: nothing is read from it"}, Notes: []string{"zq.csv is not used"}}
	in.Options = []report.Option{
		{Name: "--declarations", Value: "zq.yaml", File: true, Reads: true, SHA256: "5e"}, {Name: "--as-of", Value: "2026-03-31"},
	}
	for level, shown := range map[report.Level]bool{report.Practice: true, report.Assessor: false, report.Publish: false} {
		in.Level = level
		r := Report(in)
		all, err := json.Marshal(r)
		require.NoError(t, err)
		require.Equal(t, shown, bytes.Contains(all, []byte("zq")), level)
		require.Equal(t, "2026-03-31", r.Options[1].Value)
		require.Equal(t, "5e", r.Options[0].SHA256)
	}
}

// publishedRule is what is published of one criterion and its counts.
func publishedRule(t *testing.T, tally state.Tally, mark rules.Threshold) (report.Result, report.Criterion, report.Accreditation) {
	t.Helper()
	in := input([]rules.Criterion{criterion(patientRule("s/a", threshold(mark)), rules.Blocker, 5)}, map[string]state.Tally{"s/a": tally})
	in.Level = report.Publish
	p := Report(in).Practices[0]
	return p.Results[0], p.Accreditations[0].Criteria[0], p.Accreditations[0]
}

// hidden is a count that is not shown.
const hidden = -1

func shownAs(n *int64) int64 {
	if n == nil {
		return hidden
	}
	return *n
}

func TestPublishedCounts(t *testing.T) {
	for _, c := range []struct {
		numerator, denominator int64
		mark                   rules.Threshold
		shown                  [4]int64 // numerator, denominator, failing, to fix
		status                 report.Status
	}{
		{4890, 4998, percent(10000), [4]int64{4890, 5000, 110, 110}, report.Failed},
		{4998, 4998, percent(10000), [4]int64{5000, 5000, 0, 0}, report.Passed},
		{4995, 4998, percent(10000), [4]int64{hidden, 5000, hidden, hidden}, report.Failed},
		{4991, 4998, percent(10000), [4]int64{hidden, 5000, hidden, hidden}, report.Failed},
		{4984, 4998, percent(10000), [4]int64{hidden, 5000, hidden, hidden}, report.Failed},
		{4975, 4998, percent(10000), [4]int64{hidden, 5000, hidden, hidden}, report.Failed},
		{4974, 4998, percent(10000), [4]int64{4970, 5000, 30, 30}, report.Failed},
		{3, 4998, percent(8000), [4]int64{hidden, 5000, hidden, hidden}, report.Failed},
		{0, 4998, percent(8000), [4]int64{0, 5000, 5000, 4000}, report.Failed},
		{0, 0, percent(8000), [4]int64{0, 0, hidden, hidden}, report.NotApplicable},
		{3, 3, percent(10000), [4]int64{hidden, hidden, hidden, hidden}, report.Hidden},
		{0, 14, percent(10000), [4]int64{hidden, hidden, hidden, hidden}, report.Hidden},
		{15, 15, percent(10000), [4]int64{20, 20, 0, 0}, report.Passed},
		// Up to 5 may fail of 5,000 at 99.9 %: met or not tells 1 to 5 from 6 and 7, and
		// none from both where the verdict tells the outcome.
		{4996, 4998, percent(9990), [4]int64{hidden, 5000, hidden, hidden}, report.Hidden},
		{4998, 4998, percent(9990), [4]int64{hidden, 5000, hidden, hidden}, report.Hidden},
		{4984, 4998, percent(9990), [4]int64{hidden, 5000, hidden, hidden}, report.Hidden},
		{4970, 4998, percent(9990), [4]int64{4970, 5000, 30, 30}, report.Failed},
		{4993, 4998, percent(9900), [4]int64{hidden, 5000, hidden, hidden}, report.Passed},
		{2, 60, atMost(500), [4]int64{hidden, 60, hidden, hidden}, report.Hidden},
		{0, 400, atMost(500), [4]int64{0, 400, 0, 0}, report.Passed},
		// 3,544 of 3,560 is less than 99.6 %, and 3,540 of 3,560 too; 3,550 is not.
		{3545, 3560, percent(9960), [4]int64{hidden, 3560, hidden, hidden}, report.Failed},
	} {
		r, got, _ := publishedRule(t, of(c.numerator, c.denominator), c.mark)
		require.Equal(t, c.shown, [4]int64{shownAs(r.Numerator), shownAs(r.Denominator), shownAs(got.Failing), shownAs(got.ToFix)}, "%+v", c)
		require.Equal(t, c.status, got.Status, "%+v", c)
		for field, is := range map[string]bool{"numerator": c.shown[0] == hidden, "denominator": c.shown[1] == hidden, "excluded": true, "undetermined": true, "unknown": true} {
			require.Equal(t, is, slices.Contains(r.Suppressed, field), "%+v: %s", c, field)
		}
		require.Equal(t, c.status == report.Hidden, slices.Contains(got.Suppressed, "status"))
	}
}

// The verdict is exact. What else is made of outcomes is not shown where one is
// hidden, in the order of the ledger and the lists included.
func TestAHiddenOutcomeIsHiddenEverywhere(t *testing.T) {
	serving := criterion(patientRule("s/a", threshold(percent(9990))), rules.Blocker, 5)
	serving.Requirement = "E1"
	in := input([]rules.Criterion{serving, criterion(patientRule("s/b"), rules.Major, 95)}, map[string]state.Tally{"s/b": of(900, 1000)})
	in.Scheme.Requirements = []rules.Requirement{{ID: "E1", Kind: "essential", Title: "All is well"}}
	in.State.Rules, in.Level = append(in.State.Rules, "s/a"), report.Publish
	in.State.Practices[0].Tallies = append(in.State.Practices[0].Tallies, state.Tally{})
	published := func(tally state.Tally) report.PracticeReport {
		in.State.Practices[0].Tallies[1] = tally
		return Report(in).Practices[0]
	}
	met, missed := published(of(4996, 4998)), published(of(4991, 4998))
	require.Equal(t, report.Ready, met.Accreditations[0].Verdict)
	require.Equal(t, report.NotReady, missed.Accreditations[0].Verdict)
	met.Accreditations[0].Verdict = report.NotReady
	require.Equal(t, met, missed, "all else is as it would be")

	a := met.Accreditations[0]
	require.Equal(t, []string{"assured_score", "coverage", "score"}, a.Suppressed)
	require.Equal(t, &[2]int64{9500, 10000}, a.ScoreBetween)
	require.Nil(t, a.Score)
	require.Empty(t, a.BlockersFailed)
	require.Equal(t, report.NotShown, met.Requirements[0].Status)
	require.Empty(t, met.Requirements[0].DecidedBy)
	for _, c := range a.Criteria {
		require.Zero(t, c.Points+c.Of)
	}
}

// A rate says no more than its group allows: neither none nor all of a group
// under 100, whole percentages under 4,000 records, one decimal from there on.
func TestPublishedRates(t *testing.T) {
	for _, c := range []struct {
		numerator, denominator int64
		rate                   float64
	}{
		{0, 40, hidden}, {40, 40, hidden}, {20, 40, hidden}, {40, 80, 0.5}, {0, 94, hidden}, {94, 94, hidden}, {0, 100, 0}, {100, 100, 1},
		{1240, 3990, 0.31}, {1240, 4000, 0.31}, {1240, 4010, 0.309}, {0, 4000, 0}, {4000, 4000, 1},
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

// Notes say how many were left out and what could not be told. Of them the answers
// of the practice alone are published, with their day and without their words.
func TestOnlyAnswersAreNoted(t *testing.T) {
	rule := patientRule("s/a", func(r *rules.Rule) {
		r.Evidence, r.Declares, r.Answers = "data_or_declared", "policy", []string{"yes", "no"}
	})
	in := input([]rules.Criterion{criterion(rule, rules.Blocker, 5)}, map[string]state.Tally{"s/a": {Numerator: 50, Denominator: 60, Undetermined: 4, Excluded: 25}})
	in.Declarations = []rules.Declaration{yesOn(t, "2026-01-31")}
	in.RuleNotes = map[string][]string{"s/a": {"an alternative was used"}}
	require.Greater(t, len(Report(in).Practices[0].Results[0].Notes), 3)
	in.Level = report.Publish
	require.Equal(t, []string{"declared yes on 31 January 2026"}, Report(in).Practices[0].Results[0].Notes)
}

// No count from 1 to 7, and none that is not a multiple of 10, is published.
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
			for _, a := range p.Accreditations {
				for _, c := range a.Criteria {
					counts = append(counts, c.Failing, c.ToFix)
					require.Nil(t, c.Progress)
				}
			}
			for _, n := range counts {
				require.True(t, n == nil || *n%10 == 0)
			}
		}
	}
}
