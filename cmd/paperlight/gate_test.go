package main

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/source"
	"paperlight/rules"
)

// What each gate says of accreditations that differ in one thing.
func TestGates(t *testing.T) {
	criterion := func(severity string, status report.Status) report.Accreditation {
		return report.Accreditation{Verdict: report.NearlyReady, Criteria: []report.Criterion{{Rule: "s/a", Severity: severity, Status: status}}}
	}
	blocked := criterion("blocker", report.Failed)
	blocked.Verdict, blocked.BlockersFailed = report.NotReady, []string{"s/a"}
	unjudged := criterion("blocker", report.NotAssessable)
	unjudged.Verdict, unjudged.BlockersUnjudged = report.Undecided, []string{"s/a"}
	both := blocked
	both.BlockersUnjudged = []string{"s/b"}
	asked := unjudged
	asked.Verdict = report.AnswersNeeded
	ready := criterion("major", report.Passed)
	ready.Verdict = report.Ready
	damaged := criterion("major", report.Passed)
	damaged.Verdict = report.Damaged
	const met, notJudged, notMet = gateMet, gateNotJudged, gateNotMet
	for _, c := range []struct {
		says                           string
		of                             report.Accreditation
		unmet, blocker, major, verdict gate
	}{
		{"all met", ready, met, met, met, met},
		{"a major failed and no blocker", criterion("major", report.Failed), met, met, notMet, notMet},
		{"a minor failed", criterion("minor", report.Failed), met, met, met, notMet},
		{"a major without evidence", criterion("major", report.NotAssessable), met, met, met, notMet},
		{"a blocker failed", blocked, notMet, notMet, notMet, notMet},
		{"a blocker without evidence", unjudged, notJudged, met, met, notJudged},
		{"one failed, one without evidence", both, notMet, notMet, notMet, notMet},
		{"an answer would decide", asked, notJudged, met, met, notJudged},
		{"a damaged file", damaged, met, met, met, notMet},
	} {
		t.Run(c.says, func(t *testing.T) {
			for failOn, want := range map[string]gate{"unmet": c.unmet, "blocker": c.blocker, "major": c.major, "verdict": c.verdict, "never": met} {
				require.Equal(t, want, gateOfOne(&c.of, failOn), failOn)
				for _, practices := range [][]report.Accreditation{{c.of, ready}, {ready, c.of}} {
					r := &report.Report{Practices: []report.PracticeReport{{Accreditations: practices[:1]}, {Accreditations: practices[1:]}}}
					require.Equal(t, want, gateOf(r, failOn), "%s: the worst of two practices", failOn)
				}
			}
		})
	}
}

// Every kind of error has its code, also inside another, and a limit is told
// from a fault of the input.
func TestErrorsHaveTheirCodes(t *testing.T) {
	for says, c := range map[string]struct {
		err  error
		code int
		hint string
	}{
		"a limit of the engine":       {&analyzer.Refusal{Limit: true, Hint: "more"}, exitLimit, "more"},
		"a refusal of the engine":     {&analyzer.Refusal{Hint: "other"}, exitInput, "other"},
		"a limit of a decoder":        {&source.DecodeError{Limit: true, Hint: "less"}, exitLimit, "less"},
		"a damaged file":              {&source.DecodeError{Hint: "again"}, exitInput, "again"},
		"no known system":             {&mapping.RefusedError{Hint: "want"}, exitInput, "want"},
		"a rule that is wrong":        {&rules.Error{}, exitUsage, ""},
		"a condition that is wrong":   {&expr.Error{}, exitUsage, ""},
		"no more files":               {syscall.EMFILE, exitLimit, moreFiles},
		"no more threads":             {syscall.EAGAIN, exitLimit, moreThreads},
		"a failure that names a code": {&failure{code: exitPrivacy, hint: "no"}, exitPrivacy, "no"},
		"anything else":               {errors.New("odd"), exitInternal, reportIt},
	} {
		for _, err := range []error{c.err, fmt.Errorf("patients.csv: %w", c.err)} {
			code, hint := classify(err)
			require.Equal(t, c.code, code, says)
			require.Equal(t, c.hint, hint, says)
		}
	}
}

// A level hides outcomes from readers, and none from the exit code.
func TestTheGateIsExactAtEveryLevel(t *testing.T) {
	folder, _ := made(t, "--patients", "300")
	for _, failOn := range gates {
		codes := map[int]bool{}
		for _, level := range []string{"practice", "assessor", "publish"} {
			codes[paperlight(t, "check", folder, "--allow-test-numbers", "--level", level, "--fail-on", failOn).code] = true
		}
		require.Len(t, codes, 1, failOn)
	}
}
