package analyzer

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/run"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// catalogue makes rules of texts, with one definition.
func catalogue(t *testing.T, sources map[string]expr.Source) *rules.Catalogue {
	t.Helper()
	patients := schema.Lookup("patients")
	definitions := []expr.Definition{{Name: "registered", Table: patients, File: "definitions.yaml", Alternatives: []expr.Alternative{
		{Text: `registrations.exists(r, is_true(r.start_date <= as_of)) && !is_true(is_dummy)`, Optional: []string{"is_dummy"}},
		{Text: `!is_true(is_dummy)`, Optional: []string{"is_dummy"}, Note: "no registrations: every patient counts as registered"},
	}}}
	lists := map[string]*expr.Codelist{"none": {Name: "none"}}
	language, err := expr.NewLanguage(definitions, lists)
	require.NoError(t, err)
	c := &rules.Catalogue{Language: language, Definitions: definitions, Lists: lists}
	for _, id := range []string{"a/sex", "b/dose", "c/listed", "d/declared", "e/days"} {
		s, ok := sources[id]
		r := &rules.Rule{ID: id, Table: s.Table}
		if ok {
			r.Checked, err = language.Check(s)
			require.NoError(t, err)
		}
		c.Rules = append(c.Rules, r)
	}
	return c
}

func TestCheck(t *testing.T) {
	patients, medications, practice := schema.Lookup("patients"), schema.Lookup("medications"), schema.Lookup("practice")
	c := catalogue(t, map[string]expr.Source{
		"a/sex":    {Table: patients, Where: "registered", Expect: `sex in ["M", "F"]`},
		"b/dose":   {Table: medications, Where: "patient.registered", Expect: `dosage_state == "stated"`},
		"c/listed": {Table: medications, Where: `dmd_code in codelist("none")`},
		"e/days":   {Table: practice, Where: "true", Value: "patients.count(p, p.registered) * 2"},
	})
	asOf := enginetest.Day("2026-03-31")
	tables := enginetest.Clinic(t)
	out, err := Check(context.Background(), extract.InMemory("x", tables...), c, run.Options{AsOf: &asOf, Jobs: 2})
	require.NoError(t, err)
	require.Equal(t, []string{"a/sex", "b/dose", "c/listed", "e/days"}, out.State.Rules, "what is only declared is not run")
	require.Equal(t, map[string][]string{"b/dose": {"medications.dosage_state"}, "c/listed": {`codelist "none"`}}, out.Missing)
	require.Equal(t, []string{"no registrations: every patient counts as registered"}, out.Notes["a/sex"])
	p := out.State.Practices[0]
	require.EqualValues(t, 4, p.Registered)
	require.Equal(t, state.Tally{Denominator: 4, Numerator: 2, Unknown: 2}, p.Tallies[0])
	require.True(t, p.Tallies[1].Missing)
	require.True(t, p.Tallies[2].Missing)
	require.True(t, p.Tallies[3].HasValue)
	require.EqualValues(t, 8, p.Tallies[3].Value)

	tables = append(tables, enginetest.Rows(t, "registrations", enginetest.Line{"patient_id", "start_date"}, enginetest.Line{"ann", "2020-01-01"}, enginetest.Line{"bob", "2030-01-01"}, enginetest.Line{"cat", "-"}))
	out, err = Check(context.Background(), extract.InMemory("x", tables...), c, run.Options{AsOf: &asOf})
	require.NoError(t, err)
	require.EqualValues(t, 1, out.State.Practices[0].Registered)
	require.Empty(t, out.Notes["a/sex"])
}
