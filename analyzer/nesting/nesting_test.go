package nesting

import (
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/stretchr/testify/require"
)

func TestDeepAndWideFilesAreRefused(t *testing.T) {
	at, message := Fault(lexer.Tokenize(strings.Repeat("[", 13)))
	require.NotNil(t, at)
	require.Equal(t, "nested more than 12 deep", message)
	var wide strings.Builder
	for i := range 1001 {
		fmt.Fprintf(&wide, "k%d: 1\n", i)
	}
	_, message = Fault(lexer.Tokenize(wide.String()))
	require.Equal(t, "more than 1000 keys in one place", message)
	at, _ = Fault(lexer.Tokenize("a: {b: [c, {d: e}]}\n"))
	require.Nil(t, at)
}

// TestAliasesMultiply counts what a file holds once its aliases are written out, where
// each of them doubles the one before.
func TestAliasesMultiply(t *testing.T) {
	file := func(doublings int) string {
		text := "a0: &a0 [x, x]\n"
		for i := range doublings {
			text += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
		}
		return text
	}
	for doublings, within := range map[int]bool{3: true, 12: true, 20: false, 60: false} {
		tree, err := parser.ParseBytes([]byte(file(doublings)), 0)
		require.NoError(t, err)
		require.Equal(t, within, Expanded(tree), doublings)
	}
}
