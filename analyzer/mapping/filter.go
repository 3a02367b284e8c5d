package mapping

import (
	"slices"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/source"
)

// slots give dense numbers to the source columns that a scan reads.
type slots struct {
	columns []int
	asked   []bool // by slot: conditions look at the value
}

// ask says that a condition looks at the value of a slot.
func (s *slots) ask(slot int) { s.asked[slot] = true }

// takeAsked returns which slots conditions have looked at since it was last called.
func (s *slots) takeAsked() []bool {
	out := s.asked
	s.asked = make([]bool, len(s.columns))
	return out
}

func (s *slots) of(column int) int {
	for slot, c := range s.columns {
		if c == column {
			return slot
		}
	}
	s.columns, s.asked = append(s.columns, column), append(s.asked, false)
	return len(s.columns) - 1
}

// all gives numbers to several columns.
func (s *slots) all(columns []int) []int {
	out := make([]int, len(columns))
	for i, c := range columns {
		out[i] = s.of(c)
	}
	return out
}

// A filter selects rows: those that are the practice's today, and of them those that
// a table wants.
type filter struct{ current, where []rowTest }

func (f filter) none() bool { return len(f.current)+len(f.where) == 0 }

// tests are all of them.
func (f filter) tests() []rowTest { return slices.Concat(f.current, f.where) }

// begin returns the tests of a scan.
func (f filter) begin(s *slots) selection {
	return selection{current: beginAll(f.current, s), where: beginAll(f.where, s)}
}

func beginAll(tests []rowTest, s *slots) []verdict {
	out := make([]verdict, len(tests))
	for i, test := range tests {
		out[i] = test.begin(s)
	}
	return out
}

// A selection is a filter in a scan.
type selection struct{ current, where []verdict }

func (s *selection) none() bool { return len(s.current)+len(s.where) == 0 }

// wants reports whether the table would have the row, were it the practice's today.
func (s *selection) wants(r *rows, i int) bool { return allHold(s.where, r, i) }

func (s *selection) hold(r *rows, i int) bool {
	return allHold(s.where, r, i) && allHold(s.current, r, i)
}

func allHold(verdicts []verdict, r *rows, i int) bool {
	for _, holds := range verdicts {
		if !holds(r, i) {
			return false
		}
	}
	return true
}

// leftOutOf sums up what the parts left out.
func leftOutOf(parts []extract.Part) func() int64 {
	return func() int64 {
		n := int64(0)
		for _, p := range parts {
			if p, ok := p.(*part); ok {
				n += p.leftOut.Load()
			}
		}
		return n
	}
}

// set points the rows at a batch as decoded.
func (r *rows) set(raw *source.Raw) error {
	r.n, r.first, r.records, r.before, r.base = raw.Rows, raw.First, raw.Records, raw.Before, -1
	for slot := range r.cells {
		if err := r.cells[slot].set(&raw.Columns[slot], raw.Rows); err != nil {
			return err
		}
	}
	return nil
}

func (r *rows) renderAll() error {
	for slot := range r.cells {
		if err := r.cells[slot].render(); err != nil {
			return err
		}
	}
	return nil
}

// number returns the number of row i in its file, from 1.
func (r *rows) number(i int) int64 {
	if r.before == nil {
		return r.record(i)
	}
	if r.base < 0 {
		r.base = r.before.Records()
	}
	return r.base + r.record(i)
}

// record returns the number of row i among those after before, from 1.
func (r *rows) record(i int) int64 {
	if r.records != nil {
		return r.records[i]
	}
	return r.first + int64(i)
}

// selectRows reduces the batch to the rows of the list.
func (r *rows) selectRows(list []int32) error {
	for slot := range r.cells {
		if err := r.cells[slot].selectRows(list); err != nil {
			return err
		}
	}
	r.n = len(list)
	return nil
}
