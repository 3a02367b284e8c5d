package calendar

import (
	"testing"
	"time"
	_ "time/tzdata" // the same rules whatever the machine has

	"github.com/stretchr/testify/require"
)

// Each hour of a year in each century, and the late ones of every day from 1900 to 2037:
// the time zone database says the same.
func TestLondonDayIsThatOfTheTimeZoneDatabase(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	require.NoError(t, err)
	day := func(at time.Time) Day {
		y, m, d := at.In(london).Date()
		return Date(y, int(m), d)
	}
	for at := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2038; at = at.AddDate(0, 0, 1) {
		for _, seconds := range []int{0, 1, 21*3600 + 3599, 22 * 3600, 22*3600 + 3599, 23 * 3600, 23*3600 + 3599} {
			in := at.Add(time.Duration(seconds) * time.Second)
			if want := day(in); LondonDay(in.Unix()) != want {
				require.Equal(t, want, LondonDay(in.Unix()), "%s", in)
			}
		}
	}
}

func TestLondonDayFarAway(t *testing.T) {
	require.Less(t, LondonDay(-1<<62), Day(First))
	require.Greater(t, LondonDay(1<<62), Day(Last))
	require.Equal(t, Day(Last+1), LondonDay((Last+1)*daySeconds))
}
