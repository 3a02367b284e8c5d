package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"paperlight/analyzer/junit"
)

// WriteJUnit writes the criteria as JUnit XML: one suite for each practice and
// accreditation, one case for each criterion. What cannot be told, is too few or does
// not apply is skipped, as it fails no gate.
func WriteJUnit(w io.Writer, released Released, o Options) error {
	r := presentable(released)
	all := &junit.Suites{Name: "paperlight"}
	texts := ruleTexts(r)
	for i := range r.Practices {
		p := &r.Practices[i]
		find := readerOf(r, p, texts, o)
		for j := range p.Accreditations {
			all.Add(find.suite(p, &p.Accreditations[j]))
		}
	}
	if unread := notReadWords(r); len(unread) > 0 {
		s := junit.Suite{Name: notReadHeading(r), Properties: []junit.Property{{Name: "level", Value: string(r.Level)}, {Name: "notice", Value: careLine}}}
		for _, n := range unread {
			s.Add(junit.Case{Class: "extract", Name: n.Name, Failure: &junit.Failure{Type: "not_read", Message: n.Says, Text: n.Hint}})
		}
		all.Add(s)
	}
	return junit.Write(w, all)
}

func (r *reader) suite(p *PracticeReport, a *Accreditation) junit.Suite {
	s := junit.Suite{
		Name: practiceName(p) + " (" + p.PracticeID + "): " + cmp.Or(a.Title, a.ID),
		Properties: []junit.Property{
			{Name: "as_of", Value: p.AsOf}, {Name: "verdict", Value: string(a.Verdict)}, {Name: "score", Value: a.scoreWords()}, {Name: "assured_score", Value: a.assuredWords()},
			{Name: "level", Value: string(r.report.Level)}, {Name: "notice", Value: careLine},
		},
	}
	if name := r.report.severalName(p.Extract); name != "" {
		s.Properties = append(s.Properties, junit.Property{Name: "extract", Value: name})
	}
	for i := range a.Criteria {
		s.Add(r.testcase(a, &a.Criteria[i]))
	}
	return s
}

func (r *reader) testcase(a *Accreditation, c *Criterion) junit.Case {
	one := junit.Case{Class: a.ID, Name: c.Rule}
	switch {
	case a.Verdict == Damaged && !slices.Contains(a.BlockersFailed, c.Rule):
		one.Skipped = &junit.Skipped{Message: "the file is damaged: not scored"}
	case c.Status == Failed:
		j := r.job(c)
		one.Failure = &junit.Failure{Type: c.Severity, Message: "not met: " + j.Title, Text: strings.TrimSpace(j.count() + " " + j.Fix)}
	case c.Status == NotAssessable || c.Status == TooFew || c.Status == NotApplicable && c.Severity == "blocker":
		lead, q := r.question(c)
		one.Skipped = &junit.Skipped{Message: strings.TrimSpace(statusWords[c.Status] + ": " + lead + " " + q.Why)}
	case c.Status != Passed && c.Status != Shown:
		one.Skipped = &junit.Skipped{Message: statusWords[c.Status]}
	}
	return one
}
