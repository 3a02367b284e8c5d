package rules

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/rules/identifier"
)

// A Warning is something that loads and is likely to be wrong, or surely is.
type Warning struct {
	// Check is the ID of the LintCheck that found it.
	Check string
	// Fault: it must not stand in the catalogue.
	Fault        bool
	File         string
	Line, Column int // from 1; 0 where the warning is about the file
	Message      string
	Hint         string
}

// String gives file:line:column, the message and, where there is one, a second
// line with a way out.
func (w Warning) String() string {
	if w.Fault {
		w.Message = "error: " + w.Message
	}
	return (&Error{File: w.File, Line: w.Line, Column: w.Column, Message: w.Message, Hint: w.Hint}).Error()
}

// Lint returns what is likely to be wrong with a catalogue that loads, in order
// of file and position. Rules that stand in none of the schemes are named where
// there is a scheme.
func Lint(c *Catalogue, schemes []*Scheme) []Warning {
	l := &linter{catalogue: c}
	for _, r := range c.Rules {
		l.rule(r)
	}
	if len(schemes) > 0 {
		l.unused(schemes)
	}
	l.definitions()
	l.expressions(checkCondition, c.Language.Lint())
	l.expressions(checkWindow, c.Language.Windows())
	for _, list := range c.Codelists {
		l.codelist(list)
	}
	slices.SortStableFunc(l.warnings, func(a, b Warning) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return l.warnings
}

type linter struct {
	catalogue *Catalogue
	warnings  []Warning
}

func (l *linter) warn(check LintCheck, file string, line int, hint, format string, args ...any) {
	w := Warning{Check: check.ID, File: file, Line: line, Message: fmt.Sprintf(format, args...), Hint: hint}
	if line > 0 {
		w.Column = 1
	}
	l.warnings = append(l.warnings, w)
}

func (l *linter) rule(r *Rule) {
	for _, one := range r.Whole() {
		if one.Cases == nil {
			l.warn(checkCases, r.File, 0, "write them in "+one.CasesFile, "%s", one.NoCases())
		}
	}
	for _, fault := range r.Page.faults() {
		l.warn(checkPage, r.File, 0, fault[1], "%s", fault[0])
	}
	l.unfilled(r)
	if r.lacksFloor() {
		l.warn(checkFloor, r.File, 0, noFloorHint, "%s", noFloor)
	}
	own := strings.Contains(strings.ToLower(r.ThresholdFrom), "our own") || strings.Contains(strings.ToLower(r.ThresholdFrom), "local")
	if r.Threshold.Set && !r.Published && !own {
		l.warn(checkThreshold, r.File, 0, `write "Our own default" and why, or published: true`, "threshold_from does not say whether the threshold is published or our own")
	}
	if r.Published && r.Page.Text("References") == "" {
		l.warn(checkReference, r.File, 0, `name the document under "## References"`, "the threshold is published, and the page names no reference")
	}
	if speaksOfAList(r) {
		l.warn(checkListed, r.File, 0, "say what to do without a list", "fix speaks of listed records, and no list is written of this rule")
		l.warnings[len(l.warnings)-1].Fault = true
	}
	if r.Checked == nil {
		return
	}
	for _, one := range r.Whole() {
		l.expressions(checkCondition, expr.Lint(one.Checked))
	}
	l.windows(r)
}

// speaksOfAList reports whether a fix names records as listed though no list of them is
// ever written.
func speaksOfAList(r *Rule) bool { return !r.Lists() && listedForm.MatchString(r.Fix) }

var listedForm = regexp.MustCompile(`(?i)\b(listed|worklist|on the list)\b`)

// windows finds the dates of a rule that count as evidence with one end open.
func (l *linter) windows(r *Rule) {
	var open, used []*schema.Column
	for _, o := range r.OpenEnded {
		open = append(open, o.Column)
	}
	for _, one := range r.Whole() {
		faults, found := one.Checked.Windows(open)
		l.expressions(checkWindow, faults)
		used = append(used, found...)
	}
	for _, c := range open {
		if !slices.Contains(used, c) {
			l.warn(checkOpenEnded, r.File, 0, "remove it from open_ended", "%s has both ends, or is no evidence", c)
			l.warnings[len(l.warnings)-1].Fault = true
		}
	}
}

// expressions adds what a check of the rule language found. Open windows are faults.
func (l *linter) expressions(check LintCheck, found []*expr.Error) {
	for _, w := range found {
		var moved *expr.Error
		if errors.As(relocate(l.catalogue.lines, w), &moved) {
			l.warnings = append(l.warnings, Warning{Check: check.ID, File: moved.File, Line: moved.Line, Column: moved.Column, Message: moved.Message, Hint: moved.Hint, Fault: check == checkWindow})
		}
	}
}

// unused warns of rules that no scheme has.
func (l *linter) unused(schemes []*Scheme) {
	used := map[*Rule]bool{}
	for _, s := range schemes {
		for _, a := range s.Accreditations {
			for _, c := range a.Criteria {
				used[c.Rule] = true
			}
		}
	}
	for _, r := range l.catalogue.Rules {
		if !used[r] {
			l.warn(checkScheme, r.File, 0, "add a criterion, or check runs it for nobody", "the rule stands in no scheme")
		}
	}
}

// definitions warns of definitions that nothing uses.
func (l *linter) definitions() {
	for _, d := range l.catalogue.Definitions {
		word := regexp.MustCompile(`\b` + regexp.QuoteMeta(d.Name) + `\b`)
		used := slices.ContainsFunc(l.catalogue.Rules, func(r *Rule) bool {
			return slices.ContainsFunc(r.conditions(), word.MatchString)
		}) || slices.ContainsFunc(l.catalogue.Definitions, func(other expr.Definition) bool {
			return other.Name != d.Name && slices.ContainsFunc(other.Alternatives, func(a expr.Alternative) bool { return word.MatchString(a.Text) })
		})
		if !used {
			l.warn(checkDefinition, d.File, d.Alternatives[0].Line, "remove it", "nothing uses the definition %q", d.Name)
		}
	}
}

// conditions are the texts of the expressions of a rule and its parts.
func (r *Rule) conditions() []string {
	var out []string
	for _, one := range r.Whole() {
		s := &one.Source
		out = append(out, s.Where, s.Exclude, s.Expect, s.Value, s.Date)
	}
	return out
}

// maxCodesListed bounds the codes of one list that are named one by one.
const maxCodesListed = 5

// codelist warns of a list that nothing uses or that is empty, and of codes
// that cannot be codes of their system.
func (l *linter) codelist(list *Codelist) {
	call := regexp.MustCompile(`(codelist|coded)\(\s*["']` + regexp.QuoteMeta(list.Name) + `["']`)
	used := slices.ContainsFunc(l.catalogue.Rules, func(r *Rule) bool {
		return slices.ContainsFunc(r.conditions(), call.MatchString)
	}) || slices.ContainsFunc(l.catalogue.Definitions, func(d expr.Definition) bool {
		return slices.ContainsFunc(d.Alternatives, func(a expr.Alternative) bool { return call.MatchString(a.Text) })
	})
	if !used {
		l.warn(checkCodelist, list.File, 0, "remove it", "nothing uses the code list")
	}
	if len(list.Entries) == 0 && list.Notes == "" {
		l.warn(checkCodelist, list.File, 0, "say under notes: why", "the code list is empty: its rules are not assessable")
	}
	wrong := 0
	for _, e := range list.Entries {
		want := e.want()
		if want == "" {
			continue
		}
		if wrong++; wrong <= maxCodesListed {
			l.warn(checkCodesOfList, list.File, e.Line, "take the code from its source again", "want %s", want)
		}
	}
	if wrong > maxCodesListed {
		l.warn(checkCodesOfList, list.File, 0, "a spreadsheet may have rounded them", "%d codes in all are not codes of their system", wrong)
	}
}

// want says what the code should have been, or nothing.
func (e *Entry) want() string {
	code := []byte(e.Code)
	switch {
	case e.System == "sct" && !identifier.SCTIDConcept(code):
		return "a SNOMED CT concept id: its check digit or partition is wrong"
	case e.System == "dmd" && !identifier.DMDValid(code):
		return "a dm+d id: its check digit or partition is wrong"
	case e.System == "read2" && !identifier.Read2Valid(code):
		return "a Read code of version 2"
	case e.System == "ctv3" && !identifier.CTV3Valid(code):
		return "a CTV3 code"
	}
	return ""
}
