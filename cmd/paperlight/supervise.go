package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An extract is untrusted, and some faults that a damaged file can cause end a
// Go process whatever it does to recover: running out of memory, running out
// of stack. So verbs that read one run in a second process, the worker: the
// same program, started with the verb's own arguments behind workerVerb.

// workerVerb is hidden: a supervisor starts it, people do not.
const workerVerb = "worker"

// reading are the verbs that read extracts.
var reading = map[string]bool{"check": true, "inspect": true, "explain": true, "bench": true, "declare": true}

const (
	// defaultMemory bounds a worker where --memory does not.
	defaultMemory = 4 << 30
	// silence is how long a worker may go without a sign of life.
	silence = 2 * time.Minute
	// parting is how long it may take to stop when told to.
	parting = 5 * time.Second
)

// supervise runs args in a worker and returns the exit code.
func supervise(ctx context.Context, args []string, c *console) int {
	program, err := os.Executable()
	if err != nil {
		return run(ctx, args, c)
	}
	life, beat, err := os.Pipe()
	if err != nil {
		return run(ctx, args, c)
	}
	defer life.Close()
	watched, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	cmd := exec.CommandContext(watched, program, append([]string{workerVerb, c.describe()}, args...)...)
	crash := &crashFilter{out: c.err}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.in, c.out, crash
	cmd.Cancel = func() error { return askToStop(cmd.Process) }
	cmd.WaitDelay = parting
	passOn(cmd, beat)
	err = cmd.Start()
	_ = beat.Close()
	if err != nil {
		return run(ctx, args, c)
	}
	go listen(life, giveUp)
	err = cmd.Wait()
	return workerOutcome(ctx, watched, c, crash, err)
}

var errSilent = errors.New("no sign of life")

// listen reads the worker's heartbeats and gives up when they stop.
func listen(life io.Reader, giveUp context.CancelCauseFunc) {
	alive := time.AfterFunc(silence, func() { giveUp(errSilent) })
	defer alive.Stop()
	one := make([]byte, 64)
	for {
		if _, err := life.Read(one); err != nil {
			return
		}
		alive.Reset(silence)
	}
}

// workerOutcome turns how the worker ended into an exit code: its own where it
// chose one, else what its last words say.
func workerOutcome(ctx, watched context.Context, c *console, crash *crashFilter, err error) int {
	if err == nil {
		return exitMet
	}
	say := func(code int, message, hint string) int {
		fmt.Fprintln(c.err, "paperlight: "+message)
		fmt.Fprintln(c.err, "hint: "+hint)
		return code
	}
	if errors.Is(context.Cause(watched), errSilent) {
		return say(exitLimit, "the extract was given up: no progress for "+silence.String(), "one of its files is damaged, or made to be slow; export again")
	}
	if ctx.Err() != nil { // the worker has said so
		return c.interrupted()
	}
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() >= 0 && ended.ExitCode() != 2 {
		return ended.ExitCode()
	}
	if last := crash.last(); strings.Contains(last, "out of memory") || strings.Contains(last, "cannot allocate") || last == "" {
		return say(exitLimit, "the extract needs more memory than allowed", "allow more with --memory, or export again: a damaged file can ask for any amount")
	}
	return say(exitInternal, "an internal error stopped the reading; nothing was written", "please report this, with the version and the kind of extract, and no patient data")
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
// long as work is done, and runs the verb.
func work(ctx context.Context, args []string, c *console) int {
	if len(args) < 2 || !c.undescribe(args[0]) || !reading[args[1]] {
		return exitCode(ctx, c, usage("%s is not for people", workerVerb))
	}
	limit := memoryLimit(args[1:])
	tendGarbage()
	debug.SetMemoryLimit(limit - limit/8)
	boundMemory(limit)
	stop := showLife(&c.moved)
	defer stop()
	return run(ctx, args[1:], c)
}

// memoryLimit is --memory as args give it; a bad one is refused later, where
// the flags are parsed.
func memoryLimit(args []string) int64 {
	for i, a := range args {
		text, ok := strings.CutPrefix(a, "--memory=")
		if a == "--memory" && i+1 < len(args) {
			text, ok = args[i+1], true
		}
		if ok {
			if n, err := parseSize(text); err == nil {
				return n
			}
		}
	}
	return defaultMemory
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

// A crashFilter passes standard error on until the Go runtime's last words:
// those are kept and not shown, since they may hold anything.
type crashFilter struct {
	mu      sync.Mutex
	out     io.Writer
	crashed bool
	words   bytes.Buffer
}

var lastWords = [][]byte{[]byte("fatal error: "), []byte("panic: "), []byte("runtime: "), []byte("SIG"), []byte("unexpected fault address")}

func (f *crashFilter) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for rest := b; len(rest) > 0; {
		line := rest
		if at := bytes.IndexByte(rest, '\n'); at >= 0 {
			line = rest[:at+1]
		}
		rest = rest[len(line):]
		for _, w := range lastWords {
			f.crashed = f.crashed || bytes.HasPrefix(line, w)
		}
		if f.crashed {
			if f.words.Len() < 4096 {
				f.words.Write(line)
			}
			continue
		}
		if _, err := f.out.Write(line); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

func (f *crashFilter) last() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.words.String()
}
