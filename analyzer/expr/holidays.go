package expr

import (
	"time"

	"paperlight/analyzer/calendar"
)

// Bank holidays in England: the Banking and Financial Dealings Act 1971,
// schedule 1, with the days kept by common law (Good Friday, Christmas Day) and
// by proclamation (New Year's Day, the first Monday in May), as listed at
// https://www.gov.uk/bank-holidays. Days proclaimed for one year are
// listed in bankHoliday up to the end of 2026: a day proclaimed later must be
// added. Before 1978 only weekends are not working days.
const firstHolidayYear = 1978

// bankHoliday reports whether a weekday is a bank holiday in England.
func bankHoliday(day calendar.Day) bool {
	year, month, dayOfMonth := calendar.Civil(day)
	if year < firstHolidayYear || month == 2 || month == 10 || month == 11 {
		return false
	}
	switch year*10000 + month*100 + dayOfMonth {
	case 19810729, 19991231, 20020603, 20110429, 20120605, 20220603, 20220919, 20230508: // of one year
		return true
	case 19950508, 20020604, 20120604, 20200508, 20220602: // moved to
		return true
	case 19950501, 20020527, 20120528, 20200504, 20220530: // moved from
		return false
	}
	switch month {
	case 1:
		return day == newYear(year)
	case 3, 4:
		easter := easterSunday(year)
		return day == easter-2 || day == easter+1
	case 5:
		return day == mondayFrom(calendar.Date(year, 5, 1)) || day == mondayFrom(calendar.Date(year, 5, 25))
	case 8:
		return day == mondayFrom(calendar.Date(year, 8, 25))
	case 12:
		return christmas(year, day)
	}
	return false
}

// mondayFrom is the first Monday on or after day.
func mondayFrom(day calendar.Day) calendar.Day {
	return day + calendar.Day((8-int(calendar.Weekday(day)))%7)
}

func weekend(day calendar.Day) bool {
	return calendar.Weekday(day) == time.Saturday || calendar.Weekday(day) == time.Sunday
}

// newYear is 1 January, or the Monday after it where it falls on a weekend.
func newYear(year int) calendar.Day {
	day := calendar.Date(year, 1, 1)
	if weekend(day) {
		return mondayFrom(day)
	}
	return day
}

// christmas reports whether day is kept for 25 or 26 December; each that falls
// on a weekend is kept on the next weekday that is not kept already.
func christmas(year int, day calendar.Day) bool {
	first := calendar.Date(year, 12, 25)
	last := first + 1
	for _, d := range []calendar.Day{first, first + 1} {
		if weekend(d) {
			for last++; weekend(last); last++ {
			}
		}
	}
	return day >= first && day <= last && !weekend(day)
}

// easterSunday is by the Gregorian computus (Meeus, Jones and Butcher).
func easterSunday(year int) calendar.Day {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return calendar.Date(year, n/31, n%31+1)
}
