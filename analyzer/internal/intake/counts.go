package intake

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// A Counts counts how the reading of one table goes.
type Counts struct {
	Rows, Rejected, Malformed, Orphans, Mismatch int64
	Practices                                    []PracticeCounts
	// Lost are the bad rows that name no practice of the extract.
	Lost PracticeCounts
	// Faults are by column index; the last one is the rejects.
	Faults []fault
	// cells are the malformed ones, by practice and column index; nil where
	// there is none.
	cells [][]int64
	// Ids are the hashes of the record ids; counting stops above the limit.
	Ids      []uint64
	CountIDs bool
	Repeated int64
	// Sample is of what rows are equal in; nil where that is not asked for.
	// shares are what it says of each practice, once all rows are read.
	Sample *cohort.Sample
	shares []float64
}

// PracticeCounts is the part of a reading that one practice answers for.
type PracticeCounts struct{ Rows, Rejected, Malformed, Orphans, Rounded int64 }

// Of returns the count that a virtual column of practice shows.
func (c *PracticeCounts) Of(column string) int64 {
	switch column {
	case "rows":
		return c.Rows
	case "rejected":
		return c.Rejected
	case "malformed":
		return c.Malformed
	case "orphans":
		return c.Orphans
	case "rounded_ids":
		return c.Rounded
	}
	return 0
}

// fewestRows is how many rows of a practice a table must have for its shares to
// say anything.
const fewestRows = 20

// Share returns what a virtual column of practice q shows of the table alone.
func (r *Counts) Share(column string, q int) float64 {
	p := &r.Practices[q]
	switch column {
	case "most_rejected":
		return shareOf(p.Rejected+r.Lost.Rejected, p.Rows+r.Lost.Rejected)
	case "most_orphaned":
		return shareOf(p.Orphans+r.Lost.Orphans, p.Rows+r.Lost.Orphans)
	case "most_unreadable":
		if r.cells[q] != nil {
			return shareOf(slices.Max(r.cells[q]), p.Rows)
		}
	case "most_repeated":
		if r.shares != nil && p.Rows-p.Rejected >= fewestRows {
			return r.shares[q]
		}
	}
	return 0
}

func shareOf(some, rows int64) float64 {
	if rows < fewestRows {
		return 0
	}
	return float64(some) / float64(rows)
}

// A fault counts one kind, with its first positions by file and record.
type fault struct {
	Count int64
	first []state.Position
}

// FirstFaults is how many positions of a fault are kept.
const FirstFaults = 5

func NewCounts(t *schema.Table, practices int) *Counts {
	return &Counts{Practices: make([]PracticeCounts, practices), Faults: make([]fault, len(t.Columns)+1), cells: make([][]int64, practices)}
}

// Unreadable counts malformed cells of a column of a practice.
func (r *Counts) Unreadable(practice, column int, n int64) {
	if r.cells[practice] == nil {
		r.cells[practice] = make([]int64, len(r.Faults))
	}
	r.cells[practice][column] += n
}

// Mark counts the set rows as faults of a kind.
func (r *Counts) Mark(kind int, set []uint64, b *extract.Batch) int64 {
	n := b.Rows()
	c := int64(kernel.CountBits(set, n))
	if c == 0 {
		return 0
	}
	f := &r.Faults[kind]
	f.Count += c
	left := FirstFaults
	for w := 0; w < kernel.Words(n) && left > 0; w++ {
		for v := set[w]; v != 0 && left > 0; v &= v - 1 {
			i := w*64 + bits.TrailingZeros64(v)
			if i >= n {
				break
			}
			left--
			f.Add(state.Position{File: b.File, Record: b.RecordNumber(i)})
		}
	}
	return c
}

// Add keeps the position if it is among the first.
func (f *fault) Add(p state.Position) {
	if len(f.first) == FirstFaults && comparePositions(p, f.first[FirstFaults-1]) >= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(f.first, p, comparePositions)
	f.first = slices.Insert(f.first, at, p)
	f.first = f.first[:min(len(f.first), FirstFaults)]
}

func comparePositions(a, b state.Position) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Record, b.Record))
}

// Merge adds another worker's counts.
func (r *Counts) Merge(o *Counts) {
	r.Rows += o.Rows
	r.Rejected += o.Rejected
	r.Malformed += o.Malformed
	r.Orphans += o.Orphans
	r.Mismatch += o.Mismatch
	for i := range r.Practices {
		a, b := &r.Practices[i], &o.Practices[i]
		a.Rows += b.Rows
		a.Rejected += b.Rejected
		a.Malformed += b.Malformed
		a.Orphans += b.Orphans
		a.Rounded += b.Rounded
		for column, n := range o.cells[i] {
			if n > 0 {
				r.Unreadable(i, column, n)
			}
		}
	}
	r.Lost.Rejected += o.Lost.Rejected
	r.Lost.Orphans += o.Lost.Orphans
	if r.Sample != nil && o.Sample != nil {
		r.Sample.Merge(o.Sample)
	}
	for i := range r.Faults {
		r.Faults[i].Count += o.Faults[i].Count
		for _, p := range o.Faults[i].first {
			r.Faults[i].Add(p)
		}
	}
	r.Ids = append(r.Ids, o.Ids...)
	r.CountIDs = r.CountIDs && (o.CountIDs || o.Rows == 0)
}

// CountRepeated counts the rows whose id an earlier row carries.
func (r *Counts) CountRepeated() {
	r.Repeated, r.Ids = cohort.Repeated(r.Ids), nil
	if r.Sample == nil {
		return
	}
	r.Sample.Foresee(r.Rows)
	r.shares = make([]float64, len(r.Practices))
	for q := range r.Practices {
		r.shares[q] = r.Sample.Share(q, r.Practices[q].Rows-r.Practices[q].Rejected)
	}
	r.Sample = nil
}

// State returns the table's part of a run's state.
func (r *Counts) State(t *extract.Table) state.TableState {
	out := state.TableState{Table: t.Schema, Rows: r.Rows, Rejected: r.Rejected, Malformed: r.Malformed, Orphans: r.Orphans,
		PracticeMismatch: r.Mismatch, DuplicateIDs: -1, DerivedKey: t.DerivedKey}
	if r.CountIDs {
		out.DuplicateIDs = r.Repeated
	}
	for _, c := range t.Schema.Columns {
		if !c.Virtual && c.Privacy != schema.Direct && !t.Supplied[c.Index] {
			out.Absent = append(out.Absent, c.Name)
		}
	}
	for i, f := range r.Faults {
		if f.Count == 0 {
			continue
		}
		s := state.Fault{Count: f.Count, Want: "a value in every required column, and as many fields as the header"}
		if i < len(t.Schema.Columns) {
			s.Column, s.Want = t.Schema.Columns[i], want(t.Schema.Columns[i])
		}
		s.First = f.first
		out.Faults = append(out.Faults, s)
	}
	return out
}

// want says what a cell of the column must look like.
func want(c *schema.Column) string {
	switch {
	case c.Values != nil:
		return "one of " + strings.Join(c.Values, ", ")
	case c.Type == schema.Date:
		return "a date YYYY-MM-DD"
	case c.Type == schema.Int:
		return "a whole number"
	case c.Type == schema.Decimal:
		return "a number"
	case c.Type == schema.Bool:
		return "true or false"
	}
	return "text"
}
