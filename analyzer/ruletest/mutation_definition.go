package ruletest

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"paperlight/analyzer/expr"
	"paperlight/rules"
)

// MutateDefinitions weakens the shared definitions of a catalogue, one change
// at a time, and asks that a case of some rule that uses the definition
// notices. Only a cancelled context is an error.
func MutateDefinitions(ctx context.Context, c *rules.Catalogue) (*Mutation, error) {
	out := &Mutation{}
	for d := range c.Definitions {
		def := &c.Definitions[d]
		users := usersOf(c, def.Name)
		for i, alternative := range def.Alternatives {
			changes, err := weaken(alternative.Text)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", def.File, def.Name, err)
			}
			for _, change := range changes {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				noticed, stands := noticesDefinition(ctx, c, d, i, change.text, users)
				if !stands {
					continue
				}
				out.Mutants++
				if !noticed {
					out.Survivors = append(out.Survivors, Failure{Rule: def.Name, File: def.File, Line: alternative.Line,
						Message: "no case of any rule notices the change: " + def.Name + ": " + change.name, Hint: "add the row that it decides wrongly to a rule that uses " + def.Name})
				}
			}
		}
	}
	return out, nil
}

// usersOf returns the rules whose conditions depend on a definition.
func usersOf(c *rules.Catalogue, name string) []*rules.Rule {
	names := []string{name}
	word := func(text string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return regexp.MustCompile(`\b` + n + `\b`).MatchString(text) })
	}
	for more := true; more; {
		more = false
		for _, d := range c.Definitions {
			if !slices.Contains(names, d.Name) && slices.ContainsFunc(d.Alternatives, func(a expr.Alternative) bool { return word(a.Text) }) {
				names, more = append(names, d.Name), true
			}
		}
	}
	var out []*rules.Rule
	for _, whole := range c.Rules {
		for _, r := range whole.Whole() {
			s := &r.Source
			if r.Checked != nil && word(strings.Join([]string{s.Where, s.Exclude, s.Expect, s.Value, s.Date}, "\n")) {
				out = append(out, r)
			}
		}
	}
	return out
}

// noticesDefinition runs the cases of rules under a changed definition until
// one notices. stands is false where the language refuses the change.
func noticesDefinition(ctx context.Context, c *rules.Catalogue, d, alternative int, text string, users []*rules.Rule) (noticed, stands bool) {
	definitions := slices.Clone(c.Definitions)
	definitions[d].Alternatives = slices.Clone(definitions[d].Alternatives)
	definitions[d].Alternatives[alternative].Text = text
	language, err := expr.NewLanguage(definitions, c.Lists, slices.Sorted(maps.Keys(c.Prevalence.Shares()))...)
	if err != nil {
		return false, false
	}
	for _, r := range users {
		checked, err := language.Check(r.Source)
		if err != nil {
			return false, false
		}
		a, err := Parse(r.CasesFile, r.Cases, r.Table)
		if err != nil {
			continue // the rule's own test says so
		}
		m := &mutation{tester: tester{catalogue: c, rule: r, summary: &Summary{}}, checked: []*expr.Checked{checked}, mutants: make([]Mutant, 1), noticed: make([]bool, 1)}
		for i := range a.Cases {
			if err := m.judge(ctx, a, &a.Cases[i]); err == nil && m.noticed[0] {
				return true, true
			}
		}
	}
	return false, true
}
