package score

import (
	"slices"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

// What may be told of counts at the publish level. docs/disclosure.md says
// against whom, and an independent solver holds it.
const (
	// smallList is the list size up to which nothing of a practice is published.
	smallList = 100
	// Counts of 1 to protected are small. They are hidden together with all up to
	// hiddenTo, and the others rounded to the nearest roundTo: both wider than what
	// is small, so that no difference of two counts tells a small one, whichever is
	// part of which.
	protected, hiddenTo, roundTo = 7, 14, 10
	// apart is how far rounded counts of some records and of a part of them must lie
	// from each other: so far that what is left is no hidden count, whatever they
	// were before they were rounded.
	apart = 30
	// A percentage from fewer than fullPercent records is a whole one; of a group
	// under smallGroup, 0 and 100 % are hidden: they say something of everyone in it.
	fullPercent, smallGroup = 4000, 100
)

const (
	publishedNote = "Counts of 1 to 14 are hidden and the others rounded to the nearest 10. An outcome that would tell a hidden count is not shown; the verdict is exact. What was read of each table is not published."
	smallListNote = "Withheld: nothing is published of a practice with 100 registered patients or fewer, or with an unknown number."
	roundedAway   = "the exact count decides; rounded, it would tell another outcome and is not shown"
	withheldNote  = "so few records decide this that neither their number nor an outcome that would tell it is shown"
)

// A publication is a practice on its way out.
type publication struct {
	practice *report.PracticeReport
	found    map[string]*evidence
	criteria map[string][]*rules.Criterion // by rule
	results  map[string]*report.Result     // as published
	withheld map[string]bool               // rules whose outcome is not shown
	rounded  map[string]bool               // rules whose numerator is hidden for its rounding
}

// publish leaves of a practice what everyone may see. It writes the practice
// anew, so that what is added to a report stays out until someone decides.
func publish(p *report.PracticeReport, found map[string]*evidence, scheme *rules.Scheme) {
	exact := *p
	*p = report.PracticeReport{
		PracticeID: exact.PracticeID, ODSCode: exact.ODSCode, AsOf: exact.AsOf, AsOfFrom: exact.AsOfFrom,
		Results: []report.Result{}, Requirements: []report.Requirement{}, Accreditations: []report.Accreditation{}, Questions: []report.Question{}, Notes: []string{},
	}
	if exact.RegisteredPatients == nil || *exact.RegisteredPatients <= smallList {
		p.Notes = []string{smallListNote}
		return
	}
	p.RegisteredPatients = rounded(*exact.RegisteredPatients)
	out := &publication{practice: p, found: found, criteria: map[string][]*rules.Criterion{}, results: map[string]*report.Result{},
		withheld: map[string]bool{}, rounded: map[string]bool{}}
	if scheme != nil {
		for i := range scheme.Accreditations {
			for j := range scheme.Accreditations[i].Criteria {
				c := &scheme.Accreditations[i].Criteria[j]
				out.criteria[c.Rule.ID] = append(out.criteria[c.Rule.ID], c)
			}
		}
	}
	for i := range exact.Results {
		p.Results = append(p.Results, out.result(&exact.Results[i]))
	}
	for i := range p.Results {
		out.results[p.Results[i].Rule] = &p.Results[i]
	}
	out.contradictions(exact.Accreditations)
	for i := range exact.Accreditations {
		p.Accreditations = append(p.Accreditations, out.accreditation(&exact.Accreditations[i]))
	}
	for i := range exact.Requirements {
		p.Requirements = append(p.Requirements, out.requirement(&exact.Requirements[i]))
	}
}

// result is what is published of the counts of a rule: how many records it is
// about and how many are as they should be. What was left out, is undetermined or
// unknown is not: statuses turn on it in ways that would tell.
func (p *publication) result(exact *report.Result) report.Result {
	e := p.found[exact.Rule]
	r := report.Result{Rule: exact.Rule, Code: exact.Code, Missing: exact.Missing, Notes: append([]string{}, e.answer.notes...)}
	if exact.Denominator != nil {
		r.Numerator, r.Denominator = exact.Numerator, exact.Denominator
		if !e.onPractice() {
			r.Numerator, r.Denominator, p.withheld[r.Rule] = p.counts(e)
		}
		r.Rate = exact.Rate
		if !e.onPractice() {
			r.Rate = publishedRate(exact.Rate, r.Numerator, r.Denominator)
		}
	}
	if p.withheld[r.Rule] {
		r.Notes = []string{withheldNote}
	}
	r.Suppressed = hiddenFields(map[string]bool{
		"numerator": exact.Numerator != nil && r.Numerator == nil, "denominator": exact.Denominator != nil && r.Denominator == nil,
		"excluded": exact.Excluded != nil, "undetermined": exact.Undetermined != nil, "unknown": exact.Unknown != nil,
		"rate": exact.Rate != nil && r.Rate == nil, "interval": exact.Interval != nil, "value": exact.Value != nil,
		"beside": len(exact.Beside) > 0, "batch": exact.Batch != nil,
	})
	return r
}

func hiddenFields(hidden map[string]bool) []string {
	var out []string
	for field, is := range hidden {
		if is {
			out = append(out, field)
		}
	}
	slices.Sort(out)
	return out
}

// counts are the counts of a rule as published, and whether its outcome must be
// withheld.
func (p *publication) counts(e *evidence) (numerator, denominator *int64, withheld bool) {
	n, d := e.tally.Numerator, e.tally.Denominator
	if d == 0 {
		return new(int64), new(int64), false
	}
	if d <= hiddenTo {
		return nil, nil, true
	}
	denominator = rounded(d)
	if p.tells(e, *denominator, n, d) {
		return nil, denominator, true
	}
	numerator = rounded(n)
	if few(n) || n < d && *denominator-*numerator < apart {
		return nil, denominator, false
	}
	return numerator, denominator, false
}

// tells reports whether the outcome, beside what is published of the counts,
// would tell a hidden one apart from others that it could be. It depends on
// nothing else than what the published figures and their being hidden say, so
// that it tells nothing by itself.
func (p *publication) tells(e *evidence, published, n, d int64) bool {
	met, failing := n <= hiddenTo, d-n <= hiddenTo
	if published-roundTo/2 <= 2*hiddenTo { // the two may be few at once
		met, failing = met || failing, met || failing
	}
	return met && p.outcomeTells(e, published, false) || failing && p.outcomeTells(e, published, true)
}

// rounded is a count to the nearest roundTo.
func rounded(n int64) *int64 {
	n = (n + roundTo/2) / roundTo * roundTo
	return &n
}

func few(n int64) bool { return n >= 1 && n <= hiddenTo }

// publishedRate is worked out of the published counts, as a whole percentage or,
// where there are enough records, with one decimal.
func publishedRate(exact *float64, numerator, denominator *int64) *float64 {
	if exact == nil || numerator == nil || denominator == nil || *denominator == 0 {
		return nil
	}
	n, d := *numerator, *denominator
	if d < smallGroup && (n == 0 || n == d) {
		return nil
	}
	steps := int64(100)
	if d >= fullPercent {
		steps = 1000
	}
	rate := sixPlaces(float64((2*n*steps+d)/(2*d)) / float64(steps))
	return &rate
}
