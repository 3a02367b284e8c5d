package kernel

import (
	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
)

// A DateShifter moves dates by a function of the day that is expensive, such as so
// many calendar months, by a table of the days used. It is not safe for use by
// several goroutines at once.
type DateShifter struct {
	shift func(calendar.Day) calendar.Day
	first int32   // the day of table[0]
	table []int32 // contiguous days
	// The last day outside every table, and where it went: such a day is
	// mostly a mark for "no end", the same in many rows.
	outside, shifted int32
	hasOutside       bool
}

const (
	// A table holds only days from 1800 to 2149.
	firstTableDay = -62091
	endTableDay   = 65744
	// It grows by at least these at a time.
	growDays = 1 << 10
)

// NewDateShifter returns a shifter by the function, which must depend on
// nothing but the day.
func NewDateShifter(shift func(calendar.Day) calendar.Day) *DateShifter {
	return &DateShifter{shift: shift}
}

// ShiftDates sets dst to the moved dates of src; known (nil: all) says which
// rows count, and the others get any value. It allocates only while the table
// grows.
func (s *DateShifter) ShiftDates(dst, src []int32, known []uint64, n int) {
	dst, src = dst[:n], src[:n]
	for from := 0; from < n; {
		from += s.fromTable(dst[from:], src[from:])
		if from == n {
			return
		}
		// Row from is not in the table. Where it is unknown it says nothing
		// about the days used.
		switch day := src[from]; {
		case !bitmap.Known(known, from):
			dst[from] = day
		case day >= firstTableDay && day < endTableDay:
			s.extend(day)
			continue
		default:
			dst[from] = s.exact(day)
		}
		from++
	}
}

// fromTable moves dates as long as they are in the table, and returns how many.
func (s *DateShifter) fromTable(dst, src []int32) int {
	table, first := s.table, s.first
	dst = dst[:len(src)]
	for i, day := range src {
		at := uint32(day) - uint32(first)
		if uint64(at) >= uint64(len(table)) {
			return i
		}
		dst[i] = table[at]
	}
	return len(src)
}

func (s *DateShifter) exact(day int32) int32 {
	if !s.hasOutside || s.outside != day {
		s.outside, s.shifted, s.hasOutside = day, int32(s.shift(calendar.Day(day))), true
	}
	return s.shifted
}

// extend makes the table hold the day, which is one that a table may hold.
func (s *DateShifter) extend(day int32) {
	if len(s.table) == 0 {
		s.first = day
	}
	size := int32(len(s.table))
	first, end := s.first, s.first+size
	grown := max(growDays, size/2)
	if day < first {
		first = max(firstTableDay, min(day, first-grown))
	} else {
		end = min(endTableDay, max(day+1, end+grown))
	}
	table := make([]int32, end-first)
	copy(table[s.first-first:], s.table)
	for d := first; d < end; d++ {
		if d < s.first || d >= s.first+size {
			table[d-first] = int32(s.shift(calendar.Day(d)))
		}
	}
	s.first, s.table = first, table
}

// YearOf sets dst to the calendar years of src.
func YearOf(dst []int64, src []int32, n int) {
	dst, src = dst[:n], src[:n]
	for i, day := range src {
		dst[i] = calendar.Year(calendar.Day(day))
	}
}

// YearsBetween sets dst to the whole years between two dates: the greatest y
// for which from moved by y years, as calendar.AddMonths does, is not after to. It is
// negative where to is before from.
func YearsBetween(dst []int64, from, to []int32, n int) {
	dst, from, to = dst[:n], from[:n], to[:n]
	for i := range dst {
		dst[i] = fullYears(from[i], newAnniversary(to[i]))
	}
}

// An anniversary is a day as the end of a count of years: the place in the year
// that a first day must not be after. 29 February comes round on the
// last of February, so that day stands for all of the rest of its month.
type anniversary struct{ year, place int }

func newAnniversary(day int32) anniversary {
	year, month, dayOfMonth := calendar.Civil(calendar.Day(day))
	if month == 2 && dayOfMonth == calendar.DaysIn(year, month) {
		dayOfMonth = 31
	}
	return anniversary{year, month<<5 + dayOfMonth}
}

func fullYears(from int32, to anniversary) int64 {
	year, month, dayOfMonth := calendar.Civil(calendar.Day(from))
	return int64(to.year-year) - int64(bitmap.Of(month<<5+dayOfMonth > to.place))
}
