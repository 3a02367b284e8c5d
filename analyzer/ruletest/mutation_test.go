package ruletest

import (
	"context"
	"flag"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"paperlight/rules"
)

var allMutants = flag.Bool("mutants", false, "judge every mutant, not a third of them")

// TestCasesNoticeMutants holds the cases of every embedded rule to its mutants.
func TestCasesNoticeMutants(t *testing.T) {
	c, err := rules.Embedded()
	require.NoError(t, err)
	sample := 3
	if *allMutants {
		sample = 1
	}
	c, err = withWeaker(c)
	require.NoError(t, err)
	for _, whole := range c.Rules {
		for _, r := range whole.Whole() {
			t.Run(r.ID, func(t *testing.T) {
				t.Parallel()
				for _, f := range mutateRule(context.Background(), c, r, MutantOptions{Every: sample}).Survivors {
					t.Error(f)
				}
			})
		}
	}
}

func TestEveryConditionHasMutants(t *testing.T) {
	c, err := rules.Embedded()
	require.NoError(t, err)
	c, err = withWeaker(c)
	require.NoError(t, err)
	for _, r := range c.Rules {
		mutants, err := mutantsOf(c, r)
		require.NoError(t, err)
		if r.Checked == nil {
			require.Empty(t, mutants, r.ID)
			continue
		}
		require.NotEmpty(t, mutants, r.ID)
		seen := map[string]bool{}
		for _, m := range mutants {
			require.False(t, seen[m.Name], "%s: two changes are called %s", r.ID, m.Name)
			require.NotEqual(t, r.Source, m.Source, "%s: %s", r.ID, m.Name)
			seen[m.Name] = true
		}
	}
}

func TestChanges(t *testing.T) {
	for text, want := range map[string][]string{
		`a`: {"a is negated: !a"},
		`a && b && c`: {
			"a && b && c is negated: !(a && b && c)",
			"without a: b && c", "without b: a && c", "without c: a && b",
			"|| before b: a || b && c", "|| before c: a && b || c",
			"a is negated: !a && b && c", "b is negated: a && !b && c", "c is negated: a && b && !c",
		},
		`(a || b) && c`: {
			"(a || b) && c is negated: !((a || b) && c)",
			"without a || b: c", "without c: a || b", "|| before c: a || b || c",
			"a || b is negated: !(a || b) && c", "without a: b && c", "without b: a && c", "&& before b: a && b && c",
			"a is negated: (!a || b) && c", "b is negated: (a || !b) && c", "c is negated: (a || b) && !c",
		},
		`d >= as_of - months(12)`: {
			"d >= as_of - months(12) is negated: !(d >= as_of - months(12))",
			"d >= as_of - months(12) becomes d < as_of - months(12): d < as_of - months(12)",
			"d >= as_of - months(12) becomes d > as_of - months(12): d > as_of - months(12)",
			"months(12) becomes months(11): d >= as_of - months(11)",
			"months(12) becomes months(13): d >= as_of - months(13)",
		},
		`d == date("2004-03-01")`: {
			`d == date("2004-03-01") is negated: !(d == date("2004-03-01"))`,
			`d == date("2004-03-01") becomes d != date("2004-03-01"): d != date("2004-03-01")`,
			`date("2004-03-01") becomes date("2004-02-29"): d == date("2004-02-29")`,
			`date("2004-03-01") becomes date("2004-03-02"): d == date("2004-03-02")`,
		},
		`s in ["a", "b"]`: {
			`s in ["a", "b"] is negated: !(s in ["a", "b"])`,
			`without "a" in s in ["a", "b"]: s in ["b"]`, `without "b" in s in ["a", "b"]: s in ["a"]`,
		},
		`is_true(a)`: {"is_true(a) is negated: !is_true(a)", "is_true(a) becomes a: a", "a is negated: is_true(!a)"},
		`rows.repeated(r, r.a, [r.b, r.c])`: {
			"rows.repeated(r, r.a, [r.b, r.c]) is negated: !(rows.repeated(r, r.a, [r.b, r.c]))",
			"without r.b in rows.repeated(r, r.a, [r.b, r.c]): rows.repeated(r, r.a, [r.c])",
			"without r.c in rows.repeated(r, r.a, [r.b, r.c]): rows.repeated(r, r.a, [r.b])",
			"r.a is negated: rows.repeated(r, !r.a, [r.b, r.c])",
		},
		`rows.exists(r, r.a)`: {
			"rows.exists(r, r.a) is negated: !(rows.exists(r, r.a))",
			"exists becomes all in rows.exists(r, r.a): rows.all(r, r.a)",
			"r.a is negated: rows.exists(r, !r.a)",
		},
	} {
		w, err := newWeakener(text)
		require.NoError(t, err)
		w.condition(w.root)
		require.NoError(t, w.err)
		var lines []string
		for _, c := range w.changes {
			lines = append(lines, c.name+": "+strings.Join(strings.Fields(c.text), " "))
		}
		require.Equal(t, want, lines, text)
	}
}

// mutate runs one rule of the page and its cases against the mutants.
func mutate(t *testing.T, page, cases string) *Mutation {
	t.Helper()
	c, err := rules.Load(rules.Folder{Name: "local", FS: fstest.MapFS{
		"ours/first.md": {Data: []byte(page)}, "ours/testdata/first.txtar": {Data: []byte(cases)},
	}})
	require.NoError(t, err)
	m, err := Mutate(context.Background(), c, c.Rules, MutantOptions{})
	require.NoError(t, err)
	return m
}

func messages(m *Mutation) []string {
	var out []string
	for _, f := range m.Survivors {
		out = append(out, f.Message)
	}
	return out
}

func TestWeakCasesAreNamed(t *testing.T) {
	whole := mutate(t, page, cases)
	// p1 has one registration and no case a second: exists could be all.
	// An exclusion counts only where it is true, so is_true adds nothing.
	require.Equal(t, []string{
		"no case notices the change: where: exists becomes all in registrations.exists(r, r.start_date <= as_of)",
		"no case notices the change: exclude: is_true(is_dummy) becomes is_dummy",
		`no case notices the change: expect: with M in sex != "U"`,
	}, messages(whole))

	for _, c := range []struct{ name, without, want string }{
		{"no row at the bound", "p2,         2026-03-31\n", "no case notices the change: where: r.start_date <= as_of becomes r.start_date < as_of"},
		{"nobody excluded", "p4,         F,   true,     excluded\n", "no case notices the change: exclude: dropped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(cases, c.without, "", 1)
			if c.without[0:2] == "p2" {
				text = strings.Replace(text, "p2,         U,   ,         failing\n", "", 1)
			}
			require.Contains(t, messages(mutate(t, page, text)), c.want)
		})
	}
}

func TestEquivalentMutantsAreExplained(t *testing.T) {
	const line = "equivalent: where: exists becomes all in registrations.exists(r, r.start_date <= as_of)"
	const needless = "equivalent: exclude: is_true(is_dummy) becomes is_dummy because an exclusion counts only where it is true\n" +
		"equivalent: expect: with M in sex != \"U\" because no man is registered here\n"
	with := func(directives string) *Mutation { return mutate(t, page, needless+directives+"\n"+cases) }
	m := with(line + " because nobody here registers twice")
	require.Empty(t, messages(m))
	require.Equal(t, 3, m.Explained)

	require.Equal(t, []string{"want a change and the reason why it has no effect"}, messages(with(line)))
	require.Contains(t, messages(with("equivalent: exclude: dropped because it seems so")), "a case notices this change: exclude: dropped")
	require.Contains(t, messages(with("equivalent: where: turned round because it seems so")), "the rule has no such change: where: turned round")
}

// TestCasesNoticeMutantDefinitions holds the cases to the shared definitions;
// with -mutants alone, because each change is a new language.
func TestCasesNoticeMutantDefinitions(t *testing.T) {
	if !*allMutants {
		t.Skip("takes a minute; run with -mutants")
	}
	c, err := rules.Embedded()
	require.NoError(t, err)
	out, err := MutateDefinitions(context.Background(), c, MutantOptions{Jobs: 2})
	require.NoError(t, err)
	require.NotZero(t, out.Mutants)
	for _, f := range out.Survivors {
		t.Error(f)
	}
}
