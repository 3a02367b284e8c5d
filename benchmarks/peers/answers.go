package main

import (
	"encoding/json"
	"fmt"
	"slices"
)

// counts are the five counts of one rule in one practice: denominator,
// numerator, unknown, excluded, undetermined.
type tally [5]int64

// answers are what an engine found, by rule and practice. Rules and practices
// where nothing was counted may be absent.
type answers map[string]map[string]tally

func (a answers) set(rule, practice string, t tally) {
	if t == (tally{}) {
		return
	}
	if a[rule] == nil {
		a[rule] = map[string]tally{}
	}
	a[rule][practice] = t
}

// differ says where a and b are not the same.
func (a answers) differ(b answers) error {
	rules := sortedKeys(a)
	rules = slices.Compact(slices.Sorted(slices.Values(append(rules, sortedKeys(b)...))))
	for _, rule := range rules {
		practices := append(sortedKeys(a[rule]), sortedKeys(b[rule])...)
		slices.Sort(practices)
		for _, p := range slices.Compact(practices) {
			if a[rule][p] != b[rule][p] {
				return fmt.Errorf("%s, practice %q: %v and %v (denominator, numerator, unknown, excluded, undetermined)", rule, p, a[rule][p], b[rule][p])
			}
		}
	}
	return nil
}

// fromReport reads the JSON report of paperlight check.
func fromReport(out []byte) (answers, error) {
	var r struct {
		Practices []struct {
			PracticeID string `json:"practice_id"`
			Results    []struct {
				Rule                                                    string
				Denominator, Numerator, Unknown, Excluded, Undetermined *int64
			}
		}
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return nil, err
	}
	a := answers{}
	for _, p := range r.Practices {
		for _, res := range p.Results {
			var t tally
			for i, n := range []*int64{res.Denominator, res.Numerator, res.Unknown, res.Excluded, res.Undetermined} {
				if n != nil {
					t[i] = *n
				}
			}
			a.set(res.Rule, p.PracticeID, t)
		}
	}
	return a, nil
}

// fromScript reads the rows that the results of a script gave, as the scripts
// beside this file print them.
func fromScript(s *script) func([]byte) (answers, error) {
	return func(out []byte) (answers, error) {
		var r struct{ Rows [][][]any }
		if err := json.Unmarshal(out, &r); err != nil {
			return nil, err
		}
		if len(r.Rows) != len(s.Results) {
			return nil, fmt.Errorf("%d results, want %d", len(r.Rows), len(s.Results))
		}
		a := answers{}
		for i, res := range s.Results {
			if len(res.Rules) == 0 { // a list, not counts
				continue
			}
			for _, row := range r.Rows[i] {
				practice, _ := row[0].(string)
				for k, rule := range res.Rules {
					var t tally
					for j := range t {
						v, ok := row[1+5*k+j].(float64)
						if !ok && row[1+5*k+j] != nil {
							return nil, fmt.Errorf("%s: want a count, have %T", rule, row[1+5*k+j])
						}
						t[j] = int64(v)
					}
					a.set(rule, practice, t)
				}
			}
		}
		return a, nil
	}
}
