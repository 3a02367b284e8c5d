package expr_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/exprtest"
	"paperlight/analyzer/schema"
)

// FuzzCheck: no text makes the checker panic or fail in words that are not
// ours, and what it lets through lowers.
func FuzzCheck(f *testing.F) {
	for _, file := range []string{"testdata/refused.txt", "testdata/lowered.txt"} {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		for line := range strings.Lines(string(text)) {
			if table, text, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && schema.Lookup(table) != nil {
				f.Add(uint8(schema.Lookup(table).Index), text)
			}
		}
	}
	l, err := exprtest.Language()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, table uint8, text string) {
		checked, err := l.Check(expr.Source{File: "r.md", Table: schema.Tables[int(table)%len(schema.Tables)], Where: text, WhereLine: 3})
		if err != nil {
			var fault *expr.Error
			require.True(t, errors.As(err, &fault), "%v", err)
			require.GreaterOrEqual(t, fault.Line, 3)
			require.GreaterOrEqual(t, fault.Column, 1)
			require.NotContains(t, fault.Message, "no meaning in the rule language", "the checker refuses it first")
			require.NotContains(t, fault.Message, "_&&_")
			return
		}
		if lowered := checked.Lower(expr.NewGraph(), supplied()); len(lowered.Missing) == 0 && strings.TrimSpace(text) != "" {
			require.Equal(t, schema.Bool, lowered.Where.Type)
		}
	})
}
