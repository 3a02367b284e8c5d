package score

import (
	"fmt"
	"slices"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// fileSet is the rule set that judges whether the file holds what the system
// held. A blocker of it that fails stops the scoring.
const fileSet = "file"

// fewPatients is the least list that a verdict can be given of.
const fewPatients = 100

// accreditations judges a practice by every accreditation of the scheme.
func accreditations(in *Input, p *state.PracticeState, found map[string]*evidence) []report.Accreditation {
	out := []report.Accreditation{}
	if in.Scheme == nil {
		return out
	}
	var damaged []string
	for i := range in.Scheme.Accreditations {
		judged, broken := criteria(&in.Scheme.Accreditations[i], p, found)
		if in.Selection && len(judged.Criteria) == 0 {
			continue // none of its checks was chosen
		}
		out, damaged = append(out, judged), append(damaged, broken...)
	}
	switch {
	case in.Selection: // statuses and gates, and no verdict
	case len(damaged) > 0:
		for i := range out {
			out[i].Verdict, out[i].BlockersFailed = report.Damaged, sorted(damaged)
		}
	default:
		for i := range out {
			decide(&out[i], found, listed(p))
		}
		wait(in.Scheme, out)
	}
	return out
}

// criteria judges the criteria of an accreditation that apply to the practice.
// damaged are the blockers of the file set that failed.
func criteria(a *rules.Accreditation, p *state.PracticeState, found map[string]*evidence) (judged report.Accreditation, damaged []string) {
	judged = report.Accreditation{
		ID: a.ID, Title: a.Title, BlockersFailed: []string{}, BlockersUnjudged: []string{}, AnswersNeeded: []string{},
		Undecided: []string{}, WaitsFor: []string{}, NotAsked: []string{}, Criteria: make([]report.Criterion, 0, len(a.Criteria)),
	}
	for i := range a.Criteria {
		e := found[a.Criteria[i].Rule.ID]
		if e == nil {
			continue // not chosen
		}
		c := judge(&a.Criteria[i], e)
		if a.Criteria[i].Only == rules.Outgoing && !p.Outgoing {
			if c.Status == report.Failed {
				judged.NotAsked = append(judged.NotAsked, c.Rule)
			}
			continue
		}
		if c.Severity == string(rules.Blocker) {
			switch {
			case c.Status == report.Failed:
				judged.BlockersFailed = append(judged.BlockersFailed, c.Rule)
				if a.Criteria[i].Rule.Set() == fileSet {
					damaged = append(damaged, c.Rule)
				}
			case unsettled(&c):
				judged.BlockersUnjudged = append(judged.BlockersUnjudged, c.Rule)
			}
		}
		judged.Criteria = append(judged.Criteria, c)
	}
	byAttention(judged.Criteria)
	judged.NotAsked = sorted(judged.NotAsked)
	judged.BlockersFailed, judged.BlockersUnjudged = sorted(judged.BlockersFailed), sorted(judged.BlockersUnjudged)
	return judged, damaged
}

// unsettled reports whether a criterion has no evidence: nothing could be
// counted, too little, or nothing that is eligible.
func unsettled(c *report.Criterion) bool {
	return c.Status == report.NotAssessable || c.Status == report.TooFew || c.Status == report.NotApplicable
}

// listed says why the list of patients is too small to judge a practice by;
// empty where it is not.
func listed(p *state.PracticeState) string {
	switch {
	case p.Registered == 0:
		return "the extract has no registered patients"
	case p.Registered < 0:
		return "the extract does not show which patients are registered"
	case p.Registered < fewPatients:
		return "the extract has only " + figures.Plural(p.Registered, "registered patient", "registered patients") + ", and a verdict needs " + figures.Count(fewPatients)
	}
	return ""
}

// decide enters the ledger and reads the verdict from it. small says why the
// list is too small to judge by.
func decide(a *report.Accreditation, found map[string]*evidence, small string) {
	settles := answerable(a.Criteria, found)
	w := weigh(a.Criteria, settles)
	a.Score, a.AssuredScore, a.Coverage = w.score(), w.assured(), w.coverage()
	enter(a.Criteria, a.Score)
	if len(a.BlockersFailed) > 0 || a.Score != nil && *a.Score < report.NearlyReadyFrom {
		a.Verdict = report.NotReady
		a.AnswersNeeded = needed(a, settles, w.sure())
		return
	}
	if a.Undecided = undecided(a, settles, w, small); len(a.Undecided) > 0 {
		a.Verdict = report.Undecided
		return
	}
	a.AnswersNeeded = needed(a, settles, w.sure())
	switch {
	case len(a.BlockersUnjudged) > 0, !w.sure():
		a.Verdict = report.AnswersNeeded
	case *a.Score >= report.ReadyFrom:
		a.Verdict = report.Ready
	default:
		a.Verdict = report.NearlyReady
	}
}

// answerable are the rules without evidence that an answer, a side file or a
// check by hand would settle.
func answerable(criteria []report.Criterion, found map[string]*evidence) map[string]bool {
	out := make(map[string]bool)
	for i := range criteria {
		c := &criteria[i]
		if c.Status == report.TooFew || unsettled(c) && found[c.Rule].answerable() {
			out[c.Rule] = true
		}
	}
	return out
}

// needed are the rules whose answer the verdict turns on: the blockers, and
// where too little is known, all others of some weight.
func needed(a *report.Accreditation, settles map[string]bool, sure bool) []string {
	var out []string
	for i := range a.Criteria {
		c := &a.Criteria[i]
		blocks := c.Severity == string(rules.Blocker)
		if settles[c.Rule] && unsettled(c) && (blocks || !sure && c.Weight > 0 && c.Status == report.NotAssessable) {
			out = append(out, c.Rule)
		}
	}
	return sorted(out)
}

// undecided says what no answer can settle.
func undecided(a *report.Accreditation, settles map[string]bool, w weights, small string) []string {
	out := []string{}
	if small != "" {
		out = append(out, small)
	}
	var lost int
	for _, rule := range a.BlockersUnjudged {
		if !settles[rule] {
			lost++
		}
	}
	switch {
	case lost == 1:
		out = append(out, "1 check that can stop you cannot be made with this extract, and no answer can take its place")
	case lost > 1:
		out = append(out, fmt.Sprintf("%d checks that can stop you cannot be made with this extract, and no answer can take their place", lost))
	}
	if len(out) == 0 && !w.settled().sure() {
		out = append(out, "too few of the checks can be made with this extract, whatever you answer")
	}
	return out
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
