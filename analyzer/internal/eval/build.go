package eval

import (
	"sync"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
)

// A BuildTable is the build side of a link to one row: by key, the values of the
// row that carries it. A key that a second row carries is ambiguous, and lookups
// resolve it to None. Workers share the table under its lock.
type BuildTable struct {
	mu        sync.Mutex
	link      *plan.Link
	Keys      *cohort.Keys
	Ambiguous []uint64
	values    []*vector.Builder
}

// NewBuildTable returns an empty table that expects so many rows of so many
// patients.
func NewBuildTable(l *plan.Link, rows int64, patients int) *BuildTable {
	b := &BuildTable{link: l, Keys: cohort.NewKeys(rows, patients)}
	for _, n := range l.Nodes {
		b.values = append(b.values, vector.NewBuilder(n))
	}
	return b
}

// Add inserts the rows of the current batch.
func (b *BuildTable) Add(e *Evaluator) {
	far := e.setup.ColumnAt(b.link.Relation.Far)
	if far < 0 {
		return
	}
	t := e.keysOf(&e.Columns[far], e.owners(b.link.Relation))
	b.mu.Lock()
	defer b.mu.Unlock()
	fresh := t.rows[:0] // compacts t.rows in place: it is read ahead of where it is written
	for j, h := range t.hashes[:t.n] {
		row := t.rows[j]
		at, added := b.Keys.Add(t.owners[j], h)
		if added {
			fresh = append(fresh, row)
			continue
		}
		b.Ambiguous = vector.Grow(b.Ambiguous, bitmap.Words(b.Keys.Len()))
		bitmap.Set(b.Ambiguous, int(at))
	}
	b.Ambiguous = vector.Grow(b.Ambiguous, bitmap.Words(b.Keys.Len()))
	for j, n := range b.link.Nodes {
		v := e.Value(n)
		if len(fresh) == e.Rows {
			b.values[j].Append(v, e.Rows)
			continue
		}
		for _, i := range fresh {
			b.values[j].AppendRow(v, int(i))
		}
	}
}

// AppendRows appends null rows after the entries, once all keys are in.
func (b *BuildTable) AppendRows(e *Evaluator) {
	for j, n := range b.link.Nodes {
		b.values[j].Append(e.Value(n), e.Rows)
	}
}

// Finish returns the columns by node.
func (b *BuildTable) Finish() map[*expr.Node]*vector.Column {
	out := map[*expr.Node]*vector.Column{}
	for j, n := range b.link.Nodes {
		out[n] = vector.Join(n, b.values[j].Rows, b.values[j:j+1], []int{0})
	}
	return out
}
