package fleet_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer"
	"paperlight/analyzer/calendar"
	"paperlight/analyzer/fleet"
	"paperlight/analyzer/mapping"
	"paperlight/analyzer/report"
	"paperlight/analyzer/savedstate"
	"paperlight/analyzer/score"
	"paperlight/analyzer/source"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// scanned is the state of the sample extract, and what it is judged by.
func scanned(t testing.TB) (*savedstate.Saved, *savedstate.Judging) {
	t.Helper()
	catalogue, err := rules.Embedded()
	require.NoError(t, err)
	scheme, err := rules.PublishedScheme("england-2026", catalogue)
	require.NoError(t, err)
	by := &savedstate.Judging{Catalogue: catalogue, Counted: catalogue.Counted(), Scheme: scheme, Level: report.Assessor, ToolVersion: "1"}
	found, err := analyzer.Find([]string{"../../testdata/extracts/paperlight"}, mapping.Options{})
	require.NoError(t, err)
	j, err := analyzer.ExamineFound(context.Background(), found.Extracts[0], analyzer.Options{Level: report.Assessor, ToolVersion: "1",
		Read: mapping.Options{Source: source.Options{Digest: true}}})
	require.NoError(t, err)
	require.NoError(t, j.Close())
	return savedstate.Of(savedstate.Key{Tool: "1", Input: "0", Rules: catalogue.SHA256}, &j.Input, by.Counted), by
}

// resampled is a state of another practice, with the counts of some rules moved.
func resampled(of *savedstate.Saved, random *rand.Rand, practice string, months int) *savedstate.Saved {
	out, s := *of, *of.State
	out.State = &s
	s.Practices = slices.Clone(s.Practices)
	p := &s.Practices[0]
	p.ID, p.ODSCode, p.Name = practice, practice, "Practice "+practice
	p.AsOf -= calendar.Day(30 * months)
	p.Tallies = slices.Clone(p.Tallies)
	for i := range p.Tallies {
		if n := p.Tallies[i].Numerator; n > 0 {
			p.Tallies[i].Numerator -= random.Int64N(n/8 + 1)
		}
	}
	out.Key.Input = fmt.Sprintf("%s-%d-%d", practice, months, random.Uint32())
	return &out
}

// some are states of some practices: of one extract or several, of one day or several,
// refused ones, and ones that other rules and versions made.
func some(of *savedstate.Saved, random *rand.Rand) []*savedstate.Saved {
	var out []*savedstate.Saved
	for i := range 3 + random.IntN(6) {
		for range 1 + random.IntN(3) {
			s := resampled(of, random, fmt.Sprintf("A%05d", i), random.IntN(3))
			switch random.IntN(8) {
			case 0:
				s.Key.Tool = "0"
			case 1:
				s.Key.Rules, s.Counted = "other", ""
			case 2:
				s.Key.Rules = "other words"
			case 3:
				s = &savedstate.Saved{Head: savedstate.Head{Key: s.Key, Refused: 3 + random.IntN(2)}}
			}
			out = append(out, s)
		}
	}
	return out
}

func setOf(all ...*savedstate.Saved) fleet.Set {
	var out fleet.Set
	for _, s := range all {
		out.Add(s.Brief())
	}
	return out
}

// opening opens the states of heads, by their keys.
func opening(all ...*savedstate.Saved) fleet.Opener {
	by := map[string]*savedstate.Saved{}
	for _, s := range all {
		by[s.Key.Name()] = s
	}
	return func(h *savedstate.Head) (*savedstate.Saved, error) { return by[h.Key.Name()], nil }
}

// judged is the row and the report of a standing, of states.
func judged(t testing.TB, s *fleet.Standing, by *savedstate.Judging, of ...*savedstate.Saved) (fleet.Row, report.Released) {
	t.Helper()
	row, released, err := s.Judge(by, opening(of...))
	require.NoError(t, err)
	return row, released
}

// told is all that is made of a set, in text.
func told(t testing.TB, of fleet.Set, by *savedstate.Judging, newer bool) string {
	t.Helper()
	var out strings.Builder
	for _, s := range fleet.Resolve(of, of, by, newer) {
		fmt.Fprintf(&out, "%d", len(s.Several))
		for _, r := range append(s.Several, s.Current, s.Before) {
			if r != nil {
				fmt.Fprintf(&out, " %s %s %d", r.Practice.ID, r.Saved.Key.Name(), len(r.Needs))
			}
		}
		out.WriteString("\n")
	}
	for _, s := range of.Refused() {
		fmt.Fprintf(&out, "%s %d\n", s.Key.Name(), s.Refused)
	}
	return out.String()
}

// States merge in any order, in any groups, and as often as one likes.
func TestMergingTurnsOnNoOrder(t *testing.T) {
	base, by := scanned(t)
	random := rand.New(rand.NewPCG(14, 14))
	kinds := map[string]bool{}
	for range 300 {
		all := some(base, random)
		newer := random.IntN(2) == 0
		want := told(t, setOf(all...), by, newer)
		shuffled := slices.Clone(all)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		require.Equal(t, want, told(t, setOf(shuffled...), by, newer), "another order")
		require.Equal(t, want, told(t, setOf(append(shuffled, all...)...), by, newer), "each twice")
		a, b := random.IntN(len(all)+1), random.IntN(len(all)+1)
		a, b = min(a, b), max(a, b)
		x, y, z := setOf(shuffled[:a]...), setOf(shuffled[a:b]...), setOf(shuffled[b:]...)
		for _, one := range []fleet.Set{fleet.Merge(fleet.Merge(x, y), z), fleet.Merge(x, fleet.Merge(y, z)), fleet.Merge(fleet.Merge(z, y), fleet.Merge(x, y))} {
			require.Equal(t, want, told(t, one, by, newer), "in groups")
		}
		for _, s := range fleet.Resolve(setOf(all...), setOf(all...), by, newer) {
			switch {
			case s.Current == nil:
				kinds["several"] = true
			case len(s.Current.Needs) > 0:
				kinds["needs"] = true
			case s.Before != nil:
				kinds["before"] = true
			default:
				kinds["alone"] = true
			}
		}
	}
	require.Len(t, kinds, 4, "%v", kinds)
}

// The table and each report are what they are made one practice at a time.
func TestATableOfManyIsThatOfEach(t *testing.T) {
	base, by := scanned(t)
	random := rand.New(rand.NewPCG(1, 2))
	var all []*savedstate.Saved
	for i := range 5 {
		all = append(all, resampled(base, random, fmt.Sprintf("B%05d", i), 0))
	}
	whole := fleet.Resolve(setOf(all...), setOf(all...), by, false)
	require.Len(t, whole, 5)
	for i := range whole {
		row, released := judged(t, &whole[i], by, all...)
		alone := fleet.Resolve(setOf(all[i]), setOf(all[i]), by, false)
		require.Len(t, alone, 1)
		rowAlone, releasedAlone := judged(t, &alone[0], by, all[i])
		require.Equal(t, rowAlone, row)
		require.Equal(t, releasedAlone.Report(), released.Report())
		require.Equal(t, released.Report().Practices[0].Accreditations[0].Score, row.Accreditations[0].Score)
	}
}

// Two states of one key that are not the same: one was changed.
func TestStatesOfOneKeyThatDifferAreSeen(t *testing.T) {
	base, _ := scanned(t)
	other := *base
	base.Digest, other.Digest = "a", "b"
	one := setOf(base, base)
	require.Zero(t, one.Differing())
	for _, both := range []fleet.Set{setOf(base, &other), setOf(&other, base), fleet.Merge(setOf(base), setOf(&other)), fleet.Merge(fleet.Set{}, setOf(base, &other))} {
		require.Equal(t, 1, both.Differing())
		require.Equal(t, 1, both.Len())
	}
}

// Which extract of a practice counts.
func TestAPracticeIsJudgedByOneExtract(t *testing.T) {
	base, by := scanned(t)
	random := rand.New(rand.NewPCG(7, 7))
	march, february, january := resampled(base, random, "A1", 0), resampled(base, random, "A1", 1), resampled(base, random, "A1", 2)
	again := resampled(base, random, "A1", 0)
	byCode := resampled(base, random, "a1 ", 1) // an id, or a code in small letters
	for name, test := range map[string]struct {
		all             []*savedstate.Saved
		newer           bool
		current, before *savedstate.Saved
		several         int
	}{
		"one":                                {[]*savedstate.Saved{march}, false, march, nil, 0},
		"one, given twice":                   {[]*savedstate.Saved{march, march}, false, march, nil, 0},
		"two days":                           {[]*savedstate.Saved{march, february}, false, nil, nil, 2},
		"two days, the newer":                {[]*savedstate.Saved{february, march}, true, march, february, 0},
		"three days":                         {[]*savedstate.Saved{january, march, february}, true, march, february, 0},
		"two of one day, the newer":          {[]*savedstate.Saved{march, again, february}, true, nil, nil, 3},
		"the same practice, spelt otherwise": {[]*savedstate.Saved{march, byCode}, true, march, byCode, 0},
	} {
		t.Run(name, func(t *testing.T) {
			found := fleet.Resolve(setOf(test.all...), setOf(test.all...), by, test.newer)
			require.Len(t, found, 1)
			require.Len(t, found[0].Several, test.several)
			same := func(want *savedstate.Saved, have *fleet.Reading) {
				require.Equal(t, want == nil, have == nil)
				if want != nil {
					require.Equal(t, want.Key, have.Saved.Key)
				}
			}
			same(test.current, found[0].Current)
			same(test.before, found[0].Before)
		})
	}
}

// Two practices of one code in one extract are two, and two of one id in two extracts
// too, where their codes differ: none is lost, and each has a report of its own.
func TestNoPracticeStandsForAnother(t *testing.T) {
	base, by := scanned(t)
	random := rand.New(rand.NewPCG(9, 9))
	branches := resampled(base, random, "A1", 0)
	second := branches.State.Practices[0]
	second.ID = "A1-branch"
	branches.State.Practices = append(branches.State.Practices, second)
	x, y := resampled(base, random, "1", 0), resampled(base, random, "1", 0)
	x.State.Practices[0].ODSCode, y.State.Practices[0].ODSCode = "B1", "B2"
	set := setOf(branches, x, y)
	reports := map[string]string{}
	for _, s := range fleet.Resolve(set, set, by, false) {
		row, released := judged(t, &s, by, branches, x, y)
		require.Empty(t, row.NotJudged)
		require.Equal(t, row.PracticeID, released.Report().Practices[0].PracticeID)
		require.Len(t, released.Report().Practices, 1)
		reports[row.Report] = row.PracticeID + " " + row.ODSCode
	}
	require.Len(t, reports, 4, "%v", reports)
}

// Sources that number their practices share ids. What tells these apart is the name: none
// is taken for a later extract of another, and none is lost.
func TestPracticesThatShareAnIDAreTold(t *testing.T) {
	base, by := scanned(t)
	random := rand.New(rand.NewPCG(10, 10))
	called := func(name string, months int) *savedstate.Saved {
		out := resampled(base, random, "1", months)
		out.State.Practices[0].ODSCode, out.State.Practices[0].Name = "", name
		return out
	}
	first, earlier, second := called("High Street", 0), called("HIGH  STREET ", 2), called("Low Street", 1)
	for _, test := range []struct {
		now, all []*savedstate.Saved
		rows     int
	}{
		{[]*savedstate.Saved{first, second}, []*savedstate.Saved{first, second, earlier}, 2},
		{[]*savedstate.Saved{first, earlier, second}, []*savedstate.Saved{first, second, earlier}, 2},
		{[]*savedstate.Saved{first}, []*savedstate.Saved{first, second, earlier}, 1},
		{[]*savedstate.Saved{first}, []*savedstate.Saved{earlier}, 1},
	} {
		found := fleet.Resolve(setOf(test.now...), setOf(test.all...), by, true)
		require.Len(t, found, test.rows)
		reports := map[string]bool{}
		for _, s := range found {
			row, _ := judged(t, &s, by, first, earlier, second)
			require.Empty(t, row.NotJudged)
			reports[row.Report] = true
			if s.Current.Saved.Key.Name() == first.Key.Name() {
				require.Equal(t, earlier.Key.Name(), s.Before.Saved.Key.Name())
			} else {
				require.Equal(t, second.Key.Name(), s.Current.Saved.Key.Name())
				require.Nil(t, s.Before)
			}
		}
		require.Len(t, reports, test.rows)
	}
	for _, s := range fleet.Resolve(setOf(first), setOf(first), by, false) {
		row, _ := judged(t, &s, by, first)
		require.Equal(t, "practice-1", row.Report, "an id that nobody shares names the report")
	}
}

// A practice that is in the run alone has a row; the past tells of earlier days only.
func TestThePastHasNoRow(t *testing.T) {
	base, by := scanned(t)
	random := rand.New(rand.NewPCG(8, 8))
	now, before, other := resampled(base, random, "A1", 0), resampled(base, random, "A1", 3), resampled(base, random, "A2", 3)
	found := fleet.Resolve(setOf(now), setOf(now, before, other), by, false)
	require.Len(t, found, 1)
	require.Equal(t, before.Key, found[0].Before.Saved.Key)
	row, _ := judged(t, &found[0], by, now, before)
	require.Equal(t, "A1", row.PracticeID)
	require.NotNil(t, row.Before)
	require.Len(t, row.Before.Accreditations, len(row.Accreditations))
}

// resampledMany are states of so many practices.
func resampledMany(b *testing.B, n int) ([]*savedstate.Saved, *savedstate.Judging) {
	base, by := scanned(b)
	random := rand.New(rand.NewPCG(6, 6))
	out := make([]*savedstate.Saved, n)
	for i := range out {
		out[i] = resampled(base, random, fmt.Sprintf("C%05d", i), 0)
	}
	return out, by
}

const england = 6000

// BenchmarkMerge merges the states of as many practices as England has, half and half.
func BenchmarkMerge(b *testing.B) {
	all, by := resampledMany(b, england)
	for b.Loop() {
		merged := fleet.Merge(setOf(all[:england/2]...), setOf(all[england/2:]...))
		if found := fleet.Resolve(merged, merged, by, false); len(found) != england {
			b.Fatal(len(found))
		}
	}
}

// BenchmarkMergeStates merges them into one state.
func BenchmarkMergeStates(b *testing.B) {
	all, _ := resampledMany(b, england)
	states := make([]*state.State, len(all))
	for i := range all {
		states[i] = all[i].State
	}
	for b.Loop() {
		for len(states) > 1 {
			var next []*state.State
			for i := 0; i < len(states); i += 2 {
				if i+1 == len(states) {
					next = append(next, states[i])
					continue
				}
				both, err := state.Merge(states[i], states[i+1])
				if err != nil {
					b.Fatal(err)
				}
				next = append(next, both)
			}
			states = next
		}
	}
}

// BenchmarkRead reads as many from their stored form.
func BenchmarkRead(b *testing.B) {
	all, _ := resampledMany(b, england)
	packed, bytes := make([][]byte, len(all)), 0
	for i, s := range all {
		var err error
		if packed[i], err = s.Marshal(); err != nil {
			b.Fatal(err)
		}
		bytes += len(packed[i])
	}
	b.ReportMetric(float64(bytes)/england, "bytes/state")
	for b.Loop() {
		r, err := savedstate.NewReader()
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range packed {
			if _, err := r.Read(p); err != nil {
				b.Fatal(err)
			}
		}
		r.Close()
	}
}

// BenchmarkJudge makes the rows and reports of a hundred practices.
func BenchmarkJudge(b *testing.B) {
	all, by := resampledMany(b, 100)
	by.Reads = score.ReadsOf(by.Catalogue)
	open := opening(all...)
	for b.Loop() {
		set := setOf(all...)
		for _, s := range fleet.Resolve(set, set, by, false) {
			if _, _, err := s.Judge(by, open); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkHeads reads the heads of as many.
func BenchmarkHeads(b *testing.B) {
	all, _ := resampledMany(b, england)
	packed := make([][]byte, len(all))
	for i, s := range all {
		var err error
		if packed[i], err = s.Marshal(); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		r, err := savedstate.NewReader()
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range packed {
			if _, err := r.Head(p); err != nil {
				b.Fatal(err)
			}
		}
		r.Close()
	}
}
