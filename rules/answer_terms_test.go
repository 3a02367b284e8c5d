package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
)

func dayOf(t *testing.T, s string) calendar.Day {
	t.Helper()
	day, ok := calendar.Parse(s)
	require.True(t, ok, s)
	return day
}

func TestAnswersThatAreNoEvidence(t *testing.T) {
	policy := AnswerTerms{Answers: []string{"yes", "no"}}
	hosted := AnswerTerms{Answers: []string{"yes", "no", "supplier_hosted"}}
	letter := AnswerTerms{Answers: []string{"yes", "no"}, Stands: UntilWithdrawn}
	left := AnswerTerms{Answers: []string{"yes", "no"}, Left: true}
	counted := AnswerTerms{Answers: []string{"yes", "no", "not_applicable"}, Counted: true}
	forms := AnswerTerms{Answers: []string{"yes"}, Counted: true}
	given := func(date, answer string, count ...int64) Declaration {
		a := Declaration{Answer: answer, Evidence: "folder", Role: "secretary"}
		if date != "" {
			a.Date, a.HasDate = dayOf(t, date), true
		}
		if len(count) > 0 {
			a.Count, a.HasCount = count[0], true
		}
		return a
	}
	for _, test := range []struct {
		name   string
		terms  AnswerTerms
		given  Declaration
		why    string // empty where it is evidence
		settle string
	}{
		{"yes", policy, given("2026-03-31", "yes"), "", "yes"},
		{"no date", policy, given("", "yes"), "without a date", ""},
		{"tomorrow", policy, given("2026-04-01", "yes"), "later than the as-of date", ""},
		{"too old", policy, given("2025-03-30", "yes"), "too old", ""},
		{"a letter never is", letter, given("1999-01-01", "yes"), "", "yes"},
		{"not listed", policy, given("2026-03-31", "not_applicable"), "the answer of 31 March 2026 is not one that this question takes: yes or no", ""},
		{"hosted where not listed", policy, given("2026-03-31", "supplier_hosted"), "takes: yes or no", ""},
		{"hosted", hosted, given("2026-03-31", "supplier_hosted"), "", "yes"},
		{"neither a word nor a count", policy, given("2026-03-31", ""), "neither yes, no nor a count", ""},
		{"a bare count where none is asked", policy, given("2026-03-31", "", 0), "asks for none: take the count out", ""},
		{"yes, with a count that nobody asked for", policy, given("2026-03-31", "yes", 0), "asks for none: take the count out", ""},
		{"hosted, with a count that nobody asked for", hosted, given("2026-03-31", "supplier_hosted", 5), "asks for none: take the count out", ""},
		{"none left", left, given("2026-03-31", "", 0), "", "yes"},
		{"some left", left, given("2026-03-31", "", 2), "", "no"},
		{"yes and some left", left, given("2026-03-31", "yes", 2), "do not agree", ""},
		{"no and none left", left, given("2026-03-31", "no", 0), "do not agree", ""},
		{"yes without the count of what is left", left, given("2026-03-31", "yes"), "", "yes"},
		{"a count read", counted, given("2026-03-31", "yes", 7), "", "yes"},
		{"a count read, alone", counted, given("2026-03-31", "", 7), "", "yes"},
		{"a count that is missing", counted, given("2026-03-31", "yes"), "the answer of 31 March 2026 has no count", ""},
		{"no, without a count", counted, given("2026-03-31", "no"), "has no count", ""},
		{"no, and a count of none", counted, given("2026-03-31", "no", 0), "do not agree", ""},
		{"a count below zero", counted, given("2026-03-31", "yes", -5), "below zero", ""},
		{"a count stands 3 months", counted, given("2025-12-31", "yes", 5), "", "yes"},
		{"and no longer", counted, given("2025-12-30", "yes", 5), "too old", ""},
		{"no need of a count", counted, given("2026-03-31", "not_applicable"), "", "not_applicable"},
		{"only yes", forms, given("2026-03-31", "no", 0), "takes: yes, with the count", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			why := test.terms.Unfit(&test.given, dayOf(t, "2026-03-31"))
			if test.why == "" {
				require.Empty(t, why)
				require.Equal(t, test.settle, test.terms.Settle(&test.given))
				for _, blank := range []func(*Declaration){func(a *Declaration) { a.Role = " " }, func(a *Declaration) { a.Evidence = "" }} {
					bare := test.given
					blank(&bare)
					require.NotEmpty(t, test.terms.Unfit(&bare, dayOf(t, "2026-03-31")))
				}
				return
			}
			require.Contains(t, why, test.why)
		})
	}
}

func TestOfTwoAnswersTheLaterAndTheLessFavourableCounts(t *testing.T) {
	terms := AnswerTerms{Answers: answers, Counted: true}
	order := []Declaration{ // each counts before those above it
		{Answer: "yes", Date: 9, Count: 9}, {Answer: "yes", Date: 10, Count: 1}, {Answer: "supplier_hosted", Date: 10, Count: 2},
		{Answer: "not_applicable", Date: 10}, {Answer: "no", Date: 10, Count: 1}, {Answer: "yes", Date: 11},
	}
	for i := range order {
		for j := range order {
			got := terms.Compare(&order[i], &order[j])
			require.Equal(t, i > j, got > 0, "%d and %d", i, j)
			require.Equal(t, i < j, got < 0, "%d and %d", i, j)
		}
	}
}

// TestMonthsAreClamped holds the age of answers to what the rule language calls months.
const askingPage = `---
id: %
title: Forms are coded
dimension: completeness
table: practice
where: declared("forms").date <= as_of
expect: declared("forms").count <= 3
threshold: 100%
threshold_from: Our own default
evidence: data
answers: [yes]
owner: practice
fix: Code them.
---
## What it measures

Forms.
`

func TestTermsComeFromThePageThatStatesThem(t *testing.T) {
	asking := func(id, answers string) string {
		return strings.NewReplacer("id: %", "id: "+id, "answers: [yes]\n", answers).Replace(askingPage)
	}
	c, err := Load(folder(goodPage, "a/reads.md", asking("a/reads", ""), "b/states.md", asking("b/states", "answers: [yes]\nanswer_stands: 6 months\n"), "c/reads.md", asking("c/reads", "")))
	require.NoError(t, err)
	require.Equal(t, map[string]AnswerTerms{"forms": {Answers: []string{"yes"}, Stands: 6, Counted: true}}, c.AnswerTerms())

	c, err = Load(folder(goodPage, "a/reads.md", asking("a/reads", "")))
	require.NoError(t, err)
	require.Equal(t, map[string]AnswerTerms{"forms": {Answers: []string{"yes", "no"}, Counted: true}}, c.AnswerTerms())

	_, err = Load(folder(goodPage, "b/states.md", asking("b/states", "answers: [yes]\n"), "c/other.md", asking("c/other", "answers: [yes, no]\n")))
	require.EqualError(t, err, "local/c/other.md: c/other takes other answers to forms than b/states, or for another time\n    hint: give both pages the same answers and answer_stands")
}

func TestPublishedTerms(t *testing.T) {
	terms := embedded(t).AnswerTerms()
	require.Equal(t, AnswerTerms{Answers: []string{"yes", "no"}, Stands: UntilWithdrawn}, terms["commissioner-consent"])
	require.Equal(t, AnswerTerms{Answers: []string{"yes", "no", "supplier_hosted"}, Stands: 12}, terms["audit-trail-on"])
	require.Equal(t, AnswerTerms{Answers: []string{"yes"}, Counted: true}, terms["scr-opt-out-forms"])
	require.Equal(t, AnswerTerms{Answers: []string{"yes", "no"}, Stands: UntilWithdrawn}, terms["scr-information-programme"])
	require.Equal(t, AnswerTerms{Answers: []string{"yes", "no"}, Stands: UntilWithdrawn}, terms["scr-information-programme-resumed"], "a page that reads two answers speaks of both")
	require.Equal(t, AnswerTerms{Answers: []string{"yes", "no"}, Stands: 3, Left: true}, terms["unmatched-documents-cleared"])
}

func TestWordsAndDatesAsPeopleWriteThem(t *testing.T) {
	given, err := ParseAnswers("d.yaml", []byte("- key: audit-trail-on\n  answer: Yes\n  date: 01/03/2026\n- key: audit-trail-on\n  answer: NO\n  date: 1/3/2026\n- key: audit-trail-on\n  answer: Supplier_hosted\n  date: 31/12/2025\n- key: audit-trail-on\n  answer: TRUE\n  date: 2026-03-01\n"), answerKeys)
	require.NoError(t, err)
	var got []string
	for _, a := range given {
		got = append(got, a.Answer+" "+a.Date.Words())
	}
	require.Equal(t, []string{"yes 1 March 2026", "no 1 March 2026", "supplier_hosted 31 December 2025", "yes 1 March 2026"}, got)
	for _, bad := range []string{"12/31/2025", "31/02/2026", "1/3/26", "2026/03/01", "1.3.2026", "01/03/2026 10:00"} {
		_, err := ParseAnswers("d.yaml", []byte("- key: audit-trail-on\n  answer: yes\n  date: "+bad+"\n"), answerKeys)
		require.ErrorContains(t, err, "d.yaml:3:9: the date for the question audit-trail-on is not one that can be read", bad)
		require.NotContains(t, err.Error(), bad)
	}
}
