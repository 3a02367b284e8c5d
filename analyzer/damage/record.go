package damage

import (
	"fmt"
	"hash/fnv"
	"slices"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// A record is one row of a table, by the names of its columns.
type record struct {
	table *Table
	cells []string
}

func (r record) get(column string) string {
	if at := r.table.Column(column); at >= 0 {
		return r.cells[at]
	}
	return ""
}

// set writes a cell; a column that the table lacks stays away.
func (r record) set(column, value string) {
	if at := r.table.Column(column); at >= 0 {
		r.cells[at] = value
	}
}

// revise rewrites the rows of a table and leaves out those of which f says so.
func revise(x *Extract, table string, f func(record) (keep bool)) *Extract {
	t := x.Table(table)
	if t == nil {
		return x
	}
	out := &Table{Name: t.Name, Columns: t.Columns}
	for _, row := range t.Rows {
		row = slices.Clone(row)
		if f(record{out, row}) {
			out.Rows = append(out.Rows, row)
		}
	}
	return x.with(out)
}

// withColumns returns the extract with further columns of a table, empty.
func withColumns(x *Extract, table string, columns ...string) *Extract {
	t := x.Table(table)
	out := &Table{Name: t.Name, Columns: slices.Concat(t.Columns, columns)}
	for _, row := range t.Rows {
		out.Rows = append(out.Rows, append(slices.Clone(row), make([]string, len(columns))...))
	}
	return x.with(out)
}

// dayOf is the column that says when what a row of a table tells of happened.
var dayOf = map[string]string{
	"events": "event_date", "issues": "issue_date", "medications": "start_date", "allergies": "recorded_date", "problems": "onset_date",
	"consultations": "consultation_date", "documents": "received_date", "results": "result_date", "consents": "decided_date",
}

// move moves every date of a row by some days.
func (r record) move(days int) {
	for _, c := range schema.Lookup(r.table.Name).Columns {
		if was := r.get(c.Name); c.Type == schema.Date && was != "" {
			r.set(c.Name, daysOn(was, days))
		}
	}
}

// daysOn is the date some days after another.
func daysOn(date string, days int) string {
	day, ok := calendar.Parse(date)
	if !ok {
		return date
	}
	return (day + calendar.Day(days)).String()
}

// daysFrom is how many days lie between two dates.
func daysFrom(a, b string) int {
	from, ok := calendar.Parse(a)
	to, written := calendar.Parse(b)
	if !ok || !written {
		return 0
	}
	return int(to - from)
}

// draw is a number below n that stands for what and id: the same each time.
func draw(what, id string, n int) int {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %s", what, id)
	return int(h.Sum32()>>8) % n
}
