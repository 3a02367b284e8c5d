package expr

import (
	"fmt"
	"strings"
)

var opNames = map[Op]string{
	OpAnd: "and", OpOr: "or", OpNot: "not", OpIsTrue: "is_true", OpPresent: "present", OpIf: "if", OpEq: "eq", OpLt: "lt", OpIn: "in",
	OpAdd: "add", OpSub: "sub", OpMul: "mul", OpNeg: "neg", OpToDecimal: "decimal", OpShift: "shift", OpYear: "year",
	OpYearsBetween: "years_between", OpExists: "exists", OpCount: "count", OpSum: "sum", OpRepeated: "repeated", OpLatestDate: "latest_date",
	OpLatestExists: "latest_exists", OpLatestCount: "latest_count", OpRepeatedIn: "repeated_in",
	OpMatched: "matched", OpLatestMatch: "latest_match", OpKeySet: "keys", OpRepeatsEarlier: "repeats_earlier", OpRepeatFilter: "filter",
	OpDays: "days", OpDaysWith: "days_with", OpWeeksWith: "weeks_with", OpLongestGap: "longest_gap", OpPoissonOutside: "poisson_outside",
}

// String writes the node as a short formula: columns as table.column, reads
// through a relation as relation>value, aggregates as op(relation: arguments).
func (n *Node) String() string {
	var b strings.Builder
	n.print(&b)
	return b.String()
}

func (n *Node) print(b *strings.Builder) {
	switch n.Op {
	case OpConst:
		b.WriteString(n.Value.String())
	case OpNull:
		b.WriteString("unknown")
	case OpColumn:
		b.WriteString(n.Column.String())
	case OpAsOf:
		b.WriteString("as_of")
	case OpDeclared:
		fmt.Fprintf(b, "declared(%q).%s", n.Text, n.Field)
	case OpFlag:
		fmt.Fprintf(b, "malformed(%s)", n.Column)
	case OpGather:
		fmt.Fprintf(b, "%s>", n.Relation.Name)
		n.Args[0].print(b)
	case OpTest:
		n.list(b, n.Func.Name)
	default:
		n.list(b, opNames[n.Op])
	}
}

// list writes name(arguments) with the operator's payload.
func (n *Node) list(b *strings.Builder, name string) {
	b.WriteString(name + "(")
	if n.Relation != nil {
		fmt.Fprintf(b, "%s.%s: ", n.Relation.From.Name, n.Relation.Name)
	}
	for i, a := range n.Args {
		if i > 0 {
			b.WriteString(", ")
		}
		a.print(b)
	}
	if n.Op == OpShift || n.Op == OpDays || n.Op == OpLongestGap {
		fmt.Fprintf(b, ", %s", n.Period)
	}
	if n.Set != nil {
		b.WriteString(", " + n.Set.Name)
	}
	b.WriteString(")")
}

// String writes the period as +12m-3d+2w (w for working days).
func (p Period) String() string {
	var b strings.Builder
	for _, part := range []struct {
		n    int
		unit string
	}{{p.Months, "m"}, {p.Days, "d"}, {p.WorkingDays, "w"}} {
		if part.n != 0 {
			fmt.Fprintf(&b, "%+d%s", part.n, part.unit)
		}
	}
	if b.Len() == 0 {
		return "0d"
	}
	return b.String()
}
