package plan

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// Rows that meet in equal values take steps of their own. For a match, a pass
// over the rows that ask notes the keys they ask for; a pass over the list
// notes what meets each key; the rows that ask find it by key. For an earlier
// repeat, a first pass lets go of what occurs once, a second holds the smallest
// id of the rest, and a third compares.

// IsMatch says that the node is of one of those steps.
func IsMatch(n *expr.Node) bool {
	switch n.Op {
	case expr.OpKeySet, expr.OpMatched, expr.OpLatestMatch, expr.OpRepeatFilter, expr.OpRepeatsEarlier:
		return true
	}
	return false
}

// Scanned is the table whose rows a need is gathered from.
func Scanned(n *expr.Node) *schema.Table {
	if n.Op == expr.OpKeySet || n.Op == expr.OpRepeatFilter {
		return n.Space
	}
	return n.Relation.To
}

// scannedArgs are the nodes that a pass over those rows evaluates for it.
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

// IsAggregate says that the node folds the rows of another table.
func IsAggregate(n *expr.Node) bool {
	switch n.Op {
	case expr.OpExists, expr.OpCount, expr.OpSum, expr.OpRepeated, expr.OpLatestDate, expr.OpLatestExists, expr.OpLatestCount, expr.OpDays:
		return true
	}
	return false
}

// needsPass says that the node's value comes from a pass of its own.
func needsPass(n *expr.Node) bool {
	return IsAggregate(n) || IsMatch(n) || n.Op == expr.OpRepeatedIn || n.Op == expr.OpGather && ByID(n.Relation)
}
