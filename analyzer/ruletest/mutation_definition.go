package ruletest

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"paperlight/analyzer/expr"
	"paperlight/rules"
)

// MutateDefinitions weakens the shared definitions of a catalogue, one change
// at a time, and asks that a case of some rule that uses the definition
// notices. Only a cancelled context is an error.
func MutateDefinitions(ctx context.Context, c *rules.Catalogue, o MutantOptions) (*Mutation, error) {
	known := archivesOf(c)
	each := make([]*Mutation, len(c.Definitions))
	c, err := withWeaker(c)
	if err != nil {
		return nil, err
	}
	err = inParallel(ctx, o, len(each), func(d int) {
		m := &definitionMutation{catalogue: c, at: d, archives: known, users: usersOf(c, c.Definitions[d].Name), out: &Mutation{}}
		if err := m.breed(); err != nil {
			m.out.Survivors = append(m.out.Survivors, Failure{Rule: m.definition().Name, File: m.definition().File, Message: err.Error()})
		} else {
			m.run(ctx)
			m.survivors()
		}
		each[d] = m.out
	})
	if err != nil {
		return nil, err
	}
	out := together(each)
	out.Survivors = append(out.Survivors, explainedInVain(c, len(each), known)...)
	return out, nil
}

// archivesOf parses the cases of every rule and part that has conditions, by
// rule. Those that cannot be read are left out: the rule's own test names them.
func archivesOf(c *rules.Catalogue) map[*rules.Rule]*Archive {
	out := map[*rules.Rule]*Archive{}
	for _, whole := range c.Rules {
		for _, r := range whole.Whole() {
			if r.Checked == nil || r.Cases == nil {
				continue
			}
			if a, err := Parse(r.CasesFile, r.Cases, r.Table); err == nil {
				out[r] = a
			}
		}
	}
	return out
}

// A definitionMutation is the mutants of one definition while the cases of its
// users run.
type definitionMutation struct {
	catalogue *rules.Catalogue
	at        int
	archives  map[*rules.Rule]*Archive
	users     []*rules.Rule
	mutants   []definitionMutant
	out       *Mutation
}

// A definitionMutant is a catalogue's language with one definition changed.
type definitionMutant struct {
	name     string
	line     int
	language *expr.Language
	noticed  bool
}

func (m *definitionMutation) definition() *expr.Definition { return &m.catalogue.Definitions[m.at] }

// definitionChanges are the changes of a definition, named for the alternative
// where there are several. An alternative for systems that never have a table
// has none: cases are of no system, so that none can use it.
func definitionChanges(c *rules.Catalogue, d *expr.Definition) ([][]change, error) {
	out := make([][]change, len(d.Alternatives))
	seen := map[string]int{}
	for i, alternative := range d.Alternatives {
		if alternative.Without != nil {
			continue
		}
		changes, err := weakenIn(c, d.Table, alternative.Text)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", d.File, d.Name, err)
		}
		for _, change := range changes {
			name := d.Name + " of " + d.Table.Name
			if len(d.Alternatives) > 1 {
				name += fmt.Sprintf(", alternative %d", i+1)
			}
			change.name = once(seen, name+": "+change.name)
			out[i] = append(out[i], change)
		}
	}
	return out, nil
}

// breed makes the languages of the mutants and leaves out what is refused. A
// language has only the definitions that the users of the changed one need:
// checking all of them anew takes most of the time.
func (m *definitionMutation) breed() error {
	all, err := definitionChanges(m.catalogue, m.definition())
	if err != nil {
		return err
	}
	registers := slices.Sorted(maps.Keys(m.catalogue.Prevalence.Shares()))
	used := textsOf(m.users)
	for i, changes := range all {
		for _, change := range changes {
			definitions := slices.Clone(m.catalogue.Definitions)
			definitions[m.at].Alternatives = slices.Clone(definitions[m.at].Alternatives)
			definitions[m.at].Alternatives[i].Text = change.text
			language, err := expr.NewLanguage(neededBy(used, definitions), m.catalogue.Lists, registers...)
			if err != nil {
				continue
			}
			m.mutants = append(m.mutants, definitionMutant{name: change.name, line: m.definition().Alternatives[i].Line, language: language})
		}
	}
	return nil
}

// run runs the cases of the definition's users, each against all the changes
// that no rule before it noticed.
func (m *definitionMutation) run(ctx context.Context) {
	refused := map[int]bool{}
	for _, r := range m.users {
		a := m.archives[r]
		if a == nil {
			continue
		}
		one := &mutation{tester: tester{catalogue: m.catalogue, rule: r, summary: &Summary{}}}
		var of []int // the change that each mutant is of
		for i := range m.mutants {
			if m.mutants[i].noticed || refused[i] {
				continue
			}
			checked, err := m.mutants[i].language.Check(r.Source)
			if err != nil {
				refused[i] = true
				continue
			}
			one.mutants, one.checked, of = append(one.mutants, Mutant{Name: m.mutants[i].name}), append(one.checked, checked), append(of, i)
		}
		one.noticed = make([]bool, len(of))
		for i := range a.Cases {
			if err := one.judge(ctx, a, &a.Cases[i]); err != nil {
				break // the rule's own test says so
			}
		}
		for k, i := range of {
			m.mutants[i].noticed = one.noticed[k]
		}
	}
	kept := m.mutants[:0]
	for i := range m.mutants {
		if !refused[i] {
			kept = append(kept, m.mutants[i])
		}
	}
	m.mutants = kept
	m.out.Mutants = len(kept)
}

// survivors notes the changes that no case noticed and no archive explains,
// and explanations of what was noticed.
func (m *definitionMutation) survivors() {
	d := m.definition()
	for i := range m.mutants {
		mutant := &m.mutants[i]
		a, at := explanation(m.archives, mutant.name)
		switch {
		case mutant.noticed && at != nil:
			m.out.Survivors = append(m.out.Survivors, Failure{Rule: d.Name, File: a.File, Line: at.Line,
				Message: "a case notices this change of a definition: " + mutant.name, Hint: "remove the line"})
		case mutant.noticed:
		case at != nil:
			m.out.Explained++
		default:
			m.out.Survivors = append(m.out.Survivors, Failure{Rule: d.Name, File: d.File, Line: mutant.line,
				Message: "no case of any rule notices the change: " + mutant.name,
				Hint: "add the row that it decides wrongly to a rule that uses " + d.Name +
					", or to its cases a line: equivalent_definition: " + mutant.name + " because ..."})
		}
	}
}

// explanation finds what says that a change of a definition has no effect.
func explanation(archives map[*rules.Rule]*Archive, name string) (*Archive, *Equivalent) {
	for _, a := range archives {
		for i := range a.EquivalentDefinitions {
			if a.EquivalentDefinitions[i].Mutant == name {
				return a, &a.EquivalentDefinitions[i]
			}
		}
	}
	return nil, nil
}

// explainedInVain names the explanations of changes that do not exist among
// those of the first so many definitions.
func explainedInVain(c *rules.Catalogue, definitions int, archives map[*rules.Rule]*Archive) []Failure {
	names := map[string]bool{}
	for i := range definitions {
		all, err := definitionChanges(c, &c.Definitions[i])
		if err != nil {
			continue // said where its mutants are bred
		}
		for _, change := range slices.Concat(all...) {
			names[change.name] = true
		}
	}
	var out []Failure
	for _, whole := range c.Rules {
		for _, r := range whole.Whole() {
			a := archives[r]
			if a == nil {
				continue
			}
			for _, e := range a.EquivalentDefinitions {
				if !names[e.Mutant] {
					out = append(out, Failure{Rule: r.ID, File: a.File, Line: e.Line, Message: "no definition has such a change: " + e.Mutant, Hint: "remove the line"})
				}
			}
		}
	}
	return out
}

var word = regexp.MustCompile(`[a-z][a-z0-9_]*`)

// textsOf is all that the conditions of rules say.
func textsOf(all []*rules.Rule) string {
	var texts []string
	for _, r := range all {
		s := &r.Source
		texts = append(texts, s.Where, s.Exclude, s.Expect, s.Value, s.Date)
	}
	return strings.Join(texts, "\n")
}

// textsOfDefinition is all that the alternatives of a definition say.
func textsOfDefinition(d *expr.Definition) string {
	var texts []string
	for _, a := range d.Alternatives {
		texts = append(texts, a.Text)
	}
	return strings.Join(texts, "\n")
}

// neededBy returns the definitions that a text names, and those that these
// name in turn.
func neededBy(text string, definitions []expr.Definition) []expr.Definition {
	named, taken := map[string]bool{}, make([]bool, len(definitions))
	note := func(text string) {
		for _, w := range word.FindAllString(text, -1) {
			named[w] = true
		}
	}
	note(text)
	for more := true; more; {
		more = false
		for i := range definitions {
			if !taken[i] && named[definitions[i].Name] {
				taken[i], more = true, true
				note(textsOfDefinition(&definitions[i]))
			}
		}
	}
	var out []expr.Definition
	for i, d := range definitions {
		if taken[i] {
			out = append(out, d)
		}
	}
	return out
}

// usersOf returns the rules whose conditions depend on a definition.
func usersOf(c *rules.Catalogue, name string) []*rules.Rule {
	names := map[string]bool{name: true}
	uses := func(text string) bool {
		return slices.ContainsFunc(word.FindAllString(text, -1), func(w string) bool { return names[w] })
	}
	for more := true; more; {
		more = false
		for i := range c.Definitions {
			if d := &c.Definitions[i]; !names[d.Name] && uses(textsOfDefinition(d)) {
				names[d.Name], more = true, true
			}
		}
	}
	var out []*rules.Rule
	for _, whole := range c.Rules {
		for _, r := range whole.Whole() {
			if r.Checked != nil && uses(textsOf([]*rules.Rule{r})) {
				out = append(out, r)
			}
		}
	}
	return out
}
