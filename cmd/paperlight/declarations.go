package main

import (
	"os"
	"path/filepath"

	"paperlight/analyzer"
	"paperlight/analyzer/score"
	"paperlight/rules"
)

// readDeclarations reads a file of answers; no file is no answer.
func readDeclarations(path string) ([]analyzer.Declaration, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("--declarations %s: cannot be read", filepath.Base(path))
	}
	answers, err := rules.ParseAnswers(filepath.Base(path), text)
	if err != nil {
		return nil, err
	}
	var out []analyzer.Declaration
	for _, a := range answers {
		d := analyzer.Declaration{Practice: a.Practice, Key: a.Key, Answer: a.Answer, Evidence: a.Evidence, Role: a.Role, VerifiedBy: a.VerifiedBy}
		d.Date, d.HasDate = a.Date, a.HasDate
		d.Count, d.HasCount = a.Count, a.HasCount
		d.Verified, d.HasVerified = a.VerifiedDate, a.HasVerifiedDate
		out = append(out, d)
	}
	return out, nil
}

// answersOf are the engine's declarations as score takes them.
func answersOf(declarations []analyzer.Declaration) []score.Declaration {
	var out []score.Declaration
	for i := range declarations {
		d := &declarations[i]
		s := score.Declaration{Key: d.Key, PracticeID: d.Practice, Answer: score.Answer(d.Answer), Evidence: d.Evidence, Role: d.Role, Verified: d.HasVerified}
		if d.HasDate {
			s.Date = &d.Date
		}
		if d.HasCount {
			s.Count = &d.Count
		}
		if d.HasVerified {
			s.VerifiedDate = &d.Verified
		}
		out = append(out, s)
	}
	return out
}
