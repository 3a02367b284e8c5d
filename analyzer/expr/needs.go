package expr

import (
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/schema"
)

// A needs gathers what an extract or the catalogue lacks of what terms read.
type needs struct {
	*lowering
	missing map[string]bool
}

func (n *needs) add(what string) { n.missing[what] = true }

func (n *needs) sorted() []string {
	var out []string
	for what := range n.missing {
		out = append(out, what)
	}
	slices.Sort(out)
	return out
}

// oneOf demands that one member of the group is there.
func (n *needs) oneOf(group []allowance) {
	var names []string
	for _, m := range group {
		for _, c := range m.columns {
			if n.supplies(c) {
				return
			}
			names = append(names, c.String())
		}
		for _, t := range m.tables {
			if n.binding.HasTable(t) {
				return
			}
			names = append(names, t.Name)
		}
	}
	if len(names) > 0 {
		n.add(strings.Join(names, " or "))
	}
}

// read notes what t needs and the extract lacks; allowed may be absent.
func (n *needs) read(t *term, allowed allowance) {
	for _, r := range t.path {
		n.walk(r, allowed)
	}
	if t.relation != nil {
		n.walk(t.relation, allowed)
	}
	switch t.op {
	case OpColumn, OpFlag:
		n.column(t.column, allowed)
	case opCoded:
		n.column(t.column, allowed)
		n.column(t.column.Table.Column("code_system"), allowed)
		n.list(t.text, t.systems)
	case opMember:
		n.list(t.text, t.systems)
	case opPrevalence:
		if _, ok := n.binding.Prevalence[t.text]; !ok {
			n.add("prevalence " + strconv.Quote(t.text))
		}
	case opUse:
		alt := n.choose(t.definition, allowed)
		n.read(alt.condition.term, allowed.with(alt.optional))
	}
	for _, a := range t.args {
		n.read(a, allowed)
	}
}

func (n *needs) walk(r *schema.Relation, allowed allowance) {
	if r.To != schema.Practice && !n.binding.HasTable(r.To) {
		if !allowed.table(r.To) {
			n.add(r.To.Name)
		}
		return
	}
	if r.Near != nil {
		n.column(r.Near, allowed)
		n.column(r.Far, allowed)
	}
}

// column notes c. A column of a table that is missing is not named: the table
// is.
func (n *needs) column(c *schema.Column, allowed allowance) {
	if n.supplies(c) || allowed.column(c) {
		return
	}
	if c.Table != schema.Practice && !n.binding.HasTable(c.Table) {
		return
	}
	n.add(c.String())
}

// list notes a code list without codes, or without codes of the systems that
// the column can hold.
func (n *needs) list(name string, systems []string) {
	have := n.binding.Lists[name].systems()
	if systems != nil {
		have = slices.DeleteFunc(have, func(s string) bool { return !slices.Contains(systems, s) })
	}
	if len(have) == 0 {
		n.add("codelist " + strconv.Quote(name))
	}
}
