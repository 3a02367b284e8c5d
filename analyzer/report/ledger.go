package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
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
		out.Total = points(*a.Score) + " of 100.00"
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
		e.Counts, e.Rate = "as a whole", ""
		if result.Value != nil {
			e.Counts = "value " + decimal(*result.Value)
		}
	}
	if c.Status == Shown && !judgesRecords(&result) && result.Denominator != nil && *result.Denominator > 0 && text.Table != "practice" {
		e.Counts = number(*result.Denominator) + " listed"
	}
	if c.Tier != "" && c.Status == Passed {
		e.Words += " (" + c.Tier + ")"
	}
	e.Notes = result.Remarks()
	if result.Interval != nil {
		e.Interval = percentage(result.Interval[0]) + " to " + percentage(result.Interval[1])
	}
	if c.Status == Passed || c.Status == Failed {
		if c.Of > 0 {
			e.Points = points(c.Points) + " of " + points(c.Of)
		}
	}
	if c.Status == Failed && c.Progress != nil && text.Table != "practice" {
		e.Progress = percentage(float64(*c.Progress)/10000) + " of the way"
	}
	return e
}

// counts is "340 of 352", with what is hidden said so.
func counts(r *Result) string {
	part, all := shownCount(r.Numerator, r.Suppressed, "numerator"), shownCount(r.Denominator, r.Suppressed, "denominator")
	switch {
	case all == notShown:
		return notShown
	case all == "":
		if r.Value != nil {
			return decimal(*r.Value)
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
		return "nearly 100%"
	case r.Rate != nil && *r.Rate == 0 && below(new(int64), r.Numerator):
		return "nearly 0%"
	case r.Rate != nil && c.Status == Failed:
		return percentage(*r.Rate, strings.TrimLeft(c.Threshold, "<>= "))
	case r.Rate != nil:
		return percentage(*r.Rate)
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
		return number(*n)
	case slices.Contains(suppressed, field):
		return notShown
	}
	return ""
}

// decimal writes a value with at most 2 places.
func decimal(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return s
	}
	out := number(n)
	if n == 0 && strings.HasPrefix(whole, "-") {
		out = "-0"
	}
	if fraction != "" {
		out += "." + fraction
	}
	return out
}
