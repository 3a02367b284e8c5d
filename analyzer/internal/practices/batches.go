package practices

import (
	"context"
	"fmt"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/crash"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// A view is a batch of a table that is read before the run, with the columns asked
// for.
type view struct {
	*extract.Batch
	columns []vector.Vec
	at      []int // index of each column asked for, -1 where not supplied
}

// column returns the i-th column asked for; nil where not supplied.
func (v *view) column(i int) *vector.Vec {
	if v.at[i] < 0 {
		return nil
	}
	return &v.columns[v.at[i]]
}

// textAt returns the text of a row, and whether it has one.
func (v *view) textAt(i, row int) ([]byte, bool) {
	c := v.column(i)
	if c == nil || !bitmap.Known(c.Known, row) {
		return nil, false
	}
	return c.TextAt(row), true
}

// batches reads a table before the run, in order. A panic
// becomes an error that says where in the program it happened.
func batches(ctx context.Context, x *extract.Extract, t *schema.Table, cols []*schema.Column, visit func(*view) error) (err error) {
	have := x.Table(t)
	if have == nil {
		return nil
	}
	v := &view{at: make([]int, len(cols))}
	var want []*schema.Column
	for i, c := range cols {
		if v.at[i] = -1; c != nil && have.Supplied[c.Index] {
			v.at[i] = len(want)
			want = append(want, c)
		}
	}
	v.columns = make([]vector.Vec, len(want))
	defer crash.Catch(&err, "the reading of "+t.Name)
	for _, part := range have.Parts {
		for b, err := range part.Scan(ctx, want) {
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			v.Batch = b
			for i := range want {
				one, err := b.View(i)
				if err != nil {
					return fmt.Errorf("%s, column %s: %w", b.File, want[i].Name, err)
				}
				v.columns[i] = vector.FromView(&one)
			}
			if err := visit(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// cells reads a small table row by row, as cells of the columns cols; those
// not supplied are null throughout.
func cells(ctx context.Context, x *extract.Extract, t *schema.Table, cols []*schema.Column, row func(at state.Position, cells []extract.Cell)) error {
	buffer := make([]extract.Cell, len(cols))
	return batches(ctx, x, t, cols, func(v *view) error {
		for i := range v.Rows() {
			for j, c := range cols {
				buffer[j] = extract.Cell{}
				if have := v.column(j); have != nil {
					buffer[j] = cellAt(c.Type, have, i)
					bad := v.Malformed[v.at[j]]
					buffer[j].Malformed = bad != nil && bitmap.Has(bad, i)
				}
			}
			row(state.Position{File: v.File, Record: v.RecordNumber(i)}, buffer)
		}
		return nil
	})
}

func cellAt(t schema.Type, v *vector.Vec, i int) extract.Cell {
	if !bitmap.Known(v.Known, i) {
		return extract.Cell{}
	}
	switch t {
	case schema.Text:
		return extract.TextCell(string(v.TextAt(i)))
	case schema.Date:
		return extract.IntCell(int64(v.Days[i]))
	case schema.Int:
		return extract.IntCell(v.Ints[i])
	case schema.Bool:
		return extract.BoolCell(bitmap.Has(v.Bits, i))
	}
	return extract.RealCell(v.Reals[i])
}
