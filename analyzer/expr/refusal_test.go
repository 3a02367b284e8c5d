package expr_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/exprtest"
	"paperlight/analyzer/schema"
	"paperlight/internal/fixture"
)

// TestRefusals compares each message of testdata/refused.txt: blocks of a
// table and a condition, and below it, indented, what is said of it.
func TestRefusals(t *testing.T) {
	const file = "testdata/refused.txt"
	language, err := exprtest.Language()
	require.NoError(t, err)
	golden, err := os.ReadFile(file)
	require.NoError(t, err)
	var out strings.Builder
	cases := 0
	for line := range strings.Lines(string(golden)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue
		}
		out.WriteString(line + "\n")
		table, text, ok := strings.Cut(line, ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		cases++
		_, err := language.Check(expr.Source{File: "r.md", Table: schema.Lookup(table), Where: strings.ReplaceAll(text, `\n`, "\n"), WhereLine: 9})
		require.Error(t, err, text)
		var fault *expr.Error
		require.ErrorAs(t, err, &fault, text)
		for said := range strings.SplitSeq(err.Error(), "\n") {
			out.WriteString("  " + said + "\n")
		}
	}
	require.Greater(t, cases, 60)
	fixture.Golden(t, file, []byte(out.String()))
}
