package state

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

// What holds of either extract holds of both together, whichever comes first;
// what neither has does not appear.
func TestWhatHoldsOfOneOfTwoStates(t *testing.T) {
	table := schema.Lookup("patients")
	of := func(practice string, counts TableState) *State {
		counts.Table = table
		return &State{Rules: []string{}, Practices: []PracticeState{{ID: practice, Tallies: []Tally{}}}, Tables: []TableState{counts}}
	}
	for _, c := range []struct {
		says       string
		one, other TableState
		want       TableState
	}{
		{"keys derived in neither", TableState{}, TableState{}, TableState{}},
		{"keys derived in one", TableState{DerivedKey: true}, TableState{}, TableState{DerivedKey: true}},
		{"keys derived in both", TableState{DerivedKey: true}, TableState{DerivedKey: true}, TableState{DerivedKey: true}},
		{"ids counted in one", TableState{DuplicateIDs: 3}, TableState{DuplicateIDs: -1}, TableState{DuplicateIDs: -1}},
		{"ids counted in both", TableState{DuplicateIDs: 3}, TableState{DuplicateIDs: 4}, TableState{DuplicateIDs: 7}},
		{"a column absent in one", TableState{Absent: []string{"sex"}}, TableState{}, TableState{Absent: []string{"sex"}}},
		{"columns absent in both", TableState{Absent: []string{"sex"}}, TableState{Absent: []string{"sex", "birth_date"}},
			TableState{Absent: []string{"sex", "birth_date"}}},
		{"counts", TableState{Rows: 9, Rejected: 1, Malformed: 2, Orphans: 3, PracticeMismatch: 4}, TableState{Rows: 10, Rejected: 10, Malformed: 10, Orphans: 10, PracticeMismatch: 10},
			TableState{Rows: 19, Rejected: 11, Malformed: 12, Orphans: 13, PracticeMismatch: 14}},
	} {
		t.Run(c.says, func(t *testing.T) {
			c.want.Table = table
			for range 2 {
				require.Equal(t, c.want, merge(t, of("A", c.one), of("B", c.other)).Tables[0])
				c.one, c.other = c.other, c.one
			}
		})
	}
}
