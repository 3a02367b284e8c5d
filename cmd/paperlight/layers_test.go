package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// layers reads from the table of ARCHITECTURE.md which packages of ours each
// package may import, outside tests.
func layers(t *testing.T) map[string][]string {
	text, err := os.ReadFile(filepath.Join("..", "..", "ARCHITECTURE.md"))
	require.NoError(t, err)
	byName, rows := map[string]string{}, map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z/]+)` \\|.*\\| ([^|]*) \\|$").FindAllStringSubmatch(string(text), -1) {
		require.NotContains(t, byName, path.Base(row[1]), "the table names packages by the last part of their path")
		byName[path.Base(row[1])], rows[row[1]] = row[1], row[2]
	}
	out := map[string][]string{}
	for pkg, imports := range rows {
		out[pkg] = []string{}
		if imports == "nothing" || imports == "anything" {
			continue
		}
		for name := range strings.SplitSeq(imports, ", ") {
			require.Contains(t, byName, name, "ARCHITECTURE.md, the row of %s", pkg)
			out[pkg] = append(out[pkg], byName[name])
		}
	}
	require.Greater(t, len(out), 20)
	return out
}

func TestImportsPointOneWay(t *testing.T) {
	seen, layers := map[string]bool{"cmd/paperlight": true}, layers(t)
	for pkg, imports := range importsOfOurs(t) {
		seen[pkg] = true
		if strings.HasPrefix(pkg, "cmd/") || strings.HasPrefix(pkg, "benchmarks") || pkg == "browsertests" {
			continue
		}
		allowed, known := layers[pkg]
		require.True(t, known, "package %s is not in the table of ARCHITECTURE.md", pkg)
		for _, i := range imports {
			require.Contains(t, allowed, i, "%s must not import %s", pkg, i)
		}
		for _, i := range allowed {
			require.Contains(t, imports, i, "%s may import %s and does not: take the arrow out", pkg, i)
		}
	}
	for pkg := range layers {
		require.True(t, seen[pkg], "the table of ARCHITECTURE.md names %s, which is not there", pkg)
	}
}

// Arrow holds columns in memory between reading and evaluating; nothing else
// sees it. Its own readers and kernels are not used anywhere.
func TestArrowStaysWhereItIsNeeded(t *testing.T) {
	const arrow = "github.com/apache/arrow/go/v17/"
	may := []string{"analyzer/extract", "analyzer/source", "analyzer/mapping", "analyzer/canonical"}
	eachImport(t, func(pkg, imported string) {
		if !strings.HasPrefix(imported, arrow) || strings.HasPrefix(pkg, "benchmarks") || pkg == "browsertests" {
			return
		}
		require.Contains(t, may, pkg, "%s imports %s", pkg, imported)
		for _, out := range []string{"arrow/csv", "arrow/compute", "parquet"} {
			require.False(t, strings.HasPrefix(imported, arrow+out), "%s imports %s", pkg, imported)
		}
	})
}

// Nothing leaves this computer: only the local page opens a socket, and the verb that
// it listens for.
func TestOnlyThePageHasANetwork(t *testing.T) {
	harmless := []string{"net/url", "net/netip", "net/mail", "net/textproto"} // they read text
	seen := map[string]bool{}
	eachImportOfAFile(t, func(file, imported string) {
		if imported != "net" && !strings.HasPrefix(imported, "net/") && !strings.HasPrefix(imported, "golang.org/x/net") || slices.Contains(harmless, imported) {
			return
		}
		if strings.HasPrefix(file, "analyzer/web/") {
			file = "analyzer/web"
		}
		seen[file] = true
	})
	require.Equal(t, map[string]bool{"analyzer/web": true, "cmd/paperlight/serve.go": true}, seen)
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

// eachImport visits every import of every package, tests left out.
func eachImport(t *testing.T, visit func(pkg, imported string)) {
	eachImportOfAFile(t, func(file, imported string) { visit(path.Dir(file), imported) })
}

// eachImportOfAFile visits every import of every Go file that is not a test, and each
// file once without: one that imports nothing is there too.
func eachImportOfAFile(t *testing.T, visit func(file, imported string)) {
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
		below = filepath.ToSlash(below)
		visit(below, "")
		for _, i := range file.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			visit(below, imported)
		}
		return nil
	})
	require.NoError(t, err)
}

// ARCHITECTURE.md says where things are; a path or a name of Go that it has in
// backquotes must be there.
func TestArchitectureNamesWhatExists(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	require.NoError(t, err)
	paths := regexp.MustCompile("`([\\w./*-]+(?:\\.go|\\.s|/))`").FindAllStringSubmatch(string(text), -1)
	require.Greater(t, len(paths), 10, "no paths were found")
	for _, path := range paths {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(path[1])))
		require.NoError(t, err)
		require.NotEmpty(t, found, "ARCHITECTURE.md names %s, which is not there", path[1])
	}
	names := regexp.MustCompile("`([a-z]+)\\.([A-Z]\\w*)`").FindAllStringSubmatch(string(text), -1)
	require.Greater(t, len(names), 3, "no names were found")
	for _, name := range names {
		declared := regexp.MustCompile(`(?m)^(type|func|var|const|\t)\s*` + name[2] + `\b`)
		var files []string
		for _, at := range []string{"analyzer/%s/*.go", "analyzer/internal/%s/*.go", "%s/*.go"} {
			found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(strings.ReplaceAll(at, "%s", name[1]))))
			require.NoError(t, err)
			files = append(files, found...)
		}
		require.True(t, slices.ContainsFunc(files, func(file string) bool {
			source, err := os.ReadFile(file)
			return err == nil && declared.Match(source)
		}), "ARCHITECTURE.md names %s.%s, which is not there", name[1], name[2])
	}
}
