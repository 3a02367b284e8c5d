package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// A row says how the columns, reads and aggregates of one kind of row are
// written in SQL.
type row struct {
	column    func(*schema.Column) string
	gather    func(*expr.Node) string
	aggregate func(*expr.Node) string
	// code writes a named function of a text column by looking it up; nil
	// where it is called row by row.
	code func(c *schema.Column, name string, sql func(of string) string) string
}

// missing is the row that a relation leads to where it leads to none.
var missing = row{
	column: func(c *schema.Column) string { return null(c.Type) },
	aggregate: func(n *expr.Node) string {
		switch n.Type {
		case schema.Int:
			return "0"
		case schema.Date:
			return null(schema.Date)
		}
		return "false"
	},
}

// gather is set here because it names missing itself.
func (r row) far(n *expr.Node) string {
	if r.gather == nil {
		return missing.sql(n.Args[0])
	}
	return r.gather(n)
}

func null(t schema.Type) string {
	return "NULL::" + [...]string{schema.Text: "VARCHAR", schema.Date: "DATE", schema.Int: "BIGINT", schema.Decimal: "DOUBLE", schema.Bool: "BOOLEAN"}[t]
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func literal(v expr.Value) string {
	switch v.Type {
	case schema.Text:
		return quoted(v.Text)
	case schema.Date:
		return "DATE '" + calendar.Day(v.Int).String() + "'"
	case schema.Bool:
		return strconv.FormatBool(v.Int != 0)
	case schema.Decimal:
		return strconv.FormatFloat(v.Real, 'g', -1, 64) + "::DOUBLE"
	}
	return strconv.FormatInt(v.Int, 10)
}

// An unsupported panic carries the node that has no SQL.
type unsupported struct{ what string }

// sql writes n as an expression over the row. SQL's three-valued logic is the
// graph's: NULL is unknown.
func (r row) sql(n *expr.Node) string {
	arg := func(i int) string { return r.sql(n.Args[i]) }
	switch n.Op {
	case expr.OpConst:
		return literal(n.Value)
	case expr.OpNull:
		return null(n.Type)
	case expr.OpColumn:
		return r.column(n.Column)
	case expr.OpDeclared: // no declarations are given
		if n.Field == expr.AnswerPresent {
			return "false"
		}
		return null(n.Type)
	case expr.OpAnd:
		return r.join(n, " AND ")
	case expr.OpOr:
		return r.join(n, " OR ")
	case expr.OpNot:
		return "(NOT " + arg(0) + ")"
	case expr.OpIsTrue:
		return "(" + arg(0) + " IS TRUE)"
	case expr.OpPresent:
		return "(" + arg(0) + " IS NOT NULL)"
	case expr.OpIf:
		return fmt.Sprintf("CASE WHEN %s IS NULL THEN NULL WHEN %[1]s THEN %s ELSE %s END", arg(0), arg(1), arg(2))
	case expr.OpEq:
		return "(" + arg(0) + " = " + arg(1) + ")"
	case expr.OpLt:
		return "(" + arg(0) + " < " + arg(1) + ")"
	case expr.OpIn:
		return r.in(n)
	case expr.OpTest:
		return r.text(n, n.Func.Name, func(of string) string { return testSQL(n.Func.Name, of) })
	case expr.OpAdd, expr.OpSub, expr.OpMul:
		return "(" + arg(0) + map[expr.Op]string{expr.OpAdd: " + ", expr.OpSub: " - ", expr.OpMul: " * "}[n.Op] + arg(1) + ")"
	case expr.OpNeg:
		return "(-" + arg(0) + ")"
	case expr.OpToDecimal:
		return arg(0) + "::DOUBLE"
	case expr.OpShift:
		return shiftSQL(n.Period, arg(0))
	case expr.OpYear:
		return "year(" + arg(0) + ")"
	case expr.OpYearsBetween:
		return fmt.Sprintf("(year(%[2]s) - year(%[1]s) - CASE WHEN (%[1]s + to_years((year(%[2]s) - year(%[1]s))::INTEGER))::DATE > %[2]s THEN 1 ELSE 0 END)", arg(0), arg(1))
	case expr.OpGather:
		return r.far(n)
	case expr.OpFlag:
		return "false" // no cell of these files is malformed
	}
	if isAggregate(n) || n.Op == expr.OpRepeatedIn {
		return r.aggregate(n)
	}
	panic(unsupported{n.String()})
}

// text writes a function of a text: of a column that is in the file, by
// looking it up where that is the form.
func (r row) text(n *expr.Node, name string, sql func(of string) string) string {
	if c := n.Args[0].Column; r.code != nil && c != nil && derived[c.Name] == "" {
		return r.code(c, name, sql)
	}
	return sql(r.sql(n.Args[0]))
}

// longList is how many codes a list has that is better looked up.
const longList = 16

func (r row) join(n *expr.Node, with string) string {
	parts := make([]string, len(n.Args))
	for i, a := range n.Args {
		parts[i] = r.sql(a)
	}
	return "(" + strings.Join(parts, with) + ")"
}

func (r row) in(n *expr.Node) string {
	var members []string
	for _, t := range slices.Sorted(maps.Keys(n.Set.Texts)) {
		members = append(members, quoted(t))
	}
	for _, v := range slices.Sorted(maps.Keys(n.Set.Ints)) {
		members = append(members, literal(expr.Value{Type: n.Set.Type, Int: v}))
	}
	for _, v := range slices.Sorted(maps.Keys(n.Set.Reals)) {
		members = append(members, literal(expr.Value{Type: n.Set.Type, Real: v}))
	}
	sql := func(of string) string {
		if len(members) == 0 {
			return "CASE WHEN " + of + " IS NULL THEN NULL ELSE false END"
		}
		return "(" + of + " IN (" + strings.Join(members, ", ") + "))"
	}
	if len(members) >= longList {
		return r.text(n, n.Set.Name, sql)
	}
	return sql(r.sql(n.Args[0]))
}

// shiftSQL moves a date: months with the day clamped, then days.
func shiftSQL(p expr.Period, of string) string {
	if p.WorkingDays != 0 {
		panic(unsupported{"working days of a column"})
	}
	if p.Months != 0 {
		of = fmt.Sprintf("(%s + to_months(%d))::DATE", of, p.Months)
	}
	if p.Days != 0 {
		of = fmt.Sprintf("(%s + %d)", of, p.Days)
	}
	return of
}

// testSQL writes a function by its name: an identifier check, whose macro has
// the same name, or name("literal").
func testSQL(name, of string) string {
	fn, rest, has := strings.Cut(name, "(")
	if !has {
		if name == "size" {
			return "len(" + of + ")"
		}
		return name + "(" + of + ")"
	}
	text, err := strconv.Unquote(strings.TrimSuffix(rest, ")"))
	if err != nil {
		panic(unsupported{"function " + name})
	}
	switch fn {
	case "startsWith":
		return "starts_with(" + of + ", " + quoted(text) + ")"
	case "endsWith":
		return "ends_with(" + of + ", " + quoted(text) + ")"
	case "contains":
		return "contains(" + of + ", " + quoted(text) + ")"
	case "matches":
		return "regexp_matches(" + of + ", " + quoted(text) + ")"
	}
	panic(unsupported{"function " + name})
}
