package score

import (
	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// requirements says which requirements of the scheme a practice meets. The
// accreditations are those already judged. Of a damaged file nothing is told, and
// of a list too small, or of some rules alone, nothing good.
func requirements(in *Input, p *state.PracticeState, judged []report.Accreditation) []report.Requirement {
	out := []report.Requirement{}
	if in.Scheme == nil {
		return out
	}
	for _, r := range in.Scheme.Requirements {
		one := report.Requirement{
			ID: r.ID, Kind: string(r.Kind), Title: r.Title, Status: report.CannotTell, DecidedBy: []string{},
		}
		if serve(&one, judged); one.Status == report.Met && (in.Selection || listed(p) != "") {
			one.Status, one.DecidedBy = report.CannotTell, []string{}
		}
		out = append(out, one)
	}
	return out
}

// serve decides a requirement by the blocker and major criteria that serve it.
// One that fails decides it. A blocker without evidence leaves it open, as it
// does the verdict.
func serve(out *report.Requirement, judged []report.Accreditation) {
	byOutcome := make(map[outcome][]string)
	for rule, o := range outcomes(out.ID, judged) {
		byOutcome[o] = append(byOutcome[o], rule)
		switch o {
		case failed, passed:
			out.Judged++
			out.Checks++
		case open, openBlocker:
			out.Checks++
		}
	}
	switch {
	case len(byOutcome[failed]) > 0:
		out.Status, out.DecidedBy = report.NotMet, sorted(byOutcome[failed])
	case len(byOutcome[openBlocker]) > 0:
		out.DecidedBy = sorted(byOutcome[openBlocker])
	case len(byOutcome[passed]) > 0:
		out.Status, out.DecidedBy = report.Met, sorted(byOutcome[passed])
	default:
		out.DecidedBy = sorted(byOutcome[open])
	}
}

// An outcome is what a criterion says of its requirement, the least telling
// first.
type outcome uint8

const (
	silent outcome = iota // it does not apply
	passed
	open // no evidence, or too little
	openBlocker
	failed
)

// outcomes are the rules that serve a requirement. Where accreditations judge a
// rule differently, the least favourable outcome counts.
func outcomes(requirement string, judged []report.Accreditation) map[string]outcome {
	found := make(map[string]outcome)
	for i := range judged {
		if judged[i].Verdict == report.Damaged {
			continue
		}
		for j := range judged[i].Criteria {
			c := &judged[i].Criteria[j]
			decides := c.Severity == string(rules.Blocker) || c.Severity == string(rules.Major)
			if c.Requirement == requirement && decides && c.Status != report.Shown {
				found[c.Rule] = max(found[c.Rule], outcomeOf(c))
			}
		}
	}
	return found
}

func outcomeOf(c *report.Criterion) outcome {
	switch c.Status {
	case report.Failed:
		return failed
	case report.Passed:
		return passed
	case report.NotAssessable, report.TooFew, report.NotApplicable:
		switch {
		case c.Severity == string(rules.Blocker):
			return openBlocker
		case c.Status != report.NotApplicable:
			return open
		}
	}
	return silent
}
