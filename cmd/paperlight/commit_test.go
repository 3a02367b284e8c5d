package main

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// mechanism are the files that may change what is on disk; every verb writes
// through them.
var mechanism = []string{"disk.go", "stage.go", "recover.go", "commit.go"}

// changing are the functions and methods that do.
var changing = strings.Fields("Create CreateTemp WriteFile OpenFile Rename Remove RemoveAll Mkdir MkdirAll MkdirTemp Link Symlink Truncate Chmod Chown Chtimes CopyFS WriteDrafts")

func TestOnlyTheMechanismChangesFiles(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(changing, s.Sel.Name) {
				found++
				require.Contains(t, mechanism, file, "%s changes files: write through a target and begin, as the other verbs do", s.Sel.Name)
			}
			return true
		})
	}
	require.Greater(t, found, 10, "the mechanism itself is seen")
}

// What each verb writes, in the tests below. A new verb states it here.
var verbWrites = map[string]bool{
	"check": true, "inspect": true, "declare new": true, "generate": true, "bench": true, "rules new": true, "rules docs": true, "convert": true, "anonymise": true, "compare": true, "trend": true, "history erase": true, "plan": true, "shard": true, "merge": true, "area": true, "evidence": true, "verify": true,
	"sample": true, "sample read": true, "challenge handles": true, "challenge open": true, "challenge list": true, "challenge decide": true, "challenge": false,
	"assess":  true, // set after set: TestAssessGoesOnWhereverItStopped
	"history": false, "history list": false,
	"mapping": false, "mapping list": false, "mapping show": false, "mapping lint": false,
	"explain": false, "declare": false, "rules": false, "rules list": false, "rules show": false, "rules test": false, "rules lint": false,
	"schema": false, "version": false, "manual": false,
	"serve": false, // what is dropped on its page, and what comes of it, is in a folder that goes with it
}

func TestEveryVerbIsKnownToWriteOrNot(t *testing.T) {
	seen := map[string]bool{}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			name := strings.TrimPrefix(sub.CommandPath(), "paperlight ")
			_, known := verbWrites[name]
			require.True(t, known, "%s: say in verbWrites whether it writes; if it does, add it to TestNothingIsDestroyed", name)
			seen[name] = true
			walk(sub)
		}
	}
	walk(newRoot(&console{}))
	for name := range verbWrites {
		require.True(t, seen[name], "%s is no verb", name)
	}
}

// prepared makes ready to write three files and a folder, in two places, over
// what is there.
func prepared(t *testing.T, dir, content string, folderThere bool) *writing {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "b"), 0o700))
	var targets []*target
	for _, name := range []string{"one", "two", "b/three"} {
		target, err := fileTarget("--format", filepath.Join(dir, name))
		require.NoError(t, err)
		targets = append(targets, target)
	}
	lists, err := folderTarget("--worklist", filepath.Join(dir, "lists"))
	require.NoError(t, err)
	require.Equal(t, folderThere, lists.info != nil)
	w, err := begin(disk{}, nil, append(targets, lists)...)
	require.NoError(t, err)
	for _, target := range targets {
		require.NoError(t, w.write(target, "", text(content)))
	}
	require.NoError(t, w.write(lists, "list", text(content)))
	require.NoError(t, w.write(lists, content+"/list", text(content)))
	return w
}

// tree is every file of a folder with its text.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		if !e.IsDir() && e.Type().IsRegular() {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			below, err := filepath.Rel(dir, path)
			require.NoError(t, err)
			out[filepath.ToSlash(below)] = string(text)
		}
		return nil
	}))
	return out
}

func TestOutputsAreOneSetWhateverRenameFails(t *testing.T) {
	for _, first := range []bool{true, false} {
		for at := 1; ; at++ {
			dir := t.TempDir()
			if !first {
				require.NoError(t, prepared(t, dir, "old", false).commit(context.Background()))
			}
			before := tree(t, dir)
			w, n := prepared(t, dir, "new", !first), 0
			w.rename = func(from, to string) error {
				if n++; n == at {
					return errors.New("no")
				}
				return os.Rename(from, to)
			}
			err := w.commit(context.Background())
			w.abandon()
			if err == nil {
				require.Greater(t, at, 4)
				require.NotEqual(t, before, tree(t, dir))
				break
			}
			require.Equal(t, before, tree(t, dir), "at rename %d", at)
		}
	}
}

// A run that dies at any rename, and cannot put back: the next one beside it
// finishes, whatever it writes itself.
func TestTheNextRunFinishesWhatADeadOneBegan(t *testing.T) {
	whole := t.TempDir()
	for _, content := range []string{"old", "new"} {
		require.NoError(t, prepared(t, whole, content, content == "new").commit(context.Background()))
	}
	for at := 1; ; at++ {
		dir := t.TempDir()
		require.NoError(t, prepared(t, dir, "old", false).commit(context.Background()))
		w, n := prepared(t, dir, "new", true), 0
		w.rename = func(from, to string) error {
			if n++; n >= at {
				for _, s := range w.stages {
					s.unfinished = true // as a process that is no more
				}
				return errors.New("dead")
			}
			return os.Rename(from, to)
		}
		err := w.commit(context.Background())
		w.abandon()
		if err == nil {
			require.Greater(t, at, 6)
			return
		}
		for _, name := range []string{"other", "b/other", "lists/other"} {
			clearLeftovers(disk{}, filepath.Dir(filepath.Join(dir, name)))
		}
		require.Equal(t, tree(t, whole), tree(t, dir), "dead at rename %d", at)
	}
}

func TestWhatWasChangedAfterADeadRunIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	w := prepared(t, dir, "new", false)
	w.rename = func(string, string) error {
		for _, s := range w.stages {
			s.unfinished = true
		}
		return errors.New("dead")
	}
	require.Error(t, w.commit(context.Background()))
	w.abandon()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "two"), []byte("mine"), 0o600))
	clearLeftovers(disk{}, dir)
	require.Equal(t, "mine", tree(t, dir)["two"])
	require.Equal(t, "new", tree(t, dir)["one"])
	require.NotContains(t, strings.Join(names(t, dir), " "), stagePrefix)
}

func TestLeftoversOfDeadRunsGoAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	dead := prepared(t, dir, "dead", false)
	for _, s := range dead.stages {
		require.NoError(t, s.lock.Close())
	}
	alive, err := fileTarget("--format", filepath.Join(dir, "alive"))
	require.NoError(t, err)
	living, err := begin(disk{}, nil, alive)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, stagePrefix+"notes"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, stagePrefix+"notes", lockName), []byte("mine"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, stagePrefix+"x"), []byte("mine"), 0o600))

	again, err := fileTarget("--format", filepath.Join(dir, "alive"))
	require.NoError(t, err)
	_, err = begin(disk{}, nil, again)
	require.ErrorContains(t, err, "another run is writing it")
	require.Len(t, names(t, dir), 4, "the folder b, what is mine, and the stage of the living")
	require.NoError(t, living.write(alive, "", text("new")))
	require.NoError(t, living.commit(context.Background()))
	living.abandon()
	require.Equal(t, []string{stagePrefix + "notes", stagePrefix + "x", "alive", "b"}, names(t, dir))
}

func TestAFileOpenElsewhereIsTriedAgain(t *testing.T) {
	busy := errors.New("sharing violation")
	for _, times := range []int{3, 1e6} {
		dir := t.TempDir()
		require.NoError(t, prepared(t, dir, "old", false).commit(context.Background()))
		before := tree(t, dir)
		w, n := prepared(t, dir, "new", true), 0
		w.inUse = func(err error) bool { return errors.Is(err, busy) }
		w.rename = func(from, to string) error {
			if filepath.Base(to) == "two" && filepath.Base(filepath.Dir(from)) != dir && !strings.HasSuffix(from, ".old") {
				if n++; n <= times {
					return busy
				}
			}
			return os.Rename(from, to)
		}
		err := w.commit(context.Background())
		w.abandon()
		if times == 3 {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, "could not write two: it is open in another program")
		require.Equal(t, before, tree(t, dir))
	}
}

func TestNothingIsWrittenWhenInterrupted(t *testing.T) {
	dir := t.TempDir()
	w := prepared(t, dir, "new", false)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, w.commit(ctx), context.Canceled)
	w.abandon()
	require.Empty(t, tree(t, dir))
}

// What another puts into a folder while the run lasts stops it at the end.
func TestAFolderIsLookedAtAgain(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, prepared(t, dir, "old", false).commit(context.Background()))
	w := prepared(t, dir, "new", true)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "lists", "mine"), nil, 0o600))
	before := tree(t, dir)
	require.ErrorContains(t, w.commit(context.Background()), "holds mine")
	w.abandon()
	after := tree(t, dir)
	require.Equal(t, "old", after["one"])
	for name := range before {
		if !strings.Contains(name, stagePrefix) {
			require.Contains(t, after, name)
		}
	}
}
