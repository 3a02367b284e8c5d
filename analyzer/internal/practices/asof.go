package practices

import (
	"context"
	"fmt"
	"slices"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// decideAsOf sets the as-of date of every practice.
func (p *Set) decideAsOf(ctx context.Context, x *extract.Extract, override *calendar.Day) error {
	var open []int
	for i := range p.List {
		q := &p.List[i]
		switch {
		case override != nil:
			q.AsOf, q.AsOfFrom = *override, state.AsOfAsked
		case q.to.Known:
			q.AsOf, q.AsOfFrom = calendar.Day(q.to.Int), state.AsOfStated
		case x.HasReleaseDate:
			q.AsOf, q.AsOfFrom = x.ReleaseDate, state.AsOfReleased
		default:
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return nil
	}
	days, err := p.recordedDays(ctx, x)
	if err != nil {
		return err
	}
	for _, i := range open {
		day, ok := percentile(days[i])
		if !ok {
			return p.noDate(x, i)
		}
		p.List[i].AsOf, p.List[i].AsOfFrom = day, state.AsOfRecorded
		if q := &p.List[i]; q.to.Malformed {
			q.AsOfFrom = state.AsOfUnread
			p.Notes = append(p.Notes, fmt.Sprintf("%s record %d, extract_to: want a date YYYY-MM-DD. It could not be read, so the as-of date was worked out from the dates recorded. Put it right, or give the day with --as-of.", q.at.File, q.at.Record))
		}
	}
	return nil
}

// noDate is the refusal where nothing tells the as-of date of practice i. Where dates are
// there and are written in another form, --as-of would not help: none of them counts.
func (p *Set) noDate(x *extract.Extract, i int) *Refusal {
	const cure = "write the dates of all tables as YYYY-MM-DD (2026-03-31) and export again; --as-of alone does not help, since the other dates cannot be read either"
	unread := 0
	for k := range p.List {
		if p.List[k].to.Malformed {
			unread++
		}
	}
	form := ""
	if seen := x.DateForms[schema.Practice.Column("extract_to")]; seen != "" {
		form = "; it looks like " + seen
	}
	switch {
	case unread > 0 && unread == len(p.List):
		return &Refusal{Message: fmt.Sprintf("practice.extract_to cannot be read as a date in any of its %d rows: want YYYY-MM-DD%s", unread, form), Hint: cure}
	case p.List[i].to.Malformed:
		return &Refusal{Message: fmt.Sprintf("practice.extract_to cannot be read as a date in %d of its %d rows: want YYYY-MM-DD%s", unread, len(p.List), form), Hint: cure}
	}
	for _, t := range x.Tables {
		for _, c := range datesOf(t.Schema) {
			if seen := x.DateForms[c]; seen != "" {
				return &Refusal{Message: fmt.Sprintf("no as-of date for practice %d of %d: the extract states none, and %s cannot be read as a date: want YYYY-MM-DD; it looks like %s", i+1, len(p.List), c, seen), Hint: cure}
			}
		}
	}
	return &Refusal{Message: fmt.Sprintf("no as-of date for practice %d of %d: the extract states none and holds no date of it on which something was done or entered", i+1, len(p.List)),
		Hint: "give one with --as-of YYYY-MM-DD"}
}

// percentile returns the 99.9th percentile, nearest rank, of the days counted.
func percentile(counts map[calendar.Day]int64) (calendar.Day, bool) {
	var total int64
	days := make([]calendar.Day, 0, len(counts))
	for d, n := range counts {
		days = append(days, d)
		total += n
	}
	if total == 0 {
		return 0, false
	}
	slices.Sort(days)
	rank := (total*999 + 999) / 1000 // counted from 1, rounded up
	for _, d := range days {
		if rank -= counts[d]; rank <= 0 {
			return d, true
		}
	}
	return days[len(days)-1], true
}

// doneOrEntered are the columns that record when something was done or entered,
// in every table that has one.
var doneOrEntered = []string{"recorded_date", "issue_date", "event_date", "consultation_date", "message_date", "filed_date"}

// datesOf are the columns of a table that say when something was done or entered.
// The start of a registration does; the start of a medicine or of a member of
// staff may lie ahead.
func datesOf(t *schema.Table) []*schema.Column {
	var out []*schema.Column
	for _, name := range doneOrEntered {
		if c := t.Column(name); c != nil {
			out = append(out, c)
		}
	}
	if t == schema.Registrations {
		out = append(out, t.Column("start_date"))
	}
	return out
}

// recordedDays counts the dates on which something was done or entered, by
// practice.
func (p *Set) recordedDays(ctx context.Context, x *extract.Extract) ([]map[calendar.Day]int64, error) {
	counts := make([]dayCounts, len(p.List))
	for i := range counts {
		counts[i] = newDayCounts(len(p.List))
	}
	var home *homes
	for _, t := range x.Tables {
		cols := slices.DeleteFunc(datesOf(t.Schema), func(c *schema.Column) bool { return !t.Supplied[c.Index] })
		if len(cols) == 0 {
			continue
		}
		if len(p.List) > 1 && home == nil {
			var err error
			if home, err = p.homes(ctx, x); err != nil {
				return nil, err
			}
		}
		dates := len(cols)
		if home != nil {
			cols = append(cols, t.Schema.Patient, t.Schema.Practice)
		}
		err := batches(ctx, x, t.Schema, cols, func(v *view) error {
			for i := range v.Rows() {
				q := int32(0)
				if home != nil {
					q = home.of(p, v, i, dates)
				}
				if q < 0 {
					continue
				}
				for d := range dates {
					if day := v.column(d); bitmap.Known(day.Known, i) {
						counts[q].add(day.Days[i])
					}
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	out := make([]map[calendar.Day]int64, len(p.List))
	for i := range counts {
		out[i] = counts[i].all()
	}
	return out, nil
}

// dayCounts are how often each day was counted: the usual ones, of 1970 to 2069, by their
// number, which is quicker, where few practices ask for it.
type dayCounts struct {
	usual  []int64
	others map[calendar.Day]int64
}

const usualDays, fewPractices = 36_525, 32

func newDayCounts(practices int) dayCounts {
	c := dayCounts{others: map[calendar.Day]int64{}}
	if practices <= fewPractices {
		c.usual = make([]int64, usualDays)
	}
	return c
}

func (c *dayCounts) add(day int32) {
	if uint(day) < uint(len(c.usual)) {
		c.usual[day]++
		return
	}
	c.others[calendar.Day(day)]++
}

func (c *dayCounts) all() map[calendar.Day]int64 {
	for day, n := range c.usual {
		if n > 0 {
			c.others[calendar.Day(day)] = n
		}
	}
	return c.others
}

// homes maps patient ids to the number of the practice, before the run numbers the
// patients.
type homes struct {
	ids      *cohort.IDs
	practice []int32
}

func (p *Set) homes(ctx context.Context, x *extract.Extract) (*homes, error) {
	t := schema.Patients
	s := cohort.Segment{}
	err := batches(ctx, x, t, []*schema.Column{t.Patient, t.Practice}, func(v *view) error {
		for i := range v.Rows() {
			id, _ := v.textAt(0, i)
			s.IDs = append(s.IDs, id...)
			s.Ends = append(s.Ends, uint32(len(s.IDs)))
			q := p.Home()
			if own, ok := v.textAt(1, i); ok {
				q = p.ByID[vector.Text(own)]
			}
			s.Practice = append(s.Practice, q)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	ids, _, _ := cohort.BuildIDs([]cohort.Segment{s}, 1)
	return &homes{ids: ids, practice: s.Practice}, nil
}

// of returns the practice of row i, whose patient is column at of the view and
// whose practice the next; below 0 where it has none.
func (h *homes) of(p *Set, v *view, i, at int) int32 {
	own := int32(-1)
	if id, ok := v.textAt(at+1, i); ok {
		if q, ok := p.ByID[vector.Text(id)]; ok {
			own = q
		}
	}
	id, ok := v.textAt(at, i)
	if !ok {
		return own
	}
	n := h.ids.Find(id)
	if n == cohort.Several && own >= 0 {
		n = h.ids.FindIn(id, own)
	}
	if n < 0 {
		return own
	}
	return h.practice[n]
}
