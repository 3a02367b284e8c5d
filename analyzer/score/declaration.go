package score

import (
	"cmp"
	"slices"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
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
	stands := terms.Stand(r.Declares, practice, in.Declarations, asOf)
	latest := stands.Answer
	if latest == nil {
		return answer{notes: flaws(stands.Why, in.Level)}
	}
	a := answer{
		given:    true,
		answer:   terms.Settle(latest),
		verified: latest.HasDate && latest.HasVerifiedDate && latest.VerifiedDate >= latest.Date && latest.VerifiedDate <= asOf,
	}
	note := "declared " + strings.ReplaceAll(a.answer, "_", " ") + onDay(latest) + whoAnswered(latest, in.Level)
	if a.verified {
		note += "; verified by an assessor on " + latest.VerifiedDate.Words()
	}
	a.notes = []string{note}
	if f := stands.Flaw; f.Says != "" {
		a.notes = append(a.notes, flaws([]rules.Flaw{f}, in.Level)[0]+". A no counts all the same, until a later answer takes its place")
	}
	return a
}

// flaws says what is wrong with answers, and where they stand: places are for the
// practice, which has the files.
func flaws(of []rules.Flaw, level report.Level) []string {
	var out []string
	for _, f := range of {
		out = append(out, f.Text(cmp.Or(level, report.Practice) == report.Practice))
	}
	return slices.Compact(out)
}

// Reads are the answers that the conditions of a catalogue read, by rule, and their terms
// by key.
type Reads struct {
	asks  map[string][]rules.Ask
	terms map[string]rules.AnswerTerms
}

// ReadsOf finds them. It takes as long as the scoring of a practice.
func ReadsOf(c *rules.Catalogue) *Reads {
	out := &Reads{asks: map[string][]rules.Ask{}, terms: c.AnswerTerms()}
	for _, r := range c.Rules {
		out.asks[r.ID] = slices.DeleteFunc(r.Asks(), func(a rules.Ask) bool { return !a.Read })
	}
	return out
}

// read notes what the practice answered to the questions that the conditions of
// the rule read, and what it did not.
func (e *evidence) read(in *Input, practice string, asOf calendar.Day) {
	for _, ask := range in.Reads.asks[e.id] {
		terms := in.Reads.terms[ask.Key]
		stands := terms.Stand(ask.Key, practice, in.Declarations, asOf)
		latest := stands.Answer
		e.notes = append(e.notes, flaws(stands.Why, in.Level)...)
		switch {
		case latest == nil:
			e.unanswered = append(e.unanswered, "an answer of the practice: "+ask.Key)
		case ask.Count && latest.HasCount && in.Level != report.Publish: // both figures may be small
			e.notes = append(e.notes, "declared"+onDay(latest)+whoAnswered(latest, in.Level))
			e.counted(latest)
		}
	}
}

// counted is what the practice counted, to stand beside what the records hold of the
// same.
func (e *evidence) counted(d *rules.Declaration) {
	value, one := float64(d.Count), int64(1)
	title := "Counted by the practice"
	if e.rule.CountOf != "" {
		title += ", " + e.rule.CountOf
	}
	e.given = append(e.given, report.Beside{
		Name: d.Key, Title: title, Table: schema.Practice.Name, Denominator: &one, Value: &value, Missing: []string{},
	})
}

// whoAnswered is the role and the grounds. They are free text, which may name
// anybody, and stay where the extract is.
func whoAnswered(d *rules.Declaration, level report.Level) string {
	if cmp.Or(level, report.Practice) != report.Practice {
		return ""
	}
	var says []string
	for _, part := range [][2]string{{"role", d.Role}, {"evidence", d.Evidence}} {
		if strings.TrimSpace(part[1]) != "" {
			says = append(says, part[0]+": "+part[1])
		}
	}
	if says == nil {
		return ""
	}
	return " (" + strings.Join(says, "; ") + ")"
}

// onDay is the day of an answer, for notes; only a no may lack it.
func onDay(d *rules.Declaration) string {
	if !d.HasDate {
		return ""
	}
	return " on " + d.Date.Words()
}
