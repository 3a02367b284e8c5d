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

// all gives numbers to several columns.
func (s *slots) all(columns []int) []int {
	out := make([]int, len(columns))
	for i, c := range columns {
		out[i] = s.of(c)
	}
	return out
}

// A filter selects the rows for which each of its tests holds.
type filter []rowTest

// begin returns the tests of a scan.
func (f filter) begin(s *slots) verdicts {
	out := make(verdicts, len(f))
	for i, test := range f {
		out[i] = test.begin(s)
	}
	return out
}

type verdicts []verdict

func (v verdicts) hold(r *rows, i int) bool {
	for _, holds := range v {
		if !holds(r, i) {
			return false
		}
	}
	return true
}

// set points the rows at a batch as decoded.
func (r *rows) set(raw *source.Raw) error {
	r.n, r.first, r.records = raw.Rows, raw.First, raw.Records
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

// record returns the number of row i in its file, from 1.
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
