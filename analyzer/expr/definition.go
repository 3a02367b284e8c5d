package expr

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// An allowance names columns and tables that an extract may lack.
type allowance struct {
	columns []*schema.Column
	tables  []*schema.Table
	all     bool
}

func (a allowance) with(b allowance) allowance {
	return allowance{
		columns: append(slices.Clip(a.columns), b.columns...),
		tables:  append(slices.Clip(a.tables), b.tables...),
		all:     a.all || b.all,
	}
}

// column reports whether the extract may lack c. Where a table may be absent,
// the columns of one that is there may not: a cell that nobody supplied is no
// empty cell.
func (a allowance) column(c *schema.Column) bool { return a.all || slices.Contains(a.columns, c) }

func (a allowance) table(t *schema.Table) bool { return a.all || slices.Contains(a.tables, t) }

// allow resolves names as they stand under optional and one_of: a column of
// t, table.column, or a table.
func (l *Language) allow(file string, t *schema.Table, names []string) (allowance, error) {
	var out allowance
	for _, name := range names {
		if table, column, dotted := strings.Cut(name, "."); dotted {
			if of := schema.Lookup(table); of != nil && of.Column(column) != nil {
				out.columns = append(out.columns, of.Column(column))
				continue
			}
		} else if c := t.Column(name); c != nil {
			out.columns = append(out.columns, c)
			continue
		} else if of := schema.Lookup(name); of != nil {
			out.tables = append(out.tables, of)
			continue
		}
		return out, fmt.Errorf("%s: optional: want a column of %s, table.column or a table, not %q%s", file, t.Name, name, l.suggest(t, name))
	}
	return out, nil
}

func (l *Language) suggest(t *schema.Table, name string) string {
	names := l.fields(t)
	for _, of := range schema.Tables {
		names = append(names, of.Name)
		for _, c := range of.Columns {
			names = append(names, c.String())
		}
	}
	if hint := schema.DidYouMean(name, names); hint != "" {
		return "; " + hint
	}
	return ""
}

// declare enters a definition's name.
func (l *Language) declare(d Definition) error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("%s: definition %s of %s: %s", d.File, d.Name, d.Table.Name, fmt.Sprintf(format, args...))
	}
	switch {
	case !isName(d.Name):
		return refuse("want a name of small letters, digits and _")
	case d.Table.Column(d.Name) != nil:
		return refuse("the table has a column of that name")
	case d.Table.Walk(d.Name) != nil:
		return refuse("the table has a relation of that name")
	case l.definitions[d.Table][d.Name] != nil:
		return refuse("it is already defined")
	case d.Name == "as_of":
		return refuse("as_of is the as-of date")
	case len(d.Alternatives) == 0:
		return refuse("it says nothing")
	}
	if l.definitions[d.Table] == nil {
		l.definitions[d.Table] = map[string]*definition{}
	}
	l.definitions[d.Table][d.Name] = &definition{Definition: d}
	return nil
}

func isName(s string) bool {
	return s != "" && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// settle makes sure that d, which an expression uses, has been checked;
// refuse makes an error at the place of use.
func (l *Language) settle(d *definition, refuse func(format string, args ...any) error) error {
	if i := slices.Index(l.settling, d); i >= 0 {
		names := make([]string, 0, len(l.settling))
		for _, s := range append(slices.Clone(l.settling[i:]), d) {
			names = append(names, s.Table.Name+"."+s.Name)
		}
		return refuse("a definition cannot use itself: %s", strings.Join(names, " uses "))
	}
	if d.typ == 0 && d.fault == nil {
		if err := l.check(d); err != nil {
			d.fault = err
			return err
		}
	}
	if d.fault != nil {
		return refuse("the definition %s of %s is at fault", d.Name, d.Table.Name)
	}
	return nil
}

// check checks every alternative of d.
func (l *Language) check(d *definition) error {
	l.settling = append(l.settling, d)
	defer func() { l.settling = l.settling[:len(l.settling)-1] }()
	var faults []error
	var typ schema.Type
	for _, a := range d.Alternatives {
		optional, err := l.allow(d.File, d.Table, a.Optional)
		if err != nil {
			faults = append(faults, err)
		}
		cond, err := l.condition(d.File, a.Line, d.Table, a.Text, wantAny, d.Compiled)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if typ != 0 && cond.term.typ != typ {
			faults = append(faults, errorAt(d.File, a.Line, a.Text, 0, fmt.Sprintf("every alternative of %s must be %s, like the first", d.Name, describe(typ)), ""))
		}
		typ = cond.term.typ
		d.alternatives = append(d.alternatives, &alternative{condition: cond, optional: optional, note: a.Note, without: a.Without})
	}
	if d.fault = errors.Join(faults...); d.fault == nil {
		d.typ = typ
	}
	return d.fault
}

// A wanted is what the text of a condition must be.
type wanted int

const (
	wantTruth wanted = iota
	wantNumber
	wantDate
	wantAny // of a definition
)

// fits reports whether a value of type t is what is wanted.
func (w wanted) fits(t schema.Type) bool {
	switch w {
	case wantTruth:
		return t == schema.Bool
	case wantNumber:
		return t == schema.Int || t == schema.Decimal
	case wantDate:
		return t == schema.Date
	}
	return true
}

// condition checks one text over the rows of t, which may be among the compiled.
func (l *Language) condition(file string, line int, t *schema.Table, text string, want wanted, known *Compiled) (*condition, error) {
	line = max(line, 1)
	have, err := l.recall(file, line, t, text, known)
	if err != nil {
		return nil, err
	}
	if have != nil && want.fits(have.typ) {
		return &condition{text: text, line: line, term: have}, nil
	}
	c := &checker{language: l, file: file, line: line, text: text, row: &frame{table: t}}
	e, err := c.parse()
	if err != nil {
		return nil, err
	}
	var out *term
	if want == wantTruth {
		out, err = c.condition(e)
	} else if out, err = c.value(e); err == nil && !want.fits(out.typ) {
		what := "a number"
		if want == wantDate {
			what = "a date"
		}
		err = c.refuse(e, "", "want %s, have %s", what, describe(out.typ))
	}
	if err != nil {
		return nil, err
	}
	return &condition{text: text, line: line, term: out}, nil
}
