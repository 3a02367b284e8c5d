package evidence

import (
	"encoding/json"
	"fmt"

	"paperlight/analyzer/report"
)

// The statement says what the bundle is about in the form of in-toto, for programs that
// read it: the subjects are the files below data, and the extract that is not there.

const (
	statementType = "https://in-toto.io/Statement/v1"
	predicateType = "https://in-toto.io/attestation/test-result/v0.1"
)

type statement struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     predicate `json:"predicate"`
}

type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// predicate is that of a test result, and what paperlight adds to it.
type predicate struct {
	Result        string    `json:"result"` // PASSED, WARNED or FAILED
	Configuration []subject `json:"configuration"`
	Passed        []string  `json:"passedTests"`
	Warned        []string  `json:"warnedTests"`
	Failed        []string  `json:"failedTests"`
	Log           loggedAs  `json:"paperlightLog"`
}

type loggedAs struct {
	Lines int    `json:"lines"`
	Root  string `json:"root"`
}

// statementOf is the statement over the payload of the bundle, whose report is given.
func (b *Bundle) statementOf(r *report.Report) ([]byte, error) {
	out := statement{Type: statementType, PredicateType: predicateType, Subject: []subject{}}
	for _, name := range b.inPayload() {
		out.Subject = append(out.Subject, subject{name, map[string]string{"sha256": sum256(b.files[name])}})
	}
	for i, x := range r.Extracts {
		if x.SHA256 != "" {
			out.Subject = append(out.Subject, subject{fmt.Sprintf("extract %d", i+1), map[string]string{"sha256": x.SHA256}})
		}
	}
	lines := logLines(b.files[logName])
	out.Predicate = predicateOf(r)
	out.Predicate.Log = loggedAs{len(lines), root(lines)}
	return indented(out)
}

func predicateOf(r *report.Report) predicate {
	p := predicate{Passed: []string{}, Warned: []string{}, Failed: []string{}, Configuration: []subject{
		{"rules " + r.Rules.Version, map[string]string{"sha256": r.Rules.SHA256}},
		{"scheme " + r.Scheme.ID, map[string]string{"sha256": r.Scheme.SHA256}},
	}}
	worst := 0 // passed, warned, failed
	for i := range r.Practices {
		for _, a := range r.Practices[i].Accreditations {
			switch a.Verdict {
			case report.Ready:
			case report.NotReady, report.Damaged:
				worst = 2
			default:
				worst = max(worst, 1)
			}
			for _, c := range a.Criteria {
				name := r.Practices[i].PracticeID + ": " + a.ID + ": " + c.Rule
				switch c.Status {
				case report.Passed:
					p.Passed = append(p.Passed, name)
				case report.Failed:
					p.Failed = append(p.Failed, name)
				case report.NotAssessable, report.TooFew:
					p.Warned = append(p.Warned, name)
				}
			}
		}
	}
	if len(r.NotRead) > 0 {
		worst = max(worst, 1)
	}
	p.Result = []string{"PASSED", "WARNED", "FAILED"}[worst]
	return p
}

// subjects are the digests of the payload that the statement gives, and what it says of
// the log; wrong says what is wrong with the statement.
func (b *Bundle) subjects() (out list, log loggedAs, wrong string) {
	var s statement
	out = list{}
	if err := json.Unmarshal(b.files[statementName], &s); err != nil || s.Type != statementType || s.PredicateType != predicateType {
		return out, log, "is not a statement of test results"
	}
	for _, one := range s.Subject {
		if isPayload(one.Name) {
			out[one.Name] = one.Digest["sha256"]
		}
	}
	return out, s.Predicate.Log, ""
}
