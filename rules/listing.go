package rules

import (
	"fmt"
	"strings"

	"paperlight/analyzer/schema"
)

// A Listing is one line of `paperlight rules list`.
type Listing struct {
	ID            string `json:"id"`
	Code          string `json:"code"`
	Title         string `json:"title"`
	Dimension     string `json:"dimension"`
	Table         string `json:"table"`
	Threshold     string `json:"threshold"`
	ThresholdFrom string `json:"threshold_from"`
	Published     bool   `json:"published"`
	Evidence      string `json:"evidence"`
	Owner         string `json:"owner"`
	Info          bool   `json:"info"`
	File          string `json:"file"`
}

// List describes rules, in their order. It is never nil.
func List(rules []*Rule) []Listing {
	out := make([]Listing, 0, len(rules))
	for _, r := range rules {
		out = append(out, Listing{ID: r.ID, Code: r.Code, Title: r.Title, Dimension: string(r.Dimension), Table: r.Table.Name,
			Threshold: r.Passes(), ThresholdFrom: r.ThresholdFrom, Published: r.Published, Evidence: string(r.Evidence),
			Owner: string(r.Owner), Info: r.Info, File: r.File})
	}
	return out
}

// Passes says what meets the rule: a threshold, its tiers, an answer or nothing.
func (r *Rule) Passes() string {
	switch {
	case r.Info:
		return "not judged"
	case len(r.Threshold.Tiers) > 0:
		tiers := make([]string, len(r.Threshold.Tiers))
		for i, t := range r.Threshold.Tiers {
			tiers[i] = FormatPercent(t)
		}
		return strings.Join(tiers, ", ")
	case !r.Threshold.Set:
		return "yes"
	}
	return r.Threshold.String()
}

// Markdown returns the page of the rule with its facts above the text, as the
// index and `paperlight rules show` give it.
func (r *Rule) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", r.Title)
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "- **%s**: %s\n", name, text)
		}
	}
	row("Rule", "`"+r.ID+"`"+spaced(r.Code))
	row("Counts", "`"+r.Table.Name+"`: "+r.Table.Row)
	row("Passes at", r.Passes())
	row("Threshold from", r.ThresholdFrom)
	row("Evidence", evidenceWords[r.Evidence])
	if keys, terms := r.answersFor(), r.AnswerTerms(); len(keys) > 0 && len(terms.Answers) > 0 {
		row("Answers", "`"+strings.Join(keys, "`, `")+"`: "+terms.Words()+"; valid "+validFor(r.Standing()))
	}
	row("Who can put it right", ownerWords[r.Owner])
	row("Nothing eligible", r.emptyWords())
	if r.ExcludeAtMost > 0 {
		row("Left out at most", FormatPercent(r.ExcludeAtMost)+", or the rest is no evidence")
	}
	row("Code lists", r.listsText())
	row("What to do", r.Fix)
	row("Where to look", r.WhereToLook)
	for _, o := range r.OpenEnded {
		row("Any day of `"+o.Column.String()+"`", o.Reason)
	}
	if text := r.conditionText(); text != "" {
		b.WriteString("\n```cel\n" + text + "```\n")
	}
	for _, p := range r.Parts {
		b.WriteString("\n" + p.besideText() + "\n\n```cel\ntable: " + p.Table.Name + "\n" + p.conditionText() + "```\n")
	}
	for _, s := range r.Page.Sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", s.Heading, s.Text)
	}
	return b.String()
}

// listsText names the code lists that the rule reads, each with the systems it
// covers.
func (r *Rule) listsText() string {
	if r.Checked == nil {
		return ""
	}
	var out []string
	for _, list := range r.Checked.Codelists() {
		var systems []string
		for _, name := range list.Covers {
			systems = append(systems, systemTitle(name))
		}
		out = append(out, "`"+list.Name+"` ("+strings.Join(systems, ", ")+")")
	}
	return strings.Join(out, "; ")
}

func systemTitle(name string) string {
	for _, c := range schema.CodeSystems {
		if c.Name == name {
			return c.Title
		}
	}
	return name
}

// emptyWords says what it means that nothing is eligible.
func (r *Rule) emptyWords() string {
	switch {
	case !r.EmptyMet:
		return "not applicable"
	case r.Floor > 0:
		return fmt.Sprintf("meets the rule: none found, where there are at least %d rows for 1,000 registered patients", r.Floor)
	case r.FloorReason != "":
		return "meets the rule: none found, however few rows there are. " + r.FloorReason
	}
	return "meets the rule: none found"
}

func spaced(code string) string {
	if code == "" {
		return ""
	}
	return " (" + code + ")"
}

// besideText says what a part is shown for.
func (r *Rule) besideText() string {
	if r.PartName() == BatchPart {
		return "The days of these entries are looked at too, and never judged. Where there are at least 20, and more than a fifth are of one day or of the last 28 days,\nthe report says that they may be a batch:"
	}
	return "Shown beside it, and never judged: " + r.Title + "."
}

// conditionText is the conditions of the rule as the page writes them.
func (r *Rule) conditionText() string {
	var b strings.Builder
	for _, c := range []struct{ name, text string }{
		{"where", r.Source.Where}, {"exclude", r.Source.Exclude}, {"expect", r.Source.Expect}, {"value", r.Source.Value}, {"date", r.Source.Date},
	} {
		if c.text != "" {
			fmt.Fprintf(&b, "%s: %s\n", c.name, strings.ReplaceAll(c.text, "\n", "\n  "))
		}
	}
	return b.String()
}
