package mapping

import "paperlight/analyzer/source"

// slots give dense numbers to the source columns that a scan reads.
type slots struct{ columns []int }

func (s *slots) of(column int) int {
	for slot, c := range s.columns {
		if c == column {
			return slot
		}
	}
	s.columns = append(s.columns, column)
	return len(s.columns) - 1
}

// A filter selects rows each of whose columns has one of the given texts.
type filter []condition

type condition struct {
	column, slot int
	values       map[string]bool
}

// slotted returns the filter with slots for its columns.
func (f filter) slotted(s *slots) filter {
	out := make(filter, len(f))
	for i, c := range f {
		c.slot = s.of(c.column)
		out[i] = c
	}
	return out
}

func (f filter) matches(r *rows, i int) bool {
	for _, c := range f {
		if !c.values[string(r.cells[c.slot].at(i))] {
			return false
		}
	}
	return true
}

// set points the rows at a batch as decoded.
func (r *rows) set(raw *source.Raw) error {
	r.n = raw.Rows
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
