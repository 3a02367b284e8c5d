package expr

import "paperlight/analyzer/schema"

// across lowers what a row asks of the other rows of its patient or practice.
func (l *lowering) across(t *term, null bool) *Node {
	g := l.graph
	switch {
	case !null && l.walks(t.relation):
	case t.op == OpLatestMatch:
		return g.Null(schema.Date)
	default:
		return g.Bool(false)
	}
	args := l.nodes(t.args, false)
	if t.op == OpRepeatsEarlier {
		return g.RepeatsEarlier(t.relation, args[0], args[1], args[2:]...)
	}
	near := args[len(args)-t.near:]
	args = args[:len(args)-t.near]
	var date *Node
	cond, far := args[0], args[1:]
	if t.op == OpLatestMatch {
		date, far = args[1], args[2:]
	}
	return g.Match(t.relation, t.table, cond, date, far, near)
}

// ofDays lowers what is asked of days. A list that the extract lacks has none.
func (l *lowering) ofDays(t *term, null bool) *Node {
	var sets []*Node
	for _, d := range t.args {
		if null || !l.walks(d.relation) {
			continue
		}
		args := l.nodes(d.args, false)
		if set := l.graph.Days(d.relation, d.period.Days, args[0], args[1], args[2]); set != nil {
			sets = append(sets, set)
		}
	}
	return l.graph.OfDays(t.op, t.period.Days, sets...)
}
