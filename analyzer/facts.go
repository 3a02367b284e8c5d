package analyzer

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/vector"
)

// facts are what earlier passes of a run left for later ones.
type facts struct {
	held    map[*expr.Node]*vector.Column
	keyed   map[factKey]*keyed
	repeats map[*expr.Node]*cohort.Repeats
	sieves  map[*expr.Node]*cohort.Filter // beside repeats of rows in memory
	asked   map[*expr.Node]*asked         // by OpKeySet
	earlier map[*expr.Node]*earlier       // by OpRepeatFilter
}

func newFacts() *facts {
	return &facts{held: map[*expr.Node]*vector.Column{}, keyed: map[factKey]*keyed{}, repeats: map[*expr.Node]*cohort.Repeats{},
		sieves: map[*expr.Node]*cohort.Filter{}, asked: map[*expr.Node]*asked{}, earlier: map[*expr.Node]*earlier{}}
}
