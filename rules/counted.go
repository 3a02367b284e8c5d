package rules

import (
	"fmt"
	"slices"
	"strings"
)

// countedDigits is how much of a digest tells what is counted by one rule from what
// is counted by another version of it.
const countedDigits = 16

// Counted returns, by the id of each rule that counts and of each part of one, a digest
// of what decides its counts. Where two catalogues have the same digest for a rule, a
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
	return out
}
