package expr_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

func define(table, name string, texts ...string) expr.Definition {
	d := expr.Definition{Name: name, Table: schema.Lookup(table), File: "definitions.yaml"}
	for _, text := range texts {
		d.Alternatives = append(d.Alternatives, expr.Alternative{Text: text, Line: 7})
	}
	return d
}

func TestBadDefinitions(t *testing.T) {
	for _, c := range []struct {
		name        string
		definitions []expr.Definition
		want        string
	}{
		{"a cycle", []expr.Definition{define("patients", "aa", "!bb"), define("patients", "bb", "medications.exists(m, m.patient.aa)")},
			"definitions.yaml:7:33: a definition cannot use itself: patients.aa uses patients.bb uses patients.aa"},
		{"itself", []expr.Definition{define("patients", "aa", "has(sex) && aa")}, "definitions.yaml:7:13: a definition cannot use itself: patients.aa uses patients.aa"},
		{"a column's name", []expr.Definition{define("patients", "sex", "true")}, "definitions.yaml: definition sex of patients: the table has a column of that name"},
		{"a relation's name", []expr.Definition{define("patients", "events", "true")}, "the table has a relation of that name"},
		{"a name twice", []expr.Definition{define("patients", "aa", "true"), define("patients", "aa", "true")}, "it is already defined"},
		{"as_of", []expr.Definition{define("patients", "as_of", "true")}, "as_of is the as-of date"},
		{"no name", []expr.Definition{define("patients", "Has Sex", "true")}, "want a name of small letters, digits and _"},
		{"nothing", []expr.Definition{define("patients", "aa")}, "it says nothing"},
		{"two types", []expr.Definition{define("patients", "aa", "birth_year", "sex == \"M\"")}, "every alternative of aa must be a whole number, like the first"},
		{"a bad column", []expr.Definition{define("patients", "aa", "birth_yer")}, "definitions.yaml:7:1: patients has no column \"birth_yer\""},
		{"a bad optional column", []expr.Definition{{Name: "aa", Table: schema.Lookup("patients"), File: "d.yaml", Alternatives: []expr.Alternative{{Text: "true", Optional: []string{"birth_yer"}}}}},
			"d.yaml: optional: want a column of patients, table.column or a table, not \"birth_yer\"; did you mean birth_year?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := expr.NewLanguage(c.definitions, nil)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestDefinitionsUseOneAnotherInAnyOrder(t *testing.T) {
	l, err := expr.NewLanguage([]expr.Definition{
		define("medications", "of_adult", "patient.adult"), define("patients", "adult", "years >= 18"), define("patients", "years", "year(as_of) - birth_year"),
	}, nil)
	require.NoError(t, err)
	checked, err := l.Check(expr.Source{File: "r.md", Table: schema.Lookup("medications"), Where: "of_adult"})
	require.NoError(t, err)
	require.Equal(t, "patient>not(lt(sub(2026, patients.birth_year), 18))", checked.Lower(expr.NewGraph(), onDay(supplied(), "2026-03-31")).Where.String())
}

// TestAnAlternativeWithoutATable is for systems that never have the table, and
// not for extracts that lost it.
func TestAnAlternativeWithoutATable(t *testing.T) {
	d := define("practice", "filled", "allergies.size() > 0", "true")
	d.Alternatives[1].Without, d.Alternatives[1].Note = schema.Lookup("allergies"), "no allergies in this system"
	l, err := expr.NewLanguage([]expr.Definition{d}, nil)
	require.NoError(t, err)
	checked, err := l.Check(expr.Source{File: "r.md", Table: schema.Lookup("practice"), Where: "filled"})
	require.NoError(t, err)
	lower := func(b *expr.Binding, never ...string) *expr.Lowered {
		b.NeverHas = func(t *schema.Table) bool { return slices.Contains(never, t.Name) }
		return checked.Lower(expr.NewGraph(), onDay(b, "2026-03-31"))
	}
	require.Empty(t, lower(supplied()).Notes)
	require.Equal(t, []string{"allergies"}, lower(supplied("allergies")).Missing)
	require.Equal(t, []string{"allergies"}, lower(supplied("allergies"), "registrations").Missing)
	system := lower(supplied("allergies"), "allergies")
	require.Equal(t, "true", system.Where.String())
	require.Equal(t, []string{"no allergies in this system"}, system.Notes)

	b := supplied("allergies")
	require.Equal(t, []string{"allergies"}, checked.Lower(expr.NewGraph(), onDay(b, "2026-03-31")).Missing, "where nothing is known of the system")
}

func TestFaultsOfOneRuleComeTogether(t *testing.T) {
	_, err := language(t).Check(expr.Source{
		File: "r.md", Table: schema.Lookup("patients"), Where: "sexx", WhereLine: 5, Exclude: "registered", Expect: "birth_date", ExpectLine: 9,
		Value: "birth_year", ValueLine: 11, Optional: []string{"sexx"}, OneOf: [][]string{{"no.thing"}},
	})
	for _, want := range []string{
		"r.md:5:1: patients has no column \"sexx\"", "r.md:9:1: want a condition (true or false), have a date",
		"r.md:11:1: a value is a number of each practice: the table must be practice",
		"r.md: optional: want a column of patients, table.column or a table, not \"sexx\"; did you mean sex?", "not \"no.thing\"",
	} {
		require.ErrorContains(t, err, want)
	}
	_, err = language(t).Check(expr.Source{File: "r.md", Table: schema.Lookup("practice"), Where: "true", Value: "extract_to", ValueLine: 3})
	require.ErrorContains(t, err, "r.md:3:1: want a number, have a date")
}

func TestLimitsOfSize(t *testing.T) {
	deep, long := "true", "true"
	for range 200 {
		deep = "!(" + deep + ")"
	}
	for len(long) < 9000 {
		long += " && true"
	}
	for text, want := range map[string]string{deep: "the condition is nested too deeply", long: "the condition is too long"} {
		_, err := language(t).Check(expr.Source{File: "r.md", Table: schema.Lookup("patients"), Where: text})
		require.ErrorContains(t, err, want)
	}
}

func TestLanguageServesSeveralGoroutines(t *testing.T) {
	l := language(t)
	var group sync.WaitGroup
	for _, table := range schema.Tables {
		group.Go(func() {
			checked, err := l.Check(expr.Source{File: "r.md", Table: table, Where: "as_of > date(\"2000-01-01\")"})
			if err == nil {
				checked.Lower(expr.NewGraph(), supplied())
			}
		})
	}
	group.Wait()
}
