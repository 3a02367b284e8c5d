package score

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// A made-up criterion that is judged as wanted.
type line struct {
	id       string
	severity rules.Severity
	weight   int
	comes    report.Status
}

func lines(all []line) ([]rules.Criterion, map[string]state.Tally) {
	var criteria []rules.Criterion
	tallies := make(map[string]state.Tally)
	for _, l := range all {
		criteria = append(criteria, criterion(patientRule(l.id), l.severity, l.weight))
		tallies[l.id] = map[report.Status]state.Tally{
			report.Passed: of(100, 100), report.Failed: of(0, 100), report.TooFew: of(4, 5),
			report.NotApplicable: of(0, 0), report.NotAssessable: {Missing: true},
		}[l.comes]
	}
	return criteria, tallies
}

func hundredthsOf(n int64) *int64 { return &n }

func TestVerdict(t *testing.T) {
	const (
		blocker, major                     = rules.Blocker, rules.Major
		passed, failed, tooFew, na, unseen = report.Passed, report.Failed, report.TooFew, report.NotApplicable, report.NotAssessable
	)
	for _, test := range []struct {
		says            string
		lines           []line
		verdict         report.Verdict
		score, coverage *int64
		answers         []string
	}{
		{"ready at 90 and over", []line{{"s/a", blocker, 90, passed}, {"s/b", major, 10, failed}},
			report.Ready, hundredthsOf(9000), hundredthsOf(10000), nil},
		{"nearly ready just under 90", []line{{"s/a", blocker, 899, passed}, {"s/b", major, 101, failed}},
			report.NearlyReady, hundredthsOf(8990), hundredthsOf(10000), nil},
		{"a score is cut, so that 89.999 is not 90", []line{{"s/a", blocker, 89999, passed}, {"s/b", major, 10001, failed}},
			report.NearlyReady, hundredthsOf(8999), hundredthsOf(10000), nil},
		{"nearly ready from 75", []line{{"s/a", major, 75, passed}, {"s/b", major, 25, failed}},
			report.NearlyReady, hundredthsOf(7500), hundredthsOf(10000), nil},
		{"not ready under 75", []line{{"s/a", major, 74, passed}, {"s/b", major, 26, failed}},
			report.NotReady, hundredthsOf(7400), hundredthsOf(10000), nil},
		{"a failed blocker, whatever the score", []line{{"s/a", major, 99, passed}, {"s/b", blocker, 1, failed}},
			report.NotReady, hundredthsOf(9900), hundredthsOf(10000), nil},
		{"a blocker without evidence", []line{{"s/a", major, 99, passed}, {"s/b", blocker, 1, unseen}},
			report.AnswersNeeded, hundredthsOf(10000), hundredthsOf(9900), []string{"s/b"}},
		{"a blocker with too few, for a check by hand", []line{{"s/a", major, 99, passed}, {"s/b", blocker, 1, tooFew}},
			report.AnswersNeeded, hundredthsOf(10000), hundredthsOf(10000), []string{"s/b"}},
		{"coverage under 0.8", []line{{"s/a", major, 79, passed}, {"s/b", major, 21, unseen}},
			report.AnswersNeeded, hundredthsOf(10000), hundredthsOf(7900), []string{"s/b"}},
		{"coverage of 0.8 is enough", []line{{"s/a", major, 80, passed}, {"s/b", major, 20, unseen}},
			report.Ready, hundredthsOf(10000), hundredthsOf(8000), nil},
		{"a failed blocker comes before answers", []line{{"s/a", blocker, 1, failed}, {"s/b", blocker, 1, unseen}},
			report.NotReady, hundredthsOf(0), hundredthsOf(5000), []string{"s/b"}},
		{"too few and not applicable are in neither score nor coverage",
			[]line{{"s/a", major, 10, passed}, {"s/b", major, 90, tooFew}, {"s/c", major, 90, na}},
			report.Ready, hundredthsOf(10000), hundredthsOf(10000), nil},
		{"nothing has evidence", []line{{"s/a", major, 10, unseen}},
			report.AnswersNeeded, nil, hundredthsOf(0), []string{"s/a"}},
		{"nothing applies", []line{{"s/a", major, 10, na}}, report.AnswersNeeded, nil, nil, nil},
	} {
		t.Run(test.says, func(t *testing.T) {
			a := Report(input(lines(test.lines))).Practices[0].Accreditations[0]
			require.Equal(t, test.verdict, a.Verdict)
			require.Equal(t, test.score, a.Score)
			require.Equal(t, test.coverage, a.Coverage)
			require.Equal(t, sorted(test.answers), a.AnswersNeeded)
		})
	}
}

func TestAFailingBlockerOfTheFileSetStopsScoring(t *testing.T) {
	criteria, tallies := lines([]line{
		{"file/identifiers-intact", rules.Blocker, 10, report.Failed},
		{"s/a", rules.Blocker, 5, report.Failed}, {"s/b", rules.Major, 5, report.Passed},
	})
	in := input(criteria, tallies)
	in.Scheme.Accreditations = append(in.Scheme.Accreditations, rules.Accreditation{ID: "other", Criteria: criteria[1:]})
	for _, a := range Report(in).Practices[0].Accreditations {
		require.Equal(t, report.Damaged, a.Verdict)
		require.Nil(t, a.Score)
		require.Nil(t, a.Coverage)
		require.Equal(t, []string{"file/identifiers-intact"}, a.BlockersFailed)
		for _, c := range a.Criteria {
			require.Zero(t, c.Points)
			require.Zero(t, c.Of)
		}
	}
	in.Scheme.Accreditations[0].Criteria[0].Severity = rules.Major
	require.Equal(t, report.NotReady, Report(in).Practices[0].Accreditations[0].Verdict, "only a blocker does")
}

func TestReadyOnlyIfWhatItNeedsIsReady(t *testing.T) {
	good := criterion(patientRule("s/good"), rules.Major, 10)
	weak := criterion(patientRule("s/weak"), rules.Major, 10)
	in := input([]rules.Criterion{good, weak}, map[string]state.Tally{"s/good": of(100, 100), "s/weak": of(0, 100)})
	in.Scheme.Accreditations = []rules.Accreditation{
		{ID: "last", Needs: []string{"scr"}, Criteria: []rules.Criterion{good}},
		{ID: "scr", Needs: []string{"data-quality", "paper-light"}, Criteria: []rules.Criterion{good}},
		{ID: "data-quality", Criteria: []rules.Criterion{good}},
		{ID: "paper-light", Criteria: []rules.Criterion{weak}},
	}
	a := Report(in).Practices[0].Accreditations
	require.Equal(t, report.NearlyReady, a[1].Verdict)
	require.Equal(t, []string{"paper-light"}, a[1].WaitsFor)
	require.Equal(t, report.NearlyReady, a[0].Verdict, "what waits keeps others waiting")
	require.Equal(t, []string{"scr"}, a[0].WaitsFor)
	require.Equal(t, report.Ready, a[2].Verdict)

	in.Scheme.Accreditations[3].Criteria = []rules.Criterion{good}
	for _, a := range Report(in).Practices[0].Accreditations {
		require.Equal(t, report.Ready, a.Verdict)
		require.Empty(t, a.WaitsFor)
	}
}

func TestCriteriaComeInOrderOfAttention(t *testing.T) {
	criteria, tallies := lines([]line{
		{"s/passed", rules.Blocker, 5, report.Passed}, {"s/na", rules.Major, 5, report.NotApplicable},
		{"s/few", rules.Major, 5, report.TooFew}, {"s/minor", rules.Minor, 9, report.Failed},
		{"s/major", rules.Major, 3, report.Failed}, {"s/heavy", rules.Major, 4, report.Failed},
		{"s/unknown", rules.Minor, 1, report.NotAssessable},
	})
	var order []string
	for _, c := range Report(input(criteria, tallies)).Practices[0].Accreditations[0].Criteria {
		order = append(order, c.Rule)
	}
	require.Equal(t, []string{"s/unknown", "s/heavy", "s/major", "s/minor", "s/few", "s/na", "s/passed"}, order)
}
