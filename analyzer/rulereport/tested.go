// Package rulereport writes what rules test and rules lint find: as text for people,
// as JSON (docs/rule-results.md), and as JUnit XML, SARIF and GitHub's annotations for
// build servers. Equal results are equal bytes.
package rulereport

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/junit"
	"paperlight/analyzer/ruletest"
	"paperlight/analyzer/visible"
	"paperlight/rules"
)

// schemaVersion is of the JSON forms: the first number rises when a field goes or
// changes its meaning, the second when one is added.
const schemaVersion = "1.1"

// Tested is what the cases of rules came to.
type Tested struct {
	SchemaVersion string    `json:"schema_version"`
	Catalogue     Catalogue `json:"catalogue"`
	Cases         int       `json:"cases"`
	Runs          int       `json:"runs"`
	Failures      int       `json:"failures"`
	Rules         []Rule    `json:"rules"`
	Mutation      *Mutation `json:"mutation"` // nil unless conditions were weakened

	summary *ruletest.Summary
	mutants *ruletest.Mutation
}

// Catalogue says which rules these are.
type Catalogue struct {
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

// Rule is one rule with its cases, and those of what is counted beside it.
type Rule struct {
	Rule  string `json:"rule"`
	Cases []Case `json:"cases"`
	// Failures are those that concern no single case.
	Failures []Finding `json:"failures"`
}

// Case is one case of a rule, or of a part of it.
type Case struct {
	Of       string    `json:"of"` // the rule, or set/name#part
	Name     string    `json:"name"`
	File     string    `json:"file"`
	Line     int       `json:"line"`
	Failures []Finding `json:"failures"` // empty where it gives what it wants
}

// Mutation is what the cases made of weakened conditions.
type Mutation struct {
	Changes    int       `json:"changes"`
	Explained  int       `json:"explained"`
	NotNoticed []Finding `json:"not_noticed"`
}

// Finding is one fault and where it stands. Line and Column count from 1; 0 where the
// fault is the file.
type Finding struct {
	Severity string `json:"severity"` // error or warning
	// Check is the rules.LintCheck that found it; empty of rules test.
	Check   string `json:"check,omitempty"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// OfTests returns what the cases of the chosen rules came to. mutants is nil unless
// conditions were weakened.
func OfTests(c *rules.Catalogue, chosen []*rules.Rule, s *ruletest.Summary, mutants *ruletest.Mutation) *Tested {
	out := &Tested{SchemaVersion: schemaVersion, Catalogue: catalogueOf(c), Cases: s.Cases, Runs: s.Runs, Failures: len(s.Failures), Rules: []Rule{}, summary: s, mutants: mutants}
	for _, r := range chosen {
		out.Rules = append(out.Rules, Rule{Rule: r.ID, Cases: []Case{}, Failures: []Finding{}})
	}
	find := func(id string) *Rule {
		whole, _ := rules.SplitPart(id)
		return &out.Rules[slices.IndexFunc(out.Rules, func(r Rule) bool { return r.Rule == whole })]
	}
	for _, one := range s.Ran {
		r := find(one.Rule)
		r.Cases = append(r.Cases, Case{Of: one.Rule, Name: one.Case, File: one.File, Line: one.Line, Failures: []Finding{}})
	}
	for _, f := range s.Failures {
		r := find(f.Rule)
		into := &r.Failures
		if i := slices.IndexFunc(r.Cases, func(c Case) bool { return c.Of == f.Rule && c.Name == f.Case }); i >= 0 {
			into = &r.Cases[i].Failures
		}
		*into = append(*into, failed(f))
	}
	if mutants != nil {
		out.Mutation = &Mutation{Changes: mutants.Mutants, Explained: mutants.Explained, NotNoticed: []Finding{}}
		for _, f := range mutants.Survivors {
			out.Mutation.NotNoticed = append(out.Mutation.NotNoticed, failed(f))
		}
	}
	return out
}

func catalogueOf(c *rules.Catalogue) Catalogue {
	return Catalogue{Version: c.Version, SHA256: c.SHA256}
}

func failed(f ruletest.Failure) Finding {
	return Finding{Severity: "error", File: f.File, Line: f.Line, Message: f.Message, Hint: f.Hint}
}

// Write writes it as "text", "json", "junit", "sarif" or "github", or as "changes", which
// is the text without what the cases came to.
func (t *Tested) Write(w io.Writer, form string, from Origin) error {
	switch form {
	case "sarif":
		return writeSARIF(w, "rules test", []rules.LintCheck{caseCheck, changeCheck}, t.found(), from)
	case "github":
		return annotate(w, "rules test", t.found(), from)
	case "json":
		return writeJSON(w, t)
	case "junit":
		return junit.Write(w, t.junit())
	case "changes":
		_, err := io.WriteString(w, t.changesText())
		return err
	}
	_, err := io.WriteString(w, t.casesText()+t.changesText())
	return err
}

// casesText is what the cases came to, for people.
func (t *Tested) casesText() string {
	var b strings.Builder
	for _, f := range t.summary.Failures {
		fmt.Fprintln(&b, visible.Text(f.String()))
	}
	s := t.summary
	fmt.Fprintf(&b, "%s, %s, %s, %s\n", figures.Plural(int64(s.Rules), "rule", "rules"), figures.Plural(int64(s.Cases), "case", "cases"),
		figures.Plural(int64(s.Runs), "run", "runs"), figures.Plural(int64(len(s.Failures)), "failure", "failures"))
	return b.String()
}

// changesText is what the cases made of weakened conditions, for people.
func (t *Tested) changesText() string {
	m := t.mutants
	if m == nil {
		return ""
	}
	var b strings.Builder
	for _, f := range m.Survivors {
		fmt.Fprintln(&b, visible.Text(f.String()))
	}
	fmt.Fprintf(&b, "%s to conditions, %d without effect and explained, %d not noticed\n", figures.Plural(int64(m.Mutants), "change", "changes"), m.Explained, len(m.Survivors))
	return b.String()
}

// junit gives a suite a rule, and a case a case. What concerns no single case is one
// of its own, and so is each change that no case noticed.
func (t *Tested) junit() *junit.Suites {
	all := &junit.Suites{Name: "paperlight rules test"}
	for _, r := range t.Rules {
		suite := junit.Suite{Name: r.Rule}
		for _, c := range r.Cases {
			suite.Add(junit.Case{Class: c.Of, Name: c.Name, Failure: failureOf(c.Failures)})
		}
		if len(r.Failures) > 0 {
			suite.Add(junit.Case{Class: r.Rule, Name: "the rule and its cases", Failure: failureOf(r.Failures)})
		}
		all.Add(suite)
	}
	if t.Mutation != nil {
		suite := junit.Suite{Name: "changes to conditions"}
		for _, f := range t.Mutation.NotNoticed {
			suite.Add(junit.Case{Class: "changes", Name: f.place(), Failure: failureOf([]Finding{f})})
		}
		if suite.Tests == 0 {
			suite.Add(junit.Case{Class: "changes", Name: "every change is noticed"})
		}
		all.Add(suite)
	}
	return all
}

// failureOf says the first finding in its message and all of them in its text; nil
// where there is none.
func failureOf(found []Finding) *junit.Failure {
	if len(found) == 0 {
		return nil
	}
	var text strings.Builder
	for _, f := range found {
		text.WriteString(visible.Text(f.String()) + "\n")
	}
	first := found[0]
	return &junit.Failure{Type: first.Severity, Message: visible.Text(first.place() + ": " + first.Message), Text: strings.TrimSpace(text.String())}
}

func (f *Finding) place() string {
	s := f.File
	if f.Line > 0 {
		s += fmt.Sprintf(":%d", f.Line)
	}
	if f.Column > 0 {
		s += fmt.Sprintf(":%d", f.Column)
	}
	return s
}

// String is the finding as people read it.
func (f *Finding) String() string {
	s := f.place() + ": " + f.Message
	if f.Hint != "" {
		s += "\n    hint: " + f.Hint
	}
	return s
}

func writeJSON(w io.Writer, v any) error {
	text, err := visible.JSON(v)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}
