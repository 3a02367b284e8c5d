package rulereport

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"paperlight/analyzer/junit"
	"paperlight/rules"
)

// Linted is what is wrong, or likely to be, with a catalogue.
type Linted struct {
	SchemaVersion string    `json:"schema_version"`
	Catalogue     Catalogue `json:"catalogue"`
	Checked       int       `json:"rules_checked"`
	Findings      []Finding `json:"findings"` // in order of file and position

	catalogue *rules.Catalogue
	warnings  []rules.Warning
}

// OfLint returns what rules.Lint found.
func OfLint(c *rules.Catalogue, warnings []rules.Warning) *Linted {
	out := &Linted{SchemaVersion: schemaVersion, Catalogue: catalogueOf(c), Checked: len(c.Rules), Findings: []Finding{}, catalogue: c, warnings: warnings}
	for _, w := range warnings {
		f := Finding{Severity: "warning", Check: w.Check, File: w.File, Line: w.Line, Column: w.Column, Message: w.Message, Hint: w.Hint}
		if w.Fault {
			f.Severity = "error"
		}
		out.Findings = append(out.Findings, f)
	}
	return out
}

// Write writes it as "text", "json", "junit", "sarif" or "github".
func (l *Linted) Write(w io.Writer, form string, from Origin) error {
	switch form {
	case "sarif":
		return writeSARIF(w, "rules lint", rules.LintChecks(), l.found(), from)
	case "github":
		return annotate(w, "rules lint", l.found(), from)
	case "json":
		return writeJSON(w, l)
	case "junit":
		return junit.Write(w, l.junit())
	}
	var b strings.Builder
	for _, one := range l.warnings {
		fmt.Fprintln(&b, one)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// junit gives a suite a rule, with a case a finding or one that is met, and a suite
// to every other file that has findings.
func (l *Linted) junit() *junit.Suites {
	all := &junit.Suites{Name: "paperlight rules lint"}
	byFile := map[string][]Finding{}
	var files []string
	for _, f := range l.Findings {
		if byFile[f.File] == nil {
			files = append(files, f.File)
		}
		byFile[f.File] = append(byFile[f.File], f)
	}
	for _, r := range l.catalogue.Rules {
		var found []Finding
		for _, one := range append([]string{r.File}, casesOf(r)...) {
			found = append(found, byFile[one]...)
			files = slices.DeleteFunc(files, func(file string) bool { return file == one })
		}
		all.Add(lintSuite(r.ID, found))
	}
	for _, file := range files {
		all.Add(lintSuite(file, byFile[file]))
	}
	return all
}

func casesOf(r *rules.Rule) (files []string) {
	for _, one := range r.Whole() {
		files = append(files, one.CasesFile)
	}
	return files
}

func lintSuite(name string, found []Finding) junit.Suite {
	suite := junit.Suite{Name: name}
	for i := range found {
		suite.Add(junit.Case{Class: name, Name: found[i].place(), Failure: failureOf(found[i : i+1])})
	}
	if len(found) == 0 {
		suite.Add(junit.Case{Class: name, Name: "lint"})
	}
	return suite
}
