package mapping

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
}

// rows are the source columns of a batch, by slot.
type rows struct {
	n     int
	cells []cells
}

// value returns the text of row i. Its column must have been rendered.
func (a *alternative) value(r *rows, i int) ([]byte, state) {
	if a.slot < 0 {
		return a.constant, present
	}
	return a.walk(r.cells[a.slot].at(i))
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
	if c := single(alternatives, r); c != nil && len(alternatives[0].steps) == 0 {
		o.direct = c
	}
	return o, render(alternatives, r)
}

// single returns the one source column of the alternatives, or nil.
func single(alternatives []alternative, r *rows) *cells {
	if len(alternatives) == 1 && alternatives[0].slot >= 0 && alternatives[0].parts == nil {
		return &r.cells[alternatives[0].slot]
	}
	return nil
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
		for _, slot := range a.parts {
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
