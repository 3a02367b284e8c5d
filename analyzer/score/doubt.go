package score

import (
	"strings"

	"paperlight/analyzer/state"
)

// doubts says of each list beside the extract that the rule reads what in it cannot
// be used.
func doubts(rule string, p *state.PracticeState) []string {
	var out []string
	for _, d := range p.Doubts {
		if d.Rule != rule {
			continue
		}
		list := "in the list of " + strings.ReplaceAll(d.Table, "_", " ") + ", "
		if d.Figure == "" {
			out = append(out, list+"a line could not be read: put it right")
			continue
		}
		out = append(out, list+strings.ReplaceAll(d.Figure, "_", " ")+" stands more than once: keep the right line")
	}
	return out
}
