package report

import (
	"cmp"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
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
	q = question{Title: r.asking(c.Rule), Where: sentence(text.Where), Declares: r.keys[c.Rule]}
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
		if text.Table == "practice" {
			q.Why += " " + compared(&text, &result)
		}
		return countedLead, q
	case text.Evidence == "declared":
		q.Why = joinNotes(result.Notes)
		return answerLead, q
	}
	q.Why = Lacks(result.Missing)
	if q.Declares != "" && len(result.Notes) > 0 {
		q.Why += " " + joinNotes(result.Notes)
	}
	if text.Table == "practice" {
		q.Why = strings.TrimSpace(q.Why + " " + compared(&text, &result))
	}
	return absentLead, q
}

// asking names a rule by a question, where nobody knows yet whether it is so.
func (r *reader) asking(rule string) string {
	return cmp.Or(r.text(rule).Question, "Not known yet: "+r.title(rule))
}

// keysOf are the questions of a practice by the rules they bear on.
func keysOf(p *PracticeReport) map[string]string {
	found := make(map[string][]string)
	for i := range p.Questions {
		for _, rule := range p.Questions[i].Rules {
			found[rule] = append(found[rule], p.Questions[i].Key)
		}
	}
	out := make(map[string]string, len(found))
	for rule, keys := range found {
		out[rule] = list(keys)
	}
	return out
}

// openQuestions counts what is open that the given accreditations wait for:
// every place that counts them counts them here. byHand are the checks that no
// answer settles, and somebody's look at the records does.
func openQuestions(p *PracticeReport, accreditations []Accreditation) (answers, byHand, blocking int64) {
	for i := range p.Questions {
		q := &p.Questions[i]
		asks := func(rules func(*Accreditation) []string) bool {
			return slices.ContainsFunc(accreditations, func(a Accreditation) bool {
				return slices.ContainsFunc(q.Rules, func(rule string) bool { return slices.Contains(rules(&a), rule) })
			})
		}
		if asks(func(a *Accreditation) []string { return a.AnswersNeeded }) {
			answers++
			if asks(func(a *Accreditation) []string { return a.BlockersUnjudged }) {
				blocking++
			}
		}
	}
	keys, seen := keysOf(p), make(map[string]bool)
	for i := range accreditations {
		for _, rule := range accreditations[i].AnswersNeeded {
			if keys[rule] != "" || seen[rule] {
				continue
			}
			seen[rule] = true
			byHand++
			if slices.ContainsFunc(accreditations, func(a Accreditation) bool { return slices.Contains(a.BlockersUnjudged, rule) }) {
				blocking++
			}
		}
	}
	return answers, byHand, blocking
}

// openWords is "22 questions for the practice to answer; 5 of them can stop you";
// empty where none is open.
func openWords(p *PracticeReport, accreditations []Accreditation) string {
	answers, byHand, blocking := openQuestions(p, accreditations)
	var parts []string
	if answers > 0 {
		parts = append(parts, figures.Plural(answers, "question", "questions")+" for the practice to answer")
	}
	if byHand > 0 {
		parts = append(parts, figures.Plural(byHand, "check", "checks")+" to make by hand")
	}
	said := list(parts)
	switch {
	case said == "" || blocking == 0:
		return said
	case answers+byHand == 1:
		return said + "; it can stop you"
	case blocking == answers+byHand:
		return said + "; each of them can stop you"
	}
	return said + "; " + figures.Count(blocking) + " of them can stop you"
}

// answersGiven reports whether answers of the practice were taken from a file.
func (r *reader) answersGiven(p *PracticeReport) bool {
	return slices.ContainsFunc(r.chosenFor(p), func(o Option) bool { return o.Says == AnswersTaken })
}

// asksWords says how many questions there are in all, and how they are answered.
func asksWords(p *PracticeReport, given bool) string {
	all := int64(len(p.Questions))
	if all == 0 {
		return ""
	}
	said := figures.Plural(all, "question is", "questions are") + " open in all."
	if answers, _, _ := openQuestions(p, p.Accreditations); worst(p) == AnswersNeeded && answers > 0 && answers < all {
		said = figures.Plural(all, "question is", "questions are") + " open in all, and the verdict waits for " + figures.Count(answers) + " of them."
	}
	if given {
		return said + " " + answersOpen
	}
	return said + " " + answerHow
}
