package expr

import (
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// elsewhere explains functions that CEL has and this language has not.
var elsewhere = map[string]string{
	"timestamp": `write a day as date("2004-04-01")`, "duration": "write days(n), months(n) or years(n)",
	"int": "values are not converted; compare with the type the column has", "double": "values are not converted; add 0.0 to a whole number",
	"string": "values are not converted; compare with the type the column has", "bool": "values are not converted", "uint": "values are not converted",
	"bytes": "values are not converted", "dyn": "every value has one type here", "type": "every value has one type here",
}

// function checks a call that is not of a row, list or text.
func (c *checker) function(e ast.Expr) (*term, error) {
	call := e.AsCall()
	name, args := call.FunctionName(), call.Args()
	if fn, ok := identifiers()[name]; ok {
		return c.textFunction(e, args, &Func{Name: name, Bool: fn})
	}
	switch name {
	case "has":
		return c.has(e)
	case "is_true":
		if err := c.arity(e, 1); err != nil {
			return nil, err
		}
		t, err := c.condition(args[0])
		if err != nil {
			return nil, err
		}
		return &term{op: OpIsTrue, typ: schema.Bool, args: []*term{t}, at: c.at(e)}, nil
	case "malformed":
		return c.malformed(e)
	case "date":
		return c.date(e)
	case "year":
		return c.ofDates(e, OpYear, 1)
	case "years_between":
		return c.ofDates(e, OpYearsBetween, 2)
	case "size":
		if err := c.arity(e, 1); err != nil {
			return nil, err
		}
		return c.size(e, args[0])
	case "matches":
		if err := c.arity(e, 2); err != nil {
			return nil, err
		}
		return c.textMatch(e, args[0], name, args[1])
	case "coded":
		list, err := c.codelistNamed(e)
		if err != nil {
			return nil, err
		}
		return c.coded(e, place{frame: c.root()}, list)
	case "repeated_in":
		return c.repeatedIn(e)
	case "repeats_earlier":
		return c.repeatsEarlier(e)
	case "days_with", "weeks_with", "longest_gap":
		return c.ofDays(e)
	case "either_days":
		return nil, c.refuse(e, "ask days_with(...), weeks_with(...) or longest_gap(...) of them", "days are not a value")
	case "prevalence":
		return c.prevalence(e)
	case "poisson_outside":
		return c.poissonOutside(e)
	case "codelist":
		return nil, c.refuse(e, `write coded("x"), e in codelist("x"), or dmd_code in codelist("x")`, "a code list stands only after in")
	case "declared":
		return nil, c.refuse(e, c.write(e)+`.answer == "yes", `+c.write(e)+".date, .count, or has("+c.write(e)+")", "a declaration is not a value: name a part of it")
	}
	if _, ok := periods[name]; ok {
		return nil, c.refuse(e, "write as_of - "+c.write(e), "a period is not a value: add it to a date or take it from one")
	}
	if hint, ok := elsewhere[name]; ok {
		return nil, c.refuse(e, hint, "%s is not used here", name)
	}
	names := append(slices.Collect(maps.Keys(identifiers())), slices.Collect(maps.Keys(periods))...)
	names = append(names, "has", "is_true", "malformed", "date", "year", "years_between", "size", "matches", "coded", "repeated_in", "codelist", "declared",
		"repeats_earlier", "days_with", "weeks_with", "longest_gap", "either_days", "prevalence", "poisson_outside")
	return nil, c.refuse(e, schema.DidYouMean(name, names), "there is no function %q", name)
}

func (c *checker) arity(e ast.Expr, n int) error {
	if have := len(e.AsCall().Args()); have != n {
		return c.refuse(e, "", "%s takes %d argument%s, not %d", e.AsCall().FunctionName(), n, map[bool]string{false: "s"}[n == 1], have)
	}
	return nil
}

// has means that every step of a path is present.
func (c *checker) has(e ast.Expr) (*term, error) {
	if err := c.arity(e, 1); err != nil {
		return nil, err
	}
	x := e.AsCall().Args()[0]
	present := func(t *term) *term { return &term{op: OpPresent, typ: schema.Bool, args: []*term{t}, at: c.at(e)} }
	if key, ok, err := c.declaration(x); err != nil {
		return nil, err
	} else if ok {
		t, err := c.declared(x, key)
		return present(t), err
	}
	if key, ok, err := c.declaredKey(x); err != nil {
		return nil, err
	} else if ok {
		return c.declaredPart(e, key, AnswerPresent), nil
	}
	if x.Kind() != ast.IdentKind && x.Kind() != ast.SelectKind {
		return nil, c.refuse(e, "has(end_date), has(patient.birth_date)", "has asks for a name or a path of names")
	}
	if x.Kind() == ast.IdentKind && (c.variable(x.AsIdent()) != nil || x.AsIdent() == "as_of") {
		return nil, c.refuse(x, "", "%s is always present", x.AsIdent())
	}
	if col, p, err := c.column(x); err != nil {
		return nil, err
	} else if col != nil {
		t, err := c.columnTerm(x, col, p)
		return present(t), err
	}
	if d, p, err := c.defined(x); err != nil {
		return nil, err
	} else if d != nil {
		return c.hasDefined(e, x, d, p)
	}
	p, err := c.place(x)
	switch {
	case err != nil:
		return nil, err
	case p.many != nil:
		return nil, c.refuse(x, c.write(x)+".size() > 0", "%s is a list, which may be empty but is never absent", c.write(x))
	case p.table() == schema.Practice:
		return nil, c.refuse(x, "", "every row that counts has a practice")
	}
	path, err := c.reach(x, p)
	return &term{op: opRowPresent, typ: schema.Bool, path: path, at: c.at(e)}, err
}

// hasDefined means that each row on the way is there and the value is known.
func (c *checker) hasDefined(e, x ast.Expr, d *definition, p place) (*term, error) {
	path, err := c.reach(x, p)
	if err != nil {
		return nil, err
	}
	use := &term{op: opUse, typ: d.typ, definition: d, path: path, at: c.at(x)}
	all := &term{op: OpAnd, typ: schema.Bool, at: c.at(e)}
	for i := range path {
		if path[i].To != schema.Practice {
			all.args = append(all.args, &term{op: opRowPresent, typ: schema.Bool, path: path[:i+1], at: c.at(e)})
		}
	}
	all.args = append(all.args, &term{op: OpPresent, typ: schema.Bool, args: []*term{use}, at: c.at(e)})
	return all, nil
}

func (c *checker) malformed(e ast.Expr) (*term, error) {
	if err := c.arity(e, 1); err != nil {
		return nil, err
	}
	x := e.AsCall().Args()[0]
	if x.Kind() != ast.IdentKind && x.Kind() != ast.SelectKind {
		return nil, c.refuse(e, "malformed(birth_date)", "malformed asks for one column")
	}
	col, p, err := c.column(x)
	if err != nil {
		return nil, err
	}
	if col == nil {
		if _, err := c.name(x); err != nil {
			return nil, err
		}
		return nil, c.refuse(x, "", "malformed asks for a column of the extract, not a definition")
	}
	path, err := c.reach(x, p)
	return &term{op: OpFlag, typ: schema.Bool, column: col, path: path, at: c.at(e)}, err
}

func (c *checker) date(e ast.Expr) (*term, error) {
	text, err := c.literalText(e, `date("2004-04-01")`)
	if err != nil {
		return nil, err
	}
	day, ok := calendar.Parse(text)
	if !ok {
		return nil, c.refuse(e.AsCall().Args()[0], "", "want a day of the calendar as YYYY-MM-DD")
	}
	return constant(c.at(e), Value{Type: schema.Date, Int: int64(day)}), nil
}

// literalText returns the one argument of e, which must be a written text.
func (c *checker) literalText(e ast.Expr, example string) (string, error) {
	args := e.AsCall().Args()
	if len(args) == 1 && args[0].Kind() == ast.LiteralKind {
		if s, ok := args[0].AsLiteral().(types.String); ok {
			return string(s), nil
		}
	}
	return "", c.refuse(e, "write "+example, "%s wants one text, written out", e.AsCall().FunctionName())
}

func (c *checker) ofDates(e ast.Expr, op Op, n int) (*term, error) {
	if err := c.arity(e, n); err != nil {
		return nil, err
	}
	out := &term{op: op, typ: schema.Int, at: c.at(e)}
	for _, arg := range e.AsCall().Args() {
		t, err := c.value(arg)
		if err != nil {
			return nil, err
		}
		if t.typ != schema.Date {
			return nil, c.refuse(arg, "", "%s wants a date, not %s", e.AsCall().FunctionName(), describe(t.typ))
		}
		out.args = append(out.args, t)
	}
	return out, nil
}

func (c *checker) textFunction(e ast.Expr, args []ast.Expr, fn *Func) (*term, error) {
	if len(args) != 1 {
		return nil, c.refuse(e, "", "%s takes 1 argument, not %d", e.AsCall().FunctionName(), len(args))
	}
	t, err := c.value(args[0])
	if err != nil {
		return nil, err
	}
	return c.test(e, t, fn)
}

func (c *checker) test(e ast.Expr, t *term, fn *Func) (*term, error) {
	if t.typ != schema.Text {
		return nil, c.refuse(e, "", "%s wants a text, not %s", e.AsCall().FunctionName(), describe(t.typ))
	}
	typ := schema.Bool
	if fn.Int != nil {
		typ = schema.Int
	}
	return &term{op: OpTest, typ: typ, args: []*term{t}, fn: fn, at: c.at(e)}, nil
}

// size is the number of characters of a text or of rows of a list.
func (c *checker) size(e, of ast.Expr) (*term, error) {
	if t, ok, err := c.listSize(e, of); ok || err != nil {
		return t, err
	}
	if of.Kind() == ast.IdentKind || of.Kind() == ast.SelectKind {
		if col, p, err := c.column(of); err == nil && col != nil {
			t, err := c.columnTerm(of, col, p)
			if err != nil {
				return nil, err
			}
			return c.test(e, t, textSize())
		}
	}
	t, err := c.value(of)
	if err != nil {
		return nil, err
	}
	return c.test(e, t, textSize())
}

func (c *checker) textMatch(e, of ast.Expr, name string, literal ast.Expr) (*term, error) {
	t, err := c.value(of)
	if err != nil {
		return nil, err
	}
	if literal.Kind() == ast.LiteralKind {
		if s, ok := literal.AsLiteral().(types.String); ok {
			fn, err := textTest(name, string(s))
			if err != nil {
				return nil, c.refuse(literal, "", "%s", err)
			}
			return c.test(e, t, fn)
		}
	}
	return nil, c.refuse(literal, "", "%s wants a text, written out", name)
}

// declaration resolves declared("key").part; ok is false where e is not one.
func (c *checker) declaration(e ast.Expr) (key string, ok bool, err error) {
	if e.Kind() != ast.SelectKind {
		return "", false, nil
	}
	return c.declaredKey(e.AsSelect().Operand())
}

func (c *checker) declaredKey(e ast.Expr) (string, bool, error) {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "declared" || e.AsCall().IsMemberFunction() {
		return "", false, nil
	}
	key, err := c.literalText(e, `declared("audit-trail-on")`)
	if err == nil && (key == "" || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-/") != "") {
		err = c.refuse(e.AsCall().Args()[0], "", "a declaration's key is small letters, digits, - and /")
	}
	return key, true, err
}

func (c *checker) declared(e ast.Expr, key string) (*term, error) {
	switch f := Field(e.AsSelect().FieldName()); f {
	case Answer, AnswerDate, AnswerCount:
		return c.declaredPart(e, key, f), nil
	}
	return nil, c.refuse(e, "a declaration has .answer, .date and .count", "a declaration has no %s", e.AsSelect().FieldName())
}

func (c *checker) declaredPart(e ast.Expr, key string, f Field) *term {
	return &term{op: OpDeclared, typ: f.typ(), text: key, field: f, path: practiceOf(c.row.table), at: c.at(e)}
}

// typ is the type of a part of a declaration.
func (f Field) typ() schema.Type {
	switch f {
	case AnswerDate:
		return schema.Date
	case AnswerCount:
		return schema.Int
	case AnswerPresent:
		return schema.Bool
	}
	return schema.Text
}
