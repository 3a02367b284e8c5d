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
	unlinked := c.Linked != nil && !*c.Linked
	if unlinked {
		b.WriteString("Note: The records cannot be linked to those of the run before. Their ids look as if they were made anew, so nobody can tell which were put right.\n")
	}
	for i := range c.Practices {
		if i > 0 || unlinked || len(c.Differs) > 0 {
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
			if k.After != report.Shown && part.holds(&k) && (part.ofRules || !k.RuleChanged) {
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
	// ofRules: of checks that are not what they were, too.
	ofRules bool
}{
	{title: "Put right", holds: func(k *Check) bool { return k.Change == Better && k.After == report.Passed }},
	{title: "Not met any more", holds: func(k *Check) bool { return k.Change == Worse && k.Before == report.Passed }},
	{title: "Fewer records to put right", holds: func(k *Check) bool { return k.Change == Better && k.After != report.Passed }},
	{title: "More records to put right", holds: func(k *Check) bool { return k.Change == Worse && k.Before != report.Passed }},
	{title: "Still open, with as many records", holds: func(k *Check) bool { return k.Change == Same && k.After == report.Failed }},
	{title: "Can be told now, or no longer", holds: func(k *Check) bool { return k.Change == Other }},
	{title: "In one of the reports alone", holds: func(k *Check) bool { return k.Change == Added || k.Change == Gone }},
	{title: "Changed itself, so that its figures may have moved for that alone", holds: func(k *Check) bool { return k.RuleChanged }, ofRules: true},
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
	return said + k.Records.words()
}

// words say what became of the records; of none, nothing.
func (r *Records) words() string {
	if r == nil {
		return ""
	}
	var said []string
	for _, one := range []struct {
		n     int64
		words string
	}{{r.Fixed, "fixed"}, {r.New, "new"}, {r.Reopened, "back again"}, {r.StillOpen, "still open"}} {
		if one.n > 0 {
			said = append(said, figures.Count(one.n)+" "+one.words)
		}
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}
