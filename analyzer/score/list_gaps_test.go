package score

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

func declarable(r *rules.Rule) {
	r.Evidence, r.Declares, r.Answers = "data_or_declared", "reviews", []string{"yes", "no"}
}

// Over 5 % in systems that a list does not cover, and nobody fails by it: the
// rule is not assessable, and an answer may stand in.
func TestNobodyFailsThroughWhatAListLacks(t *testing.T) {
	missing := func(systems ...state.SystemCount) state.Gap {
		return state.Gap{Rule: "set/a", List: "reviews", Coded: 1000, Systems: systems}
	}
	in := func(name string, rows int64) state.SystemCount { return state.SystemCount{System: name, Rows: rows} }
	read := "over 5% of the entries that this check reads have codes of Read v2, and its list of codes (reviews) has none of those. So nobody can tell. Give a list that has them with --codelists"
	for name, test := range map[string]struct {
		rule   *rules.Rule
		gaps   []state.Gap
		answer *rules.Declaration
		status report.Status
		says   []string
	}{
		"all covered":                  {patientRule("set/a"), nil, nil, report.Failed, []string{}},
		"4 in 100":                     {patientRule("set/a"), []state.Gap{missing(in("read2", 40))}, nil, report.Failed, []string{}},
		"5 in 100":                     {patientRule("set/a"), []state.Gap{missing(in("read2", 50))}, nil, report.Failed, []string{}},
		"6 in 100":                     {patientRule("set/a"), []state.Gap{missing(in("read2", 60))}, nil, report.NotAssessable, []string{read}},
		"all":                          {patientRule("set/a"), []state.Gap{missing(in("read2", 1000))}, nil, report.NotAssessable, []string{read}},
		"few of another are not named": {patientRule("set/a"), []state.Gap{missing(in("read2", 900), in("ctv3", 20))}, nil, report.NotAssessable, []string{read}},
		"two together": {patientRule("set/a"), []state.Gap{missing(in("read2", 30), in("ctv3", 30))}, nil, report.NotAssessable,
			[]string{"over 5% of the entries that this check reads have codes of Read v2 and CTV3, and its list of codes (reviews) has none of those. So nobody can tell. Give a list that has them with --codelists"}},
		"several lists": {patientRule("set/a"), []state.Gap{missing(in("read2", 900)), {Rule: "set/a", List: "visits", Use: 1, Coded: 10, Systems: []state.SystemCount{in("read2", 9)}}}, nil,
			report.NotAssessable, []string{"over 5% of the entries that this check reads have codes of Read v2, and its lists of codes (reviews and visits) have none of those. So nobody can tell. Give a list that has them with --codelists"}},
		"of another rule": {patientRule("set/a"), []state.Gap{{Rule: "set/b", List: "reviews", Coded: 10, Systems: []state.SystemCount{in("read2", 9)}}}, nil, report.Failed, []string{}},
		"noted":           {patientRule("set/a"), []state.Gap{{Rule: "set/a", List: "reviews", Noted: true, Coded: 10, Systems: []state.SystemCount{in("read2", 9)}}}, nil, report.Failed, []string{}},
		"an answer stands in": {patientRule("set/a", declarable), []state.Gap{missing(in("read2", 60))}, declaration(), report.Passed,
			[]string{"over 5% of the entries that this check reads have codes of Read v2, and its list of codes (reviews) has none of those. So nobody can tell. Answer this question yourself, or give a list that has them with --codelists"}},
		"an answer beside what is measured": {patientRule("set/a", declarable), []state.Gap{missing(in("read2", 40))}, declaration(), report.Failed, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			i := input([]rules.Criterion{criterion(test.rule, rules.Major, 5)}, map[string]state.Tally{"set/a": of(10, 100)})
			i.State.Practices[0].Gaps = test.gaps
			if test.answer != nil {
				i.Declarations = []rules.Declaration{*test.answer}
			}
			p := Report(i).Practices[0]
			require.Equal(t, test.status, p.Accreditations[0].Criteria[0].Status)
			require.Equal(t, test.says, p.Results[0].Missing)
			require.Equal(t, len(test.says) == 0, p.Results[0].Denominator != nil)
			if name == "noted" {
				require.Equal(t, []string{"over 5% of the entries that this check reads have codes of Read v2, and its list of codes (reviews) has none of those. A few records may be counted that should be left out, or the other way round"}, p.Results[0].Notes)
			}
		})
	}
}

func declaration() *rules.Declaration {
	date := calendar.Day(asOf - 10)
	return &rules.Declaration{Key: "reviews", Answer: rules.Yes, Date: date, HasDate: true, Evidence: "sample of 50", Role: "practice manager"}
}
