package rulereport

import (
	"io"

	"paperlight/rules"
)

// An Origin is what the forms that build servers read need to know of a run.
type Origin struct {
	Version string // of the program
	// Place is where a file of the findings lies, from the folder that the command ran
	// in; nil where it lies as it is named.
	Place func(file string) string
}

func (o Origin) place(file string) string {
	if o.Place == nil {
		return file
	}
	return o.Place(file)
}

// Mapped is what is wrong with mapping files.
type Mapped struct{ Findings []Finding }

var mappingCheck = rules.LintCheck{ID: "mapping", Says: "A mapping says only what can be carried out."}

// Write writes it as "sarif" or "github". The text form is the error that says the same.
func (m *Mapped) Write(w io.Writer, form string, from Origin) error {
	var all []found
	for i := range m.Findings {
		all = append(all, found{&m.Findings[i], mappingCheck.ID})
	}
	switch form {
	case "sarif":
		return writeSARIF(w, "mapping lint", []rules.LintCheck{mappingCheck}, all, from)
	case "github":
		return annotate(w, "mapping lint", all, from)
	}
	return nil
}

// caseCheck and changeCheck are what rules test looks for, as rules.LintChecks are for
// rules lint.
var (
	caseCheck   = rules.LintCheck{ID: "case", Says: "Every case of a rule gives what it wants."}
	changeCheck = rules.LintCheck{ID: "change", Says: "Every change of a condition is noticed by a case."}
)

// A found is a finding and the check that found it.
type found struct {
	*Finding
	check string
}

// found are all findings of the cases, those of weakened conditions last.
func (t *Tested) found() (all []found) {
	add := func(check rules.LintCheck, findings []Finding) {
		for i := range findings {
			all = append(all, found{&findings[i], check.ID})
		}
	}
	for i := range t.Rules {
		for j := range t.Rules[i].Cases {
			add(caseCheck, t.Rules[i].Cases[j].Failures)
		}
		add(caseCheck, t.Rules[i].Failures)
	}
	if t.Mutation != nil {
		add(changeCheck, t.Mutation.NotNoticed)
	}
	return all
}

func (l *Linted) found() (all []found) {
	for i := range l.Findings {
		all = append(all, found{&l.Findings[i], l.Findings[i].Check})
	}
	return all
}
