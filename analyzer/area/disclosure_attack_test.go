package area

import (
	"fmt"
	"slices"

	"paperlight/analyzer/calendar"
)

// knowing is what an attacker knows beside what is published: by which rules, and what
// public lists tell.
type knowing struct {
	// patients and practices of each area, from public lists; nil where it has none.
	patients, practices map[string]int64
	// What is published in a weakened way, and how it is then read.
	wholeOfAll  bool // sums over areas have the hidden ones in them
	restUnheld  bool // an area is shown whatever is left of it
	exact       bool // nothing is rounded
	largestKept bool // a part is held to be 15 and over with its largest practice
}

// A secret is a number that nobody may learn where it is one of 1 to 7. It is most at the
// most, as far as public lists tell.
type secret struct {
	what string
	of   []int // the numbers that it is the sum of
	most int64
	// total is, of a sum that leaves one number out, that number and the sum with it.
	total []int
}

// attack is a puzzle made of what is published, with what it is after.
type attack struct {
	puzzle
	by      knowing
	secrets []secret
	plainly []span // what a part may be that is shown
}

func (a *attack) after(of []int, most int64, format string, args ...any) {
	a.secrets = append(a.secrets, secret{what: fmt.Sprintf(format, args...), of: of, most: most})
}

// but is after a sum that leaves one number out.
func (a *attack) but(of []int, i, total int, what string) {
	if len(of) > 1 {
		a.secrets = append(a.secrets, secret{what: fmt.Sprintf("%s in all but the area %d", what, i), of: without(of, i), most: unbound, total: []int{of[i], total}})
	}
}

// could are the counts of 1 to 7 that the secret may be as far as public lists tell.
func (s *secret) could() (out []int64) {
	for v := int64(1); v <= min(7, s.most); v++ {
		out = append(out, v)
	}
	return out
}

// known is what a public list tells of an area; unbound where there is none.
func listed(list map[string]int64, area string) int64 {
	if n, known := list[area]; known {
		return n
	}
	return unbound
}

// roundedSpan are the counts that a published one may be of.
func (a *attack) roundedSpan(n int64) span {
	if n == 0 || a.by.exact {
		return span{n, n}
	}
	return span{n - 5, n + 4}
}

func (a *attack) holds(number int, s span) {
	a.know(s.low, s.high, []int{number}, []int64{1})
}

// attackPeople sets out the people of each area: uploaded before the months of the pace,
// uploaded in them, and not uploaded.
func attackPeople(v *View, by knowing) *attack {
	a := &attack{by: by}
	// Three practices, and 15 records without the largest: the others have 8 at least in
	// one of two, so the largest has 8.
	a.plainly = []span{{0, 0}, {23, unbound}}
	if by.largestKept {
		a.plainly = []span{{0, 0}, {15, unbound}}
	}
	var early, late, missing, uploaded, patients, hiddenUploaded []int
	hiddenMost := int64(0)
	for i := range v.Areas {
		area := &v.Areas[i]
		e, l, m := a.number(span{0, unbound}), a.number(span{0, unbound}), a.number(span{0, unbound})
		u := a.sum([]int{e, l}, span{0, unbound})
		p := a.sum([]int{u, m}, span{0, unbound})
		if n, known := by.patients[area.Name]; known {
			a.holds(p, span{n, n})
		}
		most := listed(by.patients, area.Name)
		a.after([]int{u}, most, "uploaded in %s", area.Name)
		a.after([]int{m}, most, "not uploaded in %s", area.Name)
		a.after([]int{l}, most, "uploaded of late in %s", area.Name)
		a.after([]int{e}, most, "uploaded before in %s", area.Name)
		a.after([]int{e, m}, most, "not uploaded of late in %s", area.Name)
		if area.Uptake.Patients == nil {
			hiddenUploaded = append(hiddenUploaded, u)
			hiddenMost += most
			if by.wholeOfAll {
				early, late, missing, uploaded, patients = append(early, e), append(late, l), append(missing, m), append(uploaded, u), append(patients, p)
			}
			continue
		}
		early, late, missing, uploaded, patients = append(early, e), append(late, l), append(missing, m), append(uploaded, u), append(patients, p)
		a.among(u, a.plainly)
		if !by.restUnheld {
			a.among(m, a.plainly)
		}
		a.holds(p, span{101, unbound})
		a.figures(v, area, u, p, l, e)
	}
	if len(hiddenUploaded) > 1 {
		a.after(hiddenUploaded, hiddenMost, "uploaded in the areas that are not shown")
	}
	if v.Whole.Uptake.Patients == nil {
		return a
	}
	wholeUploaded, wholePatients := a.sum(uploaded, span{0, unbound}), a.sum(patients, span{0, unbound})
	wholeLate, wholeEarly := a.sum(late, span{0, unbound}), a.sum(early, span{0, unbound})
	a.figures(v, &v.Whole, wholeUploaded, wholePatients, wholeLate, wholeEarly)
	wholeMissing := a.sum(missing, span{0, unbound})
	a.equal([]int{wholeUploaded, wholeMissing}, wholePatients)
	a.equal([]int{wholeLate, wholeEarly}, wholeUploaded)
	a.after([]int{wholeUploaded}, unbound, "uploaded in all")
	a.after([]int{wholeMissing}, unbound, "not uploaded in all")
	for i := range uploaded {
		a.but(uploaded, i, wholeUploaded, "uploaded")
		a.but(missing, i, wholeMissing, "not uploaded")
	}
	return a
}

func without(of []int, i int) []int { return slices.Delete(slices.Clone(of), i, i+1) }

// among says that a number is in one of some spans.
func (a *attack) among(number int, in []span) {
	var now []span
	for _, s := range in {
		now = append(now, cut(a.ranges[number], s)...)
	}
	a.ranges[number] = now
}

// figures are what the published figures of an area tell of its numbers.
func (a *attack) figures(v *View, area *Area, uploaded, patients, late, early int) {
	a.holds(uploaded, a.roundedSpan(*area.Uptake.Uploaded))
	a.holds(patients, a.roundedSpan(*area.Uptake.Patients))
	line := int64(v.Line)
	switch area.Uptake.Line {
	case Over:
		a.know(1, unbound*100, []int{uploaded, patients}, []int64{100, -line})
	case NotOver:
		a.know(-unbound*100, 0, []int{uploaded, patients}, []int64{100, -line})
	}
	f := &area.Forecast
	switch {
	case f.Outcome == "": // of a weakened view
		return
	case f.Outcome == HiddenForecast:
		if area.Name != "" { // one of the two is not plain; were the other none, it were all
			a.holds(late, span{1, unbound})
			a.holds(early, span{1, unbound})
		}
		return
	case area.Name != "":
		a.among(late, a.plainly)
		a.among(early, a.plainly)
	}
	if f.InWindow != nil {
		a.holds(late, a.roundedSpan(*f.InWindow))
	}
	if f.Outcome == NoPace {
		a.holds(late, span{0, 0})
	}
	if f.Outcome != Crosses {
		return
	}
	// The line is crossed in the month k: needed * pace months <= k * late, and not in that
	// before. What is needed is one more than the whole part of line% of the patients, less
	// what is uploaded.
	asOf, _ := calendar.Parse(v.AsOf)
	k := int64(1)
	for calendar.AddMonths(asOf, int(k)).String()[:7] != f.Month {
		k++
	}
	whole := a.number(span{0, unbound})
	a.know(0, 99, []int{patients, whole}, []int64{line, -100})
	months := int64(v.PaceMonths)
	a.know(-unbound*100, -months, []int{whole, uploaded, late}, []int64{months, -months, -k})
	a.know(1-months, unbound*100, []int{whole, uploaded, late}, []int64{months, -months, 1 - k})
}

// learns says which secrets the attacker learns: that a count is of 1 to 7, or that it is
// none of some of these, which it could be as far as public lists tell.
func (a *attack) learns(left *int) (out []string) {
	for i := range a.secrets {
		s := &a.secrets[i]
		few, other := a.open(s, left)
		if len(few) == 0 || *left < 0 {
			continue
		}
		switch {
		case !slices.Equal(few, s.could()):
			out = append(out, fmt.Sprintf("%s: %v is left of %v", s.what, few, s.could()))
		case !other:
			out = append(out, s.what+": it is one of 1 to 7")
		}
	}
	return out
}

// attackPractices sets out the practices of each area by how far they have come. One
// puzzle is made for each way in which a finer count can be too small to show, for that a
// coarser one is shown tells that one was.
func attackPractices(v *View, by knowing) (out []*attack) {
	const cells = 4
	build := func() (*attack, [][cells]int, [cells]int) {
		a := &attack{by: by}
		var each [][cells]int
		var alls, rests []int
		var of [cells][]int
		for i := range v.Areas {
			var one [cells]int
			most := listed(by.practices, v.Areas[i].Name)
			for c := range one {
				one[c] = a.number(span{0, 1 << 20})
				of[c] = append(of[c], one[c])
				a.after([]int{one[c]}, most, "cell %d of %s", c, v.Areas[i].Name)
			}
			all := a.sum(one[:], span{1, 1 << 22})
			if n, known := by.practices[v.Areas[i].Name]; known {
				a.holds(all, span{n, n})
			}
			if by.practices == nil {
				a.after([]int{all}, unbound, "practices of %s", v.Areas[i].Name)
			}
			rest := a.sum(one[1:], span{0, 1 << 22})
			a.equal([]int{one[0], rest}, all)
			a.after([]int{rest}, most, "not live in %s", v.Areas[i].Name)
			alls, rests = append(alls, all), append(rests, rest)
			a.after([]int{one[0], one[1], one[2]}, most, "invited in %s", v.Areas[i].Name)
			each = append(each, one)
		}
		var whole [cells]int
		for c := range whole {
			whole[c] = a.sum(of[c], span{0, 1 << 22})
			a.after([]int{whole[c]}, unbound, "cell %d of all", c)
			for i := range of[c] {
				a.but(of[c], i, whole[c], fmt.Sprint("cell ", c))
			}
		}
		// What follows from the rest, said once more: it saves the attacker much trying.
		all, rest := a.sum(whole[:], span{1, 1 << 22}), a.sum(whole[1:], span{0, 1 << 22})
		a.equal(alls, all)
		a.equal(rests, rest)
		a.equal([]int{whole[0], rest}, all)
		return a, each, whole
	}
	a, each, whole := build()
	byArea := v.Areas[0].Practices.All != nil
	var groups [][cells]int
	if byArea {
		groups = each
		for i := range each {
			a.told(&v.Areas[i].Practices, each[i])
		}
		a.told(&v.Whole.Practices, whole)
	} else {
		groups = [][cells]int{whole}
		if v.Whole.Practices.All != nil {
			a.told(&v.Whole.Practices, whole)
		}
	}
	how := shownIn(&v.Whole.Practices)
	// The next finer count was too small somewhere; and where areas are not shown, whether
	// a practice is live was, in an area.
	var small [][]int
	if how > 0 {
		small = append(small, finerCells(groups, how-1, a))
	}
	if !byArea {
		small = append(small, finerCells(each, 2, a))
	}
	return a.split(small)
}

// shownIn is the division that is published: 0 in four, 1 in three, 2 in two, 3 in none.
func shownIn(s *Standings) int {
	switch {
	case s.All == nil:
		return 3
	case s.Declined == nil:
		return 2
	case s.Waiting == nil:
		return 1
	}
	return 0
}

// finerCells are the counts of a division, of each group.
func finerCells(groups [][4]int, how int, a *attack) (out []int) {
	for _, g := range groups {
		out = append(out, g[0])
		switch how {
		case 0:
			out = append(out, g[1], g[2], g[3])
		case 1:
			out = append(out, g[1], a.sum(g[2:], span{0, 1 << 22}))
		case 2:
			out = append(out, a.sum(g[1:], span{0, 1 << 22}))
		}
	}
	return out
}

// told is what the published counts of practices tell.
func (a *attack) told(s *Standings, g [4]int) {
	all := a.sum(g[:], span{1, 1 << 22})
	a.holds(all, a.roundedSpan(*s.All))
	show := func(number int, n *int64) {
		a.among(number, []span{{0, 0}, {15, 1 << 22}})
		if n != nil {
			a.holds(number, a.roundedSpan(*n))
		}
	}
	show(g[0], s.Live)
	switch shownIn(s) {
	case 0:
		show(g[1], s.Declined)
		show(g[2], s.Waiting)
		show(g[3], s.NotInvited)
	case 1:
		show(g[1], s.Declined)
		show(a.sum(g[2:], span{0, 1 << 22}), nil)
	case 2:
		show(a.sum(g[1:], span{0, 1 << 22}), nil)
	}
}

// split is a puzzle for each choice of one of each list that is 1 to 14.
func (a *attack) split(small [][]int) []*attack {
	out := []*attack{a}
	for _, list := range small {
		var next []*attack
		for _, one := range out {
			for _, n := range list {
				next = append(next, &attack{puzzle: *one.with(n, span{1, 14}), by: one.by, secrets: one.secrets})
			}
		}
		out = next
	}
	return out
}

// openIn is open over several puzzles, of which one is so.
func openIn(of []*attack, s *secret, left *int) (few []int64, other bool) {
	for _, a := range of {
		some, also := a.open(s, left)
		few, other = append(few, some...), other || also
		slices.Sort(few)
		few = slices.Compact(few)
		if other && len(few) == 7 {
			break
		}
	}
	return few, other
}
