package expr

import "time"

// The scalar forms of the date functions are their meaning; a vector form must
// agree with them on every day. Days count from 1970-01-01.

// civil returns the calendar date of day (Gregorian, also before 1582).
func civil(day int32) (year, month, dayOfMonth int) {
	z := int(day) + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	dayOfMonth = doy - (153*mp+2)/5 + 1
	month = mp + 3
	if month > 12 {
		month -= 12
	}
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, dayOfMonth
}

// dayOf is the inverse of civil.
func dayOf(year, month, dayOfMonth int) int32 {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	yoe := year - era*400
	doy := (153*(month-3)+2)/5 + dayOfMonth - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return int32(era*146097 + doe - 719468)
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// Shift returns day moved by p: first whole months, the day of the month
// clamped to the last day of the month reached, then days, then working days.
func Shift(day int32, p Period) int32 {
	if p.Months != 0 {
		y, m, d := civil(day)
		months := y*12 + m - 1 + p.Months
		y, m = floorDiv(months, 12), months-floorDiv(months, 12)*12+1
		day = dayOf(y, m, min(d, daysIn(y, m)))
	}
	day += int32(p.Days)
	step := int32(1)
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
func WorkingDay(day int32) bool {
	switch Weekday(day) {
	case time.Saturday, time.Sunday:
		return false
	}
	return !bankHoliday(day)
}

// Weekday returns the day of the week.
func Weekday(day int32) time.Weekday {
	return time.Weekday(((int(day)+4)%7 + 7) % 7)
}

// Year returns the calendar year of day.
func Year(day int32) int64 {
	y, _, _ := civil(day)
	return int64(y)
}

// YearsBetween returns the whole years from one day to another: the greatest n
// for which from moved by n years is not after to. Negative where to is before
// from.
func YearsBetween(from, to int32) int64 {
	n := int(Year(to) - Year(from))
	if Shift(from, Period{Months: 12 * n}) > to {
		n--
	}
	return int64(n)
}

// ParseDate reads a day written YYYY-MM-DD, of the years 1 to 9999.
func ParseDate(s string) (int32, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	number := func(s string) int {
		n := 0
		for _, c := range []byte(s) {
			if c < '0' || c > '9' {
				return -1
			}
			n = n*10 + int(c-'0')
		}
		return n
	}
	y, m, d := number(s[:4]), number(s[5:7]), number(s[8:])
	if y < 1 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	return dayOf(y, m, d), true
}

// FormatDate writes a day as YYYY-MM-DD.
func FormatDate(day int32) string {
	return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
}
