package analyzer

import (
	"sync"

	"paperlight/analyzer/cohort"
	"paperlight/analyzer/expr"
)

// A store is the values of the rows that a key leads to: the first row's,
// until a second row carries the key and voids it. Workers share it, and take
// turns.
type store struct {
	mu     sync.Mutex
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
	far, own := e.in.columnAt(s.link.relation.Far), e.owners(s.link.relation)
	if far < 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range e.n {
		if own[i] < 0 || !bit(e.columns[far].known, i) {
			continue
		}
		at, added := s.keys.Add(own[i], cohort.RowKey(own[i], e.columns[far].textAt(i)))
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

// finish returns the values by node.
func (s *store) finish() map[*expr.Node]*held {
	out := map[*expr.Node]*held{}
	for j, n := range s.link.nodes {
		out[n] = join(n, s.values[j].n, s.values[j:j+1], []int{0})
	}
	return out
}
