package analyzer

import (
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// A gapReader is a rule that reads a code list over the rows that a program
// counts: those in a system that the list does not cover.
type gapReader struct {
	rule, list string
	noted      bool
	system     int // of schema.CodeSystems
	at         int // which use of a list by the rule, from 0
}

// countSystems returns the programs that count, for the lists that rules read,
// the coded rows in systems which the lists do not cover: one for each table,
// window and system, whichever rules ask. Rows of patients who are not
// registered are left out: who has left was coded in another age. What stands
// beside a rule is not judged, so what it reads is not counted.
func countSystems(graph *expr.Graph, binding *expr.Binding, lowered []*rules.Rule, registered *expr.Node) []Program {
	s := &systemPrograms{graph: graph, binding: binding, registered: registered, at: map[[2]*expr.Node]int{}}
	for _, rule := range lowered {
		uses := rule.Checked.ListUses(graph, binding)
		for i, u := range uses {
			list := binding.Lists[u.List]
			supplements := func(o expr.ListUse) bool { return o.List == list.Supplements && o.Table == u.Table }
			u.Noted = u.Noted || slices.ContainsFunc(uses, supplements)
			s.add(rule.ID, i, u, list)
		}
	}
	return s.programs
}

type systemPrograms struct {
	graph      *expr.Graph
	binding    *expr.Binding
	registered *expr.Node // of patients; nil where it cannot be known
	programs   []Program
	at         map[[2]*expr.Node]int // by where and expect
}

func (s *systemPrograms) add(rule string, at int, u expr.ListUse, list *expr.Codelist) {
	g := s.graph
	code, system := u.Table.Coded()
	where := g.And(g.Present(g.Column(code)), g.In(g.Column(system), knownSystems()), u.Window)
	if patient := u.Table.Walk("patient"); patient != nil && s.registered != nil {
		where = g.And(where, g.Gather(patient, s.registered))
	}
	for i, c := range schema.CodeSystems {
		if covers(list, c) || system.Values != nil && !slices.Contains(system.Values, c.Name) {
			continue
		}
		is := g.Strict(expr.OpEq, schema.Bool, g.Column(system), g.Const(expr.Value{Type: schema.Text, Text: c.Name}))
		key := [2]*expr.Node{where, g.And(is, g.Not(u.Told))}
		place, ok := s.at[key]
		if !ok {
			place = len(s.programs)
			s.at[key] = place
			s.programs = append(s.programs, Program{Table: u.Table, Where: where, Expect: key[1]})
		}
		s.programs[place].gaps = append(s.programs[place].gaps, gapReader{rule: rule, list: u.List, noted: u.Noted, system: i, at: at})
	}
}

func covers(list *expr.Codelist, c schema.CodeSystem) bool {
	return slices.Contains(list.Covers, c.Name) || c.Within != "" && slices.Contains(list.Covers, c.Within)
}

func knownSystems() *expr.Set {
	s := &expr.Set{Type: schema.Text, Name: "code systems", Texts: map[string]struct{}{}}
	for _, c := range schema.CodeSystems {
		s.Texts[c.Name] = struct{}{}
	}
	return s
}

// gaps returns what the programs of countSystems counted in practice number i.
func (run *Run) gaps(i int) []state.Gap {
	type use struct {
		rule string
		at   int
	}
	found := map[use]*state.Gap{}
	for at := range run.plan.programs {
		t := run.tallies[at][i]
		if t.Numerator == 0 {
			continue
		}
		for _, r := range run.plan.programs[at].gaps {
			gap := found[use{r.rule, r.at}]
			if gap == nil {
				gap = &state.Gap{Rule: r.rule, List: r.list, Use: r.at, Noted: r.noted, Coded: t.Denominator}
				found[use{r.rule, r.at}] = gap
			}
			gap.Systems = append(gap.Systems, state.SystemCount{System: schema.CodeSystems[r.system].Name, Rows: t.Numerator})
		}
	}
	var out []state.Gap
	for _, gap := range found {
		slices.SortFunc(gap.Systems, func(a, b state.SystemCount) int { return systemAt(a.System) - systemAt(b.System) })
		out = append(out, *gap)
	}
	slices.SortFunc(out, state.CompareGaps)
	return out
}

func systemAt(name string) int {
	return slices.IndexFunc(schema.CodeSystems, func(c schema.CodeSystem) bool { return c.Name == name })
}
