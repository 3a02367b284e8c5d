package score

import (
	"cmp"
	"slices"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

// judge holds a criterion against the evidence for its rule. Points and Of are
// the ledger's to fill.
func judge(c *rules.Criterion, e *evidence) report.Criterion {
	t := markOf(c)
	out := report.Criterion{
		Rule:          c.Rule.ID,
		Requirement:   c.Requirement,
		Severity:      string(c.Severity),
		Weight:        c.Weight,
		Threshold:     thresholdText(c.Rule, t),
		ThresholdFrom: cmp.Or(c.ThresholdFrom, c.Rule.ThresholdFrom),
		Owner:         string(c.Rule.Owner),
	}
	if settle(&out, c, t, e); out.Status == report.Shown {
		out.Threshold, out.ThresholdFrom, out.Weight = "", "", 0
	}
	return out
}

// markOf is the pass mark that a criterion is held to.
func markOf(c *rules.Criterion) rules.Threshold {
	if c.Threshold.Set {
		return c.Threshold
	}
	return c.Rule.Threshold
}

// settle gives a criterion its status, and what there is to put right.
func settle(out *report.Criterion, c *rules.Criterion, t rules.Threshold, e *evidence) {
	declared := c.Rule.Evidence == rules.EvidenceDeclared
	switch {
	case c.Severity == rules.Info || c.Rule.Info || !t.Set && !declared:
		out.Status = report.Shown
		if e.measured {
			failing := e.tally.Denominator - e.tally.Numerator
			out.Failing, out.Basis = &failing, "measured"
		} else if e.answer.given {
			out.Basis = e.answer.basis()
		}
	case e.measured:
		out.Basis = "measured"
		measure(out, c.Rule, t, e)
		if unsettled(out) && e.answer.given { // nothing was measured that it could be held against
			answered(out, e)
			break
		}
		contradict(out.Status, e)
	case e.answer.given:
		answered(out, e)
	default:
		out.Status = report.NotAssessable
	}
}

// answered judges a criterion by the practice's answer.
func answered(out *report.Criterion, e *evidence) {
	out.Basis, out.Why, out.Failing, out.ToFix, out.Progress, out.Tier = e.answer.basis(), "", nil, nil, nil, ""
	switch e.answer.answer {
	case rules.Yes:
		out.Status = report.Passed
	case rules.No:
		out.Status = report.Failed
	case rules.NotApplicable:
		out.Status = report.NotApplicable
	}
}

// measure judges counts by a threshold.
func measure(out *report.Criterion, r *rules.Rule, t rules.Threshold, e *evidence) {
	blocks := out.Severity == string(rules.Blocker)
	out.Status, out.Why = e.status(t, blocks)
	if out.Status == report.NotAssessable {
		out.Basis = ""
	}
	n := count{e.tally.Numerator, e.tally.Denominator}
	if n.denominator == 0 {
		if out.Status == report.Passed {
			out.Failing, out.ToFix = new(int64), new(int64)
		}
		return
	}
	failing, toFix, progress := n.failing(t), n.toFix(t), n.progress(t)
	out.Failing, out.ToFix, out.Progress = &failing, &toFix, &progress
	if best := n.bestTier(t); best >= 0 {
		out.Tier = rules.FormatPercent(best)
	}
}

// contradict notes a declaration that says other than the measurement, which
// counts.
func contradict(measured report.Status, e *evidence) {
	if !e.answer.given {
		return
	}
	says := map[string]report.Status{rules.Yes: report.Passed, rules.No: report.Failed, rules.NotApplicable: report.NotApplicable}
	if says[e.answer.answer] != measured {
		e.notes = append(e.notes, "the answer and the records disagree: the records count")
	}
}

// thresholdText is the threshold as the ledger states it.
func thresholdText(r *rules.Rule, t rules.Threshold) string {
	if !t.Set && r.Evidence == rules.EvidenceDeclared {
		return "yes"
	}
	return t.String()
}

// byAttention orders criteria by what needs attention first.
func byAttention(criteria []report.Criterion) {
	statuses := []report.Status{report.NotAssessable, report.Failed, report.TooFew, report.Hidden, report.NotApplicable, report.Passed, report.Shown}
	severities := []string{string(rules.Blocker), string(rules.Major), string(rules.Minor), string(rules.Info)}
	slices.SortFunc(criteria, func(a, b report.Criterion) int {
		return cmp.Or(
			cmp.Compare(slices.Index(statuses, a.Status), slices.Index(statuses, b.Status)),
			cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)),
			cmp.Compare(b.Weight, a.Weight),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Requirement, b.Requirement),
		)
	})
}
