package plan

import (
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// A GapUse is a use of a code list by a rule, over the rows that a program
// counts: those in a system that the list does not cover.
type GapUse struct {
	Rule, List string
	Noted      bool
	System     int // of schema.CodeSystems
	At         int // which use of a list by the rule, from 0
}

// CountSystems returns the programs that count, for the lists that rules read,
// the coded rows in systems which the lists do not cover: one for each table,
// window and system, whichever rules ask. Rows of patients who are not
// registered are left out: who has left was coded in another age. Parts of rules
// are not judged, so what they read is not counted.
func CountSystems(graph *expr.Graph, binding *expr.Binding, lowered []*rules.Rule, registered *expr.Node) []Program {
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
		s.programs[place].Gaps = append(s.programs[place].Gaps, GapUse{Rule: rule, List: u.List, Noted: u.Noted, System: i, At: at})
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
