package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// windowed is a run as Explorer starts it, with Return pressed at the end.
func windowed(t *testing.T, args ...string) ran {
	t.Helper()
	var out, said bytes.Buffer
	keys := strings.NewReader("\r\nnot read")
	c := &console{in: keys, out: &out, err: &said, width: 80}
	code := inWindow(args, c, exists, func(args []string) int {
		r := paperlight(t, args...)
		out.WriteString(r.out)
		said.WriteString(r.err)
		return r.code
	})
	require.True(t, strings.HasSuffix(said.String(), "Press Return to close this window."), said.String())
	require.Less(t, keys.Len(), len("\r\nnot read"), "it waited")
	return ran{code, out.String(), said.String()}
}

func TestADoubleClickSaysWhatToDo(t *testing.T) {
	r := windowed(t)
	require.Zero(t, r.code)
	require.Contains(t, r.err, "Drag the folder or the zip file")
	require.Contains(t, r.err, "paperlight check EXTRACT --format html=report.html")
	for line := range strings.Lines(r.err) {
		require.LessOrEqual(t, len(strings.TrimSpace(line)), 80, "a window has 80 columns")
	}
}

// What is dropped is checked, and the page lies beside it; no file is replaced.
func TestWhatIsDroppedIsCheckedAndThePageIsBesideIt(t *testing.T) {
	folder, _ := made(t, "--patients", "60")
	home := filepath.Dir(folder)
	for _, page := range []string{"made readiness.html", "made readiness (2).html"} {
		r := windowed(t, folder)
		require.Contains(t, []int{exitNotMet, exitNotJudged}, r.code, r.err)
		require.Contains(t, r.out, "What stops you")
		require.Contains(t, r.err, "is in the file "+page+".")
		require.FileExists(t, filepath.Join(home, page))
	}
	require.Len(t, names(t, home), 3)
	r := windowed(t, filepath.Join(folder, "truth.json"))
	require.Equal(t, exitInput, r.code)
	require.NotContains(t, r.err, "as a page")
	require.NoFileExists(t, filepath.Join(folder, "truth.json readiness.html"))
	r = windowed(t, "check", folder, "--allow-test-numbers", "--fail-on", "never")
	require.Zero(t, r.code, r.err)
	require.NotContains(t, r.err, "as a page", "a shortcut says for itself what is written")
}

func TestOnlyFullPathsOfWhatIsThereWereDropped(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("check", nil, 0o600))
	full, err := filepath.Abs("check")
	require.NoError(t, err)
	require.True(t, dropped([]string{full, full}, exists))
	for _, args := range [][]string{nil, {"check"}, {"check", full}, {full, "--quiet"}, {full, full + "2"}} {
		require.False(t, dropped(args, exists), args)
	}
}

func TestPagesOfWhatWasDropped(t *testing.T) {
	nothing := func(string) bool { return false }
	root := filepath.VolumeName(t.TempDir()) + string(filepath.Separator)
	for _, test := range []struct {
		paths []string
		page  string
	}{
		{[]string{root + "export.ZIP"}, root + "export readiness.html"},
		{[]string{filepath.Join(root, "out", "export 3.1")}, filepath.Join(root, "out", "export 3.1 readiness.html")},
		{[]string{filepath.Join(root, "out", "patients.csv"), filepath.Join(root, "out", "events.csv")}, filepath.Join(root, "out", "extract readiness.html")},
		{[]string{root}, ""},
	} {
		args, page := checkDropped(test.paths, nothing)
		require.Equal(t, test.page, page)
		require.Equal(t, append([]string{"check"}, test.paths...), args[:1+len(test.paths)])
		if page == "" {
			require.Len(t, args, 1+len(test.paths))
		} else {
			require.Equal(t, []string{"--format", "text", "--format", "html=" + page}, args[1+len(test.paths):])
		}
	}
}

func TestAPathInPlaceOfACommandIsToBeChecked(t *testing.T) {
	folder, _ := made(t, "--patients", "60")
	r := paperlight(t, folder)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "made is a file or folder, and no command\nhint: to check it, write check in front")
	require.NotContains(t, r.err, filepath.Dir(folder))
}
