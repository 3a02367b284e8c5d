package expr_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/exprtest"
	"paperlight/analyzer/schema"
	"paperlight/internal/fixture"
)

// supplied is a binding to an extract that lacks just the columns and tables
// named.
func supplied(lacks ...string) *expr.Binding {
	absent := map[string]bool{}
	for _, name := range lacks {
		absent[name] = true
	}
	return &expr.Binding{
		Supplies: func(c *schema.Column) bool { return !absent[c.String()] && !absent[c.Table.Name] },
		HasTable: func(t *schema.Table) bool { return !absent[t.Name] },
		Lists:    exprtest.Lists(), Prevalence: exprtest.Prevalence(),
	}
}

func onDay(b *expr.Binding, day string) *expr.Binding {
	d, ok := calendar.Parse(day)
	if !ok {
		panic("not a day: " + day)
	}
	b.AsOf = &d
	return b
}

func language(t *testing.T) *expr.Language {
	t.Helper()
	l, err := exprtest.Language()
	require.NoError(t, err)
	return l
}

// lower lowers one condition.
func lower(t *testing.T, table, text string, b *expr.Binding) *expr.Lowered {
	t.Helper()
	return lowerRule(t, expr.Source{Table: schema.Lookup(table), Where: text}, b)
}

func lowerRule(t *testing.T, s expr.Source, b *expr.Binding) *expr.Lowered {
	t.Helper()
	s.File = "r.md"
	checked, err := language(t).Check(s)
	require.NoError(t, err)
	return checked.Lower(expr.NewGraph(), b)
}

func TestLowered(t *testing.T) {
	const file = "testdata/lowered.txt"
	golden, err := os.ReadFile(file)
	require.NoError(t, err)
	var out strings.Builder
	for line := range strings.Lines(string(golden)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue
		}
		out.WriteString(line + "\n")
		table, text, ok := strings.Cut(line, ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		each := lower(t, table, text, supplied())
		require.Empty(t, each.Missing, text)
		out.WriteString("  = " + each.Where.String() + "\n")
		all := lower(t, table, text, onDay(supplied(), "2026-03-31"))
		if all.Where.String() != each.Where.String() {
			out.WriteString("  @ " + all.Where.String() + "\n")
		}
	}
	fixture.Golden(t, file, []byte(out.String()))
}

func TestEqualConditionsMeetInOneNode(t *testing.T) {
	l, g := language(t), expr.NewGraph()
	node := func(table, text string) *expr.Node {
		checked, err := l.Check(expr.Source{File: "r.md", Table: schema.Lookup(table), Where: text})
		require.NoError(t, err)
		return checked.Lower(g, supplied()).Where
	}
	for _, same := range [][3]string{
		{"patients", `sex == "M" && is_dummy`, `is_dummy && "M" == sex`},
		{"patients", `!(sex != "M")`, `sex in ["M"]`},
		{"patients", `birth_date <= as_of`, `!(birth_date > as_of)`},
		{"patients", `birth_date <= as_of`, `as_of >= birth_date`},
		{"patients", `medications.all(m, m.active_repeat)`, `!medications.exists(x, !x.active_repeat)`},
		{"patients", `medications.size() > 0`, `medications.count(m, true) > 0`},
		{"patients", `medications.count(m, m.is_appliance) > 0`, `medications.count(m, is_true(m.is_appliance)) > 0`},
		{"patients", `is_dummy || (is_deceased || has(sex))`, `(has(sex) || is_dummy) || is_deceased || is_dummy`},
		{"patients", `is_dummy == false`, `!is_dummy`},
		{"patients", `is_dummy ? has(sex) : false`, `!is_dummy ? false : has(sex)`},
		{"medications", `patient.sex == "M" && patient.is_dummy && status == "active"`, `status == "active" && (patient.is_dummy && patient.sex == "M")`},
	} {
		require.Same(t, node(same[0], same[1]), node(same[0], same[2]), "%s and %s", same[1], same[2])
	}
	require.NotSame(t, node("patients", `sex in ["M", "F"]`), node("patients", `sex in ["M", "I"]`))
	require.NotSame(t, node("patients", `sex.startsWith("M")`), node("patients", `sex.endsWith("M")`))
	require.NotSame(t, node("patients", `birth_date + days(1) < as_of`), node("patients", `birth_date + months(1) < as_of`))
}

// A presence test over a relation sees the row that is missing, even where
// every row there has the value.
func TestMissingRowsAreSeen(t *testing.T) {
	g := expr.NewGraph()
	patient := schema.Lookup("events").Walk("patient")
	practice := schema.Lookup("patients").Walk("practice")
	asOf := g.Gather(practice, g.AsOf())
	require.False(t, asOf.MaybeUnknown)
	far := g.Gather(patient, asOf)
	require.True(t, far.MaybeUnknown, "an orphan's patient has no as-of date")
	require.Equal(t, "patient>practice>present(as_of)", g.Present(far).String())
	recent := g.Strict(expr.OpLt, schema.Bool, far, g.Const(expr.Value{Type: schema.Date}))
	require.True(t, recent.MaybeUnknown)
	require.NotEqual(t, expr.OpConst, g.And(recent, g.Not(recent)).Op, "unknown where the row is missing")

	own := g.Gather(schema.Lookup("events").Walk("practice"), g.AsOf())
	require.False(t, own.MaybeUnknown, "a row that counts has a practice")
	any := g.Gather(patient, g.Aggregate(expr.OpExists, schema.Lookup("patients").Walk("events"), g.Bool(true)))
	require.False(t, any.MaybeUnknown, "a missing patient has no events")
}

func TestContradictionsFold(t *testing.T) {
	require.Equal(t, "false", lower(t, "patients", `has(sex) && !has(sex)`, supplied()).Where.String())
	require.Equal(t, "true", lower(t, "patients", `has(sex) || !has(sex)`, supplied()).Where.String())
	require.Equal(t, "and(patients.is_dummy, not(patients.is_dummy))", lower(t, "patients", `is_dummy && !is_dummy`, supplied()).Where.String(),
		"unknown where is_dummy is, so not false")
}

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		name    string
		source  expr.Source
		lacks   []string
		missing []string
		where   string
	}{
		{name: "a column", source: expr.Source{Where: `sex == "M" && has(birth_date)`}, lacks: []string{"patients.sex", "patients.birth_date"}, missing: []string{"patients.birth_date", "patients.sex"}},
		{name: "a table by its name alone", source: expr.Source{Where: `medications.exists(m, m.status == "active")`}, lacks: []string{"medications"}, missing: []string{"medications"}},
		{name: "the rule's own table", source: expr.Source{Table: schema.Lookup("events"), Where: `true`}, lacks: []string{"events"}, missing: []string{"events"}},
		{name: "through a definition", source: expr.Source{Where: `on_repeat`}, lacks: []string{"medications.status"}, missing: []string{"medications.status"}},
		{name: "a step by id", source: expr.Source{Table: schema.Lookup("medications"), Where: `has(indication)`}, lacks: []string{"medications.indication_problem_id"}, missing: []string{"medications.indication_problem_id"}},
		{name: "of expect", source: expr.Source{Where: `true`, Expect: `has(sex)`}, lacks: []string{"patients.sex"}, missing: []string{"patients.sex"}},
		{name: "not of exclude", source: expr.Source{Where: `has(birth_date)`, Exclude: `sex == "M" || medications.exists(m, true)`}, lacks: []string{"patients.sex", "medications"}, where: "present(patients.birth_date)"},
		{name: "of exclude where expect reads it too", source: expr.Source{Where: `true`, Exclude: `sex == "M"`, Expect: `sex == "F"`}, lacks: []string{"patients.sex"}, missing: []string{"patients.sex"}},
		{name: "optional column", source: expr.Source{Where: `!has(sex) || birth_year == 2000`, Optional: []string{"sex"}}, lacks: []string{"patients.sex"}, where: "true"},
		{name: "optional column of another table", source: expr.Source{Where: `medications.exists(m, has(m.status))`, Optional: []string{"medications.status"}}, lacks: []string{"medications.status"}, where: "false"},
		{name: "optional table", source: expr.Source{Where: `medications.all(m, m.active_repeat)`, Optional: []string{"medications"}}, lacks: []string{"medications"}, where: "true"},
		{name: "optional far row", source: expr.Source{Table: schema.Lookup("medications"), Where: `has(indication) || has(dmd_code)`, Optional: []string{"problems"}}, lacks: []string{"problems"}, where: "present(medications.dmd_code)"},
		{name: "one of two", source: expr.Source{Where: `has(birth_date) || has(birth_year)`, OneOf: [][]string{{"birth_date", "birth_year"}}}, lacks: []string{"patients.birth_date"}, where: "present(patients.birth_year)"},
		{name: "none of two", source: expr.Source{Where: `has(birth_date) || has(birth_year)`, OneOf: [][]string{{"birth_date", "birth_year"}}}, lacks: []string{"patients.birth_date", "patients.birth_year"}, missing: []string{"patients.birth_date or patients.birth_year"}},
		{name: "one of two tables", source: expr.Source{Where: `events.size() + issues.size() > 0`, OneOf: [][]string{{"events", "issues"}}}, lacks: []string{"events"}, where: "lt(0, add(0, count(patients.issues: true)))"},
		{name: "a column of one of two tables that are there", source: expr.Source{Where: `events.exists(e, has(e.event_date)) || issues.size() > 0`, OneOf: [][]string{{"events", "issues"}}}, lacks: []string{"events.event_date"}, missing: []string{"events.event_date"}},
		{name: "a column of the one table that is there", source: expr.Source{Where: `events.exists(e, has(e.event_date)) || issues.size() > 0`, OneOf: [][]string{{"events", "issues"}}}, lacks: []string{"issues", "events.event_date"}, missing: []string{"events.event_date"}},
		{name: "a column of a table beside a column that is there", source: expr.Source{Where: `has(sex) || issues.exists(i, has(i.issue_date))`, OneOf: [][]string{{"sex", "issues"}}}, lacks: []string{"issues.issue_date"}, missing: []string{"issues.issue_date"}},
		{name: "neither of two tables", source: expr.Source{Where: `events.size() + issues.size() > 0`, OneOf: [][]string{{"events", "issues"}}}, lacks: []string{"events", "issues"}, missing: []string{"events or issues"}},
		{name: "a column of an optional table that is there", source: expr.Source{Where: `medications.all(m, has(m.status))`, Optional: []string{"medications"}}, lacks: []string{"medications.status"}, missing: []string{"medications.status"}},
		{name: "malformed cells of an absent column", source: expr.Source{Where: `malformed(sex)`, Optional: []string{"sex"}}, lacks: []string{"patients.sex"}, where: "false"},
		{name: "an optional column of a definition", source: expr.Source{Where: `deceased`}, lacks: []string{"patients.is_deceased"}, where: "is_true(not(lt(practice>as_of, patients.death_date)))"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.source.Table == nil {
				c.source.Table = schema.Lookup("patients")
			}
			got := lowerRule(t, c.source, supplied(c.lacks...))
			require.Equal(t, c.missing, got.Missing)
			if len(c.missing) > 0 {
				require.Nil(t, got.Where)
				return
			}
			require.Equal(t, c.where, got.Where.String())
		})
	}
}

func TestUnexpectedPrevalenceIsMissing(t *testing.T) {
	b := supplied()
	b.Prevalence = map[string]float64{"rare": 0}
	require.Equal(t, []string{`prevalence "diabetes"`}, lower(t, "practice", `prevalence("diabetes") > prevalence("rare")`, b).Missing)
}

// What the extract lacks of an optional list is an empty list.
func TestDaysOfAbsentLists(t *testing.T) {
	const either = `either_days(consultations.days(c, true, c.consultation_date, 364), issues.days(i, true, i.issue_date, 364))`
	rule := expr.Source{Table: schema.Lookup("practice"), Where: "weeks_with(" + either + ") > 3 && longest_gap(" + either + ") < 9",
		OneOf: [][]string{{"consultations", "issues"}}}
	one := lowerRule(t, rule, supplied("issues")).Where.String()
	require.NotContains(t, one, "issues")
	require.Contains(t, one, "weeks_with(days(practice.consultations: true, ")
	rule.OneOf, rule.Optional = nil, []string{"consultations", "issues"}
	require.Equal(t, "false", lowerRule(t, rule, supplied("issues", "consultations")).Where.String(), "no weeks, and a gap of 364 days")
	rule.Optional = nil
	require.Equal(t, []string{"issues"}, lowerRule(t, rule, supplied("issues")).Missing)
}

func TestEmptyCodelistIsMissing(t *testing.T) {
	b := supplied()
	b.Lists = map[string]*expr.Codelist{
		"one":     {Name: "one", Codes: map[string][]string{"sct": nil}},
		"several": {Name: "several", Codes: map[string][]string{"sct": {"73211009"}}},
	}
	require.Equal(t, []string{`codelist "one"`}, lower(t, "events", `coded("one") || coded("several")`, b).Missing)
	require.Equal(t, []string{`codelist "several"`}, lower(t, "medications", `dmd_code in codelist("several")`, b).Missing, "it has no dm+d code")
	require.Empty(t, lower(t, "allergies", `agent_code in codelist("several")`, b).Missing)
}

func TestAlternativesFollowTheExtract(t *testing.T) {
	l, err := expr.NewLanguage([]expr.Definition{{
		Name: "age", Table: schema.Lookup("patients"), File: "definitions.yaml",
		Alternatives: []expr.Alternative{
			{Text: `years_between(birth_date, as_of)`, Note: "to the day"},
			{Text: `year(as_of) - birth_year`, Note: "to the year"},
		},
	}, {
		Name: "adult", Table: schema.Lookup("patients"), File: "definitions.yaml", Alternatives: []expr.Alternative{{Text: `age >= 18`}},
	}}, nil)
	require.NoError(t, err)
	checked, err := l.Check(expr.Source{File: "r.md", Table: schema.Lookup("medications"), Where: `patient.adult`})
	require.NoError(t, err)
	for _, c := range []struct {
		lacks   []string
		missing []string
		notes   []string
	}{
		{nil, nil, []string{"to the day"}},
		{[]string{"patients.birth_date"}, nil, []string{"to the year"}},
		{[]string{"patients.birth_date", "patients.birth_year"}, []string{"patients.birth_date"}, nil},
	} {
		got := checked.Lower(expr.NewGraph(), supplied(c.lacks...))
		require.Equal(t, c.missing, got.Missing)
		require.Equal(t, c.notes, got.Notes)
	}
}
