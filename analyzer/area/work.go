package area

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
)

// Options are what a view is asked for.
type Options struct {
	Level    report.Level // Assessor or Publish
	AsOf     calendar.Day
	AsOfFrom AsOfFrom
	// Line is in percent, 1 to 99; PaceMonths 1 to 36.
	Line, PaceMonths int
	ToolVersion      string
	// Scheme and Rules are what Judged was judged by; nil where nothing was.
	Scheme *report.Scheme
	Rules  *report.RuleSet
}

// The usual line and pace. The line is the "critical mass" of the programme (see the
// package comment); the months of the pace are our own choice.
const (
	UsualLine = 60
	UsualPace = 6
)

// A member is a practice with what follows from its line.
type member struct {
	Practice
	standing Standing
	// uploads are those of the line where they can be believed.
	uploads *int64
	// back counts the months from the as-of date back to the go-live, 0 being the last
	// one; -1 where it is not live.
	back   int
	judged *Judged
}

// work is what a view is made of.
type work struct {
	Options
	members []member
	areas   []string // sorted
	byArea  map[string][]member
	notes   []string
}

// Of works out the view of a file and of the practices that were judged, which may be
// none. It changes neither.
func Of(b *Book, judged []Judged, o Options) *View {
	w := &work{Options: o, byArea: map[string][]member{}}
	for _, p := range b.Practices {
		w.members = append(w.members, w.member(p))
		w.areas = append(w.areas, p.Area)
	}
	slices.Sort(w.areas)
	w.areas = slices.Compact(w.areas)
	w.join(judged)
	for _, m := range w.members {
		w.byArea[m.Area] = append(w.byArea[m.Area], m)
	}
	w.remark()
	if o.Level == report.Publish {
		return w.publish()
	}
	return w.exact()
}

func (w *work) member(p Practice) member {
	m := member{Practice: p, standing: NotInvited, uploads: p.Uploads, back: -1}
	switch {
	case p.GoLive != nil && *p.GoLive <= w.AsOf:
		m.standing, m.back = Live, monthsBack(*p.GoLive, w.AsOf)
	case p.Decline == Yes:
		m.standing = Declined
	case p.Invited == Yes:
		m.standing = Waiting
	}
	if tooMany(&p) {
		m.uploads = nil
	}
	return m
}

// tooMany: more records than patients. One of the two is wrong, and nobody knows which.
func tooMany(p *Practice) bool { return p.List != nil && p.Uploads != nil && *p.Uploads > *p.List }

// monthsBack is how many whole months before the as-of date a day lies: 0 in the month
// that ends with it.
func monthsBack(day, asOf calendar.Day) int {
	year, month, _ := calendar.Civil(asOf)
	fromYear, fromMonth, _ := calendar.Civil(day)
	n := (year-fromYear)*12 + month - fromMonth
	for n > 0 && calendar.AddMonths(asOf, -n) < day {
		n--
	}
	return n
}

// exact is the view at the assessor level.
func (w *work) exact() *View {
	v := w.head()
	v.Whole = w.area("", w.members)
	for _, name := range w.areas {
		v.Areas = append(v.Areas, w.area(name, w.byArea[name]))
	}
	for i := range w.members {
		v.Practices = append(v.Practices, w.members[i].line(v.Whole.Ready))
	}
	v.Criteria = w.criteria()
	v.Notes = append(v.Notes, w.notes...)
	return v
}

func (w *work) head() *View {
	return &View{SchemaVersion: SchemaVersion, Tool: report.Tool{Name: "paperlight", Version: w.ToolVersion}, Level: w.Level, AsOf: w.AsOf.String(), AsOfFrom: w.AsOfFrom,
		Line: w.Line, PaceMonths: w.PaceMonths, Scheme: w.Scheme, Rules: w.Rules, Areas: []Area{}, Practices: []Line{}, Criteria: []Criterion{}, Notes: []string{}}
}

func (w *work) area(name string, of []member) Area {
	a := Area{Name: name, Practices: standings(of), Spend: spend(of), Progress: w.progress(of), Ready: ready(of), Declining: []string{}}
	a.Uptake, a.Forecast = w.uptake(of)
	for _, m := range of {
		if m.standing == Declined {
			a.Declining = append(a.Declining, m.Code)
		}
	}
	return a
}

func standings(of []member) Standings {
	var all, invited, liveOf, declinedOf int64
	by := map[Standing]int64{}
	for _, m := range of {
		all++
		by[m.standing]++
		if m.Invited != Yes {
			continue
		}
		invited++
		switch m.standing {
		case Live:
			liveOf++
		case Declined:
			declinedOf++
		}
	}
	return Standings{All: &all, Invited: &invited, LiveOfInvited: &liveOf, DeclinedOfInvited: &declinedOf,
		Live: counted(by[Live]), Declined: counted(by[Declined]), Waiting: counted(by[Waiting]), NotInvited: counted(by[NotInvited])}
}

func counted(n int64) *int64 { return &n }

// share is a share to six places.
func share(of, all int64) *float64 {
	if all == 0 {
		return nil
	}
	s := math.Round(float64(of)/float64(all)*1e6) / 1e6
	return &s
}

// spend works out spend over the practices that have the figures.
func spend(of []member) Spend {
	var total, with, perRecord, records, withBoth int64
	for _, m := range of {
		if m.Spend == nil {
			continue
		}
		total, with = total+*m.Spend, with+1
		if m.uploads != nil {
			perRecord, records, withBoth = perRecord+*m.Spend, records+*m.uploads, withBoth+1
		}
	}
	out := Spend{Of: &with, OfRecord: &withBoth, Without: counted(int64(len(of)) - with)}
	if with > 0 {
		out.Total, out.PerPractice = &total, divided(total, with)
	}
	out.PerRecord = divided(perRecord, records)
	return out
}

// divided is a / b, a half rounded up; nil of nothing.
func divided(a, b int64) *int64 {
	if b == 0 {
		return nil
	}
	return counted((2*a + b) / (2 * b))
}

// longestProgress bounds the months of progress that are shown.
const longestProgress = 60

// progress is how uptake came about, a month each, up to the as-of date.
func (w *work) progress(of []member) []Month {
	out := []Month{}
	patients, oldest := int64(0), -1
	for _, m := range of {
		if m.List == nil {
			patients = math.MinInt32 // not known
		} else if patients >= 0 {
			patients += *m.List
		}
		oldest = max(oldest, m.back)
	}
	for back := min(oldest, longestProgress-1); back >= 0; back-- {
		one := Month{Month: calendar.AddMonths(w.AsOf, -back).String()[:7]}
		known := patients > 0
		for _, m := range of {
			if m.back < back {
				continue
			}
			one.Live++
			if m.uploads == nil {
				known = false
				continue
			}
			one.Uploaded += *m.uploads
		}
		if known {
			one.Share = share(one.Uploaded, patients)
		}
		out = append(out, one)
	}
	return out
}

func (m *member) line(accreditations []Ready) Line {
	out := Line{Practice: m.Code, Area: m.Area, Standing: m.standing, Patients: m.List, Uploaded: m.Uploads, Spend: m.Spend, Verdicts: []report.Verdict{}}
	if m.GoLive != nil {
		out.GoLive = m.GoLive.String()
	}
	if m.List != nil && m.uploads != nil {
		out.Share = share(*m.uploads, *m.List)
	}
	if m.Spend != nil && m.uploads != nil {
		out.PerRecord = divided(*m.Spend, *m.uploads)
	}
	if m.judged != nil {
		for _, a := range accreditations {
			out.Verdicts = append(out.Verdicts, m.judged.verdict(a.ID))
		}
	}
	return out
}

// remark notes what in the file does not go together, and how it was counted.
func (w *work) remark() {
	w.note(func(m *member) bool { return tooMany(&m.Practice) }, "has more records uploaded than patients", "have more records uploaded than patients", "One of the two figures is wrong, so the uploads count as not known.")
	w.note(func(m *member) bool { return m.GoLive != nil && *m.GoLive > w.AsOf }, "goes live after the as-of date", "go live after the as-of date", "Counted as not live until then.")
	w.note(func(m *member) bool { return m.standing == Live && m.Decline == Yes }, "is live and has declined", "are live and have declined", "Counted as live.")
	w.note(func(m *member) bool { return m.standing == Live && m.Invited != Yes }, "is live and is not said to be invited", "are live and are not said to be invited", "Not in the shares of invited practices.")
	w.note(func(m *member) bool { return m.standing == Declined && m.Invited != Yes }, "declined and is not said to be invited", "declined and are not said to be invited", "Not in the shares of invited practices.")
	w.note(func(m *member) bool { return m.standing != Live && m.Uploads != nil && *m.Uploads > 0 }, "has records uploaded and is not live", "have records uploaded and are not live", "The records count in the uptake, and not in the pace.")
	w.note(func(m *member) bool { return m.List == nil }, "has no list size", "have no list size", "So the uptake of the area is not known.")
	w.note(func(m *member) bool { return m.Uploads == nil }, "has no figure of uploads", "have no figure of uploads", "That is not taken for none: write 0 where nothing was uploaded.")
	w.note(func(m *member) bool { return m.Spend == nil }, "has no figure of spend", "have no figure of spend", "Left out of spend.")
	w.note(func(m *member) bool { return m.Invited == Unknown }, "is not said to be invited or not", "are not said to be invited or not", "Not counted as invited.")
	w.note(func(m *member) bool { return m.Decline == Unknown && m.standing != Live }, "is not said to have declined or not", "are not said to have declined or not", "Not counted as declining.")
}

// mostNamed is how many practices a note names.
const mostNamed = 10

// note notes what holds of some practices, with their codes.
func (w *work) note(of func(*member) bool, one, many, counted string) {
	var codes []string
	for i := range w.members {
		if of(&w.members[i]) {
			codes = append(codes, w.members[i].Code)
		}
	}
	w.noteOf(codes, one, many, counted)
}

func (w *work) noteOf(codes []string, one, many, counted string) {
	if len(codes) == 0 {
		return
	}
	n := int64(len(codes))
	says := figures.Plural(n, "practice "+one, "practices "+many)
	named := codes[:min(len(codes), mostNamed)]
	more := ""
	if len(named) < len(codes) {
		more = fmt.Sprintf(" and %s more", figures.Count(n-mostNamed))
	}
	w.notes = append(w.notes, says+": "+strings.Join(named, ", ")+more+". "+counted)
}
