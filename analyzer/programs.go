package analyzer

import (
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/rules"
)

// Programs returns the programs that Check runs over the extract, for those
// who plan and run them on their own. missing says, by rule id, why a rule has
// none. The program without an id counts the registered patients.
func Programs(x *extract.Extract, catalogue *rules.Catalogue, practices *practices.Set) (programs []plan.Program, missing map[string][]string, err error) {
	out := &Outcome{Missing: map[string][]string{}, Notes: map[string][]string{}}
	programs, err = out.lower(x, catalogue, practices)
	return programs, out.Missing, err
}
