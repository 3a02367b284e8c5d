package expr

import (
	"math"
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
	key   []byte          // of the node looked for last
	codes map[string]*Set // of code lists, by name
}

// NewGraph returns an empty graph.
func NewGraph() *Graph { return &Graph{index: map[string]*Node{}, codes: map[string]*Set{}} }

// intern returns the graph's node equal to n, adding n if there is none.
func (g *Graph) intern(n Node) *Node {
	g.key = n.appendKey(g.key[:0])
	if have, ok := g.index[string(g.key)]; ok {
		return have
	}
	n.ID = len(g.Nodes)
	p := &n
	g.Nodes = append(g.Nodes, p)
	g.index[string(g.key)] = p
	return p
}

// appendKey appends what tells n from every other node. Most nodes that are made
// exist already, so a key is built for each and kept for few.
func (n *Node) appendKey(b []byte) []byte {
	number := func(name byte, v int64) { b = strconv.AppendInt(append(b, name), v, 10) }
	text := func(name, v string) { b = strconv.AppendQuote(append(b, name...), v) }
	number('o', int64(n.Op))
	number('t', int64(n.Type))
	for _, a := range n.Args {
		number('#', int64(a.ID))
	}
	if n.Column != nil {
		text(" column ", n.Column.Table.Name)
		text(".", n.Column.Name)
	}
	if n.Relation != nil {
		text(" relation ", n.Relation.From.Name)
		text(".", n.Relation.Name)
	}
	if n.Set != nil {
		text(" set ", n.Set.Name)
	}
	if n.Func != nil {
		text(" func ", n.Func.Name)
	}
	if n.Op == OpConst {
		text(" = ", n.Value.Text)
		number(' ', n.Value.Int)
		number(' ', int64(math.Float64bits(n.Value.Real)))
	}
	if n.Period != (Period{}) {
		number('m', int64(n.Period.Months))
		number('d', int64(n.Period.Days))
		number('w', int64(n.Period.WorkingDays))
	}
	if n.Text != "" || n.Field != "" {
		text(" text ", n.Text)
		text(".", string(n.Field))
	}
	return b
}

// Walk calls visit once for every node that roots, of one graph, reach, arguments
// first.
func Walk(visit func(*Node), roots ...*Node) {
	var seen []bool // by ID
	var walk func(*Node)
	walk = func(n *Node) {
		if n == nil || n.ID < len(seen) && seen[n.ID] {
			return
		}
		if n.ID >= len(seen) {
			seen = append(seen, make([]bool, n.ID+1-len(seen))...)
		}
		seen[n.ID] = true
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
