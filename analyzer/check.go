package analyzer

import (
	"context"
	"fmt"
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/internal/run"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/score"
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
	Declarations []rules.Declaration
	// Reading says what is to know of how answers and as-of dates were read.
	Reading []string
	// Steps are the conditions of each rule apart, by its id, where Options.Steps
	// asks for them. Step i is counted under StepID.
	Steps map[string][]expr.Step
	// Run has the facts that worklists need.
	Run *run.Run
}

// Scored is what was found as the score takes it, under a scheme.
func (o *Outcome) Scored(catalogue *rules.Catalogue, scheme *rules.Scheme) score.Input {
	return score.Input{State: o.State, Catalogue: catalogue, Scheme: scheme, Missing: o.Missing, RuleNotes: o.Notes, Declarations: o.Declarations}
}

// registered is the definition that counts a practice's patients.
const registered = "registered"

// Check runs the rules of a catalogue over an extract: which practices and as
// of when, rules to nodes, nodes to a plan, the plan over the rows, and the
// counts into a state. The extract must stay open while Outcome.Run is used.
//
// An extract that cannot be judged is a *Refusal.
func Check(ctx context.Context, x *extract.Extract, catalogue *rules.Catalogue, o run.Options) (*Outcome, error) {
	practices, err := practices.Find(ctx, x, o.AsOf)
	if err != nil {
		return nil, err
	}
	practices.Declare(o.Declarations)
	practices.Terms = catalogue.AnswerTerms()
	out := &Outcome{Missing: map[string][]string{}, Notes: map[string][]string{}, Declarations: practices.Declarations, Reading: practices.Notes}
	programs, err := out.lower(x, catalogue, practices, o)
	if err != nil {
		return nil, err
	}
	plan, err := plan.New(programs, x)
	if err != nil {
		return nil, fmt.Errorf("planning: %w", err)
	}
	if out.Run, err = run.New(ctx, plan, x, practices, o); err != nil {
		return nil, err
	}
	if err := out.Run.RequirePatients(); err != nil {
		return nil, err
	}
	out.State = out.Run.State(out.Missing)
	return out, nil
}

// lower turns the rules that the extract can answer into programs.
func (out *Outcome) lower(x *extract.Extract, catalogue *rules.Catalogue, practices *practices.Set, o run.Options) ([]plan.Program, error) {
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
		p.Listed = o.Lists && rule.Lists()
		if o.Reasons {
			p.Reasons = rule.Checked.LowerExpected(graph, binding)
			programs = append(programs, faultyEntries(rule, p, graph, binding)...)
		}
		programs, lowered = append(programs, *p), append(lowered, rule)
		if o.Steps {
			programs = append(programs, out.stepsOf(rule, graph, binding)...)
		}
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
		if d.Name != registered || d.Table != schema.Patients {
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
	return &expr.Binding{Supplies: x.Supplies, HasTable: func(t *schema.Table) bool { return t == schema.Practice || x.Table(t) != nil },
		NeverHas: func(t *schema.Table) bool { return slices.Contains(x.NeverHas, t) || practices.NotKept(t) },
		AsOf:     practices.Shared(), Lists: lists}
}

// Programs returns the programs that Check runs over the extract, for those
// who plan and run them on their own. missing says, by rule id, why a rule has
// none. The program without an id counts the registered patients.
func Programs(x *extract.Extract, catalogue *rules.Catalogue, practices *practices.Set) (programs []plan.Program, missing map[string][]string, err error) {
	out := &Outcome{Missing: map[string][]string{}, Notes: map[string][]string{}}
	programs, err = out.lower(x, catalogue, practices, run.Options{})
	return programs, out.Missing, err
}
