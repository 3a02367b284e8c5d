package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The compiler holds that renderers take what was released and that nothing is
// added to it. Who may release is held here: the restriction to a level, and as
// the last thing that it does.
func TestOnlyTheRestrictionReleases(t *testing.T) {
	var releasing []string
	eachSource(t, func(name string, tree *ast.File) {
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if of, ok := call.Fun.(*ast.SelectorExpr); ok && of.Sel.Name == "Release" && named(of.X, "report") {
				releasing = append(releasing, name)
			}
			return true
		})
		if name == "analyzer/score/score.go" {
			requireRestrictedLast(t, tree)
		}
	})
	require.Equal(t, []string{"analyzer/score/score.go"}, releasing)
}

// requireRestrictedLast holds that Release scores, restricts and seals, with
// nothing between.
func requireRestrictedLast(t *testing.T, tree *ast.File) {
	t.Helper()
	at := slices.IndexFunc(tree.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && f.Recv == nil && f.Name.Name == "Release"
	})
	require.GreaterOrEqual(t, at, 0)
	body := tree.Decls[at].(*ast.FuncDecl).Body.List
	require.GreaterOrEqual(t, len(body), 2)
	restricts, ok := body[len(body)-2].(*ast.ExprStmt)
	require.True(t, ok)
	called, ok := restricts.X.(*ast.CallExpr).Fun.(*ast.SelectorExpr)
	require.True(t, ok && called.Sel.Name == "restrict")
	_, ok = body[len(body)-1].(*ast.ReturnStmt)
	require.True(t, ok)
}

// A renderer that took a report as it was scored could be given one of any
// level.
func TestRenderersTakeWhatWasReleased(t *testing.T) {
	found := 0
	eachSource(t, func(name string, tree *ast.File) {
		if filepath.Dir(name) != filepath.Join("analyzer", "report") {
			return
		}
		for _, d := range tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Write") {
				continue
			}
			found++
			require.True(t, named(f.Type.Params.List[1].Type, "Released"), "%s: %s takes no Released", name, f.Name.Name)
		}
	})
	require.Equal(t, len(renderers), found)
}

func named(e ast.Expr, name string) bool {
	is, ok := e.(*ast.Ident)
	return ok && is.Name == name
}

// eachSource gives every file of ours that is no test.
func eachSource(t *testing.T, visit func(name string, tree *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	for _, folder := range []string{"analyzer", "cmd", "rules", "internal", "release"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, folder), func(name string, e fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			tree, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			require.NoError(t, err)
			inside, err := filepath.Rel(root, name)
			require.NoError(t, err)
			visit(filepath.ToSlash(inside), tree)
			return nil
		}))
	}
}
