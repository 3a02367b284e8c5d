package main

import (
	"fmt"
	"regexp"
	"strings"
	"syscall"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/visible"
)

// An ending is how a worker ended.
type ending struct {
	mark        int            // the code that it said it ends with, or noMark
	exit        int            // its exit code, or -1 where a signal ended it
	signal      syscall.Signal // that signal, or 0
	words       string         // what the Go runtime said of a crash
	stalled     bool           // it was stopped for showing no sign of life
	outOfMemory bool           // the system killed a process for want of memory
	atLimit     bool           // it used nearly all the memory allowed
}

// complete reports whether the worker came to its own end. No exit code counts
// but the one that it said beforehand.
func (e *ending) complete() bool { return e.mark != noMark && e.mark == e.exit }

// controlC is what Windows ends a process with that does not handle Ctrl-C.
const controlC = 0xC000013A

// asked is the exit code where a signal asked the worker to stop, else 0.
func (e *ending) asked() int {
	switch {
	case e.complete():
		if e.mark == exitInterrupted || e.mark == exitTerminated {
			return e.mark
		}
	case e.words != "":
	case e.signal == syscall.SIGINT || uint32(e.exit) == controlC:
		return exitInterrupted
	case e.signal == syscall.SIGTERM || e.signal == syscall.SIGHUP:
		return exitTerminated
	}
	return 0
}

const (
	noResult    = "there is no result"
	moreMemory  = "allow more with --memory, or export again: a damaged file can ask for any amount"
	moreThreads = "close other programs, give --jobs 1, or allow more processes (ulimit -u)"
	moreFiles   = "close other programs, or allow more open files (ulimit -n)"
	reportIt    = "please report this, with these lines, the version and the kind of extract, and no patient data"
)

// outcome is the exit code, and what is to be said where the worker did not
// say it. A verdict comes from a complete worker only.
func (e *ending) outcome() (code int, message, hint string) {
	switch {
	case e.stalled:
		return exitLimit, fmt.Sprintf("stopped: no progress for %.0f minutes", stallTimeout.Minutes()), "one of its files is damaged, or made to be slow; export again"
	case e.complete():
		return e.mark, "", ""
	case e.words != "":
		return wordsOutcome(e.words)
	case e.signal == syscall.SIGPIPE:
		return exitPipe, "", ""
	case e.signal == syscall.SIGKILL && e.outOfMemory:
		return exitLimit, "the system ended the reading for want of memory; " + noResult, "close other programs, or read on a computer with more memory"
	case e.signal == syscall.SIGKILL:
		code = exitInternal
		message = "the reading was killed (signal 9), perhaps by the system for want of memory, or by hand; " + noResult
		if e.atLimit {
			code = exitLimit
			message = "the reading was killed (signal 9) when it used nearly all the memory allowed; " + noResult
		}
		return code, message, "run it again; if it is killed again, close other programs or give --jobs 1"
	case e.signal != 0:
		return exitInternal, fmt.Sprintf("the reading was stopped by signal %d (%s); %s", int(e.signal), e.signal, noResult), "run it again"
	}
	return exitInternal, fmt.Sprintf("the reading was ended from outside (exit code %d) before it was done; %s", e.exit, noResult), "run it again"
}

// What the Go runtime says where the system refuses memory or a thread, on all
// systems. Where a thread could not be made, the number says whether it was for
// want of memory: ENOMEM, and three of Windows.
var (
	wordsOfMemory = []string{"out of memory", "cannot allocate", "failed to reserve", "cannot reserve", "failed to commit",
		"cannot map pages", "insufficient memory", "VirtualAlloc of"}
	wordsOfThreads = []string{"failed to create new OS thread", "pthread_create failed", "newosproc", "thread exhaustion", "-thread limit"}
	wordsOfFiles   = []string{"too many open files", "epollcreate failed", "kqueue failed", "netpollinit failed", "eventfd failed", "pipe failed"}
	errnoOfMemory  = []string{"errno=12)", "errno=8)", "errno=1450)", "errno=1455)"}
)

// nilInRuntime is the text of a crash of the runtime itself, on a stack of its own,
// near address 0: an allocation failed there and was not checked. Our own
// code ends with a panic, and a signal that somebody sent has no address.
var nilInRuntime = regexp.MustCompile(`^SIGSEGV: [^\n]*\nPC=[^\n]* sigcode=1 addr=0x[0-9a-f]{1,3}\n\s*goroutine 0 `)

// wordsOutcome is the outcome of a crash, by what the Go runtime said of it.
func wordsOutcome(words string) (code int, message, hint string) {
	has := func(any []string) bool {
		for _, w := range any {
			if strings.Contains(words, w) {
				return true
			}
		}
		return false
	}
	unchecked, frames := nilInRuntime.MatchString(words), crash.Frames(words)
	words, _, _ = strings.Cut(words, "\ngoroutine ") // which names functions
	first, _, _ := strings.Cut(words, "\n")
	switch {
	case has(wordsOfThreads) && !has(errnoOfMemory):
		return exitLimit, "the system gave no more threads; " + noResult, moreThreads
	case has(wordsOfMemory) || has(wordsOfThreads) || unchecked:
		return exitLimit, "the extract needs more memory than allowed", moreMemory
	case has(wordsOfFiles):
		return exitLimit, "too many files are open; " + noResult, moreFiles
	case strings.HasPrefix(first, "SIG"):
		name, what, _ := strings.Cut(first, ": ")
		return exitInternal, fmt.Sprintf("the reading was stopped by %s (%s); %s", visible.Text(name), visible.Text(what), noResult), "run it again"
	}
	message = "an internal error stopped the reading; " + noResult
	for _, f := range frames {
		message += "\n  at " + visible.Text(f.String())
	}
	return exitInternal, message, reportIt
}
