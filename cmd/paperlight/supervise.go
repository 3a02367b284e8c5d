package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What a user names is untrusted, and some faults that a damaged file can cause
// end a Go process whatever it does to recover: running out of memory, running
// out of stack. So verbs that read it run in a second process, the worker: the
// same program, started with the verb's own arguments behind workerVerb. Two
// pipes join them (pipes.go): the worker shows signs of life and says at last
// how it ended, and the supervisor tells it to stop, or is gone.

// workerVerb is hidden: a supervisor starts it, people do not.
const workerVerb = "worker"

// unsupervised is the flag that does without a worker.
const unsupervised = "unsupervised"

// opensExtract marks a flag of every command that opens an extract.
const opensExtract = "opens an extract"

// readsExtract reports whether a verb, or a command of it, opens extracts.
func readsExtract(verb *cobra.Command) bool {
	if f := verb.Flags().Lookup("memory"); f != nil {
		if _, ok := f.Annotations[opensExtract]; ok {
			return true
		}
	}
	return slices.ContainsFunc(verb.Commands(), readsExtract)
}

// verbOf returns the verb that a command belongs to; nil for the program itself.
func verbOf(cmd *cobra.Command) *cobra.Command {
	if !cmd.HasParent() {
		return nil
	}
	for cmd.Parent().HasParent() {
		cmd = cmd.Parent()
	}
	return cmd
}

const (
	// defaultMemory bounds a worker where --memory does not.
	defaultMemory = 4 << 30
	// stallTimeout is how long a worker may go without a sign of life.
	stallTimeout = 2 * time.Minute
	// stopTimeout is how long it may take to stop when told to.
	stopTimeout = 5 * time.Second
)

// A request is what must be known of the arguments before a verb runs.
type request struct {
	reads, unsupervised bool
	memory              int64
}

// requestOf reads args as the verb itself will. What is wrong with them, or
// asks for help, needs no worker.
func requestOf(args []string) request {
	root := newRoot(&console{in: strings.NewReader(""), out: io.Discard, err: io.Discard, width: 80})
	cmd, rest, err := root.Find(args)
	if err != nil || cmd == root {
		return request{}
	}
	cmd.InitDefaultHelpFlag()
	if cmd.ParseFlags(rest) != nil || isSet(cmd.Flags(), "help") || !willRead(cmd) {
		return request{}
	}
	r := request{reads: true, unsupervised: isSet(cmd.Flags(), unsupervised), memory: defaultMemory}
	if f := cmd.Flags().Lookup("memory"); f != nil {
		if n, err := parseSize(f.Value.String()); err == nil { // a bad one is refused by the verb
			r.memory = n
		}
	}
	return r
}

func isSet(flags *pflag.FlagSet, name string) bool {
	f := flags.Lookup(name)
	return f != nil && f.Value.String() == "true"
}

// supervise runs args in a worker and returns the exit code.
func supervise(ctx context.Context, args []string, c *console, memory int64) int {
	// On Linux the worker ends with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	watched, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	w, err := startWorker(watched, giveUp, args, c, memory)
	switch {
	case err != nil && ctx.Err() != nil:
		return c.interruptedIn("nothing was written")
	case err != nil:
		code, hint := exitLimit, spent(err)
		if hint == "" {
			code, hint = exitInternal, "try again; --"+unsupervised+" reads in this process, which a damaged file may then end without a word"
		}
		return c.say(code, "no second process could be started to read in: "+withoutPath(err), hint)
	}
	defer w.release()
	end := w.wait()
	if !end.complete() && c.errTerminal {
		fmt.Fprint(c.err, blankLine(c.width-1)) // its line of progress
	}
	if end.stalled = errors.Is(context.Cause(watched), errSilent); end.stalled {
		return c.report(end)
	}
	asked := end.asked()
	if asked != 0 && ctx.Err() == nil {
		select { // what was sent to both processes is on its way here
		case <-ctx.Done():
		case <-time.After(time.Second / 4):
			c.stopped.CompareAndSwap(0, int32(asked))
		}
	}
	if asked == 0 && ctx.Err() == nil {
		return c.report(end)
	}
	switch {
	case !end.complete():
		return c.interruptedIn("the reading was ended")
	case asked != 0:
		return c.interruptedIn("no file was left half written")
	}
	return c.interruptedIn("the work was over already")
}

// report says how the worker ended, where it did not say so itself.
func (c *console) report(end ending) int {
	code, message, hint := end.outcome()
	if message == "" {
		return code
	}
	return c.say(code, message, hint)
}

// withoutPath is the message of err without the path of this program.
func withoutPath(err error) string {
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	var se *os.SyscallError
	if errors.As(err, &se) {
		err = se.Err
	}
	return err.Error()
}

var errSilent = errors.New("no sign of life")

// A worker is the second process as its supervisor sees it.
type worker struct {
	cmd     *exec.Cmd
	crash   *crashFilter
	said    <-chan int
	memory  int64
	killed  int64 // processes that the system killed for want of memory, before
	orders  *os.File
	release func()
}

// startWorker fails rather than read without a worker, or with one that is
// not bound.
func startWorker(ctx context.Context, giveUp context.CancelCauseFunc, args []string, c *console, memory int64) (*worker, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	life, beat, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	hear, orders, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, life.Close(), beat.Close())
	}
	w := &worker{crash: &crashFilter{out: c.err}, memory: memory, killed: killedForMemory(), orders: orders}
	w.cmd = exec.CommandContext(ctx, program)
	w.cmd.Stdin, w.cmd.Stdout, w.cmd.Stderr = c.in, c.out, w.crash
	w.cmd.Env = unhurried(os.Environ())
	w.cmd.WaitDelay = stopTimeout
	w.cmd.Cancel = func() error {
		_, _ = orders.Write([]byte{orderStop})
		return askToStop(w.cmd.Process)
	}
	numbers, err := passOn(w.cmd, beat, hear)
	if err == nil {
		w.cmd.Args = append([]string{program, workerVerb, c.describe(), numbers}, args...)
		err = w.cmd.Start()
	}
	_, _ = beat.Close(), hear.Close()
	if err != nil {
		_, _ = life.Close(), orders.Close()
		return nil, err
	}
	release, err := hold(w.cmd.Process, memory)
	if err != nil {
		_ = w.cmd.Process.Kill()
		_ = w.cmd.Wait()
		_, _ = life.Close(), orders.Close()
		return nil, err
	}
	w.release = func() { release(); _, _ = life.Close(), orders.Close() }
	w.said = listen(life, stallTimeout/missedBeats, func() { giveUp(errSilent) })
	return w, nil
}

// wait returns how the worker ended.
func (w *worker) wait() ending {
	_ = w.cmd.Wait() // the state says more
	end := ending{mark: noMark, exit: -1, words: w.crash.last()}
	select {
	case end.mark = <-w.said:
	case <-time.After(time.Second): // somebody else holds the pipe
	}
	if state := w.cmd.ProcessState; state != nil {
		end.exit, end.signal = state.ExitCode(), signalOf(state)
		end.outOfMemory = killedForMemory() > w.killed
		end.atLimit = peakMemory(state) >= w.memory/10*9
	}
	return end
}

// describe tells the worker of the terminal that it does not see, and
// undescribe is its inverse.
func (c *console) describe() string {
	return fmt.Sprintf("%t,%t,%t,%d", c.outTerminal, c.errTerminal, c.noColour, c.width)
}

func (c *console) undescribe(s string) bool {
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return false
	}
	width, err := strconv.Atoi(parts[3])
	if err != nil || width <= 0 {
		return false
	}
	c.outTerminal, c.errTerminal, c.noColour, c.width = parts[0] == "true", parts[1] == "true", parts[2] == "true", width
	return true
}

// work is the worker's side: it bounds its own memory, shows signs of life as
// long as work is done, runs the verb, and says how that ended.
func work(ctx context.Context, args []string, c *console) int {
	asked := request{}
	var beat, hear *os.File
	if len(args) > 2 && c.undescribe(args[0]) {
		beat, hear = inherited(args[1])
		asked = requestOf(args[2:])
	}
	if beat == nil || hear == nil {
		return exitCode(ctx, c, usage("%s is an internal command", workerVerb))
	}
	c.tell = func(code int) { _, _ = beat.Write(mark(code)) }
	working, stop := context.WithCancel(ctx)
	defer stop()
	go obey(hear, stop)
	if asked.reads {
		saveMemory(asked.memory)
		if err := boundMemory(asked.memory); err != nil {
			return c.say(exitInternal, "the memory of the reading could not be limited: "+err.Error(),
				"try again; --"+unsupervised+" reads without a limit that holds")
		}
	}
	defer showLife(beat, stallTimeout/missedBeats, &c.moved)()
	return run(working, args[2:], c)
}

// saveMemory has the garbage collector work harder as memory nears the limit.
func saveMemory(limit int64) {
	tuneGC()
	debug.SetMemoryLimit(limit - limit/8)
}

// parseSize reads 512MiB, 2GiB, 1GB or a number of bytes.
func parseSize(s string) (int64, error) {
	units := []struct {
		suffix string
		bytes  int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"", 1}}
	for _, u := range units {
		if text, ok := strings.CutSuffix(s, u.suffix); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
			if err != nil || n < 1 || n > (1<<60)/u.bytes {
				break
			}
			if n*u.bytes < 64<<20 {
				return 0, usage("--memory %s: want at least 64MiB", s)
			}
			return n * u.bytes, nil
		}
	}
	return 0, usage("--memory %s: want a size such as 512MiB or 2GiB", s)
}
