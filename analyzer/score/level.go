package score

import (
	"slices"

	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// smallList is the list size up to which nothing of a practice is published.
const smallList = 100

// Counts of 1 to hiddenTo are hidden at the publish level; the others are
// rounded to the nearest roundTo.
const hiddenTo, roundTo = 7, 5

// A percentage from fewer than fullPercent records is a whole one; from a group
// under smallGroup, 0 and 100 % are hidden: they say something of everyone in it.
const fullPercent, smallGroup = 4000, 100

// tableName is the name of a table by its place in the schema.
func tableName(i int) string {
	if i >= len(schema.Tables) {
		return ""
	}
	return schema.Tables[i].Name
}

// restrict takes out of the report what its level may not show. Verdicts,
// scores and statuses were decided on exact numbers and stay.
func restrict(r *report.Report) {
	if r.Level == report.Practice {
		return
	}
	for i := range r.Extract.Tables {
		for j := range r.Extract.Tables[i].Faults {
			r.Extract.Tables[i].Faults[j].First = []report.Position{}
		}
	}
	for i := range r.Extracts {
		r.Extracts[i].Integrity.Files = []string{}
	}
	if r.Level != report.Publish {
		return
	}
	r.Extract.Tables, r.Extract.Slips = []report.Table{}, []string{}
	r.Notes = []string{"Counts of 1 to 7 are hidden and the others rounded to the nearest 5. What was read of each table is not published."}
	onPractice := make(map[string]bool)
	for _, t := range r.RuleTexts {
		onPractice[t.Rule] = t.Table == "practice"
	}
	for i := range r.Options {
		unnamed(&r.Options[i])
	}
	for i := range r.Extracts {
		for j := range r.Extracts[i].Options {
			unnamed(&r.Extracts[i].Options[j])
		}
	}
	for i := range r.Practices {
		publish(&r.Practices[i], onPractice)
	}
}

// unnamed takes the name of a file, which may be anybody's, out of an option.
func unnamed(o *report.Option) {
	if o.SHA256 != "" {
		o.Value = ""
	}
}

// publish rounds one practice, or withholds it where its list is small or not
// known.
func publish(p *report.PracticeReport, onPractice map[string]bool) {
	if p.RegisteredPatients == nil || *p.RegisteredPatients <= smallList {
		p.RegisteredPatients = nil
		p.Results, p.Requirements, p.Accreditations, p.Questions = []report.Result{}, []report.Requirement{}, []report.Accreditation{}, []report.Question{}
		p.Notes = []string{"Withheld: nothing is published of a practice with 100 registered patients or fewer, or with an unknown number."}
		return
	}
	p.RegisteredPatients, _ = round(p.RegisteredPatients)
	p.Notes = []string{}
	results := make(map[string]*report.Result, len(p.Results))
	for i := range p.Results {
		publishResult(&p.Results[i], onPractice[p.Results[i].Rule])
		results[p.Results[i].Rule] = &p.Results[i]
	}
	contradicts := make(map[string]bool)
	for i := range p.Accreditations {
		p.Accreditations[i].NotAsked = []string{} // one objection alone puts a rule there
		for j := range p.Accreditations[i].Criteria {
			c := &p.Accreditations[i].Criteria[j]
			contradicts[c.Rule] = contradicts[c.Rule] || contradicted(c, results[c.Rule])
		}
	}
	for rule, hidden := range contradicts {
		if hidden {
			r := results[rule]
			r.Numerator, r.Rate = nil, nil
			r.Suppressed = sorted(append(r.Suppressed, "numerator", "rate"))
			r.Notes = unique(append(r.Notes, roundedAway))
		}
	}
	for i := range p.Accreditations {
		for j := range p.Accreditations[i].Criteria {
			if c := &p.Accreditations[i].Criteria[j]; !onPractice[c.Rule] {
				publishCriterion(c, contradicts[c.Rule])
			}
		}
	}
}

func publishCriterion(c *report.Criterion, contradicted bool) {
	if c.Why != "" {
		c.Why = "the records do not decide it" // the reason counts records
	}
	c.Failing, c.Suppressed = hide(c.Failing, "failing", c.Suppressed)
	c.ToFix, c.Suppressed = hide(c.ToFix, "to_fix", c.Suppressed)
	if c.Progress != nil {
		c.Progress, c.Suppressed = nil, append(c.Suppressed, "progress")
	}
	if contradicted && c.Failing != nil {
		c.Failing, c.Suppressed = nil, append(c.Suppressed, "failing")
	}
	slices.Sort(c.Suppressed)
}

const roundedAway = "the exact count decides; rounded, it would tell another outcome and is not shown"

// contradicted reports whether the rounded counts would judge a criterion
// otherwise than the exact ones did.
func contradicted(c *report.Criterion, r *report.Result) bool {
	judged := c.Basis == "measured" && (c.Status == report.Passed || c.Status == report.Failed)
	if !judged || r.Numerator == nil || r.Denominator == nil || *r.Denominator == 0 {
		return false
	}
	t, err := rules.ParseThreshold(c.Threshold)
	if err != nil {
		return false // a threshold that was not written by us; nothing to hold the counts against
	}
	return count{*r.Numerator, *r.Denominator}.meets(t, t.Percent) != (c.Status == report.Passed)
}

func publishResult(r *report.Result, onPractice bool) {
	var hidden []string
	if r.Value != nil {
		r.Value, hidden = nil, append(hidden, "value")
	}
	if len(r.Beside) > 0 {
		r.Beside, hidden = nil, append(hidden, "beside")
	}
	if r.Batch != nil {
		r.Batch, hidden = nil, append(hidden, "batch")
	}
	if !onPractice {
		rated := r.Rate != nil
		r.Numerator, hidden = hide(r.Numerator, "numerator", hidden)
		r.Denominator, hidden = hide(r.Denominator, "denominator", hidden)
		r.Excluded, hidden = hide(r.Excluded, "excluded", hidden)
		r.Undetermined, hidden = hide(r.Undetermined, "undetermined", hidden)
		r.Unknown, hidden = hide(r.Unknown, "unknown", hidden)
		if r.Rate = roundedRate(r); rated && r.Rate == nil {
			hidden = append(hidden, "rate")
		}
		if r.Interval != nil {
			r.Interval, hidden = nil, append(hidden, "interval")
		}
	}
	slices.Sort(hidden)
	r.Suppressed = hidden
}

// roundedRate is worked out of the rounded counts, as a whole percentage or,
// where there are enough records, with one decimal.
func roundedRate(r *report.Result) *float64 {
	if r.Rate == nil || r.Numerator == nil || r.Denominator == nil {
		return nil
	}
	n, d := *r.Numerator, *r.Denominator
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

// hide rounds a count, or hides it and adds its field to those hidden.
func hide(n *int64, field string, hidden []string) (*int64, []string) {
	rounded, small := round(n)
	if small {
		hidden = append(hidden, field)
	}
	return rounded, hidden
}

func round(n *int64) (rounded *int64, small bool) {
	if n == nil {
		return nil, false
	}
	if *n >= 1 && *n <= hiddenTo {
		return nil, true
	}
	v := (*n + roundTo/2) / roundTo * roundTo
	return &v, false
}
