package ruletest

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// neighbours is a catalogue of a few lists and definitions.
func neighbours(t *testing.T) *rules.Catalogue {
	t.Helper()
	c, err := rules.Load(rules.Folder{Name: "local", FS: fstest.MapFS{
		"codelists/angina.csv":   {Data: []byte("system,code,term\nsct,322236009,a\n")},
		"codelists/asthma.csv":   {Data: []byte("system,code,term\nread2,H33..,a\n")},
		"codelists/bleeding.csv": {Data: []byte("system,code,term\nsct,322236009,a\nread2,H33..,a\n")},
		"definitions.yaml": {Data: []byte(`
- {name: open, table: registrations, doc: Open., is: reg_type == "regular" && start_date <= as_of}
- {name: registered, table: patients, doc: On the list., is: "registrations.exists(r, r.open) && !is_true(is_dummy)"}
- {name: woman, table: patients, doc: A woman., is: 'registered && registrations.exists(r, r.open) && sex == "F"'}
- {name: man, table: patients, doc: A man., is: 'registered && sex == "M"'}
`)},
	}})
	require.NoError(t, err)
	wide, err := withWeaker(c)
	require.NoError(t, err)
	return wide
}

func TestWideChanges(t *testing.T) {
	c := neighbours(t)
	for _, one := range []struct {
		table, text string
		want        []string
	}{
		{"events", `coded("angina")`, []string{`coded("angina") becomes coded("bleeding")`}},
		{"patients", `events.exists(e, e in codelist("bleeding"))`, []string{`codelist("bleeding") becomes codelist("angina")`}},
		{"issues", `bnf_code.startsWith("0601")`, []string{
			`bnf_code.startsWith("0601") becomes bnf_code.startsWith("060"): bnf_code.startsWith("060")`,
			`bnf_code.startsWith("0601") becomes bnf_code.startsWith("060101"): bnf_code.startsWith("060101")`,
			"bnf_code becomes dmd_code",
		}},
		{"medications", `start_date <= as_of`, []string{"start_date becomes end_date: end_date <= as_of"}},
		{"medications", `has(start_date)`, nil},
		{"patients", `medications.exists(m, m.start_date <= as_of)`, []string{"m.start_date becomes m.end_date: medications.exists(m, m.end_date <= as_of)"}},
		{"patients", `sex == "F"`, []string{`with I in sex == "F": sex in ["F", "I"]`}},
		{"patients", `sex != "F"`, []string{`with I in sex != "F": !(sex in ["F", "I"])`}},
		{"patients", `sex in ["M", "F"]`, []string{`with I in sex in ["M", "F"]: sex in ["M", "F", "I"]`}},
		{"medications", `patient.registered`, []string{
			"patient.registered lacks registrations.exists(r, r.open): patient.registered_lacks_1",
			"patient.registered lacks !is_true(is_dummy): patient.registered_lacks_2",
		}},
		{"patients", `registrations.exists(r, r.open)`, []string{
			`r.open lacks reg_type == "regular": registrations.exists(r, r.open_lacks_1)`,
			"r.open lacks start_date <= as_of: registrations.exists(r, r.open_lacks_2)",
		}},
		{"patients", `woman`, nil}, // used once: a change of it is a change of its use
	} {
		table := schema.Lookup(one.table)
		form, err := newWeakener(one.text)
		require.NoError(t, err)
		form.condition(form.root)
		all, err := weakenIn(c, table, one.text)
		require.NoError(t, err)
		var got []string
		for _, change := range all[len(form.changes):] {
			got = append(got, change.name+": "+strings.Join(strings.Fields(change.text), " "))
		}
		require.Len(t, got, len(one.want), "%s: %q", one.text, got)
		for i, want := range one.want {
			require.True(t, strings.HasPrefix(got[i], want), "%s: %s", one.text, got[i])
		}
	}
}

// A weaker definition means what the definition does without one term.
func TestWeakerDefinitions(t *testing.T) {
	c := neighbours(t)
	var texts []string
	for _, d := range weaker(c, schema.Lookup("patients"), "registered") {
		texts = append(texts, d.Alternatives[0].Text)
	}
	require.Equal(t, []string{"!is_true(is_dummy)", "registrations.exists(r, r.open)"}, texts)
}

const ofPatients = `as_of: 2026-03-31

-- plain/registrations.csv --
patient_id, reg_type, start_date
p1,         regular,  2020-01-01
p2,         other,    2020-01-01
p3,         regular,  2026-04-01
p4,         regular,  2020-01-01
-- plain/patients.csv --
patient_id, sex, is_dummy, want
p1,         F,   false,    numerator
p2,         F,   false,    outside
p3,         F,   false,    outside
p4,         F,   true,     outside
p5,         F,   false,    outside
`

// TestWeakerUseIsNoticed has a rule whose cases must show a test patient.
func TestWeakerUseIsNoticed(t *testing.T) {
	judged := func(cases string) []string {
		c, err := rules.Load(rules.Folder{Name: "local", FS: fstest.MapFS{
			"ours/first.md":             {Data: []byte(strings.Replace(strings.Replace(page, "exclude: is_true(is_dummy)\n", "", 1), "where: registrations.exists(r, r.start_date <= as_of)", "where: registered", 1))},
			"ours/testdata/first.txtar": {Data: []byte(cases)},
			"definitions.yaml": {Data: []byte(`
- {name: registered, table: patients, doc: On the list., is: 'registrations.exists(r, r.reg_type == "regular" && r.start_date <= as_of) && !is_true(is_dummy)'}
- {name: twice, table: patients, doc: Used., is: registered}
`)},
		}})
		require.NoError(t, err)
		m, err := Mutate(context.Background(), c, c.Rules, MutantOptions{})
		require.NoError(t, err)
		return messages(m)
	}
	const lacks = "no case notices the change: where: registered lacks !is_true(is_dummy)"
	require.NotContains(t, judged(ofPatients), lacks)
	require.Contains(t, judged(strings.Replace(ofPatients, "p4,         F,   true,     outside\n", "", 1)), lacks)
}

// TestDefinitionsAreWeakened has a definition of which no case shows a term,
// and says in the cases that nothing can.
func TestDefinitionsAreWeakened(t *testing.T) {
	judged := func(directives string) *Mutation {
		c, err := rules.Load(rules.Folder{Name: "local", FS: fstest.MapFS{
			"ours/first.md":             {Data: []byte(strings.Replace(strings.Replace(page, "exclude: is_true(is_dummy)\n", "", 1), "where: registrations.exists(r, r.start_date <= as_of)", "where: registered", 1))},
			"ours/testdata/first.txtar": {Data: []byte(directives + strings.Replace(ofPatients, "p4,         F,   true,     outside\n", "", 1))},
			"definitions.yaml":          {Data: []byte(`- {name: registered, table: patients, doc: On the list., is: 'registrations.exists(r, r.reg_type == "regular" && r.start_date <= as_of) && !is_true(is_dummy)'}`)},
		}})
		require.NoError(t, err)
		m, err := MutateDefinitions(context.Background(), c, MutantOptions{})
		require.NoError(t, err)
		return m
	}
	const change = "registered of patients: without !is_true(is_dummy)"
	m := judged("")
	require.Contains(t, messages(m), "no case of any rule notices the change: "+change)
	require.NotContains(t, messages(m), `no case of any rule notices the change: registered of patients: without r.reg_type == "regular"`)
	require.Zero(t, m.Explained)

	m = judged("equivalent_definition: " + change + " because there are no test patients here\n")
	require.NotContains(t, messages(m), "no case of any rule notices the change: "+change)
	require.Equal(t, 1, m.Explained)

	require.Contains(t, messages(judged("equivalent_definition: registered of patients: turned round because it seems so\n")),
		"no definition has such a change: registered of patients: turned round")
	require.Contains(t, messages(judged(`equivalent_definition: registered of patients: without r.reg_type == "regular" because it seems so`+"\n")),
		`a case notices this change of a definition: registered of patients: without r.reg_type == "regular"`)
}
