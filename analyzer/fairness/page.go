package fairness

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const pageStart = `# What an extract can answer

A check whose columns an extract lacks is *not assessable*: never failed, never passed. It counts against coverage, and a blocker among them
keeps the verdict at "answers needed", or at "cannot tell" where no answer can stand in ([verdicts.md](verdicts.md)). ` + "`paperlight inspect EXTRACT`" + ` says what an
extract gives, ` + "`paperlight check`" + ` what each check missed.

This page is made by a test. It writes one made-up practice in the layout of each system ([layouts.md](layouts.md)), reads each, and compares
every check with what the canonical tables ([schema.md](schema.md)) give. What differs must be in ` + "`analyzer/fairness/exceptions.yaml`" + ` with a
reason, or the test fails. The layouts come from published lists: nobody has held them against a real export.

`

const pageLists = `[Side files](side-files.md) says how to lay lists beside an extract (FP69 flags, paper notes, letters, items dispensed, control totals) and how to
answer what no file shows.
`

// A Page is what docs/coverage.md is made of.
type Page struct {
	Canonical *Finding
	Systems   []*Finding
	// Titles are the names of systems for people, by id.
	Titles       map[string]string
	Exceptions   *Exceptions
	CountsFaults func(rule string) bool
}

// String is the page in Markdown.
func (p *Page) String() string {
	var out strings.Builder
	out.WriteString(pageStart)
	p.summary(&out)
	for _, f := range p.Systems {
		p.system(&out, f)
	}
	p.everywhere(&out)
	return out.String()
}

// summary counts, for each system, what can be judged.
func (p *Page) summary(out *strings.Builder) {
	out.WriteString("| system | checks that records can answer | of them with other figures | checks that it cannot feed |\n|---|---|---|---|\n")
	count := func(f *Finding) (answered int) {
		for _, r := range f.Rules {
			if len(r.Missing) == 0 {
				answered++
			}
		}
		return answered
	}
	fmt.Fprintf(out, "| canonical tables, all columns | %d | | |\n", count(p.Canonical))
	for _, f := range p.Systems {
		differ, lacking := 0, 0
		for _, d := range Compare(p.Canonical, f, p.CountsFaults) {
			if d.Kind != NotAssessable {
				differ++
			}
		}
		for rule := range f.Rules {
			if len(p.lacked(f, rule)) > 0 {
				lacking++
			}
		}
		fmt.Fprintf(out, "| %s | %d | %d | %d |\n", p.Titles[f.System], count(f), differ, lacking)
	}
	out.WriteString("\n")
}

// lacked is what a rule misses here and not in the canonical tables.
func (p *Page) lacked(f *Finding, rule string) []string {
	var out []string
	for _, m := range f.Rules[rule].Missing {
		if !slices.Contains(p.Canonical.Rules[rule].Missing, m) {
			out = append(out, m)
		}
	}
	return out
}

func (p *Page) system(out *strings.Builder, f *Finding) {
	fmt.Fprintf(out, "## %s\n\n| table | columns that it lacks |\n|---|---|\n", p.Titles[f.System])
	for _, t := range f.Tables {
		fmt.Fprintf(out, "| `%s` | %s |\n", t.Name, quoted(t.Absent))
	}
	var without []string
	for _, t := range p.Canonical.Tables {
		if f.lacks(t.Name) {
			without = append(without, t.Name)
		}
	}
	if len(without) > 0 {
		fmt.Fprintf(out, "\nIt has no %s.\n", quoted(without))
	}
	p.absent(out, f)
	p.differs(out, f)
}

// absent tells what cannot be judged, by what is absent.
func (p *Page) absent(out *strings.Builder, f *Finding) {
	byWhy := map[*Absence]map[string]bool{}
	for rule := range f.Rules {
		for _, lacked := range p.lacked(f, rule) {
			for _, fact := range append(strings.Split(lacked, " or "), lacked) {
				if a := p.Exceptions.absenceOf(f.System, fact); a != nil {
					if byWhy[a] == nil {
						byWhy[a] = map[string]bool{}
					}
					byWhy[a][rule] = true
				}
			}
		}
	}
	out.WriteString("\nWhat cannot be judged:\n\n| what is missing | why | the checks |\n|---|---|---|\n")
	for _, a := range p.Exceptions.Absent {
		if rules := byWhy[a]; len(rules) > 0 {
			fmt.Fprintf(out, "| %s | %s | %s |\n", quoted(a.Facts), a.Why, quoted(slices.Sorted(maps.Keys(rules))))
		}
	}
}

// inWords says of a kind of difference what it means.
var inWords = map[Kind]string{
	More: "counts more rows", Fewer: "counts fewer rows", Moved: "counts as many rows in another way", Value: "gives another value",
	Judged: "is judged otherwise", Assessable: "can be judged here alone",
}

func (p *Page) differs(out *strings.Builder, f *Finding) {
	out.WriteString("\nWhat counts otherwise:\n\n| the checks | what differs | why |\n|---|---|---|\n")
	for _, x := range p.Exceptions.Differs {
		if !slices.Contains(x.Systems, f.System) {
			continue
		}
		says := inWords[x.Kind]
		if slices.ContainsFunc(x.Moves, intoFailed) {
			says += ", and may fail for it"
		}
		fmt.Fprintf(out, "| %s | %s | %s |\n", quoted(x.Rules), says, x.Why)
	}
	out.WriteString("\n")
}

// everywhere tells what no extract answers by itself: what the canonical tables of
// a made practice miss.
func (p *Page) everywhere(out *strings.Builder) {
	byMissing := map[string][]string{}
	var answers []string
	for _, rule := range slices.Sorted(maps.Keys(p.Canonical.Rules)) {
		missing := p.Canonical.Rules[rule].Missing
		for _, m := range missing {
			if key, ok := strings.CutPrefix(m, "an answer of the practice: "); ok {
				if len(missing) == 1 {
					answers = append(answers, rule)
					continue
				}
				m = key
			}
			if list := unmetList.FindStringSubmatch(m); list != nil {
				m = list[1]
			}
			byMissing[m] = append(byMissing[m], rule)
		}
	}
	out.WriteString("## Beside every system\n\nThese need something that is in no export.\n\n| what | the checks |\n|---|---|\n")
	for _, m := range slices.Sorted(maps.Keys(byMissing)) {
		fmt.Fprintf(out, "| `%s` | %s |\n", m, quoted(byMissing[m]))
	}
	fmt.Fprintf(out, "\n%s\n## Answered by people alone\n\n%s.\n", pageLists, quoted(answers))
}

// unmetList finds the code list that a reason names.
var unmetList = regexp.MustCompile(`(?:^codelist "|list of codes \()([a-z0-9-]+)`)

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "`" + n + "`"
	}
	return strings.Join(out, ", ")
}
