package intake

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// Counts says how the rows of one table were read: how many there are, and how
// many were rejected, malformed, orphans or repeated.
type Counts struct {
	Rows, Rejected, Malformed, Orphans, Mismatch int64
	Practices                                    []PracticeCounts
	// NoPractice are the rejected and orphaned rows that name no practice of the
	// extract.
	NoPractice PracticeCounts
	// Faults are by column index; the last one is the rejects.
	Faults []fault
	// malformed and blank are cells, by practice and column index; nil where there
	// is none. Blank ones are of columns that every record fills.
	malformed, blank [][]int64
	// IDs compares the record ids; nil where that is not asked for, or the table has
	// too many, and once all rows are read. Repeated are then those that an equal one
	// precedes, if Counted says that they were compared.
	IDs      *cohort.RecordIDs
	Counted  bool
	Repeated int64
	// Sample estimates how many rows repeat another; nil where that is not asked
	// for. shares are its result by practice, once all rows are read.
	Sample *cohort.Sample
	// Doubled is the same for rows that say what another says under another id.
	Doubled *cohort.Sample
	// Commonest finds the commonest values; nil where that is not asked for.
	Commonest *cohort.Commonest
	// Varied are the columns of Commonest.
	Varied []*schema.Column
	// repeated, doubled and alike are their results by practice, once all rows are
	// read; nil where they were not asked for.
	repeated, doubled []float64
	alike             []likeness
}

// PracticeCounts is the part of a table's Counts that one practice answers for.
type PracticeCounts struct{ Rows, Rejected, Malformed, Orphans, Rounded int64 }

// Column returns the count that a virtual column of the table practice shows.
func (c *PracticeCounts) Column(column string) int64 {
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

// fewestVaried is the same where the commonest value of a column is looked at:
// twenty rows of a small table may well be alike.
const fewestVaried = 100

// Unusable says that a list given beside the extract has no line that can be used for
// practice q, though one may be meant for it: it has none at all, none that names a
// practice of the extract, or a rejected one that names q or none.
func (c *Counts) Unusable(q int) bool {
	used := func(p PracticeCounts) bool { return p.Rows > p.Rejected }
	p := c.Practices[q]
	return !used(p) && (p.Rejected > 0 || c.NoPractice.Rejected > 0 || !slices.ContainsFunc(c.Practices, used))
}

// Share returns what a virtual column of practice q shows of the table alone, and
// the index of the column that it is about; -1 where it is about rows.
func (c *Counts) Share(name string, q int) (share float64, column int) {
	p := &c.Practices[q]
	switch name {
	case "most_rejected":
		return shareOf(p.Rejected+c.NoPractice.Rejected, p.Rows+c.NoPractice.Rejected), -1
	case "most_orphaned":
		return shareOf(p.Orphans+c.NoPractice.Orphans, p.Rows+c.NoPractice.Orphans), -1
	case "most_unreadable":
		cells, column := most(c.malformed[q])
		return shareOf(cells, p.Rows), column
	case "most_blank":
		cells, column := most(c.blank[q])
		return shareOf(cells, p.Rows), column
	case "most_repeated":
		if c.repeated != nil && p.Rows-p.Rejected >= fewestRows {
			return c.repeated[q], -1
		}
	case "most_doubled":
		if c.doubled != nil && p.Rows-p.Rejected >= fewestRows {
			return c.doubled[q], -1
		}
	case "most_alike":
		if c.alike != nil {
			return c.alike[q].share, c.alike[q].column
		}
	}
	return 0, -1
}

func shareOf(some, rows int64) float64 {
	if rows < fewestRows {
		return 0
	}
	return float64(some) / float64(rows)
}

// most returns the most cells that one column counts, and its index.
func most(cells []int64) (n int64, column int) {
	column = -1
	for i, c := range cells {
		if c > n {
			n, column = c, i
		}
	}
	return n, column
}

// A fault counts one kind, with its first positions by file and record.
type fault struct {
	Count int64
	first []state.Position
}

// MaxPositions is how many positions of a fault are kept.
const MaxPositions = 5

// NewCounts returns empty counts of a table.
func NewCounts(t *schema.Table, practices int) *Counts {
	return &Counts{Practices: make([]PracticeCounts, practices), Faults: make([]fault, len(t.Columns)+1),
		malformed: make([][]int64, practices), blank: make([][]int64, practices)}
}

// AddMalformed counts malformed cells of a column of a practice.
func (c *Counts) AddMalformed(practice, column int, n int64) { c.add(c.malformed, practice, column, n) }

// AddBlank counts empty or unreadable cells of a column that every record fills.
func (c *Counts) AddBlank(practice, column int, n int64) { c.add(c.blank, practice, column, n) }

func (c *Counts) add(cells [][]int64, practice, column int, n int64) {
	if cells[practice] == nil {
		cells[practice] = make([]int64, len(c.Faults))
	}
	cells[practice][column] += n
}

// AddFaults counts the set rows as faults of a kind, which is an index into
// Faults, and returns how many they are.
func (c *Counts) AddFaults(kind int, set []uint64, b *extract.Batch) int64 {
	n := b.Rows()
	count := int64(bitmap.Count(set, n))
	if count == 0 {
		return 0
	}
	f := &c.Faults[kind]
	f.Count += count
	left := MaxPositions
	for w := 0; w < bitmap.Words(n) && left > 0; w++ {
		for v := set[w]; v != 0 && left > 0; v &= v - 1 {
			i := w*64 + bits.TrailingZeros64(v)
			if i >= n {
				break
			}
			if left--; f.comesLate(b.File, b.LeastRecordNumber(i)) {
				return count
			}
			f.Add(state.Position{File: b.File, Record: b.RecordNumber(i)})
		}
	}
	return count
}

// Faulty counts one fault of a kind, which is an index into Faults.
func (c *Counts) Faulty(kind int, at state.Position) {
	c.Faults[kind].Count++
	c.Faults[kind].Add(at)
}

// comesLate says that no position from the record on in the file is among the first: its
// number need not be asked for.
func (f *fault) comesLate(file string, record int64) bool {
	return len(f.first) == MaxPositions && comparePositions(state.Position{File: file, Record: record}, f.first[MaxPositions-1]) >= 0
}

// Add keeps the position if it is among the first.
func (f *fault) Add(p state.Position) {
	if len(f.first) == MaxPositions && comparePositions(p, f.first[MaxPositions-1]) >= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(f.first, p, comparePositions)
	f.first = slices.Insert(f.first, at, p)
	f.first = f.first[:min(len(f.first), MaxPositions)]
}

func comparePositions(a, b state.Position) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Record, b.Record))
}

// Merge adds another worker's counts.
func (c *Counts) Merge(o *Counts) {
	c.Rows += o.Rows
	c.Rejected += o.Rejected
	c.Malformed += o.Malformed
	c.Orphans += o.Orphans
	c.Mismatch += o.Mismatch
	for i := range c.Practices {
		a, b := &c.Practices[i], &o.Practices[i]
		a.Rows += b.Rows
		a.Rejected += b.Rejected
		a.Malformed += b.Malformed
		a.Orphans += b.Orphans
		a.Rounded += b.Rounded
		for column, n := range o.malformed[i] {
			c.AddMalformed(i, column, n)
		}
		for column, n := range o.blank[i] {
			c.AddBlank(i, column, n)
		}
	}
	c.NoPractice.Rejected += o.NoPractice.Rejected
	c.NoPractice.Orphans += o.NoPractice.Orphans
	for _, pair := range [][2]*cohort.Sample{{c.Sample, o.Sample}, {c.Doubled, o.Doubled}} {
		if pair[0] != nil && pair[1] != nil {
			pair[0].Merge(pair[1])
		}
	}
	if c.Commonest != nil && o.Commonest != nil {
		c.Commonest.Merge(o.Commonest)
	}
	for i := range c.Faults {
		c.Faults[i].Count += o.Faults[i].Count
		for _, p := range o.Faults[i].first {
			c.Faults[i].Add(p)
		}
	}
	switch {
	case o.Rows == 0:
	case c.IDs == nil || o.IDs == nil:
		c.IDs = nil
	default:
		c.IDs.Merge(o.IDs)
	}
}

// Finish counts, once all rows are read, those whose id an earlier row carries, and
// works out the shares that come from samples, with at most jobs goroutines. patients
// are the rows of patients of each practice: where they are few, many rows may be of
// one of them.
func (c *Counts) Finish(patients []int64, jobs int) {
	if c.IDs != nil {
		c.Repeated, c.Counted, c.IDs = c.IDs.Repeated(jobs), true, nil
	}
	c.repeated, c.doubled = c.repeats(c.Sample), c.repeats(c.Doubled)
	c.Sample, c.Doubled = nil, nil
	if c.Commonest != nil {
		c.Commonest.ExpectRows(c.Rows)
		c.alike = make([]likeness, len(c.Practices))
		for q := range c.Practices {
			c.alike[q] = c.likenessOf(q, patients[q])
		}
		c.Commonest = nil
	}
}

// A likeness is how far the commonest value of a column goes towards the most that is
// plausible there: above 1 it is damage.
type likeness struct {
	share  float64
	column int // index in the table
}

// likenessOf returns the greatest likeness of practice q, which has so many patients:
// of few, one may have most records.
func (c *Counts) likenessOf(q int, patients int64) likeness {
	out := likeness{column: -1}
	for i, column := range c.Varied {
		fewest := fewestVaried
		switch {
		case column != column.Table.Patient:
		case patients < fewestVaried:
			continue
		default:
			fewest = fewestRows
		}
		if share := c.Commonest.Share(q, i, fewest) * 100 / float64(column.Varied); share > out.share {
			out = likeness{share, column.Index}
		}
	}
	return out
}

// repeats returns the shares of rows of each practice that a sample finds again; nil
// where there is no sample.
func (c *Counts) repeats(s *cohort.Sample) []float64 {
	if s == nil {
		return nil
	}
	s.ExpectRows(c.Rows)
	out := make([]float64, len(c.Practices))
	for q := range c.Practices {
		out[q] = s.Share(q, c.Practices[q].Rows-c.Practices[q].Rejected)
	}
	return out
}

// State returns the table's part of a run's state.
func (c *Counts) State(t *extract.Table) state.TableState {
	out := state.TableState{Table: t.Schema, Rows: c.Rows, Rejected: c.Rejected, Malformed: c.Malformed, Orphans: c.Orphans,
		PracticeMismatch: c.Mismatch, DuplicateIDs: -1, DerivedKey: t.DerivedKey}
	if c.Counted {
		out.DuplicateIDs = c.Repeated
	}
	for _, column := range t.Schema.Columns {
		if !column.Virtual && column.Privacy != schema.Direct && column.Beside == "" && !t.Supplied[column.Index] {
			out.Absent = append(out.Absent, column.Name)
		}
	}
	for i, f := range c.Faults {
		if f.Count == 0 {
			continue
		}
		s := state.Fault{Count: f.Count, Want: "a value in every required column, and as many fields as the header"}
		if t.Schema.Side {
			s.Want = "a value that can be read in each column that the line needs, as many fields as the header, and each figure on one line"
		}
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
