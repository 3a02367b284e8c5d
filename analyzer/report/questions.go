package report

import (
	"strings"
)

// questions are the checks that the file cannot settle: those that can stop the
// practice, the others that the practice is asked to answer, and the rest.
func (r *reader) questions(p *PracticeReport) (unjudged, needed, others []asked) {
	blocking := make(map[string]bool)
	for i := range p.Accreditations {
		for _, rule := range p.Accreditations[i].BlockersUnjudged {
			blocking[rule] = true
		}
	}
	wanted := answers(p)
	seen := make(map[string]bool)
	each(p, func(_ *Accreditation, c *Criterion) {
		shown := c.Status == Shown && len(r.result(c.Rule).Missing) > 0
		open := c.Status == NotAssessable || c.Status == TooFew || c.Status == NotApplicable && c.Severity == "blocker"
		if seen[c.Rule] || !open && !shown || blocking[c.Rule] && c.Severity != "blocker" {
			return
		}
		seen[c.Rule] = true
		lead, q := r.question(c)
		switch {
		case blocking[c.Rule]:
			unjudged = ask(unjudged, lead, q)
		case wanted[c.Rule] && worst(p) == AnswersNeeded:
			needed = ask(needed, lead, q)
		default:
			others = ask(others, lead, q)
		}
	})
	return unjudged, needed, others
}

// ask puts a question with those that are open for the same reason.
func ask(all []asked, lead string, q question) []asked {
	for i := range all {
		if all[i].Lead == lead {
			all[i].Questions = append(all[i].Questions, q)
			return all
		}
	}
	return append(all, asked{Lead: lead, Questions: []question{q}})
}

func questionCount(all []asked) int {
	n := 0
	for i := range all {
		n += len(all[i].Questions)
	}
	return n
}

// question says why a check is open.
func (r *reader) question(c *Criterion) (lead string, q question) {
	text, result := r.text(c.Rule), r.result(c.Rule)
	q = question{Title: r.title(c.Rule), Where: sentence(text.Where)}
	if text.Evidence != "data" {
		q.Declares = text.Declares
	}
	switch {
	case c.Status == TooFew:
		if result.Denominator != nil {
			q.Why = strings.TrimSpace(sentence(found(&result, c, text.Table)) + " " + chance(&result))
		}
		return fewLead, q
	case c.Status == NotApplicable:
		q.Why = "The extract holds nothing that this check looks at."
		return absentLead, q
	case c.Why != "":
		q.Why = sentence(c.Why)
		return countedLead, q
	case text.Evidence == "declared":
		q.Why = joinNotes(result.Notes)
		return answerLead, q
	}
	q.Why = Lacks(result.Missing)
	if q.Declares != "" && len(result.Notes) > 0 {
		q.Why += " " + joinNotes(result.Notes)
	}
	return absentLead, q
}
