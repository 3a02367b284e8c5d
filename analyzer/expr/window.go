package expr

import (
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// Windows finds the dates of a rule that are taken as evidence with one end open: a
// date after the as-of date is no evidence of anything, nor is one before any
// sense. Among conditions that are true together (a conjunction, with not pushed
// inwards and definitions expanded):
//
//   - a date that is not before something, or that is merely present, is not
//     after the as-of date either, itself or through a date that it is not
//     after; but a date that must not be before the as-of date lies ahead on
//     purpose;
//   - a date that is not after another moved by a period (a deadline), nor after
//     a written day, is not before something either;
//   - a date whose absence is asked for is absent too where it lies ahead;
//   - the date that latest rows are sought by is not after the as-of date;
//   - nor is one date at least of the rows of a list, where they have a day and
//     are not asked to lie ahead.
//
// A column in open may lie open; used lists those of them that do.
func (c *Checked) Windows(open []*schema.Column) (faults []*Error, used []*schema.Column) {
	w := &windows{open: open}
	root := w.scope(c.source.File, c.source.Table)
	part := func(cond *condition) *clause {
		if cond == nil {
			return &clause{}
		}
		return root.text(cond).formula(cond.term, true)
	}
	where := part(c.where)
	known := where.holds(nil)
	w.check(all(where, part(c.expect)), nil, nil)
	w.check(part(c.exclude), known, nil)
	if c.value != nil {
		w.check(all(root.text(c.value).loops(c.value.term)...), known, nil)
	}
	if c.date != nil {
		w.check(root.text(c.date).day(c.date.term), known, nil)
	}
	return w.result()
}

// Windows finds the same in the definitions, each by itself.
func (l *Language) Windows() []*Error {
	var out []*Error
	for _, t := range schema.Tables {
		for _, name := range l.fields(t) {
			d := l.definitions[t][name]
			if d == nil {
				continue
			}
			for _, a := range d.alternatives {
				w := &windows{}
				s := w.scope(d.File, t).text(a.condition)
				if d.typ == schema.Bool {
					w.check(s.formula(a.condition.term, true), nil, nil)
				} else {
					w.check(all(s.loops(a.condition.term)...), nil, nil)
				}
				faults, _ := w.result()
				out = append(out, faults...)
			}
		}
	}
	return out
}

// asOfMoment is the as-of date among the names of moments.
const asOfMoment = "as of"

// A clause is what must be true: all of its parts (or any), or what one
// comparison says.
type clause struct {
	any   bool
	parts []*clause
	// What a comparison says, asks of the dates in it, and which it names.
	bounds []bound
	wants  []want
	names  []string
	// rows are the conditions of the lists asked about.
	rows []*clause
}

// A bound says that one moment is not after another moved by a period. A low
// that is empty is a lower end of no interest.
type bound struct {
	low, high string
	by        Period
}

// A want is what a date needs beside it in order to be evidence.
type want struct {
	scope  *scope
	at     int
	name   string
	column *schema.Column
	kind   int
	rows   []string // wantRows: the dates of the row
}

const (
	wantHigh    = iota // it is compared from below
	wantPresent        // it is present
	wantLatest         // the latest is sought
	wantLow            // it meets a deadline
	wantAbsent         // it is absent
	wantRows           // rows of its table are asked for
)

// dayColumn names the column that says what day a row is of, where what it records
// is done on a day.
var dayColumn = map[string]string{
	"registrations": "start_date", "medications": "start_date", "issues": "issue_date", "allergies": "recorded_date", "events": "event_date",
	"problems": "onset_date", "consultations": "consultation_date", "documents": "received_date", "results": "result_date",
	"consents": "decided_date", "referrals": "referral_date", "prescribing_items": "first_day", "control_totals": "first_day",
}

func all(parts ...*clause) *clause { return &clause{parts: parts} }

// holds lists the bounds that hold wherever c is true, where those known do.
func (c *clause) holds(known []bound) []bound {
	out := slices.Clone(c.bounds)
	if !c.any {
		for _, p := range c.parts {
			out = append(out, p.holds(append(slices.Clip(known), out...))...)
		}
		return out
	}
	branches := make([][]bound, len(c.parts))
	var moments []string
	for i, p := range c.parts {
		own := p.holds(known)
		branches[i] = append(slices.Clip(known), own...)
		for _, b := range own {
			moments = append(moments, b.low, b.high)
		}
	}
	slices.Sort(moments)
	for _, m := range slices.Compact(moments) {
		if m == "" || m == asOfMoment {
			continue
		}
		most, low, high := Period{Days: -1 << 30}, true, true
		for _, b := range branches {
			p, ok := atMost(m, b, nil)
			if high = high && ok; ok && length(p) > length(most) {
				most = p
			}
			low = low && hasLow(m, b)
		}
		if high {
			out = append(out, bound{low: m, high: asOfMoment, by: most})
		}
		if low {
			out = append(out, bound{high: m})
		}
	}
	return out
}

// atMost is how far after the as-of date m may lie; false where nothing says.
func atMost(m string, known []bound, seen []string) (Period, bool) {
	if m == asOfMoment {
		return Period{}, true
	}
	var least Period
	found := false
	for _, b := range known {
		if b.low != m || slices.Contains(seen, b.high) {
			continue
		}
		if p, ok := atMost(b.high, known, append(slices.Clip(seen), m)); ok {
			if p = added(p, b.by, 1); !found || length(p) < length(least) {
				least, found = p, true
			}
		}
	}
	return least, found
}

func notAhead(m string, known []bound) bool {
	p, ok := atMost(m, known, nil)
	return ok && length(p) <= 0
}

// ahead: the moment is asked not to lie before the as-of date, on purpose.
func ahead(m string, known []bound) bool {
	return slices.ContainsFunc(known, func(b bound) bool { return b.low == asOfMoment && b.high == m && length(b.by) <= 0 })
}

func hasLow(m string, known []bound) bool {
	return slices.ContainsFunc(known, func(b bound) bool { return b.high == m })
}

func added(p, q Period, sign int) Period {
	return Period{Months: p.Months + sign*q.Months, Days: p.Days + sign*q.Days, WorkingDays: p.WorkingDays + sign*q.WorkingDays}
}

// length is the most days that p may be.
func length(p Period) int {
	days := p.Days + 28*p.Months + p.WorkingDays
	if p.Months > 0 {
		days += 3 * p.Months
	}
	if p.WorkingDays > 0 {
		days += p.WorkingDays + 12 // weekends, and the holidays of a year
	}
	return days
}

// mentioned lists the moments that c names.
func (c *clause) mentioned() []string {
	out := slices.Clone(c.names)
	for _, p := range c.parts {
		out = append(out, p.mentioned()...)
	}
	return out
}

type windows struct {
	open   []*schema.Column
	used   []*schema.Column
	faults []*Error
	rows   int
}

func (w *windows) result() ([]*Error, []*schema.Column) {
	slices.SortStableFunc(w.faults, func(a, b *Error) int { return (a.Line-b.Line)*maxTextSize + a.Column - b.Column })
	w.faults = slices.CompactFunc(w.faults, func(a, b *Error) bool { return *a == *b })
	return w.faults, w.used
}

// check looks at c, where known holds and beside are the moments that other
// branches speak of.
func (w *windows) check(c *clause, known []bound, beside []string) {
	if c.any {
		for i, p := range c.parts {
			others := slices.Clone(beside)
			for j, o := range c.parts {
				if j != i {
					others = append(others, o.mentioned()...)
				}
			}
			w.check(p, append(slices.Clip(known), p.holds(known)...), others)
		}
		return
	}
	known = append(slices.Clip(known), c.holds(known)...)
	for _, p := range c.parts {
		w.check(p, known, beside)
	}
	for _, r := range c.rows {
		w.check(r, known, beside)
	}
	for _, one := range c.wants {
		var met bool
		switch one.kind {
		case wantLow:
			met = hasLow(one.name, known)
		case wantAbsent:
			met = slices.Contains(beside, one.name)
		case wantRows:
			met = slices.ContainsFunc(one.rows, func(name string) bool { return notAhead(name, known) || ahead(name, known) })
		default:
			met = notAhead(one.name, known)
		}
		if met {
			continue
		}
		if slices.Contains(w.open, one.column) {
			w.used = append(w.used, one.column)
			continue
		}
		w.faults = append(w.faults, one.fault())
	}
}

func (o want) fault() *Error {
	text := o.scope.cond.text
	start := strings.LastIndexFunc(text[:o.at], func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_.", r)
	}) + 1
	end := o.at + len(text[o.at:]) - len(strings.TrimLeft(text[o.at:], "abcdefghijklmnopqrstuvwxyz0123456789_"))
	name := strings.TrimPrefix(text[start:end], ".")
	if o.kind == wantRows {
		name = o.column.Name
	}
	message := map[int]string{
		wantHigh:    "a day after the as-of date counts here too: %s has no upper end",
		wantPresent: "a day after the as-of date counts here too: %s may be present and lie ahead",
		wantLatest:  "a day after the as-of date counts here too: the latest %s may lie ahead",
		wantLow:     "a day long before counts here too: %s has no lower end",
		wantRows:    "rows of any day count here, those after the as-of date too: nothing bounds their %s",
		wantAbsent:  "a day after the as-of date is taken for one that has come: %s may lie ahead",
	}[o.kind]
	cure := map[int]string{wantLow: "add %s >= ...", wantAbsent: "write !is_true(%s <= as_of)",
		wantRows: "add %[1]s <= as_of, or !is_true(%[1]s > as_of) where one without a date counts"}[o.kind]
	if cure == "" {
		cure = "add %s <= as_of"
	}
	column := name
	if o.column != nil {
		column = o.column.String()
	}
	return errorAt(o.scope.file, o.scope.cond.line, text, start, fmt.Sprintf(message, name),
		fmt.Sprintf(cure, name)+`, or say under open_ended: [{column: `+column+`, reason: "..."}] why it may`)
}
