package score

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

// A report says in words of people where every as-of date that there may be
// came from, and never in those of its JSON.
func TestReportsWordEveryAsOfDate(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "state", "state.go"), nil, 0)
	require.NoError(t, err)
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		c, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := c.Type.(*ast.Ident); !ok || of.Name != "AsOfFrom" {
			return true
		}
		found++
		from, err := strconv.Unquote(c.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		var out bytes.Buffer
		r := &report.Report{Practices: []report.PracticeReport{{AsOf: "2026-03-31", AsOfFrom: from}}}
		require.NoError(t, report.WriteText(&out, report.Release(r), report.Options{}))
		require.Contains(t, out.String(), "As of 31 March 2026 (")
		require.NotContains(t, out.String(), from, "package report has no words for %s", c.Names[0].Name)
		return true
	})
	require.Equal(t, 5, found)
}
