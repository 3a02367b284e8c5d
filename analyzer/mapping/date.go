package mapping

import (
	"bytes"
	"encoding/binary"

	"paperlight/analyzer/calendar"
)

// The days that a date may have.
const (
	firstDay = calendar.First
	lastDay  = calendar.Last
)

// A dateLayout reads one form of a date; false where the text has not that
// form or names no day of the calendar.
type dateLayout func(text []byte) (day calendar.Day, ok bool)

// dateLayouts are the forms that a mapping may name.
var dateLayouts = map[string]dateLayout{
	"yyyy-mm-dd":          isoDate,
	"yyyy-mm-dd hh:mm:ss": isoDateTime,
	"dd/mm/yyyy":          slashDate,
	"yyyymmdd":            compactDate,
	"yyyymmddhhmmss":      compactDateTime,
	"yyyymmdd_hhmm":       compactDateTime,
	"dd mmm yyyy":         namedMonth,
	"yyyy":                yearAlone,
	"yyyy-mm":             monthAlone,
	"serial":              serialDate,
}

// isoDate reads YYYY-MM-DD, eight bytes in one step.
func isoDate(b []byte) (calendar.Day, bool) {
	if len(b) != 10 {
		return 0, false
	}
	// Digits become 0 to 9 and hyphens 0; anything else reaches a top bit.
	x := binary.LittleEndian.Uint64(b) ^ 0x2d30302d30303030
	if (x|(x+0x7f76767f76767676))&0x8080808080808080 != 0 {
		return 0, false
	}
	d1, d0 := uint32(b[8]-'0'), uint32(b[9]-'0')
	if d1 > 9 || d0 > 9 {
		return 0, false
	}
	year := uint32(x&15)*1000 + uint32(x>>8&15)*100 + uint32(x>>16&15)*10 + uint32(x>>24&15)
	return calendar.Of(year, uint32(x>>40&15)*10+uint32(x>>48&15), d1*10+d0)
}

// isoDateTime reads the day of YYYY-MM-DD followed by a blank or T and a time
// of day, HH:MM[:SS[.fraction]], with or without a zone. The day is the one
// that is written; but an instant in UTC, unless it is midnight, means the day in London.
func isoDateTime(b []byte) (calendar.Day, bool) {
	if len(b) < 16 || (b[10] != ' ' && b[10] != 'T') || !timeOfDay(b[11:]) {
		return 0, false
	}
	day, ok := isoDate(b[:10])
	if !ok || !bytes.HasSuffix(b, []byte("Z")) && !bytes.HasSuffix(b, []byte(" UTC")) {
		return day, ok
	}
	hours, _ := digits(b, 11, 2)
	minutes, _ := digits(b, 14, 2)
	in, _ := zone{utc: true}.day(int64(day)*daySeconds + int64(hours)*3600 + int64(minutes)*60)
	moved, ok := inCalendar(in)
	return calendar.Day(moved), ok
}

// timeOfDay checks HH:MM[:SS[.fraction]][Z|±HH:MM|±HHMM|±HH].
func timeOfDay(b []byte) bool {
	if h, ok := digits(b, 0, 2); !ok || h > 24 || b[2] != ':' {
		return false
	}
	if m, ok := digits(b, 3, 2); !ok || m > 59 {
		return false
	}
	b = b[5:]
	if len(b) >= 3 && b[0] == ':' {
		if s, ok := digits(b, 1, 2); !ok || s > 60 {
			return false
		}
		b = b[3:]
		if len(b) > 1 && b[0] == '.' {
			n := 1
			for n < len(b) && b[n]-'0' <= 9 {
				n++
			}
			if n == 1 {
				return false
			}
			b = b[n:]
		}
	}
	return writtenZone(b)
}

func writtenZone(b []byte) bool {
	if len(b) == 0 || string(b) == "Z" || string(b) == " UTC" {
		return true
	}
	if b[0] != '+' && b[0] != '-' {
		return false
	}
	b = b[1:]
	if h, ok := digits(b, 0, 2); !ok || h > 14 {
		return false
	}
	if b = b[2:]; len(b) == 3 && b[0] == ':' {
		b = b[1:]
	}
	if len(b) == 0 {
		return true
	}
	m, ok := digits(b, 0, 2)
	return ok && m <= 59 && len(b) == 2
}

// slashDate reads DD/MM/YYYY.
func slashDate(b []byte) (calendar.Day, bool) {
	if len(b) != 10 || b[2] != '/' || b[5] != '/' {
		return 0, false
	}
	d, okD := digits(b, 0, 2)
	m, okM := digits(b, 3, 2)
	y, okY := digits(b, 6, 4)
	if !okD || !okM || !okY {
		return 0, false
	}
	return calendar.Of(y, m, d)
}

// typedDate reads a date as people type it: YYYY-MM-DD, or D/M/YYYY with one digit
// or two, with or without blanks round it.
func typedDate(b []byte) (calendar.Day, bool) {
	b = bytes.TrimSpace(b)
	if day, ok := isoDate(b); ok {
		return day, true
	}
	day, rest, _ := bytes.Cut(b, []byte{'/'})
	month, year, _ := bytes.Cut(rest, []byte{'/'})
	if len(day) < 1 || len(day) > 2 || len(month) < 1 || len(month) > 2 || len(year) != 4 {
		return 0, false
	}
	d, okD := digits(day, 0, len(day))
	m, okM := digits(month, 0, len(month))
	y, okY := digits(year, 0, 4)
	if !okD || !okM || !okY {
		return 0, false
	}
	return calendar.Of(y, m, d)
}

// compactDate reads YYYYMMDD.
func compactDate(b []byte) (calendar.Day, bool) {
	if len(b) != 8 {
		return 0, false
	}
	n, ok := digits(b, 0, 8)
	if !ok {
		return 0, false
	}
	return calendar.Of(n/10000, n/100%100, n%100)
}

// digits reads n digits from offset at.
func digits(b []byte, at, n int) (uint32, bool) {
	if len(b) < at+n {
		return 0, false
	}
	var v uint32
	for _, c := range b[at : at+n] {
		d := uint32(c - '0')
		if d > 9 {
			return 0, false
		}
		v = v*10 + d
	}
	return v, true
}

// appendDate writes a day as YYYY-MM-DD; a day outside the calendar of
// dateLayout is written as words that no layout reads.
func appendDate(dst []byte, day int64) []byte {
	if day < firstDay || day > lastDay {
		return append(dst, "out of range"...)
	}
	y, m, d := calendar.Civil(calendar.Day(day))
	return append(dst,
		byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+d/10), byte('0'+d%10))
}
