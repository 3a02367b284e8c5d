package damage

import (
	"context"
	"slices"
	"strings"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// reads are what each blocker of an extract is judged by: columns
// (table.column), and where an answer decides it that answer.
type reads map[string][]string

// blockers finds what the blockers of all schemes read in an extract.
func (j *Judge) blockers(ctx context.Context, files []string, whole *Outcome) (reads, error) {
	x, err := j.open(ctx, files)
	if err != nil {
		return nil, err
	}
	defer x.Close()
	practices, err := analyzer.AsOf(ctx, x, nil)
	if err != nil {
		return nil, err
	}
	binding := analyzer.NewBinding(x, practices, j.Catalogue.Lists)
	binding.Prevalence = j.Catalogue.Prevalence.Shares()
	out := reads{}
	for i := range whole.Readings {
		for _, c := range whole.Readings[i].Standings {
			rule := j.Catalogue.Rule(c.Rule)
			if c.Severity != rules.Blocker || rule == nil || out[rule.ID] != nil {
				continue
			}
			out[rule.ID] = []string{}
			if c.Basis != "measured" {
				out[rule.ID] = append(out[rule.ID], answersTable+":"+rule.Declares)
				continue
			}
			low := rule.Checked.Lower(expr.NewGraph(), binding)
			for _, column := range expr.Columns(low.Where, low.Exclude, low.Expect, low.Value) {
				if !column.Virtual && !spared(rule, column) {
					out[rule.ID] = append(out[rule.ID], column.String())
				}
			}
		}
	}
	return out, nil
}

// spared reports whether a rule can do without a column: its page says so, or
// that another will do as well.
func spared(rule *rules.Rule, column *schema.Column) bool {
	for _, names := range append([][]string{rule.Source.Optional}, rule.Source.OneOf...) {
		for _, name := range names {
			if name == column.String() || name == column.Table.Name || column.Table == rule.Table && name == column.Name {
				return true
			}
		}
	}
	return false
}

// hit reports whether damage is done to what a rule reads.
func (r reads) hit(rule string, d *Damage) bool {
	return slices.ContainsFunc(d.Hits, func(hit string) bool {
		return slices.ContainsFunc(r[rule], func(read string) bool {
			return hit == read || strings.HasPrefix(read, hit+".") || hit == answersTable && strings.HasPrefix(read, answersTable+":")
		})
	})
}
