package analyzer

import (
	"context"
	"fmt"
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// An Outcome is what a rule set found in an extract, before scoring.
type Outcome struct {
	State *state.State
	// Missing says, by the id of a rule or a part of one, why it is not
	// assessable; Notes which alternatives of definitions a rule used. Rules
	// without are absent.
	Missing, Notes map[string][]string
	// Declarations are the practices' answers, of the extract and beside it.
	Declarations []practices.Declaration
	// Run holds the facts that worklists need.
	Run *Run
}

// registered is the definition that counts a practice's patients.
const registered = "registered"

// Check runs the rules of a catalogue over an extract: which practices and as
// of when, rules to nodes, nodes to a plan, the plan over the rows, and the
// counts into a state. The extract must stay open while Outcome.Run is used.
//
// An extract that cannot be judged is a *Refusal.
func Check(ctx context.Context, x *extract.Extract, catalogue *rules.Catalogue, o Options) (*Outcome, error) {
	practices, err := practices.Find(ctx, x, o.AsOf)
	if err != nil {
		return nil, err
	}
	practices.Declarations = append(practices.Declarations, o.Declarations...)
	practices.Terms = catalogue.AnswerTerms()
	out := &Outcome{Missing: map[string][]string{}, Notes: map[string][]string{}, Declarations: practices.Declarations}
	programs, err := out.lower(x, catalogue, practices)
	if err != nil {
		return nil, err
	}
	plan, err := plan.New(programs, x)
	if err != nil {
		return nil, fmt.Errorf("planning: %w", err)
	}
	if out.Run, err = NewRun(ctx, plan, x, practices, o); err != nil {
		return nil, err
	}
	if err := out.Run.someone(); err != nil {
		return nil, err
	}
	out.State = out.Run.State(out.Missing)
	return out, nil
}

// someone refuses an extract without a patient: every rule would find nothing,
// which is no finding.
func (run *Run) someone() error {
	r := run.tables[schema.Lookup("patients").Index]
	switch {
	case r.Rows == 0:
		return &practices.Refusal{Message: "the patients table holds no row", Hint: "export again, with the patients"}
	case r.Rejected == r.Rows:
		return &practices.Refusal{Message: fmt.Sprintf("no row of the patients table can be used: all %d lack their patient_id, share it with another, or have too few or too many fields", r.Rows),
			Hint: "export again; paperlight inspect shows the first positions"}
	}
	return nil
}

// Read reads every column of every table and runs no rule: the state says how
// the reading went.
func Read(ctx context.Context, x *extract.Extract, o Options) (*state.State, error) {
	if o.AsOf == nil {
		o.AsOf = new(int32) // nothing depends on it
	}
	practices, err := practices.Find(ctx, x, o.AsOf)
	if err != nil {
		return nil, err
	}
	plan, err := plan.New(nil, x)
	if err != nil {
		return nil, fmt.Errorf("planning: %w", err)
	}
	o.everyColumn = true
	run, err := NewRun(ctx, plan, x, practices, o)
	if err != nil {
		return nil, err
	}
	return run.State(nil), nil
}

// lower turns the rules that the extract can answer into programs.
func (out *Outcome) lower(x *extract.Extract, catalogue *rules.Catalogue, practices *practices.Set) ([]plan.Program, error) {
	graph := expr.NewGraph()
	binding := NewBinding(x, practices, catalogue.Lists)
	binding.Prevalence = catalogue.Prevalence.Shares()
	var programs []plan.Program
	var lowered []*rules.Rule
	for _, rule := range catalogue.Rules {
		if rule.Checked == nil {
			continue
		}
		p, low := plan.Lower(graph, binding, rule.ID, rule.Table, rule.Checked)
		if len(low.Notes) > 0 {
			out.Notes[rule.ID] = low.Notes
		}
		if p == nil {
			out.Missing[rule.ID] = low.Missing
			continue
		}
		programs, lowered = append(programs, *p), append(lowered, rule)
		for _, part := range rule.Parts {
			beside, low := plan.Lower(graph, binding, part.ID, part.Table, part.Checked)
			if beside == nil {
				out.Missing[part.ID] = low.Missing
				continue
			}
			programs = append(programs, *beside)
		}
	}
	var onList *expr.Node
	for _, d := range catalogue.Definitions {
		if d.Name != registered || d.Table.Name != "patients" {
			continue
		}
		checked, err := catalogue.Language.Check(expr.Source{File: d.File, Table: d.Table, Where: registered, WhereLine: 1})
		if err != nil {
			return nil, fmt.Errorf("definition %s: %w", registered, err)
		}
		if p, _ := plan.Lower(graph, binding, "", d.Table, checked); p != nil {
			programs, onList = append(programs, *p), p.Where
		}
	}
	return append(programs, plan.CountSystems(graph, binding, lowered, onList)...), nil
}

// NewBinding returns what of the extract the meaning of a rule depends on.
func NewBinding(x *extract.Extract, practices *practices.Set, lists map[string]*expr.Codelist) *expr.Binding {
	return &expr.Binding{Supplies: x.Supplies, HasTable: func(t *schema.Table) bool { return t.Name == "practice" || x.Table(t) != nil },
		NeverHas: func(t *schema.Table) bool { return slices.Contains(x.NeverHas, t) },
		AsOf:     practices.Shared(), Lists: lists}
}

// State returns what the run counted. missing names the rules that were not
// run, which the state marks. The program without an id counts the registered
// patients.
func (run *Run) State(missing map[string][]string) *state.State {
	out := &state.State{}
	at := map[string]int{}
	count := -1
	for i := range run.plan.Programs {
		switch p := &run.plan.Programs[i]; {
		case p.ID != "":
			at[p.ID] = i
			out.Rules = append(out.Rules, p.ID)
		case p.Gaps == nil:
			count = i
		}
	}
	for id := range missing {
		out.Rules = append(out.Rules, id)
	}
	slices.Sort(out.Rules)
	for i, p := range run.practices.List {
		s := state.PracticeState{ID: p.ID, ODSCode: p.ODSCode, Name: p.Name, AsOf: p.AsOf, AsOfFrom: p.AsOfFrom, Registered: -1, Outgoing: p.Outgoing || run.options.Outgoing}
		if count >= 0 {
			s.Registered = run.tallies[count][i].Denominator
		}
		for _, id := range out.Rules {
			program, ok := at[id]
			if !ok {
				s.Tallies = append(s.Tallies, state.Tally{Missing: true})
				continue
			}
			t := run.tallies[program][i]
			t.Value, t.HasValue = run.value(run.plan.Programs[program].Value, i)
			s.Tallies = append(s.Tallies, t)
			if days := run.days[program]; days != nil && days[i] != nil {
				s.Days = append(s.Days, state.Days{Rule: id, Counts: days[i].List(p.AsOf)})
			}
		}
		for _, r := range run.tables {
			rows := int64(0)
			if r != nil {
				rows = r.Practices[i].Rows
			}
			s.Rows = append(s.Rows, rows)
		}
		s.Gaps = run.gaps(i)
		out.Practices = append(out.Practices, s)
	}
	out.Tables = run.tableStates()
	return out
}

func (run *Run) tableStates() []state.TableState {
	var out []state.TableState
	for _, t := range run.x.Tables {
		r := run.tables[t.Schema.Index]
		if r != nil {
			out = append(out, r.State(t))
		}
	}
	return out
}

// value returns a rule's value for practice number i.
func (run *Run) value(n *expr.Node, i int) (float64, bool) {
	if n == nil || n.Op == expr.OpNull {
		return 0, false
	}
	if n.Op == expr.OpConst {
		if n.Type == schema.Decimal {
			return n.Value.Real, true
		}
		return float64(n.Value.Int), true
	}
	h := run.Columns[n]
	if !vector.Bit(h.Known, i) {
		return 0, false
	}
	switch {
	case h.Reals != nil:
		return h.Reals[i], true
	case h.Ints != nil:
		return float64(h.Ints[i]), true
	case h.Counts32 != nil:
		return float64(h.Counts32[i]), true
	case h.Counts16 != nil:
		return float64(h.Counts16[i]), true
	}
	return float64(h.Counts8[i]), true
}
