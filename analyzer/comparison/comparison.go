// Package comparison says what changed between two reports of the same practices: the
// verdicts, and check by check how many records are left to put right. Where the two
// were not judged by the same rules and scheme it says so, since a figure may have moved
// for that alone. Of two files of reports it knows counts; of two runs of a history also
// which records are new, fixed or still open.
package comparison

import (
	"cmp"
	"slices"

	"paperlight/analyzer/report"
)

// A Comparison is two reports held against each other, in the order in which it is
// written. Slices are never nil.
type Comparison struct {
	Before Side `json:"before"`
	After  Side `json:"after"`
	// Differs says in what, other than the data, the two were not judged alike.
	Differs []string `json:"differs"`
	// Linked says of two runs of a history whether their records can be told to be the
	// same; nil of two files of reports, which know no records.
	Linked    *bool      `json:"linked"`
	Practices []Practice `json:"practices"` // sorted by id
}

// A Side is one of the two reports.
type Side struct {
	Extract string `json:"extract"`
	Tool    string `json:"tool"`
	Rules   string `json:"rules"`
	Scheme  string `json:"scheme"`
}

// A Practice is one practice in both reports, or in one of them.
type Practice struct {
	ID             string          `json:"practice_id"`
	Name           string          `json:"name"`
	Before         string          `json:"as_of_before"` // empty where that report lacks it
	After          string          `json:"as_of_after"`
	Accreditations []Accreditation `json:"accreditations"`
	Checks         []Check         `json:"checks"`
}

// An Accreditation is how a verdict moved.
type Accreditation struct {
	ID     string         `json:"id"`
	Title  string         `json:"title"`
	Before report.Verdict `json:"before"`
	After  report.Verdict `json:"after"`
	Change Change         `json:"change"`
}

// A Check is how the outcome of a rule moved.
type Check struct {
	Rule     string        `json:"rule"`
	Title    string        `json:"title"`
	Severity string        `json:"severity"`
	Before   report.Status `json:"before"` // empty where that report lacks the rule
	After    report.Status `json:"after"`
	// FailingBefore and FailingAfter are the records to look at; nil where the report
	// does not say.
	FailingBefore *int64 `json:"failing_before"`
	FailingAfter  *int64 `json:"failing_after"`
	Change        Change `json:"change"`
	// Records is what became of the records; nil where nobody can tell.
	Records *Records `json:"records"`
	// RuleChanged: the page of the rule is another one, so that the counts may have
	// moved for that alone.
	RuleChanged bool `json:"rule_changed"`
}

// Records counts the records that a rule lists before, after, or both times.
type Records struct {
	New       int64 `json:"new"`
	Fixed     int64 `json:"fixed"`
	StillOpen int64 `json:"still_open"`
	Reopened  int64 `json:"reopened"`
}

// A Change is which way something moved.
type Change string

// The changes.
const (
	Better Change = "better"
	Worse  Change = "worse"
	Same   Change = "same"
	// Other: it moved, and neither is better: nobody could tell before, or cannot now.
	Other Change = "other"
	Added Change = "added" // the report of before lacks it
	Gone  Change = "gone"  // that of after does
)

// Of compares two reports. Reports at the level publish hide counts, so that little can
// be said of them.
func Of(before, after *report.Report) *Comparison {
	c := &Comparison{Before: sideOf(before), After: sideOf(after), Differs: differs(before, after), Practices: []Practice{}}
	titles := map[string]string{}
	for _, r := range []*report.Report{before, after} {
		for _, t := range r.RuleTexts {
			titles[t.Rule] = t.Title
		}
	}
	was, is := byID(before), byID(after)
	for _, id := range unionOf(was, is) {
		c.Practices = append(c.Practices, practiceOf(id, was[id], is[id], titles))
	}
	return c
}

// Follow adds what became of the records of the one practice, by rule, and which rules are
// not what they were. What is not linked has no records.
func (c *Comparison) Follow(linked bool, records map[string]*Records, changed map[string]bool) {
	c.Linked = &linked
	for i := range c.Practices {
		for j := range c.Practices[i].Checks {
			k := &c.Practices[i].Checks[j]
			k.Records, k.RuleChanged = records[k.Rule], changed[k.Rule]
		}
	}
}

func sideOf(r *report.Report) Side {
	return Side{Extract: r.Extract.Name, Tool: r.Tool.Version, Rules: r.Rules.Version, Scheme: cmp.Or(r.Scheme.Title, r.Scheme.ID)}
}

// differs says in what the two were not judged alike.
func differs(before, after *report.Report) []string {
	out := []string{}
	say := func(is bool, words string) {
		if is {
			out = append(out, words)
		}
	}
	say(before.Rules.SHA256 != after.Rules.SHA256, "The rules are not the same: a figure may have moved for that alone.")
	say(before.Scheme.SHA256 != after.Scheme.SHA256, "The scheme is not the same: a pass mark or a weight may have moved.")
	say(before.Level != after.Level, "The reports are of two levels, which show different counts.")
	say(before.Selection != after.Selection, "One of them is of some checks alone.")
	say(!slices.EqualFunc(before.Options, after.Options, func(a, b report.Option) bool { return a.Name == b.Name && a.Value == b.Value && a.SHA256 == b.SHA256 }),
		"They were made with different options.")
	say(before.Extract.System != after.Extract.System, "The extracts are of two systems.")
	return out
}

func byID(r *report.Report) map[string]*report.PracticeReport {
	out := map[string]*report.PracticeReport{}
	for i := range r.Practices {
		out[r.Practices[i].PracticeID] = &r.Practices[i]
	}
	return out
}

// unionOf are the keys of two maps, sorted.
func unionOf[V any](a, b map[string]V) []string {
	var out []string
	for k := range a {
		out = append(out, k)
	}
	for k := range b {
		if _, both := a[k]; !both {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// practiceOf compares a practice; either may be nil.
func practiceOf(id string, was, is *report.PracticeReport, titles map[string]string) Practice {
	p := Practice{ID: id, Accreditations: []Accreditation{}, Checks: []Check{}}
	if was == nil {
		was = &report.PracticeReport{}
	}
	if is == nil {
		is = &report.PracticeReport{}
	}
	p.Name, p.Before, p.After = cmp.Or(is.Name, was.Name), was.AsOf, is.AsOf
	p.accreditations(was, is)
	before, after := criteria(was), criteria(is)
	for _, rule := range unionOf(before, after) {
		p.Checks = append(p.Checks, checkOf(rule, titles[rule], before[rule], after[rule]))
	}
	return p
}

func (p *Practice) accreditations(was, is *report.PracticeReport) {
	for _, a := range is.Accreditations {
		one := Accreditation{ID: a.ID, Title: a.Title, After: a.Verdict, Change: Added}
		if i := slices.IndexFunc(was.Accreditations, func(b report.Accreditation) bool { return b.ID == a.ID }); i >= 0 {
			one.Before = was.Accreditations[i].Verdict
			one.Change = moved(slices.Index(verdicts, one.Before), slices.Index(verdicts, one.After))
		}
		p.Accreditations = append(p.Accreditations, one)
	}
	for _, b := range was.Accreditations {
		if !slices.ContainsFunc(is.Accreditations, func(a report.Accreditation) bool { return a.ID == b.ID }) {
			p.Accreditations = append(p.Accreditations, Accreditation{ID: b.ID, Title: b.Title, Before: b.Verdict, Change: Gone})
		}
	}
}

// verdicts from the worst to the best. What nobody can tell is neither.
var verdicts = []report.Verdict{report.Damaged, report.NotReady, report.AnswersNeeded, report.NearlyReady, report.Ready}

// moved compares two places in an order; below 0 is none.
func moved(before, after int) Change {
	switch {
	case before == after:
		return Same
	case before < 0 || after < 0:
		return Other
	case before < after:
		return Better
	}
	return Worse
}

// criteria are the lines of a practice's ledgers by rule: of several the gravest.
func criteria(p *report.PracticeReport) map[string]*report.Criterion {
	out := map[string]*report.Criterion{}
	for i := range p.Accreditations {
		for j := range p.Accreditations[i].Criteria {
			c := &p.Accreditations[i].Criteria[j]
			if have := out[c.Rule]; have == nil || slices.Index(severities, c.Severity) < slices.Index(severities, have.Severity) {
				out[c.Rule] = c
			}
		}
	}
	return out
}

var severities = []string{"blocker", "major", "minor", "info"}

// statuses from the worst to the best, as far as they can be compared.
var statuses = []report.Status{report.Failed, report.Passed}

// checkOf compares a rule; either may be nil.
func checkOf(rule, title string, was, is *report.Criterion) Check {
	c := Check{Rule: rule, Title: title}
	if was != nil {
		c.Severity, c.Before, c.FailingBefore = was.Severity, was.Status, was.Failing
	}
	if is != nil {
		c.Severity, c.After, c.FailingAfter = is.Severity, is.Status, is.Failing
	}
	switch {
	case was == nil:
		c.Change = Added
	case is == nil:
		c.Change = Gone
	case was.Status != is.Status:
		c.Change = moved(slices.Index(statuses, was.Status), slices.Index(statuses, is.Status))
	case was.Failing != nil && is.Failing != nil:
		c.Change = fewer(*was.Failing, *is.Failing)
	default:
		c.Change = Same
	}
	return c
}

func fewer(before, after int64) Change {
	switch {
	case after < before:
		return Better
	case after > before:
		return Worse
	}
	return Same
}

// GotWorse reports whether any verdict, or any check that can stop the practice, got worse.
func (c *Comparison) GotWorse() bool {
	for i := range c.Practices {
		p := &c.Practices[i]
		if slices.ContainsFunc(p.Accreditations, func(a Accreditation) bool { return a.Change == Worse }) ||
			slices.ContainsFunc(p.Checks, func(k Check) bool { return k.Change == Worse && k.Severity == "blocker" && k.After == report.Failed }) {
			return true
		}
	}
	return false
}
