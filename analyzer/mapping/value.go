package mapping

import (
	"slices"

	"paperlight/analyzer/extract"
)

// A state says what became of one cell.
type state uint8

const (
	absent    state = iota // the source has no value
	present                // it has one
	malformed              // it has one that cannot be read
)

// A step turns the text of a cell, never empty, into other text: a lookup, a
// choice from a list. What it returns lives until its next call.
type step func(cell []byte) (text []byte, s state)

// An alternative is one way to a column's value: a source column and the steps
// from it, a constant, or a date in parts.
type alternative struct {
	slot     int // the source column among those being read; -1 for a constant
	steps    []step
	constant []byte
	layouts  []dateLayout
	iso      bool  // the layout is isoDate alone
	parts    []int // slots of year, month and, unless it is taken as 1, day
	since    int64 // the year that years of parts below 1000 count from
	// with are the slots of a key's further columns, when what must hold for the
	// row to have the value; nil where there is nothing to ask.
	with []int
	when verdict
	key  []byte
}

// rows are the source columns of a batch, by slot.
type rows struct {
	n     int
	cells []cells
	// first is the record number of row 0, unless records has that of each; both count
	// the records after those of before, where that is not nil.
	first   int64
	records []int64
	before  extract.Before
	base    int64 // what before gave for the batch; -1 where it was not asked
}

// value returns the text of row i. Its column must have been rendered.
func (a *alternative) value(r *rows, i int) ([]byte, state) {
	if a.when != nil && !a.when(r, i) {
		return nil, absent
	}
	if a.slot < 0 {
		return a.constant, present
	}
	cell := r.cells[a.slot].at(i)
	if a.with != nil && len(cell) > 0 {
		a.key = append(a.key[:0], cell...)
		for _, slot := range a.with {
			a.key = append(append(a.key, keySeparator), r.cells[slot].at(i)...)
		}
		cell = a.key
	}
	return a.walk(cell)
}

// walk takes a cell through the steps.
func (a *alternative) walk(cell []byte) ([]byte, state) {
	if len(cell) == 0 {
		return nil, absent
	}
	for _, next := range a.steps {
		var s state
		if cell, s = next(cell); s != present {
			return nil, s
		}
		if len(cell) == 0 {
			return nil, absent
		}
	}
	return cell, present
}

// An origin gives the texts of a column by row.
type origin struct {
	alternatives []alternative
	rows         *rows
	// direct is the one source column, where it is read as it is.
	direct *cells
}

// originOf renders what the alternatives read.
func originOf(alternatives []alternative, r *rows) (origin, error) {
	o := origin{alternatives: alternatives, rows: r}
	if c := single(alternatives, r); c != nil && asItIs(alternatives) {
		o.direct = c
	}
	return o, render(alternatives, r)
}

// plain reports whether the value is that of one column, whatever the row.
func (a *alternative) plain() bool {
	return a.slot >= 0 && a.parts == nil && a.with == nil && a.when == nil
}

// single returns the one source column of the alternatives, or nil.
func single(alternatives []alternative, r *rows) *cells {
	for k := range alternatives {
		if !alternatives[k].plain() || alternatives[k].slot != alternatives[0].slot {
			return nil
		}
	}
	if len(alternatives) == 0 {
		return nil
	}
	return &r.cells[alternatives[0].slot]
}

// asItIs reports whether the one source column is read without a step.
func asItIs(alternatives []alternative) bool {
	return len(alternatives) == 1 && len(alternatives[0].steps) == 0
}

// walkAll takes a cell through the alternatives, which read one column; which is the
// one that has the value.
func walkAll(alternatives []alternative, cell []byte) (text []byte, which int, s state) {
	for k := range alternatives {
		if text, s = alternatives[k].walk(cell); s != absent {
			return text, k, s
		}
	}
	return nil, 0, absent
}

// text returns the value of row i by the first alternative that has one. A
// value that cannot be read counts as one: later alternatives are not tried.
func (o *origin) text(i int) ([]byte, state) {
	if o.direct != nil {
		cell := o.direct.at(i)
		if len(cell) == 0 {
			return nil, absent
		}
		return cell, present
	}
	for k := range o.alternatives {
		if text, s := o.alternatives[k].value(o.rows, i); s != absent {
			return text, s
		}
	}
	return nil, absent
}

// render makes text of every column that the alternatives read.
func render(alternatives []alternative, r *rows) error {
	for k := range alternatives {
		a := &alternatives[k]
		if a.slot >= 0 {
			if err := r.cells[a.slot].render(); err != nil {
				return err
			}
		}
		for _, slot := range slices.Concat(a.parts, a.with) {
			if err := r.cells[slot].render(); err != nil {
				return err
			}
		}
	}
	return nil
}

// A filler fills one canonical column of a batch.
type filler interface {
	fill(r *rows, out *column) error
}
