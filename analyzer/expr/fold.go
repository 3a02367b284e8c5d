package expr

import (
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// fold returns the constant that an operator over constants is. Its arguments
// are never OpNull but under OpAnd and OpOr, which stay as they are.
func (g *Graph) fold(n Node) *Node {
	for _, a := range n.Args {
		if a.Op != OpConst {
			n.MaybeUnknown = true
			return g.intern(n)
		}
	}
	return g.Const(Evaluate(&n, values(n.Args)))
}

func values(args []*Node) []Value {
	out := make([]Value, len(args))
	for i, a := range args {
		out[i] = a.Value
	}
	return out
}

// Evaluate returns the value of a strict operator (or OpIf) over known
// arguments: the scalar form of every operator that has a vector form.
func Evaluate(n *Node, args []Value) Value {
	out := Value{Type: n.Type}
	x := args[0]
	var y Value
	if len(args) > 1 {
		y = args[1]
	}
	switch n.Op {
	case OpNot:
		out.Int = 1 - x.Int
	case OpEq:
		out.set(x == y)
	case OpLt:
		out.set(x.Type == schema.Decimal && x.Real < y.Real || x.Type != schema.Decimal && x.Int < y.Int)
	case OpIn:
		out.set(n.Set.Has(x))
	case OpTest:
		if n.Func.Int != nil {
			out.Int = n.Func.Int([]byte(x.Text))
		} else {
			out.set(n.Func.Bool([]byte(x.Text)))
		}
	case OpAdd:
		out.Int, out.Real = x.Int+y.Int, x.Real+y.Real
	case OpSub:
		out.Int, out.Real = x.Int-y.Int, x.Real-y.Real
	case OpMul:
		out.Int, out.Real = x.Int*y.Int, x.Real*y.Real
	case OpNeg:
		if x.Type == schema.Decimal {
			out.Real = -x.Real
		} else {
			out.Int = -x.Int
		}
	case OpToDecimal:
		out.Real = float64(x.Int)
	case OpShift:
		out.Int = int64(Shift(calendar.Day(x.Int), n.Period))
	case OpYear:
		out.Int = calendar.Year(calendar.Day(x.Int))
	case OpPoissonOutside:
		out.set(PoissonOutside(x.Int, y.Real))
	case OpYearsBetween:
		out.Int = calendar.YearsBetween(calendar.Day(x.Int), calendar.Day(y.Int))
	case OpIf:
		if x.Int != 0 {
			return y
		}
		return args[2]
	case OpIsTrue:
		out.Int = x.Int
	case OpPresent:
		out.Int = 1
	}
	return out
}

func (v *Value) set(b bool) {
	if v.Int = 0; b {
		v.Int = 1
	}
}
