package ruletest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/common/operators"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// weakerMark stands between the name of a definition and the number of the
// term that a weaker form of it lacks. No definition of a catalogue has it.
const weakerMark = "_lacks_"

// withWeaker returns the catalogue with weaker forms beside its definitions:
// of each that is several terms joined by && and is used more than once, one
// form without each term. The Doc of a form is the term that it lacks.
//
// A definition used once needs none: a change of it is a change of its use.
func withWeaker(c *rules.Catalogue) (*rules.Catalogue, error) {
	uses := usesOf(c)
	wide := *c
	wide.Definitions = slices.Clone(c.Definitions)
	for _, d := range c.Definitions {
		if uses[d.Name] < 2 {
			continue
		}
		terms, without, err := lacking(d.Alternatives[0].Text)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", d.File, d.Name, err)
		}
		for i := range terms {
			weaker := d
			weaker.Name = fmt.Sprintf("%s%s%d", d.Name, weakerMark, i+1)
			weaker.Doc = terms[i]
			weaker.Alternatives = slices.Clone(d.Alternatives)
			weaker.Alternatives[0].Text = without[i]
			wide.Definitions = append(wide.Definitions, weaker)
		}
	}
	var err error
	wide.Language, err = expr.NewLanguage(wide.Definitions, c.Lists, slices.Sorted(maps.Keys(c.Prevalence.Shares()))...)
	return &wide, err
}

// lacking returns the terms that a condition joins by &&, and beside each the
// condition without it. There are none where it joins nothing.
func lacking(text string) (terms, without []string, err error) {
	w, err := newWeakener(text)
	if err != nil {
		return nil, nil, err
	}
	operands := w.chain(w.root, operators.LogicalAnd)
	if len(operands) < 2 {
		return nil, nil, nil
	}
	for i, one := range operands {
		terms = append(terms, w.text(one))
		w.put("", w.root, w.joined(operators.LogicalAnd, slices.Delete(slices.Clone(operands), i, i+1)))
		if w.err != nil {
			return nil, nil, w.err
		}
		without = append(without, w.changes[i].text)
	}
	return terms, without, nil
}

// usesOf counts how often rules and definitions name each definition.
func usesOf(c *rules.Catalogue) map[string]int {
	names := map[string]int{}
	count := func(text string) {
		for _, w := range word.FindAllString(text, -1) {
			names[w]++
		}
	}
	for i := range c.Definitions {
		count(textsOfDefinition(&c.Definitions[i]))
	}
	for _, whole := range c.Rules {
		count(textsOf(whole.Whole()))
	}
	return names
}

// weaker are the weaker forms of a definition of a table.
func weaker(c *rules.Catalogue, t *schema.Table, name string) []expr.Definition {
	var out []expr.Definition
	for _, d := range c.Definitions {
		if d.Table == t && strings.HasPrefix(d.Name, name+weakerMark) {
			out = append(out, d)
		}
	}
	return out
}
