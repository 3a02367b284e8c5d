package ruletest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// Options say how thoroughly cases are run. The zero Options are good.
type Options struct {
	// Divisions is how many random divisions each case is run in; 0 is 8.
	Divisions int
	// Seed chooses the divisions.
	Seed uint64
	// Ran, where not nil, is called after each case.
	Ran func()
}

const defaultDivisions = 8

// A Failure is one thing that a rule does not do as its cases want it.
type Failure struct {
	Rule string
	// File and Line say where the case or the row stands; Line 0 is the file.
	File string
	Line int
	Case string // empty where it concerns no single case
	// Message says what was wanted and what was got.
	Message string
	Hint    string
}

// String is the failure as people read it.
func (f Failure) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	b.WriteString(": ")
	if f.Case != "" {
		fmt.Fprintf(&b, "case %q: ", f.Case)
	}
	b.WriteString(f.Message)
	if f.Hint != "" {
		b.WriteString("\n    hint: " + f.Hint)
	}
	return b.String()
}

// A Summary is the outcome of running the cases of several rules. The parts of
// a rule are not counted among the rules.
type Summary struct {
	Rules, Cases, Runs int
	Ran                []Ran
	Failures           []Failure
}

// A Ran is one case that was run, of a rule or of a part of one.
type Ran struct {
	Rule, File, Case string
	Line             int
}

// Run runs the cases of rules of a catalogue, in their order. Only a cancelled
// context is an error.
func Run(ctx context.Context, c *rules.Catalogue, chosen []*rules.Rule, o Options) (*Summary, error) {
	out := &Summary{}
	for _, r := range chosen {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, one := range r.Whole() {
			out.add(Rule(ctx, c, one, o))
		}
	}
	return out, ctx.Err()
}

func (s *Summary) add(o *Summary) {
	s.Rules += o.Rules
	s.Cases += o.Cases
	s.Runs += o.Runs
	s.Ran = append(s.Ran, o.Ran...)
	s.Failures = append(s.Failures, o.Failures...)
}

// Rule runs the cases of one rule of a catalogue.
func Rule(ctx context.Context, c *rules.Catalogue, r *rules.Rule, o Options) *Summary {
	if o.Divisions == 0 {
		o.Divisions = defaultDivisions
	}
	t := &tester{catalogue: c, rule: r, options: o, summary: &Summary{}}
	if r.PartName() == "" {
		t.summary.Rules = 1
	}
	if r.Cases == nil {
		t.fail(Failure{File: r.File, Message: r.NoCases(), Hint: "write them in " + r.CasesFile})
		return t.summary
	}
	a, err := Parse(r.CasesFile, r.Cases, r.Table)
	if err != nil {
		t.fail(faultOf(r, err))
		return t.summary
	}
	for name := range a.Lists {
		if c.Lists[name] == nil {
			t.fail(Failure{File: a.File, Message: fmt.Sprintf("the catalogue has no code list %q", name), Hint: "an empty list is a file with the line system,code,term"})
			return t.summary
		}
	}
	for i := range a.Cases {
		t.summary.Cases++
		t.summary.Ran = append(t.summary.Ran, Ran{Rule: r.ID, File: a.File, Case: a.Cases[i].Name, Line: a.Cases[i].Line})
		t.run(ctx, a, &a.Cases[i])
		if o.Ran != nil {
			o.Ran()
		}
	}
	t.coverage(a)
	return t.summary
}

// faultOf turns a fault of the archive into a failure.
func faultOf(r *rules.Rule, err error) Failure {
	var e *rules.Error
	if errors.As(err, &e) {
		return Failure{File: e.File, Line: e.Line, Message: e.Message, Hint: e.Hint}
	}
	return Failure{File: r.CasesFile, Message: err.Error()}
}

// A tester runs the cases of one rule.
type tester struct {
	catalogue *rules.Catalogue
	rule      *rules.Rule
	options   Options
	summary   *Summary
}

func (t *tester) fail(f Failure) {
	f.Rule = t.rule.ID
	t.summary.Failures = append(t.summary.Failures, f)
}

// A result is what one run made of a case.
type result struct {
	// outcomes follow the rows of the case; nil where there are no rows to
	// judge: only answers, or a practice that patients alone name. meant are
	// those of the interpreter, where it was asked.
	outcomes, meant []Outcome
	counts          map[string]int64
	value           *float64
	days            map[calendar.Day]int64 // rows by day, where they are counted so
	missing         []string
	notes           []string
	columns         []*schema.Column // that where, expect and value read
	state           *state.State
}

// run runs one case whole, compares, and if that is right in all other ways.
func (t *tester) run(ctx context.Context, a *Archive, c *Case) {
	if t.rule.Checked == nil {
		t.summary.Runs++
		got, err := t.declared(ctx, a, c)
		if err != nil {
			t.fail(Failure{File: a.File, Line: c.Line, Case: c.Name, Message: "cannot be run: " + err.Error()})
			return
		}
		t.compare(a, c, got, way{name: "whole"})
		return
	}
	all := ways(t.options.Seed, t.options.Divisions)
	var whole *result
	for i, w := range all {
		t.summary.Runs++
		got, err := t.measure(ctx, a, c, w)
		switch {
		case err != nil:
			t.fail(Failure{File: a.File, Line: c.Line, Case: c.Name, Message: inWay(w) + "cannot be run: " + err.Error()})
			return
		case len(got.missing) > 0:
			t.fail(Failure{File: a.File, Line: c.Line, Case: c.Name, Message: "the rule needs what the case does not give: " + strings.Join(got.missing, ", "),
				Hint: "add the column, or the table with its header line alone"})
			return
		case !t.compare(a, c, got, w):
			return
		}
		if i == 0 {
			whole = got
		}
	}
	t.twice(ctx, a, c, whole)
	for _, column := range whole.columns {
		t.withhold(ctx, a, c, whole, column)
	}
}

// inWay names the way of a run where it is not the plain one.
func inWay(w way) string {
	if w.name == "whole" {
		return ""
	}
	return w.name + ": "
}

// lists are the code lists in force in an archive.
func (t *tester) lists(a *Archive) map[string]*expr.Codelist {
	out := map[string]*expr.Codelist{}
	for name, list := range t.catalogue.Lists {
		out[name] = list
	}
	for name, list := range a.Lists {
		out[name] = list
	}
	return out
}

// measure runs the rule over a case in one way.
func (t *tester) measure(ctx context.Context, a *Archive, c *Case, w way) (*result, error) {
	a = a.of(c)
	x, places := c.extract(w, t.rule.Table)
	practices, err := analyzer.AsOf(ctx, x, &a.AsOf)
	if err != nil {
		return nil, err
	}
	practices.Declarations, practices.Terms = t.answers(a, practices), t.catalogue.AnswerTerms()
	binding := analyzer.NewBinding(x, practices, t.lists(a))
	binding.Prevalence = a.prevalence(t.catalogue)
	if !w.constant {
		binding.AsOf = nil
	}
	g := expr.NewGraph()
	program, lowered := analyzer.Lower(g, binding, t.rule.ID, t.rule.Table, t.rule.Checked)
	out := &result{missing: lowered.Missing, notes: lowered.Notes}
	if program == nil {
		return out, nil
	}
	out.columns = expr.Columns(slices.DeleteFunc([]*expr.Node{lowered.Where, lowered.Expect, lowered.Value, lowered.Date}, func(n *expr.Node) bool { return n == nil })...)
	plan, err := analyzer.NewPlan(withReaders([]analyzer.Program{*program}, out.reading(), g, x), x)
	if err != nil {
		return nil, err
	}
	run, err := analyzer.NewRun(ctx, plan, x, practices, analyzer.RunOptions{AsOf: &a.AsOf, Jobs: w.jobs})
	if err != nil {
		return nil, err
	}
	out.read(run, program)
	if t.rule.Table == schema.Practice && len(places) != len(practices.List) {
		return out, nil // practices that have no row of their own
	}
	if err := out.list(ctx, run, program, c, places); err != nil {
		return nil, err
	}
	if w.interpret && !out.reading() {
		out.meant, err = t.interpret(a, c, practices, binding)
	}
	return out, err
}

// reading says that the rule is about the reading itself, which the
// interpreter does not see.
func (out *result) reading() bool { return slices.ContainsFunc(out.columns, isVirtual) }

func isVirtual(column *schema.Column) bool { return column.Virtual }

// withReaders adds to programs about the reading itself others that read every
// column of the case, as the rest of a catalogue does: what is counted while
// reading is counted in what rules read.
func withReaders(out []analyzer.Program, reading bool, g *expr.Graph, x *extract.Extract) []analyzer.Program {
	if !reading {
		return out
	}
	for _, t := range x.Tables {
		for _, column := range t.Schema.Columns {
			if t.Supplied[column.Index] && !column.Virtual {
				out = append(out, analyzer.Program{ID: "reads " + column.String(), Table: t.Schema, Where: g.Present(g.Column(column))})
			}
		}
	}
	return out
}

// list takes the outcome of each row from a run.
func (out *result) list(ctx context.Context, run *analyzer.Run, program *analyzer.Program, c *Case, places []int) error {
	out.outcomes = make([]Outcome, len(places))
	for i := range out.outcomes {
		out.outcomes[i] = Outside
	}
	return analyzer.Verdicts(ctx, run, []string{program.ID}, func(r analyzer.Row) error {
		out.take(r, program, c, places)
		return nil
	})
}

// take notes the verdict on one row of a case.
func (out *result) take(r analyzer.Row, program *analyzer.Program, c *Case, places []int) {
	at := int(r.Position.Record) - 1
	if program.Table == schema.Practice { // these come by id
		if at = c.practice(r.Practice); at < 0 {
			return
		}
	} else {
		at = places[at]
	}
	out.outcomes[at] = Outcome(r.Verdict.String())
	if program.Expect == nil && r.Verdict == analyzer.Failing { // what is only listed meets all there is
		out.outcomes[at] = Numerator
	}
}

// practice returns the place of the practice called id among the case's rows
// of practice, or -1.
func (c *Case) practice(id string) int {
	for _, t := range c.Tables {
		if t.Schema == schema.Practice {
			key := slices.Index(t.Columns, t.Schema.Key)
			return slices.IndexFunc(t.Rows, func(row []extract.Cell) bool { return row[key].Text == id })
		}
	}
	return -1
}

// read takes the counts from a run.
func (out *result) read(run *analyzer.Run, program *analyzer.Program) {
	out.counts = map[string]int64{}
	out.state = run.State(nil)
	for _, p := range out.state.Practices {
		out.tally(p.Tallies[0], program.Expect == nil)
		out.addDays(p.Days)
	}
}

// addDays adds the days of the one rule that counts by day.
func (out *result) addDays(days []state.Days) {
	if out.days == nil {
		out.days = map[calendar.Day]int64{}
	}
	for _, d := range days {
		for _, c := range d.Counts {
			out.days[c.Day] += c.Count
		}
	}
}

// tally adds what a rule counted in one practice. What is only listed meets all
// there is.
func (out *result) tally(t state.Tally, listed bool) {
	if listed {
		t.Numerator = t.Denominator
	}
	out.counts["denominator"] += t.Denominator
	out.counts["numerator"] += t.Numerator
	out.counts["unknown"] += t.Unknown
	out.counts["excluded"] += t.Excluded
	out.counts["undetermined"] += t.Undetermined
	if t.HasValue {
		sum := t.Value
		if out.value != nil {
			sum += *out.value
		}
		out.value = &sum
	}
}
