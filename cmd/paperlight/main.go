// Paperlight reads practice record extracts and answers whether the practice
// is ready for Data Quality and Paper Light accreditation.
package main

import (
	"context"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/visible"
)

func main() {
	cobra.MousetrapHelpText = "" // it would send people who double-click away
	caught := catchSignals()
	c := terminal()
	ctx := caught.until(c)
	var code int
	alone, byExplorer := startedByHand()
	if c.inTerminal && ownWindow(os.Args[1:], alone, byExplorer, exists) {
		code = inWindow(os.Args[1:], c, exists, func(args []string) int { return caught.last(c, start(ctx, args, c)) })
	} else {
		code = caught.last(c, start(ctx, os.Args[1:], c))
	}
	if c.tell != nil {
		c.tell(code)
	}
	os.Exit(code)
}

// start runs args: in a worker where they read what a user named.
func start(ctx context.Context, args []string, c *console) int {
	if len(args) > 0 && args[0] == workerVerb {
		return work(ctx, args[1:], c)
	}
	was := debug.SetGCPercent(allowance(0)) // what waits for a worker is not worth a collection
	asked := requestOf(args)
	if !asked.reads {
		debug.SetGCPercent(was)
	}
	switch {
	case asked.reads && asked.unsupervised:
		saveMemory(asked.memory)
	case asked.reads:
		return supervise(ctx, args, c, asked.memory)
	}
	return run(ctx, args, c)
}

// A console is the outside world as the verbs see it: streams, and what is
// known of the terminal. Nothing below reads the environment itself.
type console struct {
	in       io.Reader
	out, err io.Writer
	// line is err for what steers the terminal: a line that is written again.
	line io.Writer
	// outTerminal and errTerminal say whether a person watches the stream, inTerminal
	// whether one can answer; width is the terminal's width in columns.
	outTerminal, errTerminal, inTerminal bool

	width    int
	noColour bool
	// ownWindow is set where the terminal is a window that closes with the program.
	ownWindow bool
	disk      disk
	// stopped is the exit code of the signal that ended the context, or 0.
	stopped atomic.Int32
	// moved counts steps of long work, for the supervisor to see.
	moved atomic.Int64
	// tell is set in a worker: it tells the supervisor how the work ended.
	tell func(code int)
}

func terminal() *console {
	c := &console{in: os.Stdin, out: os.Stdout, err: os.Stderr, width: 80}
	c.outTerminal = term.IsTerminal(int(os.Stdout.Fd()))
	c.errTerminal = term.IsTerminal(int(os.Stderr.Fd()))
	c.inTerminal = term.IsTerminal(int(os.Stdin.Fd()))
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w > 0 {
		c.width = w
	}
	c.noColour = os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || c.outTerminal && !knowsEscapes(os.Stdout)
	return c
}

// run is the whole program as a function: it returns the exit code.
func run(ctx context.Context, args []string, c *console) int {
	working, stop := context.WithCancel(ctx)
	defer stop()
	out := &standardOutput{w: c.out, closed: stop}
	c.out, c.line = out, c.err
	c.err = visible.Writer{To: c.err} // messages name what others called so
	root := newRoot(c)
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		offer(root)
	}
	root.SetArgs(args)
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	err := execute(working, root)
	if err != nil && strings.HasPrefix(err.Error(), "unknown command") {
		err = unknownCommand(args, err)
	}
	return exitCode(ctx, c, out.outcome(err))
}

// execute runs the verb. A panic is a fault of the program, with an exit code
// that says so, and without the values and folders that Go prints.
func execute(ctx context.Context, root *cobra.Command) (err error) {
	defer crash.Catch(&err, "the work")
	return root.ExecuteContext(ctx)
}
