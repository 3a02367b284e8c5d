package expr

import (
	"slices"
	"strconv"

	"paperlight/analyzer/schema"
)

// A Graph holds the nodes of a whole rule set, each distinct expression once.
// Its methods build nodes in a normal form: constants are folded, operators
// whose arguments are all read through one relation move to the other side of
// it (a condition on the patient is evaluated once a patient, not once a row),
// and equal expressions are one node.
type Graph struct {
	Nodes []*Node
	index map[string]*Node
}

// NewGraph returns an empty graph.
func NewGraph() *Graph { return &Graph{index: map[string]*Node{}} }

// intern returns the graph's node equal to n, adding n if there is none.
func (g *Graph) intern(n Node) *Node {
	key := n.key()
	if have, ok := g.index[key]; ok {
		return have
	}
	n.ID = len(g.Nodes)
	p := &n
	g.Nodes = append(g.Nodes, p)
	g.index[key] = p
	return p
}

func (n *Node) key() string {
	var room [192]byte // most keys fit
	b := room[:0]
	number := func(before string, v int64) { b = strconv.AppendInt(append(b, before...), v, 10) }
	number("", int64(n.Op))
	number(" ", int64(n.Type))
	for _, a := range n.Args {
		number(" #", int64(a.ID))
	}
	if n.Column != nil {
		b = append(append(append(append(b, " col "...), n.Column.Table.Name...), '.'), n.Column.Name...)
	}
	if n.Relation != nil {
		b = append(append(append(append(b, " rel "...), n.Relation.From.Name...), '.'), n.Relation.Name...)
	}
	if n.Set != nil {
		b = append(append(b, " set "...), n.Set.Name...)
	}
	if n.Func != nil {
		b = append(append(b, " func "...), n.Func.Name...)
	}
	if n.Op == OpConst {
		b = strconv.AppendQuote(append(b, " = "...), n.Value.Text)
		number(" ", n.Value.Int)
		b = strconv.AppendFloat(append(b, ' '), n.Value.Real, 'x', -1, 64)
	}
	number(" ", int64(n.Period.Months))
	number(" ", int64(n.Period.Days))
	number(" ", int64(n.Period.WorkingDays))
	b = strconv.AppendQuote(append(b, ' '), n.Text)
	return string(append(append(b, ' '), n.Field...))
}

// Walk calls visit once for every node that roots reach, arguments first.
func Walk(visit func(*Node), roots ...*Node) {
	seen := map[*Node]bool{}
	var walk func(*Node)
	walk = func(n *Node) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		for _, a := range n.Args {
			walk(a)
		}
		visit(n)
	}
	for _, r := range roots {
		walk(r)
	}
}

// Columns returns the columns that roots read, in schema order.
func Columns(roots ...*Node) []*schema.Column {
	var out []*schema.Column
	Walk(func(n *Node) {
		if n.Column != nil && !slices.Contains(out, n.Column) {
			out = append(out, n.Column)
		}
	}, roots...)
	slices.SortFunc(out, func(a, b *schema.Column) int {
		if a.Table != b.Table {
			return a.Table.Index - b.Table.Index
		}
		return a.Index - b.Index
	})
	return out
}
