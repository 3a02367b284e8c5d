package run

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/exprtest"
	"paperlight/analyzer/expr/oracle"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// The engine agrees with CEL's own interpreter about every row of random
// extracts, under random rules, however the rows are divided and ordered.
func TestEngineAgreesWithTheInterpreter(t *testing.T) {
	seeds := 50
	if testing.Short() {
		seeds = 15
	}
	for seed := range seeds {
		compareWithOracle(t, uint64(seed))
	}
}

func FuzzEngineAgreesWithTheInterpreter(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed + 1000)
	}
	f.Fuzz(compareWithOracle)
}

const rulesAtOnce = 6

func compareWithOracle(t *testing.T, seed uint64) {
	language, err := exprtest.Language()
	require.NoError(t, err)
	g := exprtest.New(language, seed)
	data := g.Data()
	binding := g.Binding(data)
	graph := expr.NewGraph()
	var programs []plan.Program
	var checked []*expr.Checked
	var sources []expr.Source
	for range 4 * rulesAtOnce {
		s := g.Rule(binding)
		c, err := language.Check(s)
		if err != nil || len(programs) == rulesAtOnce {
			continue // the language refuses some shapes, with a reason
		}
		sources = append(sources, s)
		p, _ := plan.Lower(graph, binding, fmt.Sprintf("r/%d", len(sources)), s.Table, c)
		if p != nil {
			programs, checked = append(programs, *p), append(checked, c)
		}
	}
	require.NotEmpty(t, programs, "seed %d", seed)
	orders := rand.New(rand.NewPCG(seed, 7))
	for jobs := 1; jobs <= 2; jobs++ {
		x, order := divided(data, binding, orders)
		for i := range programs {
			programs[i].Listed = jobs == 2
		}
		run := runOracleData(t, x, data, binding, programs, jobs)
		for i := range programs {
			want, err := oracle.New(language, data).Eval(checked[i], binding)
			require.NoError(t, err, "seed %d", seed)
			label := fmt.Sprintf("seed %d, %d jobs, %s: where %q exclude %q expect %q value %q\n%v", seed, jobs, programs[i].Table.Name,
				sourceOf(sources, programs[i].ID).Where, sourceOf(sources, programs[i].ID).Exclude, sourceOf(sources, programs[i].ID).Expect,
				sourceOf(sources, programs[i].ID).Value, run.plan.Explain())
			compareVerdicts(t, label, run, &programs[i], want, order[programs[i].Table])
		}
	}
}

func sourceOf(sources []expr.Source, id string) expr.Source {
	var n int
	_, _ = fmt.Sscanf(id, "r/%d", &n)
	return sources[n-1]
}

func compareVerdicts(t *testing.T, label string, run *Run, p *plan.Program, want []oracle.Verdict, order []int) {
	t.Helper()
	got := make([]Verdict, len(want))
	err := Verdicts(context.Background(), run, []string{p.ID}, func(r Row) error {
		got[order[r.Position.Record-1]] = r.Verdict
		return nil
	})
	require.NoError(t, err, label)
	listed := make([]Verdict, len(want))
	err = FailingRows(context.Background(), run, []string{p.ID}, nil, func(r Row) error {
		listed[order[r.Position.Record-1]] = r.Verdict
		return nil
	})
	require.NoError(t, err, label)
	counts := map[string][5]int64{}
	for i, w := range want {
		v := verdictOf(p, w)
		require.Equal(t, v, got[i], "row %d of %s", i, label)
		if v != Failing && v != Unknown {
			v = Outside
		}
		require.Equal(t, v, listed[i], "row %d of the list of %s", i, label)
		v = got[i]
		c := counts[w.Practice]
		switch v {
		case Undetermined:
			c[4]++
		case Excluded:
			c[3]++
		case Numerator:
			c[0]++
			c[1]++
		case Failing:
			c[0]++
		case Unknown:
			c[0]++
			c[2]++
		}
		counts[w.Practice] = c
	}
	s := run.State(nil)
	at := 0
	for s.Rules[at] != p.ID {
		at++
	}
	for _, q := range s.Practices {
		c, y := counts[q.ID], q.Tallies[at]
		require.Equal(t, tally(c[0], c[1], c[2], c[3], c[4]), tally(y.Denominator, y.Numerator, y.Unknown, y.Excluded, y.Undetermined),
			"practice %s of %s", q.ID, label)
		require.Equal(t, daysOf(p, want, q), countedDays(&q, p.ID), "days of practice %s of %s", q.ID, label)
		for _, w := range want {
			if p.Value != nil && w.Practice == q.ID && w.Counted {
				require.Equal(t, w.HasValue, y.HasValue, label)
				if w.HasValue {
					require.InDelta(t, w.Value, y.Value, 0, label)
				}
			}
		}
	}
}

// daysOf are the days of the rows that the interpreter counts.
func daysOf(p *plan.Program, want []oracle.Verdict, q state.PracticeState) map[calendar.Day]int64 {
	out := map[calendar.Day]int64{}
	for _, w := range want {
		counted := !slices.Contains([]Verdict{Outside, Undetermined, Excluded}, verdictOf(p, w))
		if p.Date != nil && counted && w.HasDate && w.Practice == q.ID && w.Date <= q.AsOf && w.Date > q.AsOf-36525 {
			out[w.Date]++
		}
	}
	return out
}

func countedDays(q *state.PracticeState, rule string) map[calendar.Day]int64 {
	out := map[calendar.Day]int64{}
	for _, d := range q.Days {
		for _, c := range d.Counts {
			if d.Rule == rule {
				out[c.Day] += c.Count
			}
		}
	}
	return out
}

func verdictOf(p *plan.Program, w oracle.Verdict) Verdict {
	where := w.Where
	if p.Where.Op == expr.OpConst && p.Where.Value.Int != 0 && w.Counted {
		where = oracle.True
	}
	switch {
	case !w.Counted || where == oracle.False:
		return Outside
	case where == oracle.Unknown:
		return Undetermined
	case w.Exclude == oracle.True:
		return Excluded
	case p.Expect != nil && w.Expect == oracle.True:
		return Numerator
	case p.Expect != nil && w.Expect == oracle.Unknown:
		return Unknown
	}
	return Failing
}

// divided returns the data as an extract whose rows are shuffled and divided
// at random, and the place in the data of each row, by table.
func divided(data *oracle.Data, binding *expr.Binding, random *rand.Rand) (*extract.Extract, map[*schema.Table][]int) {
	return inMemory(data, binding, random, func(rows []oracle.Row) []int { return random.Perm(len(rows)) }, func(left int) (parts [][]int) {
		for left > 0 {
			var part []int
			for left > 0 && (len(part) == 0 || random.IntN(2) == 0) {
				n := 1 + random.IntN(left)
				part, left = append(part, n), left-n
			}
			parts = append(parts, part)
		}
		return parts
	})
}

// inMemory returns the data as an extract in an order and divided as parts says of
// so many rows, and the place in the data of each row, by table.
func inMemory(data *oracle.Data, binding *expr.Binding, random *rand.Rand, order func([]oracle.Row) []int, parts func(rows int) [][]int) (*extract.Extract, map[*schema.Table][]int) {
	places := map[*schema.Table][]int{}
	var tables []*extract.Memory
	for _, t := range schema.Tables {
		have, ok := data.Tables[t.Name]
		if !ok {
			continue
		}
		m := &extract.Memory{Schema: t, Dictionary: random.IntN(2) == 0}
		for _, c := range t.Columns {
			if !c.Virtual && binding.Supplies(c) {
				m.Columns = append(m.Columns, c)
			}
		}
		places[t] = order(have)
		if t.Name == "practice" { // a practice's record is its place by id
			slices.Sort(places[t])
		}
		for _, at := range places[t] {
			row := make([]extract.Cell, len(m.Columns))
			for i, c := range m.Columns {
				row[i] = memoryCell(have[at][c.Name])
			}
			m.Rows = append(m.Rows, row)
		}
		if m.Parts = parts(len(have)); m.Parts == nil {
			m.Parts = [][]int{}
		}
		tables = append(tables, m)
	}
	return extract.InMemory("data", tables...), places
}

func memoryCell(c oracle.Cell) extract.Cell {
	if c.Malformed {
		return extract.Cell{Malformed: true}
	}
	switch v := c.Value.(type) {
	case string:
		return extract.TextCell(v)
	case calendar.Day:
		return extract.IntCell(int64(v))
	case int64:
		return extract.IntCell(v)
	case float64:
		return extract.RealCell(v)
	case bool:
		return extract.BoolCell(v)
	}
	return extract.Cell{}
}

func runOracleData(t *testing.T, x *extract.Extract, data *oracle.Data, binding *expr.Binding, programs []plan.Program, jobs int) *Run {
	t.Helper()
	found, err := practices.Find(context.Background(), x, new(calendar.Day))
	require.NoError(t, err)
	for i := range found.List {
		q := &found.List[i]
		q.AsOf = data.AsOf[q.ID]
		if binding.AsOf != nil {
			q.AsOf = *binding.AsOf
		}
		for key, d := range data.Declarations[q.ID] {
			answer := rules.Declaration{Practice: q.ID, Key: key, Answer: d.Answer}
			if d.Date != nil {
				answer.Date, answer.HasDate = *d.Date, true
			}
			if d.Count != nil {
				answer.Count, answer.HasCount = *d.Count, true
			}
			found.Declarations = append(found.Declarations, answer)
		}
	}
	plan, err := plan.New(programs, x)
	require.NoError(t, err)
	run, err := New(context.Background(), plan, x, found, Options{Jobs: jobs})
	require.NoError(t, err)
	return run
}
