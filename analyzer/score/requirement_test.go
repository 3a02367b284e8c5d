package score

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

func essential(id string) rules.Requirement {
	return rules.Requirement{ID: id, Kind: rules.Essential, Title: "Title of " + id}
}

// serving makes an input of one requirement, E1, that all lines serve.
func serving(all []line) Input {
	in := input(lines(all))
	in.Scheme.Requirements = []rules.Requirement{essential("E1")}
	for i := range in.Scheme.Accreditations[0].Criteria {
		in.Scheme.Accreditations[0].Criteria[i].Requirement = "E1"
	}
	return in
}

func TestRequirements(t *testing.T) {
	const (
		blocker, major, minor              = rules.Blocker, rules.Major, rules.Minor
		passed, failed, tooFew, na, unseen = report.Passed, report.Failed, report.TooFew, report.NotApplicable, report.NotAssessable
	)
	for _, test := range []struct {
		says           string
		lines          []line
		status         report.RequirementStatus
		by             []string
		judged, checks int
	}{
		{"all passed", []line{{"s/b", blocker, 5, passed}, {"s/a", major, 5, passed}}, report.Met, []string{"s/a", "s/b"}, 2, 2},
		{"one failed", []line{{"s/a", blocker, 5, passed}, {"s/b", major, 5, failed}, {"s/c", major, 5, failed}},
			report.NotMet, []string{"s/b", "s/c"}, 3, 3},
		{"a failure counts whatever is not known", []line{{"s/a", blocker, 5, unseen}, {"s/b", major, 5, failed}},
			report.NotMet, []string{"s/b"}, 1, 2},
		{"a major check without evidence is left out", []line{{"s/a", major, 5, passed}, {"s/b", major, 5, unseen}, {"s/c", major, 5, tooFew}},
			report.Met, []string{"s/a"}, 1, 3},
		{"a blocker without evidence leaves it open", []line{{"s/a", major, 5, passed}, {"s/b", blocker, 5, unseen}, {"s/c", major, 5, unseen}},
			report.CannotTell, []string{"s/b"}, 1, 3},
		{"a blocker of too few as well", []line{{"s/a", major, 5, passed}, {"s/b", blocker, 5, tooFew}},
			report.CannotTell, []string{"s/b"}, 1, 2},
		{"a blocker of which nothing is eligible as well", []line{{"s/a", major, 5, passed}, {"s/b", blocker, 5, na}},
			report.CannotTell, []string{"s/b"}, 1, 2},
		{"a major check of which nothing is eligible is no matter", []line{{"s/a", major, 5, passed}, {"s/b", major, 5, na}},
			report.Met, []string{"s/a"}, 1, 1},
		{"nothing judged", []line{{"s/b", major, 5, tooFew}, {"s/a", major, 5, unseen}}, report.CannotTell, []string{"s/a", "s/b"}, 0, 2},
		{"nothing applies", []line{{"s/a", major, 5, na}}, report.CannotTell, []string{}, 0, 0},
		{"minor checks do not decide", []line{{"s/a", minor, 5, failed}, {"s/b", major, 5, passed}}, report.Met, []string{"s/b"}, 1, 1},
		{"minor checks alone tell nothing", []line{{"s/a", minor, 5, passed}}, report.CannotTell, []string{}, 0, 0},
		{"nothing serves it", nil, report.CannotTell, []string{}, 0, 0},
	} {
		t.Run(test.says, func(t *testing.T) {
			require.Equal(t, []report.Requirement{{
				ID: "E1", Kind: "essential", Title: "Title of E1",
				Status: test.status, DecidedBy: test.by, Judged: test.judged, Checks: test.checks,
			}}, Report(serving(test.lines)).Practices[0].Requirements)
		})
	}
}

func TestOnlyCriteriaThatServeItDecide(t *testing.T) {
	in := serving([]line{{"s/a", rules.Major, 5, report.Passed}, {"s/b", rules.Blocker, 5, report.Failed}, {"s/c", rules.Major, 5, report.Failed}})
	in.Scheme.Accreditations[0].Criteria[1].Requirement = rules.Local
	in.Scheme.Accreditations[0].Criteria[2].Requirement = "D1"
	in.Scheme.Requirements = append(in.Scheme.Requirements, rules.Requirement{ID: "D1", Kind: rules.Desirable})
	found := Report(in).Practices[0].Requirements
	require.Equal(t, report.Met, found[0].Status)
	require.Equal(t, report.NotMet, found[1].Status)
	require.Equal(t, "desirable", found[1].Kind)
}

// Two accreditations may hold one rule to different marks: it is one check, and
// the stricter outcome counts.
func TestARuleThatServesTwice(t *testing.T) {
	in := serving([]line{{"s/a", rules.Major, 5, report.Passed}})
	strict := in.Scheme.Accreditations[0]
	strict.ID, strict.Criteria = "scr", slices.Clone(strict.Criteria)
	in.Scheme.Accreditations = append(in.Scheme.Accreditations, strict)
	one := Report(in).Practices[0].Requirements[0]
	require.Equal(t, []any{report.Met, 1, 1}, []any{one.Status, one.Judged, one.Checks})

	strict.Criteria[0].Threshold = atMost(0)
	one = Report(in).Practices[0].Requirements[0]
	require.Equal(t, []any{report.NotMet, 1, 1}, []any{one.Status, one.Judged, one.Checks})
	require.Equal(t, []string{"s/a"}, one.DecidedBy)
}

func TestNothingIsToldOfADamagedFile(t *testing.T) {
	in := serving([]line{{"file/identifiers-intact", rules.Blocker, 5, report.Failed}, {"s/a", rules.Major, 5, report.Passed}})
	in.Scheme.Accreditations[0].Criteria[0].Requirement = rules.Local
	require.Equal(t, []report.Requirement{{ID: "E1", Kind: "essential", Title: "Title of E1", Status: report.CannotTell, DecidedBy: []string{}}},
		Report(in).Practices[0].Requirements)
}

func TestRequirementsAtEachLevel(t *testing.T) {
	in := serving([]line{{"s/a", rules.Major, 5, report.Passed}, {"s/b", rules.Blocker, 5, report.Failed}})
	exact := Report(in).Practices[0].Requirements
	for _, level := range []report.Level{report.Assessor, report.Publish} {
		in.Level = level
		require.Equal(t, exact, Report(in).Practices[0].Requirements, "%s: decided on exact numbers, and no count of records", level)
	}
	in.State.Practices[0].Registered = 100
	require.Equal(t, []report.Requirement{}, Report(in).Practices[0].Requirements, "nothing is published of a small list")

	in.Scheme.Requirements = nil
	in.Level = report.Practice
	require.Equal(t, []report.Requirement{}, Report(in).Practices[0].Requirements)
	in.Scheme = nil
	require.Equal(t, []report.Requirement{}, Report(in).Practices[0].Requirements)
}

// A requirement that is met never goes with a blocker of it that has not
// passed, and one that is not met always names a failure.
func TestRequirementsAgreeWithTheLedger(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	seen := map[report.RequirementStatus]int{}
	for range rounds {
		in := generate(t, r)
		in.Scheme.Requirements = []rules.Requirement{essential("E1"), essential("E2")}
		for i := range in.Scheme.Accreditations {
			for j := range in.Scheme.Accreditations[i].Criteria {
				in.Scheme.Accreditations[i].Criteria[j].Requirement = []string{"E1", "E2", rules.Local}[r.IntN(3)]
			}
		}
		for _, p := range Report(in).Practices {
			for _, q := range p.Requirements {
				seen[q.Status]++
				require.LessOrEqual(t, q.Judged, q.Checks)
				statuses := map[report.Status]bool{}
				for _, a := range p.Accreditations {
					for _, c := range a.Criteria {
						decides := c.Requirement == q.ID && (c.Severity == "blocker" || c.Severity == "major")
						if decides && slices.Contains(q.DecidedBy, c.Rule) {
							statuses[c.Status] = true
						}
						if decides && q.Status == report.Met {
							require.NotEqual(t, report.Failed, c.Status)
							require.False(t, c.Severity == "blocker" && unsettled(&c))
						}
					}
				}
				switch q.Status {
				case report.Met:
					require.True(t, statuses[report.Passed])
				case report.NotMet:
					require.True(t, statuses[report.Failed])
				}
			}
		}
	}
	require.Len(t, seen, 3, "each outcome came about")
}
