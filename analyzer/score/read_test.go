package score

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// formsRule compares a declared count with the records, as scr/opt-outs-all-coded does.
func formsRule() *rules.Rule {
	return patientRule("s/forms", func(r *rules.Rule) {
		r.Answers, r.CountOf, r.Threshold = []string{"yes"}, "forms held", percent(10000)
		r.Source.Where, r.Source.Expect = `declared("forms").date <= as_of`, `value >= declared("forms").count`
	})
}

func TestAnswersThatConditionsReadAreShown(t *testing.T) {
	five := int64(5)
	judged := func(tally state.Tally, d ...rules.Declaration) (report.Criterion, report.Result, []string) {
		in := input([]rules.Criterion{criterion(formsRule(), rules.Blocker, 5)}, map[string]state.Tally{"s/forms": tally})
		in.Declarations = d
		r := Report(in)
		return r.Practices[0].Accreditations[0].Criteria[0], r.Practices[0].Results[0], r.Notes
	}
	forms := func(change ...func(*rules.Declaration)) rules.Declaration {
		return yesOn(t, "2026-03-01", append([]func(*rules.Declaration){func(d *rules.Declaration) { d.Key, d.Count, d.HasCount = "forms", five, true }}, change...)...)
	}

	c, r, notes := judged(state.Tally{Denominator: 1, Numerator: 0, Value: 3, HasValue: true}, forms())
	require.Equal(t, report.Failed, c.Status)
	require.Equal(t, []string{"declared on 1 March 2026 (role: practice manager; evidence: minutes)"}, r.Notes)
	require.Equal(t, "Counted by the practice, forms held", r.Beside[0].Title)
	require.InDelta(t, 5, *r.Beside[0].Value, 0)
	require.InDelta(t, 3, *r.Value, 0, "both figures are there")
	require.Empty(t, notes, "a rule asks for it")

	unknown := state.Tally{Undetermined: 1, Value: 3, HasValue: true} // what the engine counts where nothing is fit
	c, r, _ = judged(unknown, forms(func(d *rules.Declaration) { d.HasCount = false }))
	require.Equal(t, report.NotAssessable, c.Status)
	require.Equal(t, []string{"an answer of the practice: forms"}, r.Missing)
	require.Equal(t, []string{"the answer of 1 March 2026 has no count: say how many"}, r.Notes)

	c, r, _ = judged(unknown)
	require.Equal(t, report.NotAssessable, c.Status)
	require.Equal(t, []string{"an answer of the practice: forms"}, r.Missing)
	require.Empty(t, r.Notes)
}

func TestNotesOfCountsAreNotPublished(t *testing.T) {
	five := int64(5)
	in := input([]rules.Criterion{criterion(formsRule(), rules.Blocker, 5)}, map[string]state.Tally{"s/forms": {Denominator: 1, Value: 3, HasValue: true}})
	in.Declarations = []rules.Declaration{yesOn(t, "2026-03-01", func(d *rules.Declaration) { d.Key, d.Count, d.HasCount = "forms", five, true })}
	in.Level = report.Publish
	r := Report(in)
	require.NotEmpty(t, r.Practices[0].Results[0].Notes)
	for _, note := range r.Practices[0].Results[0].Notes {
		require.NotRegexp(t, "[0-9]", note, "both figures are small")
	}
}

// A blocker that lacks nothing but an answer is settled by it, whatever else the
// records alone must show.
func TestAnAnswerThatAConditionReadsSettlesABlocker(t *testing.T) {
	judged := func(missing ...string) report.Accreditation {
		in := input([]rules.Criterion{criterion(formsRule(), rules.Blocker, 5), criterion(patientRule("s/a"), rules.Major, 95)},
			map[string]state.Tally{"s/forms": {Undetermined: 1, Missing: len(missing) > 0}, "s/a": of(100, 100)})
		in.Missing = map[string][]string{"s/forms": missing}
		return Report(in).Practices[0].Accreditations[0]
	}
	a := judged()
	require.Equal(t, report.AnswersNeeded, a.Verdict)
	require.Equal(t, []string{"s/forms"}, a.AnswersNeeded)
	a = judged("consents")
	require.Equal(t, report.Undecided, a.Verdict, "no answer brings the table")
	require.Empty(t, a.AnswersNeeded)
}
