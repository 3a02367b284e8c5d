package score

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

func emptyMet(r *rules.Rule)   { r.EmptyMet = true }
func info(r *rules.Rule)       { r.Info = true }
func onPractice(r *rules.Rule) { r.Table = schema.Lookup("practice") }

func threshold(t rules.Threshold) func(*rules.Rule) {
	return func(r *rules.Rule) { r.Threshold = t }
}

func TestStatusOfACriterion(t *testing.T) {
	for _, test := range []struct {
		says   string
		rule   *rules.Rule
		tally  state.Tally
		status report.Status
		basis  string
	}{
		{"met", patientRule("set/a"), of(80, 100), report.Passed, "measured"},
		{"not met", patientRule("set/a"), of(79, 100), report.Failed, "measured"},
		{"few records and no certainty", patientRule("set/a"), of(4, 5), report.TooFew, "measured"},
		{"few records, plainly under", patientRule("set/a"), of(0, 10), report.Failed, "measured"},
		{"a threshold of 100 % passes only when nothing fails, however few",
			patientRule("set/a", threshold(percent(10000))), of(2, 2), report.Passed, "measured"},
		{"a threshold of 100 % fails with one",
			patientRule("set/a", threshold(percent(10000))), of(1, 2), report.Failed, "measured"},
		{"a rule on practice is never too few", patientRule("set/a", onPractice), of(1, 1), report.Passed, "measured"},
		{"nothing eligible is never 0 or 100 %", patientRule("set/a"), of(0, 0), report.NotApplicable, "measured"},
		{"nothing eligible is none found", patientRule("set/a", emptyMet), of(0, 0), report.Passed, "measured"},
		{"the extract cannot supply what it reads", patientRule("set/a"), state.Tally{Missing: true}, report.NotAssessable, ""},
		{"undetermined exceeds the denominator", patientRule("set/a"),
			state.Tally{Denominator: 100, Numerator: 100, Undetermined: 101}, report.NotAssessable, ""},
		{"what is undetermined decides", patientRule("set/a"),
			state.Tally{Denominator: 100, Numerator: 100, Undetermined: 26}, report.NotAssessable, ""},
		{"met even if all that is undetermined fails", patientRule("set/a"),
			state.Tally{Denominator: 100, Numerator: 100, Undetermined: 25}, report.Passed, "measured"},
		{"not met even if all that is undetermined achieves", patientRule("set/a"),
			state.Tally{Denominator: 100, Numerator: 30, Undetermined: 200}, report.Failed, "measured"},
		{"a share of faults, undetermined", patientRule("set/a", threshold(atMost(500))),
			state.Tally{Denominator: 100, Numerator: 5, Undetermined: 1}, report.NotAssessable, ""},
		{"a share of faults, met even if all that is undetermined are faults", patientRule("set/a", threshold(atMost(500))),
			state.Tally{Denominator: 100, Numerator: 4, Undetermined: 1}, report.Passed, "measured"},
		{"a threshold of 100 % bears half a percent undetermined", patientRule("set/a", threshold(percent(10000))),
			state.Tally{Denominator: 199, Numerator: 199, Undetermined: 1}, report.Passed, "measured"},
		{"and no more", patientRule("set/a", threshold(percent(10000))),
			state.Tally{Denominator: 198, Numerator: 198, Undetermined: 1}, report.NotAssessable, ""},
		{"and none that fails", patientRule("set/a", threshold(percent(10000))),
			state.Tally{Denominator: 199, Numerator: 198, Undetermined: 1}, report.Failed, "measured"},
		{"all undetermined", patientRule("set/a", emptyMet), state.Tally{Undetermined: 1}, report.NotAssessable, ""},
		{"info rules are not judged", patientRule("set/a", info), of(0, 100), report.Shown, "measured"},
	} {
		t.Run(test.says, func(t *testing.T) {
			in := input([]rules.Criterion{criterion(test.rule, rules.Major, 5)}, map[string]state.Tally{test.rule.ID: test.tally})
			c := Report(in).Practices[0].Accreditations[0].Criteria[0]
			require.Equal(t, test.status, c.Status)
			require.Equal(t, test.basis, c.Basis)
		})
	}
}

// What is left out by definition may be most of the records of a major check; a
// blocker is then judged by too few.
func TestExclusionsAreBounded(t *testing.T) {
	rule := patientRule("set/a")
	status := func(severity rules.Severity, excluded int64) (report.Criterion, report.Result) {
		in := input([]rules.Criterion{criterion(rule, severity, 5)}, map[string]state.Tally{"set/a": {Numerator: 100, Denominator: 100, Excluded: excluded}})
		p := Report(in).Practices[0]
		return p.Accreditations[0].Criteria[0], p.Results[0]
	}
	c, r := status(rules.Blocker, 33)
	require.Equal(t, report.Passed, c.Status)
	require.Empty(t, r.Notes, "a quarter is not noted")
	c, r = status(rules.Blocker, 100)
	require.Equal(t, report.Passed, c.Status)
	require.Equal(t, []string{"50% of the records are left out, as the rule says"}, r.Notes)
	c, r = status(rules.Blocker, 101)
	require.Equal(t, report.NotAssessable, c.Status)
	require.NotEmpty(t, c.Why)
	require.Len(t, r.Notes, 1)
	c, _ = status(rules.Major, 101)
	require.Equal(t, report.Passed, c.Status)

	rule.ExcludeAtMost = 6000
	c, _ = status(rules.Blocker, 101)
	require.Equal(t, report.Passed, c.Status, "its page may say another share")
}

// "None found" is evidence only where there was something to look in.
func TestNoneFoundNeedsAFloor(t *testing.T) {
	rule := patientRule("set/a", emptyMet, func(r *rules.Rule) { r.Table, r.Floor = schema.Lookup("allergies"), 30 })
	status := func(rows, registered int64) report.Criterion {
		in := input([]rules.Criterion{criterion(rule, rules.Blocker, 5)}, map[string]state.Tally{"set/a": {}})
		p := &in.State.Practices[0]
		p.Rows = make([]int64, len(schema.Tables))
		p.Rows[rule.Table.Index], p.Registered = rows, registered
		return Report(in).Practices[0].Accreditations[0].Criteria[0]
	}
	require.Equal(t, report.Passed, status(30, 1000).Status)
	c := status(29, 1000)
	require.Equal(t, report.NotAssessable, c.Status)
	require.Contains(t, c.Why, "only 29 records to look in")
	require.Equal(t, report.NotAssessable, status(0, 120).Status)
	rule.Floor = 0
	require.Equal(t, report.Passed, status(0, 120).Status, "its page says why none need be there")
}

// A practice of which the file holds no patient has no evidence of anything.
func TestAPracticeWithoutPatientsPassesNothing(t *testing.T) {
	rule := patientRule("set/a", emptyMet, func(r *rules.Rule) { r.Floor = 0 })
	in := input([]rules.Criterion{criterion(rule, rules.Blocker, 5)}, map[string]state.Tally{"set/a": {}})
	p := &in.State.Practices[0]
	p.Rows, p.Registered = make([]int64, len(schema.Tables)), 0
	require.Equal(t, report.NotAssessable, Report(in).Practices[0].Accreditations[0].Criteria[0].Status)
	p.Rows[schema.Patients.Index] = 1
	require.Equal(t, report.Passed, Report(in).Practices[0].Accreditations[0].Criteria[0].Status)
}

// An answer stands in where the records leave a blocker open.
func TestAnAnswerStandsInForCountsThatTellNothing(t *testing.T) {
	rule := patientRule("set/a", func(r *rules.Rule) {
		r.Evidence, r.Declares, r.Answers = "data_or_declared", "policy", []string{"yes", "no"}
	})
	for _, tally := range []state.Tally{{}, {Denominator: 100, Numerator: 100, Undetermined: 90}, {Denominator: 1, Numerator: 1, Excluded: 9}} {
		in := input([]rules.Criterion{criterion(rule, rules.Blocker, 5)}, map[string]state.Tally{"set/a": tally})
		in.Declarations = []rules.Declaration{yesOn(t, "2026-01-31")}
		c := Report(in).Practices[0].Accreditations[0].Criteria[0]
		require.Equal(t, report.Passed, c.Status)
		require.Equal(t, "declared", c.Basis)
		require.Empty(t, c.Why)
		require.Nil(t, c.ToFix)
	}
}

func TestResultOfARule(t *testing.T) {
	rule := patientRule("set/a")
	one := func(tally state.Tally) report.Result {
		in := input([]rules.Criterion{criterion(rule, rules.Major, 5)}, map[string]state.Tally{"set/a": tally})
		in.RuleNotes = map[string][]string{"set/a": {"age is from birth_year"}}
		return Report(in).Practices[0].Results[0]
	}
	r := one(state.Tally{Numerator: 2, Denominator: 3, Undetermined: 1, Excluded: 4, Unknown: 1})
	require.Equal(t, 0.666667, *r.Rate)
	require.EqualValues(t, 4, *r.Excluded)
	require.Equal(t, []string{"age is from birth_year", "for over 5% of the records the extract does not say whether they count; they are left out",
		"57% of the records are left out, as the rule says"}, r.Notes)
	require.NotNil(t, r.Interval)

	r = one(state.Tally{Numerator: 2, Denominator: 95, Undetermined: 5})
	require.Len(t, r.Notes, 1, "5 of 100 is not above 5 %")

	r = one(of(0, 0))
	require.Nil(t, r.Rate)
	require.EqualValues(t, 0, *r.Denominator)

	r = one(state.Tally{Missing: true})
	require.Nil(t, r.Denominator)
	require.NotEmpty(t, r.Missing)

	r = one(state.Tally{Denominator: 1, Undetermined: 2})
	require.Nil(t, r.Denominator)
	require.EqualValues(t, 2, *r.Undetermined)
}

func TestARuleThatOnlyListsHasNoRate(t *testing.T) {
	rule := patientRule("set/a", info, func(r *rules.Rule) { r.Source.Expect = "" })
	in := input([]rules.Criterion{criterion(rule, rules.Info, 0)}, map[string]state.Tally{"set/a": {Denominator: 12, Value: 3.5, HasValue: true}})
	p := Report(in).Practices[0]
	require.Nil(t, p.Results[0].Rate)
	require.Equal(t, 3.5, *p.Results[0].Value)
	require.EqualValues(t, 12, *p.Accreditations[0].Criteria[0].Failing)
}

// A list of the very old must not be lost to ten unknown ages among thousands.
func TestWhatARuleListsSaysNothingOfHowManyItLookedAt(t *testing.T) {
	for _, c := range []struct {
		name         string
		undetermined int64
		rows         []int64
		expect       string
		listed, note bool
	}{
		{"few unknown", 10, []int64{1, 5000}, "", true, false},
		{"all known", 0, []int64{1, 5000}, "", true, false},
		{"just a twentieth", 250, []int64{1, 5000}, "", true, false},
		{"more than a twentieth", 251, []int64{1, 5000}, "", true, true},
		{"half", 2500, []int64{1, 5000}, "", true, true},
		{"more than half", 2501, []int64{1, 5000}, "", false, false},
		{"all unknown", 5000, []int64{1, 5000}, "", false, false},
		{"the rows are not known", 10, nil, "", false, false},
		{"a rule that judges", 10, []int64{1, 5000}, "true", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := patientRule("demographics/very-old", func(r *rules.Rule) { r.Source.Expect, r.Info = c.expect, true })
			in := input([]rules.Criterion{criterion(r, rules.Info, 0)}, map[string]state.Tally{r.ID: {Denominator: 2, Undetermined: c.undetermined}})
			in.State.Practices[0].Rows = c.rows
			got := Report(in).Practices[0].Results[0]
			require.Equal(t, c.listed, got.Denominator != nil, got.Missing)
			require.Equal(t, c.note, len(got.Notes) > 0, got.Notes)
		})
	}
}

func TestMissingRulesSayWhatTheyLack(t *testing.T) {
	ran, lacking, left := patientRule("set/ran"), patientRule("set/lacking"), patientRule("set/left-out")
	in := input([]rules.Criterion{
		criterion(ran, rules.Major, 1), criterion(lacking, rules.Major, 1), criterion(left, rules.Major, 1),
	}, map[string]state.Tally{"set/ran": of(100, 100), "set/lacking": {Missing: true}})
	in.Missing = map[string][]string{"set/lacking": {"problems", "patients.sex"}}
	results := Report(in).Practices[0].Results
	require.Equal(t, []string{"patients.sex", "problems"}, results[0].Missing)
	require.Equal(t, []string{"the rule was not run"}, results[1].Missing)
	require.Empty(t, results[2].Missing)
}

func TestTiersNameTheBestOneMet(t *testing.T) {
	tiers := rules.Threshold{Percent: 6000, Tiers: []int64{6000, 7000, 8000}, Set: true}
	for numerator, want := range map[int64]string{59: "", 60: "60%", 75: "70%", 100: "80%"} {
		rule := patientRule("set/a", threshold(tiers))
		in := input([]rules.Criterion{criterion(rule, rules.Blocker, 9)}, map[string]state.Tally{"set/a": of(numerator, 100)})
		c := Report(in).Practices[0].Accreditations[0].Criteria[0]
		require.Equal(t, want, c.Tier)
		require.Equal(t, want != "", c.Status == report.Passed)
	}
}

func TestSchemeMayNameAnotherThreshold(t *testing.T) {
	rule := patientRule("set/a")
	c := criterion(rule, rules.Major, 5)
	c.Threshold, c.ThresholdFrom = percent(5000), "local agreement"
	in := input([]rules.Criterion{c}, map[string]state.Tally{"set/a": of(60, 100)})
	got := Report(in).Practices[0].Accreditations[0].Criteria[0]
	require.Equal(t, report.Passed, got.Status)
	require.Equal(t, "50%", got.Threshold)
	require.Equal(t, "local agreement", got.ThresholdFrom)
}
