package state

import "paperlight/analyzer/calendar"

// A Days is when the rows that a rule counted in one practice were recorded, of the
// hundred years up to the as-of date. Rows without a day, or of another, are in
// the tally alone.
type Days struct {
	Rule string
	// Counts are in order of the days. A stored state has Sum in their place: day by
	// day they would tell of single patients, and grow with the practice.
	Counts []DayCount `json:",omitempty"`
	Sum    *DaySum    `json:",omitempty"`
}

// A DayCount is how many rows are of one day.
type DayCount struct {
	Day   calendar.Day
	Count int64
}

// A DaySum is what is scored of the days.
type DaySum struct {
	// Rows are all that have a day, and Recent those of the last RecentDays.
	Rows, Recent int64
	// Busiest is how many are of the day that has most, the latest of several.
	Busiest    int64
	BusiestDay calendar.Day
}

// RecentDays are the last days up to the as-of date, whose rows are counted together.
const RecentDays = 28

// Summed is the sum of the days, up to the as-of date.
func (d *Days) Summed(asOf calendar.Day) DaySum {
	if d.Sum != nil {
		return *d.Sum
	}
	var out DaySum
	for _, c := range d.Counts {
		out.Rows += c.Count
		if c.Count >= out.Busiest {
			out.Busiest, out.BusiestDay = c.Count, c.Day
		}
		if c.Day > asOf-RecentDays {
			out.Recent += c.Count
		}
	}
	return out
}

// summed are the practices as they are stored: with sums in place of counts by day.
func summed(practices []PracticeState) []PracticeState {
	out := make([]PracticeState, len(practices))
	for i, p := range practices {
		days := make([]Days, len(p.Days))
		for j, d := range p.Days {
			sum := d.Summed(p.AsOf)
			days[j] = Days{Rule: d.Rule, Sum: &sum}
		}
		if p.Days != nil {
			p.Days = days
		}
		out[i] = p
	}
	return out
}
