package ruletest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/rules"
)

// A Mutant is a rule with one small fault: a term dropped, a bound moved, a
// comparison turned. The rule's cases must notice it.
type Mutant struct {
	// Name says which condition was changed and how, such as
	// "expect: months(15) becomes months(16)". It is unique within the rule.
	Name   string
	Source expr.Source
}

// mutantsOf returns the mutants of a rule, in the order of its conditions. A rule
// that only answers can meet has none. c is a catalogue with weaker definitions.
func mutantsOf(c *rules.Catalogue, r *rules.Rule) ([]Mutant, error) {
	if r.Checked == nil {
		return nil, nil
	}
	var out []Mutant
	seen := map[string]int{}
	add := func(name string, s expr.Source) { out = append(out, Mutant{Name: once(seen, name), Source: s}) }
	for _, part := range []struct {
		name string
		text func(*expr.Source) *string
	}{
		{"where", func(s *expr.Source) *string { return &s.Where }},
		{"exclude", func(s *expr.Source) *string { return &s.Exclude }},
		{"expect", func(s *expr.Source) *string { return &s.Expect }},
		{"value", func(s *expr.Source) *string { return &s.Value }},
		{"date", func(s *expr.Source) *string { return &s.Date }},
	} {
		s := r.Source
		whole := *part.text(&s)
		if strings.TrimSpace(whole) == "" {
			continue
		}
		if part.name == "exclude" {
			without := r.Source
			without.Exclude = ""
			add("exclude: dropped", without)
		}
		changes, err := weakenIn(c, r.Table, whole)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", r.File, part.name, err)
		}
		for _, c := range changes {
			changed := r.Source
			*part.text(&changed) = c.text
			add(part.name+": "+c.name, changed)
		}
	}
	return out, nil
}

// once is a name not given before: the second of a name is "... (2)".
func once(seen map[string]int, name string) string {
	if seen[name]++; seen[name] > 1 {
		return name + " (" + strconv.Itoa(seen[name]) + ")"
	}
	return name
}

// A Mutation is what the cases of rules made of their mutants.
type Mutation struct {
	// Mutants were judged: those that the language refuses and those that mean
	// the same as the rule are left out.
	Mutants int
	// Explained are mutants that no case noticed and that the archive says
	// cannot be noticed.
	Explained int
	Survivors []Failure
}

// Mutate runs the cases of rules of a catalogue against every mutant of each,
// in the order of the rules. Only a cancelled context is an error.
func Mutate(ctx context.Context, c *rules.Catalogue, chosen []*rules.Rule, o MutantOptions) (*Mutation, error) {
	c, err := withWeaker(c)
	if err != nil {
		return nil, err
	}
	var all []*rules.Rule
	for _, r := range chosen {
		all = append(all, r.Whole()...)
	}
	each := make([]*Mutation, len(all))
	if err := inParallel(ctx, o, len(all), func(i int) { each[i] = mutateRule(ctx, c, all[i], o) }); err != nil {
		return nil, err
	}
	return together(each), nil
}

// mutateRule runs the cases of one rule against its mutants. c is a catalogue
// with weaker definitions.
func mutateRule(ctx context.Context, c *rules.Catalogue, r *rules.Rule, o MutantOptions) *Mutation {
	m := &mutation{options: o, tester: tester{catalogue: c, rule: r, summary: &Summary{}}, out: &Mutation{}}
	if r.Checked == nil || r.Cases == nil {
		return m.out
	}
	a, err := Parse(r.CasesFile, r.Cases, r.Table)
	if err != nil {
		m.fail(faultOf(r, err))
		return m.finish()
	}
	if err := m.breed(a); err != nil {
		m.fail(Failure{File: r.File, Message: err.Error()})
		return m.finish()
	}
	for i := range a.Cases {
		if err := m.judge(ctx, a, &a.Cases[i]); err != nil {
			m.fail(Failure{File: a.File, Line: a.Cases[i].Line, Case: a.Cases[i].Name, Message: "cannot be run against mutants: " + err.Error()})
			return m.finish()
		}
	}
	m.survivors(a)
	return m.finish()
}

// A mutation is the mutants of one rule while its cases run.
type mutation struct {
	tester
	options MutantOptions
	out     *Mutation
	known   []string // the names of all mutants, sampled or not
	mutants []Mutant
	checked []*expr.Checked // of each mutant
	noticed []bool
}

func (m *mutation) finish() *Mutation {
	m.out.Survivors = m.summary.Failures
	return m.out
}

// breed makes the mutants and leaves out those that the language refuses and
// those that are the rule itself in other words.
func (m *mutation) breed(a *Archive) error {
	all, err := mutantsOf(m.catalogue, m.rule)
	if err != nil {
		return err
	}
	graph := expr.NewGraph()
	binding := everything(m.lists(a))
	own := m.rule.Checked.Lower(graph, binding)
	for i, mutant := range all {
		m.known = append(m.known, mutant.Name)
		if m.options.Every > 1 && i%m.options.Every != 0 {
			continue
		}
		checked, err := m.catalogue.Language.Check(mutant.Source)
		if err != nil {
			continue
		}
		if low := checked.Lower(graph, binding); len(own.Missing)+len(low.Missing) == 0 &&
			low.Where == own.Where && low.Exclude == own.Exclude && low.Expect == own.Expect && low.Value == own.Value && low.Date == own.Date {
			continue
		}
		m.mutants = append(m.mutants, mutant)
		m.checked = append(m.checked, checked)
	}
	m.noticed = make([]bool, len(m.mutants))
	m.out.Mutants = len(m.mutants)
	return nil
}

// judge runs a case against the rule and all mutants that no case before it
// noticed, in one plan, and notes which of them it tells from the rule.
func (m *mutation) judge(ctx context.Context, a *Archive, c *Case) error {
	a = a.of(c)
	x, places := c.extract(way{}, m.rule.Table)
	practices, err := analyzer.AsOf(ctx, x, &a.AsOf)
	if err != nil {
		return err
	}
	practices.Declarations, practices.Terms = m.answers(a, practices), m.catalogue.AnswerTerms()
	binding := analyzer.NewBinding(x, practices, m.lists(a))
	binding.Prevalence = a.prevalence(m.catalogue)
	graph := expr.NewGraph()
	var programs []analyzer.Program
	var of []int // the mutant of each program; -1 is the rule
	for i := -1; i < len(m.mutants); i++ {
		if i >= 0 && m.noticed[i] {
			continue
		}
		checked := m.rule.Checked
		if i >= 0 {
			checked = m.checked[i]
		}
		program, low := analyzer.Lower(graph, binding, fmt.Sprintf("%05d", i+1), m.rule.Table, checked)
		switch {
		case program != nil:
			programs, of = append(programs, *program), append(of, i)
		case i < 0:
			return fmt.Errorf("the rule needs %s", strings.Join(low.Missing, ", "))
		default:
			m.noticed[i] = true // asks for what the rule does not
		}
	}
	own := m.rule.Checked.Lower(graph, binding)
	reading := slices.ContainsFunc(expr.Columns(own.Where, own.Expect), isVirtual)
	plan, err := analyzer.NewPlan(withReaders(programs, reading, graph, x), x)
	if err != nil {
		return err
	}
	run, err := analyzer.NewRun(ctx, plan, x, practices, analyzer.RunOptions{AsOf: &a.AsOf, Jobs: 1})
	if err != nil {
		return err
	}
	results := make([]result, len(programs))
	readAll(run, programs, results)
	if c.Want != nil {
		if err := listAll(ctx, run, programs, results, c, places); err != nil {
			return err
		}
	}
	for k, i := range of {
		if !results[k].wanted(c) {
			if i < 0 {
				return fmt.Errorf("the rule itself is not what the case wants")
			}
			m.noticed[i] = true
		}
	}
	return nil
}

// survivors notes the mutants that no case noticed and the archive does not
// explain, and explanations of none.
func (m *mutation) survivors(a *Archive) {
	for i, mutant := range m.mutants {
		at := slices.IndexFunc(a.Equivalent, func(e Equivalent) bool { return e.Mutant == mutant.Name })
		switch {
		case !m.noticed[i] && at >= 0:
			m.out.Explained++
		case !m.noticed[i]:
			m.fail(Failure{File: a.File, Message: "no case notices the change: " + mutant.Name,
				Hint: "add the row that it decides wrongly, or a line: equivalent: " + mutant.Name + " because ..."})
		case at >= 0:
			m.fail(Failure{File: a.File, Line: a.Equivalent[at].Line, Message: "a case notices this change: " + mutant.Name, Hint: "remove the line"})
		}
	}
	for _, e := range a.Equivalent {
		if !slices.Contains(m.known, e.Mutant) {
			m.fail(Failure{File: a.File, Line: e.Line, Message: "the rule has no such change: " + e.Mutant, Hint: "remove the line"})
		}
	}
}
