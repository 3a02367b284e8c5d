package plan

import (
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// Matches are a three-pass semi-join: a pass over the probing rows collects their
// keys (OpKeySet), a scan of the list marks the keys that it has, or notes the
// latest date of each, and a second pass over the probing rows looks their keys
// up (OpMatched, OpLatestMatch). An earlier repeat takes three passes over one
// table: the first filters out the rows that occur once (OpRepeatFilter), the
// second indexes the smallest id of the others, and the third compares
// (OpRepeatsEarlier).

// IsMatch says that the node is a step of a match or of an earlier repeat.
func IsMatch(n *expr.Node) bool {
	switch n.Op {
	case expr.OpKeySet, expr.OpMatched, expr.OpLatestMatch, expr.OpRepeatFilter, expr.OpRepeatsEarlier:
		return true
	}
	return false
}

// Scanned is the table that a pass scans for the need n.
func Scanned(n *expr.Node) *schema.Table {
	if n.Op == expr.OpKeySet || n.Op == expr.OpRepeatFilter {
		return n.Space
	}
	return n.Relation.To
}

// scannedArgs are the nodes that this pass evaluates over the rows of the table.
func scannedArgs(n *expr.Node) []*expr.Node {
	if n.Op == expr.OpKeySet || n.Op == expr.OpRepeatFilter {
		return n.Args
	}
	return n.Args[1:]
}

// RowArgs are the arguments that are evaluated over the row that n is a value
// of.
func RowArgs(n *expr.Node) []*expr.Node {
	switch {
	case n.Op == expr.OpMatched || n.Op == expr.OpLatestMatch:
		return n.Args[0].Args
	case n.Op == expr.OpRepeatsEarlier:
		return n.Args[2:]
	case n.Op == expr.OpGather || IsAggregate(n) || IsMatch(n):
		return nil
	}
	return n.Args
}

// findEarly finds, for the filters of the pass, the earlier repeats that can be told at
// once: what they compare follows from the rows' own cells, among the rows of a patient.
func (s *Pass) findEarly(roots []*expr.Node) {
	if s.Memory || !slices.ContainsFunc(s.Matches, func(n *expr.Node) bool { return n.Op == expr.OpRepeatFilter }) {
		return
	}
	local := map[*expr.Node]bool{}
	of := map[*expr.Node][]*expr.Node{}
	late := map[*expr.Node]bool{}
	expr.Walk(func(n *expr.Node) {
		if n.Op != expr.OpRepeatsEarlier || !slices.Contains(s.Matches, n.Args[0]) {
			return
		}
		filter := n.Args[0]
		of[filter] = append(of[filter], n)
		if r := n.Relation; r.From != schema.Patients || r.OfPractice || ByID(r) || !isLocal(local, n.Args[1]) || !isLocal(local, n.Args[2]) {
			late[filter] = true
		}
	}, roots...)
	for _, filter := range s.Matches {
		if !late[filter] {
			s.Early = append(s.Early, of[filter]...)
		}
	}
}

// EarlyOf are those of Early that have the filter.
func (s *Pass) EarlyOf(filter *expr.Node) []*expr.Node {
	if filter.Op != expr.OpRepeatFilter {
		return nil
	}
	var out []*expr.Node
	for _, n := range s.Early {
		if n.Args[0] == filter {
			out = append(out, n)
		}
	}
	return out
}

// IsAggregate says that the node folds the rows of another table.
func IsAggregate(n *expr.Node) bool {
	switch n.Op {
	case expr.OpExists, expr.OpCount, expr.OpSum, expr.OpRepeated, expr.OpLatestDate, expr.OpLatestExists, expr.OpLatestCount, expr.OpDays:
		return true
	}
	return false
}

// isNeed says that the node is a need: its value takes a pass of its own.
func isNeed(n *expr.Node) bool {
	return IsAggregate(n) || IsMatch(n) || n.Op == expr.OpRepeatedIn || n.Op == expr.OpGather && ByID(n.Relation)
}
