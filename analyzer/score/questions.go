package score

import (
	"slices"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
	"paperlight/rules"
)

// questions are the answers that would settle what is open in a practice, in the
// order of its report; each is asked once.
func questions(in *Input, practice string, asOf calendar.Day, judged []report.Accreditation) []report.Question {
	out := []report.Question{}
	for i := range judged {
		a := &judged[i]
		for j := range a.Criteria {
			c := &a.Criteria[j]
			rule := in.Catalogue.Rule(c.Rule)
			if rule == nil {
				continue // not among those that were run
			}
			for _, ask := range rule.Asks() {
				if !asks(in, rule, ask, c, practice, asOf) {
					continue
				}
				at := slices.IndexFunc(out, func(q report.Question) bool { return q.Key == ask.Key })
				if at < 0 {
					at, out = len(out), append(out, report.Question{Key: ask.Key, Rules: []string{}})
				}
				q := &out[at]
				if !slices.Contains(q.Rules, c.Rule) {
					q.Rules = append(q.Rules, c.Rule)
				}
				q.Needed = q.Needed || slices.Contains(a.AnswersNeeded, c.Rule)
				q.Blocks = q.Blocks || slices.Contains(a.BlockersUnjudged, c.Rule)
			}
		}
	}
	return out
}

// asks reports whether an answer is asked for a criterion: it would settle it, or
// the one given lacks something. What the data show is not asked.
func asks(in *Input, rule *rules.Rule, ask rules.Ask, c *report.Criterion, practice string, asOf calendar.Day) bool {
	terms := in.Reads.terms[ask.Key]
	stands := terms.Stand(ask.Key, practice, in.Declarations, asOf)
	settled := stands.Answer != nil && len(stands.Flaws()) == 0
	// Where the answers that a rule reads depend on one another, one that is judged
	// needs no more of them.
	always := ask.Read && (rule.Declares != "" || len(rule.Asks()) == 1)
	open := c.Status == report.NotAssessable || c.Status == report.NotApplicable && c.Severity == string(rules.Blocker) ||
		c.Status == report.Shown && c.Basis == ""
	if ask.Read && settled {
		return false
	}
	return always || open || !settled && c.Basis == "declared"
}
