package comparison

import (
	"fmt"
	"io"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// Text writes the comparison for people.
func (c *Comparison) Text(w io.Writer) error {
	var b strings.Builder
	for _, said := range c.Differs {
		b.WriteString("Note: " + said + "\n")
	}
	for i := range c.Practices {
		if i > 0 || len(c.Differs) > 0 {
			b.WriteString("\n")
		}
		c.Practices[i].text(&b)
	}
	_, err := io.WriteString(w, visible.Text(b.String()))
	return err
}

func (p *Practice) text(b *strings.Builder) {
	name := visible.Line(p.Name)
	if name == "" {
		name = "Practice " + visible.Line(p.ID)
	}
	switch {
	case p.Before == "":
		fmt.Fprintf(b, "%s: not in the report of before.\n", name)
		return
	case p.After == "":
		fmt.Fprintf(b, "%s: not in the report of after.\n", name)
		return
	}
	fmt.Fprintf(b, "%s, from %s to %s\n", name, p.Before, p.After)
	for _, a := range p.Accreditations {
		title := a.Title
		if title == "" {
			title = a.ID
		}
		switch a.Change {
		case Same:
			fmt.Fprintf(b, "  %-24s %s, as before\n", title+":", a.After.Words())
		case Added:
			fmt.Fprintf(b, "  %-24s %s (not judged before)\n", title+":", a.After.Words())
		case Gone:
			fmt.Fprintf(b, "  %-24s not judged now\n", title+":")
		default:
			fmt.Fprintf(b, "  %-24s %s, was %s\n", title+":", a.After.Words(), strings.ToLower(a.Before.Words()))
		}
	}
	for _, part := range parts {
		var lines []string
		for _, k := range p.Checks {
			if k.After != report.Shown && part.holds(&k) {
				lines = append(lines, k.line())
			}
		}
		if len(lines) > 0 {
			fmt.Fprintf(b, "\n%s: %s\n  %s\n", part.title, figures.Plural(int64(len(lines)), "check", "checks"), strings.Join(lines, "\n  "))
		}
	}
}

// parts are the checks as people look at them: what is done, what moved, what is new.
var parts = []struct {
	title string
	holds func(*Check) bool
}{
	{"Put right", func(k *Check) bool { return k.Change == Better && k.After == report.Passed }},
	{"Not met any more", func(k *Check) bool { return k.Change == Worse && k.Before == report.Passed }},
	{"Fewer records to put right", func(k *Check) bool { return k.Change == Better && k.After != report.Passed }},
	{"More records to put right", func(k *Check) bool { return k.Change == Worse && k.Before != report.Passed }},
	{"Still open, with as many records", func(k *Check) bool { return k.Change == Same && k.After == report.Failed }},
	{"Can be told now, or no longer", func(k *Check) bool { return k.Change == Other }},
	{"In one of the reports alone", func(k *Check) bool { return k.Change == Added || k.Change == Gone }},
}

// line is a check with what was left to put right, and what is.
func (k *Check) line() string {
	said := k.Title
	if said == "" {
		said = k.Rule
	}
	switch {
	case k.After == report.Passed && k.FailingBefore != nil && *k.FailingBefore > 0:
		said += ": was " + figures.Plural(*k.FailingBefore, "record", "records")
	case k.FailingBefore != nil && k.FailingAfter != nil && *k.FailingBefore != *k.FailingAfter:
		said += fmt.Sprintf(": %s, was %s", figures.Plural(*k.FailingAfter, "record", "records"), figures.Count(*k.FailingBefore))
	case k.FailingAfter != nil && *k.FailingAfter > 0:
		said += ": " + figures.Plural(*k.FailingAfter, "record", "records")
	}
	return said
}
