package report

// questions are the checks that the file cannot settle. Where answers are what
// the verdict waits for, those it asks for come apart from the others.
func (r *reader) questions(p *PracticeReport, apart bool) (needed, others []asked) {
	wanted := make(map[string]bool)
	if apart {
		for i := range p.Accreditations {
			for _, rule := range p.Accreditations[i].AnswersNeeded {
				wanted[rule] = true
			}
		}
	}
	seen := make(map[string]bool)
	each(p, func(_ *Accreditation, c *Criterion) {
		unjudged := c.Status == Shown && len(r.result(c.Rule).Missing) > 0
		if seen[c.Rule] || c.Status != NotAssessable && c.Status != TooFew && !unjudged {
			return
		}
		seen[c.Rule] = true
		lead, q := r.question(c)
		if wanted[c.Rule] {
			needed = ask(needed, lead, q)
		} else {
			others = ask(others, lead, q)
		}
	})
	return needed, others
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
			q.Why = sentence(records(*result.Denominator, text.Table))
		}
		return fewLead, q
	case text.Evidence == "declared":
		q.Why = joinNotes(result.Notes)
		return answerLead, q
	}
	q.Why = lacks(result.Missing)
	if q.Declares != "" && len(result.Notes) > 0 {
		q.Why += " " + joinNotes(result.Notes)
	}
	return absentLead, q
}
