package ruletest

import (
	"cmp"
	"context"
	"slices"

	"paperlight/analyzer"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
	"paperlight/analyzer/score"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// declared judges a rule that only answers can meet, as a scheme of this one
// criterion would.
func (t *tester) declared(ctx context.Context, a *Archive, c *Case) (*result, error) {
	a = a.of(c)
	x, _ := c.extract(way{}, t.rule.Table)
	practices, err := analyzer.AsOf(ctx, x, &a.AsOf)
	if err != nil {
		return nil, err
	}
	rule := *t.rule
	rule.Info = false // an answer that is only shown is still yes or no
	in := score.Input{
		State:     &state.State{Rules: []string{}},
		Catalogue: &rules.Catalogue{Rules: []*rules.Rule{&rule}},
		Scheme: &rules.Scheme{ID: "case", Accreditations: []rules.Accreditation{{ID: "case",
			Criteria: []rules.Criterion{{Rule: &rule, Severity: rules.Major, Weight: 1, Threshold: t.rule.Threshold, ThresholdFrom: t.rule.ThresholdFrom}}}}},
	}
	for _, p := range practices.List {
		in.State.Practices = append(in.State.Practices, state.PracticeState{ID: p.ID, AsOf: p.AsOf, Registered: -1})
	}
	in.Declarations = t.answers(a, practices)
	out := &result{counts: map[string]int64{}}
	for _, p := range score.Report(in).Practices {
		for _, accreditation := range p.Accreditations {
			for _, criterion := range accreditation.Criteria {
				switch criterion.Status {
				case report.Passed:
					out.counts["denominator"]++
					out.counts["numerator"]++
				case report.Failed:
					out.counts["denominator"]++
				}
			}
		}
	}
	return out, nil
}

// answers are those of a case and of its archive. A case need not say who
// answered and what shows it.
func (t *tester) answers(a *Archive, practices *analyzer.Practices) []rules.Declaration {
	out := slices.Concat(practices.Declarations, a.answers(practices))
	for i := range out {
		out[i].Role = cmp.Or(out[i].Role, "practice manager")
		out[i].Evidence = cmp.Or(out[i].Evidence, "as the case says")
	}
	return out
}

// answers are the archive's declarations, as each practice gave them.
func (a *Archive) answers(practices *analyzer.Practices) []rules.Declaration {
	var out []rules.Declaration
	for _, p := range practices.List {
		for _, d := range a.Declarations {
			answer := rules.Declaration{Practice: p.ID, Key: d.Key, Answer: d.Answer, Count: max(0, d.Count), HasCount: d.Count >= 0}
			if d.Date != "" {
				answer.Date, answer.HasDate = calendar.Parse(d.Date)
			}
			out = append(out, answer)
		}
	}
	return out
}
