package expr

import (
	"cel.dev/cel-go/cel"

	"paperlight/analyzer/schema"
)

// Trees are the conditions of a rule as CEL checked them, macros expanded; nil
// where the rule has none. An interpreter that runs them gives the meaning
// that the graph must have.
type Trees struct {
	Table                         *schema.Table
	Where, Exclude, Expect, Value *cel.Ast
}

// Trees returns the rule's conditions.
func (c *Checked) Trees() Trees {
	tree := func(c *condition) *cel.Ast {
		if c == nil {
			return nil
		}
		return c.ast
	}
	return Trees{Table: c.source.Table, Where: tree(c.where), Exclude: tree(c.exclude), Expect: tree(c.expect), Value: tree(c.value)}
}

// Alternatives returns a function that gives the tree of the alternative of a
// definition that the rule uses with b; nil where there is no such definition.
func (c *Checked) Alternatives(b *Binding) func(t *schema.Table, name string) *cel.Ast {
	l := c.lowering(NewGraph(), b)
	return func(t *schema.Table, name string) *cel.Ast {
		d := c.language.definitions[t][name]
		if d == nil {
			return nil
		}
		return l.choose(d, l.optional).condition.ast
	}
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
