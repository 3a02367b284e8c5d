package main

import (
	"slices"

	"paperlight/analyzer/report"
)

// gates are what --fail-on may name.
var gates = []string{"unmet", "blocker", "major", "verdict", "never"}

// A gate is the outcome of what --fail-on names; the greater, the worse.
type gate uint8

const (
	gateMet gate = iota
	gateNotJudged
	gateNotMet
)

// err is how a run ends with the gate's outcome.
func (g gate) err() error {
	switch g {
	case gateNotMet:
		return errNotMet
	case gateNotJudged:
		return errNotJudged
	}
	return nil
}

// gateOf is the worst outcome of any accreditation of any practice.
func gateOf(r *report.Report, failOn string) gate {
	worst := gateMet
	for i := range r.Practices {
		for j := range r.Practices[i].Accreditations {
			worst = max(worst, gateOfOne(&r.Practices[i].Accreditations[j], failOn))
		}
	}
	return worst
}

func gateOfOne(a *report.Accreditation, failOn string) gate {
	blocked := len(a.BlockersFailed) > 0
	switch failOn {
	case "unmet":
		if !blocked && len(a.BlockersUnjudged) > 0 {
			return gateNotJudged
		}
	case "major":
		blocked = blocked || slices.ContainsFunc(a.Criteria, func(c report.Criterion) bool {
			return c.Status == report.Failed && c.Severity == "major"
		})
	case "verdict":
		switch a.Verdict {
		case report.Ready:
			return gateMet
		case report.AnswersNeeded, report.Undecided:
			return gateNotJudged
		}
		return gateNotMet
	case "never":
		return gateMet
	}
	if blocked {
		return gateNotMet
	}
	return gateMet
}
