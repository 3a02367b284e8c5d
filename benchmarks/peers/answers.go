package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
		return s.counts(r.Rows)
	}
}

// fromShell reads the same from DuckDB's command line: CSV, with --- after each
// result.
func fromShell(s *script) func([]byte) (answers, error) {
	return func(out []byte) (answers, error) {
		var results [][][]any
		for part := range strings.SplitSeq(strings.TrimSuffix(string(out), "---\n"), "---\n") {
			records, err := csv.NewReader(strings.NewReader(part)).ReadAll()
			if err != nil {
				return nil, err
			}
			rows := make([][]any, len(records))
			for i, record := range records {
				rows[i] = []any{record[0]}
				for _, field := range record[1:] {
					if field == "" || field == "NULL" {
						rows[i] = append(rows[i], nil)
						continue
					}
					n, err := strconv.ParseFloat(field, 64)
					if err != nil {
						return nil, fmt.Errorf("want a count: %w", err)
					}
					rows[i] = append(rows[i], n)
				}
			}
			results = append(results, rows)
		}
		return s.counts(results)
	}
}

// counts takes the rows of each result for what its query gives.
func (s *script) counts(results [][][]any) (answers, error) {
	if len(results) != len(s.Results) {
		return nil, fmt.Errorf("%d results, want %d", len(results), len(s.Results))
	}
	a := answers{}
	for i, res := range s.Results {
		each := len(tally{})
		if res.pairs {
			each = 2
		}
		for _, row := range results[i] {
			if len(res.Rules) == 0 { // a list, not counts
				break
			}
			if len(row) != 1+each*len(res.Rules) {
				return nil, fmt.Errorf("%d columns for %v", len(row), res.Rules)
			}
			practice, _ := row[0].(string)
			for k, rule := range res.Rules {
				var t tally
				for j := range each {
					v, ok := row[1+each*k+j].(float64)
					if !ok && row[1+each*k+j] != nil {
						return nil, fmt.Errorf("%s: want a count, have %T", rule, row[1+each*k+j])
					}
					t[j] = int64(v)
				}
				a.set(rule, practice, t)
			}
		}
	}
	return a, nil
}
