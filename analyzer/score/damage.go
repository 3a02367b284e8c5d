package score

import (
	"fmt"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/state"
)

// damageWords say what a kind of damage is, with %s for its share of the rows.
var damageWords = map[string]string{
	"most_rejected":   "%s of the rows could not be read",
	"most_orphaned":   "%s of the rows are of patients who are not in the file",
	"most_repeated":   "%s of the rows carry the record id of another row",
	"most_doubled":    "%s of the rows say what another row of the patient says",
	"most_unreadable": "%s of the cells cannot be read",
	"most_blank":      "%s of the cells are empty or cannot be read",
	"most_alike":      "one value fills %s of the rows",
}

// damageNotes say of each limit to damage that a rule sets where it is exceeded.
func damageNotes(rule string, p *state.PracticeState) []string {
	var out []string
	for _, d := range p.Damage {
		words, ok := damageWords[d.Kind]
		if d.Rule != rule || !ok {
			continue
		}
		where := "the table " + strings.ReplaceAll(d.Table, "_", " ")
		if d.Column != "" {
			where += ", " + strings.ReplaceAll(d.Column, "_", " ")
		}
		out = append(out, fmt.Sprintf("%s: "+words+", at most %s are plausible", where, figures.Share(d.Share), figures.Share(d.Limit)))
	}
	return out
}
