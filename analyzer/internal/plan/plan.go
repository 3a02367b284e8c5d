package plan

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
	// the denominator counts as failing.
	Where, Exclude, Expect *expr.Node
	// Reasons are the conjuncts of Expect, apart, where rows are to be listed with
	// what is wrong; else none.
	Reasons []*expr.Node
	// Listed: the rows that fail may be asked for once they are counted, and are kept
	// where memory allows.
	Listed bool
	// Aside programs only tell rows apart that someone asks for: they are no rule's
	// and are not in the state.
	Aside bool
	// Value is a number over practice; nil where the rule has none.
	Value *expr.Node
	// Date is the day by which the denominator is counted too; nil where it is
	// not.
	Date *expr.Node
	// Gaps are the rules for which coded rows are counted, where the program
	// stands for no rule of its own.
	Gaps []GapUse
}

func (p *Program) Roots() []*expr.Node {
	var out []*expr.Node
	for _, n := range []*expr.Node{p.Where, p.Exclude, p.Expect, p.Date} {
		if n != nil {
			out = append(out, n)
		}
	}
	return append(out, p.Reasons...)
}

// A Plan says in which order the tables are read and what is worked out on
// the way. It is immutable and may be run any number of times.
type Plan struct {
	Programs []Program
	Passes   []*Pass
	// Widths are the bytes that each count is stored in.
	Widths map[*expr.Node]int
	// Rounded says that some program reads practice.rounded_ids.
	Rounded bool
	// Sampled says that some program reads one of the shares of practice that come
	// from a sample of the rows.
	Sampled bool
}

// Roots are the roots of every program.
func (p *Plan) Roots() []*expr.Node {
	var out []*expr.Node
	for i := range p.Programs {
		out = append(out, p.Programs[i].Roots()...)
		if v := p.Programs[i].Value; v != nil {
			out = append(out, v)
		}
	}
	return out
}

// A Pass goes over all rows of one table once: over the rows of its files or,
// where Memory is set, over the patients or practices in memory.
type Pass struct {
	Table  *schema.Table
	Memory bool
	// Nodes are evaluated in this order; those that are materialised already are
	// among them.
	Nodes []*expr.Node
	// Materialise are nodes of patients or practice whose values stay in memory.
	Materialise []*expr.Node
	// Links carry facts to other spaces; Repeats are the OpRepeatedIn nodes whose
	// keys are counted.
	Links   []*Link
	Repeats []*expr.Node
	// FilterOnly says that the pass only fills the filters of its Repeats, before
	// another counts the keys.
	FilterOnly bool
	// Matches are steps of matches and earlier repeats: see IsMatch.
	Matches []*expr.Node
	// Early are earlier repeats that the pass can tell at once, where the rows of each
	// patient lie together; else their filter comes first, and two more passes.
	Early []*expr.Node
	// Tallies are the programs counted, as indexes into Plan.Programs.
	Tallies []int
	// Drop are materialised values that nothing reads after this pass.
	Drop []*expr.Node
	// CountColumns are columns that are read to count their malformed cells alone.
	CountColumns []*schema.Column
	// demands are of matches: the rows for which they need be worked out.
	demands []stepDemand
	reason  string
}

// A Link carries facts from the rows of Relation.To to the rows of
// Relation.From: aggregates where the relation leads to many rows; else the
// arguments of OpGather, stored by key.
type Link struct {
	Relation *schema.Relation
	Nodes    []*expr.Node
}

// ByID says that the relation joins rows by a record id, and not by patient or
// practice.
func ByID(r *schema.Relation) bool { return r.Near != nil }

// InMemory says that later passes over the table read its materialised values, and
// not its files.
func InMemory(t *schema.Table) bool {
	return t != nil && (t == schema.Patients || t == schema.Practice)
}

// Roots are the nodes that the pass must evaluate; their arguments follow from
// them.
func (p *Pass) Roots(programs []Program) []*expr.Node {
	out := slices.Clone(p.Materialise)
	for _, l := range p.Links {
		for _, n := range l.Nodes {
			if l.Relation.Many {
				out = append(out, n.Args...)
			} else {
				out = append(out, n)
			}
		}
	}
	for _, n := range p.Repeats {
		out = append(out, n.Args...)
	}
	for _, n := range p.Matches {
		out = append(out, scannedArgs(n)...)
	}
	for _, n := range p.Early {
		out = append(out, n.Args[1], n.Args[2])
	}
	for _, d := range p.demands {
		for _, l := range slices.Concat(d.rows...) {
			out = append(out, l.Node)
		}
	}
	for _, i := range p.Tallies {
		out = append(out, programs[i].Roots()...)
	}
	return out
}

// Explain returns the order of the passes and why it is so, one line a pass.
func (p *Plan) Explain() []string {
	var out []string
	for i, s := range p.Passes {
		where := "read"
		if s.Memory {
			where = "in memory,"
		}
		var does []string
		if len(s.Materialise) > 0 {
			does = append(does, count(len(s.Materialise), "value")+" kept")
		}
		for _, l := range s.Links {
			does = append(does, fmt.Sprintf("%s for %s", count(len(l.Nodes), "fact"), l.Relation.From.Name))
		}
		if len(s.Repeats) > 0 {
			does = append(does, count(len(s.Repeats), "repeat")+" sought")
		}
		if len(s.Matches) > 0 {
			does = append(does, count(len(s.Matches), "step")+" of rows that meet")
		}
		coded := 0
		for _, at := range s.Tallies {
			if p.Programs[at].Gaps != nil {
				coded++
			}
		}
		if n := len(s.Tallies) - coded; n > 0 {
			does = append(does, count(n, "rule")+" counted")
		}
		if coded > 0 {
			does = append(does, count(coded, "count")+" of coded rows")
		}
		if len(does) == 0 {
			does = append(does, "rows counted")
		}
		line := fmt.Sprintf("%d. %s %s: %s, %s", i+1, where, s.Table.Name, count(len(s.Nodes), "expression"), strings.Join(does, ", "))
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

// New plans the programs over the tables of the extract.
func New(programs []Program, x *extract.Extract) (*Plan, error) {
	p := &planner{
		x: x, plan: &Plan{Programs: programs},
		patients: schema.Patients, practice: schema.Practice,
		done: map[*expr.Node]bool{}, materialised: map[*expr.Node]bool{}, countedAt: -1,
	}
	if err := p.collect(); err != nil {
		return nil, err
	}
	if err := p.order(); err != nil {
		return nil, err
	}
	p.finish()
	p.plan.Widths = widths(p.plan.Roots())
	return p.plan, nil
}

// widths finds the fewest bytes that a saturating count needs to compare right
// with the numbers it is compared with. A count that is used in any other way has
// four.
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
			case a.Space != nil && a.Space == schema.Practice:
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
