package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// recoversOtherwise are goroutines that do not begin with crash.Catch, and why
// no panic in them ends the process.
var recoversOtherwise = map[string]string{
	"analyzer/crash/group.go g.running": "this is the group that catches",
	"analyzer/source/digest.go d.run":   "what touches bytes is write, which catches; who reads waits for the rest",
	"analyzer/source/ahead.go a.run":    "what touches bytes is fillBuffer and readCaught, which catch; who reads is given their error",
}

// A panic that nobody recovers from in its own goroutine ends the process with
// the exit code of Go and with values in the trace. So each goroutine that is
// started below cmd catches, or is one of a crash.Group.
func TestGoroutinesCatchTheirPanics(t *testing.T) {
	root, seen, used := filepath.Join("..", ".."), 0, map[string]bool{}
	for _, folder := range []string{"analyzer", "rules"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, folder), func(name string, e fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			tree, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			require.NoError(t, err)
			groups := crashGroups(tree)
			inside, err := filepath.Rel(root, name)
			require.NoError(t, err)
			ast.Inspect(tree, func(n ast.Node) bool {
				what, body := started(n)
				if what == "" {
					return true
				}
				seen++
				at := filepath.ToSlash(inside) + " " + what
				if _, listed := recoversOtherwise[at]; listed {
					used[at] = true
				} else if !groups[what] && !catches(body) {
					t.Errorf("%s starts a goroutine that does not begin with crash.Catch", at)
				}
				return true
			})
			return nil
		}))
	}
	require.Greater(t, seen, 8, "goroutines are seen")
	for at := range recoversOtherwise {
		require.True(t, used[at], "%s: no such goroutine", at)
	}
}

// started says what starts a goroutine at n, by the group or the function
// called, and what it runs where that is written there. It is empty where n
// starts none.
func started(n ast.Node) (what string, body *ast.BlockStmt) {
	switch n := n.(type) {
	case *ast.GoStmt:
		if f, ok := n.Call.Fun.(*ast.FuncLit); ok {
			return "go", f.Body
		}
		return spelt(n.Call.Fun), nil
	case *ast.CallExpr:
		s, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || s.Sel.Name != "Go" {
			return "", nil
		}
		if f, ok := n.Args[0].(*ast.FuncLit); ok {
			body = f.Body
		}
		return spelt(s.X), body
	}
	return "", nil
}

func spelt(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return spelt(e.X) + "." + e.Sel.Name
	}
	return "a call"
}

// crashGroups are the variables that a file declares as crash.Group.
func crashGroups(tree *ast.File) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(tree, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && v.Type != nil && spelt(v.Type) == "crash.Group" {
			for _, name := range v.Names {
				out[name.Name] = true
			}
		}
		return true
	})
	return out
}

// catches reports whether a body defers crash.Catch before it does anything but
// defer.
func catches(body *ast.BlockStmt) bool {
	if body == nil {
		return false
	}
	for _, s := range body.List {
		d, ok := s.(*ast.DeferStmt)
		if !ok {
			return false
		}
		if spelt(d.Call.Fun) == "crash.Catch" {
			return true
		}
	}
	return false
}
