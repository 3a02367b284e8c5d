package analyzer

import (
	"fmt"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// StepID is what step i of a rule is counted under.
func StepID(rule string, i int) string { return fmt.Sprintf("%s?%d", rule, i) }

// stepsOf makes a program of each condition of the rule that rows can be asked for.
func (out *Outcome) stepsOf(rule *rules.Rule, graph *expr.Graph, binding *expr.Binding) []plan.Program {
	var programs []plan.Program
	steps := rule.Checked.Steps(graph, binding)
	for i, s := range steps {
		if s.Node != nil {
			programs = append(programs, plan.Program{ID: StepID(rule.ID, i), Table: s.Table, Where: s.Node, Aside: true})
		}
	}
	if out.Steps == nil {
		out.Steps = map[string][]expr.Step{}
	}
	out.Steps[rule.ID] = steps
	return append(programs, plan.Program{ID: StepID(rule.ID, len(steps)), Table: schema.Patients, Where: graph.Bool(true), Aside: true})
}

// EntryID is what the entries are counted under by which patients do not meet part i
// of what a rule expects.
func EntryID(rule string, i int) string { return fmt.Sprintf("%s!%d", rule, i) }

// faultyEntries makes a program for each part of what a rule of patients expects of
// all entries of a list: it finds the entries that break it, of the patients that fail.
func faultyEntries(rule *rules.Rule, p *plan.Program, graph *expr.Graph, binding *expr.Binding) []plan.Program {
	if rule.Table != schema.Patients {
		return nil
	}
	var programs []plan.Program
	for _, f := range rule.Checked.LowerFaults(graph, binding) {
		fails := []*expr.Node{p.Where, graph.Not(p.Reasons[f.Part])}
		if p.Exclude != nil {
			fails = append(fails, graph.Not(graph.IsTrue(p.Exclude)))
		}
		of := graph.Gather(f.List.To.Walk("patient"), graph.And(fails...))
		programs = append(programs, plan.Program{ID: EntryID(rule.ID, f.Part), Table: f.List.To, Where: graph.And(f.Node, of), Aside: true, Listed: p.Listed})
	}
	return programs
}
