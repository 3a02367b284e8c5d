package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

const pressReturn = "Press Return to close this window."

// windowed is a run in a window of its own, in which Return is pressed when it waits.
func windowed(t *testing.T, args []string, run func(c *console, args []string) int) (r ran, waited bool) {
	t.Helper()
	var out, said bytes.Buffer
	keys := strings.NewReader("\r\nnot read")
	c := &console{in: keys, out: &out, err: &said, width: 80}
	code := inWindow(args, c, exists, func(args []string) int { return run(c, args) })
	waited = keys.Len() < len("\r\nnot read")
	require.Equal(t, waited, strings.HasSuffix(said.String(), pressReturn), said.String())
	return ran{code, out.String(), said.String()}, waited
}

// Who opens the program with the mouse gets the page; who types a command, or has a
// schedule do it, gets what was asked for, and no window that waits for Return.
func TestWhichWindowsAreOurs(t *testing.T) {
	folder := t.TempDir()
	for _, test := range []struct {
		name              string
		args              []string
		alone, byExplorer bool
		ours              bool
		asked             []string
	}{
		{"double-click", nil, true, true, true, []string{"serve", "--"}},
		{"opened from the browser's list of downloads", nil, true, false, true, []string{"serve", "--"}},
		{"a folder dropped on it", []string{folder}, true, true, true, []string{"serve", "--", folder}},
		{"two dropped in another file manager", []string{folder, os.TempDir()}, true, false, true, []string{"serve", "--", folder, os.TempDir()}},
		{"a shortcut with arguments", []string{"check", folder}, true, true, true, []string{"check", folder}},
		{"a task of a schedule", []string{"check", folder}, true, false, false, nil},
		{"a path that is not there", []string{filepath.Join(folder, "gone")}, true, false, false, nil},
		{"typed in a terminal", nil, false, false, false, nil},
		{"a path typed in a terminal", []string{folder}, false, false, false, nil},
	} {
		require.Equal(t, test.ours, ownWindow(test.args, test.alone, test.byExplorer, exists), test.name)
		if test.ours {
			require.Equal(t, test.asked, windowArgs(test.args, exists), test.name)
		}
	}
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

// A window stays for what is to be read, and goes where nothing is.
func TestAWindowStaysWhereSomethingIsToBeRead(t *testing.T) {
	folder := t.TempDir()
	for _, test := range []struct {
		args  []string
		code  int
		waits bool
	}{
		{nil, exitMet, false},
		{[]string{folder}, exitMet, false},
		{nil, exitInterrupted, false},
		{nil, exitTerminated, false},
		{nil, exitUsage, true},
		{[]string{folder}, exitOutput, true},
		{[]string{"check", folder}, exitMet, true},
		{[]string{"check", folder}, exitNotMet, true},
		{[]string{"check", folder}, exitInterrupted, false},
	} {
		r, waited := windowed(t, test.args, func(*console, []string) int { return test.code })
		require.Equal(t, test.code, r.code)
		require.Equal(t, test.waits, waited, "%v ends with %d", test.args, test.code)
	}
}

// The page is really opened; the window says what to do, in what a window of 80 columns
// and a reader of twelve can take.
func TestTheWindowSaysWhatToDo(t *testing.T) {
	folder := t.TempDir()
	for _, test := range []struct {
		name  string
		paths []string
	}{{"a double-click", nil}, {"a folder dropped", []string{folder}}} {
		said := served(t, append([]string{"serve", "--no-browser", "--no-history", "--"}, test.paths...), true)
		require.Contains(t, said, "open in your web browser", test.name)
		require.Contains(t, said, "Close it to stop paperlight.")
		require.Equal(t, len(test.paths) > 0, strings.Contains(said, droppedText), test.name)
		require.NotContains(t, said, "Ctrl-C")
		require.LessOrEqual(t, fixture.NewReader().Grade(regexp.MustCompile(`http\S*`).ReplaceAllString(said, "")), 7.0)
		for line := range strings.Lines(said) {
			require.LessOrEqual(t, len(strings.TrimRight(line, "\n")), 80, "a window has 80 columns")
		}
	}
	require.Contains(t, served(t, []string{"serve", "--no-browser", "--no-history"}, false), "Press Ctrl-C here to stop it.")
}

// served runs serve until it said where its page is, and returns what it said.
func served(t *testing.T, args []string, ownWindow bool) string {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	said := &awaiting{words: "/?token=", met: stop}
	c := &console{in: strings.NewReader(""), out: &bytes.Buffer{}, err: said, width: 80, ownWindow: ownWindow}
	require.Zero(t, run(ctx, args, c), said.text.String())
	return said.text.String()
}

// awaiting calls met when words were written.
type awaiting struct {
	text  bytes.Buffer
	words string
	met   func()
}

func (w *awaiting) Write(p []byte) (int, error) {
	n, err := w.text.Write(p)
	if strings.Contains(w.text.String(), w.words) {
		w.met()
	}
	return n, err
}

func TestAPathInPlaceOfACommandIsToBeChecked(t *testing.T) {
	folder, _ := made(t, "--patients", "60")
	r := paperlight(t, folder)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "made is a file or folder, and no command\nhint: to check it, write check in front")
	require.NotContains(t, r.err, filepath.Dir(folder))
}
