package score

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
	"paperlight/rules"
)

// An answer is the declaration that stands in for a rule in one practice, or
// the reason why none does.
type answer struct {
	given    bool
	answer   string // rules.Yes, No or NotApplicable
	verified bool
	notes    []string
}

func (a *answer) basis() string {
	if a.verified {
		return "verified"
	}
	return "declared"
}

// answerTo finds the answer of a practice to a rule as of a day. A later
// answer replaces an earlier one; of two of one day the less favourable counts.
func answerTo(in *Input, r *rules.Rule, practice string, asOf calendar.Day) answer {
	if r.Declares == "" || r.Evidence == rules.EvidenceData {
		return answer{}
	}
	terms := r.AnswerTerms()
	latest, notes := latestFit(&terms, r.Declares, in.Declarations, practice, asOf)
	if latest == nil {
		return answer{notes: notes}
	}
	a := answer{
		given:    true,
		answer:   terms.Settle(latest),
		verified: latest.HasVerifiedDate && latest.VerifiedDate >= latest.Date && latest.VerifiedDate <= asOf,
	}
	note := "declared " + strings.ReplaceAll(a.answer, "_", " ") + " on " + latest.Date.Words() + whoAnswered(latest, in.Level)
	if a.verified {
		note += "; verified by an assessor on " + latest.VerifiedDate.Words()
	}
	a.notes = []string{note}
	return a
}

// latestFit returns the declaration that counts for a key in a practice as of a
// day, or nil and why those given do not.
func latestFit(terms *rules.AnswerTerms, key string, declarations []rules.Declaration, practice string, asOf calendar.Day) (latest *rules.Declaration, notes []string) {
	for i := range declarations {
		d := &declarations[i]
		if d.Key != key || d.Practice != "" && d.Practice != practice {
			continue
		}
		if why := terms.Unfit(d, asOf); why != "" {
			notes = append(notes, why)
			continue
		}
		if latest == nil || outranks(terms, d, latest) {
			latest = d
		}
	}
	if latest != nil {
		return latest, nil
	}
	slices.Sort(notes)
	return nil, slices.Compact(notes)
}

// outranks reports whether a is the answer that counts, of two that are fit. Of
// two that say the same, the one that nobody verified does.
func outranks(terms *rules.AnswerTerms, a, b *rules.Declaration) bool {
	n := terms.Compare(a, b)
	return n > 0 || n == 0 && b.HasVerifiedDate && !a.HasVerifiedDate
}

// reads are the answers that conditions read, by rule, and their terms by key.
type reads struct {
	asks  map[string][]rules.Ask
	terms map[string]rules.AnswerTerms
}

func readsOf(c *rules.Catalogue) *reads {
	out := &reads{asks: map[string][]rules.Ask{}, terms: c.AnswerTerms()}
	for _, r := range c.Rules {
		out.asks[r.ID] = slices.DeleteFunc(r.Asks(), func(a rules.Ask) bool { return !a.Read })
	}
	return out
}

// read notes what the practice answered to the questions that the conditions of
// the rule read, and what it did not.
func (e *evidence) read(in *Input, practice string, asOf calendar.Day) {
	for _, ask := range in.reads.asks[e.id] {
		terms := in.reads.terms[ask.Key]
		latest, notes := latestFit(&terms, ask.Key, in.Declarations, practice, asOf)
		e.notes = append(e.notes, notes...)
		switch {
		case latest == nil:
			e.unanswered = append(e.unanswered, "an answer of the practice: "+ask.Key)
		case ask.Count && latest.HasCount && in.Level != report.Publish: // both figures may be small
			e.notes = append(e.notes, e.counted(latest, in.Level))
		}
	}
}

// counted says what was declared, and beside it what the records hold of the
// same.
func (e *evidence) counted(d *rules.Declaration, level report.Level) string {
	note := "declared on " + d.Date.Words() + whoAnswered(d, level) + ": " + strconv.FormatInt(d.Count, 10)
	if e.rule.CountOf != "" {
		note += " " + e.rule.CountOf
	}
	if e.tally.HasValue {
		note += "; in the records: " + strconv.FormatFloat(e.tally.Value, 'f', -1, 64)
	}
	return note
}

// whoAnswered is the role and the grounds. They are free text, which may name
// anybody, and stay where the extract is.
func whoAnswered(d *rules.Declaration, level report.Level) string {
	if cmp.Or(level, report.Practice) != report.Practice {
		return ""
	}
	return " (role: " + d.Role + "; evidence: " + d.Evidence + ")"
}
