// Package schema declares the canonical tables and columns: what every reader
// maps its source to, and all that a rule may read. It is the one place where
// they are declared; the dictionary that `paperlight schema` prints and
// docs/schema.md come from here. It knows no Arrow and imports nothing of ours.
package schema

// A Type says what a column holds. Dates are whole days; decimals are IEEE
// doubles and are never summed.
type Type uint8

// The types of a column.
const (
	Text Type = iota + 1
	Date
	Int
	Decimal
	Bool
)

var typeNames = [...]string{Text: "text", Date: "date", Int: "int", Decimal: "decimal", Bool: "bool"}

func (t Type) String() string { return typeNames[t] }

// Privacy says how far a column's values may travel.
type Privacy uint8

// The privacy classes.
const (
	Open     Privacy = iota // may be counted and, at practice level, listed
	Direct                  // identifies directly: turned into a state while reading, never kept
	Quasi                   // quasi-identifier: never printed per row outside practice level
	Staff                   // identifies a member of staff
	FreeText                // only its presence or length is read
)

var privacyNames = [...]string{Open: "", Direct: "D", Quasi: "Q", Staff: "S", FreeText: "F"}

// String is the letter of the class, empty for Open.
func (p Privacy) String() string { return privacyNames[p] }

// A Column is one column of one table. Columns are compared by pointer: each
// is declared once.
type Column struct {
	Table *Table
	Name  string
	// Index is the column's place in Table.Columns.
	Index int
	Type  Type
	// Required columns must be present, record ids apart, which are derived
	// where the source lacks them; a row without a value is a reject.
	Required bool
	Privacy  Privacy
	// Values is the closed list of a coded column, in the order of the
	// dictionary; nil where any value is allowed. A value outside it reads as
	// null and is counted malformed.
	Values []string
	// Derived names the column this one is worked out from while reading,
	// where the source does not supply it (nhs_number_state from nhs_number).
	Derived string
	// Beside names the date column that this one says the precision of: few systems
	// have it, and nothing lacks it.
	Beside string
	// Virtual columns are about the reading itself: the engine supplies them,
	// no file does.
	Virtual bool
	// About is the list beside the extract whose reading a virtual column is about,
	// where it is about one.
	About *Table
	// Filled columns have a value in every record of a practice, but for slips: a
	// file that has the column and leaves many of its cells empty is damaged.
	Filled bool
	// Varied columns differ from row to row in any practice: a file in which one value
	// fills more than so many rows in a hundred is damaged. 0 where it may fill all.
	Varied int
	// Most is the greatest number that a line of a list beside the extract may give, 0
	// where there is no bound; with one, none is below zero.
	Most int64
	// Needed says of which lines of a list beside the extract the column is required.
	Needed Need
	// Doc is one sentence for the dictionary.
	Doc string
}

// String is table.column, as messages name it.
func (c *Column) String() string { return c.Table.Name + "." + c.Name }

// A Table is one canonical table. Tables are compared by pointer: each is
// declared once.
type Table struct {
	Name string
	// Row says what one row is.
	Row string
	// Key is the record id column; nil where rows have no id of their own.
	Key *Column
	// Patient is the column that names the row's patient; nil where a row
	// belongs to the practice alone.
	Patient *Column
	// Practice is the column that names the row's practice; nil only never.
	Practice *Column
	// Side says that the table is a list given beside the extract, with few lines
	// of which each counts, and perhaps lines of practices that are not in it.
	Side bool
	// Index is the table's place in Tables.
	Index   int
	Columns []*Column
}

// Column returns the column called name, or nil.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// A Relation is a step the rule language may walk from a row of From to rows
// of To. Relations by id match practice, patient and id, or, where OfPractice,
// practice and id.
type Relation struct {
	Name     string
	From, To *Table
	// Many says that the step leads to a list; else to one row or none.
	Many bool
	// Near is From's column and Far To's column that must be equal; both nil
	// for the steps between a row, its patient and its practice, which the
	// reader has already decided (whose row it is: see the package schema.md).
	Near, Far *Column
	// OfPractice says that rows that meet by Near and Far belong to one
	// practice, whoever their patient; else they belong to one patient.
	OfPractice bool
	Doc        string
}

// Lookup returns the table called name, or nil.
func Lookup(name string) *Table {
	for _, t := range Tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Walk returns the relation called name from a row of t, or nil. Every row
// reaches "patient" (where it has one) and "practice"; a patient and a
// practice reach the tables that belong to them by the table's name.
func (t *Table) Walk(name string) *Relation {
	for _, r := range Relations {
		if r.From == t && r.Name == name {
			return r
		}
	}
	return nil
}
