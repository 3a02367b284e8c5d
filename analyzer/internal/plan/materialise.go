package plan

import (
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// require schedules what must be materialised of patients and practices before
// the pass starts.
func (p *planner) require(s *Pass) {
	var late [2][]*expr.Node
	p.reads(s, func(x *expr.Node) {
		if p.materialised[x] || IsAggregate(x) || IsPracticeLeaf(x) {
			return // materialised by the pass that makes it
		}
		p.materialised[x] = true
		switch {
		case x.Space == p.practice && p.early(x):
			p.startPractice.Materialise = append(p.startPractice.Materialise, x)
		case x.Space == p.practice:
			late[0] = append(late[0], x)
		case p.early(x):
			p.startPatients.Materialise = append(p.startPatients.Materialise, x)
			p.require(&Pass{Table: p.patients, Materialise: []*expr.Node{x}})
		default:
			late[1] = append(late[1], x)
		}
	})
	for i, t := range []*schema.Table{p.practice, p.patients} {
		if len(late[i]) > 0 {
			m := &Pass{Table: t, Memory: true, Materialise: late[i]}
			p.require(m)
			p.plan.Passes = append(p.plan.Passes, m)
		}
	}
}

// IsPracticeLeaf says that the node is known of practices from the start.
func IsPracticeLeaf(n *expr.Node) bool {
	if n.Space == nil || n.Space != schema.Practice {
		return false
	}
	return n.Op == expr.OpAsOf || n.Op == expr.OpDeclared || n.Op == expr.OpFlag || n.Op == expr.OpColumn && !n.Column.Virtual
}

// reads calls visit for every node that the pass expects to be materialised: what
// it gathers and, in memory, what was evaluated while the files were read.
func (p *planner) reads(s *Pass, visit func(*expr.Node)) {
	seen := map[*expr.Node]bool{}
	var walk func(n *expr.Node)
	walk = func(n *expr.Node) {
		if n.Space == nil || seen[n] {
			return
		}
		seen[n] = true
		switch {
		case s.Memory && s.Table == p.patients && p.early(n) && n.Op != expr.OpGather:
			visit(n)
		case s.Memory && p.materialised[n] && !slices.Contains(s.Materialise, n):
		case n.Op == expr.OpGather:
			if InMemory(n.Relation.To) {
				visit(n.Args[0])
			}
		default:
			for _, a := range RowArgs(n) {
				walk(a)
			}
		}
	}
	for _, n := range s.Roots(p.plan.Programs) {
		walk(n)
	}
}

// early says that the node can be evaluated in the first pass over its table: it
// depends on nothing but the row's own columns and what is known of the practice
// before any table is read.
func (p *planner) early(n *expr.Node) bool {
	switch {
	case n.Space == nil:
		return true
	case IsAggregate(n) || IsMatch(n) || n.Op == expr.OpRepeatedIn:
		return false
	case n.Op == expr.OpColumn:
		return !n.Column.Virtual
	case n.Op == expr.OpGather:
		return n.Relation.To == p.practice && p.early(n.Args[0])
	}
	return !slices.ContainsFunc(n.Args, func(a *expr.Node) bool { return !p.early(a) })
}

// release finds the pass after which each materialised value may be dropped: the
// last that reads it, unless a worklist reads it again.
func (p *planner) release(materialised map[*expr.Node]bool) {
	last := map[*expr.Node]int{}
	reads := func(s *Pass, at int) {
		for _, n := range s.Nodes {
			last[n] = max(last[n], at)
			if n.Op == expr.OpGather {
				last[n.Args[0]] = max(last[n.Args[0]], at)
			}
		}
	}
	end := len(p.plan.Passes)
	for i, s := range p.plan.Passes {
		reads(s, i)
	}
	for _, t := range schema.Tables {
		again := &Pass{Table: t, Memory: InMemory(t)}
		for i := range p.plan.Programs {
			g := &p.plan.Programs[i]
			if g.Table == t {
				again.Tallies = append(again.Tallies, i)
			}
			if g.Value != nil {
				last[g.Value] = end
			}
		}
		again.SetNodes(p.plan.Programs, func(n *expr.Node) bool { return materialised[n] })
		reads(again, end)
	}
	for n, at := range last {
		if at < end && (materialised[n] || IsAggregate(n) || n.Op == expr.OpRepeatedIn) && InMemory(n.Space) {
			p.plan.Passes[at].Drop = append(p.plan.Passes[at].Drop, n)
		}
	}
}
