package expr

import (
	"paperlight/analyzer/schema"
)

// An Op says what a node computes. The set is small on purpose: what can be
// said by other operators is (!= is not ==, a <= b is not b < a, all is not
// exists not), so that the engine has one kernel for each thing and equal
// conditions meet in one node however they were written.
type Op uint8

// The operators. A node is a value for each row of its Space. "Strict" means
// unknown where any argument is unknown.
const (
	_ Op = iota

	// Leaves.
	OpConst    // Value; Space nil
	OpNull     // unknown everywhere, of Type; Space nil
	OpColumn   // Column; unknown where null
	OpAsOf     // the practice's as-of date; Space practice; never unknown
	OpDeclared // the practice's answer to Text, part Field; Space practice
	OpFlag     // whether the cell of Column was malformed; never unknown

	// Logic, three-valued (Kleene).
	OpAnd     // two or more arguments, in order of ID
	OpOr      // two or more arguments, in order of ID
	OpNot     //
	OpIsTrue  // true where the argument is true, else false; never unknown
	OpPresent // true where the argument (of any type) is known; never unknown
	OpIf      // Args[0] ? Args[1] : Args[2]; unknown where the condition is

	// Comparison, strict. Both arguments have one type. Bool: only OpEq.
	OpEq
	OpLt
	OpIn   // Args[0] is a member of Set; strict
	OpTest // Func of one text; strict, Bool or Int by Func

	// Arithmetic, strict; Int overflow wraps. Args have one type.
	OpAdd
	OpSub
	OpMul
	OpNeg
	OpToDecimal    // Int to Decimal
	OpShift        // a Date moved by Period
	OpYear         // the year of a Date, Int
	OpYearsBetween // whole years from Args[0] to Args[1] (Dates), Int, floor

	// Steps between spaces. OpGather reads Args[0], a node in Relation.To's
	// space, at the one row that each row of Relation.From leads to; where it
	// leads to none (an orphan, an unknown id, an id that two rows carry) the
	// argument is evaluated over a row whose every column is null, whose lists
	// are empty and whose own steps lead to no row either: the practice and
	// as-of date of a missing patient are unknown too.
	OpGather

	// Aggregates over Relation, which is Many. Space is Relation.From;
	// arguments are nodes in Relation.To's space (or constants). No rows:
	// exists is false, counts are 0, dates unknown.
	OpExists       // [cond]: true if true for a row, else unknown if unknown for one, else false
	OpCount        // [cond]: Int, rows where cond is true; never unknown
	OpSum          // [cond, number]: the sum of an Int over the rows where cond is true, wrapping; unknown where cond is unknown for a row, or the number for one where it is true
	OpRepeated     // [cond, keys...]: two rows where cond is true share all keys, none unknown; never unknown
	OpLatestDate   // [cond, date]: the latest date (known) among rows where cond is true
	OpLatestExists // [cond, date, inner]: OpExists of inner over the rows on that latest date
	OpLatestCount  // [cond, date, inner]: OpCount of inner over those rows

	// OpRepeatedIn is a value of each row of Relation.To: another row of the
	// same Relation.From row where Args[0] is true has the same keys Args[1:]
	// as this row, none unknown. Never unknown. This row need not meet Args[0].
	OpRepeatedIn

	// Rows that meet the rows of a list of the same patient (or practice) in
	// equal values. Relation leads from that patient or practice to the list;
	// Space is the table of the row that asks. Args[0] is an OpKeySet whose
	// Args are the values of the asking row, Args[1] a condition over the list's
	// rows, the last Args the list's side of the values. A row of the list meets
	// the asking row where the condition is true and all values are known and
	// equal.
	OpMatched     // [set, cond, keys...]: a row meets it; never unknown
	OpLatestMatch // [set, cond, date, keys...]: the latest date (known) among the rows that do
	// OpKeySet is the values that rows of Space ask for; not a value itself.
	OpKeySet // [keys...]

	// OpRepeatsEarlier is a value of each row of Relation.To: another row of the
	// same Relation.From row where Args[1] is true has a bytewise smaller record
	// id (Args[2]) and the same keys Args[3:]; absent equals absent. Never
	// unknown. Args[0] is an OpRepeatFilter over the same keys.
	OpRepeatsEarlier // [filter, cond, id, keys...]
	// OpRepeatFilter is what lets rows pass that may be repeats; not a value.
	OpRepeatFilter // [keys...]

	// OpDays is the days of the last Period.Days up to the as-of date on which a
	// row of Relation meets a condition, of type Days. The operators below it
	// take any number of them, together, and are never unknown.
	OpDays       // [cond, date, as-of date]
	OpDaysWith   // Int, the days
	OpWeeksWith  // Int, the weeks (seven days, counted back from the as-of date) of the last 52 that have a day
	OpLongestGap // Int, the most days in a row, of the last Period.Days, that are not among them

	// OpPoissonOutside is whether Args[1], an expected count (Decimal), lies
	// outside the exact 95 % Poisson interval of Args[0], an observed one (Int);
	// strict.
	OpPoissonOutside
)

// Days is the type of OpDays: a set of days, which no column holds.
const Days schema.Type = 100

// A Field is a part of a declaration.
type Field string

// The parts of a declaration.
const (
	Answer        Field = "answer" // Text
	AnswerDate    Field = "date"   // Date
	AnswerCount   Field = "count"  // Int
	AnswerPresent Field = "present"
)

// A Node is one expression of a rule set: hash-consed, so that two nodes of a
// Graph are the same expression exactly when they are the same pointer.
// Nodes are immutable once made.
type Node struct {
	// ID is the node's place in Graph.Nodes; arguments come before users.
	ID   int
	Op   Op
	Type schema.Type
	// Space is the table that the node has a value for each row of; nil for a
	// constant.
	Space *schema.Table
	Args  []*Node
	// MaybeUnknown is false for a node that is never unknown.
	MaybeUnknown bool

	// One of these by Op, as documented there.
	Value    Value
	Column   *schema.Column
	Relation *schema.Relation
	Set      *Set
	Func     *Func
	Period   Period
	Text     string
	Field    Field
}

// A Value is a constant. Type says which field holds it.
type Value struct {
	Type schema.Type
	Text string
	Int  int64 // Int; Date as days since 1970-01-01; Bool as 0 or 1
	Real float64
}

// A Period is a distance between dates: whole months, then whole days, then
// working days (England). The day of the month is clamped to the last day.
type Period struct {
	Months, Days, WorkingDays int
}

// A Set is a set of constants of one type: a list in the text of a rule, or
// the codes of one system in a code list.
type Set struct {
	Type schema.Type
	// Name identifies the set's content within a Graph: two sets with one
	// name hold the same values.
	Name  string
	Texts map[string]struct{} // Text
	Ints  map[int64]struct{}  // Int, Date, Bool
	Reals map[float64]struct{}
}

// A Func is a function of one text value: an identifier check, a prefix, a
// pattern, a length. Exactly one of the scalar forms is set; it is the
// meaning. The engine calls it once per distinct text where it can, from
// several goroutines at once; it must not keep or change its argument.
type Func struct {
	// Name identifies the function and its constant arguments within a Graph,
	// such as `startsWith("0403")`.
	Name string
	Bool func(text []byte) bool
	Int  func(text []byte) int64
}
