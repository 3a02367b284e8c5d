package expr

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// written gives operators as they stand in the text.
var written = map[string]string{
	operators.LogicalAnd: "&&", operators.LogicalOr: "||", operators.LogicalNot: "!",
	operators.Equals: "==", operators.NotEquals: "!=", operators.Less: "<", operators.LessEquals: "<=",
	operators.Greater: ">", operators.GreaterEquals: ">=", operators.In: "in",
	operators.Add: "+", operators.Subtract: "-", operators.Multiply: "*", operators.Negate: "-",
	operators.Divide: "/", operators.Modulo: "%", operators.Index: "[]", operators.Conditional: "?:",
}

// call checks an operator or a function whose result is one value.
func (c *checker) call(e ast.Expr) (*term, error) {
	call := e.AsCall()
	name, args := call.FunctionName(), call.Args()
	switch name {
	case operators.LogicalAnd:
		return c.logic(e, OpAnd)
	case operators.LogicalOr:
		return c.logic(e, OpOr)
	case operators.LogicalNot:
		t, err := c.value(args[0])
		if err != nil {
			return nil, err
		}
		if t.typ != schema.Bool {
			return nil, c.refuse(e, "put the whole comparison in brackets: !("+c.write(args[0])+" == ...)", "! needs a condition, not %s", describe(t.typ))
		}
		return not(t), nil
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return c.compare(e)
	case operators.Add, operators.Subtract, operators.Multiply:
		return c.arithmetic(e)
	case operators.Negate:
		return c.negate(e)
	case operators.In:
		return c.in(e)
	case operators.Conditional:
		return c.choice(e)
	case operators.Divide, operators.Modulo:
		return nil, c.refuse(e, "multiply the other side instead: a * 100 >= b * 95", "%s is not used here: it has no meaning where the divisor is 0", written[name])
	case operators.Index:
		return nil, c.refuse(e, "use .exists(x, ...) or .latest(...)", "rows have no order, so [] cannot pick one")
	}
	if call.IsMemberFunction() {
		return c.method(e)
	}
	return c.function(e)
}

func (c *checker) logic(e ast.Expr, op Op) (*term, error) {
	t := &term{op: op, typ: schema.Bool, at: c.at(e)}
	for _, arg := range e.AsCall().Args() {
		a, err := c.condition(arg)
		if err != nil {
			return nil, err
		}
		t.args = append(t.args, a)
	}
	return t, nil
}

func (c *checker) choice(e ast.Expr) (*term, error) {
	args := e.AsCall().Args()
	cond, err := c.condition(args[0])
	if err != nil {
		return nil, err
	}
	then, err := c.value(args[1])
	if err != nil {
		return nil, err
	}
	other, err := c.value(args[2])
	if err != nil {
		return nil, err
	}
	switch {
	case then.typ != other.typ:
		return nil, c.refuse(e, "", "both results of ?: must be of one type, not %s and %s", describe(then.typ), describe(other.typ))
	case then.typ == schema.Text:
		return nil, c.refuse(e, "compare each text by itself: (c && x == \"a\") || (!c && y == \"a\")", "?: cannot choose between texts")
	}
	return &term{op: OpIf, typ: then.typ, args: []*term{cond, then, other}, at: c.at(e)}, nil
}

func (c *checker) pair(e ast.Expr) (x, y *term, err error) {
	args := e.AsCall().Args()
	if x, err = c.value(args[0]); err != nil {
		return nil, nil, err
	}
	if y, err = c.value(args[1]); err != nil {
		return nil, nil, err
	}
	x, y = promote(x, y)
	return x, y, nil
}

// promote makes an int literal a decimal beside a decimal, and an int a
// decimal beside a decimal literal.
func promote(x, y *term) (*term, *term) {
	if x.typ == schema.Decimal && y.typ == schema.Int && (isNumber(x) || isNumber(y)) {
		return x, toDecimal(y)
	}
	if x.typ == schema.Int && y.typ == schema.Decimal && (isNumber(x) || isNumber(y)) {
		return toDecimal(x), y
	}
	return x, y
}

// isNumber reports whether t is written as a number, perhaps with a sign.
func isNumber(t *term) bool {
	return t.isConst() || t.op == OpNeg && t.args[0].isConst()
}

func toDecimal(t *term) *term {
	return &term{op: OpToDecimal, typ: schema.Decimal, args: []*term{t}, at: t.at}
}

func (c *checker) compare(e ast.Expr) (*term, error) {
	op := e.AsCall().FunctionName()
	sign := written[op]
	for _, arg := range e.AsCall().Args() {
		if _, ok := c.periodOf(arg); ok {
			return nil, c.refuse(arg, "move a date by it: d >= as_of - months(12)", "a period cannot be compared with %s", sign)
		}
	}
	x, y, err := c.pair(e)
	if err != nil {
		return nil, err
	}
	if x.typ != y.typ {
		return nil, c.mismatch(e, sign, x, y)
	}
	equality := op == operators.Equals || op == operators.NotEquals
	switch {
	case x.typ == schema.Bool && !equality:
		return nil, c.refuse(e, "", "conditions have no order: %s needs numbers or dates", sign)
	case x.typ == schema.Text && !equality:
		return nil, c.refuse(e, "texts are compared with == and != or in [...]", "texts have no order here: %s needs numbers or dates", sign)
	case x.typ == schema.Text:
		if err := c.sameRow(e, x, y); err != nil {
			return nil, err
		}
	}
	t := func(op Op, args ...*term) *term {
		return &term{op: op, typ: schema.Bool, args: args, at: c.at(e)}
	}
	switch op {
	case operators.Equals:
		return t(OpEq, x, y), nil
	case operators.NotEquals:
		return not(t(OpEq, x, y)), nil
	case operators.Less:
		return t(OpLt, x, y), nil
	case operators.LessEquals:
		return not(t(OpLt, y, x)), nil
	case operators.Greater:
		return t(OpLt, y, x), nil
	}
	return not(t(OpLt, x, y)), nil
}

func (c *checker) mismatch(e ast.Expr, sign string, x, y *term) error {
	hint := ""
	if (x.typ == schema.Date && y.typ == schema.Text) || (x.typ == schema.Text && y.typ == schema.Date) {
		hint = `write a day as date("2004-04-01")`
	}
	if (x.typ == schema.Int || x.typ == schema.Decimal) && (y.typ == schema.Int || y.typ == schema.Decimal) {
		hint = "add 0.0 to the whole number to make it a decimal"
	}
	return c.refuse(e, hint, "%s needs two values of one type, not %s and %s", sign, describe(x.typ), describe(y.typ))
}

// sameRow refuses to compare texts of two rows, which no plan can run.
func (c *checker) sameRow(e ast.Expr, x, y *term) error {
	if x.isConst() || y.isConst() {
		return nil
	}
	if pathKey(x.path) != pathKey(y.path) || (x.op == OpDeclared) != (y.op == OpDeclared) {
		return c.refuse(e, "compare each with a text, or walk a relation between the rows", "texts of two different rows cannot be compared")
	}
	return nil
}

func pathKey(path []*schema.Relation) string {
	var b strings.Builder
	for _, r := range path {
		b.WriteString(r.From.Name + "." + r.Name + "/")
	}
	return b.String()
}

func (c *checker) negate(e ast.Expr) (*term, error) {
	t, err := c.value(e.AsCall().Args()[0])
	if err != nil {
		return nil, err
	}
	if t.typ != schema.Int && t.typ != schema.Decimal {
		return nil, c.refuse(e, "", "- needs a number, not %s", describe(t.typ))
	}
	return &term{op: OpNeg, typ: t.typ, args: []*term{t}, at: c.at(e)}, nil
}

func (c *checker) arithmetic(e ast.Expr) (*term, error) {
	name, args := e.AsCall().FunctionName(), e.AsCall().Args()
	sign := written[name]
	p, right := c.periodOf(args[1])
	q, left := c.periodOf(args[0])
	switch {
	case left && right:
		return nil, c.refuse(e, "move the date twice: d + months(1) + days(3)", "periods are added to a date one at a time")
	case right && name != operators.Multiply:
		return c.shift(e, args[0], args[1], p, name == operators.Subtract)
	case left && name == operators.Add:
		return c.shift(e, args[1], args[0], q, false)
	case left || right:
		return nil, c.refuse(e, "write date + period or date - period", "%s cannot take a period here", sign)
	}
	x, y, err := c.pair(e)
	if err != nil {
		return nil, err
	}
	switch {
	case x.typ == schema.Date || y.typ == schema.Date:
		return nil, c.refuse(e, "compare a with b + days(n), or use years_between(a, b)", "%s moves a date only by days(n), months(n), years(n) or working_days(n)", sign)
	case x.typ != y.typ:
		return nil, c.mismatch(e, sign, x, y)
	case x.typ != schema.Int && x.typ != schema.Decimal:
		return nil, c.refuse(e, "", "%s needs numbers, not %s", sign, describe(x.typ))
	}
	op := map[string]Op{operators.Add: OpAdd, operators.Subtract: OpSub, operators.Multiply: OpMul}[name]
	return &term{op: op, typ: x.typ, args: []*term{x, y}, at: c.at(e)}, nil
}

// periods are the functions that make one, with the most each may move by.
var periods = map[string]int{"days": 400_000, "months": 12_000, "years": 1_000, "working_days": 1_000}

// periodOf reports whether e is a period; faults in its argument are found by
// shift.
func (c *checker) periodOf(e ast.Expr) (string, bool) {
	if e.Kind() != ast.CallKind || e.AsCall().IsMemberFunction() {
		return "", false
	}
	name := e.AsCall().FunctionName()
	_, ok := periods[name]
	return name, ok
}

func (c *checker) shift(e, date, period ast.Expr, unit string, back bool) (*term, error) {
	t, err := c.value(date)
	if err != nil {
		return nil, err
	}
	if t.typ != schema.Date {
		return nil, c.refuse(e, "", "%s moves a date, not %s", unit, describe(t.typ))
	}
	n, err := c.periodLength(period, unit)
	if err != nil {
		return nil, err
	}
	if back {
		n = -n
	}
	p := map[string]Period{"days": {Days: n}, "months": {Months: n}, "years": {Months: 12 * n}, "working_days": {WorkingDays: n}}[unit]
	return &term{op: OpShift, typ: schema.Date, args: []*term{t}, period: p, at: c.at(e)}, nil
}

func (c *checker) periodLength(e ast.Expr, unit string) (int, error) {
	args := e.AsCall().Args()
	if len(args) != 1 || args[0].Kind() != ast.LiteralKind {
		return 0, c.refuse(e, "write a number: "+unit+"(3)", "%s wants one whole number, written out", unit)
	}
	n, ok := args[0].AsLiteral().(types.Int)
	if !ok {
		return 0, c.refuse(args[0], "write a number: "+unit+"(3)", "%s wants one whole number, written out", unit)
	}
	if most := periods[unit]; int64(n) > int64(most) || int64(n) < -int64(most) {
		return 0, c.refuse(args[0], "", "%s may be at most %d", unit, most)
	}
	return int(n), nil
}

// in checks membership in a list of literals or in a code list.
func (c *checker) in(e ast.Expr) (*term, error) {
	args := e.AsCall().Args()
	if x := args[0]; x.Kind() == ast.CallKind && x.AsCall().FunctionName() == operators.LogicalNot {
		return nil, c.refuse(x, "write !("+c.write(x.AsCall().Args()[0])+" in ...)", "! applies before in")
	}
	if list, ok, err := c.codelist(args[1]); err != nil {
		return nil, err
	} else if ok {
		return c.inCodelist(e, args[0], list)
	}
	if args[1].Kind() != ast.ListKind {
		return nil, c.refuse(args[1], `write the values out, x in ["a", "b"], or name a code list: codelist("x")`, "in needs a list of written values or a code list")
	}
	x, err := c.value(args[0])
	if err != nil {
		return nil, err
	}
	elements := args[1].AsList().Elements()
	if len(elements) == 0 {
		return nil, c.refuse(args[1], "", "the list is empty")
	}
	set := &Set{Type: x.typ}
	var keys []string
	for _, el := range elements {
		v, err := c.value(el)
		if err != nil {
			return nil, err
		}
		if !v.isConst() {
			return nil, c.refuse(el, "compare with == for each", "a list after in holds only written values")
		}
		if v.typ != x.typ {
			return nil, c.refuse(el, "", "this list must hold only %s, like the value before in", plural(x.typ))
		}
		set.add(v.value)
		keys = append(keys, v.value.String())
	}
	slices.Sort(keys)
	set.Name = "[" + strings.Join(slices.Compact(keys), ", ") + "]"
	return &term{op: OpIn, typ: schema.Bool, args: []*term{x}, set: set, at: c.at(e)}, nil
}

func plural(t schema.Type) string {
	return map[schema.Type]string{schema.Text: "texts", schema.Date: "dates", schema.Int: "whole numbers", schema.Decimal: "decimal numbers (write 1.0)", schema.Bool: "true or false"}[t]
}

// add puts v into the set.
func (s *Set) add(v Value) {
	switch s.Type {
	case schema.Text:
		if s.Texts == nil {
			s.Texts = map[string]struct{}{}
		}
		s.Texts[v.Text] = struct{}{}
	case schema.Decimal:
		if s.Reals == nil {
			s.Reals = map[float64]struct{}{}
		}
		s.Reals[v.Real] = struct{}{}
	default:
		if s.Ints == nil {
			s.Ints = map[int64]struct{}{}
		}
		s.Ints[v.Int] = struct{}{}
	}
}

// Has reports whether v is a member.
func (s *Set) Has(v Value) bool {
	var ok bool
	switch s.Type {
	case schema.Text:
		_, ok = s.Texts[v.Text]
	case schema.Decimal:
		_, ok = s.Reals[v.Real]
	default:
		_, ok = s.Ints[v.Int]
	}
	return ok
}

// String writes the value as the language does.
func (v Value) String() string {
	switch v.Type {
	case schema.Text:
		return fmt.Sprintf("%q", v.Text)
	case schema.Date:
		return calendar.Day(v.Int).String()
	case schema.Decimal:
		return fmt.Sprintf("%v", v.Real)
	case schema.Bool:
		return fmt.Sprint(v.Int != 0)
	}
	return fmt.Sprint(v.Int)
}
