package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

// The engine knows tables by pointer (schema.Patients): the compiler notices a
// misspelt one. A table's name in its text would be one that is compared.
func TestTheEngineNamesNoTableInText(t *testing.T) {
	engine := filepath.Join("..", "..", "analyzer")
	files := 0
	err := filepath.WalkDir(engine, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != engine && filepath.Dir(name) == engine && d.Name() != "internal" || d.Name() == "enginetest" {
				return filepath.SkipDir // enginetest makes tables for tests
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			return err
		}
		for _, at := range tableNames(file) {
			t.Errorf("%s: a table's name in text: compare the table with one of package schema", set.Position(at))
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, files, 50)
}

func TestTableNamesAreFound(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x
func f(t table) bool {
	switch t.Name {
	case "events", "other":
		return true
	}
	return t.Name == "patients" || t == lookup("practice") || t.Name == "nothing of ours"
}`, 0)
	require.NoError(t, err)
	require.Len(t, tableNames(file), 3)
}

// tableNames are the places of string literals that are the name of a table.
func tableNames(file *ast.File) []token.Pos {
	var out []token.Pos
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if text, err := strconv.Unquote(l.Value); err == nil && schema.Lookup(text) != nil {
				out = append(out, l.Pos())
			}
		}
		return true
	})
	return out
}
