package expr

import (
	"slices"

	"paperlight/analyzer/schema"
)

// Match returns OpMatched, or with a date OpLatestMatch, asked by rows of
// space. far and near are the values that must be equal, of the list's rows
// and of the asking row.
func (g *Graph) Match(r *schema.Relation, space *schema.Table, cond, date *Node, far, near []*Node) *Node {
	cond = g.onlyTrue(cond)
	n := Node{Op: OpMatched, Type: schema.Bool, Space: space, Relation: r}
	never := g.Bool(false)
	args := []*Node{cond}
	if date != nil {
		n.Op, n.Type, n.MaybeUnknown = OpLatestMatch, schema.Date, true
		never = g.Null(schema.Date)
		args = append(args, date)
	}
	args = append(args, far...)
	null := func(a *Node) bool { return a.Op == OpNull }
	if cond == g.Bool(false) || slices.ContainsFunc(args, null) || slices.ContainsFunc(near, null) {
		return never
	}
	set := g.intern(Node{Op: OpKeySet, Type: schema.Bool, Space: space, Args: slices.Clone(near), Relation: r})
	n.Args = append([]*Node{set}, args...)
	return g.intern(n)
}

// RepeatsEarlier returns OpRepeatsEarlier over the relation r.
func (g *Graph) RepeatsEarlier(r *schema.Relation, cond, id *Node, keys ...*Node) *Node {
	cond = g.onlyTrue(cond)
	if cond == g.Bool(false) || id.Op == OpNull {
		return g.Bool(false)
	}
	filter := g.intern(Node{Op: OpRepeatFilter, Type: schema.Bool, Space: r.To, Args: slices.Clone(keys), Relation: r})
	return g.intern(Node{Op: OpRepeatsEarlier, Type: schema.Bool, Space: r.To, Args: append([]*Node{filter, cond, id}, keys...), Relation: r})
}

// Days returns OpDays over the relation r: the last n days. The result is nil
// where no row can have one.
func (g *Graph) Days(r *schema.Relation, n int, cond, date, asOf *Node) *Node {
	cond = g.onlyTrue(cond)
	if cond == g.Bool(false) || date.Op == OpNull || asOf.Op == OpNull {
		return nil
	}
	return g.intern(Node{Op: OpDays, Type: Days, Space: r.From, Args: []*Node{cond, date, asOf}, Relation: r, Period: Period{Days: n}})
}

// OfDays returns OpDaysWith, OpWeeksWith or OpLongestGap of the days of sets
// together, which all look at the last n days.
func (g *Graph) OfDays(op Op, n int, sets ...*Node) *Node {
	if len(sets) == 0 {
		none := Value{Type: schema.Int}
		if op == OpLongestGap {
			none.Int = int64(n)
		}
		return g.Const(none)
	}
	sets = slices.Clone(sets)
	slices.SortFunc(sets, func(a, b *Node) int { return a.ID - b.ID })
	return g.intern(Node{Op: op, Type: schema.Int, Space: sets[0].Space, Args: slices.Compact(sets), Period: Period{Days: n}})
}
