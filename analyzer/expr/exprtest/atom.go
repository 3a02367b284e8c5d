package exprtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/schema"
)

// atom writes a condition on values; ok is false where the row has none of the
// type drawn.
func (w *writer) atom(depth int) (string, bool) {
	switch w.IntN(12) {
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", w.date(depth), w.comparison(), w.date(depth)), true
	case 2:
		t := pick(w.Generator, []schema.Type{schema.Int, schema.Decimal})
		return fmt.Sprintf("(%s %s %s)", w.number(t, depth), w.comparison(), w.number(t, depth)), true
	case 3, 4, 5:
		return w.text()
	case 6:
		return w.present()
	case 7:
		s, _, ok := w.column(schema.Bool)
		return s, ok
	case 8:
		return w.defined(schema.Bool)
	case 9:
		return w.coded()
	case 10:
		if w.IntN(4) == 0 {
			return fmt.Sprintf("poisson_outside(%s, %s)", w.number(schema.Int, depth), w.number(schema.Decimal, depth)), true
		}
		return pick(w.Generator, []string{
			"true", "false", `(declared("audit").answer == "yes")`, `has(declared("audit"))`, `has(declared("audit").count)`,
			`(declared("audit").date >= as_of - months(3))`, `(declared("audit").count == 0)`,
		}), true
	}
	if a, _, ok := w.column(schema.Bool); ok {
		return fmt.Sprintf("(%s %s %s)", a, pick(w.Generator, []string{"==", "!="}), pick(w.Generator, []string{"true", "false", a})), true
	}
	return "", false
}

// text writes a condition on a text.
func (w *writer) text() (string, bool) {
	name, c, ok := w.column(schema.Text)
	if !ok {
		return "", false
	}
	pool := texts(c)
	literal := func() string { return strconv.Quote(pick(w.Generator, pool)) }
	switch w.IntN(8) {
	case 0:
		return fmt.Sprintf("(%s in [%s, %s])", name, literal(), literal()), true
	case 1:
		return fmt.Sprintf("%s.%s(%s)", name, pick(w.Generator, []string{"startsWith", "endsWith", "contains"}), strconv.Quote(pick(w.Generator, pool)[:1])), true
	case 2:
		return fmt.Sprintf("%s.matches(%s)", name, pick(w.Generator, []string{`"^[A-Z][0-9]+$"`, `"a"`, `"^$"`, `"é|Ä"`})), true
	case 3:
		return fmt.Sprintf("%s(%s)", pick(w.Generator, []string{"sctid_valid", "sctid_concept", "dmd_valid", "read2_valid", "bnf_valid", "ods_valid"}), name), true
	case 4:
		return fmt.Sprintf("(size(%s) %s %d)", name, w.comparison(), w.IntN(8)), true
	case 5:
		same := w.sameRow(name, c)
		return fmt.Sprintf("(%s == %s)", name, same), true
	}
	return fmt.Sprintf("(%s %s %s)", name, pick(w.Generator, []string{"==", "!="}), literal()), true
}

// sameRow is another text of the row of column c, which is called name.
func (w *writer) sameRow(name string, c *schema.Column) string {
	var of []string
	for _, o := range c.Table.Columns {
		if o.Type == schema.Text && Readable(o) && o.Privacy != schema.FreeText {
			of = append(of, o.Name)
		}
	}
	return strings.TrimSuffix(name, c.Name) + pick(w.Generator, of)
}

func (w *writer) present() (string, bool) {
	r := w.anyRow()
	switch w.IntN(4) {
	case 0:
		if strings.Contains(r.name, ".") && r.table != schema.Practice {
			return "has(" + r.name + ")", true
		}
	case 1:
		if c := pick(w.Generator, r.table.Columns); Readable(c) {
			return "malformed(" + r.field(c.Name) + ")", true
		}
	case 2:
		if names, _ := w.language.Definitions(r.table); len(names) > 0 {
			return "has(" + r.field(pick(w.Generator, names)) + ")", true
		}
	}
	if c := pick(w.Generator, r.table.Columns); Readable(c) {
		return "has(" + r.field(c.Name) + ")", true
	}
	return "", false
}

func (w *writer) coded() (string, bool) {
	list := fmt.Sprintf("codelist(%q)", pick(w.Generator, []string{"one", "several"}))
	r := w.anyRow()
	if c := pick(w.Generator, r.table.Columns); slices.Contains([]string{"dmd_code", "agent_code", "bnf_code"}, c.Name) {
		return "(" + r.field(c.Name) + " in " + list + ")", true
	}
	if r.table.Column("code") == nil || r.table.Column("code_system") == nil {
		return "", false
	}
	if r.name == "" {
		return strings.Replace(list, "codelist", "coded", 1), true
	}
	return "(" + r.name + " in " + list + ")", true
}

// date writes a date.
func (w *writer) date(depth int) string {
	var d string
	name, _, ok := w.column(schema.Date)
	switch n := w.IntN(8); {
	case n == 0 || !ok && n < 5:
		d = "as_of"
	case n == 1 || !ok:
		d = fmt.Sprintf("date(%q)", w.day().String())
	case n == 2:
		d = name
		if s, ok := w.defined(schema.Date); ok {
			d = s
		}
	case n == 3 && depth > 0:
		return fmt.Sprintf("(%s ? %s : %s)", w.condition(depth-1), w.date(depth-1), w.date(depth-1))
	default:
		d = name
	}
	if w.IntN(3) == 0 {
		d = fmt.Sprintf("%s %s %s(%d)", d, pick(w.Generator, []string{"+", "-"}), pick(w.Generator, []string{"days", "months", "years", "working_days"}), w.IntN(14))
		if depth < 3 {
			return "(" + d + ")"
		}
	}
	return d
}

// summand writes an Int, a column wherever there is one: what is always known
// shows little.
func (w *writer) summand(depth int) string {
	for range 3 {
		if name, _, ok := w.column(schema.Int); ok {
			return name
		}
	}
	return w.number(schema.Int, depth)
}

// number writes an Int or a Decimal.
func (w *writer) number(t schema.Type, depth int) string {
	if depth > 0 && w.IntN(4) == 0 {
		return fmt.Sprintf("(%s %s %s)", w.number(t, depth-1), pick(w.Generator, []string{"+", "-", "*"}), w.number(t, depth-1))
	}
	name, _, ok := w.column(t)
	switch n := w.IntN(8); {
	case ok && n < 3:
		return name
	case n == 3 && ok:
		return "-" + name
	case n == 3:
		return "-" + pick(w.Generator, map[schema.Type][]string{schema.Int: {"1", "2"}, schema.Decimal: {"1.5", "2.0"}}[t])
	case t == schema.Int && n == 4:
		return fmt.Sprintf("year(%s)", w.date(0))
	case t == schema.Int && n == 5:
		return fmt.Sprintf("years_between(%s, %s)", w.date(0), w.date(0))
	case t == schema.Int && n == 6:
		if s, ok := w.defined(schema.Int); ok {
			return s
		}
	case t == schema.Int && depth > 0 && n == 7:
		if rows, of, ok := w.list(); ok {
			r, c := w.inside(of, func() string { return w.condition(depth - 1) })
			if w.IntN(2) == 0 {
				r, sum := w.inside(of, func() string { return w.condition(depth-1) + ", " + w.summand(depth-1) })
				return fmt.Sprintf("%s.sum(%s, %s)", rows, r, sum)
			}
			return pick(w.Generator, []string{rows + ".size()", fmt.Sprintf("%s.count(%s, %s)", rows, r, c)})
		}
	case t == schema.Decimal && ok && n == 6:
		return "(" + name + " * 2)"
	case t == schema.Decimal && n == 5:
		return pick(w.Generator, []string{`prevalence("diabetes")`, `prevalence("rare")`})
	case t == schema.Decimal && n == 7:
		if count, _, ok := w.column(schema.Int); ok {
			return "(" + count + " + 0.5)"
		}
	}
	return map[schema.Type]string{schema.Int: strconv.Itoa(w.IntN(5)), schema.Decimal: pick(w.Generator, []string{"0.0", "1.5", "48.0"})}[t]
}
