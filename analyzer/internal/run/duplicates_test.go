package run

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
)

var shareNames = []string{"most_rejected", "most_orphaned", "most_repeated"}

// sharesOf returns the three shares of each practice, in order of their ids.
// read are columns that rules read besides, as table.column.
func sharesOf(t *testing.T, jobs int, x *extract.Extract, read ...string) [][3]float64 {
	t.Helper()
	var out [][3]float64
	for _, shares := range sharesNamed(t, Options{Jobs: jobs}, shareNames, x, read...) {
		out = append(out, [3]float64(shares))
	}
	return out
}

// sharesNamed returns the shares of these names of each practice.
func sharesNamed(t *testing.T, o Options, names []string, x *extract.Extract, read ...string) [][]float64 {
	t.Helper()
	g, practice := expr.NewGraph(), schema.Lookup("practice")
	var programs []plan.Program
	for _, name := range names {
		programs = append(programs, plan.Program{ID: name, Table: practice, Where: g.Bool(true), Value: g.Column(practice.Column(name))})
	}
	for _, table := range schema.Tables {
		for _, c := range table.Columns {
			if slices.Contains(read, c.String()) {
				programs = append(programs, plan.Program{ID: "of " + c.String(), Table: table, Where: g.Present(g.Column(c))})
			}
		}
	}
	asOf := enginetest.Day("2026-03-31")
	practices, err := practices.Find(context.Background(), x, &asOf)
	require.NoError(t, err)
	plan, err := plan.New(programs, x)
	require.NoError(t, err)
	o.AsOf = &asOf
	run, err := New(context.Background(), plan, x, practices, o)
	require.NoError(t, err)
	s := run.State(nil)
	out := make([][]float64, len(s.Practices))
	for p := range s.Practices {
		for _, name := range names {
			tally := s.Practices[p].Tallies[slices.Index(s.Rules, name)]
			require.True(t, tally.HasValue)
			out[p] = append(out[p], tally.Value)
		}
	}
	return out
}

// lines repeats a line, with %d as its number from first.
func lines(n, first int, of ...string) []enginetest.Line {
	out := make([]enginetest.Line, n)
	for i := range out {
		for _, s := range of {
			if s == "%d" {
				s = fmt.Sprint(first + i)
			}
			out[i] = append(out[i], s)
		}
	}
	return out
}

func TestSharesOfTheWorstTable(t *testing.T) {
	header := enginetest.Line{"event_id", "patient_id", "code"}
	one := enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"ann"})
	for _, c := range []struct {
		name   string
		tables []*extract.Memory
		read   []string
		want   [][3]float64
	}{
		{name: "nothing wrong", tables: []*extract.Memory{one, enginetest.Rows(t, "events", header, lines(20, 0, "%d", "ann", "c")...)}, want: [][3]float64{{}}},
		{name: "no rows", tables: []*extract.Memory{one, enginetest.Rows(t, "events", header)}, want: [][3]float64{{}}},
		{name: "a row in twenty", tables: []*extract.Memory{one,
			enginetest.Rows(t, "events", header, append(lines(19, 0, "%d", "ann", "c"), enginetest.Line{"x", "-", "c"})...),
			enginetest.Rows(t, "issues", enginetest.Line{"issue_id", "patient_id"}, append(lines(19, 0, "%d", "ann"), enginetest.Line{"x", "bob"})...),
			enginetest.Rows(t, "problems", enginetest.Line{"problem_id", "patient_id"}, append(lines(19, 0, "%d", "ann"), enginetest.Line{"1", "ann"})...),
		}, want: [][3]float64{{0.05, 0.05, 0.05}}},
		{name: "too few rows", tables: []*extract.Memory{one,
			enginetest.Rows(t, "events", header, append(lines(18, 0, "%d", "ann", "c"), nil)...),
			enginetest.Rows(t, "issues", enginetest.Line{"issue_id", "patient_id"}, lines(19, 0, "%d", "bob")...),
			enginetest.Rows(t, "problems", enginetest.Line{"problem_id", "patient_id"}, lines(19, 0, "1", "ann")...),
		}, want: [][3]float64{{}}},
		{name: "the worst of several", tables: []*extract.Memory{one,
			enginetest.Rows(t, "events", header, lines(100, 0, "%d", "ann", "c")...),
			enginetest.Rows(t, "issues", enginetest.Line{"issue_id", "patient_id"}, lines(40, 0, "%d", "bob")...),
			enginetest.Rows(t, "problems", enginetest.Line{"problem_id", "patient_id"}, lines(40, 0, "1", "ann")...),
		}, want: [][3]float64{{0, 1, 0.975}}},
		{name: "one id with other cells", read: []string{"events.code"}, tables: []*extract.Memory{one,
			enginetest.Rows(t, "events", header, lines(20, 0, "1", "ann", "%d")...)}, want: [][3]float64{{0, 0, 0.95}}},
		{name: "one id of two patients", tables: []*extract.Memory{enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"ann"}, enginetest.Line{"bob"}),
			enginetest.Rows(t, "events", header, append(lines(10, 0, "%d", "ann", "c"), lines(10, 0, "%d", "bob", "c")...)...)}, want: [][3]float64{{}}},
		{name: "an empty cell is like another", read: []string{"events.code"}, tables: []*extract.Memory{one,
			enginetest.Rows(t, "events", header, append(lines(18, 0, "%d", "ann", "c"), enginetest.Line{"x", "ann", "-"}, enginetest.Line{"x", "ann", "-"})...)}, want: [][3]float64{{0, 0, 0.05}}},
		{name: "an orphan is like another", tables: []*extract.Memory{one,
			enginetest.Rows(t, "events", header, append(lines(18, 0, "%d", "ann", "c"), enginetest.Line{"x", "bob", "c"}, enginetest.Line{"x", "bob", "c"})...)}, want: [][3]float64{{0, 0.1, 0.05}}},
		{name: "two orphans of one id", tables: []*extract.Memory{one,
			enginetest.Rows(t, "events", header, append(lines(38, 0, "%d", "ann", "c"), enginetest.Line{"x", "bob", "c"}, enginetest.Line{"x", "zoe", "c"})...)}, want: [][3]float64{{0, 0.05, 0}}},
		{name: "patients of two practices under the same ids", tables: []*extract.Memory{
			enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id"}, enginetest.Line{"ann", "A"}, enginetest.Line{"ann", "B"}, enginetest.Line{"bob", "A"}, enginetest.Line{"bob", "B"}),
			enginetest.Rows(t, "events", enginetest.Line{"event_id", "patient_id", "practice_id"}, slices.Concat(lines(10, 0, "%d", "ann", "A"), lines(10, 0, "%d", "bob", "A"),
				lines(19, 0, "%d", "ann", "B"), lines(1, 0, "%d", "ann", "B"))...)}, want: [][3]float64{{}, {0, 0, 0.05}}},
		{name: "one key for two patients", tables: []*extract.Memory{
			enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, append(lines(18, 0, "%d"), enginetest.Line{"ann"}, enginetest.Line{"ann"})...),
			enginetest.Rows(t, "events", header, append(lines(19, 0, "%d", "1", "c"), enginetest.Line{"x", "ann", "c"})...)}, want: [][3]float64{{0.1, 0.05, 0}}},
		{name: "the practice's own tables do not count", tables: []*extract.Memory{one, enginetest.Rows(t, "practice", enginetest.Line{"practice_id"}, enginetest.Line{"P"}),
			enginetest.Rows(t, "staff", enginetest.Line{"staff_code", "practice_id"}, append(lines(30, 0, "-", "P"), lines(30, 0, "d", "P")...)...)}, want: [][3]float64{{}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, jobs := range []int{1, 3} {
				for _, m := range c.tables {
					m.Dictionary = jobs == 3
				}
				require.Equal(t, c.want, sharesOf(t, jobs, extract.InMemory("x", c.tables...), c.read...))
			}
		})
	}
}

// Without record ids rows are equal in all that is read of them, and that must
// be enough to tell them apart.
func TestRowsWithoutIDsRepeatByWhatIsReadOfThem(t *testing.T) {
	m := enginetest.Rows(t, "events", enginetest.Line{"event_id", "patient_id", "code", "event_date", "unit"},
		append(lines(18, 0, "%d", "ann", "c", "2020-01-01", "%d"), enginetest.Line{"x", "ann", "d", "2020-01-01", "1"}, enginetest.Line{"y", "ann", "d", "2020-01-01", "1"})...)
	m.DerivedKey = true
	x := extract.InMemory("x", enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, enginetest.Line{"ann"}), m)
	require.Equal(t, [][3]float64{{0, 0, 0.05}}, sharesOf(t, 1, x, "events.code", "events.event_date", "events.unit"))
	require.Equal(t, [][3]float64{{}}, sharesOf(t, 1, x, "events.code", "events.event_date"), "two cells say too little")
	require.Equal(t, [][3]float64{{}}, sharesOf(t, 1, x))
}

// Rows that name no practice count against each.
func TestNoPracticeHidesTheBadRowsOfAll(t *testing.T) {
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id"}, enginetest.Line{"ann", "A"}, enginetest.Line{"bob", "B"})
	events := enginetest.Rows(t, "events", enginetest.Line{"event_id", "patient_id", "practice_id"},
		slices.Concat(lines(95, 0, "%d", "ann", "A"), lines(15, 200, "%d", "bob", "B"), lines(4, 400, "%d", "-", "-"), []enginetest.Line{nil}, lines(5, 500, "%d", "zoe", "-"))...)
	x := extract.InMemory("x", patients, events)
	require.Equal(t, [][3]float64{{0.05, 0.05, 0}, {0.25, 0.25, 0}}, sharesOf(t, 2, x))
	// A row that says whose it is counts against that one alone.
	for i := range events.Rows {
		if r := events.Rows[i]; r != nil && !r[2].Known {
			r[2] = extract.TextCell("B")
		}
	}
	events.Rows = slices.DeleteFunc(events.Rows, func(r []extract.Cell) bool { return r == nil })
	require.Equal(t, [][3]float64{{0, 0, 0}, {4.0 / 24, 5.0 / 24, 0}}, sharesOf(t, 2, extract.InMemory("x", patients, events)))
}

// unforeseen is a part that does not say how many rows it has.
type unforeseen struct{ extract.Part }

func (p unforeseen) Size() (bytes, rows int64) { bytes, _ = p.Part.Size(); return bytes, -1 }

// The shares are the same to the last digit whatever the order of the rows, the
// workers, the parts and batches, the form of the text and what is known
// beforehand: of a table that is compared whole, and of one that is sampled.
func TestSharesInEveryForm(t *testing.T) {
	for _, size := range []int{300, 9000} {
		r := rand.New(rand.NewPCG(uint64(size), 1))
		patients := &extract.Memory{Schema: schema.Lookup("patients")}
		patients.Columns = []*schema.Column{patients.Schema.Patient, patients.Schema.Practice}
		events := &extract.Memory{Schema: schema.Lookup("events")}
		for _, name := range []string{"event_id", "patient_id", "practice_id", "code", "event_date", "value"} {
			events.Columns = append(events.Columns, events.Schema.Column(name))
		}
		for i := range 60 {
			patients.Rows = append(patients.Rows, []extract.Cell{extract.TextCell(fmt.Sprint(i / 2 * (1 + i%3))), extract.TextCell([]string{"A", "B"}[i%2])})
		}
		text := func(s string, known bool) extract.Cell {
			if known {
				return extract.TextCell(s)
			}
			return extract.Cell{}
		}
		for i := range size {
			if n := len(events.Rows); i%12 == 0 && n > 0 {
				events.Rows = append(events.Rows, events.Rows[r.IntN(n)])
				continue
			}
			events.Rows = append(events.Rows, []extract.Cell{text(fmt.Sprint(r.IntN(size)), r.IntN(50) > 0), text(fmt.Sprint(r.IntN(70)), r.IntN(50) > 0),
				text([]string{"A", "B", "C"}[r.IntN(3)], r.IntN(3) > 0), text(fmt.Sprint(r.IntN(40)), r.IntN(4) > 0), extract.IntCell(int64(max(0, r.IntN(9000)-3600))),
				extract.RealCell(float64(r.IntN(90)))})
		}
		names := append(slices.Clone(shareNames), "most_doubled", "most_blank", "most_alike")
		want := map[bool][][]float64{}
		for way := range 14 {
			r.Shuffle(len(patients.Rows), func(i, j int) { patients.Rows[i], patients.Rows[j] = patients.Rows[j], patients.Rows[i] })
			r.Shuffle(len(events.Rows), func(i, j int) { events.Rows[i], events.Rows[j] = events.Rows[j], events.Rows[i] })
			events.Parts = nil
			for left := len(events.Rows); left > 0 && way > 0; {
				n := min(left, 1+r.IntN(len(events.Rows)/2))
				left -= n
				var batches []int
				for n > 0 {
					b := min(n, 1+r.IntN(extract.MaxBatchRows))
					batches, n = append(batches, b), n-b
				}
				events.Parts = append(events.Parts, batches)
			}
			events.Dictionary = way%2 == 1
			events.DerivedKey = way >= 7
			x := extract.InMemory("x", patients, events)
			if way%3 == 2 {
				for _, table := range x.Tables {
					for i := range table.Parts {
						table.Parts[i] = unforeseen{table.Parts[i]}
					}
				}
			}
			got := sharesNamed(t, Options{Jobs: 1 + way%4, sampled: 1000}, names, x, "events.code", "events.event_date", "events.value")
			if want[events.DerivedKey] == nil {
				want[events.DerivedKey] = got
				for _, shares := range got {
					require.InDelta(t, 0.08, shares[2], 0.05)
					require.InDelta(t, 0.25, shares[4], 0.1, "codes left empty")
					require.True(t, size < 1000 || shares[5] > 0.5, "days alike")
				}
			}
			require.Equal(t, want[events.DerivedKey], got, "%d rows, way %d", size, way)
		}
	}
}

// Of tables whose rows differ in code and day: what is left empty, what one value
// fills, and what is said twice under different ids.
func TestSharesOfEmptyAndLikeCells(t *testing.T) {
	names := []string{"most_doubled", "most_blank", "most_alike"}
	patients := func(n int) *extract.Memory {
		return enginetest.Rows(t, "patients", enginetest.Line{"patient_id"}, append(lines(n, 1000, "%d"), enginetest.Line{"ann"})...)
	}
	issues := func(of ...[]enginetest.Line) *extract.Memory {
		return enginetest.Rows(t, "issues", enginetest.Line{"issue_id", "patient_id", "issue_date", "dmd_code"}, slices.Concat(of...)...)
	}
	read := []string{"issues.issue_date", "issues.dmd_code"}
	for _, c := range []struct {
		name     string
		patients int
		issues   *extract.Memory
		read     []string
		want     []float64
	}{
		{"all differ", 1, issues(lines(100, 0, "%d", "ann", "2020-01-02", "%d")), read[1:], []float64{0, 0, 0.025}},
		{"one day", 1, issues(lines(100, 0, "%d", "ann", "2020-01-02", "%d")), read, []float64{0, 0, 2.5}},
		{"one day of 99", 1, issues(lines(99, 0, "%d", "ann", "2020-01-02", "%d")), read, []float64{0, 0, 0}},
		{"said twice", 1, issues(lines(15, 0, "%d", "ann", "2020-01-02", "%d"), lines(5, 100, "%d", "ann", "2020-01-03", "c")), read, []float64{0.2, 0, 0}},
		{"said twice, the day not read", 1, issues(lines(20, 0, "%d", "ann", "2020-01-02", "c")), read[1:], []float64{0, 0, 0}},
		{"said twice of 19", 1, issues(lines(19, 0, "%d", "ann", "2020-01-02", "c")), read, []float64{0, 0, 0}},
		{"a part left out", 1, issues(lines(15, 0, "%d", "ann", "2020-01-02", "%d"), lines(5, 100, "%d", "ann", "-", "c")), read, []float64{0, 0.25, 0}},
		{"an empty day of a rejected row", 1, issues(lines(20, 0, "%d", "ann", "2020-01-02", "%d"), lines(9, 100, "%d", "-", "-", "c")), read, []float64{0, 0, 0}},
		{"all of one patient of two", 1, issues(lines(100, 0, "%d", "ann", "2020-01-02", "%d")), read[1:], []float64{0, 0, 0.025}},
		{"all of one patient of 100, but 19 rows", 99, issues(lines(19, 0, "%d", "ann", "2020-01-02", "%d")), read[1:], []float64{0, 0, 0}},
		{"20 rows of one patient of 100", 99, issues(lines(20, 0, "%d", "ann", "2020-01-02", "%d")), read[1:], []float64{0, 0, 2.5}},
		{"all of one patient of 100", 99, issues(lines(100, 0, "%d", "ann", "2020-01-02", "%d")), read[1:], []float64{0, 0, 2.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, jobs := range []int{1, 3} {
				c.issues.Dictionary = jobs == 3
				got := sharesNamed(t, Options{Jobs: jobs}, names, extract.InMemory("x", patients(c.patients), c.issues), c.read...)
				require.Equal(t, [][]float64{c.want}, got)
			}
		})
	}
}

// A list given beside the extract has a line for the practice, or it has none that
// could be meant for it, or one that cannot be used.
func TestListsBesideTheExtractThatCannotBeUsed(t *testing.T) {
	patients := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "practice_id"}, enginetest.Line{"ann", "A"}, enginetest.Line{"bob", "B"})
	for _, c := range []struct {
		name string
		rows []enginetest.Line
		want [][]float64
	}{
		{"of both", []enginetest.Line{{"A", "2026-Q1", "1"}, {"B", "2026-Q1", "1"}}, [][]float64{{0}, {0}}},
		{"of one, and of others", []enginetest.Line{{"A", "2026-Q1", "1"}, {"C", "2026-Q1", "1"}}, [][]float64{{0}, {0}}},
		{"a line without its number beside a good one", []enginetest.Line{{"A", "2026-Q1", "1"}, {"A", "2025-Q4", "-"}}, [][]float64{{0}, {0}}},
		{"a line without its number", []enginetest.Line{{"A", "2026-Q1", "-"}, {"B", "2026-Q1", "1"}}, [][]float64{{1}, {0}}},
		{"a total below the lines", []enginetest.Line{{"A", "2026-Q1", "1"}, {"-", "2026-Q1", "2"}}, [][]float64{{0}, {1}}},
		{"of nobody here", []enginetest.Line{{"C", "2026-Q1", "1"}}, [][]float64{{1}, {1}}},
		{"without a line", nil, [][]float64{{1}, {1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := enginetest.Rows(t, "prescribing_items", enginetest.Line{"practice_id", "quarter", "items"}, c.rows...)
			got := sharesNamed(t, Options{Jobs: 2}, []string{"prescribing_items_unusable"}, extract.InMemory("x", patients, list), "prescribing_items.items")
			require.Equal(t, c.want, got)
		})
	}
}
