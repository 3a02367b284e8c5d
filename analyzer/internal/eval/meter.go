package eval

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
)

// A Meter records what a run spends its time on, batch by batch. A run with a
// Meter has one worker. Runs of one plan over the same batches note the same
// spans in the same order, so that one span can be compared between runs.
type Meter struct {
	// Clock returns nanoseconds since any fixed moment and never goes back.
	Clock func() int64
	// Spans follow each other without a gap, from the start of the run to its
	// end. They are overwritten by the next run.
	Spans []Span

	table *schema.Table
	last  int64
}

// A Span is some work and what it took.
type Span struct {
	// Table is the table of the pass.
	Table *schema.Table
	// Nodes are those that the work was done for, in equal parts. They must
	// not be changed.
	Nodes []*expr.Node
	// Program is the rule that was counted, as an index into the programs of
	// the plan; -1 where none was. A span with neither served all rules.
	Program     int
	Nanoseconds int64
}

// Start begins a run: it drops the spans of the one before. All methods may be
// called on a nil Meter, which records nothing.
func (m *Meter) Start() {
	if m != nil {
		m.Spans, m.table, m.last = m.Spans[:0], nil, m.Clock()
	}
}

// Enter ends what came before the pass.
func (m *Meter) Enter(p *plan.Pass) {
	if m != nil {
		m.Charge(nil)
		m.table = p.Table
	}
}

// Charge records the time since the last charge as spent on nodes.
func (m *Meter) Charge(nodes []*expr.Node) {
	if m != nil {
		m.note(nodes, -1)
	}
}

// Counted records that time as spent on counting a program.
func (m *Meter) Counted(program int) {
	if m != nil {
		m.note(nil, program)
	}
}

func (m *Meter) note(nodes []*expr.Node, program int) {
	now := m.Clock()
	m.Spans = append(m.Spans, Span{Table: m.table, Nodes: nodes, Program: program, Nanoseconds: now - m.last})
	m.last = now
}

// Meter returns the run's meter, or nil.
func (e *Evaluator) Meter() *Meter { return e.setup.Meter }
