package report

import (
	"cmp"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
)

// A requirement is what the scheme asks for and whether it is met, in words.
type requirement struct {
	Kind, Title string // "Essential"
	Status      RequirementStatus
	Words, Why  string
}

var requirementWords = map[RequirementStatus]string{Met: "met", NotMet: "not met", CannotTell: "not checked", NotShown: "not shown"}

// kinds are the kinds of requirement in the order they are shown.
var kinds = []struct{ id, one, many string }{{"essential", "essential", "essentials"}, {"desirable", "desirable", "desirables"}}

// mostReasons is how many checks are named that decide a requirement.
const mostReasons = 3

// requirements are those of a practice, the essentials first.
func (r *reader) requirements(p *PracticeReport) []requirement {
	out := make([]requirement, 0, len(p.Requirements))
	for _, kind := range kinds {
		for i := range p.Requirements {
			if q := &p.Requirements[i]; q.Kind == kind.id {
				out = append(out, requirement{
					Kind: capital(kind.one), Title: cmp.Or(q.Title, q.ID), Status: q.Status,
					Words: requirementWords[q.Status], Why: r.whyMet(p, q),
				})
			}
		}
	}
	return out
}

// whyMet says what decided a requirement, what matters most first. Titles are
// in quotes: many say what is not so, after words that deny it.
func (r *reader) whyMet(p *PracticeReport, q *Requirement) string {
	titles := make([]string, 0, len(q.DecidedBy))
	for _, rule := range heaviest(p, q) {
		titles = append(titles, "“"+r.title(rule)+"”")
	}
	switch {
	case q.Status == NotShown:
		return "What decides it is not shown at this level."
	case len(titles) == 0 && q.Judged > 0:
		return "Nothing failed, but too little could be checked to say that it is met."
	case len(titles) == 0:
		return "No check that applies here looks at this."
	case q.Status == NotMet:
		return "Not met: " + some(titles)
	case q.Status == CannotTell:
		return "Could not be checked: " + some(titles)
	case q.Judged < q.Checks:
		return "Met as far as could be checked: " + figures.Count(int64(q.Judged)) + " of " + figures.Plural(int64(q.Checks), "check.", "checks.")
	case q.Checks == 1:
		return "Its one check is met."
	}
	return "All " + figures.Count(int64(q.Checks)) + " checks are met."
}

// heaviest are the rules that decide a requirement: blockers first, then by
// weight, then by id.
func heaviest(p *PracticeReport, q *Requirement) []string {
	type burden struct{ blocks, weight int }
	burdens := make(map[string]burden)
	each(p, func(_ *Accreditation, c *Criterion) {
		if c.Requirement != q.ID {
			return
		}
		b := burdens[c.Rule]
		b.weight = max(b.weight, c.Weight)
		if c.Severity == "blocker" {
			b.blocks = 1
		}
		burdens[c.Rule] = b
	})
	out := slices.Clone(q.DecidedBy)
	slices.SortFunc(out, func(a, b string) int {
		x, y := burdens[a], burdens[b]
		return cmp.Or(cmp.Compare(y.blocks, x.blocks), cmp.Compare(y.weight, x.weight), cmp.Compare(a, b))
	})
	return out
}

// some names the first of many titles and counts the others.
func some(titles []string) string {
	rest := len(titles) - mostReasons
	if rest <= 1 {
		return list(titles) + "."
	}
	return strings.Join(titles[:mostReasons], ", ") + " and " + figures.Count(int64(rest)) + " more."
}

// requirementTally is "4 of 5 essentials are met and 1 could not be checked; 2
// of 3 desirables are met": of what is not said, nothing is met. Empty where the
// scheme lists no requirement.
func requirementTally(all []Requirement) string {
	var parts []string
	for _, kind := range kinds {
		counts := make(map[RequirementStatus]int64)
		var of int64
		for i := range all {
			if all[i].Kind == kind.id {
				counts[all[i].Status]++
				of++
			}
		}
		if of == 0 {
			continue
		}
		said := []string{figures.Count(counts[Met]) + " of " + figures.Plural(of, kind.one, kind.many) + isOrAre(counts[Met]) + "met"}
		if open := counts[CannotTell]; open > 0 {
			if missed := counts[NotMet]; missed > 0 {
				said = append(said, figures.Count(missed)+isOrAre(missed)+"not met")
			}
			said = append(said, figures.Count(open)+" could not be checked")
		}
		if hidden := counts[NotShown]; hidden > 0 {
			said = append(said, figures.Count(hidden)+isOrAre(hidden)+"not shown")
		}
		parts = append(parts, list(said))
	}
	return strings.Join(parts, "; ")
}

func isOrAre(n int64) string {
	if n == 1 {
		return " is "
	}
	return " are "
}
