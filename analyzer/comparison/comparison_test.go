package comparison

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

func n(v int64) *int64 { return &v }

// ledger is a report of one practice with one accreditation.
func ledger(verdict report.Verdict, criteria ...report.Criterion) *report.Report {
	r := &report.Report{Practices: []report.PracticeReport{{PracticeID: "A81001", Name: "Example Surgery", AsOf: "2026-03-31",
		Accreditations: []report.Accreditation{{ID: "data-quality", Title: "Data quality", Verdict: verdict, Criteria: criteria}}}}}
	for _, c := range criteria {
		r.RuleTexts = append(r.RuleTexts, report.RuleText{Rule: c.Rule, Title: "Title of " + c.Rule})
	}
	return r
}

func line(rule, severity string, status report.Status, failing *int64) report.Criterion {
	return report.Criterion{Rule: rule, Severity: severity, Status: status, Failing: failing}
}

func TestHowChecksMove(t *testing.T) {
	passed, failed, untold := report.Passed, report.Failed, report.NotAssessable
	for _, test := range []struct {
		was, is report.Criterion
		want    Change
	}{
		{line("a", "major", failed, n(10)), line("a", "major", passed, n(0)), Better},
		{line("a", "major", failed, n(10)), line("a", "major", failed, n(4)), Better},
		{line("a", "major", failed, n(4)), line("a", "major", failed, n(4)), Same},
		{line("a", "major", failed, n(4)), line("a", "major", failed, n(5)), Worse},
		{line("a", "major", passed, n(0)), line("a", "major", failed, n(5)), Worse},
		{line("a", "major", passed, n(1)), line("a", "major", passed, n(2)), Worse},
		{line("a", "major", untold, nil), line("a", "major", failed, n(5)), Other},
		{line("a", "major", passed, nil), line("a", "major", untold, nil), Other},
		{line("a", "major", passed, nil), line("a", "major", passed, nil), Same},
	} {
		c := Of(ledger(report.NotReady, test.was), ledger(report.NotReady, test.is))
		require.Equal(t, test.want, c.Practices[0].Checks[0].Change, "%+v to %+v", test.was, test.is)
		back := Of(ledger(report.NotReady, test.is), ledger(report.NotReady, test.was)).Practices[0].Checks[0].Change
		require.Equal(t, map[Change]Change{Better: Worse, Worse: Better, Same: Same, Other: Other}[test.want], back, "and the other way round")
	}
}

func TestHowVerdictsMove(t *testing.T) {
	for i, before := range verdicts {
		for j, after := range verdicts {
			want := Same
			if i < j {
				want = Better
			} else if i > j {
				want = Worse
			}
			c := Of(ledger(before), ledger(after))
			require.Equal(t, want, c.Practices[0].Accreditations[0].Change, "%s to %s", before, after)
			require.Equal(t, want == Worse, c.GotWorse())
		}
		require.Equal(t, Other, Of(ledger(before), ledger(report.Undecided)).Practices[0].Accreditations[0].Change, "nobody can tell")
	}
}

func TestWhatIsInOneReportAlone(t *testing.T) {
	a, b := ledger(report.Ready, line("a", "major", report.Passed, n(0))), ledger(report.Ready, line("b", "major", report.Passed, n(0)))
	c := Of(a, b)
	require.Equal(t, []Change{Gone, Added}, []Change{c.Practices[0].Checks[0].Change, c.Practices[0].Checks[1].Change})
	b.Practices[0].PracticeID = "B82002"
	c = Of(a, b)
	require.Len(t, c.Practices, 2)
	require.Empty(t, c.Practices[0].After)
	require.Empty(t, c.Practices[1].Before)
	require.False(t, c.GotWorse())
}

func TestWhatWasNotJudgedAlikeIsSaid(t *testing.T) {
	a, b := ledger(report.Ready), ledger(report.Ready)
	require.Empty(t, Of(a, b).Differs)
	b.Rules.SHA256, b.Scheme.SHA256, b.Level, b.Selection, b.Extract.System = "x", "x", report.Publish, true, "omop"
	b.Options = []report.Option{{Name: "--as-of"}}
	require.Len(t, Of(a, b).Differs, 6)
}

func TestTheTextOfAComparison(t *testing.T) {
	a := ledger(report.NotReady, line("fixed", "blocker", report.Failed, n(1234)), line("fewer", "major", report.Failed, n(9)), line("open", "major", report.Failed, n(1)),
		line("fallen", "blocker", report.Passed, n(0)), line("shown", "info", report.Shown, n(3)))
	b := ledger(report.NearlyReady, line("fixed", "blocker", report.Passed, n(0)), line("fewer", "major", report.Failed, n(1)), line("open", "major", report.Failed, n(1)),
		line("fallen", "blocker", report.Failed, n(2)), line("shown", "info", report.Shown, n(30)))
	b.Rules.SHA256 = "other"
	var out strings.Builder
	c := Of(a, b)
	require.NoError(t, c.Text(&out))
	require.True(t, c.GotWorse(), "a blocker fell")
	require.Equal(t, `Note: The rules are not the same: a figure may have moved for that alone.

Example Surgery, from 2026-03-31 to 2026-03-31
  Data quality:            Nearly ready, was not ready

Put right: 1 check
  Title of fixed: was 1,234 records

Not met any more: 1 check
  Title of fallen: 2 records, was 0

Fewer records to put right: 1 check
  Title of fewer: 1 record, was 9

Still open, with as many records: 1 check
  Title of open: 1 record
`, out.String())
}

func TestTheTextOfTwoRunsOfAHistory(t *testing.T) {
	a := ledger(report.NotReady, line("open", "major", report.Failed, n(9)), line("other", "major", report.Failed, n(7)))
	b := ledger(report.NotReady, line("open", "major", report.Failed, n(5)), line("other", "major", report.Failed, n(1)))
	records := map[string]*Records{"open": {New: 2, Fixed: 1207, StillOpen: 2, Reopened: 1}}
	said := func(linked bool, records map[string]*Records) string {
		c := Of(a, b)
		require.Nil(t, c.Linked, "two reports know no records")
		c.Follow(linked, records, map[string]bool{"other": true})
		var out strings.Builder
		require.NoError(t, c.Text(&out))
		return out.String()
	}
	require.Equal(t, `Example Surgery, from 2026-03-31 to 2026-03-31
  Data quality:            Not ready, as before

Fewer records to put right: 1 check
  Title of open: 5 records, was 9 (1,207 fixed, 2 new, 1 back again, 2 still open)

Changed itself, so that its figures may have moved for that alone: 1 check
  Title of other: 1 record, was 7
`, said(true, records))
	require.Equal(t, `Note: The records cannot be linked to those of the run before. Their ids look as if they were made anew, so nobody can tell which were put right.

Example Surgery, from 2026-03-31 to 2026-03-31
  Data quality:            Not ready, as before

Fewer records to put right: 1 check
  Title of open: 5 records, was 9

Changed itself, so that its figures may have moved for that alone: 1 check
  Title of other: 1 record, was 7
`, said(false, nil))
}
