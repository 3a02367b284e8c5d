package analyzer

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

// A reading counts how the reading of one table goes.
type reading struct {
	rows, rejected, malformed, orphans, mismatch int64
	practices                                    []practiceCount
	// lost are the bad rows that name no practice of the extract.
	lost practiceCount
	// faults are by column index; the last one is the rejects.
	faults []fault
	// cells are the malformed ones, by practice and column index; nil where
	// there is none.
	cells [][]int64
	// ids are the hashes of the record ids; counting stops above the limit.
	ids      []uint64
	countIDs bool
	repeated int64
	// sample is of what rows are equal in; nil where that is not asked for.
	// shares are what it says of each practice, once all rows are read.
	sample *cohort.Sample
	shares []float64
}

// practiceCount is the part of a reading that one practice answers for.
type practiceCount struct{ rows, rejected, malformed, orphans, rounded int64 }

// of returns the count that a virtual column of practice shows.
func (c *practiceCount) of(column string) int64 {
	switch column {
	case "rows":
		return c.rows
	case "rejected":
		return c.rejected
	case "malformed":
		return c.malformed
	case "orphans":
		return c.orphans
	case "rounded_ids":
		return c.rounded
	}
	return 0
}

// fewestRows is how many rows of a practice a table must have for its shares to
// say anything.
const fewestRows = 20

// share returns what a virtual column of practice q shows of the table alone.
func (r *reading) share(column string, q int) float64 {
	p := &r.practices[q]
	switch column {
	case "most_rejected":
		return shareOf(p.rejected+r.lost.rejected, p.rows+r.lost.rejected)
	case "most_orphaned":
		return shareOf(p.orphans+r.lost.orphans, p.rows+r.lost.orphans)
	case "most_unreadable":
		if r.cells[q] != nil {
			return shareOf(slices.Max(r.cells[q]), p.rows)
		}
	case "most_repeated":
		if r.shares != nil && p.rows-p.rejected >= fewestRows {
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
	count int64
	first []state.Position
}

// firstFaults is how many positions of a fault are kept.
const firstFaults = 5

func newReading(t *schema.Table, practices int) *reading {
	return &reading{practices: make([]practiceCount, practices), faults: make([]fault, len(t.Columns)+1), cells: make([][]int64, practices)}
}

// unreadable counts malformed cells of a column of a practice.
func (r *reading) unreadable(practice, column int, n int64) {
	if r.cells[practice] == nil {
		r.cells[practice] = make([]int64, len(r.faults))
	}
	r.cells[practice][column] += n
}

// mark counts the set rows as faults of a kind.
func (r *reading) mark(kind int, set []uint64, b *extract.Batch) int64 {
	n := b.Rows()
	c := int64(kernel.CountBits(set, n))
	if c == 0 {
		return 0
	}
	f := &r.faults[kind]
	f.count += c
	left := firstFaults
	for w := 0; w < kernel.Words(n) && left > 0; w++ {
		for v := set[w]; v != 0 && left > 0; v &= v - 1 {
			i := w*64 + bits.TrailingZeros64(v)
			if i >= n {
				break
			}
			left--
			f.add(state.Position{File: b.File, Record: b.RecordNumber(i)})
		}
	}
	return c
}

// add keeps the position if it is among the first.
func (f *fault) add(p state.Position) {
	if len(f.first) == firstFaults && comparePositions(p, f.first[firstFaults-1]) >= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(f.first, p, comparePositions)
	f.first = slices.Insert(f.first, at, p)
	f.first = f.first[:min(len(f.first), firstFaults)]
}

func comparePositions(a, b state.Position) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Record, b.Record))
}

// merge adds another worker's counts.
func (r *reading) merge(o *reading) {
	r.rows += o.rows
	r.rejected += o.rejected
	r.malformed += o.malformed
	r.orphans += o.orphans
	r.mismatch += o.mismatch
	for i := range r.practices {
		a, b := &r.practices[i], &o.practices[i]
		a.rows += b.rows
		a.rejected += b.rejected
		a.malformed += b.malformed
		a.orphans += b.orphans
		a.rounded += b.rounded
		for column, n := range o.cells[i] {
			if n > 0 {
				r.unreadable(i, column, n)
			}
		}
	}
	r.lost.rejected += o.lost.rejected
	r.lost.orphans += o.lost.orphans
	if r.sample != nil && o.sample != nil {
		r.sample.Merge(o.sample)
	}
	for i := range r.faults {
		r.faults[i].count += o.faults[i].count
		for _, p := range o.faults[i].first {
			r.faults[i].add(p)
		}
	}
	r.ids = append(r.ids, o.ids...)
	r.countIDs = r.countIDs && (o.countIDs || o.rows == 0)
}

// countRepeated counts the rows whose id an earlier row carries.
func (r *reading) countRepeated() {
	r.repeated, r.ids = cohort.Repeated(r.ids), nil
	if r.sample == nil {
		return
	}
	r.sample.Foresee(r.rows)
	r.shares = make([]float64, len(r.practices))
	for q := range r.practices {
		r.shares[q] = r.sample.Share(q, r.practices[q].rows-r.practices[q].rejected)
	}
	r.sample = nil
}

// state returns the table's part of a run's state.
func (r *reading) state(t *extract.Table) state.TableState {
	out := state.TableState{Table: t.Schema, Rows: r.rows, Rejected: r.rejected, Malformed: r.malformed, Orphans: r.orphans,
		PracticeMismatch: r.mismatch, DuplicateIDs: -1, DerivedKey: t.DerivedKey}
	if r.countIDs {
		out.DuplicateIDs = r.repeated
	}
	for _, c := range t.Schema.Columns {
		if !c.Virtual && c.Privacy != schema.Direct && !t.Supplied[c.Index] {
			out.Absent = append(out.Absent, c.Name)
		}
	}
	for i, f := range r.faults {
		if f.count == 0 {
			continue
		}
		s := state.Fault{Count: f.count, Want: "a value in every required column, and as many fields as the header"}
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
