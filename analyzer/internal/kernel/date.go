package kernel

// A DateShifter moves dates by a function of the day that is expensive, such as so
// many calendar months, by a table of the days used. It is not safe for use by
// several goroutines at once.
type DateShifter struct {
	shift func(day int32) int32
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
// nothing but the day (in days since 1970-01-01).
func NewDateShifter(shift func(day int32) int32) *DateShifter { return &DateShifter{shift: shift} }

// NewMonthShifter returns a shifter by months and then days: see AddMonths.
func NewMonthShifter(months, days int) *DateShifter {
	return NewDateShifter(func(day int32) int32 { return AddMonths(day, months) + int32(days) })
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
		case known != nil && !Bit(known, from):
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
		s.outside, s.shifted, s.hasOutside = day, s.shift(day), true
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
			table[d-first] = s.shift(d)
		}
	}
	s.first, s.table = first, table
}

// AddMonths moves a day (days since 1970-01-01) by calendar months; the day of
// the month is clamped to the last day of the month reached.
func AddMonths(day int32, months int) int32 {
	year, month, dayOfMonth := civil(day)
	at := year*12 + int64(month-1) + int64(months)
	year = at / 12
	month = int(at % 12)
	if month < 0 {
		month += 12
		year--
	}
	month++
	return dayNumber(year, month, min(dayOfMonth, daysIn(year, month)))
}

// YearOf sets dst to the calendar years of src.
func YearOf(dst []int64, src []int32, n int) {
	dst, src = dst[:n], src[:n]
	for i, day := range src {
		dst[i], _, _ = civil(day)
	}
}

// YearsBetween sets dst to the whole years between two dates: the greatest y
// for which from moved by y years, as AddMonths does, is not after to. It is
// negative where to is before from.
func YearsBetween(dst []int64, from, to []int32, n int) {
	dst, from, to = dst[:n], from[:n], to[:n]
	for i := range dst {
		dst[i] = fullYears(from[i], newAnniversary(to[i]))
	}
}

// YearsUntil is YearsBetween with one end for all rows.
func YearsUntil(dst []int64, from []int32, to int32, n int) {
	dst, from = dst[:n], from[:n]
	end := newAnniversary(to)
	for i, day := range from {
		dst[i] = fullYears(day, end)
	}
}

// An anniversary is a day as the end of a count of years: the place in the year
// that a first day must not be after. 29 February comes round on the
// last of February, so that day stands for all of the rest of its month.
type anniversary struct {
	year  int64
	place int
}

func newAnniversary(day int32) anniversary {
	year, month, dayOfMonth := civil(day)
	if month == 2 && dayOfMonth == daysIn(year, month) {
		dayOfMonth = 31
	}
	return anniversary{year, month<<5 + dayOfMonth}
}

func fullYears(from int32, to anniversary) int64 {
	year, month, dayOfMonth := civil(from)
	return to.year - year - int64(bit(month<<5+dayOfMonth > to.place))
}

// civil returns the date of a day in the Gregorian calendar, used also for the
// time before it was made. The count runs in years that begin in March, so
// that the leap day is the last of its year; the two multiplications that
// stand for divisions are those of Neri and Schneider, Euclidean affine
// functions and their application to calendar algorithms (2023).
func civil(day int32) (year int64, month, dayOfMonth int) {
	// Centuries, from a March so far back that every day is after it.
	quarters := 4*uint64(int64(day)+719468+146097*backEras) + 3
	century := quarters / 146097
	// Years of the century, and the day of the year.
	scaled := (quarters%146097 | 3) * 2939745
	dayOfYear := uint32(scaled) / 2939745 / 4
	year = int64(100*century+scaled>>32) - 400*backEras
	// Months, 3 to 14, and the day of the month.
	months := 2141*dayOfYear + 197913
	month, dayOfMonth = int(months>>16), int(months&0xFFFF/2141)+1
	if dayOfYear >= 306 {
		month -= 12
		year++
	}
	return year, month, dayOfMonth
}

// backEras is how many times 400 years lie before the day 0 that civil counts
// from; it brings the least int32 above 0.
const backEras = 14704

// dayNumber is the inverse of civil.
func dayNumber(year int64, month, dayOfMonth int) int32 {
	mp := month - 3
	if month <= 2 {
		year--
		mp += 12
	}
	era := year
	if year < 0 {
		era = year - 399
	}
	era /= 400
	yoe := year - era*400
	doy := int64((153*mp+2)/5 + dayOfMonth - 1)
	return int32(era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468)
}

func daysIn(year int64, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
