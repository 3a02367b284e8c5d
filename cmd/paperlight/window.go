package main

import (
	"bufio"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Where Explorer starts the program, by a double-click, a shortcut or something
// dropped on it, the system opens a window that closes with the program. So it
// waits there until what it said has been read.

const windowText = `This is paperlight. It reads a copy of your practice's records. It says if the
practice is ready for accreditation, and what to put right first. Nothing
leaves this computer.

With the mouse:
  1. Close this window.
  2. Drag the folder or the zip file with the records onto the file paperlight,
     and let go.
  3. Wait. The answer comes in a window like this one. A page to read or print
     is written beside the folder.

With the keyboard: press the Windows key, type cmd and press Return. Then type:
  cd                            with a space, and the folder where paperlight is
  paperlight check EXTRACT --format html=report.html
In place of EXTRACT, drag the folder with the records into that window. To see
all that paperlight can do, type: paperlight --help
`

// inWindow runs args as Explorer gave them, says where the page is, and waits.
func inWindow(args []string, c *console, there func(path string) bool, run func(args []string) int) int {
	code, page := exitMet, ""
	switch {
	case len(args) == 0:
		fmt.Fprint(c.err, windowText)
	case dropped(args, there):
		args, page = checkDropped(args, there)
		code = run(args)
	default:
		code = run(args)
	}
	if page != "" && (code == exitMet || code == exitNotMet || code == exitNotJudged) {
		fmt.Fprintf(c.err, "\nThe same as a page, to read or print, is in the file %s. It is beside what you dropped.\n", filepath.Base(page))
	}
	fmt.Fprint(c.err, "\nPress Return to close this window.")
	_, _ = bufio.NewReader(c.in).ReadString('\n')
	return code
}

// dropped reports whether args are what Explorer gives of files and folders that were
// dropped: their full paths.
func dropped(args []string, there func(string) bool) bool {
	return len(args) > 0 && !slices.ContainsFunc(args, func(arg string) bool { return !filepath.IsAbs(arg) || !there(arg) })
}

// checkDropped are the arguments that check what was dropped, and the page that they
// write beside it, under a name that nothing has: nobody chose to replace a file.
func checkDropped(paths []string, there func(string) bool) (args []string, page string) {
	args = append([]string{"check"}, paths...)
	home := filepath.Dir(paths[0])
	if home == filepath.Clean(paths[0]) {
		return args, "" // a drive has nothing beside it
	}
	name := filepath.Base(paths[0])
	if len(paths) > 1 {
		name = "extract"
	} else if ext := filepath.Ext(name); strings.EqualFold(ext, ".zip") {
		name = strings.TrimSuffix(name, ext)
	}
	page = filepath.Join(home, name+" readiness.html")
	for i := 2; there(page); i++ {
		page = filepath.Join(home, fmt.Sprintf("%s readiness (%d).html", name, i))
	}
	return append(args, "--format", "text", "--format", "html="+page), page
}
