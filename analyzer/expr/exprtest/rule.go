package exprtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// Rule makes a rule over one of Tables. Nearly every one checks: what it
// refuses now and then is a read that a loop's row has no way back to. Optional
// names columns that the binding withholds; half the rules let them be absent.
func (g *Generator) Rule(b *expr.Binding) expr.Source { return g.RuleOf(b, 3) }

// RuleOf is Rule with conditions of at most depth levels: of one, no list is
// asked about within another, so that large extracts can be interpreted.
func (g *Generator) RuleOf(b *expr.Binding, depth int) expr.Source {
	s := expr.Source{File: "random.md", Table: pick(g, Tables), WhereLine: 1, ExcludeLine: 1, ExpectLine: 1}
	if g.IntN(3) == 0 {
		s.Table = schema.Patients
	}
	w := &writer{Generator: g, rows: []row{{table: s.Table}}}
	s.Where = w.condition(depth)
	if g.IntN(3) == 0 {
		s.Exclude = w.condition(depth - 1)
	}
	if g.IntN(4) > 0 {
		s.Expect = w.condition(depth)
	}
	if s.Table == schema.Practice && g.IntN(2) == 0 {
		s.Value, s.ValueLine = w.number(schema.Int, depth-1), 1
	}
	if g.IntN(3) == 0 {
		s.Date, s.DateLine = w.date(depth-1), 1
	}
	if g.IntN(2) == 0 {
		for _, t := range Tables {
			if !b.HasTable(t) {
				s.Optional = append(s.Optional, t.Name)
			}
			for _, c := range t.Columns {
				if Readable(c) && b.HasTable(t) && !b.Supplies(c) {
					s.Optional = append(s.Optional, c.String())
				}
			}
		}
	}
	return s
}

// A row is one that an expression may read: the rule's own, a loop's, or one
// that a step leads to.
type row struct {
	name  string // empty for the rule's own row
	table *schema.Table
}

// field writes a name of the row.
func (r row) field(name string) string {
	if r.name == "" {
		return name
	}
	return r.name + "." + name
}

// A writer writes expressions; the last of its rows is in scope.
type writer struct {
	*Generator
	rows  []row
	loops int
}

// anyRow is the row in scope, a row that it leads to, or an outer row.
func (w *writer) anyRow() row {
	r := w.rows[len(w.rows)-1]
	if len(w.rows) > 1 && w.IntN(4) == 0 {
		r = w.rows[0]
		if w.IntN(3) == 0 {
			r = pick(w.Generator, w.rows)
		}
	}
	if w.IntN(3) == 0 {
		var steps []row
		for _, s := range schema.Relations {
			if s.From == r.table && !s.Many && slices.Contains(Tables, s.To) {
				steps = append(steps, row{r.field(s.Name), s.To})
			}
		}
		if len(steps) > 0 {
			r = pick(w.Generator, steps)
		}
	}
	return r
}

// column is a readable column of type t of some row.
func (w *writer) column(t schema.Type) (string, *schema.Column, bool) {
	r := w.anyRow()
	var of []*schema.Column
	for _, c := range r.table.Columns {
		if c.Type == t && Readable(c) && c.Privacy != schema.FreeText {
			of = append(of, c)
		}
	}
	if len(of) == 0 {
		return "", nil, false
	}
	c := pick(w.Generator, of)
	return r.field(c.Name), c, true
}

// defined is a definition of type t of some row.
func (w *writer) defined(t schema.Type) (string, bool) {
	r := w.anyRow()
	names, types := w.language.Definitions(r.table)
	var of []string
	for i := range names {
		if types[i] == t {
			of = append(of, names[i])
		}
	}
	if len(of) == 0 {
		return "", false
	}
	return r.field(pick(w.Generator, of)), true
}

// list is a list of rows.
func (w *writer) list() (string, *schema.Table, bool) {
	r := w.anyRow()
	var of []*schema.Relation
	for _, s := range schema.Relations {
		if s.From == r.table && s.Many && slices.Contains(Tables, s.To) {
			of = append(of, s)
		}
	}
	if len(of) == 0 {
		return "", nil, false
	}
	s := pick(w.Generator, of)
	return r.field(s.Name), s.To, true
}

// inside writes what body writes with a loop over rows of t open.
func (w *writer) inside(t *schema.Table, body func() string) (name, text string) {
	w.loops++
	name = "r" + strconv.Itoa(w.loops)
	w.rows = append(w.rows, row{name, t})
	text = body()
	w.rows = w.rows[:len(w.rows)-1]
	return name, text
}

// condition writes a condition of at most depth levels.
func (w *writer) condition(depth int) string {
	if depth > 0 {
		switch w.IntN(14) {
		case 0, 1:
			return fmt.Sprintf("(%s && %s)", w.condition(depth-1), w.condition(depth-1))
		case 2, 3:
			return fmt.Sprintf("(%s || %s)", w.condition(depth-1), w.condition(depth-1))
		case 4:
			return "!" + w.condition(depth-1)
		case 5:
			return fmt.Sprintf("is_true(%s)", w.condition(depth-1))
		case 6:
			return fmt.Sprintf("(%s ? %s : %s)", w.condition(depth-1), w.condition(depth-1), w.condition(depth-1))
		case 7, 8, 9, 10:
			if s, ok := w.quantified(depth - 1); ok {
				return s
			}
		}
	}
	for {
		if s, ok := w.atom(depth); ok {
			return s
		}
	}
}

// quantified writes a condition about a list.
func (w *writer) quantified(depth int) (string, bool) {
	rows, t, ok := w.list()
	if !ok {
		return "", false
	}
	condition := func() string { return w.condition(depth) }
	switch w.IntN(12) {
	case 0:
		r, c := w.inside(t, condition)
		return fmt.Sprintf("%s.all(%s, %s)", rows, r, c), true
	case 1:
		r, c := w.inside(t, condition)
		return fmt.Sprintf("(%s.count(%s, %s) %s %d)", rows, r, c, w.comparison(), w.IntN(4)), true
	case 2:
		keys := w.keys(t)
		r, c := w.inside(t, condition)
		return fmt.Sprintf("%s.repeated(%s, %s, [%s])", rows, r, c, strings.ReplaceAll(keys, "@", r+".")), true
	case 3:
		return w.latest(rows, t, depth)
	case 4:
		return w.repeatedIn(depth)
	case 7:
		return w.matched(depth)
	case 8:
		return w.repeatsEarlier(depth)
	case 9:
		return w.days(depth)
	case 10, 11:
		r, c := w.inside(t, func() string { return w.condition(depth) + ", " + w.summand(depth) })
		return fmt.Sprintf("(%s.sum(%s, %s) %s %d)", rows, r, c, w.comparison(), pick(w.Generator, []int{0, 2, 1950, 4000})), true
	}
	r, c := w.inside(t, condition)
	return fmt.Sprintf("%s.exists(%s, %s)", rows, r, c), true
}

// keys are one or two columns of t, half of them with @ for the row.
func (w *writer) keys(t *schema.Table) string {
	var out []string
	for range 1 + w.IntN(2) {
		c := pick(w.Generator, t.Columns)
		if !Readable(c) || c.Privacy == schema.FreeText {
			c = t.Columns[0]
		}
		out = append(out, pick(w.Generator, []string{"", "@"})+c.Name)
	}
	return strings.Join(out, ", ")
}

func (w *writer) latest(rows string, t *schema.Table, depth int) (string, bool) {
	var dates []*schema.Column
	for _, c := range t.Columns {
		if c.Type == schema.Date {
			dates = append(dates, c)
		}
	}
	if len(dates) == 0 {
		return "", false
	}
	c := pick(w.Generator, dates).Name
	r, cond := w.inside(t, func() string { return w.condition(depth) })
	switch w.IntN(4) {
	case 0:
		return fmt.Sprintf("(%s.latest_date(%s, %s, %s.%s) %s %s)", rows, r, cond, r, c, w.comparison(), w.date(1)), true
	case 1:
		return fmt.Sprintf("(%s.latest(%s, %s, %s.%s).size() %s %d)", rows, r, cond, r, c, w.comparison(), w.IntN(3)), true
	}
	inner, then := w.inside(t, func() string { return w.condition(depth) })
	of := pick(w.Generator, []string{".exists(%s, %s)", ".all(%s, %s)"})
	return fmt.Sprintf("%s.latest(%s, %s, %s.%s)"+of, rows, r, cond, r, c, inner, then), true
}

func (w *writer) repeatedIn(depth int) (string, bool) {
	own := w.rows[0].table
	if len(w.rows) > 1 || own == schema.Practice {
		return "", false
	}
	rows := "practice." + own.Name
	if own.Walk("patient") != nil && w.IntN(2) == 0 {
		rows = "patient." + own.Name
	}
	keys := w.keys(own)
	r, c := w.inside(own, func() string { return w.condition(depth) })
	return fmt.Sprintf("repeated_in(%s, %s, %s, [%s])", rows, r, c, strings.ReplaceAll(keys, "@", r+".")), true
}

func (w *writer) comparison() string {
	return pick(w.Generator, []string{"==", "!=", "<", "<=", ">", ">="})
}
