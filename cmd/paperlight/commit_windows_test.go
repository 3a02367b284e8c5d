package main

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"
)

// heldOpen opens a file as a spreadsheet does: others may read it, and no more.
func heldOpen(t *testing.T, path string) (closeIt func()) {
	t.Helper()
	name, err := windows.UTF16PtrFromString(path)
	require.NoError(t, err)
	h, err := windows.CreateFile(name, windows.GENERIC_READ, windows.FILE_SHARE_READ, nil, windows.OPEN_EXISTING, 0, 0)
	require.NoError(t, err)
	open := true
	closeIt = func() {
		if open {
			open = false
			require.NoError(t, windows.CloseHandle(h))
		}
	}
	t.Cleanup(closeIt)
	return closeIt
}

// A report or worklist that is open elsewhere stops the run before it begins, and no
// file is replaced; once it is closed, the same command does it.
func TestAnOutputThatIsOpenElsewhereIsNamed(t *testing.T) {
	folder, _ := made(t, "--patients", "60")
	dir := t.TempDir()
	check := func() ran {
		return paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never", "--format", "html="+filepath.Join(dir, "r.html"), "--worklist", filepath.Join(dir, "lists"))
	}
	require.Zero(t, check().code)
	before := tree(t, dir)
	for _, name := range []string{"r.html", "lists/" + worklistBookName} {
		closeIt := heldOpen(t, filepath.Join(dir, filepath.FromSlash(name)))
		r := check()
		require.Equal(t, exitOutput, r.code, r.err)
		require.Contains(t, r.err, "it is open in another program")
		require.Contains(t, r.err, "hint: close it there, and run again")
		require.Equal(t, before, tree(t, dir))
		closeIt()
		require.Zero(t, check().code)
		require.Equal(t, before, tree(t, dir), "equal inputs give equal outputs")
	}
}

// The same where it is opened while the run lasts.
func TestAnOutputThatIsOpenedMeanwhileLeavesAllAsItWas(t *testing.T) {
	for _, name := range []string{"one", "two", "b/three", "lists/list", "lists/old/list"} {
		dir := t.TempDir()
		require.NoError(t, prepared(t, dir, "old", false).commit(context.Background()))
		before := tree(t, dir)
		w := prepared(t, dir, "new", true)
		closeIt := heldOpen(t, filepath.Join(dir, filepath.FromSlash(name)))
		err := w.commit(context.Background())
		code, hint := classify(err)
		require.Equal(t, exitOutput, code, name)
		require.ErrorContains(t, err, "it is open in another program", name)
		require.Contains(t, hint, "close it there, and run again", name)
		w.abandon()
		require.Equal(t, before, tree(t, dir), name)
		left, err := filepath.Glob(filepath.Join(dir, stagePrefix+"*"))
		require.NoError(t, err)
		require.Empty(t, left, name)
		closeIt()
	}
}
