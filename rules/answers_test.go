package rules

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var answerKeys = map[string]AnswerTerms{"audit-trail-on": {Answers: []string{Yes, No}}, "restore-validated": {Answers: []string{Yes, SupplierHosted}, Left: true}}

func TestParseAnswers(t *testing.T) {
	given, err := ParseAnswers("d.yaml", []byte(`# our answers
- key: audit-trail-on
  practice: A81001
  answer: supplier_hosted
  date: 2026-02-28
  evidence: letter
  role: practice manager
  verified_by: assessor 7
  verified_date: 2026-03-01
- key: restore-validated
  answer:
  count: 0
- key: restore-validated
  answer:
  count:
  date:
  evidence:
`), answerKeys)
	require.NoError(t, err)
	require.Equal(t, []Declaration{
		{Key: "audit-trail-on", Practice: "A81001", Answer: "supplier_hosted", Evidence: "letter", Role: "practice manager", VerifiedBy: "assessor 7",
			Date: 20512, HasDate: true, VerifiedDate: 20513, HasVerifiedDate: true, File: "d.yaml", Line: 2},
		{Key: "restore-validated", HasCount: true, File: "d.yaml", Line: 10},
	}, given, "the third is not answered")
}

func TestParseAnswersNamesEveryFault(t *testing.T) {
	_, err := ParseAnswers("d.yaml", []byte("- key: audit-trial-on\n  answer: maybe\n  date: 2026-02-30\n- answer: yes\n- yes\n- key: restore-validated\n  count: -1\n  when: 2026\n- key:\n- answer: Y\n  key: restore-validated\n  date: today\n  verified_date: 1.3.26\n- key: audit-trail-on\n  answer: Y\n"), answerKeys)
	var got []string
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		got = append(got, e.Error())
	}
	require.Equal(t, []string{
		"d.yaml:1:8: no rule asks for an answer of this name\n    hint: did you mean audit-trail-on?",
		"d.yaml:2:11: the answer is not one that can be read: write yes, no, not_applicable or supplier_hosted",
		"d.yaml:3:9: the date is not one that can be read: write it as 2026-03-31 or 31/3/2026",
		"d.yaml:4:3: an answer needs the key \"key\"",
		"d.yaml:5:3: want an answer as keys and values",
		"d.yaml:7:10: the count for the question restore-validated is not one that can be read: write a whole number, such as 0 or 12",
		"d.yaml:8:3: an answer has no key of this name\n    hint: want one of key, practice, answer, count, date, evidence, role, verified_by, verified_date",
		"d.yaml:9:3: no rule asks for an answer of this name\n    hint: paperlight declare new lists what is asked",
		"d.yaml:10:11: the answer for the question restore-validated is not one that can be read: write yes or supplier_hosted",
		"d.yaml:12:9: the date for the question restore-validated is not one that can be read: write it as 2026-03-31 or 31/3/2026",
		"d.yaml:13:18: the verified_date for the question restore-validated is not one that can be read: write it as 2026-03-31 or 31/3/2026",
		"d.yaml:15:11: the answer for the question audit-trail-on is not one that can be read: write yes or no",
	}, got)

	_, err = ParseAnswers("d.yaml", []byte(strings.Repeat("#", MaxAnswers+1)), answerKeys)
	require.EqualError(t, err, "d.yaml:1:1: is larger than 1024 KiB")
}

// TestEveryQuestionCanBeAnswered holds what is asked to what is read, whatever
// stands in the page or in the id of the practice.
func TestEveryQuestionCanBeAnswered(t *testing.T) {
	c := embedded(t)
	keys := c.AnswerTerms()
	require.NotEmpty(t, keys)
	practice := "\"A\\1\": #\n- key: x\x07\u0085é"
	var questions []Question
	for _, r := range c.Rules {
		for _, a := range r.Asks() {
			require.True(t, keyForm.MatchString(a.Key), "%s asks for %q", r.ID, a.Key)
			questions = append(questions, Question{Ask: a, Rules: []*Rule{r}, Practice: practice, Why: []string{"a note\n- key: of a page\u2028x"}})
		}
	}
	var b strings.Builder
	WriteQuestions(&b, questions)
	none, err := ParseAnswers("q.yaml", []byte(b.String()), keys)
	require.NoError(t, err)
	require.Empty(t, none)
	given, err := ParseAnswers("q.yaml", []byte(strings.ReplaceAll(b.String(), "  answer:\n", "  answer: yes\n")), keys)
	require.NoError(t, err)
	require.Len(t, given, len(questions))
	for i := range given {
		require.Equal(t, questions[i].Key, given[i].Key)
		require.Equal(t, practice, given[i].Practice)
	}
	for line := range strings.Lines(b.String()) {
		require.LessOrEqual(t, len(line), commentWidth+8)
	}
}

func TestAsks(t *testing.T) {
	c := embedded(t)
	require.Equal(t, []Ask{{Key: "scr-opt-out-forms", Count: true, Read: true}}, c.Rule("scr/opt-outs-all-coded").Asks())
	require.Equal(t, []Ask{{Key: "scr-packs-given"}, {Key: "scr-information-programme", Read: true}}, c.Rule("scr/new-registrants-informed").Asks())
	require.Equal(t, []Ask{{Key: "unmatched-documents-cleared", Count: true}}, c.Rule("paper-light/unmatched-documents-cleared").Asks())
	require.Empty(t, c.Rule("nhs-number/recorded").Asks())
}

func asked(key string) bool {
	_, ok := answerKeys[key]
	return ok
}

func FuzzParseAnswers(f *testing.F) {
	for _, seed := range []string{"- key: audit-trail-on\n  answer: yes\n", "[]", "- - -", "- key: &a b\n- key: *a", "- {key: audit-trail-on, count: 9223372036854775808}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		given, err := ParseAnswers("d.yaml", text, answerKeys)
		for _, a := range given {
			if err == nil && (!asked(a.Key) || a.blank() || a.Count < 0) {
				t.Errorf("took an answer that is none: %+v", a)
			}
		}
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("a fault without a place: %v", err)
		}
	})
}
