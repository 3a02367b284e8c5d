package calendar

import "time"

// Parse reads a day written YYYY-MM-DD, of the years 1 to 9999.
func Parse(s string) (Day, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	var part [3]uint32
	for i, text := range []string{s[:4], s[5:7], s[8:]} {
		for _, c := range []byte(text) {
			if c < '0' || c > '9' {
				return 0, false
			}
			part[i] = part[i]*10 + uint32(c-'0')
		}
	}
	return Of(part[0], part[1], part[2])
}

// DayOf returns the day that a time is on where it is told.
func DayOf(t time.Time) Day { return Date(t.Year(), int(t.Month()), t.Day()) }

// Time returns the midnight, UTC, that the day begins with.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String writes the day as YYYY-MM-DD.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// Words writes the day as people do: 31 March 2026.
func (d Day) Words() string { return d.Time().Format("2 January 2006") }

// daysBefore and daysIn are by month, those of leap years from 16 on.
var (
	daysBefore = [32]uint16{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334,
		17: 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335}
	daysIn = [32]uint8{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
		17: 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
)

// Of returns the day of a date of the years 1 to 9999; false where there is no
// such day. It reads every date of a file: nothing in it branches on the date,
// which no processor could foresee.
func Of(year, month, dayOfMonth uint32) (Day, bool) {
	if year-1 >= 9999 || month-1 >= 12 {
		return 0, false
	}
	y := year - 1
	centuries := y / 100
	leap := bit(year&3 == 0) & (bit(year != (centuries+1)*100) | bit(year&15 == 0))
	at := (month | leap<<4) & 31
	if dayOfMonth-1 >= uint32(daysIn[at]) {
		return 0, false
	}
	n := 365*y + y/4 - centuries + centuries/4 + uint32(daysBefore[at]) + dayOfMonth - 1
	return Day(n) + First, true
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
