package plan

import (
	"slices"

	"paperlight/analyzer/expr"
)

// A Literal says of a row that Node may be true there or, with Not, that it may not be:
// it is so or unknown.
type Literal struct {
	Node *expr.Node
	Not  bool
}

// A Demand says for which rows of a pass a step need be worked out: those for which all
// literals of one of its lists hold. What the step gives for other rows decides nothing,
// since a condition beside it does.
type Demand [][]Literal

// mostDemands and mostLiterals bound a demand: more of them ask for more work than they
// save.
const mostDemands, mostLiterals = 8, 12

// everyRow is the demand of what decides for every row.
var everyRow = Demand{nil}

func (d Demand) all() bool {
	return slices.ContainsFunc(d, func(l []Literal) bool { return len(l) == 0 })
}

// or adds another way in which a row may be asked for.
func (d Demand) or(more Demand) Demand {
	for _, l := range more {
		if !slices.ContainsFunc(d, func(have []Literal) bool { return slices.Equal(have, l) }) {
			d = append(d, l)
		}
	}
	if d.all() || len(d) > mostDemands {
		return everyRow
	}
	return d
}

// and adds the literals to each list.
func (d Demand) and(more []Literal) Demand {
	out := make(Demand, len(d))
	for i, l := range d {
		out[i] = slices.Clone(l)
		for _, m := range more {
			if len(out[i]) < mostLiterals && !slices.Contains(out[i], m) {
				out[i] = append(out[i], m)
			}
		}
	}
	return out
}

// demands works out, for each node that roots lead to, the rows in which its value
// decides something.
func demands(programs []Program, nodes int) map[*expr.Node]Demand {
	of, byID := map[*expr.Node]Demand{}, make([]*expr.Node, nodes)
	local := map[*expr.Node]bool{}
	ask := func(n *expr.Node, d Demand) { of[n] = of[n].or(d) }
	var roots []*expr.Node
	for i := range programs {
		p := &programs[i]
		judged := everyRow.and(literals(local, conjuncts(p.Where), nil, false))
		for _, n := range p.Roots() {
			if roots = append(roots, n); n == p.Where {
				ask(n, everyRow)
			} else {
				ask(n, judged)
			}
		}
		if p.Value != nil {
			roots = append(roots, p.Value)
			ask(p.Value, everyRow)
		}
	}
	expr.Walk(func(n *expr.Node) { byID[n.ID] = n }, roots...)
	// Users have higher ids than what they use.
	for _, n := range slices.Backward(byID) {
		if n == nil {
			continue
		}
		for _, a := range n.Args {
			switch {
			case n.Op == expr.OpAnd || n.Op == expr.OpOr:
				ask(a, of[n].and(literals(local, n.Args, a, n.Op == expr.OpOr)))
			case a.Op == expr.OpKeySet:
				ask(a, of[n])
			case isNeed(n) || n.Op == expr.OpGather || IsMatch(n):
				ask(a, everyRow) // of the rows of another table, or of all
			default:
				ask(a, of[n])
			}
		}
	}
	return of
}

// literals are those of the nodes, but for one of them, that a row can be asked by its
// own cells.
func literals(local map[*expr.Node]bool, nodes []*expr.Node, but *expr.Node, not bool) []Literal {
	var out []Literal
	for _, n := range nodes {
		if n != but && n != nil && n.Op != expr.OpConst && isLocal(local, n) {
			out = append(out, Literal{n, not})
		}
	}
	return out
}

// conjuncts are what must all be true for n to be.
func conjuncts(n *expr.Node) []*expr.Node {
	if n.Op != expr.OpAnd {
		return []*expr.Node{n}
	}
	var out []*expr.Node
	for _, a := range n.Args {
		out = append(out, conjuncts(a)...)
	}
	return out
}

// isLocal says that the node follows from cells of its own row.
func isLocal(memo map[*expr.Node]bool, n *expr.Node) bool {
	is, ok := memo[n]
	if !ok {
		is = !isNeed(n) && n.Op != expr.OpGather && (n.Op != expr.OpColumn || !n.Column.Virtual)
		for _, a := range n.Args {
			is = is && isLocal(memo, a)
		}
		memo[n] = is
	}
	return is
}

// A stepDemand is the demand of a step of the pass.
type stepDemand struct {
	step *expr.Node
	rows Demand
}

// Demand returns the rows for which the pass works the step out; nil for all.
func (s *Pass) Demand(step *expr.Node) Demand {
	for _, d := range s.demands {
		if d.step == step {
			return d.rows
		}
	}
	return nil
}

// demand reduces the steps that store the keys of rows, or look them up, to the rows for
// which that is asked, as far as columns tell that the pass reads anyway. A lookup comes
// among the nodes, and so can go by those before it.
func (s *Pass) demand(of map[*expr.Node]Demand) {
	if s.Memory {
		return
	}
	add := func(step *expr.Node, tells func(Literal) bool) {
		var kept Demand
		for _, l := range of[step] {
			kept = kept.or(Demand{slices.DeleteFunc(slices.Clone(l), func(l Literal) bool { return l.Node.Space != s.Table || !tells(l) })})
		}
		if kept != nil && !kept.all() {
			s.demands = append(s.demands, stepDemand{step, kept})
		}
	}
	for _, n := range s.Matches {
		if n.Op == expr.OpKeySet {
			add(n, func(l Literal) bool { return s.reads(l.Node) })
		}
	}
	for _, n := range s.Nodes {
		if n.Op == expr.OpMatched || n.Op == expr.OpLatestMatch {
			add(n, func(l Literal) bool { return l.Node.ID < n.ID && s.reads(l.Node) })
		}
	}
}

// reads says that the pass reads the columns of n.
func (s *Pass) reads(n *expr.Node) bool {
	if n.Op == expr.OpColumn {
		return slices.Contains(s.Nodes, n)
	}
	return !slices.ContainsFunc(n.Args, func(a *expr.Node) bool { return !s.reads(a) })
}
