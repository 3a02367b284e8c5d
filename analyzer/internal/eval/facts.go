package eval

import (
	"sync"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// A probeKeys is the keys that rows ask for, and what was found for each. It
// takes 12 to 16 bytes a key, and a bit or a date for each node.
type probeKeys struct {
	mu   sync.Mutex
	keys cohort.Keys
	// By node: a bit, or the latest date, of each key.
	bits map[*expr.Node][]uint64
	days map[*expr.Node][]int32
}

// A duplicateIndex is what is held of the rows that may be repeats.
type duplicateIndex struct {
	filter *cohort.Filter
	firsts map[*expr.Node]*cohort.Firsts
}

// MatchBytes is the memory held of all this.
func (f *Facts) MatchBytes() int64 {
	var n int64
	for _, a := range f.probes {
		n += a.keys.Bytes()
		for _, b := range a.bits {
			n += int64(len(b)) * 8
		}
		for _, d := range a.days {
			n += int64(len(d)) * 4
		}
	}
	for _, r := range f.duplicates {
		n += r.filter.Bytes()
		for _, f := range r.firsts {
			n += f.Bytes()
		}
	}
	return n
}

// Facts are what earlier passes of a run left for later ones.
type Facts struct {
	Columns    map[*expr.Node]*vector.Column
	Keyed      map[FactKey]*Keyed
	Repeats    map[*expr.Node]*cohort.Repeats
	Sieves     map[*expr.Node]*cohort.Filter  // beside repeats of rows in memory
	probes     map[*expr.Node]*probeKeys      // by OpKeySet
	duplicates map[*expr.Node]*duplicateIndex // by OpRepeatFilter
}

func NewFacts() *Facts {
	return &Facts{Columns: map[*expr.Node]*vector.Column{}, Keyed: map[FactKey]*Keyed{}, Repeats: map[*expr.Node]*cohort.Repeats{},
		Sieves: map[*expr.Node]*cohort.Filter{}, probes: map[*expr.Node]*probeKeys{}, duplicates: map[*expr.Node]*duplicateIndex{}}
}

// A Keyed holds facts about the rows that a key of a related table leads to.
type Keyed struct {
	Keys *cohort.Keys
	// void are the keys that two rows carry, which lead to no row; nil where
	// repeats do no harm. Null rows follow the entries: one for no practice,
	// then one for each practice.
	Ambiguous []uint64
	Held      map[*expr.Node]*vector.Column
}

// FactKey names a fact that is kept by key.
type FactKey struct {
	Relation *schema.Relation
	Node     *expr.Node
}
