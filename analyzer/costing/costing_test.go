package costing

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// page is a rule over allergies.
func page(id, where, expect string) string {
	return "---\nid: " + id + "\ntitle: One\ndimension: completeness\ntable: allergies\nwhere: '" + where + "'\nexpect: '" + expect + "'\n" +
		"threshold: 90%\nthreshold_from: ours\npublished: false\nevidence: data\nowner: practice\nfix: none\n---\n## What it measures\n\nNothing.\n"
}

func catalogue(t *testing.T, pages map[string]string) *rules.Catalogue {
	t.Helper()
	files := fstest.MapFS{}
	for id, text := range pages {
		files[id+".md"] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := rules.Load(rules.Folder{FS: files})
	require.NoError(t, err)
	return c
}

// small is a practice of some patients with two allergies each.
func small() *extract.Extract {
	table := func(name string, columns []string, rows ...[]extract.Cell) *extract.Memory {
		m := &extract.Memory{Schema: schema.Lookup(name), Rows: rows}
		for _, c := range columns {
			m.Columns = append(m.Columns, m.Schema.Column(c))
		}
		return m
	}
	text, day := extract.TextCell, extract.IntCell
	var patients, allergies [][]extract.Cell
	for i := range 200 {
		id := strings.Repeat("p", i+1)
		patients = append(patients, []extract.Cell{text(id)})
		for range 2 {
			allergies = append(allergies, []extract.Cell{text(id + "-a"), text(id), text("x"), day(18000), text("severe")})
		}
	}
	return extract.InMemory("small",
		table("practice", []string{"practice_id", "extract_to"}, []extract.Cell{text("A"), day(20000)}),
		table("patients", []string{"patient_id"}, patients...),
		table("allergies", []string{"allergy_id", "patient_id", "code", "recorded_date", "severity"}, allergies...))
}

// bench measures with clocks of which every reading is a microsecond after
// the one before.
func bench(t *testing.T, pages map[string]string, leaveOut int) *Costs {
	t.Helper()
	now := int64(0)
	clock := func() int64 { now += 1000; return now }
	o := Options{Clock: clock, CPU: clock, Rounds: 3, LeaveOut: leaveOut}
	b, err := New(context.Background(), small(), catalogue(t, pages), o)
	require.NoError(t, err)
	c, err := b.Measure(context.Background(), true)
	require.NoError(t, err)
	return c
}

func TestCostsFollowWhatRulesUse(t *testing.T) {
	c := bench(t, map[string]string{
		// Both use the same where; b alone compares dates, and a looks at code
		// only. A tick is a step over the one batch: where, expect, the count.
		"set/a": page("set/a", "has(severity)", "has(code)"),
		"set/b": page("set/b", "has(severity)", "recorded_date <= as_of - months(2)"),
		"set/c": page("set/c", "has(reaction_code)", "has(code)"),
	}, 1)
	require.Equal(t, 3, c.Rounds)
	require.Equal(t, map[string][]string{"set/c": {"allergies.reaction_code"}}, c.Missing)
	require.Len(t, c.Costs, 2)
	a, b := c.Costs[0], c.Costs[1]
	require.Equal(t, []string{"set/a", "set/b"}, []string{a.Rule, b.Rule})
	for _, r := range c.Costs {
		require.Equal(t, "allergies", r.Table)
		require.EqualValues(t, 400, r.Rows)
		require.Len(t, r.Samples, 3)
		require.Greater(t, r.Row, r.LeftOut, "the shared condition is not saved")
		require.Positive(t, r.LeftOut)
	}
	require.Greater(t, b.Row, a.Row, "dates to shift and compare are more steps")
	// code is text: 4 bytes of offset and 1 of text; the others are words too.
	require.InDelta(t, 4+1+4+6, a.Bytes, 0.2)
	require.InDelta(t, 4+6+4, b.Bytes, 0.2)
	require.NotNil(t, b.Measured, "the rule that would save most was left out")
	require.Nil(t, a.Measured)
}

func TestCostsAddUp(t *testing.T) {
	c := bench(t, map[string]string{
		"set/a": page("set/a", "has(severity)", "has(code)"),
		"set/b": page("set/b", "has(severity)", "recorded_date <= as_of - months(2)"),
		"set/d": page("set/d", "has(recorded_date)", "severity == \"severe\" || has(code)"),
	}, 0)
	whole := c.Decode + c.Place + c.Rules
	rules := 0.0
	for _, r := range c.Costs {
		rules += r.Share * whole
		require.Nil(t, r.Measured)
	}
	require.InDelta(t, c.Rules, rules, c.Rules/1000, "no registrations, so that rules are all that is counted")
	decode, place, all := 0.0, 0.0, 0.0
	for _, table := range c.Tables {
		decode, place, all = decode+table.Decode, place+table.Place, all+table.Rules
	}
	require.InDelta(t, c.Decode, decode, 1)
	require.LessOrEqual(t, place, c.Place)
	require.InDelta(t, c.Rules, all, 1)
	require.Empty(t, c.Tables[0].DecodeSamples, "nothing is read of it")
	for _, table := range c.Tables[1:] {
		require.Len(t, table.DecodeSamples, c.Rounds, table.Table)
		require.Len(t, table.PlaceSamples, c.Rounds, table.Table)
		require.Positive(t, median(table.DecodeSamples), table.Table)
	}
	require.Equal(t, []string{"practice", "patients", "allergies"}, []string{c.Tables[0].Table, c.Tables[1].Table, c.Tables[2].Table})
	require.EqualValues(t, []int64{1, 200, 400}, []int64{c.Tables[0].Rows, c.Tables[1].Rows, c.Tables[2].Rows})
}

func TestWhatStandsOutIsCutOff(t *testing.T) {
	s := &samples{spans: nil, calibration: []float64{10, 10, 10, 20, 10},
		nanoseconds: [][]float64{{1000, 50}, {1000, 50}, {90_000, 60}, {2000, 90}, {1100, 5000}}}
	s.spans = append(s.spans, make([]analyzer.Span, 2)...)
	s.cut()
	require.Equal(t, [][]float64{{1000, 50}, {1000, 50}, {2100, 60}, {2000, 90}, {1100, 200}}, s.nanoseconds)
}

func TestMeasuringLeavesTheCountsAsTheyAre(t *testing.T) {
	now := int64(0)
	clock := func() int64 { now += 1000; return now }
	b, err := New(context.Background(), small(), catalogue(t, map[string]string{"set/a": page("set/a", "has(severity)", "has(code)")}), Options{Clock: clock, CPU: clock, Rounds: 3})
	require.NoError(t, err)
	plain, err := b.run(context.Background(), b.plan, nil)
	require.NoError(t, err)
	metered, err := b.run(context.Background(), b.plan, &b.meter)
	require.NoError(t, err)
	require.Equal(t, plain.State(nil), metered.State(nil))
	require.EqualValues(t, 400, plain.State(nil).Practices[0].Tallies[0].Numerator)
	total := int64(0)
	for _, s := range b.meter.Spans {
		total += s.Nanoseconds
	}
	require.EqualValues(t, 1000*len(b.meter.Spans), total, "spans follow each other without a gap")
}

func TestNewRefusesMoreMemoryThanAllowed(t *testing.T) {
	clock := func() int64 { return 0 }
	_, err := New(context.Background(), small(), catalogue(t, map[string]string{"set/a": page("set/a", "has(severity)", "has(code)")}),
		Options{Clock: clock, CPU: clock, Rounds: 3, MemoryLimit: 100})
	var limit *extract.LimitError
	require.ErrorAs(t, err, &limit)
}
