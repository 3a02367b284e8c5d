package analyzer

import (
	"sync"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
)

// A store is the values of the rows that a key leads to: the first row's,
// until a second row carries the key and voids it. Workers share it, and take
// turns.
type store struct {
	mu     sync.Mutex
	link   *plan.Link
	keys   *cohort.Keys
	void   []uint64
	values []*vector.Builder
}

func newStore(l *plan.Link, rows int64, patients int) *store {
	s := &store{link: l, keys: cohort.NewKeys(rows, patients)}
	for _, n := range l.Nodes {
		s.values = append(s.values, vector.NewBuilder(n))
	}
	return s
}

// add stores the rows of the current batch.
func (s *store) add(e *evaluator) {
	far := e.in.columnAt(s.link.Relation.Far)
	if far < 0 {
		return
	}
	t := e.keysOf(&e.columns[far], e.owners(s.link.Relation))
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := t.rows[:0] // what is read of rows lies ahead of what is written
	for j, h := range t.hashes[:t.n] {
		row := t.rows[j]
		at, added := s.keys.Add(t.owners[j], h)
		if added {
			fresh = append(fresh, row)
			continue
		}
		s.void = vector.Grow(s.void, kernel.Words(s.keys.Len()))
		s.void[at>>6] |= 1 << (at & 63)
	}
	s.void = vector.Grow(s.void, kernel.Words(s.keys.Len()))
	for j, n := range s.link.Nodes {
		v := e.value(n)
		if len(fresh) == e.n {
			s.values[j].Append(v, e.n)
			continue
		}
		for _, i := range fresh {
			s.values[j].AppendRow(v, int(i))
		}
	}
}

// appendRows adds the null rows, once all keys are in.
func (s *store) appendRows(e *evaluator) {
	for j, n := range s.link.Nodes {
		s.values[j].Append(e.value(n), e.n)
	}
}

// finish returns the values by node.
func (s *store) finish() map[*expr.Node]*vector.Column {
	out := map[*expr.Node]*vector.Column{}
	for j, n := range s.link.Nodes {
		out[n] = vector.Join(n, s.values[j].Rows, s.values[j:j+1], []int{0})
	}
	return out
}
