package score

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// A made-up criterion that is judged as wanted. A rule of the set declared can be
// answered too.
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
		r := patientRule(l.id)
		if r.Set() == "declared" {
			r.Evidence, r.Declares, r.Answers = "data_or_declared", "policy", []string{"yes", "no"}
		}
		criteria = append(criteria, criterion(r, l.severity, l.weight))
		tallies[l.id] = map[report.Status]state.Tally{
			report.Passed: of(100, 100), report.Failed: of(0, 100), report.TooFew: of(4, 5),
			report.NotApplicable: of(0, 0), report.NotAssessable: {Missing: true},
		}[l.comes]
	}
	return criteria, tallies
}

func TestVerdict(t *testing.T) {
	const (
		blocker, major                     = rules.Blocker, rules.Major
		passed, failed, tooFew, na, unseen = report.Passed, report.Failed, report.TooFew, report.NotApplicable, report.NotAssessable
	)
	for _, test := range []struct {
		says                     string
		lines                    []line
		verdict                  report.Verdict
		score, assured, coverage int64 // below 0: none
		answers, unjudged        []string
	}{
		{"ready at 90 and over", []line{{"s/a", blocker, 90, passed}, {"s/b", major, 10, failed}},
			report.Ready, 9000, 9000, 10000, nil, nil},
		{"nearly ready just under 90", []line{{"s/a", blocker, 899, passed}, {"s/b", major, 101, failed}},
			report.NearlyReady, 8990, 8990, 10000, nil, nil},
		{"a score is cut, so that 89.999 is not 90", []line{{"s/a", blocker, 89999, passed}, {"s/b", major, 10001, failed}},
			report.NearlyReady, 8999, 8999, 10000, nil, nil},
		{"nearly ready from 75", []line{{"s/a", major, 75, passed}, {"s/b", major, 25, failed}},
			report.NearlyReady, 7500, 7500, 10000, nil, nil},
		{"not ready under 75", []line{{"s/a", major, 74, passed}, {"s/b", major, 26, failed}},
			report.NotReady, 7400, 7400, 10000, nil, nil},
		{"a failed blocker, whatever the score", []line{{"s/a", major, 99, passed}, {"s/b", blocker, 1, failed}},
			report.NotReady, 9900, 9900, 10000, nil, nil},
		{"a blocker that an answer settles", []line{{"s/a", major, 99, passed}, {"declared/b", blocker, 1, unseen}},
			report.AnswersNeeded, 10000, 9900, 9900, []string{"declared/b"}, []string{"declared/b"}},
		{"a blocker that no answer settles", []line{{"s/a", major, 99, passed}, {"s/b", blocker, 1, unseen}},
			report.Undecided, 10000, 9900, 9900, nil, []string{"s/b"}},
		{"a blocker with too few, for a check by hand", []line{{"s/a", major, 99, passed}, {"s/b", blocker, 1, tooFew}},
			report.AnswersNeeded, 10000, 9900, 10000, []string{"s/b"}, []string{"s/b"}},
		{"a blocker with nothing eligible has no evidence", []line{{"s/a", major, 99, passed}, {"s/b", blocker, 1, na}},
			report.Undecided, 10000, 9900, 10000, nil, []string{"s/b"}},
		{"coverage under 0.8, and answers would give it", []line{{"s/a", major, 79, passed}, {"declared/b", major, 21, unseen}},
			report.AnswersNeeded, 10000, 7900, 7900, []string{"declared/b"}, nil},
		{"coverage under 0.8, and nothing would give it", []line{{"s/a", major, 79, passed}, {"s/b", major, 21, unseen}},
			report.Undecided, 10000, 7900, 7900, nil, nil},
		{"coverage of 0.8 is enough", []line{{"s/a", major, 80, passed}, {"s/b", major, 20, unseen}},
			report.Ready, 10000, 8000, 8000, nil, nil},
		{"an assured score under 75, and a check by hand would raise it", []line{{"s/a", major, 70, passed}, {"s/b", major, 30, tooFew}},
			report.AnswersNeeded, 10000, 7000, 10000, nil, nil},
		{"an assured score under 75, and nothing would raise it", []line{{"s/a", major, 70, passed}, {"s/b", major, 30, na}},
			report.Undecided, 10000, 7000, 10000, nil, nil},
		{"a quarter may not apply", []line{{"s/a", major, 75, passed}, {"s/b", major, 25, na}},
			report.Ready, 10000, 7500, 10000, nil, nil},
		{"a failed blocker comes before answers", []line{{"s/a", blocker, 1, failed}, {"declared/b", blocker, 1, unseen}},
			report.NotReady, 0, 0, 5000, []string{"declared/b"}, []string{"declared/b"}},
		{"nothing has evidence, and answers give it", []line{{"declared/a", major, 10, unseen}},
			report.AnswersNeeded, -1, 0, 0, []string{"declared/a"}, nil},
		{"nothing has evidence", []line{{"s/a", major, 10, unseen}}, report.Undecided, -1, 0, 0, nil, nil},
		{"nothing applies", []line{{"s/a", major, 10, na}}, report.Undecided, -1, 0, -1, nil, nil},
	} {
		t.Run(test.says, func(t *testing.T) {
			a := Report(input(lines(test.lines))).Practices[0].Accreditations[0]
			require.Equal(t, test.verdict, a.Verdict)
			for _, one := range []struct {
				want int64
				got  *int64
			}{{test.score, a.Score}, {test.assured, a.AssuredScore}, {test.coverage, a.Coverage}} {
				if one.want < 0 {
					require.Nil(t, one.got)
				} else {
					require.Equal(t, one.want, *one.got)
				}
			}
			require.Equal(t, sorted(test.answers), a.AnswersNeeded)
			require.Equal(t, sorted(test.unjudged), a.BlockersUnjudged)
			require.Equal(t, test.verdict == report.Undecided, len(a.Undecided) > 0, "why nobody can tell")
		})
	}
}

// Nobody is judged by a handful of patients, however good their records.
func TestAListTooSmallToJudgeBy(t *testing.T) {
	for registered, want := range map[int64]report.Verdict{-1: report.Undecided, 0: report.Undecided, 99: report.Undecided, 100: report.Ready} {
		in := serving([]line{{"s/a", rules.Blocker, 5, report.Passed}})
		in.State.Practices[0].Registered = registered
		p := Report(in).Practices[0]
		require.Equal(t, want, p.Accreditations[0].Verdict, "%d registered", registered)
		require.Equal(t, want == report.Ready, p.Requirements[0].Status == report.Met)
	}
	in := serving([]line{{"s/a", rules.Blocker, 5, report.Failed}})
	in.State.Practices[0].Registered = 3
	p := Report(in).Practices[0]
	require.Equal(t, report.NotReady, p.Accreditations[0].Verdict, "a fault is a fault")
	require.Equal(t, report.NotMet, p.Requirements[0].Status)
}

func TestASelectionHasNoVerdict(t *testing.T) {
	in := serving([]line{{"s/a", rules.Blocker, 5, report.Failed}, {"s/b", rules.Major, 5, report.Passed}})
	in.Selection = true
	r := Report(in)
	a := r.Practices[0].Accreditations[0]
	require.True(t, r.Selection)
	require.Equal(t, report.NoVerdict, a.Verdict)
	require.Nil(t, a.Score)
	require.Nil(t, a.AssuredScore)
	require.Equal(t, []string{"s/a"}, a.BlockersFailed, "its gates stay")
	require.Equal(t, report.Failed, a.Criteria[0].Status)

	in.Catalogue.Rules = in.Catalogue.Rules[1:]
	in.State.Rules, in.State.Practices[0].Tallies = in.State.Rules[1:], in.State.Practices[0].Tallies[1:]
	p := Report(in).Practices[0]
	require.Len(t, p.Accreditations[0].Criteria, 1, "what was left out is no criterion")
	require.Len(t, p.Results, 1)
	in.Catalogue.Rules = nil
	in.State.Rules, in.State.Practices[0].Tallies = nil, nil
	require.Empty(t, Report(in).Practices[0].Accreditations)
}

// A criterion of outgoing extracts is no part of any other's accreditation.
func TestWhatIsAskedOfOutgoingExtractsOnly(t *testing.T) {
	criteria, tallies := lines([]line{{"s/a", rules.Blocker, 5, report.Failed}, {"s/b", rules.Blocker, 5, report.Passed}})
	criteria[0].Only = rules.Outgoing
	in := input(criteria, tallies)
	a := Report(in).Practices[0].Accreditations[0]
	require.Equal(t, report.Ready, a.Verdict)
	require.Len(t, a.Criteria, 1)
	require.Equal(t, int64(10000), *a.AssuredScore)
	in.State.Practices[0].Outgoing = true
	require.Equal(t, report.NotReady, Report(in).Practices[0].Accreditations[0].Verdict)
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

// What is asked of a file that leaves the practice is not asked of one that stays; but
// that it would not be met is said, and no figure of it is published.
func TestAFileThatStaysIsNotAskedWhatOneThatLeavesIs(t *testing.T) {
	for _, test := range []struct {
		tally    state.Tally
		outgoing bool
		level    report.Level
		want     []string
	}{
		{of(0, 100), false, report.Practice, []string{"s/leaves"}},
		{of(0, 100), false, report.Publish, []string{}},
		{of(100, 100), false, report.Practice, []string{}},
		{of(0, 100), true, report.Practice, []string{}},
	} {
		c := criterion(patientRule("s/leaves"), rules.Blocker, 5)
		c.Only = rules.Outgoing
		in := input([]rules.Criterion{criterion(patientRule("s/a"), rules.Major, 5), c}, map[string]state.Tally{"s/a": of(100, 100), "s/leaves": test.tally})
		in.State.Practices[0].Outgoing, in.Level = test.outgoing, test.level
		a := Report(in).Practices[0].Accreditations[0]
		require.Equal(t, test.want, a.NotAsked)
		require.Len(t, a.Criteria, map[bool]int{true: 2, false: 1}[test.outgoing])
	}
}

// A report names each open question once, and says which can stop the practice.
func TestQuestions(t *testing.T) {
	in := input([]rules.Criterion{
		criterion(declaredRule("s/a", "policy"), rules.Blocker, 5),
		criterion(declaredRule("s/b", "policy"), rules.Minor, 1),
		criterion(declaredRule("s/c", "guardian"), rules.Info, 0),
		criterion(patientRule("s/d"), rules.Major, 50),
	}, map[string]state.Tally{"s/d": of(100, 100)})
	require.Equal(t, []report.Question{
		{Key: "policy", Rules: []string{"s/a", "s/b"}, Needed: true, Blocks: true},
		{Key: "guardian", Rules: []string{"s/c"}},
	}, Report(in).Practices[0].Questions)
	in.Declarations = []rules.Declaration{yesOn(t, "2026-03-30")}
	require.Equal(t, []report.Question{{Key: "guardian", Rules: []string{"s/c"}}}, Report(in).Practices[0].Questions, "what was answered is not asked again")
	in.Declarations[0].Answer, in.Declarations[0].Evidence = rules.No, ""
	require.Equal(t, "policy", Report(in).Practices[0].Questions[0].Key, "but for a no that lacks its grounds")
}
