package analyzer

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/enginetest"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/practices"
	"paperlight/analyzer/schema"
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
	asOf := int32(enginetest.Day("2026-03-31"))
	tables := enginetest.Clinic(t)
	out, err := Check(context.Background(), extract.InMemory("x", tables...), c, Options{AsOf: &asOf, Jobs: 2})
	require.NoError(t, err)
	require.Equal(t, []string{"a/sex", "b/dose", "c/listed", "e/days"}, out.State.Rules, "what is only declared is not run")
	require.Equal(t, map[string][]string{"b/dose": {"medications.dosage_state"}, "c/listed": {`codelist "none"`}}, out.Missing)
	require.Equal(t, []string{"no registrations: every patient counts as registered"}, out.Notes["a/sex"])
	p := out.State.Practices[0]
	require.EqualValues(t, 4, p.Registered)
	require.Equal(t, tally(4, 2, 2, 0, 0), p.Tallies[0])
	require.True(t, p.Tallies[1].Missing)
	require.True(t, p.Tallies[2].Missing)
	require.True(t, p.Tallies[3].HasValue)
	require.EqualValues(t, 8, p.Tallies[3].Value)

	tables = append(tables, enginetest.Rows(t, "registrations", enginetest.Line{"patient_id", "start_date"}, enginetest.Line{"ann", "2020-01-01"}, enginetest.Line{"bob", "2030-01-01"}, enginetest.Line{"cat", "-"}))
	out, err = Check(context.Background(), extract.InMemory("x", tables...), c, Options{AsOf: &asOf})
	require.NoError(t, err)
	require.EqualValues(t, 1, out.State.Practices[0].Registered)
	require.Empty(t, out.Notes["a/sex"])
}

// What the limit forbids is refused before it is allocated, where the sizes
// are known.
func TestMemoryIsForeseen(t *testing.T) {
	x := extract.InMemory("x", enginetest.Clinic(t)...)
	asOf := int32(0)
	found, err := practices.Find(context.Background(), x, &asOf)
	require.NoError(t, err)
	plan, err := plan.New(nil, x)
	require.NoError(t, err)
	run := &Run{plan: plan, x: x, practices: found, Facts: eval.NewFacts(), options: Options{MemoryLimit: 4*bytesAPatient - 1}}
	var refusal *practices.Refusal
	require.ErrorAs(t, run.foresee(plan.Passes[1]), &refusal)
	require.True(t, refusal.Limit)
	run.options.MemoryLimit++
	require.NoError(t, run.foresee(plan.Passes[1]))
}
