package expr

import (
	"errors"

	"cel.dev/cel-go/cel"

	"paperlight/analyzer/schema"
)

// Trees are the conditions of a rule as CEL checked them, macros expanded; nil
// where the rule has none. An interpreter that runs them gives the meaning
// that the graph must have.
type Trees struct {
	Table                               *schema.Table
	Where, Exclude, Expect, Value, Date *cel.Ast
}

// Trees returns the rule's conditions. The error is that of a text which was
// said to be proven and is not.
func (c *Checked) Trees() (Trees, error) {
	t := Trees{Table: c.source.Table}
	var faults []error
	for _, of := range []struct {
		condition *condition
		to        **cel.Ast
	}{{c.where, &t.Where}, {c.exclude, &t.Exclude}, {c.expect, &t.Expect}, {c.value, &t.Value}, {c.date, &t.Date}} {
		if of.condition == nil {
			continue
		}
		var err error
		*of.to, err = of.condition.tree()
		faults = append(faults, err)
	}
	return t, errors.Join(faults...)
}

// Alternatives returns a function that gives the tree of the alternative of a
// definition that the rule uses with b; nil where there is no such definition.
// The error is as Trees's, of any definition of the language.
func (c *Checked) Alternatives(b *Binding) (func(t *schema.Table, name string) *cel.Ast, error) {
	l := c.lowering(NewGraph(), b)
	trees, err := c.language.trees()
	return func(t *schema.Table, name string) *cel.Ast {
		d := c.language.definitions[t][name]
		if d == nil {
			return nil
		}
		return trees[l.choose(d, l.optional).condition]
	}, err
}

// trees returns the trees of all definitions.
func (l *Language) trees() (map[*condition]*cel.Ast, error) {
	out := map[*condition]*cel.Ast{}
	var faults []error
	for _, of := range l.definitions {
		for _, d := range of {
			for _, a := range d.alternatives {
				tree, err := a.condition.tree()
				out[a.condition], faults = tree, append(faults, err)
			}
		}
	}
	return out, errors.Join(faults...)
}

// Definitions lists the names defined on t, sorted, with their types.
func (l *Language) Definitions(t *schema.Table) (names []string, types []schema.Type) {
	for _, name := range l.fields(t) {
		if d := l.definitions[t][name]; d != nil {
			names, types = append(names, name), append(types, d.typ)
		}
	}
	return names, types
}
