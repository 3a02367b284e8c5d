package expr

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"

	"paperlight/analyzer/schema"
)

// listForms says how each list form is written, for messages.
var listForms = map[string]string{
	"exists": "rows.exists(r, condition)", "all": "rows.all(r, condition)", "count": "rows.count(r, condition)", "sum": "rows.sum(r, condition, r.number)",
	"latest": "rows.latest(r, condition, r.date)", "latest_date": "rows.latest_date(r, condition, r.date)",
	"repeated": "rows.repeated(r, condition, [r.column])", "size": "rows.size()",
	"matched": "rows.matched(r, condition, [r.column], [column])", "latest_match": "rows.latest_match(r, condition, r.date, [r.column], [column])",
	"days": "rows.days(r, condition, r.date, 364)",
}

var refusedForms = map[string]string{
	"exists_one": "rows.count(r, condition) == 1", "map": "ask exists, count or latest of the rows themselves",
	"filter": "rows.exists(r, a && b) or rows.count(r, a && b)",
}

// A latestRows is rows.latest(r, condition, r.date): the rows on the latest
// date.
type latestRows struct {
	at    place
	frame *frame
	cond  *term
	date  *term
}

// method checks a call written after a dot.
func (c *checker) method(e ast.Expr) (*term, error) {
	call := e.AsCall()
	name, target, args := call.FunctionName(), call.Target(), call.Args()
	switch name {
	case "startsWith", "endsWith", "contains", "matches":
		if err := c.arity(e, 1); err != nil {
			return nil, err
		}
		return c.textMatch(e, target, name, args[0])
	case "size":
		if err := c.arity(e, 0); err != nil {
			return nil, err
		}
		return c.size(e, target)
	}
	if hint, ok := refusedForms[name]; ok {
		return nil, c.refuse(e, hint, "%s is not used here", name)
	}
	if _, ok := listForms[name]; !ok {
		names := []string{"startsWith", "endsWith", "contains", "matches", "size", "exists", "all", "count", "sum", "latest", "latest_date", "repeated", "matched", "latest_match", "days"}
		return nil, c.refuse(e, schema.DidYouMean(name, names), "there is no .%s()", name)
	}
	if l, ok, err := c.latest(target); err != nil {
		return nil, err
	} else if ok {
		return c.ofLatest(e, l)
	}
	p, err := c.list(e, target)
	if err != nil {
		return nil, err
	}
	switch name {
	case "exists", "all", "count":
		return c.quantify(e, p)
	case "sum":
		return c.sum(e, p)
	case "repeated":
		return c.repeated(e, p)
	case "latest_date":
		return c.latestDate(e, p)
	case "matched", "latest_match":
		return c.match(e, p)
	case "days":
		return nil, c.refuse(e, "ask days_with("+c.write(e)+"), weeks_with(...) or longest_gap(...)", "days are not a value")
	}
	return nil, c.refuse(e, c.write(e)+".exists(x, ...), .all(x, ...), .count(x, ...) or .size()", "the latest rows are a list, not a value")
}

func (c *checker) list(e, target ast.Expr) (place, error) {
	if target.Kind() != ast.IdentKind && target.Kind() != ast.SelectKind {
		return place{}, c.refuse(target, listForms[e.AsCall().FunctionName()], "want a list of rows before .%s", e.AsCall().FunctionName())
	}
	p, err := c.place(target)
	if err == nil && p.many == nil {
		err = c.refuse(target, "read its columns directly", "%s is one row, not a list", c.write(target))
	}
	return p, err
}

// enter opens the loop of e over the rows of p; the caller restores c.row.
func (c *checker) enter(e ast.Expr, p place, variable ast.Expr, want int, args []ast.Expr) error {
	name := e.AsCall().FunctionName()
	if len(args) != want {
		return c.refuse(e, "write "+listForms[name], "%s takes %d arguments, not %d", name, want, len(args))
	}
	if variable.Kind() != ast.IdentKind {
		return c.refuse(variable, "write "+listForms[name], "%s wants a name for the row first", name)
	}
	v := variable.AsIdent()
	to := p.many.To
	for _, t := range []*schema.Table{to, c.root().table} {
		if slices.Contains(c.language.fields(t), v) || t.Column(v) != nil {
			return c.refuse(variable, "use a short name such as "+to.Name[:1], "%s already means something in %s", v, t.Name)
		}
	}
	if v == "as_of" || c.variable(v) != nil {
		return c.refuse(variable, "use another name", "%s already has a meaning here", v)
	}
	c.row = &frame{table: to, name: v, outer: c.row, anchor: p.frame, path: p.path, relation: p.many}
	return nil
}

// aggregate makes the term of op over p, seen from the row in scope.
func (c *checker) aggregate(e ast.Expr, op Op, typ schema.Type, p place, args ...*term) (*term, error) {
	path, err := c.reach(e, place{frame: p.frame, path: p.path})
	return &term{op: op, typ: typ, relation: p.many, path: path, args: args, at: c.at(e)}, err
}

// body checks the condition of a loop in the loop's frame.
func (c *checker) body(e ast.Expr, p place, want int) (*term, error) {
	args := e.AsCall().Args()
	if len(args) == 0 {
		return nil, c.refuse(e, "write "+listForms[e.AsCall().FunctionName()], "%s takes %d arguments, not 0", e.AsCall().FunctionName(), want)
	}
	if err := c.enter(e, p, args[0], want, args); err != nil {
		return nil, err
	}
	return c.condition(args[1])
}

func (c *checker) quantify(e ast.Expr, p place) (*term, error) {
	outer := c.row
	cond, err := c.body(e, p, 2)
	c.row = outer
	if err != nil {
		return nil, err
	}
	switch e.AsCall().FunctionName() {
	case "exists":
		return c.aggregate(e, OpExists, schema.Bool, p, cond)
	case "count":
		return c.aggregate(e, OpCount, schema.Int, p, cond)
	}
	t, err := c.aggregate(e, OpExists, schema.Bool, p, not(cond))
	if err != nil {
		return nil, err
	}
	return not(t), nil
}

// sum checks rows.sum(r, condition, r.number).
func (c *checker) sum(e ast.Expr, p place) (*term, error) {
	outer := c.row
	defer func() { c.row = outer }()
	cond, err := c.body(e, p, 3)
	if err != nil {
		return nil, err
	}
	third := e.AsCall().Args()[2]
	number, err := c.value(third)
	if err != nil {
		return nil, err
	}
	if number.typ != schema.Int {
		return nil, c.refuse(third, "", "sum adds up whole numbers, not %s", describe(number.typ))
	}
	c.row = outer
	return c.aggregate(e, OpSum, schema.Int, p, cond, number)
}

func (c *checker) repeated(e ast.Expr, p place) (*term, error) {
	outer := c.row
	cond, err := c.body(e, p, 3)
	c.row = outer
	if err != nil {
		return nil, err
	}
	keys, err := c.keys(e, e.AsCall().Args()[0].AsIdent(), p.many.To, e.AsCall().Args()[2])
	if err != nil {
		return nil, err
	}
	return c.aggregate(e, OpRepeated, schema.Bool, p, append([]*term{cond}, keys...)...)
}

// keys are the columns that rows must share: [dmd_code] or [m.dmd_code].
func (c *checker) keys(e ast.Expr, variable string, t *schema.Table, list ast.Expr) ([]*term, error) {
	example := "[" + variable + "." + t.Columns[0].Name + "]"
	if list.Kind() != ast.ListKind || len(list.AsList().Elements()) == 0 {
		return nil, c.refuse(list, "write "+example, "%s wants a list of columns last", e.AsCall().FunctionName())
	}
	var out []*term
	for _, k := range list.AsList().Elements() {
		var name string
		switch {
		case k.Kind() == ast.IdentKind:
			name = k.AsIdent()
		case k.Kind() == ast.SelectKind && k.AsSelect().Operand().Kind() == ast.IdentKind && k.AsSelect().Operand().AsIdent() == variable:
			name = k.AsSelect().FieldName()
		default:
			return nil, c.refuse(k, "write "+example, "want a column of %s", t.Name)
		}
		col := t.Column(name)
		switch {
		case col == nil:
			return nil, c.refuse(k, schema.DidYouMean(name, c.language.fields(t)), "%s has no column %q", t.Name, name)
		case col.Privacy == schema.Direct:
			return nil, c.refuse(k, "use the columns made from it: "+strings.Join(madeFrom(col), ", "), "%s identifies a person and cannot be read by a rule", col)
		case col.Privacy == schema.FreeText:
			return nil, c.refuse(k, "", "%s is free text: only its presence and length may be read", col)
		}
		out = append(out, &term{op: OpColumn, typ: col.Type, column: col, at: c.at(k)})
	}
	return out, nil
}

// repeatedIn checks repeated_in(rows, r, condition, [columns]) on the rule's
// own row.
func (c *checker) repeatedIn(e ast.Expr) (*term, error) {
	const example = "repeated_in(practice.patients, p, p.registered, [p.nhs_number_key])"
	args := e.AsCall().Args()
	if len(args) != 4 {
		return nil, c.refuse(e, "write "+example, "repeated_in takes 4 arguments, not %d", len(args))
	}
	if c.row.outer != nil {
		return nil, c.refuse(e, "use rows.repeated(r, condition, [r.column])", "repeated_in asks about the rule's own row, not a loop's")
	}
	p, err := c.list(e, args[0])
	if err != nil {
		return nil, err
	}
	own := len(p.path) == 1 && p.path[0].Near == nil && p.many.Near == nil && p.many.To == c.row.table
	if !own {
		return nil, c.refuse(args[0], fmt.Sprintf("for example practice.%s", c.row.table.Name), "repeated_in wants the list that the row itself is in")
	}
	outer := c.row
	err = c.enter(e, p, args[1], 4, args)
	var cond *term
	if err == nil {
		cond, err = c.condition(args[2])
	}
	c.row = outer
	if err != nil {
		return nil, err
	}
	keys, err := c.keys(e, args[1].AsIdent(), p.many.To, args[3])
	if err != nil {
		return nil, err
	}
	return &term{op: OpRepeatedIn, typ: schema.Bool, relation: p.many, args: append([]*term{cond}, keys...), at: c.at(e)}, nil
}

// dated checks the condition and date of rows.latest(r, condition, r.date),
// and of what is written like it with more arguments.
func (c *checker) dated(e ast.Expr, p place, want int) (f *frame, cond, date *term, err error) {
	outer := c.row
	defer func() { c.row = outer }()
	if cond, err = c.body(e, p, want); err != nil {
		return nil, nil, nil, err
	}
	f = c.row
	third := e.AsCall().Args()[2]
	if date, err = c.value(third); err != nil {
		return nil, nil, nil, err
	}
	if date.typ != schema.Date {
		return nil, nil, nil, c.refuse(third, "", "%s wants a date here, not %s", e.AsCall().FunctionName(), describe(date.typ))
	}
	return f, cond, date, nil
}

func (c *checker) latestDate(e ast.Expr, p place) (*term, error) {
	_, cond, date, err := c.dated(e, p, 3)
	if err != nil {
		return nil, err
	}
	return c.aggregate(e, OpLatestDate, schema.Date, p, cond, date)
}

// latest resolves rows.latest(...); ok is false where e is something else.
func (c *checker) latest(e ast.Expr) (*latestRows, bool, error) {
	if e.Kind() != ast.CallKind || !e.AsCall().IsMemberFunction() || e.AsCall().FunctionName() != "latest" {
		return nil, false, nil
	}
	p, err := c.list(e, e.AsCall().Target())
	if err != nil {
		return nil, true, err
	}
	f, cond, date, err := c.dated(e, p, 3)
	return &latestRows{at: p, frame: f, cond: cond, date: date}, true, err
}

func (c *checker) ofLatest(e ast.Expr, l *latestRows) (*term, error) {
	name, args := e.AsCall().FunctionName(), e.AsCall().Args()
	if name != "exists" && name != "all" && name != "count" {
		return nil, c.refuse(e, "", "ask .exists(x, ...), .all(x, ...), .count(x, ...) or .size() of the latest rows, not .%s", name)
	}
	if len(args) != 2 {
		return nil, c.refuse(e, "write "+listForms[name], "%s takes 2 arguments, not %d", name, len(args))
	}
	outer := c.row
	inner, err := c.body(e, l.at, 2)
	c.row = outer
	if err != nil {
		return nil, err
	}
	switch name {
	case "exists":
		return c.aggregate(e, OpLatestExists, schema.Bool, l.at, l.cond, l.date, inner)
	case "count":
		return c.aggregate(e, OpLatestCount, schema.Int, l.at, l.cond, l.date, inner)
	}
	t, err := c.aggregate(e, OpLatestExists, schema.Bool, l.at, l.cond, l.date, not(inner))
	if err != nil {
		return nil, err
	}
	return not(t), nil
}

// listSize checks the size of a list; ok is false where of is not a list.
func (c *checker) listSize(e, of ast.Expr) (*term, bool, error) {
	if l, ok, err := c.latest(of); err != nil {
		return nil, true, err
	} else if ok {
		t, err := c.aggregate(e, OpLatestCount, schema.Int, l.at, l.cond, l.date, yes(c.at(e)))
		return t, true, err
	}
	if of.Kind() != ast.IdentKind && of.Kind() != ast.SelectKind {
		return nil, false, nil
	}
	p, name, ok, err := c.owner(of)
	if err != nil || !ok {
		return nil, false, nil //nolint:nilerr // what is no list is told of by whoever asks for a value
	}
	r := p.table().Walk(name)
	if r == nil || !r.Many {
		return nil, false, nil
	}
	p.many = r
	t, err := c.aggregate(e, OpCount, schema.Int, p, yes(c.at(e)))
	return t, true, err
}
