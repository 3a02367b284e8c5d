package rules

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A rule is found by its id, or by a code that no other rule has, in whatever order the
// rules are.
func TestRulesAreFoundInAnyOrder(t *testing.T) {
	one, two, three, four := &Rule{ID: "a/one", Code: "A-1"}, &Rule{ID: "a/two", Code: "A-2"}, &Rule{ID: "b/three", Code: "A-2"}, &Rule{ID: "c/four", Code: "C-4"}
	sorted := &Catalogue{Rules: []*Rule{one, two, three, four}}
	turned := &Catalogue{Rules: slices.Clone(sorted.Rules)}
	slices.Reverse(turned.Rules)
	for _, c := range []*Catalogue{sorted, turned} {
		for id, want := range map[string]*Rule{"a/one": one, "a/two": two, "b/three": three, "c/four": four, "A-1": one, "C-4": four, "A-2": nil, "": nil, "a": nil, "d/five": nil} {
			require.True(t, want == c.Rule(id), id)
		}
	}
}
