package expr

import (
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/schema"
)

// A lowering makes nodes of the terms of one rule, for one extract.
type lowering struct {
	graph    *Graph
	binding  *Binding
	optional allowance
	notes    []string
	needs    *needs
	chosen   map[*definition]*alternative
	done     map[use]*Node
}

// A use is a definition over rows, or over the row that is missing.
type use struct {
	definition *definition
	null       bool
}

// Lower adds the rule to the graph.
func (c *Checked) Lower(g *Graph, b *Binding) *Lowered {
	l := c.lowering(g, b)
	out := &Lowered{Missing: l.needs.sorted()}
	if len(out.Missing) == 0 {
		out.Where, out.Exclude = l.part(c.where, false), l.part(c.exclude, true)
		out.Expect, out.Value = l.part(c.expect, false), l.part(c.value, false)
		out.Date = l.part(c.date, false)
	}
	slices.Sort(l.notes)
	out.Notes = slices.Compact(l.notes)
	return out
}

// lowering finds what the rule needs and which alternatives it uses.
func (c *Checked) lowering(g *Graph, b *Binding) *lowering {
	l := &lowering{
		graph: g, binding: b, optional: c.optional,
		chosen: map[*definition]*alternative{}, done: map[use]*Node{},
	}
	l.needs = &needs{lowering: l, missing: map[string]bool{}}
	if !b.HasTable(c.source.Table) && c.source.Table != schema.Practice {
		l.needs.add(c.source.Table.Name)
	}
	for _, group := range c.oneOf {
		l.needs.oneOf(group)
	}
	for _, part := range []*condition{c.where, c.expect, c.value, c.date} {
		if part != nil {
			l.needs.read(part.term, c.optional)
		}
	}
	if c.exclude != nil {
		l.needs.read(c.exclude.term, c.optional.with(allowance{all: true}))
	}
	return l
}

func (l *lowering) part(c *condition, exclude bool) *Node {
	if c == nil {
		return nil
	}
	saved := l.optional
	if exclude {
		l.optional.all = true
	}
	n := l.node(c.term, false)
	l.optional = saved
	return n
}

// through lowers a read along path. Where a step cannot be made in this
// extract the read is of the row that is missing.
func (l *lowering) through(path []*schema.Relation, null bool, read func(null bool) *Node) *Node {
	if null || slices.ContainsFunc(path, func(r *schema.Relation) bool { return !l.walks(r) }) {
		return read(true)
	}
	n := read(false)
	for _, r := range slices.Backward(path) {
		n = l.graph.Gather(r, n)
	}
	return n
}

// walks reports whether the extract has what the step r needs.
func (l *lowering) walks(r *schema.Relation) bool {
	if r.To != schema.Practice && !l.binding.HasTable(r.To) {
		return false
	}
	return r.Near == nil || l.supplies(r.Near) && l.supplies(r.Far)
}

func (l *lowering) supplies(c *schema.Column) bool { return c.Virtual || l.binding.Supplies(c) }

// node lowers t. With null it is evaluated over the row that is missing, whose
// every column is absent and every list empty.
func (l *lowering) node(t *term, null bool) *Node {
	g := l.graph
	switch t.op {
	case OpConst:
		return g.Const(t.value)
	case OpColumn:
		return l.through(t.path, null, func(null bool) *Node {
			if null || !l.supplies(t.column) {
				return g.Null(t.typ)
			}
			return g.Column(t.column)
		})
	case OpFlag:
		return l.through(t.path, null, func(null bool) *Node {
			if null || !l.supplies(t.column) {
				return g.Bool(false)
			}
			return g.Malformed(t.column)
		})
	case OpAsOf:
		return l.asOf(t, null)
	case OpDeclared:
		return l.through(t.path, null, func(null bool) *Node {
			if null && t.field == AnswerPresent {
				return g.Bool(false)
			}
			if null {
				return g.Null(t.typ)
			}
			return g.Declared(t.text, t.field)
		})
	case opRowPresent:
		return l.through(t.path, null, func(null bool) *Node {
			if null {
				return g.Bool(false)
			}
			return g.Present(g.Column(t.path[len(t.path)-1].To.Key))
		})
	case opUse:
		return l.through(t.path, null, func(null bool) *Node { return l.use(t.definition, null) })
	case opCoded:
		return l.through(t.path, null, func(null bool) *Node { return l.coded(t, null) })
	case opMember:
		return l.member(t, null)
	case OpExists, OpCount, OpSum, OpRepeated, OpLatestDate, OpLatestExists, OpLatestCount:
		return l.through(t.path, null, func(null bool) *Node { return l.aggregate(t, null) })
	case OpRepeatedIn:
		if null {
			return g.Bool(false)
		}
		args := l.nodes(t.args, false)
		return g.RepeatedIn(t.relation, args[0], args[1:]...)
	case OpMatched, OpLatestMatch, OpRepeatsEarlier:
		return l.across(t, null)
	case OpDaysWith, OpWeeksWith, OpLongestGap:
		return l.through(t.path, null, func(null bool) *Node { return l.ofDays(t, null) })
	case opPrevalence:
		return g.Const(Value{Type: schema.Decimal, Real: l.binding.Prevalence[t.text]})
	}
	return l.operator(t, l.nodes(t.args, null))
}

func (l *lowering) nodes(terms []*term, null bool) []*Node {
	out := make([]*Node, len(terms))
	for i, t := range terms {
		out[i] = l.node(t, null)
	}
	return out
}

func (l *lowering) operator(t *term, args []*Node) *Node {
	g := l.graph
	switch t.op {
	case OpAnd:
		return g.And(args...)
	case OpOr:
		return g.Or(args...)
	case OpNot:
		return g.Not(args[0])
	case OpIsTrue:
		return g.IsTrue(args[0])
	case OpPresent:
		return g.Present(args[0])
	case OpIn:
		return g.In(args[0], t.set)
	case OpTest:
		return g.Test(args[0], t.fn)
	case OpShift:
		return g.Shift(args[0], t.period)
	}
	return g.Strict(t.op, t.typ, args...)
}

func (l *lowering) asOf(t *term, null bool) *Node {
	if day := l.binding.AsOf; day != nil {
		return l.graph.Const(Value{Type: schema.Date, Int: int64(*day)})
	}
	return l.through(t.path, null, func(null bool) *Node {
		if null {
			return l.graph.Null(schema.Date)
		}
		return l.graph.AsOf()
	})
}

func (l *lowering) use(d *definition, null bool) *Node {
	key := use{d, null}
	if n := l.done[key]; n != nil {
		return n
	}
	alt := l.choose(d, l.optional)
	if alt.note != "" {
		l.notes = append(l.notes, alt.note)
	}
	n := l.node(alt.condition.term, null)
	l.done[key] = n
	return n
}

// choose returns the first alternative of d whose needed columns are there;
// failing that the first that does with what else the rule lets be absent;
// failing that the first.
func (l *lowering) choose(d *definition, allowed allowance) *alternative {
	if alt := l.chosen[d]; alt != nil {
		return alt
	}
	pick := func(allowed allowance) *alternative {
		for _, alt := range d.alternatives {
			if alt.without != nil && (l.binding.NeverHas == nil || !l.binding.NeverHas(alt.without)) {
				continue
			}
			n := &needs{lowering: l, missing: map[string]bool{}}
			if n.read(alt.condition.term, allowed.with(alt.optional)); len(n.missing) == 0 {
				return alt
			}
		}
		return nil
	}
	alt := pick(allowance{})
	if alt == nil {
		if alt = pick(allowed); alt == nil {
			alt = d.alternatives[0]
		}
	}
	l.chosen[d] = alt
	return alt
}

func (l *lowering) aggregate(t *term, null bool) *Node {
	g := l.graph
	if null || !l.walks(t.relation) {
		switch t.typ {
		case schema.Int:
			return g.Const(Value{Type: schema.Int})
		case schema.Date:
			return g.Null(schema.Date)
		}
		return g.Bool(false)
	}
	return g.Aggregate(t.op, t.relation, l.nodes(t.args, false)...)
}

// coded lowers membership of a row's code, each system with its own codes.
func (l *lowering) coded(t *term, null bool) *Node {
	g := l.graph
	code, system := g.Null(schema.Text), g.Null(schema.Text)
	if own := t.column.Table.Column("code_system"); !null {
		if l.supplies(t.column) {
			code = g.Column(t.column)
		}
		if l.supplies(own) {
			system = g.Column(own)
		}
	}
	var systems []*Node
	list := l.binding.Lists[t.text]
	for _, s := range list.systems() {
		is := g.Strict(OpEq, schema.Bool, system, g.Const(Value{Type: schema.Text, Text: s}))
		systems = append(systems, g.And(is, g.In(code, g.codesOf(list, s))))
	}
	return g.Or(systems...)
}

func (l *lowering) member(t *term, null bool) *Node {
	code := l.node(t.args[0], null)
	list := l.binding.Lists[t.text]
	return l.graph.In(code, l.graph.codesOf(list, t.systems...))
}

// systems are the code systems that the list has codes of, sorted.
func (c *Codelist) systems() []string {
	var out []string
	if c != nil {
		for s, codes := range c.Codes {
			if len(codes) > 0 {
				out = append(out, s)
			}
		}
	}
	slices.Sort(out)
	return out
}

// codesOf returns the set of the codes that a list has of some systems.
func (g *Graph) codesOf(c *Codelist, systems ...string) *Set {
	name := "codelist(" + strconv.Quote(c.Name) + ") " + strings.Join(systems, "+")
	if s := g.codes[name]; s != nil {
		return s
	}
	n := 0
	for _, system := range systems {
		n += len(c.Codes[system])
	}
	s := &Set{Type: schema.Text, Name: name, Texts: make(map[string]struct{}, n)}
	for _, system := range systems {
		for _, code := range c.Codes[system] {
			s.Texts[code] = struct{}{}
		}
	}
	g.codes[name] = s
	return s
}
