package score_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

var (
	tables = flag.Int("tables", 2000, "how many random tables to attack")
	pairs  = flag.Int("pairs", 1000, "how many pairs of dates to attack")
)

// Of no published report can a count of 1 to 7 be worked out: each could be any of
// 1 to 7, whatever is published beside it of the same records, of others, and of
// those that it leaves.
func TestNoSmallCountCanBeWorkedOut(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 6))
	hidden, judged := 0, 0
	for n := range *tables {
		one := randomTable(r, 1)
		s := attack(t, one, false)
		for i := range one.rules {
			for _, c := range s.smallCounts(i) {
				hidden++
				require.Subset(t, s.counts[c], span(1, 7), "table %d, rule %d, of %+v: %s", n, i, one.rules[i], s.says(i))
			}
			if s.sees[i].denominator != nil && !s.sees[i].hidden {
				judged++
			}
		}
	}
	require.Greater(t, hidden, *tables, "there are counts to hide")
	require.Greater(t, judged, *tables, "outcomes are shown")
}

// Where many rules count what others left, the ends of what is rounded alike meet.
// They may rule out a count, and never leave some of 1 to 7 alone.
func TestNestedRulesTellNoSmallCount(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 9))
	hidden := 0
	for n := range *tables / 4 {
		one := randomTable(r, len(marks))
		s := attack(t, one, false)
		for i := range one.rules {
			for _, c := range s.smallCounts(i) {
				hidden++
				requireNotInside(t, s.counts[c], "table %d, rule %d, of %+v: %s", n, i, one.rules[i], s.says(i))
			}
		}
	}
	require.Greater(t, hidden, *tables/4)
}

// The verdict is exact, and may tell every status to who knows the rest. Even then
// a small count is told from 0 and from 8 only where it may be any of 1 to 7.
func TestAVerdictTellsNoSmallCount(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 7))
	hidden := 0
	for n := range *tables / 4 {
		one := randomTable(r, 0)
		for i := range one.rules { // what several marks and rules tell together, the verdicts alone tell
			one.rules[i].of, one.rules[i].same, one.marks[i] = countOf{kind: "own"}, -1, one.marks[i][:1]
		}
		s := attack(t, one, true)
		for i := range one.rules {
			for _, c := range s.smallCounts(i) {
				hidden++
				requireNotInside(t, s.counts[c], "table %d, rule %d, of %+v %+v: %s", n, i, one.rules[i], one.marks[i], s.says(i))
			}
		}
	}
	require.Greater(t, hidden, *tables/4)
}

// What the solver takes for possible is: for each of 1 to 7, and where the outcome is
// hidden for none and for 8 too, there are counts of which the very same is published,
// the verdict apart.
func TestHiddenCountsLookAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 10))
	alike := 0
	for range *tables / 4 {
		one := randomTable(r, 0)
		one.rules, one.marks = one.rules[:1], one.marks[:1]
		one.rules[0].of, one.rules[0].undetermined, one.rules[0].left = countOf{kind: "own"}, 0, 0
		s := attack(t, one, false)
		for _, small := range s.smallCounts(0) {
			values := span(1, 7)
			if s.sees[0].hidden && small != s.records[0] {
				values = span(0, 8)
			}
			for _, v := range values {
				alike++
				require.True(t, s.lookAlike(t, small, v), "%+v %+v: %d is told apart: %s", one.rules[0], one.marks[0], v, s.says(0))
			}
		}
	}
	require.Greater(t, alike, *tables/4)
}

// lookAlike reports whether there are counts, one of them as given, of which the same
// is published.
func (s *solver) lookAlike(t *testing.T, count, value int) bool {
	t.Helper()
	other := &table{list: s.t.list, marks: s.t.marks, rules: slices.Clone(s.t.rules)}
	for _, d := range s.counts[s.records[0]] {
		for _, n := range s.counts[s.met[0]] {
			if n > d || map[int]int{s.records[0]: d, s.met[0]: n, s.failing[0]: d - n}[count] != value || !s.allows(0, n, d) {
				continue
			}
			other.rules[0].denominator, other.rules[0].numerator = d, n
			p := other.published(t)
			for i := range p.Accreditations {
				p.Accreditations[i].Verdict = s.p.Accreditations[i].Verdict
				p.Accreditations[i].Undecided = s.p.Accreditations[i].Undecided
			}
			if reflect.DeepEqual(p, s.p) {
				return true
			}
		}
	}
	return false
}

// Two reports of a practice do not tell a small count, nor a small change.
func TestTwoDatesTellNoSmallChange(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 8))
	small := 0
	for range *pairs {
		one := randomTable(r, 1)
		two := one.moved(r)
		a, b := attack(t, one, false), attack(t, two, false)
		for i := range one.rules {
			for _, c := range []struct {
				s  *solver
				of []int
			}{{a, a.smallCounts(i)}, {b, b.smallCounts(i)}} {
				for _, count := range c.of {
					require.Subset(t, c.s.counts[count], span(1, 7), "rule %d of %+v, marks %+v: %s", i, c.s.t, c.s.t.marks[i], c.s.says(i))
				}
			}
			for _, of := range [][2]int{{a.records[i], b.records[i]}, {a.met[i], b.met[i]}, {a.failing[i], b.failing[i]}} {
				small++
				requireNotInside(t, changes(a.counts[of[0]], b.counts[of[1]]), "rule %d: %+v, then %+v", i, one.rules[i], two.rules[i])
				requireNotInside(t, changes(b.counts[of[1]], a.counts[of[0]]), "rule %d: %+v, then %+v", i, one.rules[i], two.rules[i])
			}
		}
	}
	require.Greater(t, small, *pairs)
}

// changes are the differences that two counts may have.
func changes(before, after domain) domain {
	seen := map[int]bool{}
	for _, a := range before {
		for _, b := range after {
			seen[b-a] = true
		}
	}
	var out domain
	for d := range seen {
		out = append(out, d)
	}
	slices.Sort(out)
	return out
}

// requireNotInside holds that values are not some of 1 to 7 alone.
func requireNotInside(t *testing.T, values domain, format string, args ...any) {
	t.Helper()
	require.NotEmpty(t, values)
	inside := values[0] >= 1 && values[len(values)-1] <= 7
	require.True(t, !inside || len(values) == 7, "%v: %s", values, fmt.Sprintf(format, args...))
}

// attack solves what is published of a table, and holds that what it finds is true.
func attack(t *testing.T, one *table, statuses bool) *solver {
	t.Helper()
	p := one.published(t)
	requireOnlyFigures(t, one, p)
	s := solve(one, p, statuses)
	for i, c := range one.rules {
		require.True(t, s.counts[s.records[i]].has(c.denominator) && s.counts[s.met[i]].has(c.numerator) && s.counts[s.failing[i]].has(c.denominator-c.numerator),
			"rule %d, %+v %+v: the truth is ruled out: %s", i, c, one.marks[i], s.says(i))
	}
	return s
}

// smallCounts are the variables of a rule whose exact value is 1 to 7.
func (s *solver) smallCounts(i int) []int {
	c := s.t.rules[i]
	var out []int
	for at, v := range map[int]int{s.records[i]: c.denominator, s.met[i]: c.numerator, s.failing[i]: c.denominator - c.numerator} {
		if v >= 1 && v <= 7 {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out
}

func (s *solver) says(i int) string {
	return fmt.Sprintf("records %v met %v failing %v statuses %v", s.counts[s.records[i]], s.counts[s.met[i]], s.counts[s.failing[i]], s.sees[i].statuses)
}

// requireOnlyFigures holds all else that is published to be made of the figures and
// statuses that the solver uses.
func requireOnlyFigures(t *testing.T, of *table, p *report.PracticeReport) {
	t.Helper()
	results := map[string]report.Result{}
	for _, r := range p.Results {
		results[r.Rule] = r
		require.Equal(t, []any{(*int64)(nil), (*int64)(nil), (*int64)(nil), (*[2]float64)(nil)}, []any{r.Excluded, r.Undetermined, r.Unknown, r.Interval})
		require.Empty(t, r.Beside)
		for _, n := range r.Notes {
			require.NotRegexp(t, "[0-9]", n)
		}
		if r.Rate != nil {
			require.InDelta(t, float64(*r.Numerator)/float64(*r.Denominator), *r.Rate, 0.0051)
		}
	}
	for _, a := range p.Accreditations {
		hidden, met, evident := 0, 0, 0
		for i, c := range a.Criteria {
			r := results[c.Rule]
			require.True(t, c.Tier == "" && c.Progress == nil)
			if c.Failing != nil {
				left := *r.Denominator - *r.Numerator
				require.Contains(t, []int64{left, *r.Numerator}, *c.Failing)
				require.Zero(t, *c.ToFix%10)
			}
			switch c.Status {
			case report.Hidden:
				hidden += c.Weight
			case report.Passed:
				met, evident = met+c.Weight, evident+c.Weight
			case report.Failed:
				evident += c.Weight
			}
			if i > 0 && c.Status == a.Criteria[i-1].Status && c.Severity == a.Criteria[i-1].Severity && c.Weight == a.Criteria[i-1].Weight {
				require.Less(t, a.Criteria[i-1].Rule, c.Rule, "the order is made of what is shown")
			}
		}
		if hidden == 0 {
			continue
		}
		require.Equal(t, []any{(*int64)(nil), (*int64)(nil), (*int64)(nil)}, []any{a.Score, a.AssuredScore, a.Coverage})
		require.EqualValues(t, 10000*met/(evident+hidden), a.ScoreBetween[0])
		require.EqualValues(t, 10000*(met+hidden)/(evident+hidden), a.ScoreBetween[1])
		for _, c := range a.Criteria {
			require.Zero(t, c.Points+c.Of)
			if c.Status == report.Hidden {
				for _, list := range [][]string{a.BlockersFailed, a.BlockersUnjudged, a.AnswersNeeded} {
					require.NotContains(t, list, c.Rule)
				}
			}
		}
		for _, why := range a.Undecided {
			require.NotRegexp(t, "[0-9]", why)
		}
	}
	require.Len(t, of.rules, len(p.Results))
}
