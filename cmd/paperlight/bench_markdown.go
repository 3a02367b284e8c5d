package main

import (
	"io"
	"slices"
	"strings"

	"paperlight/analyzer/markdown"
)

// writeBenchMarkdown writes the measurements in the words and the order of the text form,
// with the comparison first: it is what a change is asked about.
func writeBenchMarkdown(to io.Writer, r *benchReport, k *benching) error {
	var b strings.Builder
	measured, spent := benchOf(r)
	b.WriteString("## What rules cost\n\n" + markdown.Literal(measured) + "  \n" + markdown.Literal(spent) + "\n\n")
	if r.Comparison != nil {
		for _, line := range benchComparison(r.Comparison, k) {
			b.WriteString("- " + markdown.Literal(line) + "\n")
		}
		b.WriteByte('\n')
	}
	shown, rest := dearest(r.Costs, k.top)
	b.WriteString(markdown.Heading("rule", "rows of", "share", "ns a row", "bytes a row", "saved if left out", "measured"))
	for i := range shown {
		b.WriteString(markdown.Row(slices.Concat([]string{shown[i].Rule, shown[i].Table}, ruleCosts(&shown[i]))...))
	}
	b.WriteByte('\n')
	for _, line := range []string{rest, notRun(r)} {
		if line != "" {
			b.WriteString(markdown.Literal(line) + "\n\n")
		}
	}
	b.WriteString(markdown.Heading("table", "rows", "columns", "MB stored", "decode rows/s", "decode MB/s", "ns a row: decode", "place", "rules", "rows/s"))
	for i := range r.Tables {
		b.WriteString(markdown.Row(slices.Concat([]string{r.Tables[i].Table}, tableCosts(&r.Tables[i]))...))
	}
	_, err := io.WriteString(to, b.String())
	return err
}
