package eval

import (
	"sync"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
)

// A BuildTable is the values of the rows that a key leads to: the first row's,
// until a second row carries the key and voids it. Workers share it, and take
// turns.
type BuildTable struct {
	mu        sync.Mutex
	link      *plan.Link
	Keys      *cohort.Keys
	Ambiguous []uint64
	values    []*vector.Builder
}

func NewBuildTable(l *plan.Link, rows int64, patients int) *BuildTable {
	s := &BuildTable{link: l, Keys: cohort.NewKeys(rows, patients)}
	for _, n := range l.Nodes {
		s.values = append(s.values, vector.NewBuilder(n))
	}
	return s
}

// Add stores the rows of the current batch.
func (s *BuildTable) Add(e *Evaluator) {
	far := e.setup.ColumnAt(s.link.Relation.Far)
	if far < 0 {
		return
	}
	t := e.keysOf(&e.Columns[far], e.owners(s.link.Relation))
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := t.rows[:0] // what is read of rows lies ahead of what is written
	for j, h := range t.hashes[:t.n] {
		row := t.rows[j]
		at, added := s.Keys.Add(t.owners[j], h)
		if added {
			fresh = append(fresh, row)
			continue
		}
		s.Ambiguous = vector.Grow(s.Ambiguous, kernel.Words(s.Keys.Len()))
		s.Ambiguous[at>>6] |= 1 << (at & 63)
	}
	s.Ambiguous = vector.Grow(s.Ambiguous, kernel.Words(s.Keys.Len()))
	for j, n := range s.link.Nodes {
		v := e.Value(n)
		if len(fresh) == e.Rows {
			s.values[j].Append(v, e.Rows)
			continue
		}
		for _, i := range fresh {
			s.values[j].AppendRow(v, int(i))
		}
	}
}

// AppendRows adds the null rows, once all keys are in.
func (s *BuildTable) AppendRows(e *Evaluator) {
	for j, n := range s.link.Nodes {
		s.values[j].Append(e.Value(n), e.Rows)
	}
}

// Finish returns the values by node.
func (s *BuildTable) Finish() map[*expr.Node]*vector.Column {
	out := map[*expr.Node]*vector.Column{}
	for j, n := range s.link.Nodes {
		out[n] = vector.Join(n, s.values[j].Rows, s.values[j:j+1], []int{0})
	}
	return out
}
