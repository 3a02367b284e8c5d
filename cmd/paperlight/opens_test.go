package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// opening are the calls by which an extract is opened, or looked for, by package.
var opening = map[string][]string{"source": {"Open", "OpenPlaces", "List"}, "mapping": {"Open", "OpenFound", "Discover"},
	"analyzer": {"Open", "OpenFound", "Find", "Examine", "ExamineFound", "Survey", "Judge"}}

// asking are the ways to the options: judging and find ask readFlags.mapping, which the
// test sees too.
var asking = []string{"mapping", "judging"}

// What opens an extract asks readFlags how, and those refuse a verb that is not
// known to: it would run without a worker.
func TestOnlyReadFlagsOpenExtracts(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, d := range tree.Decls {
			opens, asks := false, false
			ast.Inspect(d, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				x, _ := s.X.(*ast.Ident)
				opens = opens || x != nil && slices.Contains(opening[x.Name], s.Sel.Name)
				asks = asks || slices.Contains(asking, s.Sel.Name) || x != nil && x.Name == "mapping" && s.Sel.Name == "Options"
				return true
			})
			f, _ := d.(*ast.FuncDecl)
			if opens || f != nil && f.Name.Name == "judging" {
				found++
				require.True(t, asks, "%s opens an extract: take the options from readFlags.mapping", file)
			}
		}
	}
	require.Equal(t, 9, found, "the calls are seen")
	_, err = new(readFlags).mapping(&console{}, false)
	require.ErrorContains(t, err, "did not say so")
}

// A verb that takes an extract runs in a worker, and no other does.
func TestVerbsThatTakeAnExtractRunInAWorker(t *testing.T) {
	takes := map[string]bool{}
	walkVerbs(newRoot(&console{}), func(cmd *cobra.Command) {
		if verb := verbOf(cmd); verb != nil && (strings.Contains(cmd.Use, "EXTRACT") || verb.Name() == "shard") { // whose plan names extracts
			takes[verb.Name()] = true
			require.NotNil(t, cmd.Flag(unsupervised), cmd.CommandPath())
			require.True(t, requestOf(append(strings.Fields(cmd.CommandPath())[1:], "x")).reads, cmd.CommandPath())
		}
	})
	require.Len(t, takes, 12)
	for _, verb := range newRoot(&console{}).Commands() {
		require.Equal(t, takes[verb.Name()], readsExtract(verb), verb.Name())
	}
}
