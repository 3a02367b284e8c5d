package report

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The JUnit form: one suite for each practice and accreditation, one case for
// each criterion. What cannot be told, is too few or does not apply is
// skipped, as it fails no gate.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

// WriteJUnit writes the criteria as JUnit XML.
func WriteJUnit(w io.Writer, r *Report, o Options) error {
	r = presentable(r)
	all := junitSuites{Name: "paperlight"}
	texts := ruleTexts(r)
	for i := range r.Practices {
		p := &r.Practices[i]
		find := readerOf(r, p, texts, o)
		for j := range p.Accreditations {
			suite := find.suite(p, &p.Accreditations[j])
			all.Suites = append(all.Suites, suite)
			all.Tests, all.Failures, all.Skipped = all.Tests+suite.Tests, all.Failures+suite.Failures, all.Skipped+suite.Skipped
		}
	}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	encoder := xml.NewEncoder(&out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return fmt.Errorf("write the report as JUnit XML: %w", err)
	}
	out.WriteByte('\n')
	_, err := w.Write(out.Bytes())
	return err
}

func (r *reader) suite(p *PracticeReport, a *Accreditation) junitSuite {
	s := junitSuite{
		Name: practiceName(p) + " (" + p.PracticeID + "): " + cmp.Or(a.Title, a.ID),
		Properties: []junitProperty{
			{"as_of", p.AsOf}, {"verdict", string(a.Verdict)}, {"score", score(a.Score)}, {"assured_score", score(a.AssuredScore)},
			{"level", string(r.report.Level)}, {"notice", careLine},
		},
	}
	for i := range a.Criteria {
		one := r.testcase(a, &a.Criteria[i])
		s.Tests++
		if one.Failure != nil {
			s.Failures++
		}
		if one.Skipped != nil {
			s.Skipped++
		}
		s.Cases = append(s.Cases, one)
	}
	return s
}

func (r *reader) testcase(a *Accreditation, c *Criterion) junitCase {
	one := junitCase{Class: a.ID, Name: c.Rule}
	switch {
	case a.Verdict == Damaged && !slices.Contains(a.BlockersFailed, c.Rule):
		one.Skipped = &junitSkipped{"the file is damaged: not scored"}
	case c.Status == Failed:
		j := r.job(c)
		one.Failure = &junitFailure{Type: c.Severity, Message: "not met: " + j.Title, Text: strings.TrimSpace(j.count() + " " + j.Fix)}
	case c.Status == NotAssessable || c.Status == TooFew || c.Status == NotApplicable && c.Severity == "blocker":
		lead, q := r.question(c)
		one.Skipped = &junitSkipped{strings.TrimSpace(statusWords[c.Status] + ": " + lead + " " + q.Why)}
	case c.Status != Passed && c.Status != Shown:
		one.Skipped = &junitSkipped{statusWords[c.Status]}
	}
	return one
}
