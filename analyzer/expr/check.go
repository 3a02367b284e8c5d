package expr

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"

	"paperlight/analyzer/schema"
)

// Bounds on the text of one condition.
const (
	maxTextSize  = 8000 // characters
	maxTextDepth = 60   // nested expressions
)

// A checker turns one parsed text into a term, or refuses it.
type checker struct {
	language *Language
	file     string
	line     int
	text     string
	info     *ast.SourceInfo
	bytes    []int // byte offset of each character; nil where all are ASCII
	row      *frame
}

// parse reads text without expanding macros, so that every node is as written.
func (c *checker) parse() (ast.Expr, error) {
	p, err := parser.NewParser(
		parser.MaxRecursionDepth(maxTextDepth),
		parser.ExpressionSizeCodePointLimit(maxTextSize),
		parser.ErrorRecoveryLimit(1),
	)
	if err != nil {
		return nil, fmt.Errorf("expression parser: %w", err)
	}
	if len(c.text) != utf8.RuneCountInString(c.text) {
		for i := range c.text {
			c.bytes = append(c.bytes, i)
		}
	}
	parsed, errs := p.Parse(common.NewStringSource(c.text, c.file))
	if found := errs.GetErrors(); len(found) > 0 {
		return nil, c.syntaxError(found[0])
	}
	c.info = parsed.SourceInfo()
	return parsed.Expr(), nil
}

// at returns the byte offset at which the name or operator of e begins.
func (c *checker) at(e ast.Expr) int {
	r, ok := c.info.GetOffsetRange(e.ID())
	if !ok {
		return 0
	}
	at := c.offset(int(r.Start))
	switch e.Kind() {
	case ast.SelectKind:
		for at++; at < len(c.text) && strings.IndexByte(" \t\r\n", c.text[at]) >= 0; at++ {
		}
	case ast.CallKind:
		if name := e.AsCall().FunctionName(); at < len(c.text) && c.text[at] == '(' {
			if i := strings.LastIndex(c.text[:at], name); i >= 0 {
				at = i
			}
		}
	}
	return at
}

func (c *checker) offset(char int) int {
	switch {
	case c.bytes == nil:
		return char
	case char >= len(c.bytes):
		return len(c.text)
	}
	return c.bytes[char]
}

func (c *checker) errorAt(at int, hint, format string, args ...any) error {
	return errorAt(c.file, c.line, c.text, at, fmt.Sprintf(format, args...), hint)
}

func (c *checker) refuse(e ast.Expr, hint, format string, args ...any) error {
	return c.errorAt(c.at(e), hint, format, args...)
}

// condition checks e, which must be true or false.
func (c *checker) condition(e ast.Expr) (*term, error) {
	t, err := c.value(e)
	if err != nil {
		return nil, err
	}
	if t.typ != schema.Bool {
		hint := "compare it with something"
		if t.op == OpColumn {
			hint = "compare it, or write has(" + c.write(e) + ")"
		}
		return nil, c.refuse(e, hint, "want a condition (true or false), have %s", describe(t.typ))
	}
	return t, nil
}

func describe(t schema.Type) string {
	if t == schema.Int {
		return "a whole number"
	}
	return map[schema.Type]string{schema.Text: "a text", schema.Date: "a date", schema.Decimal: "a decimal number", schema.Bool: "a condition"}[t]
}

// value checks an expression that is one value: no row, list or period.
func (c *checker) value(e ast.Expr) (*term, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		return c.literal(e)
	case ast.IdentKind, ast.SelectKind:
		return c.name(e)
	case ast.CallKind:
		return c.call(e)
	case ast.ListKind:
		return nil, c.refuse(e, `a list stands only after in: sex in ["M", "F"]`, "a list is not a value")
	case ast.MapKind, ast.StructKind:
		return nil, c.refuse(e, "", "maps and objects cannot be written here")
	}
	return nil, c.refuse(e, "", "this cannot be run over columns")
}

func (c *checker) literal(e ast.Expr) (*term, error) {
	at := c.at(e)
	switch v := e.AsLiteral().(type) {
	case types.Bool:
		t := constant(at, Value{Type: schema.Bool})
		if v {
			t.value.Int = 1
		}
		return t, nil
	case types.Int:
		return constant(at, Value{Type: schema.Int, Int: int64(v)}), nil
	case types.Double:
		if math.IsInf(float64(v), 0) || math.IsNaN(float64(v)) {
			return nil, c.refuse(e, "", "this number is too large")
		}
		return constant(at, Value{Type: schema.Decimal, Real: float64(v)}), nil
	case types.String:
		return constant(at, Value{Type: schema.Text, Text: string(v)}), nil
	case types.Null:
		return nil, c.refuse(e, "write has(x) for present, !has(x) for absent", "null cannot be compared: an absent value is unknown")
	case types.Uint:
		return nil, c.refuse(e, "write it without u", "unsigned numbers are not used here")
	}
	return nil, c.refuse(e, "write a text in plain quotes", "this kind of literal is not used here")
}

// name checks a plain name or a path that ends in a value.
func (c *checker) name(e ast.Expr) (*term, error) {
	if key, ok, err := c.declaration(e); err != nil {
		return nil, err
	} else if ok {
		return c.declared(e, key)
	}
	if e.Kind() == ast.IdentKind && e.AsIdent() == "as_of" && c.variable("as_of") == nil {
		return c.asOf(c.at(e)), nil
	}
	if col, p, err := c.column(e); err != nil {
		return nil, err
	} else if col != nil {
		return c.readColumn(e, col, p)
	}
	if d, p, err := c.defined(e); err != nil {
		return nil, err
	} else if d != nil {
		path, err := c.reach(e, p)
		if err != nil {
			return nil, err
		}
		return &term{op: opUse, typ: d.typ, definition: d, path: path, at: c.at(e)}, nil
	}
	p, err := c.place(e)
	switch {
	case err != nil:
		return nil, err
	case p.many != nil:
		return nil, c.refuse(e, "ask "+c.write(e)+".exists(x, ...), .count(x, ...) or .size()", "%s is a list of rows, not a value", c.write(e))
	}
	return nil, c.refuse(e, "name one of its columns: "+c.write(e)+"."+c.firstColumn(p.table()), "%s is a whole row of %s, not a value", c.write(e), p.table().Name)
}

func (c *checker) firstColumn(t *schema.Table) string { return t.Columns[0].Name }

func (c *checker) asOf(at int) *term {
	t := &term{op: OpAsOf, typ: schema.Date, at: at}
	t.path, _ = c.row.reach(place{frame: c.row, path: practiceOf(c.row.table)})
	return t
}

// practiceOf is the way from a row of t to its practice.
func practiceOf(t *schema.Table) []*schema.Relation {
	if r := t.Walk("practice"); r != nil {
		return []*schema.Relation{r}
	}
	return nil
}

func (c *checker) readColumn(e ast.Expr, col *schema.Column, p place) (*term, error) {
	if col.Privacy == schema.FreeText {
		return nil, c.refuse(e, "use has("+c.write(e)+") or size("+c.write(e)+")", "%s is free text: only its presence and length may be read", col)
	}
	return c.columnTerm(e, col, p)
}

func (c *checker) columnTerm(e ast.Expr, col *schema.Column, p place) (*term, error) {
	path, err := c.reach(e, p)
	if err != nil {
		return nil, err
	}
	return &term{op: OpColumn, typ: col.Type, column: col, path: path, at: c.at(e)}, nil
}

// reach is the way from the row in scope to p.
func (c *checker) reach(e ast.Expr, p place) ([]*schema.Relation, error) {
	path, ok := c.row.reach(p)
	if ok {
		return path, nil
	}
	whose := "the row of " + p.frame.table.Name
	if p.frame.name != "" {
		whose = p.frame.name
	}
	return nil, c.refuse(e,
		fmt.Sprintf("inside a loop only the loop's own row (%s), its patient and its practice can be read", c.row.name),
		"a row of %s has no way back to %s", c.row.table.Name, whose)
}

// variable returns the loop variable called name, or nil.
func (c *checker) variable(name string) *frame {
	for f := c.row; f != nil; f = f.outer {
		if f.name == name {
			return f
		}
	}
	return nil
}

// root is the rule's own row.
func (c *checker) root() *frame {
	f := c.row
	for f.outer != nil {
		f = f.outer
	}
	return f
}

// owner splits e into the row and the name read from it; ok is false where e
// is a loop variable, which is a row itself.
func (c *checker) owner(e ast.Expr) (p place, name string, ok bool, err error) {
	switch e.Kind() {
	case ast.IdentKind:
		name = e.AsIdent()
		if c.variable(name) != nil {
			return place{}, "", false, nil
		}
		return place{frame: c.root()}, name, true, nil
	case ast.SelectKind:
		p, err = c.place(e.AsSelect().Operand())
		if err == nil && p.many != nil {
			err = c.refuse(e, fmt.Sprintf("ask %[1]s.exists(x, x.%[2]s ...), .count(x, ...) or .latest(...)", c.write(e.AsSelect().Operand()), e.AsSelect().FieldName()),
				"%s is a list of rows: it has no %s", c.write(e.AsSelect().Operand()), e.AsSelect().FieldName())
		}
		return p, e.AsSelect().FieldName(), true, err
	}
	return place{}, "", false, c.refuse(e, "", "want the name of a row, a column or a list")
}

// column resolves e as a column; nil where it is something else.
func (c *checker) column(e ast.Expr) (*schema.Column, place, error) {
	p, name, ok, err := c.owner(e)
	if err != nil || !ok {
		return nil, p, err
	}
	col := p.table().Column(name)
	if col != nil && col.Privacy == schema.Direct {
		return nil, p, c.refuse(e, "use the columns made from it: "+strings.Join(madeFrom(col), ", "), "%s identifies a person and cannot be read by a rule", col)
	}
	return col, p, nil
}

func madeFrom(col *schema.Column) []string {
	var out []string
	for _, o := range col.Table.Columns {
		if o.Derived == col.Name {
			out = append(out, o.Name)
		}
	}
	return out
}

// defined resolves e as a definition; nil where it is something else.
func (c *checker) defined(e ast.Expr) (*definition, place, error) {
	p, name, ok, err := c.owner(e)
	if err != nil || !ok {
		return nil, p, err
	}
	d := c.language.definitions[p.table()][name]
	if d == nil {
		return nil, p, nil
	}
	return d, p, c.language.settle(d, func(format string, args ...any) error { return c.refuse(e, "", format, args...) })
}

// place resolves e as a row or a list of rows.
func (c *checker) place(e ast.Expr) (place, error) {
	if e.Kind() == ast.IdentKind {
		if f := c.variable(e.AsIdent()); f != nil {
			return place{frame: f}, nil
		}
	}
	if e.Kind() != ast.IdentKind && e.Kind() != ast.SelectKind {
		if _, err := c.value(e); err != nil {
			return place{}, err
		}
		return place{}, c.refuse(e, "", "want the name of a row or a list of rows")
	}
	p, name, _, err := c.owner(e)
	if err != nil {
		return p, err
	}
	t := p.table()
	if r := t.Walk(name); r != nil {
		if r.Many {
			p.many = r
		} else {
			p.path = append(slices.Clip(p.path), r)
		}
		return p, nil
	}
	if t.Column(name) != nil || c.language.definitions[t][name] != nil {
		return p, c.refuse(e, "", "%s is a value of %s, not a row or a list", name, t.Name)
	}
	return p, c.unknownName(e, p, name)
}

func (c *checker) unknownName(e ast.Expr, p place, name string) error {
	names := c.language.fields(p.table())
	if e.Kind() == ast.IdentKind {
		names = c.row.names(c.language)
	}
	hint := schema.DidYouMean(name, names)
	if hint == "" && e.Kind() == ast.IdentKind {
		for f := c.row; f != nil; f = f.outer {
			if f.name != "" && slices.Contains(c.language.fields(f.table), name) {
				hint = schema.Meant(f.name + "." + name)
			}
		}
		if patient := p.table().Walk("patient"); hint == "" && patient != nil && slices.Contains(c.language.fields(patient.To), name) {
			hint = schema.Meant("patient." + name)
		}
	}
	if of := p.table(); of.Name == name || of == schema.Patients && name == "patient" {
		hint = "the row is the " + strings.TrimSuffix(of.Name, "s") + " itself: write its columns plainly"
		if of.Walk("patient") != nil {
			hint = "the other rows of the same patient are patient." + name
		}
	}
	if hint == "" {
		hint = "`paperlight schema` lists the columns of " + p.table().Name
	}
	return c.refuse(e, hint, "%s has no column %q", p.table().Name, name)
}

// write gives e as a person would write it.
func (c *checker) write(e ast.Expr) string {
	if s, err := parser.Unparse(e, c.info); err == nil {
		return s
	}
	return "it"
}
