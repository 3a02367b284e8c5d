// Package costing measures what each rule costs, and tells a rule that got
// slower from a machine that was busy.
//
// Rules run over columns that are in memory, decoded, so that reading files does
// not blur them. The engine notes what every batch of every expression takes;
// each such span is compared with itself from round to round, which shows the
// moments in which the machine did something else, and those are cut off. A
// fixed piece of work is timed before and after every round, and costs are
// kept in units of it.
package costing

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"

	"paperlight/analyzer"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// Options say how to measure. Clock, CPU and Rounds are needed.
type Options struct {
	// Clock returns nanoseconds since a fixed moment and never goes back; CPU
	// the processor time that the process has used, in nanoseconds.
	Clock, CPU func() int64
	// Rounds is how often everything is measured.
	Rounds int
	// LeaveOut is how many rules, those that would save most, are left out in
	// turn to measure what that saves.
	LeaveOut int
	// MemoryLimit bounds the decoded columns, in bytes; 0 is no bound.
	MemoryLimit int64
	// AsOf is the as-of date of all practices; nil where each states its
	// own.
	AsOf *calendar.Day
	// Step, where not nil, is called as the work goes on: more often than done
	// grows, so that it is a sign of life too.
	Step func(what string, done, of int)
}

// A Bench is an extract and rules made ready to be measured.
type Bench struct {
	options   Options
	x         *extract.Extract
	practices *analyzer.Practices
	programs  []analyzer.Program
	missing   map[string][]string
	columns   *extract.Materialised
	plan      *analyzer.Plan
	rows      map[*schema.Table]int64
	meter     analyzer.Meter
	alive     func() // repeats the last step
}

// New makes ready: it plans the rules and decodes what they read. The extract
// must stay open.
func New(ctx context.Context, x *extract.Extract, catalogue *rules.Catalogue, o Options) (*Bench, error) {
	b := &Bench{options: o, x: x}
	var err error
	if b.practices, err = analyzer.AsOf(ctx, x, o.AsOf); err != nil {
		return nil, err
	}
	if b.programs, b.missing, err = analyzer.Programs(x, catalogue, b.practices); err != nil {
		return nil, err
	}
	b.meter.Clock = o.Clock
	return b, b.Materialise(ctx)
}

// Materialise decodes the columns anew, into other memory than before: where data
// lie has a part in what they cost.
func (b *Bench) Materialise(ctx context.Context) error {
	b.step("decoding", 0, 1)
	b.columns = nil
	runtime.GC()
	b.columns = extract.Materialise(b.x, b.options.MemoryLimit)
	var err error
	if b.plan, err = analyzer.NewPlan(b.programs, &b.columns.Extract); err != nil {
		return fmt.Errorf("planning: %w", err)
	}
	run, err := b.run(ctx, b.plan, nil)
	if err != nil {
		return err
	}
	b.rows = map[*schema.Table]int64{schema.Practice: int64(len(b.practices.List))}
	for _, t := range run.State(nil).Tables {
		b.rows[t.Table] = t.Rows
	}
	return nil
}

func (b *Bench) step(what string, done, of int) {
	b.alive = func() {
		if b.options.Step != nil {
			b.options.Step(what, done, of)
		}
	}
	b.alive()
}

// run carries out a plan over the materialised columns, with one worker.
func (b *Bench) run(ctx context.Context, plan *analyzer.Plan, m *analyzer.Meter) (*analyzer.Run, error) {
	o := analyzer.RunOptions{Jobs: 1, Meter: m}
	if m == nil { // else it would be measured too
		o.Progress = func(analyzer.Progress) { b.alive() }
	}
	return analyzer.NewRun(ctx, plan, &b.columns.Extract, b.practices, o)
}

// Measure measures the rules, the decoding of the tables and, where leaveOut is
// set, what leaving rules out saves.
func (b *Bench) Measure(ctx context.Context, leaveOut bool) (*Costs, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // garbage is collected between rounds
	s, err := b.sample(ctx)
	if err != nil {
		return nil, err
	}
	c := b.attribute(s)
	if err := b.decode(ctx, c); err != nil {
		return nil, err
	}
	c.share()
	if leaveOut {
		if err := b.leaveOut(ctx, c); err != nil {
			return nil, err
		}
	}
	c.round()
	return c, nil
}

// samples are the spans of every round.
type samples struct {
	spans []analyzer.Span // of the first round
	// nanoseconds are by round and span, with what stands out cut off.
	nanoseconds [][]float64
	// calibration is what the fixed work took, by round.
	calibration []float64
}

// sample runs the rounds.
func (b *Bench) sample(ctx context.Context) (*samples, error) {
	s := &samples{}
	fixed := newCalibration(b.options.Clock)
	for round := range b.options.Rounds + 1 {
		b.step("measuring", round, b.options.Rounds+1)
		runtime.GC()
		times := fixed.times(nil)
		if _, err := b.run(ctx, b.plan, &b.meter); err != nil {
			return nil, err
		}
		if round == 0 {
			continue // memory is fresh, which costs
		}
		times = fixed.times(times)
		if s.spans == nil {
			s.spans = slices.Clone(b.meter.Spans)
		}
		if len(b.meter.Spans) != len(s.spans) {
			return nil, fmt.Errorf("internal error: %d spans in a round, %d in the first", len(b.meter.Spans), len(s.spans))
		}
		took := make([]float64, len(s.spans))
		for i := range took {
			took[i] = float64(b.meter.Spans[i].Nanoseconds)
		}
		s.nanoseconds = append(s.nanoseconds, took)
		s.calibration = append(s.calibration, median(times))
	}
	s.cut()
	return s, nil
}

const (
	// standsOut is how many times its own median a span may take before the
	// rest is put down to the machine, and timer what the clock adds.
	standsOut = 2
	timer     = 100 // nanoseconds
)

// cut limits each span of each round by its median over the rounds.
func (s *samples) cut() {
	column := make([]float64, len(s.nanoseconds))
	for i := range s.spans {
		for r, round := range s.nanoseconds {
			column[r] = round[i] / s.calibration[r]
		}
		usual := median(column)
		for r, round := range s.nanoseconds {
			round[i] = min(round[i], standsOut*usual*s.calibration[r]+timer)
		}
	}
}

// roots are what a program works out.
func roots(p *analyzer.Program) []*expr.Node {
	var out []*expr.Node
	for _, n := range []*expr.Node{p.Where, p.Exclude, p.Expect, p.Value} {
		if n != nil {
			out = append(out, n)
		}
	}
	return out
}
