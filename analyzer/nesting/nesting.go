// Package nesting bounds what a YAML file may nest, by its tokens and before it is parsed:
// a parser takes time and memory by the square of depth or of keys in one place, and
// aliases multiply.
package nesting

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// What one file may nest, and how many keys one mapping may have: a mapping of a
// system needs nine levels, and the most keys are those of the rules' definitions.
const maxDepth, maxKeys = 12, 1000

// maxExpanded is how many values a file may have once its aliases are written out.
const maxExpanded = 200_000

// A collection is a list or mapping that is open: where its block stands, or
// that it is in brackets.
type collection struct {
	column int // 0 in brackets
	keys   int
}

// Fault returns the first token at which a file nests too deep or has too many keys in
// one place, and what is wrong there; nil where there is none. Tokens come in time by
// the length of the file.
func Fault(tokens token.Tokens) (at *token.Token, message string) {
	var open []collection
	for i, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open = append(open, collection{})
		case token.SequenceEndType, token.MappingEndType:
			open = closed(open)
		case token.SequenceEntryType, token.MappingKeyType:
			open = within(open, t.Position.Column)
		case token.MappingValueType:
			if i > 0 {
				open = within(open, tokens[i-1].Position.Column)
			}
			if n := len(open); n > 0 {
				if open[n-1].keys++; open[n-1].keys > maxKeys {
					return t, fmt.Sprintf("more than %d keys in one place", maxKeys)
				}
			}
		}
		if len(open) > maxDepth {
			return t, fmt.Sprintf("nested more than %d deep", maxDepth)
		}
	}
	return nil, ""
}

// closed ends the innermost collection in brackets.
func closed(open []collection) []collection {
	for i := len(open) - 1; i >= 0; i-- {
		if open[i].column == 0 {
			return open[:i]
		}
	}
	return open
}

// within ends the blocks that an entry at the column is not part of, and begins
// its own where there is none. Within brackets, columns mean nothing.
func within(open []collection, column int) []collection {
	for len(open) > 0 && open[len(open)-1].column > column {
		open = open[:len(open)-1]
	}
	if n := len(open); n == 0 || open[n-1].column != 0 && open[n-1].column < column {
		open = append(open, collection{column: column})
	}
	return open
}

// Expanded reports whether a file stays within bounds once its aliases are written
// out. An alias of what is not anchored before it counts as one value.
func Expanded(file *ast.File) bool {
	w := weigher{anchors: map[string]int{}}
	total := 0
	for _, d := range file.Docs {
		if d.Body != nil {
			total += w.weigh(d.Body)
		}
	}
	return total <= maxExpanded
}

// A weigher counts values, each alias as what it stands for.
type weigher struct{ anchors map[string]int }

func (w *weigher) weigh(n ast.Node) int {
	switch n := n.(type) {
	case *ast.AnchorNode:
		weight := w.weigh(n.Value)
		w.anchors[n.Name.String()] = weight
		return weight
	case *ast.AliasNode:
		return max(1, w.anchors[n.Value.String()])
	case *ast.MappingNode:
		total := 1
		for _, v := range n.Values {
			total = min(total+w.weigh(v), maxExpanded+1)
		}
		return total
	case *ast.MappingValueNode:
		return min(w.weigh(n.Key)+w.weigh(n.Value), maxExpanded+1)
	case *ast.SequenceNode:
		total := 1
		for _, v := range n.Values {
			total = min(total+w.weigh(v), maxExpanded+1)
		}
		return total
	}
	return 1
}
