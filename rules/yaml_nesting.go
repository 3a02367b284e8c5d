package rules

import (
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// What one file may nest, and how many keys one mapping may have: a scheme needs
// five levels, and the most keys are those of the definitions.
const maxYAMLDepth, maxYAMLKeys = 12, 1000

// A collection is a list or mapping that is open: where its block stands, or
// that it is in brackets.
type collection struct {
	column int // 0 in brackets
	keys   int
}

// bound refuses what nests too deep or has too many keys, by its tokens alone.
// The parser takes time and memory by the square of either, before anybody can
// look at what it made; tokens come in time by the length.
func (y *yamlReader) bound(tokens token.Tokens) error {
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
				if open[n-1].keys++; open[n-1].keys > maxYAMLKeys {
					return y.fault(t, fmt.Sprintf("more than %d keys in one place", maxYAMLKeys), "")
				}
			}
		}
		if len(open) > maxYAMLDepth {
			return y.fault(t, fmt.Sprintf("nested more than %d deep", maxYAMLDepth), "")
		}
	}
	return nil
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
