package schema

// mostCounted is more than any practice counts of anything that it is asked for: a
// greater figure is a slip of the keyboard, and sums of such figures overflow.
const mostCounted = 10_000_000

// A Need says that a column must have a value where another one says so.
type Need struct{ Column, Says string }

// A Given is one cell of a line of a list beside the extract, as it was read.
type Given struct {
	Known, Malformed bool
	Text             string
	Int              int64
}

// Usable reports whether a line of a list beside the extract can be read in full.
// Its cells are in the order of the columns. A line in doubt counts for nothing:
// people wrote it, and what they meant is not known.
func (t *Table) Usable(line []Given) bool {
	for i, c := range t.Columns {
		cell := &line[i]
		switch {
		case cell.Malformed:
			return false
		case !cell.Known:
			if c.Required || t.asks(c, line) {
				return false
			}
		case c.Most > 0 && (cell.Int < 0 || cell.Int > c.Most):
			return false
		}
	}
	return true
}

// asks reports whether the line says that it needs the column.
func (t *Table) asks(c *Column, line []Given) bool {
	return c.Needed.Says != "" && line[t.Column(c.Needed.Column).Index].Text == c.Needed.Says
}

// A Figure is what a line of a list is the one figure of, its practice apart. Of two
// lines of one figure nobody knows which is meant.
type Figure struct {
	Name string
	Day  int64
}

// Figure returns the figure that a usable line gives; false where a list may have
// several lines of one.
func (t *Table) Figure(line []Given) (Figure, bool) {
	name := t.Column("figure")
	if name == nil {
		return Figure{}, false
	}
	out := Figure{Name: line[name.Index].Text}
	if day := t.Column("first_day"); day != nil && t.asks(day, line) {
		out.Day = line[day.Index].Int
	}
	return out, true
}
