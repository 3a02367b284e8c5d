package analyzer

import (
	"paperlight/analyzer/cohort"
	"paperlight/analyzer/expr"
)

// A store is one worker's values of the rows that a key leads to: the first
// row's, until a second row carries the key and voids it.
type store struct {
	link   *link
	keys   *cohort.Keys
	void   []bool
	values []*rowsHeld
}

func newStore(l *link) *store {
	s := &store{link: l, keys: &cohort.Keys{}}
	for _, n := range l.nodes {
		s.values = append(s.values, newRowsHeld(n))
	}
	return s
}

// add stores the rows of the current batch.
func (s *store) add(e *evaluator) {
	far := e.in.columnAt(s.link.relation.Far)
	if far < 0 {
		return
	}
	for i := range e.n {
		if e.ownPatient[i] < 0 || !bit(e.columns[far].known, i) {
			continue
		}
		at, added := s.keys.Add(cohort.RowKey(e.ownPatient[i], e.columns[far].textAt(i)))
		s.void = extend(s.void, s.keys.Len())
		if !added {
			s.void[at] = true
			continue
		}
		for j, n := range s.link.nodes {
			s.values[j].appendRow(e.value(n), i)
		}
	}
}

// appendRows adds the null rows, once all keys are in.
func (s *store) appendRows(e *evaluator) {
	for j, n := range s.link.nodes {
		s.values[j].append(e.value(n), e.n)
	}
}

// merge joins another worker's rows to s.
func (s *store) merge(o *store) {
	views := make([]vec, len(o.values))
	for j, v := range o.values {
		views[j] = v.view()
	}
	for r := range o.keys.Len() {
		at, added := s.keys.Add(o.keys.Key(r))
		s.void = extend(s.void, s.keys.Len())
		if s.void[at] = s.void[at] || !added || o.void[r]; !added {
			continue
		}
		for j := range s.values {
			s.values[j].appendRow(&views[j], r)
		}
	}
}

// finish returns the values by node.
func (s *store) finish() map[*expr.Node]*held {
	out := map[*expr.Node]*held{}
	for j, n := range s.link.nodes {
		out[n] = join(n, s.values[j].n, s.values[j:j+1], []int{0})
	}
	return out
}
