package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"paperlight/analyzer/costing"
	"paperlight/analyzer/figures"
	"paperlight/internal/processor"
)

// writeBench writes the measurements for people.
func writeBench(to io.Writer, r *benchReport, k *benching) error {
	var w bytes.Buffer
	measured, spent := benchOf(r)
	fmt.Fprintf(&w, "%s\n%s\n\n", measured, spent)
	t := tabwriter.NewWriter(&w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "rows\tcolumns\tMB stored\tdecode rows/s\tdecode MB/s\tns a row: decode\tplace\trules\trows/s\t  table")
	for i := range r.Tables {
		fmt.Fprintf(t, "%s\t  %s\n", strings.Join(tableCosts(&r.Tables[i]), "\t"), r.Tables[i].Table)
	}
	t.Flush()
	fmt.Fprintln(&w)
	shown, rest := dearest(r.Costs, k.top)
	t = tabwriter.NewWriter(&w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "share\tns a row\tbytes a row\tsaved if left out\tmeasured\t  rule (rows of)")
	for i := range shown {
		fmt.Fprintf(t, "%s\t  %s (%s)\n", strings.Join(ruleCosts(&shown[i]), "\t"), shown[i].Rule, shown[i].Table)
	}
	t.Flush()
	if rest != "" {
		fmt.Fprintln(&w, rest)
	}
	if missing := notRun(r); missing != "" {
		fmt.Fprintf(&w, "\n%s\n", missing)
	}
	if r.Comparison != nil {
		fmt.Fprintf(&w, "\n%s\n", strings.Join(benchComparison(r.Comparison, k), "\n"))
	}
	_, err := to.Write(w.Bytes())
	return err
}

// benchOf says what was measured, and what a whole run takes.
func benchOf(r *benchReport) (measured, spent string) {
	name := r.Extract.Name
	if r.Extract.Made {
		name = fmt.Sprintf("an extract made of %s", figures.Plural(int64(r.Extract.Patients), "patient", "patients"))
	}
	measured = fmt.Sprintf("%s: %s (%s), %s, %s", name, figures.Plural(r.Extract.Rows, "row", "rows"), r.Extract.Format, ruleCount(len(r.Costs.Costs)), figures.Plural(int64(r.Rounds), "round", "rounds"))
	whole := r.Decode + r.Place + r.Costs.Rules
	spent = fmt.Sprintf("one processor, a whole run %s: decode %s (%s), place rows %s (%s), rules %s (%s)", milliseconds(whole),
		milliseconds(r.Decode), percent(r.Decode, whole), milliseconds(r.Place), percent(r.Place, whole), milliseconds(r.Costs.Rules), percent(r.Costs.Rules, whole))
	return measured, spent
}

// tableCosts are the figures of a table, in the order of the headings.
func tableCosts(one *costing.TableCost) []string {
	rows := float64(max(1, one.Rows))
	return []string{figures.Count(one.Rows), fmt.Sprint(one.Columns), fmt.Sprintf("%.2f", float64(one.Bytes)/1e6),
		figures.Count(int64(one.DecodeRows)), fmt.Sprintf("%.1f", one.DecodeMegabytes), decimal(one.Decode / rows), decimal(one.Place / rows), decimal(one.Rules / rows),
		figures.Count(int64(one.WholeRows))}
}

// ruleCosts are the figures of a rule, in the order of the headings.
func ruleCosts(one *costing.RuleCost) []string {
	measured := ""
	if m := one.Measured; m != nil {
		measured = decimal(m.Row)
		if m.Chance > 0.05 {
			measured += " (unsure)"
		}
	}
	return []string{percent(one.Share, 1), decimal(one.Row), decimal(one.Bytes), decimal(one.LeftOut), measured}
}

// dearest are the rules that take the largest shares, and says how many there are more.
func dearest(c *costing.Costs, top int) (shown []costing.RuleCost, rest string) {
	costs := slices.Clone(c.Costs)
	slices.SortStableFunc(costs, func(a, b costing.RuleCost) int { return cmp.Compare(b.Share, a.Share) })
	if top == 0 {
		top = len(costs)
	}
	shown = costs[:min(top, len(costs))]
	if len(shown) < len(costs) {
		rest = fmt.Sprintf("shown: %d of %s; --top 0 shows all", len(shown), ruleCount(len(costs)))
	}
	return shown, rest
}

// notRun says how many rules could not be measured; empty where all were.
func notRun(r *benchReport) string {
	if len(r.Missing) == 0 {
		return ""
	}
	return ruleCount(len(r.Missing)) + " did not run: the extract lacks what is read (--format json names it)"
}

// benchComparison says what differs from the baseline, a line each.
func benchComparison(c *costing.Comparison, k *benching) []string {
	limit := percent(k.limits.Regression, 1)
	lines := []string{fmt.Sprintf("against %s: all rules together %.2fx, the rule in the middle %.2fx", baseName(k.baseline), c.Total, c.Drift)}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if before := k.before.Tool; before.Go != "" && (before.System != system() || before.Go != runtime.Version()) {
		add("note: the baseline was measured on %s with %s", before.System, before.Go)
	}
	if before := k.before.Tool; before.Processor != "" && before.Processor != processor.Kind() {
		add("note: the baseline was measured on another kind of processor (%s): what follows may be due to that", before.Processor)
	}
	if c.Unknown {
		add("note: the baseline has no times of stages, so rules alone are compared")
	}
	if len(c.Unlike) > 0 {
		add("not compared, since rules read more or fewer columns now: %s", strings.Join(c.Unlike, ", "))
	}
	if len(c.Added) > 0 {
		add("not in the baseline: %s: %s", ruleCount(len(c.Added)), ruleNames(c.Added))
	}
	if len(c.Gone) > 0 {
		add("in the baseline and not run: %s: %s", ruleCount(len(c.Gone)), ruleNames(c.Gone))
	}
	if c.Whole {
		add("SLOWER: the engine as a whole takes %.2fx, more than the %s allowed", c.Total, limit)
	}
	for _, s := range slices.Concat(c.Slower, c.Stages) {
		add("SLOWER: %s takes %s ns a row, was %s (%.2fx); %s more is allowed", cmp.Or(s.Rule, s.Stage), decimal(s.After), decimal(s.Before), s.Ratio, limit)
	}
	if !c.Alarm() {
		add("nothing is slower by more than %s", limit)
	}
	return lines
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
