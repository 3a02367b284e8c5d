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
	return g.intern(Node{Op: OpAsOf, Type: schema.Date, Space: schema.Lookup("practice")})
}

// Declared returns a part of the practice's answer to question key.
func (g *Graph) Declared(key string, f Field) *Node {
	t := map[Field]schema.Type{Answer: schema.Text, AnswerDate: schema.Date, AnswerCount: schema.Int, AnswerPresent: schema.Bool}[f]
	return g.intern(Node{Op: OpDeclared, Type: t, Space: schema.Lookup("practice"), Text: key, Field: f, MaybeUnknown: f != AnswerPresent})
}

// And returns the Kleene conjunction: flat, sorted, without repeats or true;
// false as soon as an argument is false.
func (g *Graph) And(args ...*Node) *Node { return g.logic(OpAnd, args) }

// Or returns the Kleene disjunction, in the same normal form.
func (g *Graph) Or(args ...*Node) *Node { return g.logic(OpOr, args) }

func (g *Graph) logic(op Op, args []*Node) *Node {
	neutral := g.Bool(op == OpAnd)
	absorbing := g.Bool(op != OpAnd)
	var flat []*Node
	for _, a := range args {
		switch {
		case a.Op == op:
			flat = append(flat, a.Args...)
		case a == absorbing:
			return absorbing
		case a != neutral:
			flat = append(flat, a)
		}
	}
	flat = g.gatherTogether(op, flat)
	slices.SortFunc(flat, func(a, b *Node) int { return a.ID - b.ID })
	flat = slices.Compact(flat)
	switch len(flat) {
	case 0:
		return neutral
	case 1:
		return flat[0]
	}
	return g.apply(Node{Op: op, Type: schema.Bool, Args: flat, MaybeUnknown: anyUnknown(flat)})
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

// Present returns whether a is known. Over a relation it must see the row that
// is missing, so a is not required to be able to be unknown by itself.
func (g *Graph) Present(a *Node) *Node {
	switch a.Op {
	case OpNull:
		return g.Bool(false)
	case OpConst:
		return g.Bool(true)
	case OpGather:
	default:
		if !a.MaybeUnknown {
			return g.Bool(true)
		}
	}
	return g.apply(Node{Op: OpPresent, Type: schema.Bool, Args: []*Node{a}})
}

// Strict returns an operator without payload: OpEq, OpLt, OpAdd, OpSub, OpMul,
// OpNeg, OpToDecimal, OpYear, OpYearsBetween or OpIf, of result type t.
func (g *Graph) Strict(op Op, t schema.Type, args ...*Node) *Node {
	if op == OpEq && args[1].ID < args[0].ID {
		args[0], args[1] = args[1], args[0]
	}
	return g.apply(Node{Op: op, Type: t, Args: args, MaybeUnknown: anyUnknown(args)})
}

// In returns whether a is a member of s.
func (g *Graph) In(a *Node, s *Set) *Node {
	return g.apply(Node{Op: OpIn, Type: schema.Bool, Args: []*Node{a}, Set: s, MaybeUnknown: a.MaybeUnknown})
}

// Test returns f of the text a.
func (g *Graph) Test(a *Node, f *Func) *Node {
	t := schema.Bool
	if f.Int != nil {
		t = schema.Int
	}
	return g.apply(Node{Op: OpTest, Type: t, Args: []*Node{a}, Func: f, MaybeUnknown: a.MaybeUnknown})
}

// Shift returns the date a moved by p.
func (g *Graph) Shift(a *Node, p Period) *Node {
	return g.apply(Node{Op: OpShift, Type: schema.Date, Args: []*Node{a}, Period: p, MaybeUnknown: a.MaybeUnknown})
}

// Gather returns a read through the relation r, which leads to one row.
// Constants are the same on both sides.
func (g *Graph) Gather(r *schema.Relation, a *Node) *Node {
	if a.Space == nil {
		return a
	}
	return g.intern(Node{Op: OpGather, Type: a.Type, Space: r.From, Args: []*Node{a}, Relation: r, MaybeUnknown: g.unknownOverNullRow(a)})
}

// unknownOverNullRow says whether a gathered value may be unknown: it may if
// a may, or if the row may be missing and a is not known of a missing row.
// The practice of a row is never missing where the row counts at all.
func (g *Graph) unknownOverNullRow(a *Node) bool {
	return a.MaybeUnknown
}

// Aggregate returns OpExists, OpCount, OpRepeated or one of the OpLatest
// operators over the relation r.
func (g *Graph) Aggregate(op Op, r *schema.Relation, args ...*Node) *Node {
	t, unknown := schema.Bool, false
	switch op {
	case OpExists:
		unknown = args[0].MaybeUnknown
	case OpCount, OpLatestCount:
		t = schema.Int
	case OpLatestDate:
		t, unknown = schema.Date, true
	case OpLatestExists:
		unknown = args[2].MaybeUnknown
	}
	if (op == OpExists || op == OpCount) && args[0].Op == OpConst && args[0].Value.Int == 0 {
		if op == OpExists {
			return g.Bool(false)
		}
		return g.Const(Value{Type: schema.Int})
	}
	return g.intern(Node{Op: op, Type: t, Space: r.From, Args: args, Relation: r, MaybeUnknown: unknown})
}

// RepeatedIn returns OpRepeatedIn over the relation r.
func (g *Graph) RepeatedIn(r *schema.Relation, cond *Node, keys ...*Node) *Node {
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
	if n.Space == nil {
		return g.fold(n)
	}
	if same {
		args := make([]*Node, len(n.Args))
		for i, a := range n.Args {
			if args[i] = a; a.Op == OpGather {
				args[i] = a.Args[0]
			}
		}
		n.Args, n.Space = args, nil
		if n.Op == OpAnd || n.Op == OpOr {
			return g.Gather(r, g.logic(n.Op, args))
		}
		return g.Gather(r, g.apply(n))
	}
	return g.intern(n)
}

func anyUnknown(args []*Node) bool {
	return slices.ContainsFunc(args, func(a *Node) bool { return a.MaybeUnknown })
}
