package rules

import (
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// The headings of a rule's page. A rule of the catalogue has all required
// ones; the optional ones where there is something to say.
var (
	requiredHeadings = []string{"What it measures", "Why it matters", "How to put it right", "History"}
	optionalHeadings = []string{"In the clinical system", "Exceptions", "References"}
)

// splitPage parts a page into the lines of its front matter, with an empty line
// before them so that line numbers are those of the file, and those of the Markdown
// below it, which begins on line number line.
func splitPage(file string, lines []string) (front, markdown []string, line int, err error) {
	if strings.TrimRight(lines[0], "\r ") != "---" {
		return nil, nil, 0, &Error{File: file, Line: 1, Column: 1, Message: "want the front matter of the rule first", Hint: `begin the page with a line "---"`}
	}
	for i, s := range lines[1:] {
		if strings.TrimRight(s, "\r ") == "---" {
			return append([]string{""}, lines[1:i+1]...), lines[i+2:], i + 3, nil
		}
	}
	return nil, nil, 0, &Error{File: file, Line: 1, Column: 1, Message: "the front matter has no end", Hint: `close it with a line "---"`}
}

// readPage parts Markdown into its sections. first is the line of the file
// that it begins on.
func (d *document) readPage(markdown []string, first int) Page {
	var p Page
	fenced := false
	var text []string
	end := func() {
		if n := len(p.Sections); n > 0 {
			p.Sections[n-1].Text = strings.TrimSpace(strings.Join(text, "\n"))
		}
		text = nil
	}
	for i, s := range markdown {
		s = strings.TrimRight(s, "\r")
		at := &value{line: first + i, column: 1}
		if strings.HasPrefix(s, "```") {
			fenced = !fenced
		}
		heading, ok := strings.CutPrefix(s, "## ")
		switch {
		case ok && !fenced:
			end()
			heading = strings.TrimSpace(heading)
			if p.has(heading) {
				d.fault(at, "", "the heading %q appears twice", heading)
			}
			p.Sections = append(p.Sections, Section{Heading: heading})
		case len(p.Sections) == 0 && strings.TrimSpace(s) != "":
			d.fault(at, `write "## What it measures" first`, "text before the first heading")
			return p
		case strings.HasPrefix(s, "# ") && !fenced:
			d.fault(at, `use "## "; the title is in the front matter`, "a heading of the first level")
		default:
			text = append(text, s)
		}
	}
	end()
	return p
}

func (p *Page) has(heading string) bool {
	for _, s := range p.Sections {
		if s.Heading == heading {
			return true
		}
	}
	return false
}

// faults says what a page lacks to stand in the catalogue, as message and hint.
func (p *Page) faults() [][2]string {
	var out [][2]string
	for _, h := range requiredHeadings {
		switch {
		case !p.has(h):
			out = append(out, [2]string{fmt.Sprintf("the page lacks the heading %q", "## "+h), ""})
		case p.Text(h) == "":
			out = append(out, [2]string{fmt.Sprintf("nothing stands under the heading %q", "## "+h), ""})
		}
	}
	known := append(append([]string{}, requiredHeadings...), optionalHeadings...)
	for _, s := range p.Sections {
		if !slices.Contains(known, s.Heading) {
			hint := schema.DidYouMean(s.Heading, known)
			if hint == "" {
				hint = "the headings are: " + strings.Join(known, "; ")
			}
			out = append(out, [2]string{fmt.Sprintf("the heading %q is not one of a rule's page", "## "+s.Heading), hint})
		} else if s.Text == "" && !slices.Contains(requiredHeadings, s.Heading) {
			out = append(out, [2]string{fmt.Sprintf("nothing stands under the heading %q", "## "+s.Heading), "remove it, or write what belongs there"})
		}
	}
	return out
}
