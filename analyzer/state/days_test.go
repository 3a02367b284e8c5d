package state

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDaysAreSummed(t *testing.T) {
	d := Days{Counts: []DayCount{{Day: 70, Count: 4}, {Day: 72, Count: 2}, {Day: 73, Count: 4}, {Day: 100, Count: 1}}}
	require.Equal(t, DaySum{Rows: 11, Recent: 5, Busiest: 4, BusiestDay: 73}, d.Summed(100), "the busiest day is the latest of several; day 72 is the 29th last")
	require.Equal(t, DaySum{}, (&Days{}).Summed(100))
}
