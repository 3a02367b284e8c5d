package fairness

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

func TestExceptionsNeedAReason(t *testing.T) {
	for text, want := range map[string]string{
		"absent: [{systems: [a], facts: [documents]}]":                                                       "a sentence that says why",
		"absent: [{systems: [a], facts: [documents], why: none}]":                                            "a sentence that says why",
		"absent: [{systems: [a], why: None.}]":                                                               "want systems, facts",
		"differs: [{systems: [a], rules: [b], kind: odd, why: So it is.}]":                                   "want a kind",
		"differs: [{systems: [a], rules: [b], kind: not assessable, why: So it is.}]":                        "told by what is absent",
		"differs: [{systems: [a], rules: [b], kind: more, why: So it is., moves: [passed -> failed]}]":       "nobody fails for nothing",
		"differs: [{systems: [a], rules: [b], kind: more, why: So it is., lacks: [patients.shoe_size]}]":     "a column of the schema",
		"differs: [{systems: [a], rules: [b], kind: more, why: So it is., because: nobody knows this word}]": "because",
	} {
		_, err := ParseExceptions([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
}

// counted is a rule that counted n of d and came to a status.
func counted(n, d int64, status report.Status) *RuleFinding {
	return &RuleFinding{Count: Count{Counted: true, Numerator: n, Denominator: d}, Statuses: map[string]report.Status{"england-2026 data-quality": status}}
}

func compared(was, now *RuleFinding) []*Difference {
	return Compare(&Finding{Rules: map[string]*RuleFinding{"set/rule": was}},
		&Finding{System: "a", Rules: map[string]*RuleFinding{"set/rule": now}}, func(string) bool { return false })
}

func TestDifferencesAreToldApart(t *testing.T) {
	was := counted(9, 10, report.Failed)
	require.Empty(t, compared(was, counted(9, 10, report.Failed)))
	for kind, now := range map[Kind]*RuleFinding{
		NotAssessable: {Statuses: map[string]report.Status{"england-2026 data-quality": report.NotAssessable}, Missing: []string{"documents"}},
		More:          counted(10, 11, report.Failed),
		Fewer:         counted(8, 9, report.Failed),
		Moved:         counted(10, 10, report.Failed),
		Judged:        counted(9, 10, report.Passed),
	} {
		found := compared(was, now)
		require.Len(t, found, 1, kind)
		require.Equal(t, kind, found[0].Kind)
		require.False(t, found[0].Worse)
	}
	worse := compared(was, counted(8, 10, report.Failed))[0]
	require.True(t, worse.Worse)
	require.Equal(t, []string{"failed -> passed"}, compared(was, counted(9, 10, report.Passed))[0].Moves)
}

func TestAnExceptionExplainsNoMoreThanItSays(t *testing.T) {
	e, err := ParseExceptions([]byte(`
absent:
  - {systems: [a], facts: [documents], why: There are none.}
differs:
  - {systems: [a], rules: [set/rule], kind: more, moves: [failed -> passed], why: There are more.}
`))
	require.NoError(t, err)
	require.Len(t, e.Unused(), 3)
	was := counted(9, 10, report.Failed)
	explains := func(now *RuleFinding) bool { return e.Explains(compared(was, now)[0]) }
	require.True(t, explains(counted(10, 11, report.Passed)))
	require.False(t, explains(counted(9, 11, report.Failed)), "more rows fail")
	require.False(t, explains(counted(10, 11, report.TooFew)), "another status")
	require.False(t, explains(counted(9, 9, report.Failed)), "fewer rows")
	require.Equal(t, []string{"a lacks documents"}, e.Unused())

	gone := &RuleFinding{Missing: []string{"documents"}, Statuses: map[string]report.Status{"england-2026 data-quality": report.Passed}}
	require.False(t, explains(gone), "what nobody counted has not passed")
	gone = &RuleFinding{Statuses: was.Statuses}
	require.False(t, explains(gone), "nothing says what is missing")
	gone.Missing = []string{"documents", "results"}
	require.False(t, explains(gone), "one thing of two is explained")
	gone.Missing = []string{"documents or results"}
	require.False(t, explains(gone), "both would be needed")
	gone.Missing = []string{"documents"}
	require.True(t, explains(gone))
	require.Empty(t, e.Unused())
}
