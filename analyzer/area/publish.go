package area

// What is published of areas, so that no count of 1 to 7 people can be worked out of it,
// whatever is subtracted from what. docs/disclosure.md has the promise and the attacker;
// disclosure_test.go attacks it.
//
// The patients of an area fall into parts: uploaded before the months of the pace,
// uploaded in them, and not uploaded. A figure is a sum of parts. It is shown only where
// each of its parts, and what is left of the area, is plain: none, or so many that
// nothing small is left when anyone takes out what they know. All that is shown is then a
// sum of plain parts, and so is each difference of two such sums. Nothing is summed over
// areas but those that are shown.
//
// Practices are counted by area only where each of the counts is none, or 15 and over, in
// every area; else of all areas together where they are; else not at all.

const (
	// leastShown is the least count that is shown, but for none. hiddenTo is what
	// counts are rounded to: two that look alike differ by up to 9.
	leastShown = 15
	roundedTo  = 10
	// leastPractices is how many practices a part must be of: of two, either knows the
	// other's.
	leastPractices = 3
	// leastPatients: nothing is published of a practice with 100 patients or fewer, and
	// nothing of such an area.
	leastPatients = 101
	spendTo       = 100_00 // pence
)

// rounded is a count as it is published.
func rounded(n int64) *int64 { return counted((n + roundedTo/2) / roundedTo * roundedTo) }

// part is records of some practices of an area.
type part struct {
	sum, largest int64
	practices    int
}

func (p *part) add(n int64) {
	if n == 0 {
		return
	}
	p.sum, p.largest, p.practices = p.sum+n, max(p.largest, n), p.practices+1
}

// plain reports whether nobody can learn a small count from the part: it is none; or of
// three practices and over, and of 15 records and over without those of any one.
func (p *part) plain() bool {
	return p.sum == 0 || p.practices >= leastPractices && p.sum-p.largest >= leastShown
}

// people are the parts of the patients of an area.
type people struct {
	uploaded, missing, late, early part
	patients                       int64
	known                          bool
}

func (w *work) people(of []member) (out people) {
	out.known = true
	for _, m := range of {
		if m.List == nil || m.uploads == nil {
			out.known = false
			continue
		}
		out.patients += *m.List
		out.uploaded.add(*m.uploads)
		out.missing.add(*m.List - *m.uploads)
		if m.back >= 0 && m.back < w.PaceMonths {
			out.late.add(*m.uploads)
		} else {
			out.early.add(*m.uploads)
		}
	}
	return out
}

// shown: the uptake of the area is. paced: its forecast too.
func (p *people) shown() bool {
	return p.known && p.patients >= leastPatients && p.uploaded.plain() && p.missing.plain()
}

func (p *people) paced() bool { return p.shown() && p.late.plain() && p.early.plain() }

// publish is the view at the publish level, made anew, figure by figure: what is added to
// an Area stays out until someone decides.
func (w *work) publish() *View {
	v := w.head()
	var shown, everyone []member
	paced, priced := true, true
	for _, name := range w.areas {
		of := w.byArea[name]
		p := w.people(of)
		one := nothing(name, w.people(of).known)
		if p.shown() {
			w.show(&one, of, p.paced())
			paced, priced = paced && p.paced(), priced && one.Spend.Total != nil
			shown = append(shown, of...)
		}
		everyone = append(everyone, of...)
		v.Areas = append(v.Areas, one)
	}
	v.Whole = nothing("", true)
	if len(shown) > 0 {
		w.show(&v.Whole, shown, paced)
		if !priced {
			v.Whole.Spend = Spend{}
		}
	}
	w.showStandings(v)
	v.Whole.Ready = publishReady(ready(everyone))
	for i := range v.Areas {
		v.Areas[i].suppress()
	}
	v.Whole.suppress()
	v.Notes = append(v.Notes, w.publishNotes(len(shown) < len(everyone))...)
	return v
}

// nothing is an area of which nothing is shown.
func nothing(name string, known bool) Area {
	a := Area{Name: name, Progress: []Month{}, Ready: []Ready{}, Declining: []string{}, Uptake: Uptake{Line: HiddenLine}, Forecast: Forecast{Outcome: HiddenForecast}}
	if !known {
		a.Uptake.Line, a.Forecast.Outcome = NotKnown, CannotForecast
	}
	return a
}

// show shows the uptake of practices whose parts are plain. Shares are of the rounded
// counts; the side of the line and the month of the forecast are exact, and tell nothing
// of a part that is not plain.
func (w *work) show(a *Area, of []member, paced bool) {
	t := w.tally(of)
	u := Uptake{Patients: rounded(t.patients), Uploaded: rounded(t.uploaded), Line: NotOver}
	if t.uploaded == t.patients { // all of them: as both are rounded alike, it says no more
		u.Uploaded = u.Patients
	}
	u.Share = share(*u.Uploaded, *u.Patients)
	if w.isOver(t.uploaded, t.patients) {
		u.Line = Over
	}
	a.Uptake = u
	if exact := w.forecast(&t); paced {
		a.Forecast = Forecast{Outcome: exact.Outcome, Month: exact.Month}
		if exact.InWindow != nil {
			a.Forecast.InWindow = rounded(*exact.InWindow)
		}
	}
	a.Spend = publishSpend(of, *u.Uploaded)
}

// publishSpend is what was spent, where every practice has a figure and three have spent:
// of fewer, one knows the other's.
func publishSpend(of []member, uploaded int64) (out Spend) {
	var total, largest int64
	with := 0
	for _, m := range of {
		if m.Spend == nil {
			return out
		}
		if *m.Spend > 0 {
			total, largest, with = total+*m.Spend, max(largest, *m.Spend), with+1
		}
	}
	if with > 0 && (with < leastPractices || total-largest < spendTo) {
		return out
	}
	total = (total + spendTo/2) / spendTo * spendTo
	out.Total = &total
	out.PerRecord = divided(total, uploaded)
	return out
}

// enough reports whether each of some numbers of practices is none, or enough to be shown.
func enough(counts ...*int64) bool {
	for _, n := range counts {
		if n == nil || *n != 0 && *n < leastShown {
			return false
		}
	}
	return true
}

// A division is a way to count practices, the finest first.
type division int

const (
	inFour division = iota // live, declined, waiting, not invited
	inThree
	inTwo // live, or not
	undivided
)

// cells are the counts of a division.
func (d division) cells(s *Standings) []*int64 {
	switch d {
	case inFour:
		return []*int64{s.Live, s.Declined, s.Waiting, s.NotInvited}
	case inThree:
		return []*int64{s.Live, s.Declined, counted(*s.Waiting + *s.NotInvited)}
	}
	return []*int64{s.Live, counted(*s.Declined + *s.Waiting + *s.NotInvited)}
}

// shown are the counts of a division as they are published.
func (d division) shown(s *Standings) (out Standings) {
	if d == undivided {
		return out
	}
	out.All, out.Live = rounded(*s.All), rounded(*s.Live)
	if d <= inThree {
		out.Declined = rounded(*s.Declined)
	}
	if d == inFour {
		out.Waiting, out.NotInvited = rounded(*s.Waiting), rounded(*s.NotInvited)
	}
	return out
}

// finest is the finest division in which all counts of all are enough.
func finest(of []Standings) division {
	for d := inFour; d < undivided; d++ {
		fits := true
		for i := range of {
			fits = fits && *of[i].All > 0 && enough(d.cells(&of[i])...)
		}
		if fits {
			return d
		}
	}
	return undivided
}

// showStandings shows practices by area where that can be done in every area, else of all
// together.
func (w *work) showStandings(v *View) {
	whole := standings(w.members)
	var each []Standings
	for _, name := range w.areas {
		each = append(each, standings(w.byArea[name]))
	}
	if d := finest(each); d != undivided {
		for i := range each {
			v.Areas[i].Practices = d.shown(&each[i])
		}
		v.Whole.Practices = d.shown(&whole)
		return
	}
	v.Whole.Practices = finest([]Standings{whole}).shown(&whole)
}

// publishReady shows how many are ready of all together, where both that count and the
// rest are enough.
func publishReady(all []Ready) []Ready {
	for i := range all {
		if r := &all[i]; enough(r.Ready, counted(*r.Judged-*r.Ready)) {
			r.Ready, r.Judged = rounded(*r.Ready), rounded(*r.Judged)
		} else {
			r.Ready, r.Judged = nil, nil
		}
	}
	return all
}

// suppress names what is not shown.
func (a *Area) suppress() {
	add := func(name string, hidden bool) {
		if hidden {
			a.Suppressed = append(a.Suppressed, name)
		}
	}
	add("practices", a.Practices.All == nil)
	add("uptake", a.Uptake.Share == nil)
	add("forecast", a.Forecast.Outcome == HiddenForecast)
	add("spend", a.Spend.Total == nil)
	for i := range a.Ready {
		if a.Ready[i].Judged == nil {
			add("ready", true)
			break
		}
	}
}

// publishNotes say what is not shown. They count nothing.
func (w *work) publishNotes(some bool) []string {
	out := []string{"Counts are rounded to 10. None is shown as 0. Nothing is shown of which a small count could be worked out."}
	if some {
		out = append(out, "Some areas are not shown. Patients, records and spend of all areas together are of those that are; practices are of all areas.")
	}
	return out
}
