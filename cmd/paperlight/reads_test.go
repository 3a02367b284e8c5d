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
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// saysNoFile are the flags with a text that name nothing to read: values, and
// what is written.
var saysNoFile = strings.Fields("as-of at batch because before birth drop fail-on fault format handle ignore layout level like max-regression memory memory-of-a-check memory-of-a-reader on out outcome reason reports seed size patient per-patient practice progress select shape table to worklist " +
	"dir") // rules new writes there, and reads as its argument says

// argumentsOf is whether what the arguments of a command name is read. A new
// command states it here.
var argumentsOf = map[string]bool{
	"check": true, "inspect": true, "explain": true, "declare new": true, "bench": true, "convert": true, "anonymise": true, "compare": true, "rules test": true, "rules lint": true, "rules new": true, "plan": true, "shard": true, "merge": true, "area": true,
	"evidence": true, "verify": true, "sample": true, "sample read": true, "challenge handles": true, "challenge open": true, "challenge list": true, "challenge decide": true, "trend": false, "history list": true, "history erase": true,
	"generate": false, "mapping lint": true, "mapping show": false, "rules list": false, "rules show": false, "rules docs": false, "schema": false, "manual": false,
	"serve":  false, // a worker of its own reads it, for each check
	"assess": false, // workers of its own read it
}

// Whatever names a file of a user's has the command run in a worker: also with
// flags and commands that are still to come.
func TestWhatAUserNamesIsReadInAWorker(t *testing.T) {
	flags, commands := 0, 0
	walkVerbs(newRoot(&console{}), func(cmd *cobra.Command) {
		path := strings.Fields(cmd.CommandPath())[1:]
		if len(path) == 0 {
			return
		}
		always := requestOf(path).reads
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !slices.Contains([]string{"string", "stringSlice", "stringArray"}, f.Value.Type()) || slices.Contains(saysNoFile, f.Name) {
				return
			}
			if cmd.Name() == "serve" && f.Name == "history" { // a worker that reads nothing for two minutes is ended; a page waits for longer
				require.False(t, requestOf(append(path, "--"+f.Name, "x")).reads)
				return
			}
			if cmd.Name() == "assess" { // its workers read them
				require.True(t, marked(f), "assess --%s", f.Name)
				require.False(t, requestOf(append(path, "--"+f.Name, "x")).reads)
				return
			}
			flags++
			require.True(t, marked(f), "%s --%s names a file: mark it with reading, or say in saysNoFile that it does not", cmd.CommandPath(), f.Name)
			require.True(t, always || requestOf(append(path, "--"+f.Name, "x")).reads, "%s --%s", cmd.CommandPath(), f.Name)
			require.NotNil(t, cmd.Flag(unsupervised), cmd.CommandPath())
		})
		_, words, takes := strings.Cut(cmd.Use, " ")
		if !takes || words == "" {
			return
		}
		commands++
		reads, known := argumentsOf[strings.Join(path, " ")]
		require.True(t, known, "%s: say in argumentsOf whether what its arguments name is read", cmd.CommandPath())
		require.Equal(t, always || reads, requestOf(append(path, "x", "y")).reads, cmd.CommandPath())
		require.False(t, requestOf(append(path, "x", "--help")).reads, "help reads nothing")
	})
	require.Greater(t, flags, 20, "the flags are seen")
	require.Equal(t, len(argumentsOf), commands)
	require.False(t, requestOf([]string{"rules", "test"}).reads, "the embedded rules are ours")
	require.False(t, requestOf([]string{"rules", "list", "medication/*"}).reads)
}

// Files are opened in few places, each of which is reached by way of a mark, or
// reads what paperlight itself wrote.
func TestFilesAreOpenedInFewPlaces(t *testing.T) {
	places := map[string]string{
		"regular.go": "reads what a user named", "manifest.go": "its own manifest", "recover.go": "leftovers of its own", "stage.go": "its own stage", "disk.go": "what it writes", "commit.go": "what it writes",
		"target.go": "what stands where it will write", "generate.go": "what stands where it will write", "bound_linux.go": "what the system says of memory",
	}
	opens := map[string][]string{"os": {"Open", "OpenFile", "OpenInRoot", "OpenRoot", "ReadFile", "ReadDir", "DirFS"}, "ioutil": {"ReadFile", "ReadAll"}, "filepath": {"Walk", "WalkDir", "Glob"}}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, _ := s.X.(*ast.Ident); x != nil && slices.Contains(opens[x.Name], s.Sel.Name) {
					require.Contains(t, places, file, "%s.%s: read what a user names by readRegular or folderOf", x.Name, s.Sel.Name)
					seen[file] = true
				}
			}
			return true
		})
	}
	require.Len(t, seen, len(places), "%v", seen)
}
