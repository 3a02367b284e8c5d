package state

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// random returns a state of one practice.
func random(r *rand.Rand, practice string) *State {
	s := &State{Rules: []string{"a/one", "b/two"}}
	p := PracticeState{ID: practice, AsOf: calendar.Day(r.IntN(100)), AsOfFrom: "--as-of", Registered: int64(r.IntN(9)) - 1}
	for range s.Rules {
		p.Tallies = append(p.Tallies, Tally{Missing: r.IntN(4) == 0, Denominator: int64(50 + r.IntN(50)), Numerator: int64(r.IntN(50)), Value: r.Float64(), HasValue: r.IntN(2) == 0})
	}
	for _, rule := range s.Rules {
		if r.IntN(2) == 0 {
			p.Days = append(p.Days, Days{Rule: rule, Counts: []DayCount{{Day: calendar.Day(r.IntN(9)) - 20000, Count: 3}, {Day: calendar.Day(r.IntN(9)), Count: int64(1 + r.IntN(9))}}})
		}
	}
	for use := range r.IntN(3) {
		p.Gaps = append(p.Gaps, Gap{Rule: "a/one", List: "x", Use: use, Noted: r.IntN(2) == 0, Coded: 90, Systems: []SystemCount{{System: "read2", Rows: int64(1 + r.IntN(9))}}})
	}
	for range schema.Tables {
		p.Rows = append(p.Rows, int64(r.IntN(9)))
	}
	s.Practices = []PracticeState{p}
	for _, t := range schema.Tables {
		if r.IntN(3) == 0 {
			continue
		}
		x := TableState{Table: t, Rows: int64(r.IntN(100)), Orphans: int64(r.IntN(3)), DuplicateIDs: int64(r.IntN(4)) - 1, DerivedKey: r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			x.Absent = []string{t.Columns[r.IntN(len(t.Columns))].Name}
		}
		if r.IntN(2) == 0 {
			f := Fault{Column: t.Columns[0], Want: "text", Count: 7}
			for i := range 5 {
				f.First = append(f.First, Position{File: t.Name + ".csv", Record: int64(10*i + r.IntN(9))})
			}
			x.Faults = append(x.Faults, f)
		}
		if r.IntN(2) == 0 {
			x.Faults = append(x.Faults, Fault{Want: "a value", Count: 1, First: []Position{{File: practice, Record: 3}}})
		}
		s.Tables = append(s.Tables, x)
	}
	if r.IntN(2) == 0 {
		s.Notes = []string{fmt.Sprintf("note %d", r.IntN(3))}
	}
	return s
}

func merge(t *testing.T, a, b *State) *State {
	t.Helper()
	out, err := Merge(a, b)
	require.NoError(t, err)
	return out
}

func TestMergeLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a, b, c := random(r, "A"), random(r, "B"), random(r, "C")
		before, err := a.Marshal()
		require.NoError(t, err)
		one := merge(t, a, &State{})
		require.Equal(t, a, one, "identity")
		for _, d := range one.Practices[0].Days {
			d.Counts[0].Count++ // must not be the argument's
		}
		for _, g := range one.Practices[0].Gaps {
			g.Systems[0].Rows++
		}
		require.Equal(t, a, merge(t, nil, a), "identity")
		require.Equal(t, merge(t, a, b), merge(t, b, a), "commutative")
		require.Equal(t, merge(t, merge(t, a, b), c), merge(t, a, merge(t, c, b)), "associative")
		after, err := a.Marshal()
		require.NoError(t, err)
		require.Equal(t, before, after, "arguments are not changed")
	}
}

func TestStoredStatesComeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		s := merge(t, random(r, "A"), random(r, "B"))
		b, err := s.Marshal()
		require.NoError(t, err)
		got, err := Unmarshal(b)
		require.NoError(t, err)
		stored := *s
		stored.Practices = summed(s.Practices)
		require.Equal(t, &stored, got)
		for i, p := range s.Practices {
			for j, d := range p.Days {
				require.Nil(t, got.Practices[i].Days[j].Counts, "days of single patients are stored")
				require.Equal(t, d.Summed(p.AsOf), got.Practices[i].Days[j].Summed(p.AsOf))
			}
		}
		again, err := got.Marshal()
		require.NoError(t, err)
		require.Equal(t, b, again)
	}
}

func TestStatesThatDoNotMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	a, b := random(r, "A"), random(r, "A")
	_, err := Merge(a, b)
	require.EqualError(t, err, "both states hold practice 1 of the merged list, want each practice in one")
	b = random(r, "B")
	b.Rules = []string{"a/one", "c/three"}
	_, err = Merge(a, b)
	require.EqualError(t, err, "states of different rule sets do not merge")
}

func TestStoredStatesThatAreRefused(t *testing.T) {
	for in, want := range map[string]string{
		`{`:             "stored state: unexpected end of JSON input",
		`{"version":2}`: "stored state of version 2, want 1",
		`{"version":1,"rules":["a"],"practices":[{"ID":"A"}]}`:                               "stored state: practice 1 has 0 tallies, want 1",
		`{"version":1,"tables":[{"table":"x"}]}`:                                             "stored state: table 1 is not one of the schema",
		`{"version":1,"tables":[{"table":"issues","faults":[{"column":"no_such_column"}]}]}`: "stored state: a fault of issues names a column that is not of the schema",
	} {
		_, err := Unmarshal([]byte(in))
		require.EqualError(t, err, want)
	}
}

// What no run leaves is refused before it is judged or summed.
func TestStoredStatesWithCountsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	const of = "stored state: a practice has counts that cannot be"
	for name, wrong := range map[string]struct {
		change func(s *State)
		want   string
	}{
		"more meet it than there are": {func(s *State) { s.Practices[0].Tallies[1] = Tally{Denominator: 5, Numerator: 6} }, of},
		"more cannot be told":         {func(s *State) { s.Practices[0].Tallies[1] = Tally{Denominator: 5, Numerator: 4, Unknown: 2} }, of},
		"less than none":              {func(s *State) { s.Practices[0].Tallies[0] = Tally{Denominator: -5, Numerator: -9} }, of},
		"less than none left out":     {func(s *State) { s.Practices[0].Tallies[0].Excluded = -1 }, of},
		"a sum that overflows": {func(s *State) {
			s.Practices[0].Tallies[0] = Tally{Denominator: 1<<63 - 1, Numerator: 1<<63 - 1, Unknown: 1}
		}, of},
		"fewer than no patients":      {func(s *State) { s.Practices[0].Registered = -2 }, of},
		"a year of five digits":       {func(s *State) { s.Practices[0].AsOf = latest + 1 }, of},
		"a year before the first":     {func(s *State) { s.Practices[0].AsOf = earliest - 1 }, of},
		"fewer than no rows":          {func(s *State) { s.Practices[0].Rows = []int64{1, -1} }, of},
		"a busy day of more rows":     {func(s *State) { s.Practices[0].Days = []Days{{Rule: "a/one", Sum: &DaySum{Rows: 2, Busiest: 3}}} }, of},
		"a gap of less than no rows":  {func(s *State) { s.Practices[0].Gaps = []Gap{{Rule: "a/one", Coded: -1}} }, of},
		"a rule twice":                {func(s *State) { s.Rules[1] = s.Rules[0] }, "stored state: a rule is there twice"},
		"a practice twice":            {func(s *State) { s.Practices = append(s.Practices, s.Practices[0]) }, "stored state: a practice is there twice"},
		"a table twice":               {func(s *State) { s.Tables = append(s.Tables, s.Tables[0]) }, "stored state: a table is there twice"},
		"a table of less than no row": {func(s *State) { s.Tables[0].Orphans = -1 }, "stored state: a table has counts that cannot be"},
		"a fault less than never":     {func(s *State) { s.Tables[0].Faults = []Fault{{Count: -1}} }, "stored state: a table has counts that cannot be"},
	} {
		s := random(rand.New(rand.NewPCG(7, 8)), "A")
		text, err := s.Marshal()
		require.NoError(t, err)
		_, err = Unmarshal(text)
		require.NoError(t, err)
		wrong.change(s)
		text, err = s.Marshal()
		require.NoError(t, err)
		_, err = Unmarshal(text)
		require.EqualError(t, err, wrong.want, name)
	}
}
