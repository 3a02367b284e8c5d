package ruletest

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// weakenIn returns the changes of a condition on the rows of a table: those of
// its form, and those that put a neighbour in the place of what it names, which
// is a code list, a column, a definition, a prefix or a list of values. c is a
// catalogue with weaker definitions.
func weakenIn(c *rules.Catalogue, t *schema.Table, text string) ([]change, error) {
	w, err := newWeakener(text)
	if err != nil {
		return nil, err
	}
	w.condition(w.root)
	wide := &widener{weakener: w, catalogue: c, rows: t, scope: map[string]*schema.Table{}}
	wide.walk(w.root)
	return w.changes, w.err
}

// A widener puts neighbours in the place of what a condition names.
type widener struct {
	*weakener
	catalogue *rules.Catalogue
	rows      *schema.Table            // of the condition
	scope     map[string]*schema.Table // the names of rows of lists
}

// table is that of the row or the list of rows that e leads to; nil where e is
// neither.
func (w *widener) table(e ast.Expr) *schema.Table {
	from, name := w.rows, ""
	switch e.Kind() {
	case ast.IdentKind:
		if t := w.scope[e.AsIdent()]; t != nil {
			return t
		}
		name = e.AsIdent()
	case ast.SelectKind:
		if from, name = w.table(e.AsSelect().Operand()), e.AsSelect().FieldName(); from == nil {
			return nil
		}
	case ast.CallKind:
		if call := e.AsCall(); call.IsMemberFunction() && call.FunctionName() == "latest" {
			return w.table(call.Target())
		}
		return nil
	}
	if r := from.Walk(name); r != nil {
		return r.To
	}
	return nil
}

// walk visits the parts of e in the order of the text.
func (w *widener) walk(e ast.Expr) {
	switch e.Kind() {
	case ast.IdentKind:
		if w.scope[e.AsIdent()] == nil {
			w.named(e, w.rows, e.AsIdent(), func(name string) ast.Expr { return w.make.NewIdent(0, name) })
		}
	case ast.SelectKind:
		s := e.AsSelect()
		if t := w.table(s.Operand()); t != nil {
			w.named(e, t, s.FieldName(), func(name string) ast.Expr { return w.make.NewSelect(0, s.Operand(), name) })
			return
		}
		w.walk(s.Operand())
	case ast.ListKind:
		for _, one := range e.AsList().Elements() {
			w.walk(one)
		}
	case ast.CallKind:
		w.call(e)
	}
}

func (w *widener) call(e ast.Expr) {
	call := e.AsCall()
	args := call.Args()
	switch name := call.FunctionName(); name {
	case "has", "date", "declared", "prevalence": // has() goes with the column that is read beside it
		return
	case "codelist", "coded":
		w.list(e, name, args)
		return
	case "startsWith":
		w.prefix(e, call.Target(), args[0])
	case operators.Equals, operators.NotEquals, operators.In:
		w.oneMore(e, name, args)
	}
	list, rest := call.Target(), args
	if at, ok := listForms[call.FunctionName()]; ok {
		if !call.IsMemberFunction() {
			list, rest = args[0], args[1:]
			at--
		}
		if t := w.table(list); t != nil && at == 1 && rest[0].Kind() == ast.IdentKind {
			row := rest[0].AsIdent()
			outer := w.scope[row]
			w.walk(list)
			w.scope[row] = t
			for _, a := range rest[1:] {
				w.walk(a)
			}
			if w.scope[row] = outer; outer == nil {
				delete(w.scope, row)
			}
			return
		}
	}
	if call.IsMemberFunction() {
		w.walk(list)
	}
	for _, a := range args {
		w.walk(a)
	}
}

// named puts a neighbour in the place of a column, and a weaker form in the
// place of a definition.
func (w *widener) named(e ast.Expr, t *schema.Table, name string, with func(string) ast.Expr) {
	if c := t.Column(name); c != nil {
		if n := neighbour(c); n != nil {
			w.becomes(e, with(n.Name))
		}
		return
	}
	for _, d := range weaker(w.catalogue, t, name) {
		w.put(w.text(e)+" lacks "+d.Doc, e, with(d.Name))
	}
}

// neighbour is the next column of a table that a column may be mistaken for: of
// its type, no key, and the id of a record where that is one. nil where there
// is none.
func neighbour(c *schema.Column) *schema.Column {
	key := func(c *schema.Column) bool { return c == c.Table.Key || c == c.Table.Patient || c == c.Table.Practice }
	if key(c) || c.Values != nil || c.Virtual {
		return nil
	}
	all := c.Table.Columns
	for i := 1; i < len(all); i++ {
		n := all[(c.Index+i)%len(all)]
		if n.Type == c.Type && strings.HasSuffix(n.Name, "_id") == strings.HasSuffix(c.Name, "_id") && !key(n) && n.Values == nil && !n.Virtual && n.Privacy == c.Privacy {
			return n
		}
	}
	return nil
}

// list puts the next code list by name that has codes in a system in common in
// the place of one.
func (w *widener) list(e ast.Expr, function string, args []ast.Expr) {
	name, ok := literalText(args[0])
	own := w.catalogue.Lists[name]
	if !ok || own == nil {
		return
	}
	names := make([]string, 0, len(w.catalogue.Lists))
	for n := range w.catalogue.Lists {
		names = append(names, n)
	}
	slices.Sort(names)
	at := slices.Index(names, name)
	for i := 1; i < len(names); i++ {
		n := names[(at+i)%len(names)]
		if inCommon(own, w.catalogue.Lists[n]) {
			w.becomes(e, w.make.NewCall(0, function, w.make.NewLiteral(0, types.String(n))))
			return
		}
	}
}

func inCommon(a, b *expr.Codelist) bool {
	for system, codes := range a.Codes {
		if len(codes) > 0 && len(b.Codes[system]) > 0 {
			return true
		}
	}
	return false
}

// prefix takes the last character from a prefix, and adds 01 to it: the first
// part below it in a hierarchy whose parts are numbered.
func (w *widener) prefix(e, target, argument ast.Expr) {
	text, ok := literalText(argument)
	if !ok || text == "" {
		return
	}
	for _, other := range []string{text[:len(text)-1], text + "01"} {
		if other != "" {
			w.becomes(e, w.make.NewMemberCall(0, "startsWith", target, w.make.NewLiteral(0, types.String(other))))
		}
	}
}

// oneMore lets one more value of a column through: the one that follows in the
// column's closed list.
func (w *widener) oneMore(e ast.Expr, operator string, args []ast.Expr) {
	c := w.column(args[0])
	if c == nil || c.Values == nil {
		return
	}
	have := []ast.Expr{args[1]}
	if operator == operators.In {
		if args[1].Kind() != ast.ListKind {
			return
		}
		have = args[1].AsList().Elements()
	}
	var texts []string
	for _, one := range have {
		text, ok := literalText(one)
		if !ok {
			return
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return
	}
	last := slices.Index(c.Values, texts[len(texts)-1])
	for i := 1; i < len(c.Values); i++ {
		more := c.Values[(last+i)%len(c.Values)]
		if slices.Contains(texts, more) {
			continue
		}
		in := w.make.NewCall(0, operators.In, args[0], w.make.NewList(0, append(slices.Clone(have), w.make.NewLiteral(0, types.String(more))), nil))
		if operator == operators.NotEquals {
			in = w.make.NewCall(0, operators.LogicalNot, in)
		}
		w.put("with "+more+" in "+w.text(e), e, in)
		return
	}
}

// column is the column that e reads, or nil.
func (w *widener) column(e ast.Expr) *schema.Column {
	switch e.Kind() {
	case ast.IdentKind:
		return w.rows.Column(e.AsIdent())
	case ast.SelectKind:
		if t := w.table(e.AsSelect().Operand()); t != nil {
			return t.Column(e.AsSelect().FieldName())
		}
	}
	return nil
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	text, ok := e.AsLiteral().(types.String)
	return string(text), ok
}
