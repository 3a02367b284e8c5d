package expr

import (
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// A Step is one condition of a rule for itself, so that a person can follow how the
// rule decides of a row.
type Step struct {
	// Part is where, exclude or expect.
	Part string
	// Depth is 0 for a conjunct of the part, 1 for one of a definition that it uses,
	// and one more for a list that either asks.
	Depth int
	// Text is the condition as written; empty of a list.
	Text string
	// Definition names what the text is a part of; empty at depth 0.
	Definition string
	// List leads to the rows that the step above asks; Node is then of those rows, and
	// nil where the extract has none. Short says that rows for which it is true fall
	// short, as in rows.all(...).
	List  *schema.Relation
	Short bool
	// Columns are those of the row, and of its patient, that the condition reads.
	Columns []*schema.Column
	Table   *schema.Table // of the rows that Node is of
	Node    *Node
}

// Steps adds each condition of the rule to the graph for itself, in the order in
// which they are written. Definitions are unfolded once. The rule must lack nothing.
func (c *Checked) Steps(g *Graph, b *Binding) []Step {
	s := &stepper{lowering: c.lowering(g, b), table: c.source.Table}
	own := s.optional
	for _, part := range []struct {
		name string
		of   *condition
	}{{"where", c.where}, {"exclude", c.exclude}, {"expect", c.expect}} {
		s.part, s.optional = part.name, own
		s.optional.all = own.all || part.name == "exclude"
		for _, p := range part.of.parts() {
			s.condition(p.text, p.term)
		}
	}
	return s.steps
}

// A stepper collects the steps of a rule.
type stepper struct {
	*lowering
	table *schema.Table
	part  string
	steps []Step
}

// condition adds a conjunct of the rule, the definitions in it and the lists it asks.
func (s *stepper) condition(text string, t *term) {
	s.steps = append(s.steps, Step{Part: s.part, Text: text, Table: s.table, Columns: s.columns(t), Node: s.node(t, false)})
	s.lists(t, 1)
	t.outside(func(t *term) {
		if t.op != opUse || t.typ != schema.Bool {
			return
		}
		for _, p := range s.choose(t.definition, s.optional).condition.parts() {
			n := s.through(t.path, false, func(null bool) *Node { return s.node(p.term, null) })
			s.steps = append(s.steps, Step{
				Part: s.part, Depth: 1, Text: p.text, Definition: t.definition.Name, Table: s.table, Columns: s.columns(p.term), Node: n,
			})
			s.lists(p.term, 2)
		}
	})
}

// lists adds a step for each list that t asks and whose rows are those of the
// patient or the practice.
func (s *stepper) lists(t *term, depth int) {
	short := t.op == OpNot && t.args[0].op == OpExists && t.args[0].args[0].op == OpNot
	if short {
		t = t.args[0]
	}
	if t.relation != nil && len(t.args) > 0 && t.args[0].typ == schema.Bool {
		if t.relation.Near != nil || t.relation.To.Patient == nil {
			return
		}
		step := Step{Part: s.part, Depth: depth, List: t.relation, Short: short, Table: t.relation.To}
		if s.walks(t.relation) {
			step.Columns, step.Node = s.columns(t.args[0]), s.node(t.args[0], false)
		}
		s.steps = append(s.steps, step)
		return
	}
	if t.relation == nil || t.op == OpDaysWith || t.op == OpWeeksWith || t.op == OpLongestGap {
		for _, a := range t.args {
			s.lists(a, depth)
		}
	}
}

// columns are those that t reads of the row it is of and of the row's patient, also
// by definitions, that the extract supplies and anyone at the practice may see. Keys
// that are hashes of a name or number are not among them.
func (s *stepper) columns(t *term) []*schema.Column {
	var out []*schema.Column
	add := func(c *schema.Column) {
		ok := c != nil && !c.Virtual && !strings.HasSuffix(c.Name, "_key") && (c.Privacy == schema.Open || c.Privacy == schema.Quasi) && s.supplies(c)
		if ok && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	t.outside(func(t *term) {
		add(t.column)
		if t.op == opCoded {
			add(t.column.Table.Column("code_system"))
		}
		if t.op == opUse && len(t.path) == 0 {
			s.choose(t.definition, s.optional).condition.term.outside(func(t *term) { add(t.column) })
		}
	})
	return out
}

// outside visits t and what is in it, but for what is asked of the rows of lists.
func (t *term) outside(visit func(*term)) {
	visit(t)
	if t.relation != nil && t.op != OpRepeatedIn && t.op != OpRepeatsEarlier {
		return
	}
	for _, a := range t.args {
		a.outside(visit)
	}
}
