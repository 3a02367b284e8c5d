// Package declaration is the questions that a report leaves open, and the file of
// answers: what the extract cannot show, and somebody who looked can.
package declaration

import (
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

// Open words what the report holds open, given the answers so far. Only where there are
// several practices does a question name its own.
func Open(made *report.Report, catalogue *rules.Catalogue, given []rules.Declaration) []rules.Question {
	var out []rules.Question
	terms := catalogue.AnswerTerms()
	for i := range made.Practices {
		p := &made.Practices[i]
		for _, open := range p.Questions {
			q := rules.Question{Ask: rules.Ask{Key: open.Key}}
			for _, id := range open.Rules {
				rule := catalogue.Rule(id)
				for _, ask := range rule.Asks() {
					if ask.Key == open.Key && len(q.Rules) == 0 {
						q.Ask, q.Why = ask, whyOpen(ask, rule, p, Flaws(terms, ask, p, given))
					}
					q.Count = q.Count || ask.Key == open.Key && ask.Count
				}
				q.Rules = append(q.Rules, rule)
			}
			if len(made.Practices) > 1 {
				q.Practice = p.PracticeID
			}
			out = append(out, q)
		}
	}
	return out
}

// Flaws says what is wrong with the answers given to a question. A no that lacks its
// date or its evidence counts, and is asked for again.
func Flaws(terms map[string]rules.AnswerTerms, ask rules.Ask, p *report.PracticeReport, given []rules.Declaration) (out []string) {
	t := terms[ask.Key]
	asOf, ok := calendar.Parse(p.AsOf)
	if !ok {
		return nil // written by the report itself, so it can be read
	}
	stands := t.Stand(ask.Key, p.PracticeID, given, asOf)
	for _, f := range stands.Flaws() {
		out = append(out, f.Text(true))
	}
	return out
}

// whyOpen says what the extract lacks and why an earlier answer does not count.
func whyOpen(ask rules.Ask, rule *rules.Rule, p *report.PracticeReport, flaws []string) []string {
	if ask.Read {
		return flaws
	}
	i := slices.IndexFunc(p.Results, func(r report.Result) bool { return r.Rule == rule.ID })
	if i < 0 {
		return nil
	}
	var why []string
	if rule.Evidence != rules.EvidenceDeclared && len(p.Results[i].Missing) > 0 {
		why = append(why, report.Lacks(p.Results[i].Missing))
	}
	return append(why, p.Results[i].Notes...)
}

// Form is the file to fill in.
func Form(made *report.Report, scheme *rules.Scheme, questions []rules.Question) string {
	var b strings.Builder
	b.WriteString(`# Questions that the extract cannot answer. Please answer them for your practice.
#
# Look first. Then write after each colon:
#   answer    one of the answers named; leave it empty if nobody has looked
#   date      the day you looked, such as 2026-03-31 or 31/3/2026
#   evidence  what you saw, and where it is kept
#   role      your job, such as practice manager; never a name
# An answer counts only with a date, evidence and a role. Write nothing about patients here.
#
`)
	fmt.Fprintf(&b, "# Scheme: %s. When you are done: paperlight check EXTRACT --scheme %s --declarations THIS-FILE\n", scheme.ID, scheme.ID)
	for _, p := range made.Practices {
		fmt.Fprintf(&b, "# Asked of practice %s as of %s\n", singleLine(p.PracticeID), p.AsOf)
	}
	rules.WriteQuestions(&b, questions)
	return b.String()
}

// singleLine keeps a cell of the extract within its comment.
func singleLine(s string) string { return strings.Join(strings.Fields(visible.Text(s)), " ") }
