package expr

import (
	"fmt"
	"strings"

	"paperlight/analyzer/schema"
)

// A scope is a row that conditions speak of, for the names of its dates.
type scope struct {
	w     *windows
	file  string
	cond  *condition
	table *schema.Table
	row   string // names the row, and patient its patient
	// patient is shared by the rows that are of one patient.
	patient string
	// prefix leads from the row to the one that a definition speaks of; what a
	// definition asks is asked where it stands, so that there at is the place of
	// its use.
	prefix []*schema.Relation
	inside bool
	at     int
}

func (w *windows) scope(file string, t *schema.Table) *scope {
	w.rows++
	name := fmt.Sprint("row ", w.rows)
	return &scope{w: w, file: file, table: t, row: name, patient: name}
}

// text is the scope in one text of the rule.
func (s *scope) text(c *condition) *scope {
	in := *s
	in.cond = c
	return &in
}

// loop is the scope of the rows of relation.
func (s *scope) loop(r *schema.Relation) *scope {
	in := s.w.scope(s.file, r.To)
	in.cond = s.cond
	if r.From != schema.Practice && r.From != schema.StaffMembers {
		in.patient = s.patient
	}
	return in
}

// of is the scope of a definition that t uses.
func (s *scope) of(t *term, a *alternative) *scope {
	in := *s
	in.prefix = append(append([]*schema.Relation{}, s.prefix...), t.path...)
	if !s.inside {
		in.inside, in.at = true, t.at
	}
	return &in
}

// name names what is read along path from the row: one name however it is
// reached from the rows of one patient.
func (s *scope) name(path []*schema.Relation, what string) string {
	base, from := s.row, s.table
	full := append(append([]*schema.Relation{}, s.prefix...), path...)
	for i := 0; i <= len(full); i++ {
		if i > 0 {
			from = full[i-1].To
		}
		if from == schema.Patients || from == schema.Practice {
			base = "practice"
			if from == schema.Patients {
				base = s.patient
			}
			full, i = full[i:], 0
			if len(full) == 0 {
				break
			}
		}
	}
	return base + ":" + pathKey(full) + what
}

// formula says what is true where t is as said.
func (s *scope) formula(t *term, truth bool) *clause {
	switch t.op {
	case OpNot:
		return s.formula(t.args[0], !truth)
	case OpIsTrue:
		return s.formula(t.args[0], truth)
	case OpAnd, OpOr:
		out := &clause{any: (t.op == OpOr) == truth}
		for _, a := range t.args {
			out.parts = append(out.parts, s.formula(a, truth))
		}
		return out
	case OpIf:
		return &clause{any: true, parts: []*clause{
			all(s.formula(t.args[0], true), s.formula(t.args[1], truth)),
			all(s.formula(t.args[0], false), s.formula(t.args[2], truth)),
		}}
	case opUse:
		out := &clause{any: true}
		for _, a := range t.definition.alternatives {
			in := s.of(t, a)
			out.parts = append(out.parts, silent(in.formula(a.condition.term, truth)))
		}
		return out
	case OpEq, OpLt:
		return s.comparison(t, truth)
	case OpPresent:
		return s.present(t.args[0], truth)
	case OpIn:
		out := &clause{rows: s.loops(t.args[0])}
		if d, ok := s.moment(t.args[0]); ok && truth {
			out.ask(d, wantHigh)
		}
		return out
	}
	return &clause{rows: s.loops(t)}
}

// silent is what a definition says, without what it asks.
func silent(c *clause) *clause {
	out := &clause{any: c.any, bounds: c.bounds, names: c.names}
	for _, p := range c.parts {
		out.parts = append(out.parts, silent(p))
	}
	return out
}

// A side of a comparison is a value and the row that it is read from.
type side struct {
	term  *term
	scope *scope
}

// comparison says what x == y or x < y says of dates where it is as said.
func (s *scope) comparison(t *term, truth bool) *clause {
	return compared(t.op, side{t.args[0], s}, side{t.args[1], s}, truth)
}

func compared(op Op, x, y side, truth bool) *clause {
	out := &clause{any: true}
	if ways := x.scope.ways(x.term); ways != nil {
		for _, w := range ways {
			out.parts = append(out.parts, all(w.given, compared(op, w.side, y, truth)))
		}
		return out
	}
	if ways := y.scope.ways(y.term); ways != nil {
		for _, w := range ways {
			out.parts = append(out.parts, all(w.given, compared(op, x, w.side, truth)))
		}
		return out
	}
	if x.term.typ == schema.Bool {
		for _, yes := range []bool{true, false} {
			out.parts = append(out.parts, all(x.scope.formula(x.term, yes), y.scope.formula(y.term, yes == truth)))
		}
		return out
	}
	out = &clause{rows: append(x.scope.loops(x.term), y.scope.loops(y.term)...)}
	if x.term.typ != schema.Date {
		out.years(op, x, y, truth, false)
		out.years(op, y, x, truth, true)
		return out
	}
	a, okA := x.scope.moment(x.term)
	b, okB := y.scope.moment(y.term)
	switch {
	case !okA || !okB:
	case op == OpEq && truth:
		out.notAfter(a, b)
		out.notAfter(b, a)
	case op == OpLt && truth:
		a.by = added(a.by, Period{Days: 1}, 1)
		out.notAfter(a, b)
	case op == OpLt:
		out.notAfter(b, a)
	}
	return out
}

// notAfter notes that a is not after b.
func (c *clause) notAfter(a, b moment) {
	by := added(b.by, a.by, -1)
	c.bounds = append(c.bounds, bound{low: a.name, high: b.name, by: by})
	c.bounds = append(append(c.bounds, a.bounds...), b.bounds...)
	c.names = append(c.names, a.name, b.name)
	if ahead := a.name == asOfMoment && least(added(Period{}, by, -1)) >= 0; !ahead {
		c.ask(b, wantHigh)
	}
	// A day of grace, which < takes off, is no period.
	if b.by != (Period{}) || strings.HasPrefix(b.name, "day ") {
		if a.by == (Period{}) || a.by == (Period{Days: 1}) {
			c.ask(a, wantLow)
		}
	}
}

// least is the fewest days that p may be.
func least(p Period) int { return -length(added(Period{}, p, -1)) }

// years says what x == y or x < y (or, if swapped, y < x) says of dates where x
// is a year or an age.
func (c *clause) years(op Op, x, y side, truth, swapped bool) {
	if x.term.op != OpYear && x.term.op != OpYearsBetween {
		return
	}
	from, ok := x.scope.moment(x.term.args[0])
	if !ok {
		return
	}
	c.names = append(c.names, from.name)
	c.bounds = append(c.bounds, from.bounds...)
	more := op == OpEq && truth || op == OpLt && swapped == truth // x is not less than y
	less := op == OpEq && truth || op == OpLt && swapped != truth
	if x.term.op == OpYear {
		more, less = false, more
	}
	if less { // born after something; or of a year or later
		c.bounds = append(c.bounds, bound{high: from.name})
		c.ask(from, wantHigh)
	}
	if to, ok := x.scope.moment(x.term.args[len(x.term.args)-1]); ok && more && y.term.isConst() && y.term.value.Int >= 0 {
		c.names = append(c.names, to.name)
		c.bounds = append(append(c.bounds, to.bounds...), bound{low: from.name, high: to.name, by: added(to.by, from.by, -1)})
		c.ask(to, wantHigh)
	}
}

// present says what has(t) says of a date where it is as said.
func (s *scope) present(t *term, truth bool) *clause {
	out := &clause{rows: s.loops(t)}
	d, ok := s.moment(t)
	if !ok || d.column == nil {
		return out
	}
	out.names = []string{d.name}
	if truth {
		out.ask(d, wantPresent)
		return out
	}
	// Nothing compared with an absent date is true.
	out.bounds = []bound{{low: d.name, high: asOfMoment, by: Period{Days: -1 << 20}}, {high: d.name}}
	out.ask(d, wantAbsent)
	return out
}

// day says that a value of t, which may be a choice, is evidence.
func (s *scope) day(t *term) *clause {
	if ways := s.ways(t); ways != nil {
		out := &clause{any: true}
		for _, w := range ways {
			out.parts = append(out.parts, all(w.given, w.scope.day(w.term)))
		}
		return out
	}
	out := &clause{rows: s.loops(t)}
	if d, ok := s.moment(t); ok {
		out.ask(d, wantHigh)
	}
	return out
}

// loops are the conditions of the lists that a value asks about.
func (s *scope) loops(t *term) []*clause {
	if s.inside {
		return nil // the definition is looked at by itself
	}
	if t.relation == nil {
		var out []*clause
		for _, a := range t.args {
			out = append(out, s.loops(a)...)
		}
		return out
	}
	in := s.loop(t.relation)
	out := in.formula(t.args[0], true)
	switch t.op {
	case OpLatestDate, OpLatestExists, OpLatestCount, OpLatestMatch:
		sought := &clause{}
		if d, ok := in.moment(t.args[1]); ok {
			sought.ask(d, wantLatest)
		}
		out = all(out, sought)
		if t.op == OpLatestExists || t.op == OpLatestCount {
			out.parts = append(out.parts, in.formula(t.args[2], true))
		}
	case OpDays:
		if d, ok := in.moment(t.args[1]); ok {
			out = all(out, &clause{bounds: []bound{{low: d.name, high: asOfMoment}, {high: d.name}}})
		}
	}
	return []*clause{all(out, s.meets(t, in), in.rowsWithin(t.at))}
}

// rowsWithin asks for a bound of the rows of a list.
func (s *scope) rowsWithin(at int) *clause {
	day := dayColumn[s.table.Name]
	if day == "" {
		return &clause{}
	}
	one := want{scope: s, at: at, column: s.table.Column(day), kind: wantRows}
	for _, c := range s.table.Columns {
		if c.Type == schema.Date {
			one.rows = append(one.rows, s.name(nil, c.String()))
		}
	}
	return &clause{wants: []want{one}}
}

// meets says that the dates by which rows meet are the same day.
func (s *scope) meets(t *term, in *scope) *clause {
	out := &clause{}
	for i := range t.near {
		near := t.args[len(t.args)-t.near+i]
		far := t.args[len(t.args)-2*t.near+i]
		a, okA := in.moment(far)
		b, okB := s.moment(near)
		if okA && okB {
			out.notAfter(a, b)
			out.notAfter(b, a)
		}
	}
	return out
}
