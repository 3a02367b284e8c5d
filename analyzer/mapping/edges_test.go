package mapping

import (
	"fmt"
	"math"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

// One day outside the calendar is noticed wherever it stands, also among the
// last few, which are looked at one by one.
func TestOneDayOutsideTheCalendar(t *testing.T) {
	for n := range 11 {
		days := make([]arrow.Date32, n)
		for at := range days {
			for _, d := range []arrow.Date32{firstDay, lastDay, 0} {
				days[at] = d
				require.True(t, allWithin(days), "day %d at %d of %d", d, at, n)
			}
			for _, d := range []arrow.Date32{firstDay - 1, lastDay + 1, math.MinInt32, math.MaxInt32} {
				days[at] = d
				require.False(t, allWithin(days), "day %d at %d of %d", d, at, n)
			}
			days[at] = 0
		}
		require.True(t, allWithin(days))
	}
}

func TestTypedDatesOutsideTheCalendarAreMalformed(t *testing.T) {
	for n := 1; n <= 9; n++ {
		for at := range n {
			var ids, days []any
			var want []string
			for i := range n {
				ids, days = append(ids, fmt.Sprint(i)), append(days, arrow.Date32(i))
				want = append(want, fmt.Sprintf("1970-01-%02d", i+1))
			}
			days[at], want[at] = arrow.Date32(lastDay+1), "!"
			x := held(t, Options{}, typedFile("patients", []string{"patient_id", "birth_date"}, []arrow.Array{
				padded(build(arrow.BinaryTypes.String, ids...)), padded(build(arrow.FixedWidthTypes.Date32, days...))}))
			tab := x.Table(schema.Lookup("patients"))
			rows, _ := read(t, tab, tab.Schema.Column("birth_date"))
			var got []string
			for _, r := range rows {
				got = append(got, r[0])
			}
			require.Equal(t, want, got)
		}
	}
}
