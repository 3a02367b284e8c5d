package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// A Program is one rule as the engine runs it: nodes of a graph and a name to
// count under.
type Program struct {
	ID    string
	Table *schema.Table
	// Where, Exclude and Expect are conditions in the space of Table, or
	// constants. Exclude and Expect may be nil; where Expect is, every row of
	// the denominator counts as failing nothing.
	Where, Exclude, Expect *expr.Node
	// Value is a number over practice; nil where the rule has none.
	Value *expr.Node
	// Date is the day by which the denominator is counted too; nil where it is
	// not.
	Date *expr.Node
	// gaps are the rules for which coded rows are counted, where the program
	// stands for no rule of its own.
	gaps []gapReader
}

func (p *Program) roots() []*expr.Node {
	var out []*expr.Node
	for _, n := range []*expr.Node{p.Where, p.Exclude, p.Expect, p.Date} {
		if n != nil {
			out = append(out, n)
		}
	}
	return out
}

// A Plan says in which order the tables are read and what is worked out on
// the way. It is immutable and may be run any number of times.
type Plan struct {
	programs []Program
	passes   []*pass
	// widths are the bytes that each count is held in.
	widths map[*expr.Node]int
	// rounded: some rule reads practice.rounded_ids.
	rounded bool
	// repeated: some rule reads practice.most_repeated.
	repeated bool
}

// A pass goes over all rows of one table once: over the rows of its files, or
// over what is held of the patients or practices in memory.
type pass struct {
	table  *schema.Table
	memory bool
	// nodes are evaluated in this order; leaves that are held are among them.
	nodes []*expr.Node
	// keep are nodes of patients or practice whose values stay in memory.
	keep []*expr.Node
	// links gather facts for other spaces; repeats are the OpRepeatedIn nodes
	// whose values are counted.
	links   []*link
	repeats []*expr.Node
	// sieve: the repeats are only prepared for.
	sieve bool
	// across are the steps of rows that meet in equal values.
	across []*expr.Node
	// tallies are the programs counted, as indexes into Plan.programs.
	tallies []int
	// drop are held values that nothing asks for after this pass.
	drop []*expr.Node
	// also are columns read for the counts of the reading alone.
	also   []*schema.Column
	reason string
}

// A link carries facts from the rows of Relation.To to the rows of
// Relation.From: aggregates where the relation leads to many; else the
// arguments of OpGather, kept by key.
type link struct {
	relation *schema.Relation
	nodes    []*expr.Node
}

// byID says that rows meet by an id of theirs, and not by patient or practice.
func byID(r *schema.Relation) bool { return r.Near != nil }

// isAggregate says that the node folds the rows of another table.
func isAggregate(n *expr.Node) bool {
	switch n.Op {
	case expr.OpExists, expr.OpCount, expr.OpSum, expr.OpRepeated, expr.OpLatestDate, expr.OpLatestExists, expr.OpLatestCount, expr.OpDays:
		return true
	}
	return false
}

// inMemory says that the table's values are held, not read again.
func inMemory(t *schema.Table) bool {
	return t != nil && (t.Name == "patients" || t.Name == "practice")
}

// roots are what a pass must evaluate.
func (p *pass) roots(programs []Program) []*expr.Node {
	out := slices.Clone(p.keep)
	for _, l := range p.links {
		for _, n := range l.nodes {
			if l.relation.Many {
				out = append(out, n.Args...)
			} else {
				out = append(out, n)
			}
		}
	}
	for _, n := range p.repeats {
		out = append(out, n.Args...)
	}
	for _, n := range p.across {
		out = append(out, gathered(n)...)
	}
	for _, i := range p.tallies {
		out = append(out, programs[i].roots()...)
	}
	return out
}

// Explain returns the order of the passes and why it is so, one line a pass.
func (p *Plan) Explain() []string {
	var out []string
	for i, s := range p.passes {
		where := "read"
		if s.memory {
			where = "in memory,"
		}
		var does []string
		if len(s.keep) > 0 {
			does = append(does, count(len(s.keep), "value")+" kept")
		}
		for _, l := range s.links {
			does = append(does, fmt.Sprintf("%s for %s", count(len(l.nodes), "fact"), l.relation.From.Name))
		}
		if len(s.repeats) > 0 {
			does = append(does, count(len(s.repeats), "repeat")+" sought")
		}
		if len(s.across) > 0 {
			does = append(does, count(len(s.across), "step")+" of rows that meet")
		}
		coded := 0
		for _, at := range s.tallies {
			if p.programs[at].gaps != nil {
				coded++
			}
		}
		if n := len(s.tallies) - coded; n > 0 {
			does = append(does, count(n, "rule")+" counted")
		}
		if coded > 0 {
			does = append(does, count(coded, "count")+" of coded rows")
		}
		if len(does) == 0 {
			does = append(does, "rows counted")
		}
		line := fmt.Sprintf("%d. %s %s: %s, %s", i+1, where, s.table.Name, count(len(s.nodes), "expression"), strings.Join(does, ", "))
		if s.reason != "" {
			line += " (" + s.reason + ")"
		}
		out = append(out, line)
	}
	return out
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// NewPlan orders the work of the programs over what the extract holds.
func NewPlan(programs []Program, x *extract.Extract) (*Plan, error) {
	p := &planner{
		x: x, plan: &Plan{programs: programs},
		patients: schema.Lookup("patients"), practice: schema.Lookup("practice"),
		done: map[*expr.Node]bool{}, kept: map[*expr.Node]bool{}, counted: -1,
	}
	if err := p.collect(); err != nil {
		return nil, err
	}
	if err := p.order(); err != nil {
		return nil, err
	}
	p.finish()
	p.plan.widths = widths(p.plan.all())
	return p.plan, nil
}

// widths finds the fewest bytes that tell every count from the numbers it is
// compared with. A count that is used in any other way has four.
func widths(roots []*expr.Node) map[*expr.Node]int {
	out := map[*expr.Node]int{}
	width := func(n *expr.Node, bytes int) {
		if n.Op == expr.OpCount {
			out[n] = max(out[n], bytes)
		}
	}
	expr.Walk(func(n *expr.Node) {
		for i, a := range n.Args {
			other := n.Args[len(n.Args)-1-i]
			switch compares := n.Op == expr.OpEq || n.Op == expr.OpLt; {
			case a.Space != nil && a.Space.Name == "practice":
				width(a, 4)
			case compares && other.Op == expr.OpConst && other.Value.Int < 1<<8-1:
				width(a, 1)
			case compares && other.Op == expr.OpConst && other.Value.Int < 1<<16-1:
				width(a, 2)
			default:
				width(a, 4)
			}
		}
	}, roots...)
	for _, n := range roots {
		width(n, 4)
	}
	return out
}
