package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/fleet"
	"paperlight/analyzer/visible"
)

// startsWorkers marks a command that reads nothing that a user named itself: it runs
// others, each in a worker. A worker that only waits for others would be ended, for it
// shows no sign of life.
const startsWorkers = "starts workers"

// verb runs another verb in a worker, and returns its exit code.
func (a *assessing) verb(ctx context.Context, args []string, inside *console) int {
	inside = &console{in: strings.NewReader(""), out: inside.out, err: inside.err, line: inside.line, width: a.console.width, noColour: true, disk: a.console.disk}
	if isSet(a.flags, unsupervised) {
		return run(ctx, args, inside)
	}
	return supervise(ctx, args, inside, a.bytes)
}

// ended is the error of a verb that ended with a code; it has said itself why.
func ended(ctx context.Context, code int) error {
	if code == exitMet {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return &failure{code: code, err: errSaid}
}

// given are the flags of this run that another verb has too, as they were given.
func (a *assessing) given(of func(*console) *cobra.Command) []string {
	other := of(&console{}).Flags()
	var out []string
	a.flags.Visit(func(f *pflag.Flag) {
		if other.Lookup(f.Name) == nil || f.Name == "out" || f.Name == "jobs" || f.Name == "quiet" || f.Name == "progress" {
			return
		}
		if many, ok := f.Value.(pflag.SliceValue); ok {
			for _, one := range many.GetSlice() {
				out = append(out, "--"+f.Name+"="+one)
			}
			return
		}
		out = append(out, "--"+f.Name+"="+f.Value.String())
	})
	return out
}

// readAll has every extract of the plan read, some at the same time. What ends the run and
// not an extract alone is an error: nothing is gained by going on.
func (a *assessing) readAll(ctx context.Context, plan *fleet.Plan) ([]fleet.Ran, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	became := make([]fleet.Ran, len(plan.Extracts))
	var next, done atomic.Int64
	var group crash.Group
	said := &oneByOne{console: a.console, line: a.line}
	for range min(a.jobs, len(plan.Extracts)) {
		group.Go(func() {
			for ctx.Err() == nil {
				at := int(next.Add(1))
				if at > len(plan.Extracts) {
					return
				}
				one, err := a.extract(ctx, &plan.Extracts[at-1], said)
				if err != nil {
					stop(err)
					return
				}
				became[at-1] = one
				a.console.moved.Add(1)
				a.line.show(step{what: "practices read", rows: -1, done: done.Add(1), total: int64(len(plan.Extracts))})
			}
		})
	}
	group.Wait()
	return became, context.Cause(ctx)
}

// extract has one extract read, in the shard of its number.
func (a *assessing) extract(ctx context.Context, x *fleet.Extract, said *oneByOne) (fleet.Ran, error) {
	number := strconv.Itoa(x.Number)
	args := []string{"shard", filepath.Join(a.out, planFile), number, "--out", filepath.Join(a.out, statesIn), "--jobs", "1", "--quiet", "--progress", "none",
		"--memory", strconv.FormatInt(a.bytes, 10)}
	lines, words := &printed{most: maxLine}, &printed{most: maxWords}
	code := a.verb(ctx, append(args, a.given(newShard)...), &console{out: lines, err: words})
	if err := ctx.Err(); err != nil {
		return fleet.Ran{}, err
	}
	if code != exitMet {
		said.say(x.Name, string(words.text), code)
	}
	out := fleet.Ran{Number: x.Number, ExitCode: code}
	switch fields := strings.Fields(string(lines.text)); {
	case code == exitMet && len(fields) == 3 && fields[0] == number:
		out.Key = fields[2]
		return out, nil
	case code == exitMet:
		return out, fmt.Errorf("the reading of extract %d ended well, and did not say what became of it", x.Number)
	case code == exitOutput || code == exitUsage:
		return out, &failure{code: code, err: errSaid}
	}
	return out, nil
}

// oneByOne says what workers said, one at a time.
type oneByOne struct {
	mutex   sync.Mutex
	console *console
	line    *progressLine
}

// say says of which extract it is, where its worker could not.
func (o *oneByOne) say(name, words string, code int) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.line.finish()
	if !strings.Contains(words, visible.Line(name)) && code != exitOutput && code != exitUsage {
		fmt.Fprintf(o.console.err, "paperlight: %s was not read:\n", visible.Line(name))
	}
	fmt.Fprint(o.console.err, words)
}

// maxLine bounds what a worker prints of its extract, and maxWords what it says.
const maxLine, maxWords = 4 << 10, 64 << 10

// printed keeps what is printed, up to a bound.
type printed struct {
	most int
	text []byte
}

func (p *printed) Write(b []byte) (int, error) {
	if len(p.text)+len(b) > p.most {
		return 0, errors.New("more was printed than there can be")
	}
	p.text = append(p.text, b...)
	return len(b), nil
}
