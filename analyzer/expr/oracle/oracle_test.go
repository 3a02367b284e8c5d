package oracle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/exprtest"
	"paperlight/analyzer/expr/oracle"
	"paperlight/analyzer/schema"
)

const (
	no      = oracle.False
	yes     = oracle.True
	unknown = oracle.Unknown
)

func day(s string) oracle.Cell {
	d, ok := calendar.Parse(s)
	if !ok {
		panic("not a day: " + s)
	}
	return oracle.Is(d)
}

func is(v any) oracle.Cell { return oracle.Is(v) }

// extract is two practices; patient p1 is in both, p2 twice in A, p9 in none.
func extract() *oracle.Data {
	return &oracle.Data{
		Tables: map[string][]oracle.Row{
			"practice": {{"practice_id": is("A"), "ods_code": is("A81001")}, {"practice_id": is("B")}},
			"patients": {
				{"patient_id": is("p1"), "practice_id": is("A"), "sex": is("F"), "birth_date": day("2000-02-29"), "is_dummy": is(false)},
				{"patient_id": is("p1"), "practice_id": is("B"), "sex": is("M"), "birth_year": oracle.Cell{Malformed: true}},
				{"patient_id": is("p2"), "practice_id": is("A")},
				{"patient_id": is("p2"), "practice_id": is("A")},
				{"patient_id": is("p3"), "practice_id": is("A")},
				{"practice_id": is("A")},
			},
			"medications": {
				{"medication_id": is("m1"), "patient_id": is("p1"), "practice_id": is("A"), "status": is("active"), "start_date": day("2025-01-31"), "indication_problem_id": is("q1"), "dmd_code": is("322236009")},
				{"medication_id": is("m2"), "patient_id": is("p1"), "practice_id": is("A"), "start_date": day("2025-01-31"), "indication_problem_id": is("q2"), "dmd_code": is("322236009")},
				{"medication_id": is("m3"), "patient_id": is("p1"), "practice_id": is("B"), "status": is("ended"), "start_date": day("2020-01-01"), "indication_problem_id": is("q1")},
				{"medication_id": is("m4"), "patient_id": is("p3"), "practice_id": is("B"), "status": is("active")},
				{"medication_id": is("m5"), "patient_id": is("p9"), "practice_id": is("A"), "status": is("active")},
				{"medication_id": is("m6"), "patient_id": is("p9"), "status": is("active")},
				{"medication_id": is("m7"), "patient_id": is("p2"), "practice_id": is("A"), "status": is("active")},
			},
			"problems": {
				{"problem_id": is("q1"), "patient_id": is("p1"), "practice_id": is("A"), "code_system": is("sct"), "code": is("73211009")},
				{"problem_id": is("q2"), "patient_id": is("p1"), "practice_id": is("A")},
				{"problem_id": is("q2"), "patient_id": is("p1"), "practice_id": is("A")},
			},
			"events": {},
		},
		AsOf:         map[string]calendar.Day{"A": exprtest.AsOf, "B": exprtest.AsOf - 365},
		Declarations: map[string]map[string]oracle.Declaration{"A": {"audit": {Answer: "yes"}}},
	}
}

// TestVerdicts states by hand what conditions mean, row by row of their table;
// a row that does not count has no truth.
func TestVerdicts(t *testing.T) {
	language, err := exprtest.Language()
	require.NoError(t, err)
	data := extract()
	binding := &expr.Binding{
		Supplies: func(*schema.Column) bool { return true },
		HasTable: func(t *schema.Table) bool { return data.Tables[t.Name] != nil },
		Lists:    exprtest.Lists(),
	}
	const skip = oracle.Truth(-1)
	for _, c := range []struct {
		table, where string
		want         []oracle.Truth
	}{
		{"patients", `true`, []oracle.Truth{yes, yes, skip, skip, yes, skip}},
		{"patients", `sex == "F"`, []oracle.Truth{yes, no, skip, skip, unknown, skip}},
		{"patients", `sex == "F" || true`, []oracle.Truth{yes, yes, skip, skip, yes, skip}},
		{"patients", `sex == "F" && false`, []oracle.Truth{no, no, skip, skip, no, skip}},
		{"patients", `!(sex in ["F", "I"])`, []oracle.Truth{no, yes, skip, skip, unknown, skip}},
		{"patients", `is_true(sex == "F")`, []oracle.Truth{yes, no, skip, skip, no, skip}},
		{"patients", `has(sex) && !malformed(birth_year)`, []oracle.Truth{yes, no, skip, skip, no, skip}},
		{"patients", `is_dummy ? true : sex == "F"`, []oracle.Truth{yes, unknown, skip, skip, unknown, skip}},
		{"patients", `birth_date + years(18) == date("2018-02-28")`, []oracle.Truth{yes, unknown, skip, skip, unknown, skip}},
		{"patients", `as_of == date("2026-03-31")`, []oracle.Truth{yes, no, skip, skip, yes, skip}},
		{"patients", `medications.exists(m, m.status == "active")`, []oracle.Truth{yes, no, skip, skip, yes, skip}},
		{"patients", `medications.exists(m, m.status == "ended")`, []oracle.Truth{unknown, yes, skip, skip, no, skip}},
		{"patients", `medications.all(m, m.status == "active")`, []oracle.Truth{unknown, no, skip, skip, yes, skip}},
		{"patients", `events.all(e, e.code == "x") && !events.exists(e, true)`, []oracle.Truth{yes, yes, skip, skip, yes, skip}},
		{"patients", `medications.count(m, m.status == "active") == 1`, []oracle.Truth{yes, no, skip, skip, yes, skip}},
		{"patients", `medications.size() == 2`, []oracle.Truth{yes, no, skip, skip, no, skip}},
		{"patients", `medications.latest(m, true, m.start_date).size() == 2`, []oracle.Truth{yes, no, skip, skip, no, skip}},
		{"patients", `medications.latest(m, has(m.status), m.start_date).exists(m, m.status == "active")`, []oracle.Truth{yes, no, skip, skip, no, skip}},
		{"patients", `medications.latest_date(m, true, m.start_date) < as_of`, []oracle.Truth{yes, yes, skip, skip, unknown, skip}},
		{"patients", `medications.repeated(m, true, [dmd_code])`, []oracle.Truth{yes, no, skip, skip, no, skip}},
		{"patients", `medications.repeated(m, true, [dmd_code, m.status])`, []oracle.Truth{no, no, skip, skip, no, skip}},
		{"patients", `medications.exists(m, m.start_date - years(24) > birth_date)`, []oracle.Truth{yes, unknown, skip, skip, unknown, skip}},
		{"patients", `declared("audit").answer == "yes"`, []oracle.Truth{yes, unknown, skip, skip, yes, skip}},
		{"patients", `has(declared("audit")) && !has(declared("audit").date)`, []oracle.Truth{yes, no, skip, skip, yes, skip}},
		{"medications", `true`, []oracle.Truth{yes, yes, yes, yes, yes, skip, yes}},
		{"medications", `patient.sex == "F"`, []oracle.Truth{yes, yes, no, unknown, unknown, skip, unknown}},
		{"medications", `has(patient)`, []oracle.Truth{yes, yes, yes, yes, no, skip, no}},
		{"medications", `has(patient.registered)`, []oracle.Truth{yes, yes, yes, yes, no, skip, no}},
		{"medications", `has(indication)`, []oracle.Truth{yes, no, no, no, no, skip, no}},
		{"medications", `indication in codelist("one")`, []oracle.Truth{yes, unknown, unknown, unknown, unknown, skip, unknown}},
		{"medications", `patient.medications.size() == 0`, []oracle.Truth{no, no, no, no, yes, skip, yes}},
		{"medications", `repeated_in(patient.medications, m, true, [m.dmd_code])`, []oracle.Truth{yes, yes, no, no, no, skip, no}},
		{"medications", `repeated_in(patient.medications, m, m.status == "active", [m.dmd_code])`, []oracle.Truth{no, yes, no, no, no, skip, no}},
		{"medications", `dmd_code in codelist("one")`, []oracle.Truth{yes, yes, unknown, unknown, unknown, skip, unknown}},
		{"medications", `practice.ods_code == "A81001"`, []oracle.Truth{yes, yes, unknown, yes, yes, skip, yes}},
		{"problems", `coded("one")`, []oracle.Truth{yes, unknown, unknown}},
		{"problems", `!coded("several") || code_system == "local"`, []oracle.Truth{no, unknown, unknown}},
		{"practice", `patients.size() == 2`, []oracle.Truth{yes, no}},
		{"practice", `medications.count(m, has(m.patient)) == 3`, []oracle.Truth{yes, no}},
	} {
		checked, err := language.Check(expr.Source{File: "r.md", Table: schema.Lookup(c.table), Where: c.where})
		require.NoError(t, err)
		verdicts, err := oracle.New(language, data).Eval(checked, binding)
		require.NoError(t, err, c.where)
		require.Len(t, verdicts, len(c.want))
		for i, want := range c.want {
			require.Equal(t, want != skip, verdicts[i].Counted, "%s: %s, row %d", c.table, c.where, i)
			if want != skip {
				require.Equal(t, want, verdicts[i].Where, "%s: %s, row %d", c.table, c.where, i)
			}
		}
	}
}

// What the binding withholds is unknown, and a missing table is empty.
func TestWithheld(t *testing.T) {
	language, err := exprtest.Language()
	require.NoError(t, err)
	data := extract()
	day := exprtest.AsOf
	binding := &expr.Binding{
		Supplies: func(c *schema.Column) bool { return c.String() != "patients.sex" },
		HasTable: func(t *schema.Table) bool { return t.Name != "medications" },
		AsOf:     &day, Lists: exprtest.Lists(),
	}
	checked, err := language.Check(expr.Source{File: "r.md", Table: schema.Lookup("patients"),
		Where: `has(sex)`, Exclude: `medications.exists(m, true)`, Expect: `as_of == date("2026-03-31")`, Optional: []string{"sex"}})
	require.NoError(t, err)
	verdicts, err := oracle.New(language, data).Eval(checked, binding)
	require.NoError(t, err)
	require.Equal(t, oracle.Verdict{Counted: true, Practice: "B", Where: no, Exclude: no, Expect: yes}, verdicts[1])
}

func TestValues(t *testing.T) {
	language, err := exprtest.Language()
	require.NoError(t, err)
	data := extract()
	checked, err := language.Check(expr.Source{File: "r.md", Table: schema.Lookup("practice"), Where: "true", Value: `medications.count(m, m.status == "active")`})
	require.NoError(t, err)
	verdicts, err := oracle.New(language, data).Eval(checked, &expr.Binding{
		Supplies: func(*schema.Column) bool { return true }, HasTable: func(*schema.Table) bool { return true }, Lists: exprtest.Lists()})
	require.NoError(t, err)
	require.Equal(t, []float64{4, 0}, []float64{verdicts[0].Value, verdicts[1].Value})
	require.True(t, verdicts[0].HasValue)
}
