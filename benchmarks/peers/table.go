package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// A line is one case, measured.
type line struct {
	matter
	c *comparison
}

// table writes the cases as Markdown, ratios first.
func table(w io.Writer, lines []line) {
	fmt.Fprintln(w, "| case | files | paperlight / | CPU ratio (least-most) | wall ratio (least-most) | peak ratio | CPU s | wall s | peak MiB | n |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|")
	for _, l := range lines {
		c := l.c
		ours, theirs := c.sa, c.sb
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %.2f | %.2f / %.2f | %.2f / %.2f | %.0f / %.0f | %d |\n",
			l.name, l.dataset, c.b.name, c.ratio(cpuOf), c.ratio(wallOf), c.ratio(peakOf).Median,
			spreadOf(each(ours, cpuOf)).Median, spreadOf(each(theirs, cpuOf)).Median,
			spreadOf(each(ours, wallOf)).Median, spreadOf(each(theirs, wallOf)).Median,
			spreadOf(each(ours, peakOf)).Median, spreadOf(each(theirs, peakOf)).Median, len(c.sa))
	}
}

// machine says what the figures were taken on.
func machine() string {
	model, cores := "unknown processor", 0
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for l := range strings.Lines(string(text)) {
			if k, v, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(k) == "model name" {
				model = strings.TrimSpace(v)
				cores++
			}
		}
	}
	load := "unknown"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ = strings.Cut(string(text), " ")
	}
	return fmt.Sprintf("%s, %d cores, %s/%s, %s; load average before: %s", model, cores, runtime.GOOS, runtime.GOARCH, runtime.Version(), load)
}
