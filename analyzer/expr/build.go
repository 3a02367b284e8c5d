package expr

import (
	"slices"

	"paperlight/analyzer/schema"
)

// The methods below are the only way to make nodes. Each documents nothing
// that Op does not: they check nothing either, for the checker has.

// Const returns the constant v.
func (g *Graph) Const(v Value) *Node { return g.intern(Node{Op: OpConst, Type: v.Type, Value: v}) }

// Bool returns the constant b.
func (g *Graph) Bool(b bool) *Node {
	v := Value{Type: schema.Bool}
	if b {
		v.Int = 1
	}
	return g.Const(v)
}

// Null returns the value of type t that is unknown everywhere.
func (g *Graph) Null(t schema.Type) *Node {
	return g.intern(Node{Op: OpNull, Type: t, MaybeUnknown: true})
}

// Column returns column c of the row.
func (g *Graph) Column(c *schema.Column) *Node {
	return g.intern(Node{Op: OpColumn, Type: c.Type, Space: c.Table, Column: c, MaybeUnknown: !c.Virtual})
}

// Malformed returns whether the cell of c was malformed.
func (g *Graph) Malformed(c *schema.Column) *Node {
	return g.intern(Node{Op: OpFlag, Type: schema.Bool, Space: c.Table, Column: c})
}

// AsOf returns the practice's as-of date.
func (g *Graph) AsOf() *Node {
	return g.intern(Node{Op: OpAsOf, Type: schema.Date, Space: schema.Practice})
}

// Declared returns a part of the practice's answer to question key.
func (g *Graph) Declared(key string, f Field) *Node {
	t := map[Field]schema.Type{Answer: schema.Text, AnswerDate: schema.Date, AnswerCount: schema.Int, AnswerPresent: schema.Bool}[f]
	return g.intern(Node{Op: OpDeclared, Type: t, Space: schema.Practice, Text: key, Field: f, MaybeUnknown: f != AnswerPresent})
}

// And returns the Kleene conjunction: flat, sorted, without repeats or true;
// false as soon as an argument is false.
func (g *Graph) And(args ...*Node) *Node { return g.logic(OpAnd, args) }

// Or returns the Kleene disjunction, in the same normal form.
func (g *Graph) Or(args ...*Node) *Node { return g.logic(OpOr, args) }

func (g *Graph) logic(op Op, args []*Node) *Node {
	neutral, absorbing := g.Bool(op == OpAnd), g.Bool(op != OpAnd)
	flat := g.gatherTogether(op, flatten(op, args, nil))
	flat = slices.DeleteFunc(flatten(op, flat, nil), func(a *Node) bool { return a == neutral })
	slices.SortFunc(flat, func(a, b *Node) int { return a.ID - b.ID })
	flat = slices.Compact(flat)
	for _, a := range flat {
		if a == absorbing || a.Op == OpNot && !a.MaybeUnknown && knownOfNone(a) && slices.Contains(flat, a.Args[0]) {
			return absorbing
		}
	}
	switch len(flat) {
	case 0:
		return neutral
	case 1:
		return flat[0]
	}
	return g.apply(Node{Op: op, Type: schema.Bool, Args: flat})
}

// flatten appends args to out, those that are themselves op by their arguments.
func flatten(op Op, args, out []*Node) []*Node {
	for _, a := range args {
		if a.Op == op {
			out = flatten(op, a.Args, out)
		} else {
			out = append(out, a)
		}
	}
	return out
}

// gatherTogether joins the arguments that are read through one relation into
// one argument, so that the row gathers one value and not several.
func (g *Graph) gatherTogether(op Op, args []*Node) []*Node {
	byRelation := map[*schema.Relation][]*Node{}
	for _, a := range args {
		if a.Op == OpGather {
			byRelation[a.Relation] = append(byRelation[a.Relation], a.Args[0])
		}
	}
	out := args[:0:0]
	for _, a := range args {
		far := byRelation[a.Relation]
		switch {
		case a.Op != OpGather || len(far) == 1:
			out = append(out, a)
		case len(far) > 1:
			out = append(out, g.Gather(a.Relation, g.logic(op, far)))
			byRelation[a.Relation] = nil
		}
	}
	return out
}

// Not returns the negation.
func (g *Graph) Not(a *Node) *Node {
	switch {
	case a.Op == OpNot:
		return a.Args[0]
	case a.Op == OpConst:
		return g.Bool(a.Value.Int == 0)
	case a.Op == OpNull:
		return a
	}
	return g.apply(Node{Op: OpNot, Type: schema.Bool, Args: []*Node{a}, MaybeUnknown: a.MaybeUnknown})
}

// IsTrue returns whether a is true, and not unknown.
func (g *Graph) IsTrue(a *Node) *Node {
	switch {
	case !a.MaybeUnknown:
		return a
	case a.Op == OpNull:
		return g.Bool(false)
	}
	return g.apply(Node{Op: OpIsTrue, Type: schema.Bool, Args: []*Node{a}})
}

// Present returns whether a is known.
func (g *Graph) Present(a *Node) *Node {
	switch {
	case a.Op == OpNull:
		return g.Bool(false)
	case !a.MaybeUnknown:
		return g.Bool(true)
	}
	return g.apply(Node{Op: OpPresent, Type: schema.Bool, Args: []*Node{a}})
}

// Strict returns an operator without payload: OpEq, OpLt, OpAdd, OpSub, OpMul,
// OpNeg, OpToDecimal, OpYear, OpYearsBetween or OpIf, of result type t.
func (g *Graph) Strict(op Op, t schema.Type, args ...*Node) *Node {
	if op == OpIf {
		return g.choose(args[0], args[1], args[2])
	}
	for _, a := range args {
		if a.Op == OpNull {
			return g.Null(t)
		}
	}
	if op == OpEq && args[0].Type == schema.Bool {
		for i, a := range args {
			if a.Op == OpConst && a.Value.Int != 0 {
				return args[1-i]
			} else if a.Op == OpConst {
				return g.Not(args[1-i])
			}
		}
	}
	if op == OpNeg && args[0].Op == OpNeg {
		return args[0].Args[0]
	}
	return g.apply(Node{Op: op, Type: t, Args: slices.Clone(args)})
}

// choose returns cond ? then : other.
func (g *Graph) choose(cond, then, other *Node) *Node {
	switch {
	case cond.Op == OpNull:
		return g.Null(then.Type)
	case cond.Op == OpConst && cond.Value.Int != 0:
		return then
	case cond.Op == OpConst:
		return other
	case then == other && !cond.MaybeUnknown:
		return then
	case cond.Op == OpNot:
		return g.choose(cond.Args[0], other, then)
	}
	return g.apply(Node{Op: OpIf, Type: then.Type, Args: []*Node{cond, then, other}})
}

// In returns whether a is a member of s. Membership in a list of one is
// equality.
func (g *Graph) In(a *Node, s *Set) *Node {
	if v, ok := s.only(); ok {
		return g.Strict(OpEq, schema.Bool, a, g.Const(v))
	}
	if a.Op == OpNull {
		return g.Null(schema.Bool)
	}
	return g.apply(Node{Op: OpIn, Type: schema.Bool, Args: []*Node{a}, Set: s})
}

// only returns the one member of a set of one.
func (s *Set) only() (Value, bool) {
	v := Value{Type: s.Type}
	if len(s.Texts)+len(s.Ints)+len(s.Reals) != 1 {
		return v, false
	}
	for v.Text = range s.Texts {
	}
	for v.Int = range s.Ints {
	}
	for v.Real = range s.Reals {
	}
	return v, true
}

// Test returns f of the text a.
func (g *Graph) Test(a *Node, f *Func) *Node {
	t := schema.Bool
	if f.Int != nil {
		t = schema.Int
	}
	if a.Op == OpNull {
		return g.Null(t)
	}
	return g.apply(Node{Op: OpTest, Type: t, Args: []*Node{a}, Func: f})
}

// Shift returns the date a moved by p.
func (g *Graph) Shift(a *Node, p Period) *Node {
	if a.Op == OpNull || p == (Period{}) {
		return a
	}
	return g.apply(Node{Op: OpShift, Type: schema.Date, Args: []*Node{a}, Period: p})
}

// Gather returns a read through the relation r, which leads to one row.
// Constants are the same on both sides.
func (g *Graph) Gather(r *schema.Relation, a *Node) *Node {
	if a.Space == nil {
		return a
	}
	return g.intern(Node{Op: OpGather, Type: a.Type, Space: r.From, Args: []*Node{a}, Relation: r,
		MaybeUnknown: a.MaybeUnknown || r.To != schema.Practice && !knownOfNone(a)})
}

// knownOfNone reports whether a is certainly known of a row that is missing,
// whose every column is absent, whose lists are empty, and whose practice is
// missing too. Where it is not certain the answer is no.
func knownOfNone(a *Node) bool {
	switch a.Op {
	case OpConst, OpFlag, OpIsTrue, OpPresent, OpExists, OpCount, OpSum, OpRepeated, OpLatestExists, OpLatestCount, OpRepeatedIn,
		OpMatched, OpRepeatsEarlier, OpDays, OpDaysWith, OpWeeksWith, OpLongestGap:
		return true
	case OpNull, OpColumn, OpAsOf, OpLatestDate, OpLatestMatch:
		return false
	case OpDeclared:
		return a.Field == AnswerPresent
	}
	return !slices.ContainsFunc(a.Args, func(a *Node) bool { return !knownOfNone(a) })
}

// Aggregate returns OpExists, OpCount, OpSum, OpRepeated or one of the OpLatest
// operators over the relation r.
func (g *Graph) Aggregate(op Op, r *schema.Relation, args ...*Node) *Node {
	args = slices.Clone(args)
	n := Node{Op: op, Type: schema.Bool, Space: r.From, Args: args, Relation: r}
	switch op {
	case OpExists:
		n.MaybeUnknown = args[0].MaybeUnknown
	case OpLatestExists:
		n.MaybeUnknown = args[2].MaybeUnknown
	case OpCount, OpLatestCount:
		n.Type = schema.Int
	case OpSum:
		n.Type, n.MaybeUnknown = schema.Int, args[0].MaybeUnknown || args[1].MaybeUnknown
	case OpLatestDate:
		n.Type, n.MaybeUnknown = schema.Date, true
	}
	if op != OpExists && op != OpSum { // the others count only rows for which it is true
		args[0] = g.onlyTrue(args[0])
	}
	if op == OpLatestCount {
		args[2] = g.onlyTrue(args[2])
	}
	if g.noRow(op, args) {
		switch n.Type {
		case schema.Int:
			return g.Const(Value{Type: schema.Int})
		case schema.Date:
			return g.Null(schema.Date)
		}
		return g.Bool(false)
	}
	return g.intern(n)
}

// onlyTrue returns a condition that is true for the same rows as cond, for
// where false and unknown are one.
func (g *Graph) onlyTrue(cond *Node) *Node {
	switch cond.Op {
	case OpIsTrue:
		return cond.Args[0]
	case OpNull:
		return g.Bool(false)
	}
	return cond
}

// noRow reports whether an aggregate over these arguments is that of no row.
func (g *Graph) noRow(op Op, args []*Node) bool {
	never := g.Bool(false)
	if args[0] == never {
		return true
	}
	switch op {
	case OpRepeated:
		return slices.ContainsFunc(args[1:], func(k *Node) bool { return k.Op == OpNull })
	case OpLatestDate:
		return args[1].Op == OpNull
	case OpLatestExists, OpLatestCount:
		return args[1].Op == OpNull || args[2] == never
	}
	return false
}

// RepeatedIn returns OpRepeatedIn over the relation r.
func (g *Graph) RepeatedIn(r *schema.Relation, cond *Node, keys ...*Node) *Node {
	cond = g.onlyTrue(cond)
	if cond == g.Bool(false) || slices.ContainsFunc(keys, func(k *Node) bool { return k.Op == OpNull }) {
		return g.Bool(false)
	}
	return g.intern(Node{Op: OpRepeatedIn, Type: schema.Bool, Space: r.To, Args: append([]*Node{cond}, keys...), Relation: r})
}

// apply interns an operator over arguments of one space, moving it to the far
// side of a relation that all its non-constant arguments are read through, and
// folding it if all are constant.
func (g *Graph) apply(n Node) *Node {
	var r *schema.Relation
	same := true
	for _, a := range n.Args {
		if a.Space == nil {
			continue
		}
		n.Space = a.Space
		if a.Op != OpGather || r != nil && a.Relation != r {
			same = false
			continue
		}
		r = a.Relation
	}
	switch {
	case n.Space == nil:
		return g.fold(n)
	case same:
		return g.Gather(r, g.beyond(n))
	}
	switch n.Op {
	case OpEq, OpAdd, OpMul:
		slices.SortFunc(n.Args, func(a, b *Node) int { return a.ID - b.ID })
	}
	n.MaybeUnknown = n.Op != OpIsTrue && n.Op != OpPresent && anyUnknown(n.Args)
	return g.intern(n)
}

// beyond is n on the far side of the relation that its arguments are read
// through. The condition that asks whether a value is known stays one, though
// every row there knows it: the row may be missing.
func (g *Graph) beyond(n Node) *Node {
	args := make([]*Node, len(n.Args))
	for i, a := range n.Args {
		if args[i] = a; a.Op == OpGather {
			args[i] = a.Args[0]
		}
	}
	if n.Op == OpAnd || n.Op == OpOr {
		return g.logic(n.Op, args)
	}
	n.Args, n.Space = args, nil
	return g.apply(n)
}

func anyUnknown(args []*Node) bool {
	return slices.ContainsFunc(args, func(a *Node) bool { return a.MaybeUnknown })
}
