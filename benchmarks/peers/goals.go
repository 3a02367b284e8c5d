package main

import (
	"fmt"
	"io"
	"slices"
)

// A goal is a figure to reach: a ratio of medians, that must be at most must
// and ought to be at most aim. One with atLeast is to be reached from below.
type goal struct {
	id, text  string
	must, aim float64
	of        string // "cpu", "wall" or "peak"
	atLeast   bool
}

// goals stand against DuckDB 1.5.6, Polars 2.1 and the tools named, all
// processes whole where nothing else is said.
var goals = []goal{
	{id: "parquet", text: "Parquet, ten rules, as exported / best DuckDB SQL, no digest", must: 0.40, aim: 0.25, of: "cpu"},
	{id: "parquet-digest", text: "the same with the digest", must: 0.45, aim: 0.30, of: "cpu"},
	{id: "random", text: "Parquet, rows at random", must: 0.50, aim: 0.35, of: "cpu"},
	{id: "csv-narrow", text: "CSV narrow, ten rules / best DuckDB SQL", must: 0.38, aim: 0.25, of: "cpu"},
	{id: "csv-narrow-digest", text: "the same with the digest", must: 0.48, aim: 0.35, of: "cpu"},
	{id: "all-parquet", text: "all rules, practice-shaped Parquet / DuckDB", must: 0.25, aim: 0.15, of: "cpu"},
	{id: "all-csv", text: "all rules, practice-shaped CSV / DuckDB", must: 0.30, aim: 0.20, of: "cpu"},
	{id: "polars", text: "any case / Polars streaming", must: 0.30, aim: 0.15, of: "cpu"},
	{id: "arrow", text: "Arrow / Polars", must: 0.25, aim: 0.18, of: "cpu"},
	{id: "arrow-digest", text: "the same with the digest", must: 0.50, aim: 0.42, of: "cpu"},
	{id: "tools", text: "Great Expectations, Soda, PyDeequ, pointblank, on what they can say", must: 0.05, aim: 0.02, of: "cpu"},
	{id: "listed", text: "failing rows listed / DuckDB", must: 0.40, aim: 0.20, of: "cpu"},
	{id: "decode-ten-inside", text: "check / decode of its columns, in process: ten", must: 2.0, aim: 1.6, of: "cpu"},
	{id: "decode-all-inside", text: "the same: all", must: 2.9, aim: 2.2, of: "cpu"},
	{id: "decode-ten", text: "as whole processes, no digest: ten", must: 2.8, aim: 2.2, of: "cpu"},
	{id: "decode-all", text: "the same: all", must: 3.5, aim: 3.0, of: "cpu"},
	{id: "today", text: "a practice of 4,000, all rules / the program before", must: 0.6, aim: 0.4, of: "cpu"},
	{id: "undated", text: "without an as-of date / with: Parquet", must: 1.20, aim: 1.10, of: "cpu"},
	{id: "undated-csv", text: "the same: CSV", must: 1.6, aim: 1.4, of: "cpu"},
	{id: "peak", text: "peak memory / DuckDB", must: 0.45, aim: 0.30, of: "peak"},
	{id: "growth", text: "peak memory, ten practices / one", must: 1.10, aim: 1.05, of: "peak"},
	{id: "workers", text: "wall, 1 worker / 2 workers", must: 1.6, aim: 1.7, of: "wall", atLeast: true},
}

// measured is the figure of a goal: of several pairings the one furthest from
// it, since a goal says any case.
func (g goal) measured(lines []finding) (worst *finding) {
	for i := range lines {
		l := &lines[i]
		if !slices.Contains(l.Goals, g.id) {
			continue
		}
		if worst == nil || g.atLeast == (g.figure(l) < g.figure(worst)) {
			worst = l
		}
	}
	return worst
}

func (g goal) figure(l *finding) float64 {
	switch g.of {
	case "wall":
		return l.Wall.Median
	case "peak":
		return l.Peak.Median
	}
	return l.CPU.Median
}

func (g goal) reached(value, at float64) bool {
	if g.atLeast {
		return value >= at
	}
	return value <= at
}

// said is how far the finding gets.
func (g goal) said(l *finding) string {
	switch {
	case l == nil:
		return "not measured"
	case g.reached(g.figure(l), g.aim):
		return "aim"
	case g.reached(g.figure(l), g.must):
		return "must"
	}
	return "no"
}

// writeGoals writes the goals as Markdown, with what was measured of each.
func writeGoals(w io.Writer, lines []finding) {
	fmt.Fprintln(w, "| goal | must | aim | measured | where | reached |\n|---|---|---|---|---|---|")
	for _, g := range goals {
		value, where := "", ""
		l := g.measured(lines)
		if l != nil {
			value, where = fmt.Sprintf("%.2f", g.figure(l)), l.Load+", "+l.Dataset+": "+l.A+" / "+l.B
		}
		sign := "≤"
		if g.atLeast {
			sign = "≥"
		}
		fmt.Fprintf(w, "| %s | %s %.2f | %s %.2f | %s | %s | %s |\n", g.text, sign, g.must, sign, g.aim, value, where, g.said(l))
	}
}
