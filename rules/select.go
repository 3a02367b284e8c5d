package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// Select returns the rules that the patterns of choose name, without those that
// the patterns of ignore name, sorted by id; no pattern chooses all. A pattern
// is an id, a code, a set or a glob over ids (medication/*). One that names no
// rule is an error.
func (c *Catalogue) Select(choose, ignore []string) ([]*Rule, error) {
	chosen, err := c.matching(choose)
	if err != nil {
		return nil, err
	}
	ignored, err := c.matching(ignore)
	if err != nil {
		return nil, err
	}
	var out []*Rule
	for _, r := range c.Rules {
		if (len(choose) == 0 || chosen[r]) && !ignored[r] {
			out = append(out, r)
		}
	}
	return out, nil
}

// Only returns the catalogue with these of its rules alone; c stays as it is.
func (c *Catalogue) Only(chosen []*Rule) *Catalogue {
	out := *c
	out.Rules = chosen
	return &out
}

func (c *Catalogue) matching(patterns []string) (map[*Rule]bool, error) {
	out := map[*Rule]bool{}
	for _, p := range patterns {
		found := false
		for _, r := range c.Rules {
			ok, err := path.Match(p, r.ID)
			if err != nil {
				return nil, fmt.Errorf("rule pattern %q is not well formed", p)
			}
			if ok || p == r.Code && p != "" || p == r.Set() {
				out[r], found = true, true
			}
		}
		if !found {
			return nil, c.unknown(p)
		}
	}
	return out, nil
}

// unknown says that a pattern names no rule.
func (c *Catalogue) unknown(pattern string) error {
	var names []string
	for _, r := range c.Rules {
		names = append(names, r.ID, r.Set())
	}
	slices.Sort(names)
	message := fmt.Sprintf("no rule is called %q", pattern)
	if hint := schema.DidYouMean(pattern, slices.Compact(names)); hint != "" {
		return fmt.Errorf("%s; %s", message, hint)
	}
	return fmt.Errorf("%s; see: paperlight rules list", strings.TrimSpace(message))
}
