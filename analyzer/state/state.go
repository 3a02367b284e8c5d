// Package state holds what a scan counted, practice by practice: the small,
// mergeable outcome that is scored, and the only thing that leaves a worker.
package state

import (
	"paperlight/analyzer/schema"
)

// A State is what a scan gathered: a tally for each rule of each practice, and
// how the reading went. States of different practices merge, in any order,
// into the state of all; one practice's rows are never split between states.
type State struct {
	// Rules are the ids of the rules run, sorted; Tallies follow this order.
	Rules     []string
	Practices []PracticeState // sorted by practice id
	Tables    []TableState    // in schema order
	Notes     []string
}

// A PracticeState is what was counted for one practice.
type PracticeState struct {
	ID, ODSCode, Name string
	AsOf              int32 // days since 1970-01-01
	AsOfFrom          string
	// Registered counts registered patients; -1 where it cannot be known.
	Registered int64
	Tallies    []Tally
	// Rows by table, in schema order, for the capability notes.
	Rows []int64
}

// A Tally is what one rule counted in one practice.
type Tally struct {
	// Missing: the extract cannot supply what the rule reads; no count holds.
	Missing bool
	// Denominator: where is true and exclude is not. Numerator: of these,
	// expect is true. Unknown: of these, expect is unknown (counted among the
	// failing). Excluded: where and exclude are true. Undetermined: where is
	// unknown.
	Denominator, Numerator, Unknown, Excluded, Undetermined int64
	// Value of a rule over practice that has one.
	Value    float64
	HasValue bool
}

// A TableState is how the reading of one table went.
type TableState struct {
	Table                                                *schema.Table
	Rows, Rejected, Malformed, Orphans, PracticeMismatch int64
	DuplicateIDs                                         int64 // -1: not counted
	DerivedKey                                           bool
	Absent                                               []string
	Faults                                               []Fault
}

// A Fault counts one kind of fault, with the first positions in source order.
type Fault struct {
	Column *schema.Column // nil: rejects
	Want   string
	Count  int64
	First  []Position
}

// A Position is a record of a source file, counted from 1.
type Position struct {
	File   string
	Record int64
}
