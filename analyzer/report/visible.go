package report

import (
	"strings"

	"paperlight/analyzer/visible"
)

// presentable is what was released with every text made visible, for the forms
// that people read. Prose of a rule page may run over several lines; line ends
// in it are spaces.
func presentable(r Released) *Report {
	return visible.Copied(r.whole(), func(s string) string {
		return visible.Line(strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(s), "\r\n", " "), "\n", " "))
	})
}
