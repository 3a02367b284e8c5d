// Paperlight reads practice record extracts and answers whether the practice
// is ready for Data Quality and Paper Light accreditation.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"

	"golang.org/x/term"
)

func main() {
	c := terminal()
	ctx, stop := untilSignalled(c)
	defer stop()
	os.Exit(start(ctx, os.Args[1:], c))
}

// start runs args: in a worker where they read an extract.
func start(ctx context.Context, args []string, c *console) int {
	switch {
	case len(args) > 0 && args[0] == workerVerb:
		return work(ctx, args[1:], c)
	case len(args) > 0 && reading[args[0]]:
		return supervise(ctx, args, c)
	}
	return run(ctx, args, c)
}

// untilSignalled returns a context that the first SIGINT or SIGTERM ends.
func untilSignalled(c *console) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if (<-signals) == syscall.SIGTERM {
			c.terminated.Store(true)
		}
		cancel()
	}()
	return ctx, cancel
}

// A console is the outside world as the verbs see it: streams, and what is
// known of the terminal. Nothing below reads the environment itself.
type console struct {
	in       io.Reader
	out, err io.Writer
	// outTerminal and errTerminal say whether a person watches the stream;
	// width is the terminal's width in columns.
	outTerminal, errTerminal bool
	width                    int
	noColour                 bool
	// terminated says that SIGTERM, and not SIGINT, ended the context.
	terminated atomic.Bool
	// moved counts steps of long work, for the supervisor to see.
	moved atomic.Int64
}

func terminal() *console {
	c := &console{in: os.Stdin, out: os.Stdout, err: os.Stderr, width: 80}
	c.outTerminal = term.IsTerminal(int(os.Stdout.Fd()))
	c.errTerminal = term.IsTerminal(int(os.Stderr.Fd()))
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w > 0 {
		c.width = w
	}
	c.noColour = os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb"
	return c
}

// run is the whole program as a function: it returns the exit code.
func run(ctx context.Context, args []string, c *console) int {
	root := newRoot(c)
	root.SetArgs(args)
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	err := root.ExecuteContext(ctx)
	if err != nil && strings.HasPrefix(err.Error(), "unknown command") {
		err = fail(exitUsage, err, "paperlight --help lists the commands")
	}
	return exitCode(ctx, c, err)
}
