package rules

import (
	"fmt"
	"strings"
)

// setTitles name the sets for readers; a set without an entry goes by its name.
var setTitles = map[string]string{
	"file": "The file itself", "nhs-number": "NHS numbers", "demographics": "Demographics", "chronology": "Dates",
	"coding": "Coding", "medication": "Medication", "drug-indication": "Drugs and diagnoses", "allergy": "Allergies",
	"summary": "Summaries", "prevalence": "Disease registers", "paper-light": "Working without paper",
	"scr": "Summary Care Record", "sharing": "Record sharing",
}

// Index returns the index of the rules and a page for each, as files of
// docs/rules. The same catalogue gives the same bytes.
func Index(c *Catalogue) []Draft {
	var b strings.Builder
	fmt.Fprintf(&b, "# The rules\n\nGenerated from the rule pages; do not edit. %d rules, version %s.\n", len(c.Rules), c.Version)
	out := []Draft{{Name: "index.md"}}
	set := ""
	for _, r := range c.Rules {
		if r.Set() != set {
			set = r.Set()
			title := setTitles[set]
			if title == "" {
				title = set
			}
			fmt.Fprintf(&b, "\n## %s\n\n| code | rule | what is good | passes at | evidence |\n|---|---|---|---|---|\n", title)
		}
		fmt.Fprintf(&b, "| %s | [%s](%s.md) | %s | %s | %s |\n", r.Code, r.ID, r.ID, cellText(r.Title), cellText(r.Passes()), strings.ReplaceAll(string(r.Evidence), "_", " "))
		out = append(out, Draft{Name: r.ID + ".md", Text: r.Markdown() + whyCountsDiffer})
	}
	out[0].Text = b.String()
	return out
}

// whyCountsDiffer ends each page of docs/rules. Such differences are the same for
// every rule, so they are told once.
const whyCountsDiffer = "\nA search in the clinical system may give another figure: [why, and how to make one](../../clinical-system.md).\n"

// cellText keeps text from ending a cell of a Markdown table.
func cellText(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
