package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// layers says which packages of ours each package may import, outside tests.
// Data flow one way: a new arrow is a decision, made here. ARCHITECTURE.md
// tells the reasons.
var layers = map[string][]string{
	"analyzer/schema":              {},
	"analyzer/calendar":            {},
	"analyzer/crash":               {},
	"rules/identifier":             {},
	"analyzer/extract":             {"analyzer/schema"},
	"analyzer/source":              {"analyzer/crash", "analyzer/extract"},
	"analyzer/mapping":             {"analyzer/calendar", "analyzer/extract", "analyzer/schema", "analyzer/source", "rules/identifier"},
	"analyzer/packed":              {},
	"analyzer/expr":                {"analyzer/calendar", "analyzer/packed", "analyzer/schema", "rules/identifier"},
	"analyzer/expr/oracle":         {"analyzer/calendar", "analyzer/expr", "analyzer/schema", "rules/identifier"},
	"analyzer/expr/exprtest":       {"analyzer/calendar", "analyzer/expr", "analyzer/expr/oracle", "analyzer/schema"},
	"rules":                        {"analyzer/expr", "analyzer/packed", "analyzer/schema", "rules/identifier"},
	"analyzer/state":               {"analyzer/schema"},
	"analyzer/internal/kernel":     {"analyzer/calendar"},
	"analyzer/internal/cohort":     {},
	"analyzer/internal/vector":     {"analyzer/expr", "analyzer/extract", "analyzer/internal/kernel", "analyzer/schema"},
	"analyzer/internal/intake":     {"analyzer/extract", "analyzer/internal/cohort", "analyzer/internal/kernel", "analyzer/schema", "analyzer/state"},
	"analyzer/internal/practices":  {"analyzer/crash", "analyzer/extract", "analyzer/internal/cohort", "analyzer/internal/intake", "analyzer/internal/vector", "analyzer/schema", "analyzer/state", "rules"},
	"analyzer/internal/plan":       {"analyzer/expr", "analyzer/extract", "analyzer/schema", "rules"},
	"analyzer/internal/eval":       {"analyzer/expr", "analyzer/extract", "analyzer/internal/cohort", "analyzer/internal/kernel", "analyzer/internal/plan", "analyzer/internal/practices", "analyzer/internal/vector", "analyzer/schema", "analyzer/state"},
	"analyzer/internal/run":        {"analyzer/crash", "analyzer/expr", "analyzer/extract", "analyzer/internal/cohort", "analyzer/internal/eval", "analyzer/internal/intake", "analyzer/internal/kernel", "analyzer/internal/plan", "analyzer/internal/practices", "analyzer/internal/vector", "analyzer/schema", "analyzer/state", "rules", "rules/identifier"},
	"analyzer/internal/enginetest": {"analyzer/calendar", "analyzer/extract", "analyzer/schema"},
	"analyzer":                     {"analyzer/expr", "analyzer/extract", "analyzer/internal/eval", "analyzer/internal/plan", "analyzer/internal/practices", "analyzer/internal/run", "analyzer/mapping", "analyzer/report", "analyzer/schema", "analyzer/score", "analyzer/source", "analyzer/state", "rules"},
	"analyzer/report":              {},
	"analyzer/score":               {"analyzer/report", "analyzer/schema", "analyzer/state", "rules"},
	"analyzer/synthetic":           {"analyzer/schema", "rules/identifier"},
	"analyzer/costing":             {"analyzer", "analyzer/expr", "analyzer/extract", "analyzer/schema", "rules"},
	"analyzer/ruletest":            {"rules/identifier", "analyzer/report", "analyzer/score", "analyzer/state", "analyzer", "analyzer/expr", "analyzer/expr/oracle", "analyzer/extract", "analyzer/schema", "rules"},
	"analyzer/damage":              {"analyzer", "analyzer/expr", "analyzer/extract", "analyzer/mapping", "analyzer/report", "analyzer/schema", "analyzer/score", "analyzer/source", "analyzer/synthetic", "rules"},
	"internal/fixture":             {},
	"release":                      {"rules"},
}

func TestImportsPointOneWay(t *testing.T) {
	seen := map[string]bool{}
	for pkg, imports := range importsOfOurs(t) {
		seen[pkg] = true
		if strings.HasPrefix(pkg, "cmd/") || strings.HasPrefix(pkg, "benchmarks") {
			continue
		}
		allowed, known := layers[pkg]
		require.True(t, known, "package %s is not in the table of layers", pkg)
		for _, i := range imports {
			require.Contains(t, allowed, i, "%s must not import %s", pkg, i)
		}
		for _, i := range allowed {
			require.Contains(t, imports, i, "%s may import %s and does not: take the arrow out", pkg, i)
		}
	}
	for pkg := range layers {
		require.True(t, seen[pkg], "the table of layers names %s, which is not there", pkg)
	}
}

// Arrow holds columns in memory between reading and evaluating; nothing else
// sees it. Its own readers and kernels are not used anywhere.
func TestArrowStaysWhereItIsNeeded(t *testing.T) {
	const arrow = "github.com/apache/arrow/go/v17/"
	may := []string{"analyzer/extract", "analyzer/source", "analyzer/mapping", "analyzer/synthetic"}
	eachImport(t, func(pkg, imported string) {
		if !strings.HasPrefix(imported, arrow) || strings.HasPrefix(pkg, "benchmarks") {
			return
		}
		require.Contains(t, may, pkg, "%s imports %s", pkg, imported)
		for _, out := range []string{"arrow/csv", "arrow/compute", "parquet"} {
			require.False(t, strings.HasPrefix(imported, arrow+out), "%s imports %s", pkg, imported)
		}
	})
}

func importsOfOurs(t *testing.T) map[string][]string {
	out := map[string][]string{}
	eachImport(t, func(pkg, imported string) {
		if ours, ok := strings.CutPrefix(imported, "paperlight/"); ok {
			out[pkg] = append(out[pkg], ours)
		} else if out[pkg] == nil {
			out[pkg] = []string{}
		}
	})
	return out
}

// eachImport visits every import of every Go file that is not a test.
func eachImport(t *testing.T, visit func(pkg, imported string)) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "testdata" || base == "node_modules" || base == "peers" || strings.HasPrefix(base, ".") && base != ".." {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		pkg := path.Dir(filepath.ToSlash(below))
		visit(pkg, "") // a package without imports is one too
		for _, i := range file.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			visit(pkg, imported)
		}
		return nil
	})
	require.NoError(t, err)
}
