package score

import (
	"slices"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

// The scores and the coverage that verdicts turn on, in hundredths of a percent.
const (
	readyFrom       = 9000
	nearlyReadyFrom = 7500
	coveredFrom     = 8000
)

// fileSet is the rule set that judges whether the file holds what the system
// held. A blocker of it that fails stops the scoring.
const fileSet = "file"

// accreditations judges a practice by every accreditation of the scheme.
func accreditations(s *rules.Scheme, found map[string]*evidence) []report.Accreditation {
	out := []report.Accreditation{}
	if s == nil {
		return out
	}
	var damaged []string
	for i := range s.Accreditations {
		a := &s.Accreditations[i]
		judged := report.Accreditation{
			ID: a.ID, Title: a.Title,
			BlockersFailed: []string{}, AnswersNeeded: []string{}, WaitsFor: []string{}, Criteria: []report.Criterion{},
		}
		for j := range a.Criteria {
			c := judge(&a.Criteria[j], found[a.Criteria[j].Rule.ID])
			if c.Severity == string(rules.Blocker) && c.Status == report.Failed {
				judged.BlockersFailed = append(judged.BlockersFailed, c.Rule)
				if a.Criteria[j].Rule.Set() == fileSet {
					damaged = append(damaged, c.Rule)
				}
			}
			judged.Criteria = append(judged.Criteria, c)
		}
		byAttention(judged.Criteria)
		judged.BlockersFailed = sorted(judged.BlockersFailed)
		out = append(out, judged)
	}
	if len(damaged) > 0 {
		for i := range out {
			out[i].Verdict, out[i].BlockersFailed = report.Damaged, sorted(damaged)
		}
		return out
	}
	for i := range out {
		decide(&out[i])
	}
	wait(s, out)
	return out
}

// decide enters the ledger and reads the verdict from it.
func decide(a *report.Accreditation) {
	w := weigh(a.Criteria)
	a.Score, a.Coverage = w.score(), w.coverage()
	enter(a.Criteria, a.Score)
	covered := a.Coverage != nil && *a.Coverage >= coveredFrom
	blockersUnknown := false
	for i := range a.Criteria {
		c := &a.Criteria[i]
		blocker := c.Severity == string(rules.Blocker)
		unknown := c.Status == report.NotAssessable
		if blocker && (unknown || c.Status == report.TooFew) {
			blockersUnknown = true
			a.AnswersNeeded = append(a.AnswersNeeded, c.Rule)
		} else if unknown && !covered && c.Weight > 0 {
			a.AnswersNeeded = append(a.AnswersNeeded, c.Rule)
		}
	}
	a.AnswersNeeded = sorted(a.AnswersNeeded)
	switch {
	case len(a.BlockersFailed) > 0, a.Score != nil && *a.Score < nearlyReadyFrom:
		a.Verdict = report.NotReady
	case blockersUnknown, !covered, a.Score == nil:
		a.Verdict = report.AnswersNeeded
	case *a.Score >= readyFrom:
		a.Verdict = report.Ready
	default:
		a.Verdict = report.NearlyReady
	}
}

// wait holds back what is ready but for an accreditation that must be ready
// first. It ends because a verdict only ever falls.
func wait(s *rules.Scheme, judged []report.Accreditation) {
	for changed := true; changed; {
		changed = false
		for i := range judged {
			a := &judged[i]
			a.WaitsFor = []string{}
			for _, need := range s.Accreditations[i].Needs {
				at := slices.IndexFunc(judged, func(b report.Accreditation) bool { return b.ID == need })
				if at < 0 || judged[at].Verdict != report.Ready {
					a.WaitsFor = append(a.WaitsFor, need)
				}
			}
			if len(a.WaitsFor) > 0 && a.Verdict == report.Ready {
				a.Verdict, changed = report.NearlyReady, true
			}
		}
	}
}
