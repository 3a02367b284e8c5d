package eval

import (
	"sync"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// Facts are what earlier passes of a run left for later ones.
type Facts struct {
	Columns    map[*expr.Node]*vector.Column
	Keyed      map[FactKey]*KeyedFacts
	Repeats    map[*expr.Node]*cohort.Repeats
	Filters    map[*expr.Node]*cohort.Filter  // of rows in memory, by the node of Repeats
	probes     map[*expr.Node]*probeKeys      // by OpKeySet
	duplicates map[*expr.Node]*duplicateIndex // by OpRepeatFilter
	known      map[*expr.Node]*KnownRepeats   // by OpRepeatsEarlier
}

// NewFacts returns facts of no pass.
func NewFacts() *Facts {
	return &Facts{Columns: map[*expr.Node]*vector.Column{}, Keyed: map[FactKey]*KeyedFacts{}, Repeats: map[*expr.Node]*cohort.Repeats{},
		Filters: map[*expr.Node]*cohort.Filter{}, probes: map[*expr.Node]*probeKeys{}, duplicates: map[*expr.Node]*duplicateIndex{}, known: map[*expr.Node]*KnownRepeats{}}
}

// KeyedFacts are facts by key of a related table. Columns have a row for each entry
// of Keys; null rows follow them: one for no practice, then one for each practice.
type KeyedFacts struct {
	Keys *cohort.Keys
	// Ambiguous are the keys that two rows carry, which resolve to None; nil where
	// facts are aggregates, for which that does no harm.
	Ambiguous []uint64
	Columns   map[*expr.Node]*vector.Column
}

// A FactKey names a fact that is stored by key.
type FactKey struct {
	Relation *schema.Relation
	Node     *expr.Node
}

// A probeKeys is the keys that the probing rows of a match have, and what the scan
// of the list found for each: whether it has the key, or the latest date. It takes
// 16 to 20 bytes a key, and a bit or a date for each node.
type probeKeys struct {
	mu   sync.Mutex
	keys *cohort.Keys
	// By node: a bit, or the latest date, of each key.
	bits map[*expr.Node][]uint64
	days map[*expr.Node][]int32
}

// A duplicateIndex tells which rows may repeat another and, of those, the
// smallest id by what they are equal in.
type duplicateIndex struct {
	filter *cohort.Filter
	firsts map[*expr.Node]*cohort.Firsts
}

// MatchBytes is the memory that matches and earlier repeats use.
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
	for _, k := range f.known {
		n += k.Bytes()
	}
	for _, r := range f.duplicates {
		n += r.filter.Bytes()
		for _, f := range r.firsts {
			n += f.Bytes()
		}
	}
	return n
}
