package ruletest

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	cel "cel.dev/cel-go/parser"

	"paperlight/analyzer/calendar"
)

// A change is one weakened form of a condition: what was done, and the text.
type change struct{ name, text string }

// newWeakener reads a condition. Its changes are in the order of its parts: an
// operand of && or || dropped, && and || exchanged, a condition negated, a
// comparison turned or its bound taken in or out, a number or a date moved by
// one, a member of a list dropped, exists and all exchanged, unknown let through.
func newWeakener(text string) (*weakener, error) {
	// No macros: every part is as it was written.
	p, err := cel.NewParser()
	if err != nil {
		return nil, fmt.Errorf("expression parser: %w", err)
	}
	parsed, errs := p.Parse(common.NewStringSource(text, ""))
	if len(errs.GetErrors()) > 0 {
		return nil, fmt.Errorf("the condition cannot be read")
	}
	return &weakener{root: parsed.Expr(), info: parsed.SourceInfo(), make: ast.NewExprFactory()}, nil
}

type weakener struct {
	root    ast.Expr
	info    *ast.SourceInfo
	make    ast.ExprFactory
	changes []change
	err     error
}

// put notes the change that has the expression with in the place of at.
func (w *weakener) put(name string, at, with ast.Expr) {
	text, err := cel.Unparse(w.replaced(w.root, at.ID(), with), w.info)
	if err != nil {
		w.err = fmt.Errorf("the condition cannot be written: %w", err)
		return
	}
	w.changes = append(w.changes, change{name: shortened(name), text: text})
}

// becomes notes a change that is named by the texts before and after.
func (w *weakener) becomes(at, with ast.Expr) {
	w.put(w.text(at)+" becomes "+w.text(with), at, with)
}

func (w *weakener) text(e ast.Expr) string {
	s, err := cel.Unparse(e, w.info)
	if err != nil {
		w.err = fmt.Errorf("the condition cannot be written: %w", err)
	}
	return shortened(strings.Join(strings.Fields(s), " "))
}

// replaced is a copy of e with another expression in the place of one of its
// parts.
func (w *weakener) replaced(e ast.Expr, id int64, with ast.Expr) ast.Expr {
	if e.ID() == id {
		return with
	}
	each := func(list []ast.Expr) []ast.Expr {
		out := make([]ast.Expr, len(list))
		for i, one := range list {
			out[i] = w.replaced(one, id, with)
		}
		return out
	}
	switch e.Kind() {
	case ast.CallKind:
		call := e.AsCall()
		if call.IsMemberFunction() {
			return w.make.NewMemberCall(e.ID(), call.FunctionName(), w.replaced(call.Target(), id, with), each(call.Args())...)
		}
		return w.make.NewCall(e.ID(), call.FunctionName(), each(call.Args())...)
	case ast.SelectKind:
		s := e.AsSelect()
		return w.make.NewSelect(e.ID(), w.replaced(s.Operand(), id, with), s.FieldName())
	case ast.ListKind:
		return w.make.NewList(e.ID(), each(e.AsList().Elements()), nil)
	}
	return e
}

// condition weakens e, which is true or false, and its parts.
func (w *weakener) condition(e ast.Expr) {
	w.put(w.text(e)+" is negated", e, w.make.NewCall(0, operators.LogicalNot, e))
	for _, op := range []string{operators.LogicalAnd, operators.LogicalOr} {
		if operands := w.chain(e, op); len(operands) > 1 {
			w.operands(e, op, operands)
			for _, one := range operands {
				w.condition(one)
			}
			return
		}
	}
	w.parts(e)
}

// chain returns the operands of a && b && c, or e alone.
func (w *weakener) chain(e ast.Expr, op string) []ast.Expr {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != op {
		return []ast.Expr{e}
	}
	var out []ast.Expr
	for _, a := range e.AsCall().Args() {
		out = append(out, w.chain(a, op)...)
	}
	return out
}

func (w *weakener) joined(op string, operands []ast.Expr) ast.Expr {
	e := operands[0]
	for _, one := range operands[1:] {
		e = w.make.NewCall(0, op, e, one)
	}
	return e
}

// operands drops each operand of a chain, and exchanges each of its operators.
func (w *weakener) operands(e ast.Expr, op string, operands []ast.Expr) {
	for i, one := range operands {
		w.put("without "+w.text(one), e, w.joined(op, slices.Delete(slices.Clone(operands), i, i+1)))
	}
	other, name := operators.LogicalOr, "||"
	if op == operators.LogicalOr {
		other, name = operators.LogicalAnd, "&&"
	}
	for i, one := range operands[1:] {
		w.put(name+" before "+w.text(one), e, w.make.NewCall(0, other, w.joined(op, operands[:i+1]), w.joined(op, operands[i+1:])))
	}
}

// turned are the comparisons that a comparison may be mistaken for: the
// opposite, and the one that takes in or leaves out the bound.
var turned = map[string][]string{
	operators.Less:          {operators.GreaterEquals, operators.LessEquals},
	operators.LessEquals:    {operators.Greater, operators.Less},
	operators.Greater:       {operators.LessEquals, operators.GreaterEquals},
	operators.GreaterEquals: {operators.Less, operators.Greater},
	operators.Equals:        {operators.NotEquals},
	operators.NotEquals:     {operators.Equals},
}

// listForms take a condition on each row of a list: the place of that argument.
var listForms = map[string]int{"exists": 1, "all": 1, "count": 1, "sum": 1, "latest": 1, "latest_date": 1, "repeated": 1, "matched": 1, "latest_match": 1, "days": 1,
	"repeated_in": 2, "repeats_earlier": 2}

// parts weakens the parts of e.
func (w *weakener) parts(e ast.Expr) {
	switch e.Kind() {
	case ast.LiteralKind:
		w.literal(e)
	case ast.SelectKind:
		w.parts(e.AsSelect().Operand())
	case ast.ListKind:
		for _, one := range e.AsList().Elements() {
			w.parts(one)
		}
	case ast.CallKind:
		w.call(e)
	}
}

func (w *weakener) call(e ast.Expr) {
	call := e.AsCall()
	name, args := call.FunctionName(), call.Args()
	for _, other := range turned[name] {
		w.becomes(e, w.make.NewCall(0, other, args...))
	}
	switch name {
	case operators.LogicalNot:
		w.condition(args[0])
		return
	case operators.LogicalAnd, operators.LogicalOr:
		w.condition(e)
		return
	case operators.Conditional:
		w.condition(args[0])
		args = args[1:]
	case operators.In:
		w.dropped(args[1], e)
	case "date":
		w.date(e, args[0])
		return
	case "months", "years", "days", "working_days":
		if call.IsMemberFunction() {
			break // the days of a list
		}
		for _, v := range beside(args[0]) {
			w.becomes(e, w.make.NewCall(0, name, w.make.NewLiteral(0, v)))
		}
		return
	case "is_true":
		w.becomes(e, args[0])
		w.condition(args[0])
		return
	case "repeated", "repeated_in", "repeats_earlier":
		w.dropped(args[len(args)-1], e)
	case "exists":
		w.put("exists becomes all in "+w.text(e), e, w.make.NewMemberCall(0, "all", call.Target(), args...))
	case "all":
		w.put("all becomes exists in "+w.text(e), e, w.make.NewMemberCall(0, "exists", call.Target(), args...))
	}
	if call.IsMemberFunction() {
		w.parts(call.Target())
	}
	at, isList := listForms[name]
	for i, a := range args {
		if isList && i == at {
			w.condition(a)
			continue
		}
		w.parts(a)
	}
}

// dropped drops each member of a list of several that is part of e.
func (w *weakener) dropped(list, e ast.Expr) {
	if list.Kind() != ast.ListKind || list.AsList().Size() < 2 {
		return
	}
	all := list.AsList().Elements()
	for i, one := range all {
		w.put("without "+w.text(one)+" in "+w.text(e), list, w.make.NewList(0, slices.Delete(slices.Clone(all), i, i+1), nil))
	}
}

// literal moves a number by one either way.
func (w *weakener) literal(e ast.Expr) {
	for _, v := range beside(e) {
		w.becomes(e, w.make.NewLiteral(0, v))
	}
}

// beside are the numbers next to a literal number.
func beside(e ast.Expr) []ref.Val {
	if e.Kind() == ast.LiteralKind {
		switch v := e.AsLiteral().(type) {
		case types.Int:
			return []ref.Val{v - 1, v + 1}
		case types.Double:
			return []ref.Val{v - 1, v + 1}
		}
	}
	return nil
}

// date moves a date by a day either way.
func (w *weakener) date(e, argument ast.Expr) {
	if argument.Kind() != ast.LiteralKind {
		return
	}
	text, ok := argument.AsLiteral().(types.String)
	if !ok {
		return
	}
	day, ok := calendar.Parse(string(text))
	if !ok {
		return
	}
	for _, by := range []calendar.Day{-1, 1} {
		moved := types.String((day + by).String())
		w.becomes(e, w.make.NewCall(0, "date", w.make.NewLiteral(0, moved)))
	}
}
