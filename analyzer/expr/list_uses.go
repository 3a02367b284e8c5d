package expr

import (
	"maps"
	"slices"

	"paperlight/analyzer/schema"
)

// A ListUse is one use of a code list over rows that say in which system each
// is coded. What the list has no codes for, it cannot find: how far that
// reaches is told by counting the rows.
type ListUse struct {
	List  string
	Table *schema.Table
	// Window bounds the rows that are looked at, over Table: the bounds on their
	// own dates that stand beside the list, else all up to the as-of date.
	Window *Node
	// Told is true for rows that need no code, since another alternative beside
	// the list tells.
	Told *Node
	// Noted says that what the list lacks only leaves out too few rows: nobody
	// fails or passes by what it was there to find.
	Noted bool
}

// ListUses returns the uses of code lists by the rule's conditions, in a fixed
// order. A look at the whole practice, to see whether a list is used there at
// all, is not one where the rule reads the list in another way too.
func (c *Checked) ListUses(g *Graph, b *Binding) []ListUse {
	l := &listReader{lowering: c.lowering(g, b), own: c.source.Table}
	if len(l.needs.missing) > 0 {
		return nil
	}
	top := listScope{table: c.source.Table, sign: 1, optional: c.optional}
	if c.where != nil {
		l.read(c.where.term, top)
		top.bounds = l.bounds(c.where.term, nil)
	}
	if c.exclude != nil {
		s := top
		s.sign, s.optional.all = -1, true // a row more that is excluded is one less that is judged
		l.read(c.exclude.term, s)
	}
	top.judges = true
	for _, part := range []*condition{c.expect, c.value} {
		if part != nil {
			l.read(part.term, top)
		}
	}
	return l.settled()
}

type listReader struct {
	*lowering
	own  *schema.Table
	uses []foundList
}

type foundList struct {
	ListUse
	gate bool
}

// A listScope is where a term stands.
type listScope struct {
	table *schema.Table
	// bounds are the date bounds that the row in scope meets, told the
	// alternatives beside it.
	bounds []*term
	told   []*Node
	// sign is 1 where a row more that is found can only widen what the
	// condition is true of, -1 where it can only narrow it, 0 where either.
	sign     int
	judges   bool // the condition says who passes
	gate     bool
	optional allowance
}

func (s listScope) signed(sign int) listScope {
	s.sign *= sign
	return s
}

// over is the scope of the rows of another table.
func (s listScope) over(t *schema.Table) listScope {
	s.table, s.bounds, s.told = t, nil, nil
	return s
}

// settled drops the looks at a whole practice that others make needless.
func (l *listReader) settled() []ListUse {
	var out []ListUse
	for _, u := range l.uses {
		beside := func(o foundList) bool { return !o.gate && !o.Noted && o.List == u.List && o.Table == u.Table }
		if u.gate && slices.ContainsFunc(l.uses, beside) || slices.Contains(out, u.ListUse) {
			continue
		}
		out = append(out, u.ListUse)
	}
	return out
}

func (l *listReader) read(t *term, s listScope) {
	switch t.op {
	case OpAnd:
		for i, a := range t.args {
			inner := s
			inner.bounds = slices.Clip(s.bounds)
			for j, beside := range t.args {
				if i != j {
					inner.bounds = l.bounds(beside, inner.bounds)
				}
			}
			l.read(a, inner)
		}
	case OpOr:
		for i, a := range t.args {
			inner := s
			inner.told = slices.Clip(s.told)
			for j, beside := range t.args {
				if i != j && plain(beside) {
					inner.told = append(inner.told, l.tells(beside, s))
				}
			}
			l.read(a, inner)
		}
	case OpNot:
		// What compares dates is true of no row that has none, and so is its
		// contrary: a <= b is written !(b < a).
		if a := t.args[0]; compares(a, schema.Date) {
			l.each(a.args, s)
		} else {
			l.read(a, s.signed(-1))
		}
	case OpLt:
		if compares(t, schema.Date) {
			l.each(t.args, s)
			return
		}
		l.read(t.args[0], s.signed(-1))
		l.read(t.args[1], s)
	case OpSub:
		l.read(t.args[0], s)
		l.read(t.args[1], s.signed(-1))
	case OpNeg:
		l.read(t.args[0], s.signed(-1))
	case OpIf:
		l.read(t.args[0], s.signed(0))
		l.each(t.args[1:], s)
	case OpIsTrue, OpPresent, OpAdd, OpToDecimal, OpShift, OpYear:
		l.each(t.args, s)
	case opUse:
		l.definition(t, s)
	case opCoded:
		l.coded(t, s)
	case OpExists, OpCount, OpSum, OpRepeated, OpLatestDate, OpLatestExists, OpLatestCount, OpMatched, OpLatestMatch, OpRepeatsEarlier, OpRepeatedIn:
		l.aggregate(t, s)
	case OpDaysWith, OpWeeksWith, OpLongestGap:
		for _, d := range t.args {
			l.aggregate(d, s)
		}
	default:
		sign := 0
		if compares(t, schema.Date) {
			sign = 1
		}
		l.each(t.args, s.signed(sign))
	}
}

func (l *listReader) each(terms []*term, s listScope) {
	for _, t := range terms {
		l.read(t, s)
	}
}

func (l *listReader) definition(t *term, s listScope) {
	alt := l.choose(t.definition, s.optional)
	if len(t.path) > 0 {
		s = s.over(t.definition.Table)
	}
	s.optional = s.optional.with(alt.optional)
	l.read(alt.condition.term, s)
}

// aggregate reads the conditions on the rows that t folds.
func (l *listReader) aggregate(t *term, s listScope) {
	if !l.walks(t.relation) {
		return
	}
	inner := s.over(t.relation.To)
	inner.gate = s.gate || t.relation.From == schema.Practice && l.own != schema.Practice
	cond, rest := t.args[0], t.args[1:]
	switch t.op {
	case OpLatestExists, OpLatestCount:
		l.read(cond, inner.signed(0))
		inner.bounds = l.bounds(cond, nil)
		l.each(rest, inner)
	case OpSum:
		l.read(cond, inner)
		inner.bounds = l.bounds(cond, nil)
		l.each(rest, inner.signed(0))
	default:
		// The rest are columns.
		l.read(cond, inner)
	}
}

func (l *listReader) coded(t *term, s listScope) {
	if len(t.path) > 0 {
		s = s.over(t.column.Table)
	}
	code, system := s.table.Coded()
	if !l.binding.HasTable(s.table) || !l.supplies(code) || !l.supplies(system) {
		return
	}
	g := l.graph
	u := ListUse{List: t.text, Table: s.table, Noted: !s.judges && s.sign < 0, Told: g.Or(s.told...)}
	u.Window = g.And(l.nodes(s.bounds, false)...)
	if len(s.bounds) == 0 {
		u.Window = l.untilAsOf(s.table)
	}
	l.uses = append(l.uses, foundList{u, s.gate})
}

// untilAsOf leaves out the rows of t that are dated after the as-of date, by
// the first date that they have.
func (l *listReader) untilAsOf(t *schema.Table) *Node {
	for _, c := range t.Columns {
		if c.Type == schema.Date && l.supplies(c) {
			asOf := l.asOf(&term{op: OpAsOf, typ: schema.Date, path: practiceOf(t)}, false)
			return l.graph.Not(l.graph.IsTrue(l.graph.Strict(OpLt, schema.Bool, asOf, l.graph.Column(c))))
		}
	}
	return l.graph.Bool(true)
}

// bounds adds to out what t, which a row meets, says of its own dates beside
// fixed days.
func (l *listReader) bounds(t *term, out []*term) []*term {
	switch t.op {
	case OpAnd:
		for _, a := range t.args {
			out = l.bounds(a, out)
		}
		return out
	case OpIsTrue:
		return l.bounds(t.args[0], out)
	case opUse:
		if len(t.path) == 0 && t.typ == schema.Bool {
			return l.bounds(l.choose(t.definition, l.optional).condition.term, out)
		}
		return out
	}
	of := t
	if t.op == OpNot {
		of = t.args[0]
	}
	if compares(of, schema.Date) && (ownDate(of.args[0]) && fixed(of.args[1]) || ownDate(of.args[1]) && fixed(of.args[0])) {
		out = append(out, t)
	}
	return out
}

// compares says that t compares two values of the type.
func compares(t *term, typ schema.Type) bool {
	return (t.op == OpLt || t.op == OpEq) && t.args[0].typ == typ
}

func ownDate(t *term) bool { return t.op == OpColumn && len(t.path) == 0 }

func fixed(t *term) bool {
	return t.op == OpConst || t.op == OpAsOf || t.op == OpShift && fixed(t.args[0])
}

// tells says for which rows an alternative of a list tells all: those that it
// is true of, and, where the code may be absent, those that it is known of.
func (l *listReader) tells(t *term, s listScope) *Node {
	n := l.node(t, false)
	if code, _ := s.table.Coded(); code != nil && n.MaybeUnknown && s.optional.column(code) {
		return l.graph.Present(n)
	}
	return l.graph.IsTrue(n)
}

// plain says that t reads the row alone, without lists and definitions.
func plain(t *term) bool {
	switch t.op {
	case opUse, opCoded, opMember, opPrevalence:
		return false
	}
	return t.relation == nil && len(t.path) == 0 && !slices.ContainsFunc(t.args, func(a *term) bool { return !plain(a) })
}

// Codelists returns the code lists that the rule's conditions and the
// definitions they use read, whatever alternative is chosen, by name.
func (c *Checked) Codelists() []*Codelist {
	names := map[string]bool{}
	seen := map[*definition]bool{}
	var read func(*term)
	read = func(t *term) {
		switch t.op {
		case opCoded, opMember:
			names[t.text] = true
		case opUse:
			if seen[t.definition] {
				return
			}
			seen[t.definition] = true
			for _, alt := range t.definition.alternatives {
				read(alt.condition.term)
			}
		}
		for _, a := range t.args {
			read(a)
		}
	}
	for _, part := range []*condition{c.where, c.exclude, c.expect, c.value, c.date} {
		if part != nil {
			read(part.term)
		}
	}
	var out []*Codelist
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if list := c.language.lists[name]; list != nil {
			out = append(out, list)
		}
	}
	return out
}
