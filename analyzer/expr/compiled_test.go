package expr_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/exprtest"
	"paperlight/analyzer/schema"
)

// anySources are the conditions of testdata/lowered.txt, and rules at random.
func anySources(t *testing.T, l *expr.Language) []expr.Source {
	golden, err := os.ReadFile("testdata/lowered.txt")
	require.NoError(t, err)
	var out []expr.Source
	for line := range strings.Lines(string(golden)) {
		table, text, ok := strings.Cut(strings.TrimRight(line, "\n"), ": ")
		if ok && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "#") {
			out = append(out, expr.Source{File: "r.md", Table: schema.Lookup(table), Where: text})
		}
	}
	for seed := range uint64(200) {
		g := exprtest.New(l, seed)
		out = append(out, g.Rule(g.Binding(g.Data())))
	}
	return out
}

func TestCompiledConditionsAreTheParsedOnes(t *testing.T) {
	l := language(t)
	compared := 0
	for _, s := range anySources(t, l) {
		parsed, err := l.Check(s)
		if err != nil {
			continue // the generator's rules are refused now and then
		}
		form := l.Compile([]*expr.Checked{parsed})
		s.Compiled = expr.ReadCompiled(string(form))
		require.NotNil(t, s.Compiled)
		recalled, err := l.Check(s)
		require.NoError(t, err, s.Where)
		require.Equal(t, string(form), string(l.Compile([]*expr.Checked{recalled})), s.Where)
		require.Equal(t, expr.Lint(parsed), expr.Lint(recalled), s.Where)
		g := expr.NewGraph()
		want, have := parsed.Lower(g, supplied()), recalled.Lower(g, supplied())
		require.Equal(t, want.Missing, have.Missing, s.Where)
		require.Same(t, want.Where, have.Where, s.Where)
		require.Same(t, want.Exclude, have.Exclude, s.Exclude)
		require.Same(t, want.Expect, have.Expect, s.Expect)
		compared++
	}
	require.Greater(t, compared, 200)
}

// compiledAs returns the compiled form of one condition, under another text.
func compiledAs(t *testing.T, l *expr.Language, table, text, as string) *expr.Compiled {
	checked, err := l.Check(expr.Source{File: "r.md", Table: schema.Lookup(table), Where: text})
	require.NoError(t, err)
	form := string(l.Compile([]*expr.Checked{checked}))
	require.Len(t, as, len(text))
	require.Equal(t, 1, strings.Count(form, table+": "+text))
	return expr.ReadCompiled(strings.Replace(form, table+": "+text, table+": "+as, 1))
}

func TestCompiledConditionsAreFoundByTableAndText(t *testing.T) {
	l := language(t)
	known := compiledAs(t, l, "patients", `sex == "M"`, `sex == "X"`)
	where := func(table, text string) string {
		checked, err := l.Check(expr.Source{File: "r.md", Table: schema.Lookup(table), Where: text, Compiled: known})
		require.NoError(t, err)
		return checked.Lower(expr.NewGraph(), supplied()).Where.String()
	}
	require.Equal(t, `eq(patients.sex, "M")`, where("patients", `sex == "X"`), "it is not parsed")
	require.Equal(t, `eq(patients.sex, "F")`, where("patients", `sex == "F"`), "it is parsed")
	require.Equal(t, `eq(patients.sex, "X")`, where("patients", `sex ==  "X"`), "it is parsed")
	_, err := l.Check(expr.Source{File: "r.md", Table: schema.Lookup("events"), Where: `sex == "X"`, Compiled: known})
	require.ErrorContains(t, err, "events has no column \"sex\"")
	_, err = l.Check(expr.Source{File: "r.md", Table: schema.Lookup("practice"), Where: "true", Value: `sex == "X"`, Compiled: known})
	require.ErrorContains(t, err, "practice has no column \"sex\"")
}

// What was compiled for another language gives the messages of this one.
func TestWhatDoesNotFitIsParsed(t *testing.T) {
	speak := func(known *expr.Compiled, definitions ...expr.Definition) error {
		for i := range definitions {
			definitions[i].Compiled = known
		}
		l, err := expr.NewLanguage(definitions, nil)
		if err == nil {
			_, err = l.Check(expr.Source{File: "r.md", Table: schema.Lookup("medications"), Where: "!patient.grown", WhereLine: 4, Compiled: known})
		}
		return err
	}
	grown := define("patients", "grown", `birth_year < 2000`)
	user := define("patients", "also", "!grown")
	was, err := expr.NewLanguage([]expr.Definition{grown, user}, nil)
	require.NoError(t, err)
	checked, err := was.Check(expr.Source{File: "r.md", Table: schema.Lookup("medications"), Where: "!patient.grown"})
	require.NoError(t, err)
	known := expr.ReadCompiled(string(was.Compile([]*expr.Checked{checked})))
	require.NoError(t, speak(known, grown, user))
	for name, definitions := range map[string][]expr.Definition{
		"a definition of another type":              {define("patients", "grown", "birth_year")},
		"a definition that is gone":                 {define("patients", "other", "is_dummy")},
		"a definition at fault":                     {define("patients", "grown", "birth_yer < 2000"), user},
		"a definition at fault, and its user first": {user, define("patients", "grown", "birth_yer < 2000")},
		"a definition that uses itself by now":      {user, define("patients", "grown", "!also")},
	} {
		want := speak(nil, definitions...)
		require.Error(t, want, name)
		require.EqualError(t, speak(known, definitions...), want.Error(), name)
	}
}

func TestADamagedFormIsNotRead(t *testing.T) {
	l := language(t)
	checked, err := l.Check(expr.Source{File: "r.md", Table: schema.Lookup("patients"), Where: `sex in ["M", "F"] && birth_date < as_of - months(3) && registered`})
	require.NoError(t, err)
	form := string(l.Compile([]*expr.Checked{checked}))
	require.NotNil(t, expr.ReadCompiled(form))
	for n := range len(form) {
		require.Nil(t, expr.ReadCompiled(form[:n]))
	}
	require.Nil(t, expr.ReadCompiled(form+"x"))
}

// The name of a proven definition is a condition that needs no parser.
func TestTheNameOfADefinitionIsACondition(t *testing.T) {
	for _, proven := range []bool{false, true} {
		d := define("patients", "grown", `birth_year < 2000`)
		d.Proven = proven
		l, err := expr.NewLanguage([]expr.Definition{d}, nil)
		require.NoError(t, err)
		s := expr.Source{File: "r.md", Table: schema.Lookup("patients"), Where: "grown"}
		checked, err := l.Check(s)
		require.NoError(t, err)
		require.Equal(t, "lt(patients.birth_year, 2000)", checked.Lower(expr.NewGraph(), supplied()).Where.String())
		trees, err := checked.Trees()
		require.NoError(t, err)
		require.NotNil(t, trees.Where)
	}
	l, err := expr.NewLanguage([]expr.Definition{define("patients", "loop", `birth_year < 2000`)}, nil)
	require.NoError(t, err)
	_, err = l.Check(expr.Source{File: "r.md", Table: schema.Lookup("patients"), Where: "loop"})
	require.ErrorContains(t, err, "loop is a reserved word", "nobody has proven that CEL takes the name")
}
