package score

import (
	"slices"
	"strings"
	"time"

	"paperlight/rules"
)

// How many months an answer stands where its rule does not say.
const (
	policyStands = 12
	countStands  = 3
)

// An answer is the declaration that stands in for a rule in one practice, or
// the reason why none does.
type answer struct {
	given    bool
	answer   Answer // Yes, No or NotApplicable
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
func answerTo(r *rules.Rule, declarations []Declaration, practice string, asOf int32) answer {
	if r.Declares == "" || r.Evidence == "data" {
		return answer{}
	}
	var latest *Declaration
	var notes []string
	for i := range declarations {
		d := &declarations[i]
		if d.Key != r.Declares || d.PracticeID != "" && d.PracticeID != practice {
			continue
		}
		if why := unfit(r, d, asOf); why != "" {
			notes = append(notes, why)
			continue
		}
		if latest == nil || *d.Date > *latest.Date || *d.Date == *latest.Date && favour(r, d) < favour(r, latest) {
			latest = d
		}
	}
	slices.Sort(notes)
	notes = slices.Compact(notes)
	if latest == nil {
		return answer{notes: notes}
	}
	a := answer{
		given:    true,
		answer:   settle(r, latest),
		verified: latest.Verified && latest.VerifiedDate != nil && *latest.VerifiedDate >= *latest.Date && *latest.VerifiedDate <= asOf,
	}
	note := "declared " + strings.ReplaceAll(string(a.answer), "_", " ") + " on " + dayWords(*latest.Date) + ", role: " + latest.Role
	if a.verified {
		note += "; verified by an assessor on " + dayWords(*latest.VerifiedDate)
	}
	a.notes = []string{note}
	return a
}

// unfit says why a declaration is not evidence; empty where it is.
func unfit(r *rules.Rule, d *Declaration, asOf int32) string {
	switch {
	case d.Date == nil:
		return "an answer was given without a date"
	case *d.Date > asOf:
		return "the answer of " + dayWords(*d.Date) + " is later than the as-of date"
	case !stands(r, d, asOf):
		return "the answer of " + dayWords(*d.Date) + " is too old: answer again"
	case strings.TrimSpace(d.Role) == "":
		return "the answer of " + dayWords(*d.Date) + " does not say who answered (role)"
	case strings.TrimSpace(d.Evidence) == "":
		return "the answer of " + dayWords(*d.Date) + " names no evidence"
	case d.Answer == SupplierHosted && !r.SupplierHosted:
		return "supplier hosted is no answer to this question"
	case settle(r, d) == "":
		return "the answer of " + dayWords(*d.Date) + " is neither yes, no nor a count"
	}
	return ""
}

// stands reports whether an answer is recent enough: counts stand 3 months,
// policies 12, letters of consent until they are withdrawn.
func stands(r *rules.Rule, d *Declaration, asOf int32) bool {
	months := r.AnswerStands
	switch {
	case months == rules.UntilWithdrawn:
		return true
	case months > 0:
	case d.Count != nil:
		months = countStands
	default:
		months = policyStands
	}
	return *d.Date >= monthsBefore(asOf, months)
}

// settle turns an answer into yes, no or not applicable; empty where it is
// none of them.
func settle(r *rules.Rule, d *Declaration) Answer {
	switch d.Answer {
	case Yes, No, NotApplicable:
		return d.Answer
	case SupplierHosted:
		if r.SupplierHosted {
			return Yes
		}
	case "":
		if d.Count != nil && *d.Count == 0 {
			return Yes
		}
		if d.Count != nil && *d.Count > 0 {
			return No
		}
	}
	return ""
}

func favour(r *rules.Rule, d *Declaration) int {
	switch settle(r, d) {
	case No:
		return 0
	case NotApplicable:
		return 1
	}
	if !d.Verified {
		return 2
	}
	return 3
}

// dayWords is a day as people write it, for notes.
func dayWords(day int32) string { return dayTime(day).Format("2 January 2006") }

// dayText is a day as YYYY-MM-DD.
func dayText(day int32) string { return dayTime(day).Format(time.DateOnly) }

func dayTime(day int32) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

// monthsBefore is day less n months, clamped to the last day of the month as
// the rule language does.
func monthsBefore(day int32, n int) int32 {
	y, m, d := dayTime(day).Date()
	lastOfMonth := time.Date(y, m-time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
	then := time.Date(y, m-time.Month(n), min(d, lastOfMonth.Day()), 0, 0, 0, 0, time.UTC)
	return int32(then.Unix() / 86400)
}
