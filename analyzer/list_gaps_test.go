package analyzer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/internal/run"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// listed makes a catalogue of one rule that reads code lists.
func listed(t *testing.T, s expr.Source) *rules.Catalogue {
	t.Helper()
	definitions := []expr.Definition{
		{Name: "registered", Table: schema.Lookup("patients"), Alternatives: []expr.Alternative{
			{Text: `registrations.exists(r, r.start_date <= as_of)`}, {Text: `!is_true(is_dummy)`}}},
		{Name: "none_known", Table: schema.Lookup("allergies"), Alternatives: []expr.Alternative{
			{Text: `category == "none_known" || is_true(coded("old"))`, Optional: []string{"code", "code_system"}}}},
		{Name: "lately", Table: schema.Lookup("events"), Alternatives: []expr.Alternative{{Text: `event_date >= as_of - days(90) && event_date <= as_of`}}},
	}
	lists := map[string]*expr.Codelist{
		"new":  {Name: "new", Codes: map[string][]string{"sct": {"1"}}, Covers: []string{"sct"}},
		"old":  {Name: "old", Codes: map[string][]string{"read2": {"A...."}, "ctv3": {"B...."}}, Covers: []string{"read2"}},
		"more": {Name: "more", Codes: map[string][]string{"ctv3": {"X1"}}, Covers: []string{"ctv3"}, Supplements: "new"},
	}
	language, err := expr.NewLanguage(definitions, lists)
	require.NoError(t, err)
	checked, err := language.Check(s)
	require.NoError(t, err)
	return &rules.Catalogue{Language: language, Definitions: definitions, Lists: lists,
		Rules: []*rules.Rule{{ID: "r/one", Table: s.Table, Checked: checked, Source: s}}}
}

func gapsOf(t *testing.T, c *rules.Catalogue, jobs int, tables ...*extract.Memory) []state.Gap {
	t.Helper()
	asOf := enginetest.Day("2026-03-31")
	out, err := Check(context.Background(), extract.InMemory("x", tables...), c, run.Options{AsOf: &asOf, Jobs: jobs})
	require.NoError(t, err)
	require.Empty(t, out.Missing)
	require.Len(t, out.State.Practices, 1)
	require.Len(t, out.State.Practices[0].Tallies, len(out.State.Rules), "what is counted of lists is no rule")
	return out.State.Practices[0].Gaps
}

func gap(list string, use int, coded int64, systems ...any) state.Gap {
	g := state.Gap{Rule: "r/one", List: list, Use: use, Coded: coded}
	for i := 0; i < len(systems); i += 2 {
		g.Systems = append(g.Systems, state.SystemCount{System: systems[i].(string), Rows: int64(systems[i+1].(int))})
	}
	return g
}

func noted(g state.Gap) state.Gap { g.Noted = true; return g }

// What is counted follows from the condition: which rows, of which days, and
// whether what is not found decides who passes.
func TestRowsThatCodeListsMiss(t *testing.T) {
	tables := func() []*extract.Memory {
		return []*extract.Memory{
			enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "is_dummy"}, enginetest.Line{"ann", "-"}, enginetest.Line{"bob", "-"}),
			enginetest.Rows(t, "registrations", enginetest.Line{"patient_id", "start_date"}, enginetest.Line{"ann", "2020-01-01"}),
			enginetest.Rows(t, "events", enginetest.Line{"patient_id", "code", "code_system", "event_date"},
				enginetest.Line{"ann", "1", "sct", "2026-03-01"}, enginetest.Line{"ann", "2", "sct", "2025-01-01"}, enginetest.Line{"ann", "A....", "read2", "2026-03-01"},
				enginetest.Line{"ann", "A....", "read2", "2001-03-01"}, enginetest.Line{"ann", "A....", "read2", "-"}, enginetest.Line{"ann", "X1", "ctv3", "2010-03-01"},
				enginetest.Line{"ann", "9", "local", "2026-03-01"}, enginetest.Line{"ann", "-", "read2", "2026-03-01"}, enginetest.Line{"ann", "9", "-", "2026-03-01"},
				enginetest.Line{"ann", "A....", "read2", "2027-03-01"}, enginetest.Line{"bob", "A....", "read2", "2026-03-01"}, enginetest.Line{"zoe", "A....", "read2", "2026-03-01"}),
			enginetest.Rows(t, "allergies", enginetest.Line{"patient_id", "code", "code_system", "category"},
				enginetest.Line{"ann", "1", "sct", "none_known"}, enginetest.Line{"ann", "1", "sct", "drug"}, enginetest.Line{"ann", "1", "sct", "-"}, enginetest.Line{"ann", "77", "dmd", "-"}, enginetest.Line{"ann", "A....", "read2", "-"}),
		}
	}
	patients, events, practice := schema.Lookup("patients"), schema.Lookup("events"), schema.Lookup("practice")
	for name, test := range map[string]struct {
		source expr.Source
		want   []state.Gap
	}{
		"all days up to the as-of date, undated rows too": {
			expr.Source{Table: patients, Where: "registered", Expect: `events.exists(e, has(e.code) && e in codelist("new"))`},
			[]state.Gap{gap("new", 0, 6, "read2", 3, "ctv3", 1)}},
		"the window": {
			expr.Source{Table: patients, Where: "registered", Expect: `events.exists(e, e in codelist("new") && e.event_date >= as_of - months(3) && e.event_date <= as_of)`},
			[]state.Gap{gap("new", 0, 2, "read2", 1)}},
		"a window in a definition, and one that begins on a fixed day": {
			expr.Source{Table: patients, Where: "registered", Expect: `events.exists(e, e.lately && e in codelist("new")) || events.exists(e, (e in codelist("old")) && is_true(e.event_date > date("2005-01-01")))`},
			[]state.Gap{gap("new", 0, 2, "read2", 1), gap("old", 1, 5, "sct", 2, "ctv3", 1)}},
		"bounds in an alternative bind that alone": {
			expr.Source{Table: patients, Expect: `events.exists(e, e in codelist("new") || (e in codelist("old") && e.event_date >= date("2026-01-01")))`},
			[]state.Gap{gap("new", 0, 6, "read2", 3, "ctv3", 1), gap("old", 1, 3, "sct", 1)}},
		"the rows of the rule": {
			expr.Source{Table: events, Where: `event_date >= date("2005-01-01") && event_date <= as_of`, Expect: `!coded("new")`},
			[]state.Gap{gap("new", 0, 4, "read2", 1, "ctv3", 1)}},
		"the latest rows": {
			expr.Source{Table: patients, Expect: `events.latest(e, e.event_date <= as_of, e.event_date).exists(e, e in codelist("new"))`},
			[]state.Gap{gap("new", 0, 5, "read2", 2, "ctv3", 1)}},
		"what excludes is noted": {
			expr.Source{Table: patients, Where: `registered && !events.exists(e, e in codelist("new"))`, Exclude: `events.exists(e, e in codelist("old"))`},
			[]state.Gap{noted(gap("new", 0, 6, "read2", 3, "ctv3", 1)), noted(gap("old", 1, 6, "sct", 2, "ctv3", 1))}},
		"what includes decides, however it is written": {
			expr.Source{Table: patients, Where: `!(events.count(e, e in codelist("new")) < 2)`, Exclude: `!events.exists(e, e in codelist("old"))`},
			[]state.Gap{gap("new", 0, 6, "read2", 3, "ctv3", 1), gap("old", 1, 6, "sct", 2, "ctv3", 1)}},
		"a later entry that takes back is noted": {
			expr.Source{Table: patients, Where: `!is_true(events.latest_date(e, e in codelist("new"), e.event_date) >= events.latest_date(e, e.lately, e.event_date))`},
			[]state.Gap{noted(gap("new", 0, 6, "read2", 3, "ctv3", 1))}},
		"a list that adds to another": {
			expr.Source{Table: patients, Expect: `events.exists(e, e in codelist("new")) || events.exists(e, e in codelist("more"))`},
			[]state.Gap{gap("new", 0, 6, "read2", 3, "ctv3", 1), noted(gap("more", 1, 6, "sct", 2, "read2", 3))}},
		"the same list alone": {
			expr.Source{Table: patients, Expect: `events.exists(e, e in codelist("more"))`},
			[]state.Gap{gap("more", 0, 6, "sct", 2, "read2", 3)}},
		"a look at the practice is none beside another use": {
			expr.Source{Table: patients, Where: `practice.events.exists(e, e in codelist("new"))`, Expect: `events.exists(e, e in codelist("new") && e.lately)`},
			[]state.Gap{gap("new", 0, 2, "read2", 1)}},
		"and one without": {
			expr.Source{Table: patients, Where: `practice.events.exists(e, e in codelist("new"))`},
			[]state.Gap{gap("new", 0, 6, "read2", 3, "ctv3", 1)}},
		"a value of the practice": {
			expr.Source{Table: practice, Value: `patients.count(p, p.events.exists(e, e in codelist("new"))) * 2`},
			[]state.Gap{gap("new", 0, 6, "read2", 3, "ctv3", 1)}},
		"rows that another column tells of": {
			expr.Source{Table: patients, Expect: `allergies.exists(a, a.none_known)`},
			[]state.Gap{gap("old", 0, 5, "sct", 1, "dmd", 1)}},
		"and where the code must be there": {
			expr.Source{Table: patients, Expect: `allergies.exists(a, a.category == "none_known" || a in codelist("old"))`},
			[]state.Gap{gap("old", 0, 5, "sct", 2, "dmd", 1)}},
		"a list that covers SNOMED CT covers dm+d": {
			expr.Source{Table: patients, Expect: `allergies.exists(a, a in codelist("new"))`},
			[]state.Gap{gap("new", 0, 5, "read2", 1)}},
		"no list": {expr.Source{Table: patients, Expect: `events.exists(e, e.code == "1")`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, gapsOf(t, listed(t, test.source), 2, tables()...))
		})
	}
}

// Counts are what a plain count over the rows gives, whatever the order of the
// rows and the number of workers; equal counts are made once.
func TestCodedRowsAreCountedAsByHand(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	c := listed(t, expr.Source{Table: schema.Lookup("patients"), Where: "registered",
		Expect: `events.exists(e, e in codelist("new") && e.event_date >= as_of - years(1) && e.event_date <= as_of) && events.exists(e, e in codelist("old") && e.event_date <= as_of && as_of - years(1) <= e.event_date)`})
	people, registered := [][]string{}, [][]string{}
	for i := range 300 {
		people = append(people, enginetest.Line{fmt.Sprint("p", i), "-"})
		registered = append(registered, enginetest.Line{fmt.Sprint("p", i), []string{"2020-01-01", "2027-01-01"}[i%2]})
	}
	var events [][]string
	var coded int64
	by := map[string]int64{}
	for range 9000 {
		p, back := r.IntN(330), r.IntN(800)-30
		system := []string{"sct", "sct", "read2", "ctv3", "local", "-"}[r.IntN(6)]
		code := []string{"1", "A....", "-"}[r.IntN(3)]
		date := (enginetest.Day("2026-03-31") - calendar.Day(back)).String()
		events = append(events, enginetest.Line{fmt.Sprint("p", p), code, system, date})
		if p < 300 && p%2 == 0 && back >= 0 && date >= "2025-03-31" && code != "-" && system != "local" && system != "-" {
			coded++
			by[system]++
		}
	}
	want := []state.Gap{gap("new", 0, coded, "read2", int(by["read2"]), "ctv3", int(by["ctv3"])), gap("old", 1, coded, "sct", int(by["sct"]), "ctv3", int(by["ctv3"]))}
	for jobs := 1; jobs <= 3; jobs++ {
		r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		require.Equal(t, want, gapsOf(t, c, jobs,
			enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "is_dummy"}, people...), enginetest.Rows(t, "registrations", enginetest.Line{"patient_id", "start_date"}, registered...),
			enginetest.Rows(t, "events", enginetest.Line{"patient_id", "code", "code_system", "event_date"}, events...)))
	}
	x := extract.InMemory("x", enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "is_dummy"}), enginetest.Rows(t, "registrations", enginetest.Line{"patient_id", "start_date"}),
		enginetest.Rows(t, "events", enginetest.Line{"patient_id", "code", "code_system", "event_date"}))
	asOf := enginetest.Day("2026-03-31")
	practices, err := practices.Find(context.Background(), x, &asOf)
	require.NoError(t, err)
	programs, _, err := Programs(x, c, practices)
	require.NoError(t, err)
	require.Len(t, programs, 2+3, "the rule, the registered, and one for each system")
}

func TestTablesWithoutRowsOrSystemsSayNothing(t *testing.T) {
	c := listed(t, expr.Source{Table: schema.Lookup("patients"), Expect: `events.exists(e, e in codelist("new"))`, Optional: []string{"events.code_system", "events"}})
	people := enginetest.Rows(t, "patients", enginetest.Line{"patient_id", "is_dummy"}, enginetest.Line{"ann", "-"})
	require.Empty(t, gapsOf(t, c, 1, people), "no such table")
	require.Empty(t, gapsOf(t, c, 1, people, enginetest.Rows(t, "events", enginetest.Line{"patient_id", "code"}, enginetest.Line{"ann", "1"})), "no such column")
	require.Empty(t, gapsOf(t, c, 1, people, enginetest.Rows(t, "events", enginetest.Line{"patient_id", "code", "code_system"})), "no row")
	require.NotEmpty(t, gapsOf(t, c, 1, people, enginetest.Rows(t, "events", enginetest.Line{"patient_id", "code", "code_system"}, enginetest.Line{"ann", "1", "read2"})),
		"where nobody can be told to be registered, all count")
}
