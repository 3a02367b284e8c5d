package expr_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
)

func day(t *testing.T, s string) calendar.Day {
	t.Helper()
	d, ok := calendar.Parse(s)
	require.True(t, ok, s)
	return d
}

func TestShift(t *testing.T) {
	for _, c := range []struct {
		from string
		by   expr.Period
		want string
	}{
		{"2026-03-31", expr.Period{Months: -1}, "2026-02-28"},
		{"2024-03-31", expr.Period{Months: -1}, "2024-02-29"},
		{"2024-02-29", expr.Period{Months: 12}, "2025-02-28"},
		{"2024-02-29", expr.Period{Months: 48}, "2028-02-29"},
		{"2024-01-31", expr.Period{Months: 1}, "2024-02-29"},
		{"1900-01-31", expr.Period{Months: 1}, "1900-02-28"},
		{"2000-01-31", expr.Period{Months: 1}, "2000-02-29"},
		{"2026-01-15", expr.Period{Months: -13}, "2024-12-15"},
		{"2026-12-31", expr.Period{Months: 2}, "2027-02-28"},
		{"2026-01-31", expr.Period{Months: 1, Days: 1}, "2026-03-01"},
		{"1970-01-01", expr.Period{Days: -1}, "1969-12-31"},
		{"2026-11-06", expr.Period{WorkingDays: 3}, "2026-11-11"},
		{"2026-11-07", expr.Period{WorkingDays: 1}, "2026-11-09"},
		{"2026-11-09", expr.Period{WorkingDays: -1}, "2026-11-06"},
		{"2026-11-07", expr.Period{}, "2026-11-07"},
	} {
		require.Equal(t, c.want, expr.Shift(day(t, c.from), c.by).String(), "%s %s", c.from, c.by)
	}
}

// The weekdays that are not working days, as https://www.gov.uk/bank-holidays
// lists them for England and Wales.
func TestBankHolidays(t *testing.T) {
	for year, want := range map[int][]string{
		2020: {"01-01", "04-10", "04-13", "05-08", "05-25", "08-31", "12-25", "12-28"},
		2021: {"01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28"},
		2022: {"01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-26", "12-27"},
		2023: {"01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"},
		2024: {"01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"},
		2025: {"01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"},
		2026: {"01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"},
	} {
		var have []string
		for d := day(t, fmt.Sprintf("%d-01-01", year)); calendar.Year(d) == int64(year); d++ {
			if w := calendar.Weekday(d); !expr.WorkingDay(d) && w != time.Saturday && w != time.Sunday {
				have = append(have, d.String()[5:])
			}
		}
		require.Equal(t, want, have, year)
	}
	require.True(t, expr.WorkingDay(day(t, "1975-08-25")), "before the table only weekends are free")
	require.Equal(t, "2026-04-08", expr.Shift(day(t, "2026-04-02"), expr.Period{WorkingDays: 2}).String(), "over Easter")
}
