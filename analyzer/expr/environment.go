package expr

import (
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"paperlight/analyzer/schema"
)

// The names by which CEL knows what a rule reads but does not write.
const (
	OwnRow      = "@row"      // the rule's own row
	OwnPractice = "@practice" // its practice
)

// The CEL types of the language. A row of a table is an object of RowType.
var (
	DateType        = cel.OpaqueType("date")
	PeriodType      = cel.OpaqueType("period")
	CodelistType    = cel.OpaqueType("codelist")
	LatestType      = cel.OpaqueType("latest")  // what latest has found so far
	SharedType      = cel.OpaqueType("repeats") // the keys that repeated has seen
	DaysType        = cel.OpaqueType("days")    // the days that days has found
	DeclarationType = cel.ObjectType("declaration")
)

// RowType is the CEL type of a row of t.
func RowType(t *schema.Table) *cel.Type { return cel.ObjectType("row." + t.Name) }

func celType(t schema.Type) *cel.Type {
	return map[schema.Type]*cel.Type{schema.Text: cel.StringType, schema.Date: DateType, schema.Int: cel.IntType, schema.Decimal: cel.DoubleType, schema.Bool: cel.BoolType}[t]
}

// A Function implements one overload of the language for an interpreter.
type Function func(args ...ref.Val) ref.Val

// Environment returns the CEL environment of expressions over rows of t, with
// the implementations of overloads by id; without any it can only check.
func (l *Language) Environment(t *schema.Table, implementations map[string]Function) (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.ClearMacros(), cel.Macros(macros()...), cel.CustomTypeProvider(&provider{l}), cel.EnableMacroCallTracking(),
		cel.ParserRecursionLimit(maxTextDepth), cel.ParserExpressionSizeLimit(maxTextSize),
		cel.Variable("as_of", DateType), cel.Variable(OwnRow, RowType(t)), cel.Variable(OwnPractice, RowType(schema.Practice)),
	}
	for _, name := range l.fields(t) {
		options = append(options, cel.Variable(name, l.fieldType(t, name)))
	}
	env, err := cel.NewCustomEnv(append(options, functions(implementations)...)...)
	if err != nil {
		return nil, fmt.Errorf("environment of %s: %w", t.Name, err)
	}
	return env, nil
}

// fieldType is the CEL type of a column, definition or relation of t.
func (l *Language) fieldType(t *schema.Table, name string) *cel.Type {
	if c := t.Column(name); c != nil && c.Privacy != schema.Direct {
		return celType(c.Type)
	}
	if d := l.definitions[t][name]; d != nil {
		return celType(d.typ)
	}
	switch r := t.Walk(name); {
	case r == nil:
		return nil
	case r.Many:
		return cel.ListType(RowType(r.To))
	default:
		return RowType(r.To)
	}
}

// overload is one declared form of a function.
type overload struct {
	function, id string
	args         []*cel.Type
	result       *cel.Type
	member       bool
	// unknown: it is called with arguments that are unknown too.
	unknown bool
}

func functions(implementations map[string]Function) []cel.EnvOption {
	byName := map[string][]cel.FunctionOpt{}
	var order []string
	for _, o := range overloads() {
		var opts []cel.OverloadOpt
		if o.unknown {
			opts = append(opts, cel.OverloadIsNonStrict())
		}
		if impl := implementations[o.id]; impl != nil {
			opts = append(opts, cel.FunctionBinding(func(args ...ref.Val) ref.Val { return impl(args...) }))
		}
		if byName[o.function] == nil {
			order = append(order, o.function)
		}
		f := cel.Overload(o.id, o.args, o.result, opts...)
		if o.member {
			f = cel.MemberOverload(o.id, o.args, o.result, opts...)
		}
		byName[o.function] = append(byName[o.function], f)
	}
	var out []cel.EnvOption
	for _, name := range order {
		out = append(out, cel.Function(name, byName[name]...))
	}
	return out
}

// overloads declares every function of the language. Those that begin with @
// are what macros are made of.
func overloads() []overload {
	text, number, decimal, boolean := cel.StringType, cel.IntType, cel.DoubleType, cel.BoolType
	row := cel.TypeParamType("T")
	of := func(t ...*cel.Type) []*cel.Type { return t }
	out := []overload{
		{function: operators.LogicalAnd, id: "and", args: of(boolean, boolean), result: boolean, unknown: true},
		{function: operators.LogicalOr, id: "or", args: of(boolean, boolean), result: boolean, unknown: true},
		{function: operators.LogicalNot, id: "not", args: of(boolean), result: boolean},
		{function: operators.Conditional, id: "if", args: of(boolean, row, row), result: row, unknown: true},
		{function: operators.Negate, id: "neg_int", args: of(number), result: number},
		{function: operators.Negate, id: "neg_decimal", args: of(decimal), result: decimal},
		{function: operators.In, id: "in_codelist_text", args: of(text, CodelistType), result: boolean},
		{function: "codelist", id: "codelist", args: of(text), result: CodelistType},
		{function: "date", id: "date", args: of(text), result: DateType},
		{function: "year", id: "year", args: of(DateType), result: number},
		{function: "years_between", id: "years_between", args: of(DateType, DateType), result: number},
		{function: operators.Add, id: "add_date_period", args: of(DateType, PeriodType), result: DateType},
		{function: operators.Add, id: "add_period_date", args: of(PeriodType, DateType), result: DateType},
		{function: operators.Subtract, id: "sub_date_period", args: of(DateType, PeriodType), result: DateType},
		{function: "size", id: "size_text", args: of(text), result: number},
		{function: "size", id: "text_size", args: of(text), result: number, member: true},
		{function: "size", id: "size_rows", args: of(cel.ListType(row)), result: number},
		{function: "size", id: "rows_size", args: of(cel.ListType(row)), result: number, member: true},
		{function: "matches", id: "matches_text", args: of(text, text), result: boolean},
		{function: "is_true", id: "is_true", args: of(boolean), result: boolean, unknown: true},
		{function: "@present", id: "present", args: of(row), result: boolean, unknown: true},
		{function: "@malformed", id: "malformed", args: of(row, text), result: boolean},
		{function: "@declared", id: "declared", args: of(RowType(schema.Practice), text), result: DeclarationType},
		{function: "@latest_none", id: "latest_none", result: LatestType},
		{function: "@latest_step", id: "latest_step", args: of(LatestType, row, boolean, DateType), result: LatestType, unknown: true},
		{function: "@latest_rows", id: "latest_rows", args: of(LatestType, cel.ListType(row)), result: cel.ListType(row)},
		{function: "@latest_date", id: "latest_date", args: of(LatestType), result: DateType},
		{function: "@keys_none", id: "keys_none", result: SharedType},
		{function: "@keys_step", id: "keys_step", args: of(SharedType, boolean, cel.ListType(cel.DynType)), result: SharedType, unknown: true},
		{function: "@keys_repeated", id: "keys_repeated", args: of(SharedType), result: boolean},
		{function: "@another", id: "another", args: of(row, row), result: boolean},
		{function: "@same", id: "same", args: of(cel.ListType(cel.DynType), cel.ListType(cel.DynType)), result: boolean, unknown: true},
	}
	out = append(out,
		overload{function: "@before", id: "before", args: of(row, row), result: boolean},
		overload{function: "@alike", id: "alike", args: of(row, row), result: boolean, unknown: true},
		overload{function: "@days_none", id: "days_none", result: DaysType},
		overload{function: "@days_step", id: "days_step", args: of(DaysType, boolean, DateType), result: DaysType, unknown: true},
		overload{function: "@days_until", id: "days_until", args: of(DaysType, DateType, number), result: DaysType, unknown: true},
		overload{function: "either_days", id: "either_days", args: of(DaysType, DaysType), result: DaysType},
		overload{function: "days_with", id: "days_with", args: of(DaysType), result: number},
		overload{function: "weeks_with", id: "weeks_with", args: of(DaysType), result: number},
		overload{function: "longest_gap", id: "longest_gap", args: of(DaysType), result: number},
		overload{function: "prevalence", id: "prevalence", args: of(text), result: decimal},
		overload{function: "poisson_outside", id: "poisson_outside", args: of(number, decimal), result: boolean},
	)
	for unit := range periods {
		out = append(out, overload{function: unit, id: unit, args: of(number), result: PeriodType})
	}
	for name := range identifiers() {
		out = append(out, overload{function: name, id: name, args: of(text), result: boolean})
	}
	for _, name := range []string{"startsWith", "endsWith", "contains", "matches"} {
		out = append(out, overload{function: name, id: "text_" + name, args: of(text, text), result: boolean, member: true})
	}
	for _, column := range schema.CodeColumns() {
		out = append(out, overload{function: impliedList(column), id: impliedList(column), args: of(text), result: CodelistType})
	}
	for _, t := range schema.Tables {
		if t.Column("code") != nil && t.Column("code_system") != nil {
			out = append(out, overload{function: operators.In, id: "in_codelist_" + t.Name, args: of(RowType(t), CodelistType), result: boolean})
		}
	}
	return append(out, comparisons()...)
}

// impliedList is the function that makes the list of the codes that a column
// can hold.
func impliedList(column string) string { return "@codelist_" + column }

func comparisons() []overload {
	kinds := []struct {
		name string
		typ  *cel.Type
	}{{"text", cel.StringType}, {"date", DateType}, {"int", cel.IntType}, {"decimal", cel.DoubleType}, {"bool", cel.BoolType}}
	var out []overload
	declare := func(op, verb, x, y string, a, b, result *cel.Type) {
		out = append(out, overload{function: op, id: verb + "_" + x + "_" + y, args: []*cel.Type{a, b}, result: result})
	}
	for _, x := range kinds {
		out = append(out, overload{function: operators.In, id: "in_" + x.name, args: []*cel.Type{x.typ, cel.ListType(x.typ)}, result: cel.BoolType})
		for _, y := range kinds {
			numbers := (x.name == "int" || x.name == "decimal") && (y.name == "int" || y.name == "decimal")
			if x != y && !numbers {
				continue
			}
			declare(operators.Equals, "eq", x.name, y.name, x.typ, y.typ, cel.BoolType)
			declare(operators.NotEquals, "ne", x.name, y.name, x.typ, y.typ, cel.BoolType)
			if numbers || x.name == "date" {
				declare(operators.Less, "lt", x.name, y.name, x.typ, y.typ, cel.BoolType)
				declare(operators.LessEquals, "le", x.name, y.name, x.typ, y.typ, cel.BoolType)
				declare(operators.Greater, "gt", x.name, y.name, x.typ, y.typ, cel.BoolType)
				declare(operators.GreaterEquals, "ge", x.name, y.name, x.typ, y.typ, cel.BoolType)
			}
			if numbers {
				result := cel.DoubleType
				if x.name == "int" && y.name == "int" {
					result = cel.IntType
				}
				declare(operators.Add, "add", x.name, y.name, x.typ, y.typ, result)
				declare(operators.Subtract, "sub", x.name, y.name, x.typ, y.typ, result)
				declare(operators.Multiply, "mul", x.name, y.name, x.typ, y.typ, result)
			}
		}
	}
	return out
}

// grow gives a condition its tree, and makes it now unless it is proven.
func (l *Language) grow(c *condition, t *schema.Table, file string, line int, proven bool) error {
	c.tree = sync.OnceValues(func() (*cel.Ast, error) { return l.celCheck(t, file, line, c.text) })
	if proven || l.provenName(t, c.text) != nil {
		return nil
	}
	_, err := c.tree()
	return err
}

// celCheck parses and type-checks text with CEL, macros expanded. What the
// checker let through must pass here too.
func (l *Language) celCheck(t *schema.Table, file string, line int, text string) (*cel.Ast, error) {
	env, err := l.environment(t)
	if err != nil {
		return nil, err
	}
	parsed, issues := env.Parse(text)
	if issues.Err() == nil {
		nameLists(parsed.NativeRep().Expr())
		parsed, issues = env.Check(parsed)
	}
	if found := issues.Errors(); len(found) > 0 {
		c := &checker{text: text}
		return nil, errorAt(file, max(line, 1), text, c.start(found[0].Location), "this has no meaning in the rule language: "+found[0].Message, "")
	}
	return parsed, nil
}

func (l *Language) environment(t *schema.Table) (*cel.Env, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if env := l.environments[t]; env != nil {
		return env, nil
	}
	env, err := l.Environment(t, nil)
	if err == nil {
		l.environments[t] = env
	}
	return env, err
}

// nameLists tells each code list after a column that implies its system which
// column that is: dmd_code in codelist("x").
func nameLists(e ast.Expr) {
	factory := ast.NewExprFactory()
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operators.In {
			return
		}
		column, list := e.AsCall().Args()[0], e.AsCall().Args()[1]
		name := ""
		switch column.Kind() {
		case ast.IdentKind:
			name = column.AsIdent()
		case ast.SelectKind:
			name = column.AsSelect().FieldName()
		}
		if schema.CodesOf(name) != nil && list.Kind() == ast.CallKind && list.AsCall().FunctionName() == "codelist" {
			list.SetKindCase(factory.NewCall(list.ID(), impliedList(name), list.AsCall().Args()...))
		}
	}))
}

// provider tells CEL the fields of rows.
type provider struct{ language *Language }

func (p *provider) table(name string) *schema.Table {
	for _, t := range schema.Tables {
		if RowType(t).TypeName() == name {
			return t
		}
	}
	return nil
}

func (p *provider) EnumValue(name string) ref.Val { return types.NewErr("no enum %s", name) }

func (p *provider) FindIdent(string) (ref.Val, bool) { return nil, false }

func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if p.table(name) == nil && name != DeclarationType.TypeName() {
		return nil, false
	}
	return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
}

func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	if t := p.table(name); t != nil {
		return p.language.fields(t), true
	}
	return nil, false
}

func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	var typ *cel.Type
	if t := p.table(name); t != nil {
		typ = p.language.fieldType(t, field)
	} else if name == DeclarationType.TypeName() {
		switch f := Field(field); f {
		case Answer, AnswerDate, AnswerCount:
			typ = celType(f.typ())
		}
	}
	return &types.FieldType{Type: typ}, typ != nil
}

func (p *provider) NewValue(name string, _ map[string]ref.Val) ref.Val {
	return types.NewErr("%s cannot be made", name)
}
