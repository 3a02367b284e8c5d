// Package state holds what a scan counted, practice by practice: the small,
// mergeable outcome that is scored, and the only thing that leaves a worker.
package state

import (
	"cmp"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// A State is what a scan gathered: a tally for each rule of each practice, and
// how the reading went. States of different practices merge, in any order,
// into the state of all; one practice's rows are never split between states.
type State struct {
	// Rules are the ids of the rules and parts of rules run, sorted; Tallies
	// follow this order.
	Rules     []string
	Practices []PracticeState // sorted by practice id
	Tables    []TableState    // in schema order
	Notes     []string
}

// AsOfFrom says where an as-of date came from, in the words of the report's JSON.
type AsOfFrom string

// Where it may come from.
const (
	AsOfAsked    AsOfFrom = "--as-of"
	AsOfStated   AsOfFrom = "practice.extract_to"
	AsOfReleased AsOfFrom = "release date of the extract"
	AsOfRecorded AsOfFrom = "99.9th percentile of the dates recorded"
	AsOfUnread   AsOfFrom = "99.9th percentile of the dates recorded: practice.extract_to cannot be read"
)

// A PracticeState is what was counted for one practice.
type PracticeState struct {
	ID, ODSCode, Name string
	AsOf              calendar.Day
	AsOfFrom          AsOfFrom
	// Registered counts registered patients; -1 where it cannot be known.
	Registered int64
	// Outgoing: the extract is marked as leaving the practice.
	Outgoing bool `json:",omitempty"`
	Tallies  []Tally
	// Days are the denominators of the rules that count by day, sorted by rule;
	// those without a dated row are left out.
	Days []Days
	// Gaps are the coded rows in systems that the code lists of rules do not
	// cover, in the order of CompareGaps; uses without such a row are left out.
	Gaps []Gap `json:",omitempty"`
	// Damage says which tables and columns exceed a limit that a rule sets.
	Damage []Damage `json:",omitempty"`
	// Doubts are what lines that cannot be used leave open, for each rule that reads
	// their list.
	Doubts []Doubt `json:",omitempty"`
	// Rows by table, in schema order, for the capability notes.
	Rows []int64
}

// A Tally is what one rule counted in one practice.
//
// What is nothing is not stored: of a state, tallies are the most.
type Tally struct {
	// Missing: the extract cannot supply what the rule reads; no count holds.
	Missing bool `json:",omitempty"`
	// Denominator: where is true and exclude is not. Numerator: of these,
	// expect is true. Unknown: of these, expect is unknown (counted among the
	// failing). Excluded: where and exclude are true. Undetermined: where is
	// unknown.
	Denominator  int64 `json:",omitempty"`
	Numerator    int64 `json:",omitempty"`
	Unknown      int64 `json:",omitempty"`
	Excluded     int64 `json:",omitempty"`
	Undetermined int64 `json:",omitempty"`
	// Value of a rule over practice that has one.
	Value    float64 `json:",omitempty"`
	HasValue bool    `json:",omitempty"`
}

// A Damage is a table whose rows are damaged beyond a limit that a rule sets: Kind is
// the column of the table practice that the rule reads, Column where in the table the
// damage is, or empty where it is whole rows. Share and Limit are 0 to 1.
type Damage struct {
	Rule, Kind, Table, Column string
	Share, Limit              float64
}

// A Doubt is a list beside the extract with lines that cannot be used: they cannot be
// read or, where Figure is given, are not the only one of that figure.
type Doubt struct{ Rule, Table, Figure string }

// CompareDoubts orders by rule, table and figure.
func CompareDoubts(a, b Doubt) int {
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Figure, b.Figure))
}

// A Gap is how many of the coded rows that a rule looks through with a code list
// are in systems which the list does not cover.
type Gap struct {
	Rule, List string
	// Use tells apart the uses of lists by one rule.
	Use int
	// Noted: what the list lacks decides nothing about who passes.
	Noted bool
	// Coded are all coded rows, Systems those not covered.
	Coded   int64
	Systems []SystemCount
}

// A SystemCount is how many rows are in one code system.
type SystemCount struct {
	System string
	Rows   int64
}

// Missed are the rows in systems that the list does not cover.
func (g *Gap) Missed() int64 {
	var n int64
	for _, s := range g.Systems {
		n += s.Rows
	}
	return n
}

// CompareGaps orders by rule, and by the place in the rule.
func CompareGaps(a, b Gap) int { return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Use, b.Use)) }

// A TableState is how the reading of one table went.
type TableState struct {
	Table                                                *schema.Table
	Rows, Rejected, Malformed, Orphans, PracticeMismatch int64
	// LeftOut are rows beside them that are not the practice's today: deleted,
	// replaced by a later set, or another organisation's.
	LeftOut      int64
	DuplicateIDs int64 // -1: not counted
	DerivedKey   bool
	Absent       []string
	Faults       []Fault
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
