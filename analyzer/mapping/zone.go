package mapping

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"

	"paperlight/analyzer/calendar"
)

// A zone says on which day an instant of a column lies. A column's own zone gives it; an
// instant in UTC means the day in London, unless it is midnight: then it is a date that
// a program wrote as an instant.
type zone struct {
	utc, london bool
	// ahead is by how many seconds the clocks of the column are ahead of UTC.
	ahead int64
}

// zoneOf returns the zone of a column of instants. Without one, the clock is read as it
// stands.
func zoneOf(t *arrow.TimestampType) (zone, error) {
	switch strings.ToLower(t.TimeZone) {
	case "":
		return zone{}, nil
	case "utc", "etc/utc", "z", "zulu", "etc/zulu", "uct", "etc/uct", "universal", "etc/universal", "gmt", "etc/gmt", "greenwich", "etc/greenwich",
		"gmt0", "etc/gmt0", "+00:00", "-00:00", "+0000", "+00":
		return zone{utc: true}, nil
	case "europe/london", "europe/belfast", "europe/guernsey", "europe/jersey", "europe/isle_of_man", "gb", "gb-eire":
		return zone{london: true}, nil
	}
	if ahead, ok := offset(t.TimeZone); ok {
		return zone{ahead: ahead}, nil
	}
	return zone{}, fmt.Errorf("instants in the time zone of this column cannot be read: write them as dates, or in UTC or Europe/London")
}

// offset reads +01:00, +0100 or +01.
func offset(name string) (seconds int64, ok bool) {
	b := []byte(name)
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	minutes, hm := uint32(0), true
	hours, hh := digits(b, 1, 2)
	if rest := strings.TrimPrefix(name[3:], ":"); rest != "" {
		minutes, hm = digits([]byte(rest), 0, 2)
		hm = hm && len(rest) == 2
	}
	if !hh || !hm || hours > 14 || minutes > 59 {
		return 0, false
	}
	seconds = int64(hours)*3600 + int64(minutes)*60
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// day returns the day of an instant in seconds since 1970 UTC; moved says that it is
// not the day in UTC.
func (z zone) day(seconds int64) (day int64, moved bool) {
	inUTC := floorDiv(seconds, daySeconds)
	switch {
	case !z.london && !z.utc:
		day = floorDiv(seconds+z.ahead, daySeconds)
	case z.utc && seconds == inUTC*daySeconds:
		day = inUTC
	default:
		day = int64(calendar.LondonDay(seconds))
	}
	return day, day != inUTC
}

const daySeconds = 86400
