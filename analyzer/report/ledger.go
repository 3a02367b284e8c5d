package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
)

// ledger is the table of all checks of one accreditation. Of a damaged file
// only the checks that say so are shown.
func (r *reader) ledger(a *Accreditation) ledger {
	out := ledger{Title: cmp.Or(a.Title, a.ID), Rows: []entry{}}
	for i := range a.Criteria {
		c := &a.Criteria[i]
		if a.Verdict != Damaged || slices.Contains(a.BlockersFailed, c.Rule) {
			out.Rows = append(out.Rows, r.entry(c))
		}
	}
	if a.Score != nil {
		out.Total = figures.Exact(*a.Score) + " of 100.00"
	}
	return out
}

func (r *reader) entry(c *Criterion) entry {
	text, result := r.text(c.Rule), r.result(c.Rule)
	e := entry{
		Code: cmp.Or(text.Code, c.Rule), Title: r.title(c.Rule), Counts: counts(&result), Rate: rate(&result, c),
		Mark: markWords(c.Threshold), From: opening(c.ThresholdFrom), Status: c.Status, Words: statusWords[c.Status],
		Severity: cmp.Or(severityWords[c.Severity], c.Severity), Basis: c.Basis, Who: owners(c.Owner, shortOwnerWords),
	}
	if text.Table == "practice" && result.Denominator != nil {
		e.Counts, e.Rate = wholePractice, ""
		if result.Value != nil {
			e.Counts += ", " + figureWords(&text, *result.Value)
		}
	}
	if c.Status == Shown && !judgesRecords(&result) && result.Denominator != nil && *result.Denominator > 0 && text.Table != "practice" {
		e.Counts = figures.Count(*result.Denominator) + " listed"
	}
	if c.Tier != "" && c.Status == Passed {
		e.Words += " (" + c.Tier + ")"
	}
	e.Notes = append(fewWords(&result, c), result.Remarks()...)
	if result.Interval != nil {
		e.Interval = figures.Share(result.Interval[0]) + " to " + figures.Share(result.Interval[1])
	}
	if c.Status == Passed || c.Status == Failed {
		if c.Of > 0 {
			e.Points = figures.Exact(c.Points) + " of " + figures.Exact(c.Of)
		}
	}
	return e
}

// wholePractice stands for the counts of a check that looks at no single record.
const wholePractice = "whole-practice check"

// fewWords says what a rate of few records means: why it is not judged, or why
// it is all the same.
func fewWords(r *Result, c *Criterion) []string {
	switch {
	case r.Denominator == nil || *r.Denominator == 0 || *r.Denominator >= EnoughToJudge || r.Interval == nil || c.Basis == "declared" || c.Basis == "verified":
		return nil
	case c.Status == TooFew:
		return []string{"Too few to judge. " + chance(r)}
	case c.Status == Failed && (c.Threshold == "100%" || c.Threshold == "<= 0%"):
		return []string{"There are few, but one is enough to miss this pass mark."}
	case c.Status == Failed:
		return []string{"There are few, but they are too far from the pass mark for it to be chance."}
	}
	return nil
}

// chance says why a rate of few records decides nothing.
func chance(r *Result) string {
	if r.Interval == nil {
		return ""
	}
	return fmt.Sprintf("By chance alone the true rate could lie between %s and %s, on either side of the pass mark.",
		figures.Share(r.Interval[0]), figures.Share(r.Interval[1]))
}

// counts is "340 of 352", with what is hidden said so.
func counts(r *Result) string {
	part, all := shownCount(r.Numerator, r.Suppressed, "numerator"), shownCount(r.Denominator, r.Suppressed, "denominator")
	switch {
	case all == notShown:
		return notShown
	case all == "":
		if r.Value != nil {
			return figures.Decimal(*r.Value)
		}
		return ""
	case r.Denominator != nil && *r.Denominator == 0:
		return "none"
	}
	return part + " of " + all
}

// rate is the percentage; at the publish level a range where it would say
// something of everyone in a small group.
func rate(r *Result, c *Criterion) string {
	switch {
	case r.Rate != nil && *r.Rate == 1 && below(r.Numerator, r.Denominator):
		return "over 99.9%"
	case r.Rate != nil && *r.Rate == 0 && below(new(int64), r.Numerator):
		return "under 0.1%"
	case r.Rate != nil && c.Status == Failed:
		return figures.Missed(*r.Rate, strings.TrimLeft(c.Threshold, "<>= "), strings.HasPrefix(c.Threshold, "<"))
	case r.Rate != nil:
		return figures.Share(*r.Rate)
	case !slices.Contains(r.Suppressed, "rate"):
		return ""
	case r.Numerator == nil || r.Denominator == nil:
		return ""
	case *r.Numerator == 0:
		return "under 5%"
	}
	return "over 95%"
}

func below(a, b *int64) bool { return a != nil && b != nil && *a < *b }

const notShown = "not shown"

func shownCount(n *int64, suppressed []string, field string) string {
	switch {
	case n != nil:
		return figures.Count(*n)
	case slices.Contains(suppressed, field):
		return notShown
	}
	return ""
}
