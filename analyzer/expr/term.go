package expr

import (
	"paperlight/analyzer/schema"
)

// Terms that are more than one node, or none, once what the extract supplies
// is known.
const (
	opUse        Op = 200 + iota // the value of a definition
	opRowPresent                 // whether path leads to a row
	opCoded                      // the row's code, in its system, is in a code list
	opMember                     // the code in args[0], of an implied system, is in a code list
	opPrevalence                 // the expected share of a register
)

// A term is a checked expression, before the extract is known. It is a value
// for each row of the table it was checked in, or a constant.
type term struct {
	op   Op
	typ  schema.Type
	args []*term
	// at is the place in the text, as a byte offset of the first character.
	at int
	// path is walked from the row in scope to the row that the term reads;
	// every step leads to one row. For an aggregate it leads to the row that
	// has the list.
	path []*schema.Relation

	column     *schema.Column
	relation   *schema.Relation
	value      Value
	set        *Set
	fn         *Func
	period     Period
	text       string // a declaration's key, a code list's name
	field      Field
	definition *definition
	systems    []string // opMember
	// table is the table of the row that asks, and near how many of the last
	// args are values of it (OpMatched, OpLatestMatch).
	table *schema.Table
	near  int
}

func (t *term) isConst() bool { return t.op == OpConst }

// A definition is a checked Definition.
type definition struct {
	Definition
	// typ is 0 until the definition has been checked.
	typ          schema.Type
	alternatives []*alternative
	fault        error
}

// An alternative is one checked way to say a definition.
type alternative struct {
	condition *condition
	optional  allowance
	note      string
	without   *schema.Table
}

// constant returns the term of a literal.
func constant(at int, v Value) *term { return &term{op: OpConst, typ: v.Type, value: v, at: at} }

func yes(at int) *term { return constant(at, Value{Type: schema.Bool, Int: 1}) }

func not(t *term) *term {
	return &term{op: OpNot, typ: schema.Bool, args: []*term{t}, at: t.at}
}
