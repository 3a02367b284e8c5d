package ruletest

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// TestPublishedRules runs the cases of the embedded catalogue in every way.
func TestPublishedRules(t *testing.T) {
	c, err := rules.Embedded()
	require.NoError(t, err)
	for _, whole := range c.Rules {
		for _, r := range whole.Whole() {
			t.Run(r.ID, func(t *testing.T) {
				t.Parallel()
				for _, f := range Rule(context.Background(), c, r, Options{Seed: 1, Divisions: 4}).Failures {
					t.Error(f)
				}
			})
		}
	}
}

const page = `---
id: ours/first
title: Patients have a sex
dimension: completeness
table: patients
where: registrations.exists(r, r.start_date <= as_of)
exclude: is_true(is_dummy)
expect: sex != "U"
threshold: 90%
threshold_from: Our own default
evidence: data
owner: practice
fix: Ask.
---
## What it measures

Sex.
`

const cases = `as_of: 2026-03-31

-- plain/registrations.csv --
patient_id, start_date
p1,         2020-01-01
p2,         2026-03-31
p3,         2020-01-01
p4,         2020-01-01
p5,         2026-04-01
p6,
-- plain/patients.csv --
patient_id, sex, is_dummy, want
p1,         F,   false,    numerator
p2,         U,   ,         failing
p3,         ,    ,         unknown
p4,         F,   true,     excluded
p5,         F,   ,         outside
p6,         F,   ,         undetermined
`

// run loads one rule of the page and runs its cases.
func run(t *testing.T, page, cases string) *Summary {
	t.Helper()
	c, err := rules.Load(rules.Folder{Name: "local", FS: fstest.MapFS{
		"ours/first.md":             {Data: []byte(page)},
		"ours/testdata/first.txtar": {Data: []byte(cases)},
		"codelists/review.csv":      {Data: []byte("system,code,term\nsct,322236009,a\n")},
	}})
	require.NoError(t, err)
	return Rule(context.Background(), c, c.Rules[0], Options{Seed: 7})
}

func TestEveryOutcomeInEveryWay(t *testing.T) {
	s := run(t, page, cases)
	require.Empty(t, s.Failures)
	require.Equal(t, 1, s.Cases)
	// 4 plain ways, the random divisions, two practices together and each
	// alone, and sex and start_date withheld.
	require.Equal(t, 4+defaultDivisions+3+2, s.Runs)
}

func TestFailuresAreReadable(t *testing.T) {
	const file = "local/ours/testdata/first.txtar"
	for _, c := range []struct {
		name, old, new string
		want           []string
	}{
		{"a row", "numerator", "failing", []string{file + `:13: case "plain": row 1 of patients (p1): want failing, got numerator`}},
		{"two rows", "unknown\np4,         F,   true,     excluded", "failing\np4,         F,   true,     outside", []string{
			file + `:15: case "plain": row 3 of patients (p3): want failing, got unknown`,
			file + `:16: case "plain": row 4 of patients (p4): want outside, got excluded`,
		}},
		{"a table is absent", strings.Split(cases, "-- plain/patients")[0], "", []string{
			file + `:1: case "plain": the rule needs what the case does not give: registrations` + "\n    hint: add the column, or the table with its header line alone"}},
		{"a fault in the archive", "2026-03-31\n\n", "tomorrow\n\n", []string{file + ":1: want a date YYYY-MM-DD\n    hint: as_of: 2026-03-31"}},
		{"an unknown list", "as_of", "codelist: other = sct:322236009\nas_of", []string{file + `: the catalogue has no code list "other"` + "\n    hint: an empty list is a file with the line system,code,term"}},
		{"nothing fails", "p2,         U,   ,         failing\np3,         ,    ,         unknown\n", "", []string{file + ": no case shows a record that fails\n    hint: add a row with want failing"}},
		{"totals", "-- plain/registrations.csv --", "-- plain/want --\ndenominator: 4\nvalue: 1\n-- plain/registrations.csv --", []string{
			file + `:3: case "plain": want denominator 4, got 3`,
			file + `:3: case "plain": want value 1, got none`,
		}},
		{"refused", "-- plain/patients.csv --", "-- plain/practice.csv --\npractice_id\na\nb\n-- plain/patients.csv --", []string{
			file + `:3: case "plain": cannot be run: patients without practice_id, and 2 practices they could belong to`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(cases, c.old, c.new, 1)
			require.NotEqual(t, cases, text)
			var got []string
			for _, f := range run(t, page, text).Failures {
				require.Equal(t, "ours/first", f.Rule)
				got = append(got, f.String())
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestColumnsThatMayBeAbsentMustSaySo(t *testing.T) {
	s := run(t, strings.Replace(page, "owner:", "optional: [sex]\nowner:", 1), cases)
	require.Empty(t, s.Failures)

	// A column that changes nothing by its absence was not needed, whatever
	// the rule says.
	c, err := rules.Load(rules.Folder{Name: "local", FS: fstest.MapFS{"ours/first.md": {Data: []byte(page)}}})
	require.NoError(t, err)
	a, err := Parse("c.txtar", []byte(cases), schema.Lookup("patients"))
	require.NoError(t, err)
	tester := &tester{catalogue: c, rule: c.Rules[0], summary: &Summary{}}
	tester.withhold(context.Background(), a, &a.Cases[0], &result{}, schema.Lookup("patients").Column("ethnicity_code"))
	require.EqualError(t, errorOf(tester.summary), `c.txtar:3: case "plain": without patients.ethnicity_code the rule is judged all the same`+"\n    hint: a column that may be absent stands under optional:")
}

// A table that another may stand in for is needed whole where it is there: a
// column withheld from it is one of the runs, and must be missed.
func TestColumnsOfOneOfTwoTablesAreWithheld(t *testing.T) {
	chosen := strings.NewReplacer(`registrations.exists(r, r.start_date <= as_of)`, "events.exists(e, e.event_date <= as_of) || issues.exists(i, i.issue_date <= as_of)",
		"owner:", "one_of: [[events, issues]]\nowner:").Replace(page)
	archive := strings.NewReplacer("plain/registrations.csv", "plain/events.csv", "start_date", "event_date").Replace(cases)
	alone := run(t, chosen, archive)
	require.Empty(t, alone.Failures)
	both := run(t, chosen, archive+"-- plain/issues.csv --\npatient_id, issue_date\np5, 2026-04-02\n")
	require.Empty(t, both.Failures)
	require.Equal(t, 4+defaultDivisions+3+2, alone.Runs, "sex and event_date are withheld")
	require.Equal(t, alone.Runs+1, both.Runs, "and issue_date")

	c, err := rules.Load(rules.Folder{Name: "local", FS: fstest.MapFS{"ours/first.md": {Data: []byte(chosen)}}})
	require.NoError(t, err)
	tester := &tester{catalogue: c, rule: c.Rules[0], summary: &Summary{}}
	require.False(t, tester.optional(schema.Lookup("issues").Column("issue_date")), "without it the rule must not be judged")
}

// Parts of a rule are run with it, by cases of their own, and their days are
// held to what is wanted.
func TestPartsAreRunWithTheirRule(t *testing.T) {
	parts := strings.Replace(page, "owner:", "batch:\n  table: events\n  where: has(code)\n  date: event_date\nowner:", 1)
	const batch = "-- a/patients.csv --\npatient_id\np1\n-- a/events.csv --\npatient_id, code, event_date, want\np1, 1, 2026-03-02, numerator\np1, 2, 2026-03-02, numerator\np1, 3, , numerator\np1, , 2026-03-02, outside\n-- a/want --\nday: 2026-03-02 2\n"
	test := func(batch string) *Summary {
		c, err := rules.Load(rules.Folder{Name: "local", FS: fstest.MapFS{"ours/first.md": {Data: []byte(parts)},
			"ours/testdata/first.txtar": {Data: []byte(cases)}, "ours/testdata/first.batch.txtar": {Data: []byte(batch)}}})
		require.NoError(t, err)
		s, err := Run(context.Background(), c, c.Rules, Options{Divisions: 2})
		require.NoError(t, err)
		mutation, err := Mutate(context.Background(), c, c.Rules, MutantOptions{Jobs: 2})
		require.NoError(t, err)
		require.Greater(t, mutation.Mutants, mutateRule(context.Background(), c, c.Rules[0], MutantOptions{}).Mutants, "those of the part are judged too")
		return s
	}
	s := test(batch)
	require.Empty(t, s.Failures)
	require.Equal(t, 1, s.Rules)
	s = test(strings.Replace(batch, "02 2", "02 3", 1))
	require.ErrorContains(t, errorOf(s), "local/ours/testdata/first.batch.txtar:10: case \"a\": want day 2026-03-02 3, got day 2026-03-02 2")
	s = test(strings.Replace(batch, "day: 2026-03-02 2", "day: 2026-03-01 2", 1))
	require.ErrorContains(t, errorOf(s), "want day 2026-03-01 2, got day 2026-03-02 2")
}

func TestARuleWithoutCasesFails(t *testing.T) {
	c, err := rules.Load(rules.Folder{Name: "local", FS: fstest.MapFS{"ours/first.md": {Data: []byte(page)}}})
	require.NoError(t, err)
	s, err := Run(context.Background(), c, c.Rules, Options{})
	require.NoError(t, err)
	require.Len(t, s.Failures, 1)
	require.Equal(t, "local/ours/first.md: the rule has no cases\n    hint: write them in local/ours/testdata/first.txtar", s.Failures[0].String())
}

func TestCodelistsOfTheArchiveAreUsed(t *testing.T) {
	coded := strings.NewReplacer("table: patients", "table: events", "registrations.exists(r, r.start_date <= as_of)", `"true"`,
		"exclude: is_true(is_dummy)\n", "", `sex != "U"`, `coded("review")`).Replace(page)
	archive := "codelist: review = sct:444\n-- a/patients.csv --\npatient_id\np1\n-- a/events.csv --\npatient_id, code, code_system, want\np1, 444, sct, numerator\np1, 322236009, sct, failing\np1, 444, read2, failing\np1, , sct, unknown\n"
	require.Empty(t, run(t, coded, archive).Failures)
}

func TestDeclaredRulesAreScored(t *testing.T) {
	const declared = `---
id: ours/first
title: There is a policy
dimension: conformance
evidence: declared
declares: policy
answers: [yes, no]
owner: practice
fix: Write one.
---
`
	const archive = "declared: policy = yes 2026-01-31\n-- yes/practice.csv --\npractice_id\na\n-- yes/want --\ndenominator: 1\nnumerator: 1\n"
	require.Empty(t, run(t, declared, archive).Failures)
	s := run(t, declared, strings.Replace(archive, "yes 2026", "no 2026", 1))
	require.ErrorContains(t, errorOf(s), `case "yes": want numerator 1, got 0`)
	s = run(t, declared, strings.Replace(archive, "2026-01-31", "2020-01-31", 1))
	require.ErrorContains(t, errorOf(s), `case "yes": want denominator 1, got 0`)
	s = run(t, declared, archive+"-- no/practice.csv --\npractice_id\na\n-- no/declarations.csv --\nkey, answer, date\npolicy, no, 2026-03-01\n-- no/want --\ndenominator: 1\nnumerator: 0\n")
	require.Empty(t, s.Failures)
}

// errorOf is the first failure as an error.
func errorOf(s *Summary) error {
	if len(s.Failures) == 0 {
		return nil
	}
	return failureError(s.Failures[0].String())
}

type failureError string

func (e failureError) Error() string { return string(e) }

// TestScaffoldFailsUntilFilledIn holds a new rule to its promise: it loads, its
// cases run, and just the row that is wrong on purpose fails.
func TestScaffoldFailsUntilFilledIn(t *testing.T) {
	for _, table := range schema.Tables {
		t.Run(table.Name, func(t *testing.T) {
			drafts, err := rules.Scaffold("ours/first-rule", "OUR-001", table)
			if table.Name == "prescribing_items" {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			dir := t.TempDir()
			for _, d := range drafts {
				name := filepath.Join(dir, filepath.FromSlash(d.Name))
				require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
				require.NoError(t, os.WriteFile(name, []byte(d.Text), 0o644))
			}
			published := rules.Published()
			definitions, err := fs.ReadFile(published.FS, "definitions.yaml")
			require.NoError(t, err)
			prevalence, err := fs.ReadFile(published.FS, "prevalence.yaml")
			require.NoError(t, err)
			lists, err := fs.Sub(published.FS, "codelists")
			require.NoError(t, err)
			c, err := rules.Load(
				rules.Folder{FS: fstest.MapFS{"definitions.yaml": {Data: definitions}, "prevalence.yaml": {Data: prevalence}}, Name: "rules"},
				rules.Folder{FS: lists, ListsOnly: true},
				rules.Folder{FS: os.DirFS(dir), Name: "ours", Strict: true})
			require.NoError(t, err)
			s := Rule(context.Background(), c, c.Rule("ours/first-rule"), Options{Divisions: 1})
			require.Len(t, s.Failures, 1)
			require.Contains(t, s.Failures[0].Message, "row 3 of "+table.Name)
		})
	}
}
