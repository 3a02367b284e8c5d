package plan

import (
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// require sees that all that the pass reads of patients and practices is held
// when it starts.
func (p *planner) require(s *Pass) {
	var late [2][]*expr.Node
	p.reads(s, func(x *expr.Node) {
		if p.kept[x] || IsAggregate(x) || IsPracticeLeaf(x) {
			return // held as it is
		}
		p.kept[x] = true
		switch {
		case x.Space == p.practice && p.early(x):
			p.startPractice.Keep = append(p.startPractice.Keep, x)
		case x.Space == p.practice:
			late[0] = append(late[0], x)
		case p.early(x):
			p.startPatients.Keep = append(p.startPatients.Keep, x)
			p.require(&Pass{Table: p.patients, Keep: []*expr.Node{x}})
		default:
			late[1] = append(late[1], x)
		}
	})
	for i, t := range []*schema.Table{p.practice, p.patients} {
		if len(late[i]) > 0 {
			m := &Pass{Table: t, Memory: true, Keep: late[i]}
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

// reads calls visit for every node that the pass expects to be held: what it
// gathers, and in memory what was worked out while the files were read.
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
		case s.Memory && p.kept[n] && !slices.Contains(s.Keep, n):
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

// early says that the node needs nothing but its own row's columns and what
// is known of the practice before any table is read.
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

// release finds the pass after which each held value may go: the last that
// reads it, unless a worklist reads it again.
func (p *planner) release(held map[*expr.Node]bool) {
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
		again.List(p.plan.Programs, func(n *expr.Node) bool { return held[n] })
		reads(again, end)
	}
	for n, at := range last {
		if at < end && (held[n] || IsAggregate(n) || n.Op == expr.OpRepeatedIn) && InMemory(n.Space) {
			p.plan.Passes[at].Drop = append(p.plan.Passes[at].Drop, n)
		}
	}
}
