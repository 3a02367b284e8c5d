package score

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

func day(t *testing.T, s string) *int32 {
	t.Helper()
	at, err := time.Parse(time.DateOnly, s)
	require.NoError(t, err)
	n := int32(at.Unix() / 86400)
	return &n
}

func yesOn(t *testing.T, date string, change ...func(*rules.Declaration)) rules.Declaration {
	d := rules.Declaration{Key: "policy", Answer: rules.Yes, Date: *day(t, date), HasDate: true, Evidence: "minutes", Role: "practice manager"}
	for _, c := range change {
		c(&d)
	}
	return d
}

func TestDeclarations(t *testing.T) {
	countOf := func(n int64) func(*rules.Declaration) {
		return func(d *rules.Declaration) { d.Answer, d.Count, d.HasCount = "", n, true }
	}
	answering := func(a string) func(*rules.Declaration) { return func(d *rules.Declaration) { d.Answer = a } }
	verified := func(d *rules.Declaration) { d.VerifiedDate, d.HasVerifiedDate = *day(t, "2026-03-01"), true }
	signedOn := func(date string) func(*rules.Declaration) {
		return func(d *rules.Declaration) { d.VerifiedDate = *day(t, date) }
	}
	consent := func(r *rules.Rule) { r.AnswerStands = rules.UntilWithdrawn }
	hosted := func(r *rules.Rule) { r.Answers = []string{"yes", "no", "supplier_hosted"} }
	lifted := func(r *rules.Rule) { r.Answers = []string{"yes", "no", "not_applicable"} }
	left := func(r *rules.Rule) { r.CountOf = "letters left" }
	with := func(a string, n int64) func(*rules.Declaration) {
		return func(d *rules.Declaration) { d.Answer, d.Count, d.HasCount = a, n, true }
	}
	for _, test := range []struct {
		says   string
		rule   *rules.Rule
		answer []rules.Declaration
		status report.Status
		basis  string
	}{
		{"no answer", declaredRule("s/a", "policy"), nil, report.NotAssessable, ""},
		{"yes", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-01-31")}, report.Passed, "declared"},
		{"no", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-01-31", answering(rules.No))}, report.Failed, "declared"},
		{"not applicable where allowed", declaredRule("s/a", "policy", lifted), []rules.Declaration{yesOn(t, "2026-01-31", answering(rules.NotApplicable))}, report.NotApplicable, "declared"},
		{"not applicable where not", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-01-31", answering(rules.NotApplicable))}, report.NotAssessable, ""},
		{"a bare count where none is asked", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-03-30", countOf(0))}, report.NotAssessable, ""},
		{"a count below zero", declaredRule("s/a", "policy", left), []rules.Declaration{yesOn(t, "2026-03-30", countOf(-1))}, report.NotAssessable, ""},
		{"yes, and some are left", declaredRule("s/a", "policy", left), []rules.Declaration{yesOn(t, "2026-03-30", with(rules.Yes, 3))}, report.NotAssessable, ""},
		{"no, and none is left", declaredRule("s/a", "policy", left), []rules.Declaration{yesOn(t, "2026-03-30", with(rules.No, 0))}, report.NotAssessable, ""},
		{"no, and some are left", declaredRule("s/a", "policy", left), []rules.Declaration{yesOn(t, "2026-03-30", with(rules.No, 3))}, report.Failed, "declared"},
		{"an assessor signed it", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-01-31", verified)}, report.Passed, "verified"},
		{"signed before it was answered", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-03-02", verified)}, report.Passed, "declared"},
		{"a policy stands 12 months", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2025-03-31")}, report.Passed, "declared"},
		{"and no longer", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2025-03-30")}, report.NotAssessable, ""},
		{"a count stands 3 months", declaredRule("s/a", "policy", left), []rules.Declaration{yesOn(t, "2025-12-31", countOf(0))}, report.Passed, "declared"},
		{"and no longer", declaredRule("s/a", "policy", left), []rules.Declaration{yesOn(t, "2025-12-30", countOf(0))}, report.NotAssessable, ""},
		{"a count of things left undone", declaredRule("s/a", "policy", left), []rules.Declaration{yesOn(t, "2026-03-30", countOf(4))}, report.Failed, "declared"},
		{"a letter of consent stands until withdrawn", declaredRule("s/a", "policy", consent), []rules.Declaration{yesOn(t, "1999-01-01")}, report.Passed, "declared"},
		{"withdrawn", declaredRule("s/a", "policy", consent),
			[]rules.Declaration{yesOn(t, "1999-01-01"), yesOn(t, "2020-01-01", answering(rules.No))}, report.Failed, "declared"},
		{"of the as-of date", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-03-31")}, report.Passed, "declared"},
		{"a count of the as-of date", declaredRule("s/a", "policy", left), []rules.Declaration{yesOn(t, "2026-03-31", countOf(0))}, report.Passed, "declared"},
		{"consent withdrawn on the as-of date", declaredRule("s/a", "policy", consent),
			[]rules.Declaration{yesOn(t, "1999-01-01"), yesOn(t, "2026-03-31", answering(rules.No))}, report.Failed, "declared"},
		{"signed on the day it was answered", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-03-01", verified)}, report.Passed, "verified"},
		{"signed on the as-of date", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-03-31", verified, signedOn("2026-03-31"))}, report.Passed, "verified"},
		{"signed after it", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-03-31", verified, signedOn("2026-04-01"))}, report.Passed, "declared"},
		{"later than the as-of date", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-04-01")}, report.NotAssessable, ""},
		{"no date", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-01-31", func(d *rules.Declaration) { d.Date, d.HasDate = 0, false })}, report.NotAssessable, ""},
		{"no role", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-01-31", func(d *rules.Declaration) { d.Role = " " })}, report.NotAssessable, ""},
		{"no evidence", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-01-31", func(d *rules.Declaration) { d.Evidence = "" })}, report.NotAssessable, ""},
		{"supplier hosted where allowed", declaredRule("s/a", "policy", hosted), []rules.Declaration{yesOn(t, "2026-01-31", answering(rules.SupplierHosted))}, report.Passed, "declared"},
		{"supplier hosted where not", declaredRule("s/a", "policy"), []rules.Declaration{yesOn(t, "2026-01-31", answering(rules.SupplierHosted))}, report.NotAssessable, ""},
		{"the latest answer counts", declaredRule("s/a", "policy"),
			[]rules.Declaration{yesOn(t, "2026-02-01", answering(rules.No)), yesOn(t, "2026-01-31")}, report.Failed, "declared"},
		{"of two of one day the less favourable", declaredRule("s/a", "policy"),
			[]rules.Declaration{yesOn(t, "2026-02-01"), yesOn(t, "2026-02-01", answering(rules.No))}, report.Failed, "declared"},
		{"another practice's answer", declaredRule("s/a", "policy"),
			[]rules.Declaration{yesOn(t, "2026-02-01", func(d *rules.Declaration) { d.Practice = "P2" })}, report.NotAssessable, ""},
	} {
		t.Run(test.says, func(t *testing.T) {
			in := input([]rules.Criterion{criterion(test.rule, rules.Blocker, 5)}, nil)
			in.Declarations = test.answer
			r := Report(in).Practices[0]
			require.Equal(t, test.status, r.Accreditations[0].Criteria[0].Status)
			require.Equal(t, test.basis, r.Accreditations[0].Criteria[0].Basis)
			require.Equal(t, test.status == report.NotAssessable, len(r.Results[0].Missing) > 0)
			require.Equal(t, len(test.answer) > 0 && test.answer[0].Practice == "", len(r.Results[0].Notes) > 0, "the answer, or why it is none, is shown")
			require.Nil(t, r.Results[0].Denominator)
		})
	}
}

func TestDeclarationStandsInForDataOnly(t *testing.T) {
	either := patientRule("s/a", func(r *rules.Rule) {
		r.Evidence, r.Declares, r.Answers = "data_or_declared", "policy", []string{"yes", "no"}
	})
	one := func(r *rules.Rule, tally state.Tally, answer string) (report.Criterion, report.Result) {
		in := input([]rules.Criterion{criterion(r, rules.Major, 5)}, map[string]state.Tally{"s/a": tally})
		in.Declarations = []rules.Declaration{yesOn(t, "2026-01-31", func(d *rules.Declaration) { d.Answer = answer })}
		p := Report(in).Practices[0]
		return p.Accreditations[0].Criteria[0], p.Results[0]
	}
	conflict := func(r report.Result) bool { return strings.Contains(strings.Join(r.Notes, "\n"), "disagree") }

	c, r := one(either, state.Tally{Missing: true}, rules.Yes)
	require.Equal(t, report.Passed, c.Status)
	require.Equal(t, "declared", c.Basis)
	require.False(t, conflict(r))

	c, r = one(either, of(0, 100), rules.Yes)
	require.Equal(t, report.Failed, c.Status, "a measurement outranks a declaration")
	require.Equal(t, "measured", c.Basis)
	require.True(t, conflict(r), "and the conflict is shown")

	c, r = one(either, of(100, 100), rules.Yes)
	require.Equal(t, report.Passed, c.Status)
	require.False(t, conflict(r))

	data := patientRule("s/a", func(r *rules.Rule) { r.Declares = "policy" })
	c, _ = one(data, state.Tally{Missing: true}, rules.Yes)
	require.Equal(t, report.NotAssessable, c.Status, "identity, allergy and coding rules cannot be declared")
}

func TestAnAnswerThatIsNotJudgedIsShown(t *testing.T) {
	in := input([]rules.Criterion{criterion(declaredRule("s/a", "policy", info), rules.Info, 0)}, nil)
	in.Declarations = []rules.Declaration{yesOn(t, "2026-01-31")}
	p := Report(in).Practices[0]
	require.Equal(t, report.Shown, p.Accreditations[0].Criteria[0].Status)
	require.Equal(t, "declared", p.Accreditations[0].Criteria[0].Basis)
	require.Equal(t, []string{"declared yes on 31 January 2026 (role: practice manager; evidence: minutes)"}, p.Results[0].Notes)
	for _, level := range []report.Level{report.Assessor, report.Publish} {
		in.Level = level
		require.Equal(t, []string{"declared yes on 31 January 2026"}, Report(in).Practices[0].Results[0].Notes, "%s: who answered, and why, stays in the practice", level)
	}
}

func TestDeclarationsThatNobodyAsksForAreNoted(t *testing.T) {
	in := input([]rules.Criterion{criterion(declaredRule("s/a", "policy"), rules.Major, 5)}, nil)
	in.Declarations = []rules.Declaration{yesOn(t, "2026-01-31"), yesOn(t, "2026-01-31", func(d *rules.Declaration) { d.Key = "polcy" })}
	require.Equal(t, []string{"no check asks for the answer polcy"}, Report(in).Notes)
}
