package mapping

import (
	"bytes"
	"strings"

	"paperlight/analyzer/calendar"
)

// compactDateTime reads the day of YYYYMMDDHHMMSS or YYYYMMDD_HHMM.
func compactDateTime(b []byte) (calendar.Day, bool) {
	if len(b) < 12 {
		return 0, false
	}
	clock := bytes.TrimPrefix(b[8:], []byte{'_'})
	for _, c := range clock {
		if c-'0' > 9 {
			return 0, false
		}
	}
	if len(clock) != 4 && len(clock) != 6 {
		return 0, false
	}
	return compactDate(b[:8])
}

// months in English, by their first three letters.
const months = "janfebmaraprmayjunjulaugsepoctnovdec"

// namedMonth reads DD MMM YYYY, with a time of day after a blank or without: 07 Mar
// 2026 14:05:09. The day is the one that is written.
func namedMonth(b []byte) (calendar.Day, bool) {
	if len(b) < 11 || b[2] != ' ' || b[6] != ' ' || len(b) > 11 && (b[11] != ' ' || len(b) < 17 || !timeOfDay(b[12:])) {
		return 0, false
	}
	d, okD := digits(b, 0, 2)
	y, okY := digits(b, 7, 4)
	m := strings.Index(months, strings.ToLower(string(b[3:6])))
	if !okD || !okY || m < 0 || m%3 != 0 {
		return 0, false
	}
	return calendar.Of(y, uint32(m/3+1), d)
}

// yearAlone reads YYYY as its first day.
func yearAlone(b []byte) (calendar.Day, bool) {
	y, ok := digits(b, 0, 4)
	if !ok || len(b) != 4 {
		return 0, false
	}
	return calendar.Of(y, 1, 1)
}

// monthAlone reads YYYY-MM as its first day.
func monthAlone(b []byte) (calendar.Day, bool) {
	y, okY := digits(b, 0, 4)
	m, okM := digits(b, 5, 2)
	if !okY || !okM || len(b) != 7 || b[4] != '-' {
		return 0, false
	}
	return calendar.Of(y, m, 1)
}

// serialDate reads the number of a day as spreadsheets count them, from 1 March 1900
// (61) to 31 December 2199 (109939). Before that they count a day that never was.
func serialDate(b []byte) (calendar.Day, bool) {
	whole, _, _ := bytes.Cut(b, []byte{'.'})
	n, ok := integer(whole)
	if !ok || n < 61 || n > 109939 {
		return 0, false
	}
	epoch, _ := calendar.Of(1899, 12, 30)
	return epoch + calendar.Day(n), true
}
