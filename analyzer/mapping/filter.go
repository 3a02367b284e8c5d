package mapping

import "paperlight/analyzer/source"

// slots number the source columns that a scan reads, each once.
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

// A filter keeps rows whose columns hold one of the given texts each.
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

func (f filter) keeps(r *rows, i int) bool {
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

// keep leaves just the rows of the list.
func (r *rows) keep(list []int32) error {
	for slot := range r.cells {
		if err := r.cells[slot].keep(list); err != nil {
			return err
		}
	}
	r.n = len(list)
	return nil
}
