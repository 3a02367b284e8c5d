package main

import (
	"bufio"
	"fmt"
	"path/filepath"
	"slices"
)

// Where the program is started from the desktop, by a double-click, a shortcut or
// something dropped on it, the system opens a window that closes with the program. So
// it opens its page there, and waits where a fault is to be read.

const windowText = `paperlight is open in your web browser. Go there to check your records.
%s
If no page came up, copy this address into the web browser. It works once:
  %s

Leave this window open while you work. Close it to stop paperlight.
Nothing leaves this computer.
`

const droppedText = "What you dropped is on that page, ready to check.\n"

// ownWindow reports whether the window closes with the program: whether it is the only
// program in it, and was started by hand. A task of a schedule has its window alone too,
// and has nobody to press Return.
func ownWindow(args []string, alone, byExplorer bool, there func(path string) bool) bool {
	return byExplorer || alone && (len(args) == 0 || dropped(args, there))
}

// windowArgs are the arguments that args stand for, as Explorer gives them: the page,
// with what was dropped. A shortcut says for itself what it runs.
func windowArgs(args []string, there func(path string) bool) []string {
	if len(args) == 0 || dropped(args, there) {
		return append([]string{"serve", "--"}, args...)
	}
	return args
}

// dropped reports whether args are what Explorer gives of files and folders that were
// dropped: their full paths.
func dropped(args []string, there func(string) bool) bool {
	return len(args) > 0 && !slices.ContainsFunc(args, func(arg string) bool { return !filepath.IsAbs(arg) || !there(arg) })
}

// inWindow runs args as Explorer gave them, and keeps open what is to be read: all but
// the end of a page, and what a user stopped.
func inWindow(args []string, c *console, there func(path string) bool, run func(args []string) int) int {
	c.ownWindow = true
	asked := windowArgs(args, there)
	code := run(asked)
	if asked[0] == "serve" && code == exitMet || code == exitInterrupted || code == exitTerminated {
		return code
	}
	fmt.Fprint(c.err, "\nPress Return to close this window.")
	_, _ = bufio.NewReader(c.in).ReadString('\n')
	return code
}

// pageIsAt says where the page of serve is, and how to stop it.
func (c *console) pageIsAt(address string, given bool) {
	switch {
	case !c.ownWindow:
		fmt.Fprintf(c.err, "The page is at %s\nIt can be opened by that address once. Press Ctrl-C here to stop it.\n", address)
	case given:
		fmt.Fprintf(c.err, windowText, droppedText, address)
	default:
		fmt.Fprintf(c.err, windowText, "", address)
	}
}
