package eval

import (
	"math"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// A node over one text column and constants is evaluated once for each entry of
// the column's dictionary, and the results are gathered by index. Entries are
// never null, so that nothing is unknown among them; a null row is unknown in all
// of these nodes.

// entryColumn returns the column whose entries n is a value of, or nil.
func (e *Evaluator) entryColumn(n *expr.Node, memo map[*expr.Node]*schema.Column) *schema.Column {
	if c, ok := memo[n]; ok {
		return c
	}
	var c *schema.Column
	switch n.Op {
	case expr.OpColumn:
		if n.Type == schema.Text && !e.setup.Pass.Memory && n.Space == e.setup.Pass.Table {
			c = n.Column
		}
	case expr.OpTest, expr.OpIn, expr.OpEq, expr.OpLt, expr.OpNot, expr.OpAnd, expr.OpOr,
		expr.OpAdd, expr.OpSub, expr.OpMul, expr.OpNeg, expr.OpToDecimal, expr.OpIf:
		for _, a := range n.Args {
			if a.Op == expr.OpConst {
				continue
			}
			of := e.entryColumn(a, memo)
			if of == nil || c != nil && c != of {
				c = nil
				break
			}
			c = of
		}
		if n.Type == schema.Text || n.Type == schema.Date {
			c = nil // entries hold booleans and numbers only
		}
	}
	memo[n] = c
	return c
}

// entryNodes returns the nodes to be gathered by entry: those over one text
// column that are roots, or arguments of a node that is not such a one itself.
func (e *Evaluator) entryNodes() map[*expr.Node]*schema.Column {
	memo := map[*expr.Node]*schema.Column{}
	out := map[*expr.Node]*schema.Column{}
	want := func(n *expr.Node) {
		if c := e.entryColumn(n, memo); c != nil && n.Op != expr.OpColumn {
			out[n] = c
		}
	}
	for _, n := range e.setup.Pass.Nodes {
		if e.entryColumn(n, memo) != nil || n.Op == expr.OpGather || plan.IsAggregate(n) {
			continue
		}
		for _, a := range plan.RowArgs(n) {
			want(a)
		}
	}
	for _, n := range e.setup.Pass.Roots(e.setup.Programs) {
		want(n)
	}
	return out
}

// inEntries says that n is evaluated only as a part of other nodes over entries.
func (e *Evaluator) inEntries(n *expr.Node) bool {
	return e.entryColumn(n, map[*expr.Node]*schema.Column{}) != nil && n.Op != expr.OpColumn
}

// entryStep adds n to the nodes that are evaluated by entry of a column. The step
// that the first of them returns evaluates all; the others return nil.
func (e *Evaluator) entryStep(n *expr.Node, c *schema.Column, out *vector.Vec) func() {
	*out = vector.Make(n.Type, e.MaxRows)
	column := e.setup.ColumnAt(c)
	if column < 0 { // the extract lacks the column
		out.Known = make([]uint64, bitmap.Words(e.MaxRows))
		return nil
	}
	var t *textEntries
	for _, have := range e.texts {
		if have.column == column {
			t = have
		}
	}
	var step func()
	if t == nil {
		t = &textEntries{column: column}
		e.texts = append(e.texts, t)
		step = func() { e.textStep(t) }
	}
	if n.Type == schema.Bool {
		f := entryFunc(n)
		t.bools = append(t.bools, entryBool{func(b []byte) bool { return f(b) != 0 }, out})
		t.boolNodes = append(t.boolNodes, n)
		if len(t.bools) > 8*len(t.planes) {
			t.planes = append(t.planes, nil)
		}
	} else {
		t.ints = append(t.ints, entryInt{value: entryFunc(n), real: n.Type == schema.Decimal, out: out})
		t.intNodes = append(t.intNodes, n)
	}
	return step
}

// textStep evaluates the entries that are new and gathers all rows by index.
func (e *Evaluator) textStep(t *textEntries) {
	v := &e.Columns[t.column]
	for i := range t.bools {
		t.bools[i].out.Known = v.Known
	}
	for i := range t.ints {
		t.ints[i].out.Known = v.Known
	}
	entries := max(0, len(v.Offsets)-1)
	number := e.Numbers[t.column]
	if v.Index == nil || entries > e.Rows && number == 0 || entries == 0 {
		e.textRows(t, v, entries)
		return
	}
	if number == 0 || number != t.number || entries < t.known {
		t.known = 0
	}
	t.number = number
	m := e.Meter()
	m.Charge(nil)
	t.extend(v, entries, m)
	for p, plane := range t.planes {
		var dst [8][]uint64
		for b, x := range t.bools[8*p : min(8*p+8, len(t.bools))] {
			dst[b] = x.out.Bits
		}
		kernel.GatherPlane8(dst[:], plane, v.Index, e.Rows)
		m.Charge(t.boolNodes[8*p : min(8*p+8, len(t.bools))])
	}
	for i := range t.ints {
		x := &t.ints[i]
		if x.real {
			for row, at := range v.Index[:e.Rows] {
				x.out.Reals[row] = math.Float64frombits(uint64(x.table[at]))
			}
		} else {
			kernel.Gather(x.out.Ints, x.table, v.Index, e.Rows)
		}
		m.Charge(t.intNodes[i : i+1])
	}
}

// textRows evaluates row by row, for plain text and for a dictionary that is used
// once and has more entries than rows.
func (e *Evaluator) textRows(t *textEntries, v *vector.Vec, entries int) {
	if entries == 0 { // no row has a text
		for _, x := range t.bools {
			bitmap.Fill(x.out.Bits, false, e.Rows)
		}
		return
	}
	has := func(i int) bool { return bitmap.Known(v.Known, i) }
	m := e.Meter()
	m.Charge(nil)
	for j := range t.bools {
		x := &t.bools[j]
		bitmap.SetWhere(x.out.Bits, e.Rows, func(i int) bool { return has(i) && x.test(v.TextAt(i)) })
		m.Charge(t.boolNodes[j : j+1])
	}
	for j := range t.ints {
		x := &t.ints[j]
		for i := range e.Rows {
			switch {
			case !has(i):
			case x.real:
				x.out.Reals[i] = math.Float64frombits(uint64(x.value(v.TextAt(i))))
			default:
				x.out.Ints[i] = x.value(v.TextAt(i))
			}
		}
		m.Charge(t.intNodes[j : j+1])
	}
}

// entryFunc compiles n into a function of an entry's text. Booleans are 0 or
// 1, decimals their bits.
func entryFunc(n *expr.Node) func(text []byte) int64 {
	switch n.Op {
	case expr.OpConst:
		c := n.Value.Int
		if n.Type == schema.Decimal {
			c = int64(math.Float64bits(n.Value.Real))
		}
		return func([]byte) int64 { return c }
	case expr.OpTest:
		if n.Func.Int != nil {
			return n.Func.Int
		}
		return func(b []byte) int64 { return number(n.Func.Bool(b)) }
	}
	if n.Args[0].Type == schema.Text || n.Op == expr.OpEq && n.Args[1].Type == schema.Text {
		return entryText(n)
	}
	args := make([]func([]byte) int64, len(n.Args))
	for i, a := range n.Args {
		args[i] = entryFunc(a)
	}
	return entryOperator(n, args)
}

// entryText compiles an operator whose argument is the entry itself.
func entryText(n *expr.Node) func([]byte) int64 {
	if n.Op == expr.OpIn {
		return func(b []byte) int64 { _, in := n.Set.Texts[string(b)]; return number(in) }
	}
	side := func(a *expr.Node) func([]byte) string {
		if a.Op == expr.OpConst {
			return func([]byte) string { return a.Value.Text }
		}
		return vector.Text
	}
	x, y := side(n.Args[0]), side(n.Args[1])
	return func(b []byte) int64 { return number(x(b) == y(b)) }
}

func entryOperator(n *expr.Node, args []func([]byte) int64) func([]byte) int64 {
	x := args[0]
	y := args[len(args)-1]
	isReal := n.Args[0].Type == schema.Decimal
	real := func(f func([]byte) int64, b []byte) float64 { return math.Float64frombits(uint64(f(b))) }
	switch n.Op {
	case expr.OpAnd, expr.OpOr:
		stop := number(n.Op == expr.OpOr)
		return func(b []byte) int64 {
			for _, f := range args {
				if f(b) == stop {
					return stop
				}
			}
			return 1 - stop
		}
	case expr.OpNot:
		return func(b []byte) int64 { return 1 - x(b) }
	case expr.OpIf:
		then := args[1]
		return func(b []byte) int64 {
			if x(b) != 0 {
				return then(b)
			}
			return y(b)
		}
	case expr.OpIn:
		if isReal {
			return func(b []byte) int64 { _, in := n.Set.Reals[real(x, b)]; return number(in) }
		}
		return func(b []byte) int64 { _, in := n.Set.Ints[x(b)]; return number(in) }
	case expr.OpToDecimal:
		return func(b []byte) int64 { return int64(math.Float64bits(float64(x(b)))) }
	case expr.OpEq:
		if isReal {
			return func(b []byte) int64 { return number(real(x, b) == real(y, b)) }
		}
		return func(b []byte) int64 { return number(x(b) == y(b)) }
	case expr.OpLt:
		if isReal {
			return func(b []byte) int64 { return number(real(x, b) < real(y, b)) }
		}
		return func(b []byte) int64 { return number(x(b) < y(b)) }
	}
	if isReal {
		f := operation[float64](n.Op)
		return func(b []byte) int64 { return int64(math.Float64bits(f(real(x, b), real(y, b)))) }
	}
	f := operation[int64](n.Op)
	return func(b []byte) int64 { return f(x(b), y(b)) }
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
