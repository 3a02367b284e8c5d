package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/calendar"
)

// How many months an answer stands where its rule does not say.
const (
	policyStands = 12
	countStands  = 3
)

// AnswerTerms are what an answer to a question must be to count as evidence.
type AnswerTerms struct {
	// Answers are those that the question takes.
	Answers []string
	// Stands is as Rule.AnswerStands.
	Stands int
	// Left: a count may be given of what is left undone, and 0 is yes. Counted:
	// conditions read the count, so that yes says nothing without it.
	Left, Counted bool
}

// AnswerTerms are those of the answer that can settle the rule.
func (r *Rule) AnswerTerms() AnswerTerms {
	return AnswerTerms{Answers: r.Answers, Stands: r.AnswerStands, Left: r.Declares != "" && r.CountOf != ""}
}

// answersFor are the keys that the answers and answer_stands of a page are
// about: that of its own declaration, else those its conditions read.
func (r *Rule) answersFor() []string {
	if r.Declares != "" {
		return []string{r.Declares}
	}
	var out []string
	for _, a := range r.Asks() {
		out = append(out, a.Key)
	}
	return out
}

// AnswerTerms returns the terms of every answer that a condition may read, by
// key. Where no page gives those of a key, it takes yes and no.
func (c *Catalogue) AnswerTerms() map[string]AnswerTerms {
	out := map[string]AnswerTerms{}
	for _, key := range c.AnswerKeys() {
		out[key] = AnswerTerms{Answers: []string{Yes, No}}
	}
	for _, r := range c.Rules {
		if len(r.Answers) == 0 {
			continue
		}
		for _, key := range r.answersFor() {
			out[key] = r.AnswerTerms()
		}
	}
	for key, counted := range c.readCounts() {
		t := out[key]
		t.Counted = counted
		out[key] = t
	}
	return out
}

// readCounts are the keys whose count some condition reads.
func (c *Catalogue) readCounts() map[string]bool {
	out := map[string]bool{}
	note := func(text string) {
		for _, found := range declaredParts(text) {
			if found[2] == "count" {
				out[found[1]] = true
			}
		}
	}
	for _, r := range c.Rules {
		for _, text := range r.conditions() {
			note(text)
		}
	}
	for _, d := range c.Definitions {
		for _, alternative := range d.Alternatives {
			note(alternative.Text)
		}
	}
	return out
}

// Unfit says why an answer is no evidence as of a day; empty where it is.
func (t *AnswerTerms) Unfit(a *Declaration, asOf calendar.Day) string {
	_, why := t.fault(a, asOf)
	return why
}

// fault says why an answer is no evidence as of a day, and which of its columns
// shows it; both are empty where it is evidence.
func (t *AnswerTerms) fault(a *Declaration, asOf calendar.Day) (column, why string) {
	if column := t.unread(a); column != "" {
		return column, t.wants(column)
	}
	if !a.HasDate {
		return "date", "an answer was given without a date"
	}
	of := "the answer of " + a.Date.Words()
	switch {
	case a.Date > asOf:
		return "date", of + " is later than the as-of date"
	case !t.stands(a, asOf):
		return "date", of + " is too old: answer again"
	case strings.TrimSpace(a.Role) == "":
		return "role", of + " does not say who answered (role)"
	case strings.TrimSpace(a.Evidence) == "":
		return "evidence", of + " names no evidence"
	}
	if column, why := t.nonsense(a); why != "" {
		return column, of + " " + why
	}
	return "", ""
}

// nonsense says why an answer is none to this question, whenever and by whomever
// it was given.
func (t *AnswerTerms) nonsense(a *Declaration) (column, why string) {
	switch {
	case a.HasCount && a.Count < 0:
		return "count", "has a count below zero"
	case a.Answer != "" && !slices.Contains(t.Answers, a.Answer):
		return "answer", "is not one that this question takes: " + t.Words()
	case t.Counted && !a.HasCount && a.Answer != NotApplicable:
		return "count", "has no count: say how many"
	case a.HasCount && !t.Left && !t.Counted: // a figure filled down a whole column is nobody's answer
		return "count", "gives a count, and this question asks for none: take the count out"
	case t.contradicts(a):
		return "count", "and its count do not agree: answer again"
	case t.Settle(a) == "":
		return "answer", "is neither yes, no nor a count"
	}
	return "", ""
}

// contradicts reports whether the word of an answer and its count say
// different things.
func (t *AnswerTerms) contradicts(a *Declaration) bool {
	switch {
	case !a.HasCount || !t.Left && !t.Counted:
		return false
	case a.Answer == No:
		return a.Count == 0
	case a.Answer == Yes:
		return t.Left && !t.Counted && a.Count > 0
	}
	return false
}

// stands reports whether an answer is recent enough: counts stand 3 months,
// policies 12, letters of consent until they are withdrawn.
func (t *AnswerTerms) stands(a *Declaration, asOf calendar.Day) bool {
	months := t.Stands
	switch {
	case months == UntilWithdrawn:
		return true
	case months > 0:
	case a.HasCount:
		months = countStands
	default:
		months = policyStands
	}
	return a.Date >= calendar.AddMonths(asOf, -months)
}

// Settle turns an answer into yes, no or not_applicable; empty where it is none
// of them. A count of what is left undone answers by itself.
func (t *AnswerTerms) Settle(a *Declaration) string {
	switch a.Answer {
	case Yes, No, NotApplicable:
		return a.Answer
	case SupplierHosted:
		return Yes
	}
	switch {
	case !a.HasCount || !t.Left && !t.Counted:
		return ""
	case a.Count == 0 || t.Counted:
		return Yes
	}
	return No
}

// Compare orders two fit answers to one question: positive where a counts and b
// does not. A later one replaces an earlier; of two of one day the less
// favourable counts.
func (t *AnswerTerms) Compare(a, b *Declaration) int {
	favour := func(a *Declaration) int { return slices.Index([]string{No, NotApplicable, Yes}, t.Settle(a)) }
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(favour(b), favour(a)), cmp.Compare(a.Count, b.Count))
}

// Words names the answers that a question takes, for people.
func (t *AnswerTerms) Words() string {
	if len(t.Answers) == 0 {
		return "none"
	}
	last := len(t.Answers) - 1
	words := strings.Join(t.Answers[:last], ", ")
	if words != "" {
		words += " or "
	}
	words += t.Answers[last]
	if t.Counted {
		words += ", with the count"
	}
	return words
}

// agree notes a fault where two pages give one answer different terms: which of
// them counts would depend on their names.
func (l *loader) agree(c *Catalogue) {
	first := map[string]*Rule{}
	for _, r := range c.Rules {
		if len(r.Answers) == 0 {
			continue
		}
		for _, key := range r.answersFor() {
			have, ok := first[key]
			if !ok {
				first[key] = r
				continue
			}
			if a, b := have.AnswerTerms(), r.AnswerTerms(); !slices.Equal(a.Answers, b.Answers) || a.Stands != b.Stands {
				l.faults.add(&Error{File: r.File, Message: fmt.Sprintf("%s takes other answers to %s than %s, or for another time", r.ID, key, have.ID),
					Hint: "give both pages the same answers and answer_stands"})
			}
		}
	}
}
