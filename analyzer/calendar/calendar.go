// Package calendar is the arithmetic of days: the Gregorian calendar, used also
// for the time before it was made. None of the functions knows what day it is
// today.
package calendar

import "time"

// A Day is a date, in days since 1970-01-01. Columns and the loops over them
// hold days as []int32 all the same: they are Arrow's date32 buffers where these
// lie, and a loop compares them as it does every other number.
type Day int32

// The days that a written date may have: 0001-01-01 to 9999-12-31.
const (
	First = -719162
	Last  = 2932896
)

// Civil returns the date of a day. The count runs in years that begin in March,
// so that the leap day is the last of its year; the two multiplications that
// stand for divisions are those of Neri and Schneider, Euclidean affine
// functions and their application to calendar algorithms (2023).
func Civil(day Day) (year, month, dayOfMonth int) {
	// Centuries, from a March so far back that every day is after it.
	quarters := 4*uint64(int64(day)+719468+146097*backEras) + 3
	century := quarters / 146097
	// Years of the century, and the day of the year.
	scaled := (quarters%146097 | 3) * 2939745
	dayOfYear := uint32(scaled) / 2939745 / 4
	year = int(100*century+scaled>>32) - 400*backEras
	// Months, 3 to 14, and the day of the month.
	months := 2141*dayOfYear + 197913
	month, dayOfMonth = int(months>>16), int(months&0xFFFF/2141)+1
	if dayOfYear >= 306 {
		month -= 12
		year++
	}
	return year, month, dayOfMonth
}

// backEras is how many times 400 years lie before the day 0 that Civil counts
// from; it brings the least Day above 0.
const backEras = 14704

// Date is the inverse of Civil, for every year; it does not check the date.
func Date(year, month, dayOfMonth int) Day {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	yoe := year - era*400
	doy := (153*(month-3)+2)/5 + dayOfMonth - 1
	return Day(era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468)
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// DaysIn returns how many days a month has.
func DaysIn(year, month int) int {
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

// AddMonths moves a day by calendar months; the day of the month is clamped to
// the last day of the month reached.
func AddMonths(day Day, months int) Day {
	y, m, d := Civil(day)
	at := y*12 + m - 1 + months
	y, m = floorDiv(at, 12), at-floorDiv(at, 12)*12+1
	return Date(y, m, min(d, DaysIn(y, m)))
}

// Weekday returns the day of the week.
func Weekday(day Day) time.Weekday {
	return time.Weekday(((int(day)+4)%7 + 7) % 7)
}

// Year returns the calendar year of a day.
func Year(day Day) int64 {
	y, _, _ := Civil(day)
	return int64(y)
}

// YearsBetween returns the whole years from one day to another: the greatest n
// for which from moved by n years is not after to. Negative where to is before
// from.
func YearsBetween(from, to Day) int64 {
	n := int(Year(to) - Year(from))
	if AddMonths(from, 12*n) > to {
		n--
	}
	return int64(n)
}
