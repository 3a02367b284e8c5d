package analyzer

import (
	"bytes"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/schema"
)

// comparison compiles == and <.
func (e *evaluator) comparison(n *expr.Node, args []*vec, out *vec) func() {
	x, y := args[0], args[1]
	room, bits := out.known, out.bits
	isConst := func(i int) bool { return n.Args[i].Op == expr.OpConst }
	var compute func()
	switch t := n.Args[0].Type; {
	case t == schema.Bool:
		compute = func() { kernel.Same(kernel.Bools{T: bits}, kernel.Bools{T: x.bits}, kernel.Bools{T: y.bits}, e.n) }
	case t == schema.Text:
		compute = func() {
			setWhere(bits, e.n, func(i int) bool {
				return bit(out.known, i) && bytes.Equal(x.textAt(i), y.textAt(i))
			})
		}
	case t == schema.Date && n.Op == expr.OpLt && isConst(1):
		c := int32(n.Args[1].Value.Int)
		compute = func() { kernel.LessConst(bits, x.days, c, e.n) }
	case t == schema.Date && n.Op == expr.OpLt && isConst(0):
		c := int32(n.Args[0].Value.Int)
		compute = func() { kernel.GreaterConst(bits, y.days, c, e.n) }
	case t == schema.Date && n.Op == expr.OpLt:
		compute = func() { kernel.Less(bits, x.days, y.days, e.n) }
	case t == schema.Date:
		compute = func() { kernel.Equal(bits, x.days, y.days, e.n) }
	case t == schema.Int && n.Op == expr.OpLt:
		compute = func() { kernel.Less(bits, x.ints, y.ints, e.n) }
	case t == schema.Int:
		compute = func() { kernel.Equal(bits, x.ints, y.ints, e.n) }
	case n.Op == expr.OpLt:
		compute = func() { kernel.Less(bits, x.reals, y.reals, e.n) }
	default:
		compute = func() { kernel.Equal(bits, x.reals, y.reals, e.n) }
	}
	return func() {
		out.known = kernel.KnownBoth(room, x.known, y.known, e.n)
		compute()
	}
}

// test compiles membership and functions of values that are not entries.
func (e *evaluator) test(n *expr.Node, x *vec, out *vec) func() {
	return func() {
		out.known = x.known
		switch {
		case n.Type == schema.Int:
			for i := range e.n {
				if bit(x.known, i) {
					out.ints[i] = n.Func.Int(x.textAt(i))
				}
			}
		case n.Op == expr.OpTest:
			setWhere(out.bits, e.n, func(i int) bool { return bit(x.known, i) && n.Func.Bool(x.textAt(i)) })
		default:
			setWhere(out.bits, e.n, func(i int) bool { return bit(x.known, i) && member(n.Set, x, i) })
		}
	}
}

// member says whether row i of x, which is known, is in the set.
func member(s *expr.Set, x *vec, i int) bool {
	var in bool
	switch s.Type {
	case schema.Text:
		_, in = s.Texts[string(x.textAt(i))]
	case schema.Date:
		_, in = s.Ints[int64(x.days[i])]
	case schema.Int:
		_, in = s.Ints[x.ints[i]]
	case schema.Bool:
		_, in = s.Ints[int64(bitAt(x.bits, i))]
	default:
		_, in = s.Reals[x.reals[i]]
	}
	return in
}

// arithmetic compiles sums, differences, products and conversions.
func (e *evaluator) arithmetic(n *expr.Node, args []*vec, out *vec) func() {
	x, y := args[0], args[0]
	if len(args) > 1 {
		y = args[1]
	}
	room := out.known
	var compute func()
	switch {
	case n.Op == expr.OpToDecimal:
		compute = func() {
			for i, v := range x.ints[:e.n] {
				out.reals[i] = float64(v)
			}
		}
	case n.Type == schema.Decimal:
		f := operation[float64](n.Op)
		compute = func() {
			for i := range e.n {
				out.reals[i] = f(x.reals[i], y.reals[i])
			}
		}
	case n.Args[0].Type == schema.Date: // the days between two dates
		compute = func() {
			for i := range e.n {
				out.ints[i] = int64(x.days[i]) - int64(y.days[i])
			}
		}
	default:
		f := operation[int64](n.Op)
		compute = func() {
			for i := range e.n {
				out.ints[i] = f(x.ints[i], y.ints[i])
			}
		}
	}
	return func() {
		out.known = kernel.KnownBoth(room, x.known, y.known, e.n)
		compute()
	}
}

func operation[T int64 | float64](op expr.Op) func(x, y T) T {
	switch op {
	case expr.OpAdd:
		return func(x, y T) T { return x + y }
	case expr.OpSub:
		return func(x, y T) T { return x - y }
	case expr.OpMul:
		return func(x, y T) T { return x * y }
	}
	return func(x, _ T) T { return -x }
}

// calendar compiles the date functions.
func (e *evaluator) calendar(n *expr.Node, args []*vec, out *vec) func() {
	x := args[0]
	room := out.known
	switch n.Op {
	case expr.OpYear:
		return func() {
			out.known = x.known
			kernel.YearOf(out.ints, x.days, e.n)
		}
	case expr.OpYearsBetween:
		y := args[1]
		return func() {
			out.known = kernel.KnownBoth(room, x.known, y.known, e.n)
			kernel.YearsBetween(out.ints, x.days, y.days, e.n)
		}
	}
	p := n.Period
	if p.Months == 0 && p.WorkingDays == 0 {
		return func() {
			out.known = x.known
			for i, d := range x.days[:e.n] {
				out.days[i] = d + int32(p.Days)
			}
		}
	}
	shifter := kernel.NewDateShifter(func(day int32) int32 { return expr.Shift(day, p) })
	return func() {
		out.known = x.known
		shifter.ShiftDates(out.days, x.days, x.known, e.n)
	}
}

// poissonOutside compiles the comparison of counts with what was expected.
func (e *evaluator) poissonOutside(args []*vec, out *vec) func() {
	x, y := args[0], args[1]
	room := out.known
	return func() {
		out.known = kernel.KnownBoth(room, x.known, y.known, e.n)
		setWhere(out.bits, e.n, func(i int) bool { return bit(out.known, i) && expr.PoissonOutside(x.ints[i], y.reals[i]) })
	}
}
