package area

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/report"
)

var manyAreas = flag.Int("areas", 300, "how many random areas to attack")

// made are random areas: few or many practices, of which some or all have little or nearly
// everything uploaded, of late or long ago. Small counts are likely in each of them.
func made(r *rand.Rand) *Book {
	b := &Book{}
	asOf := calendar.Date(2012, 3, 31)
	alike := r.IntN(4) == 0 // all areas are large, and as far as each other
	for i := range 2 + r.IntN(3) {
		kind, size, many := r.IntN(6), []int64{12, 60, 400, 3000}[r.IntN(4)], []int{1 + r.IntN(4), 3 + r.IntN(6), 16 + r.IntN(24)}[r.IntN(3)]
		if alike {
			kind, many = []int{2, 5}[r.IntN(2)], 20+r.IntN(60)
		}
		late := r.IntN(4)
		declining := r.IntN(3)
		for j := range many {
			list := 1 + r.Int64N(size)
			var up int64
			switch kind {
			case 0: // none, or nearly
				up = min(list, max(0, r.Int64N(6)-3))
			case 1: // all, or nearly
				up = max(0, list-max(0, r.Int64N(6)-3))
			case 2:
				up = list
			default:
				up = r.Int64N(list + 1)
			}
			p := Practice{Code: fmt.Sprintf("Z%05d", len(b.Practices)), Area: string(rune('A' + i)), List: &list, Uploads: &up, Invited: []Answer{Yes, Yes, Yes, No}[r.IntN(4)], Decline: No, Spend: counted(r.Int64N(100_000))}
			if alike && size > 100 { // few are not invited
				p.Invited = []Answer{No, Yes}[min(1, j/2)]
			}
			if up > 0 && kind != 5 || kind == 5 && r.IntN(2) == 0 || r.IntN(8) == 0 {
				back := 7 + r.IntN(30)
				if late == 0 && r.IntN(3) == 0 || late == 1 || late == 2 && r.IntN(10) == 0 {
					back = r.IntN(6)
				}
				day := calendar.AddMonths(asOf, -back) - 3
				p.GoLive = &day
			} else if declining > 0 && r.IntN(3) < declining {
				p.Decline = Yes
			}
			b.Practices = append(b.Practices, p)
		}
	}
	return b
}

// published is what is published of a book, by way of its JSON: the attacker has no more.
func published(t *testing.T, b *Book) *View {
	t.Helper()
	v := Of(b, nil, Options{Level: report.Publish, AsOf: calendar.Date(2012, 3, 31), AsOfFrom: FromFlag, Line: UsualLine, PaceMonths: UsualPace})
	var text strings.Builder
	require.NoError(t, v.WriteJSON(&text))
	out := &View{}
	require.NoError(t, json.Unmarshal([]byte(text.String()), out))
	return out
}

// sizes are what public lists tell of the areas of a book.
func sizes(b *Book) (patients, practices map[string]int64) {
	patients, practices = map[string]int64{}, map[string]int64{}
	for _, p := range b.Practices {
		patients[p.Area] += *p.List
		practices[p.Area]++
	}
	return patients, practices
}

// Nobody learns a count of 1 to 7 people, whether or not they know how many patients each
// area has.
func TestNoSmallCountOfPeopleIsLearnt(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(20, 26))
	shown, hidden, paced := 0, 0, 0
	for n := 0; n < *manyAreas; {
		b := made(r)
		v := published(t, b)
		for i := range v.Areas {
			n++
			switch {
			case v.Areas[i].Uptake.Patients == nil:
				hidden++
			case v.Areas[i].Forecast.Outcome != HiddenForecast:
				paced++
				fallthrough
			default:
				shown++
			}
		}
		patients, _ := sizes(b)
		for _, by := range []knowing{{}, {patients: patients}} {
			learnt, gaveUp := learntOfPeople(v, by)
			require.False(t, gaveUp)
			require.Empty(t, learnt, "%+v", v)
		}
	}
	require.Greater(t, shown, *manyAreas/5, "areas are shown")
	require.Greater(t, paced, *manyAreas/20, "forecasts are shown")
	require.Greater(t, hidden, *manyAreas/5, "areas are hidden")
}

func learntOfPeople(v *View, by knowing) ([]string, bool) {
	left := 2_000_000
	return attackPeople(v, by).learns(&left), left < 0
}

// The attack is sharp: where the protection is weaker, it learns counts.
func TestTheAttackOnPeopleIsSharp(t *testing.T) {
	t.Parallel()
	for name, weaker := range map[string]struct {
		by     knowing
		public bool
		weaken func(*View, *Book)
	}{
		"sums have hidden areas in them": {knowing{wholeOfAll: true}, true, func(v *View, b *Book) { sumOverAll(v, b, rounded) }},
		"and nothing is rounded": {knowing{wholeOfAll: true, exact: true}, false, func(v *View, b *Book) {
			sumOverAll(v, b, counted)
			for i := range v.Areas {
				if v.Areas[i].Uptake.Patients != nil {
					showAnyway(&v.Areas[i], b, counted)
				}
			}
		}},
		"the rest is not held": {knowing{restUnheld: true}, true, func(v *View, b *Book) {
			for i := range v.Areas {
				if p := peopleIn(b, v.Areas[i].Name); p.uploaded.plain() && p.patients > 100 {
					showAnyway(&v.Areas[i], b, rounded)
				}
			}
			v.Whole = nothing("", true)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(20, 27))
			found := 0
			for range 60 {
				b := made(r)
				v := published(t, b)
				weaker.weaken(v, b)
				by := weaker.by
				if weaker.public {
					by.patients, _ = sizes(b)
				}
				learnt, gaveUp := learntOfPeople(v, by)
				require.False(t, gaveUp)
				found += min(1, len(learnt))
			}
			t.Logf("of 60 views, %d tell a count", found)
			require.Positive(t, found)
		})
	}
}

func peopleIn(b *Book, area string) people {
	w := &work{Options: Options{AsOf: calendar.Date(2012, 3, 31), PaceMonths: UsualPace}}
	var of []member
	for _, p := range b.Practices {
		if area == "" || p.Area == area {
			of = append(of, w.member(p))
		}
	}
	return w.people(of)
}

// showAnyway shows the uptake of an area and no more.
func showAnyway(a *Area, b *Book, as func(int64) *int64) {
	p := peopleIn(b, a.Name)
	a.Uptake = Uptake{Patients: as(p.patients), Uploaded: as(p.uploaded.sum)}
	a.Forecast = Forecast{}
}

func sumOverAll(v *View, b *Book, as func(int64) *int64) {
	v.Whole = nothing("", true)
	showAnyway(&v.Whole, b, as)
}

// Nobody learns that 1 to 7 practices stand anywhere. Those who know how many practices each
// area has learn no exact count either, unless all or none of them are live.
func TestNoSmallCountOfPracticesIsLearnt(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(20, 28))
	var shown [4]int
	byArea := 0
	for n := 0; n < *manyAreas/5; { // each takes long
		b := made(r)
		v := published(t, b)
		n += len(v.Areas)
		shown[shownIn(&v.Whole.Practices)]++
		if v.Areas[0].Practices.All != nil {
			byArea++
		}
		left := 60_000_000
		if allAlike(&v.Whole.Practices) {
			continue // what holds of all holds of each area: a count is that of its practices
		}
		require.Empty(t, learntOfPractices(attackPractices(v, knowing{}), &left), "%+v", v)
		require.False(t, left < 0)
		_, practices := sizes(b)
		require.Empty(t, pinnedPractices(attackPractices(v, knowing{practices: practices}), &left), "%+v", v)
		require.False(t, left < 0)
	}
	t.Logf("shown in four, three, two, none: %v; by area: %d", shown, byArea)
	for _, n := range shown {
		require.Positive(t, n, "practices are shown in every way")
	}
	require.Positive(t, byArea)
}

// learntOfPractices is learns over the puzzles, of which one is so.
func learntOfPractices(of []*attack, left *int) (out []string) {
	for i := range of[0].secrets {
		s := &of[0].secrets[i]
		few, other := openIn(of, s, left)
		switch {
		case len(few) == 0:
		case len(few) < int(min(7, s.most)):
			out = append(out, fmt.Sprintf("%s: %v", s.what, few))
		case !other:
			out = append(out, s.what+": it is one of 1 to 7")
		}
	}
	return out
}

// allAlike reports whether it is published that all practices have come equally far.
func allAlike(s *Standings) bool {
	if s.All == nil {
		return false
	}
	parts := 0
	for _, n := range []*int64{s.Live, s.Declined, s.Waiting, s.NotInvited} {
		if n != nil && *n > 0 {
			parts++
		}
	}
	return parts == 0 || parts == 1 && (s.Waiting != nil || *s.Live == *s.All)
}

// pinnedPractices are the counts of 1 to 7 that can be nothing else.
func pinnedPractices(of []*attack, left *int) (out []string) {
	for i := range of[0].secrets {
		s := &of[0].secrets[i]
		if few, other := openIn(of, s, left); len(few) == 1 && !other && s.most > 1 {
			out = append(out, fmt.Sprintf("%s: %v", s.what, few))
		}
	}
	return out
}

// The attack on practices is sharp too: a small count that is left out alone is what the
// others leave of all.
func TestTheAttackOnPracticesIsSharp(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(20, 29))
	found := 0
	for range 60 {
		b := made(r)
		w := &work{Options: Options{AsOf: calendar.Date(2012, 3, 31), PaceMonths: UsualPace}}
		for _, p := range b.Practices {
			w.members = append(w.members, w.member(p))
		}
		exact := standings(w.members)
		a := &attack{}
		var of []int
		for c, n := range inFour.cells(&exact) {
			if *n > 0 && *n < leastShown {
				of = append(of, a.number(span{1, 14}))
				a.after(of[c:c+1:c+1], unbound, "cell %d", c)
				continue
			}
			of = append(of, a.number(span{0, unbound}))
			a.holds(of[c], a.roundedSpan(*rounded(*n)))
		}
		a.holds(a.sum(of, span{1, unbound}), a.roundedSpan(*rounded(*exact.All)))
		left := 100_000
		found += min(1, len(a.learns(&left)))
		require.False(t, left < 0)
	}
	t.Logf("of 60 views, %d tell a count", found)
	require.Positive(t, found)
}

// Whoever knows the records of one practice learns no small count of the others.
func TestAPlainPartIsPlainToThoseInIt(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(20, 30))
	plain := 0
	for range 2000 {
		var p part
		var of []int64
		for range 1 + r.IntN(5) {
			of = append(of, r.Int64N(30))
			p.add(of[len(of)-1])
		}
		if !p.plain() || p.sum == 0 {
			continue
		}
		plain++
		for _, own := range of {
			require.GreaterOrEqual(t, p.sum-own, int64(leastShown))
		}
	}
	require.Greater(t, plain, 200)
}
