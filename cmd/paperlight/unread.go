package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// unreadOrder are the exit codes of extracts that could not be read, worst first. Each
// is worse than that of a gate.
var unreadOrder = []int{exitInternal, exitLimit, exitPrivacy, exitInput}

// worstOf is the exit code of extracts that could not be read.
func worstOf(all []report.NotRead) int {
	for _, code := range unreadOrder {
		if slices.ContainsFunc(all, func(n report.NotRead) bool { return n.ExitCode == code }) {
			return code
		}
	}
	return exitInternal
}

// sayNotRead says why one of several extracts could not be read.
func (c *console) sayNotRead(name string, err error) report.NotRead {
	code, hint := classify(err)
	says := visible.Text(err.Error())
	// A file that is the extract names itself, perhaps without the folders above it.
	of := visible.Line(name)
	if file, rest, _ := strings.Cut(says, ": "); strings.HasSuffix("/"+filepath.ToSlash(of), "/"+filepath.ToSlash(file)) {
		says = rest
	}
	says = of + ": " + says
	c.say(code, says, visible.Text(hint))
	return report.NotRead{Name: name, ExitCode: code, Says: err.Error(), Hint: hint}
}

// notAllRead is how a run over several extracts ends: with err where all were read.
func notAllRead(err error, of int, notRead []report.NotRead) error {
	switch n := len(notRead); {
	case n == 0:
		return err
	case n == of:
		return fail(worstOf(notRead), fmt.Errorf("none of the %d extracts could be read", of), "")
	default:
		return fail(worstOf(notRead), fmt.Errorf("%d of %s could not be read", n, figures.Plural(int64(of), "extract", "extracts")), "what is said is of the others")
	}
}
