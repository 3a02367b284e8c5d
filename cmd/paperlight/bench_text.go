package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"

	"paperlight/analyzer/costing"
	"paperlight/analyzer/figures"
)

// writeBench writes the measurements for people.
func writeBench(to io.Writer, r *benchReport, k *benching) error {
	var w bytes.Buffer
	name := r.Extract.Name
	if r.Extract.Made {
		name = fmt.Sprintf("an extract made of %s", figures.Plural(int64(r.Extract.Patients), "patient", "patients"))
	}
	fmt.Fprintf(&w, "%s: %s (%s), %s, %s\n", name, figures.Plural(r.Extract.Rows, "row", "rows"), r.Extract.Format, ruleCount(len(r.Costs.Costs)), figures.Plural(int64(r.Rounds), "round", "rounds"))
	whole := r.Decode + r.Place + r.Costs.Rules
	fmt.Fprintf(&w, "one processor, a whole run %s: decode %s (%s), place rows %s (%s), rules %s (%s)\n\n", milliseconds(whole),
		milliseconds(r.Decode), percent(r.Decode, whole), milliseconds(r.Place), percent(r.Place, whole), milliseconds(r.Costs.Rules), percent(r.Costs.Rules, whole))
	benchTables(&w, r.Costs)
	benchRules(&w, r.Costs, k.top)
	if len(r.Missing) > 0 {
		fmt.Fprintf(&w, "\n%s did not run: the extract lacks what is read (--format json names it)\n", ruleCount(len(r.Missing)))
	}
	if r.Comparison != nil {
		benchComparison(&w, r.Comparison, k)
	}
	_, err := to.Write(w.Bytes())
	return err
}

func benchTables(w io.Writer, c *costing.Costs) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "rows\tcolumns\tMB stored\tdecode rows/s\tdecode MB/s\tns a row: decode\tplace\trules\trows/s\t  table")
	for _, one := range c.Tables {
		rows := float64(max(1, one.Rows))
		fmt.Fprintf(t, "%s\t%d\t%.2f\t%s\t%.1f\t%s\t%s\t%s\t%s\t  %s\n", figures.Count(one.Rows), one.Columns, float64(one.Bytes)/1e6,
			figures.Count(int64(one.DecodeRows)), one.DecodeMegabytes, decimal(one.Decode/rows), decimal(one.Place/rows), decimal(one.Rules/rows),
			figures.Count(int64(one.WholeRows)), one.Table)
	}
	t.Flush()
	fmt.Fprintln(w)
}

func benchRules(w io.Writer, c *costing.Costs, top int) {
	costs := slices.Clone(c.Costs)
	slices.SortStableFunc(costs, func(a, b costing.RuleCost) int { return cmp.Compare(b.Share, a.Share) })
	if top == 0 {
		top = len(costs)
	}
	shown := costs[:min(top, len(costs))]
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "share\tns a row\tbytes a row\tsaved if left out\tmeasured\t  rule (rows of)")
	for _, one := range shown {
		measured := ""
		if m := one.Measured; m != nil {
			measured = decimal(m.Row)
			if m.Chance > 0.05 {
				measured += " (unsure)"
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t  %s (%s)\n", percent(one.Share, 1), decimal(one.Row), decimal(one.Bytes), decimal(one.LeftOut), measured, one.Rule, one.Table)
	}
	t.Flush()
	if len(shown) < len(costs) {
		fmt.Fprintf(w, "shown: %d of %s; --top 0 shows all\n", len(shown), ruleCount(len(costs)))
	}
}

func benchComparison(w io.Writer, c *costing.Comparison, k *benching) {
	limit := percent(k.limits.Regression, 1)
	fmt.Fprintf(w, "\nagainst %s: all rules together %.2fx, the rule in the middle %.2fx\n", baseName(k.baseline), c.Total, c.Drift)
	if before := k.before.Tool; before.Go != "" && (before.System != system() || before.Go != runtime.Version()) {
		fmt.Fprintf(w, "note: the baseline was measured on %s with %s\n", before.System, before.Go)
	}
	if len(c.Added) > 0 {
		fmt.Fprintf(w, "not in the baseline: %s: %s\n", ruleCount(len(c.Added)), ruleNames(c.Added))
	}
	if len(c.Gone) > 0 {
		fmt.Fprintf(w, "in the baseline and not run: %s: %s\n", ruleCount(len(c.Gone)), ruleNames(c.Gone))
	}
	if c.Whole {
		fmt.Fprintf(w, "SLOWER: the engine as a whole takes %.2fx, more than the %s allowed\n", c.Total, limit)
	}
	for _, s := range c.Slower {
		fmt.Fprintf(w, "SLOWER: %s takes %s ns a row, was %s (%.2fx); %s more is allowed\n", s.Rule, decimal(s.After), decimal(s.Before), s.Ratio, limit)
	}
	if !c.Alarm() {
		fmt.Fprintf(w, "nothing is slower by more than %s\n", limit)
	}
}

// ruleNames names the first of names.
func ruleNames(names []string) string {
	const first = 5
	out := ""
	for i, n := range names[:min(first, len(names))] {
		if i > 0 {
			out += ", "
		}
		out += n
	}
	if len(names) > first {
		out += fmt.Sprintf(" and %d more", len(names)-first)
	}
	return out
}

func ruleCount(n int) string { return figures.Plural(int64(n), "rule", "rules") }

func milliseconds(ns float64) string { return fmt.Sprintf("%.0f ms", ns/1e6) }

func percent(part, whole float64) string {
	if whole == 0 {
		return "0%"
	}
	return figures.Share(part / whole)
}

// decimal writes v with three digits or so.
func decimal(v float64) string {
	switch {
	case v >= 100 || v <= -100:
		return figures.Count(int64(v + 0.5))
	case v >= 10 || v <= -10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
