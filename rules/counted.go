package rules

import (
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// countedDigits is how much of a digest tells what is counted by one rule from what
// is counted by another version of it.
const countedDigits = 16

// countsPatients is the definition of who is counted as a patient of the practice, and
// of whose rows are looked at for codes that lists miss, whatever the rule.
const countsPatients = "registered"

// CountedAnswer is how the question of a key is called among what is counted.
func CountedAnswer(key string) string { return "declared:" + key }

// Counted returns, by the id of each rule that counts and of each part of one, a digest
// of what decides its counts, and one by the name of the definition that all counts turn on.
// The questions that the catalogue asks, by CountedAnswer, stand there too: answers to others
// are not kept. Where two catalogues have the same digest for a rule, a
// state that was counted by one can be judged by the other: pass marks, weights and words
// are no part of it.
func (c *Catalogue) Counted() map[string]string {
	out := map[string]string{}
	shares, terms := c.Prevalence.Shares(), c.AnswerTerms()
	for _, whole := range c.Rules {
		for _, r := range whole.Whole() {
			if r.Checked == nil {
				continue
			}
			meaning := r.Checked.Meaning(shares)
			var b strings.Builder
			b.Write(meaning.Text)
			for _, key := range meaning.Declared {
				t := terms[key]
				fmt.Fprintf(&b, "\n%s %q %d %t %t", key, slices.Sorted(slices.Values(t.Answers)), t.Stands, t.Left, t.Counted)
			}
			out[r.ID] = digest([]byte(b.String()))[:countedDigits]
		}
	}
	for _, key := range c.AnswerKeys() {
		out[CountedAnswer(key)] = "asked"
	}
	for _, d := range c.Definitions {
		if d.Name != countsPatients || d.Table != schema.Patients {
			continue
		}
		checked, err := c.Language.Check(expr.Source{File: d.File, Table: d.Table, Where: d.Name, WhereLine: 1})
		if err == nil { // a definition is a condition
			out[countsPatients] = digest(checked.Meaning(shares).Text)[:countedDigits]
		}
	}
	return out
}
