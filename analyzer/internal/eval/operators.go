package eval

import (
	"bytes"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// comparison compiles == and <.
func (e *Evaluator) comparison(n *expr.Node, args []*vector.Vec, out *vector.Vec) func() {
	x, y := args[0], args[1]
	scratch, bits := out.Known, out.Bits
	isConst := func(i int) bool { return n.Args[i].Op == expr.OpConst }
	var compute func()
	switch t := n.Args[0].Type; {
	case t == schema.Bool:
		compute = func() { kernel.Same(kernel.Bools{T: bits}, kernel.Bools{T: x.Bits}, kernel.Bools{T: y.Bits}, e.Rows) }
	case t == schema.Text:
		compute = func() {
			bitmap.SetWhere(bits, e.Rows, func(i int) bool {
				return bitmap.Known(out.Known, i) && bytes.Equal(x.TextAt(i), y.TextAt(i))
			})
		}
	case t == schema.Date && n.Op == expr.OpLt && isConst(1):
		c := int32(n.Args[1].Value.Int)
		compute = func() { kernel.LessConst(bits, x.Days, c, e.Rows) }
	case t == schema.Date && n.Op == expr.OpLt && isConst(0):
		c := int32(n.Args[0].Value.Int)
		compute = func() { kernel.GreaterConst(bits, y.Days, c, e.Rows) }
	case t == schema.Date && n.Op == expr.OpLt:
		compute = func() { kernel.Less(bits, x.Days, y.Days, e.Rows) }
	case t == schema.Date:
		compute = func() { kernel.Equal(bits, x.Days, y.Days, e.Rows) }
	case t == schema.Int && n.Op == expr.OpLt:
		compute = func() { kernel.Less(bits, x.Ints, y.Ints, e.Rows) }
	case t == schema.Int:
		compute = func() { kernel.Equal(bits, x.Ints, y.Ints, e.Rows) }
	case n.Op == expr.OpLt:
		compute = func() { kernel.Less(bits, x.Reals, y.Reals, e.Rows) }
	default:
		compute = func() { kernel.Equal(bits, x.Reals, y.Reals, e.Rows) }
	}
	return func() {
		out.Known = kernel.KnownBoth(scratch, x.Known, y.Known, e.Rows)
		compute()
	}
}

// test compiles membership and functions of values that are not entries.
func (e *Evaluator) test(n *expr.Node, x *vector.Vec, out *vector.Vec) func() {
	return func() {
		out.Known = x.Known
		switch {
		case n.Type == schema.Int:
			for i := range e.Rows {
				if bitmap.Known(x.Known, i) {
					out.Ints[i] = n.Func.Int(x.TextAt(i))
				}
			}
		case n.Op == expr.OpTest:
			bitmap.SetWhere(out.Bits, e.Rows, func(i int) bool { return bitmap.Known(x.Known, i) && n.Func.Bool(x.TextAt(i)) })
		default:
			bitmap.SetWhere(out.Bits, e.Rows, func(i int) bool { return bitmap.Known(x.Known, i) && member(n.Set, x, i) })
		}
	}
}

// member says whether row i of x, which is known, is in the set.
func member(s *expr.Set, x *vector.Vec, i int) bool {
	var in bool
	switch s.Type {
	case schema.Text:
		_, in = s.Texts[string(x.TextAt(i))]
	case schema.Date:
		_, in = s.Ints[int64(x.Days[i])]
	case schema.Int:
		_, in = s.Ints[x.Ints[i]]
	case schema.Bool:
		_, in = s.Ints[int64(bitmap.At(x.Bits, i))]
	default:
		_, in = s.Reals[x.Reals[i]]
	}
	return in
}

// arithmetic compiles sums, differences, products and conversions.
func (e *Evaluator) arithmetic(n *expr.Node, args []*vector.Vec, out *vector.Vec) func() {
	x, y := args[0], args[0]
	if len(args) > 1 {
		y = args[1]
	}
	scratch := out.Known
	var compute func()
	switch {
	case n.Op == expr.OpToDecimal:
		compute = func() {
			for i, v := range x.Ints[:e.Rows] {
				out.Reals[i] = float64(v)
			}
		}
	case n.Type == schema.Decimal:
		f := operation[float64](n.Op)
		compute = func() {
			for i := range e.Rows {
				out.Reals[i] = f(x.Reals[i], y.Reals[i])
			}
		}
	case n.Args[0].Type == schema.Date: // the days between two dates
		compute = func() {
			for i := range e.Rows {
				out.Ints[i] = int64(x.Days[i]) - int64(y.Days[i])
			}
		}
	default:
		f := operation[int64](n.Op)
		compute = func() {
			for i := range e.Rows {
				out.Ints[i] = f(x.Ints[i], y.Ints[i])
			}
		}
	}
	return func() {
		out.Known = kernel.KnownBoth(scratch, x.Known, y.Known, e.Rows)
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
func (e *Evaluator) calendar(n *expr.Node, args []*vector.Vec, out *vector.Vec) func() {
	x := args[0]
	scratch := out.Known
	switch n.Op {
	case expr.OpYear:
		return func() {
			out.Known = x.Known
			kernel.YearOf(out.Ints, x.Days, e.Rows)
		}
	case expr.OpYearsBetween:
		y := args[1]
		return func() {
			out.Known = kernel.KnownBoth(scratch, x.Known, y.Known, e.Rows)
			kernel.YearsBetween(out.Ints, x.Days, y.Days, e.Rows)
		}
	}
	p := n.Period
	if p.Months == 0 && p.WorkingDays == 0 {
		return func() {
			out.Known = x.Known
			for i, d := range x.Days[:e.Rows] {
				out.Days[i] = d + int32(p.Days)
			}
		}
	}
	shifter := kernel.NewDateShifter(func(day calendar.Day) calendar.Day { return expr.Shift(day, p) })
	return func() {
		out.Known = x.Known
		shifter.ShiftDates(out.Days, x.Days, x.Known, e.Rows)
	}
}

// poissonOutside compiles the comparison of counts with expected numbers.
func (e *Evaluator) poissonOutside(args []*vector.Vec, out *vector.Vec) func() {
	x, y := args[0], args[1]
	scratch := out.Known
	return func() {
		out.Known = kernel.KnownBoth(scratch, x.Known, y.Known, e.Rows)
		bitmap.SetWhere(out.Bits, e.Rows, func(i int) bool { return bitmap.Known(out.Known, i) && expr.PoissonOutside(x.Ints[i], y.Reals[i]) })
	}
}
