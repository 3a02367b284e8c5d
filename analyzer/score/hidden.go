package score

import (
	"slices"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

// undecidedHidden stands in for reasons that would count hidden outcomes.
const undecidedHidden = "the checks that decide it are not shown at this level"

// accreditation is what is published of one. Where an outcome is hidden, so is all
// that is made of outcomes, the verdict apart, which is exact: the lists name what
// is shown alone, and the score lies between two that are made of what is shown.
func (p *publication) accreditation(exact *report.Accreditation) report.Accreditation {
	a := report.Accreditation{
		ID: exact.ID, Title: exact.Title, Verdict: exact.Verdict, WaitsFor: exact.WaitsFor,
		Score: exact.Score, AssuredScore: exact.AssuredScore, Coverage: exact.Coverage, Undecided: exact.Undecided,
		BlockersFailed: p.shown(exact.BlockersFailed), BlockersUnjudged: p.shown(exact.BlockersUnjudged), AnswersNeeded: exact.AnswersNeeded,
		NotAsked: []string{}, Criteria: []report.Criterion{},
	}
	for i := range exact.Criteria {
		a.Criteria = append(a.Criteria, p.criterion(&exact.Criteria[i]))
	}
	byAttention(a.Criteria) // the old order tells the outcome
	if !slices.ContainsFunc(a.Criteria, func(c report.Criterion) bool { return c.Status == report.Hidden }) {
		return a
	}
	a.AnswersNeeded = slices.DeleteFunc(p.shown(a.AnswersNeeded), func(rule string) bool { return !slices.Contains(a.BlockersUnjudged, rule) })
	if len(a.Undecided) > 0 {
		a.Undecided = []string{undecidedHidden}
	}
	if a.Verdict != report.Damaged && a.Verdict != report.NoVerdict {
		a.ScoreBetween = between(a.Criteria)
	}
	a.Suppressed = hiddenFields(map[string]bool{"assured_score": true, "coverage": true, "score": true})
	a.Score, a.AssuredScore, a.Coverage = nil, nil, nil
	for i := range a.Criteria {
		c := &a.Criteria[i]
		c.Points, c.Of = 0, 0
		c.Suppressed = sorted(append(c.Suppressed, "of", "points"))
	}
	return a
}

// shown are the rules whose outcome is shown.
func (p *publication) shown(of []string) []string {
	return slices.DeleteFunc(append([]string{}, of...), func(rule string) bool { return p.withheld[rule] })
}

// between are the least and the most that the score can be, made of the outcomes
// that are shown: with all hidden ones failed, and with all passed.
func between(criteria []report.Criterion) *[2]int64 {
	w := weigh(criteria, nil)
	var hidden int64
	for i := range criteria {
		if criteria[i].Status == report.Hidden {
			hidden += int64(criteria[i].Weight)
		}
	}
	low, high := hundredths(w.met, w.evident+hidden), hundredths(w.met+hidden, w.evident+hidden)
	if low == nil {
		return nil
	}
	return &[2]int64{*low, *high}
}

// criterion is what is published of one line of the ledger. What there is to put
// right is worked out of the published counts, and says no more than these.
func (p *publication) criterion(exact *report.Criterion) report.Criterion {
	c := *exact
	if p.found[c.Rule].onPractice() {
		c.Progress, c.Suppressed = nil, hiddenFields(map[string]bool{"progress": exact.Progress != nil})
		return c
	}
	c.Failing, c.ToFix, c.Progress, c.Tier = nil, nil, nil, ""
	if c.Why != "" {
		c.Why = "the records do not decide it" // the reason counts records
	}
	if r := p.results[c.Rule]; exact.Failing != nil && r.Numerator != nil && r.Denominator != nil {
		c.Failing, c.ToFix = toPutRight(exact, *r.Numerator, *r.Denominator)
	}
	if p.withheld[c.Rule] && c.Status != report.Shown {
		c.Status, c.Basis, c.Why = report.Hidden, "", ""
	}
	c.Suppressed = hiddenFields(map[string]bool{
		"failing": exact.Failing != nil && c.Failing == nil, "to_fix": exact.ToFix != nil && c.ToFix == nil,
		"progress": exact.Progress != nil, "tier": exact.Tier != "", "status": c.Status == report.Hidden,
	})
	return c
}

// toPutRight counts, of published counts, those that fail and the fewest of them to
// put right, in whole tens.
func toPutRight(c *report.Criterion, numerator, denominator int64) (failing, toFix *int64) {
	n := count{numerator, denominator}
	t, err := rules.ParseThreshold(c.Threshold)
	if err != nil { // nothing is judged
		left := denominator - numerator
		return &left, nil
	}
	fail := n.failing(t)
	fix := min((n.toFix(t)+roundTo-1)/roundTo*roundTo, fail)
	return &fail, &fix
}

// requirement is what is published of one, decided anew by the outcomes shown. Where
// a hidden one might decide otherwise, so is the requirement.
func (p *publication) requirement(exact *report.Requirement) report.Requirement {
	var serving []string
	for rule := range p.withheld {
		if p.withheld[rule] && p.serves(rule, exact.ID) {
			serving = append(serving, rule)
		}
	}
	if len(serving) == 0 {
		return *exact
	}
	r := report.Requirement{ID: exact.ID, Kind: exact.Kind, Title: exact.Title, Status: report.CannotTell, DecidedBy: []string{}}
	serve(&r, p.practice.Accreditations)
	r.Checks += len(serving)
	if r.Status != report.NotMet {
		r.Status, r.DecidedBy = report.NotShown, []string{}
	}
	return r
}

func (p *publication) serves(rule, requirement string) bool {
	for i := range p.practice.Accreditations {
		for _, c := range p.practice.Accreditations[i].Criteria {
			decides := c.Severity == string(rules.Blocker) || c.Severity == string(rules.Major)
			if c.Rule == rule && c.Requirement == requirement && decides && c.Status == report.Hidden && p.practice.Accreditations[i].Verdict != report.Damaged {
				return true
			}
		}
	}
	return false
}
