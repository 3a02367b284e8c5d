package expr_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

func TestLint(t *testing.T) {
	for _, c := range []struct {
		table, text string
		warns       []string // the name that the caret is under
	}{
		{"patients", `medications.exists(m, m.end_date > as_of)`, []string{"m.end_date"}},
		{"patients", `medications.count(m, !(m.end_date <= as_of)) > 3`, []string{"m.end_date"}},
		{"patients", `medications.exists(m, has(m.end_date) && m.end_date > as_of)`, nil},
		{"patients", `medications.exists(m, !has(m.end_date) || m.end_date > as_of)`, nil},
		{"patients", `medications.exists(m, has(m.end_date) ? m.end_date > as_of : true)`, nil},
		{"patients", `medications.exists(m, has(m.end_date) ? true : m.end_date > as_of)`, []string{"m.end_date"}},
		{"patients", `medications.exists(m, has(m.end_date) || m.end_date > as_of)`, []string{"m.end_date"}},
		{"patients", `medications.exists(m, has(m.start_date) && m.end_date - months(3) > as_of)`, []string{"m.end_date"}},
		{"patients", `!(has(death_date) && death_date < as_of)`, nil},
		{"patients", `is_true(death_date < as_of)`, nil},
		{"patients", `death_date < as_of && death_date > as_of - days(3)`, []string{"death_date"}},
		{"medications", `patient.death_date < as_of || end_date < as_of`, []string{"patient.death_date", "end_date"}},
		{"medications", `status == "active" && start_date < as_of`, nil},
		{"patients", `has(death_date) && !events.exists(e, e.event_date > death_date)`, nil},
		{"patients", `!events.exists(e, e.event_date > death_date)`, []string{"death_date"}},
		{"registrations", `has(patient.death_date) && start_date > patient.death_date`, nil},
	} {
		checked, err := language(t).Check(expr.Source{File: "r.md", Table: schema.Lookup(c.table), Where: c.text, WhereLine: 4})
		require.NoError(t, err)
		var under []string
		for _, w := range expr.Lint(checked) {
			require.Equal(t, 4, w.Line)
			for _, name := range c.warns {
				if len(c.text) >= w.Column-1+len(name) && c.text[w.Column-1:w.Column-1+len(name)] == name {
					under = append(under, name)
				}
			}
			require.Contains(t, w.Hint, "has("+under[len(under)-1]+") && ...")
		}
		require.Equal(t, c.warns, under, c.text)
	}
}

func TestWhereGuardsExpect(t *testing.T) {
	for where, warnings := range map[string]int{`has(death_date)`: 0, `registered && has(death_date)`: 0, `registered || has(death_date)`: 1, `!has(death_date)`: 1} {
		checked, err := language(t).Check(expr.Source{File: "r.md", Table: schema.Lookup("patients"), Where: where, Expect: `death_date <= as_of`})
		require.NoError(t, err)
		require.Len(t, expr.Lint(checked), warnings, where)
	}
}

func TestLintNamesTheColumn(t *testing.T) {
	checked, err := language(t).Check(expr.Source{File: "r.md", Table: schema.Lookup("allergies"), Where: "ended_date > as_of", WhereLine: 4})
	require.NoError(t, err)
	require.Equal(t, `r.md:4:1: most rows of allergies have no ended_date: for them this is unknown, neither true nor false
    ended_date > as_of
    ^
    hint: write has(ended_date) && ... where absent means no, !has(ended_date) || ... where absent means yes, or is_true(...)`, expr.Lint(checked)[0].Error())
}

func TestLintOfDefinitions(t *testing.T) {
	require.Empty(t, language(t).Lint())
	l, err := expr.NewLanguage([]expr.Definition{define("registrations", "current", "end_date > as_of", "has(end_date)")}, nil)
	require.NoError(t, err)
	require.Len(t, l.Lint(), 1)
	require.ErrorContains(t, l.Lint()[0], "definitions.yaml:7:1: most rows of registrations have no end_date")
}
