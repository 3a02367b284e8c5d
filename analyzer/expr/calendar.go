package expr

import (
	"time"

	"paperlight/analyzer/calendar"
)

// The scalar forms of the date functions are their meaning; a vector form must
// agree with them on every day. Days count from 1970-01-01.

// Shift returns day moved by p: first whole months, the day of the month
// clamped to the last day of the month reached, then days, then working days.
func Shift(day calendar.Day, p Period) calendar.Day {
	if p.Months != 0 {
		day = calendar.AddMonths(day, p.Months)
	}
	day += calendar.Day(p.Days)
	step := calendar.Day(1)
	if p.WorkingDays < 0 {
		step = -1
	}
	for n := int(step) * p.WorkingDays; n > 0; {
		if day += step; WorkingDay(day) {
			n--
		}
	}
	return day
}

// WorkingDay reports whether day is neither a Saturday, a Sunday nor a bank
// holiday in England.
func WorkingDay(day calendar.Day) bool {
	switch calendar.Weekday(day) {
	case time.Saturday, time.Sunday:
		return false
	}
	return !bankHoliday(day)
}
