package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

func TestLint(t *testing.T) {
	page := strings.NewReplacer("Our own default", "A paper", "## History\n\nFirst version.\n", "").Replace(goodPage)
	f := folder(page,
		"summary/current.md", strings.NewReplacer("medication/dose-recorded", "summary/current", "MED-005", "SUM-001", "evidence: data", "evidence: data\npublished: true").Replace(goodPage),
		"definitions.yaml", goodDefinitions+"- name: unread\n  table: patients\n  doc: d\n  is: registered\n",
		"codelists/review.csv", "system,code,term\nsct,322236008,a\ndmd,42109611000001108,b\nread2,H3,c\nctv3,H33..,d\nlocal,anything,e\n",
		"codelists/many.csv", "system,code,term\nread2,A,\nread2,B,\nread2,C,\nread2,D,\nread2,E,\nread2,F,\n",
		"codelists/bare.csv", "system,code,term\n",
	)
	c, err := Load(f)
	require.NoError(t, err)
	s, err := schemeOf(c, "id: a\nversion: 1\ntitle: A\nstatement: S\naccreditations:\n  - id: a\n    title: A\n    criteria: [{rule: summary/current, severity: minor, weight: 1}]\n")
	require.NoError(t, err)
	var got []string
	for _, w := range Lint(c, []*Scheme{s}) {
		line, _, _ := strings.Cut(w.String(), "\n")
		got = append(got, line)
		require.True(t, slices.ContainsFunc(LintChecks(), func(c LintCheck) bool { return c.ID == w.Check }), "%s is of no check", line)
	}
	require.Equal(t, []string{
		"local/codelists/bare.csv: nothing uses the code list",
		"local/codelists/bare.csv: the code list is empty: its rules are not assessable",
		"local/codelists/many.csv: nothing uses the code list",
		"local/codelists/many.csv: 6 codes in all are not codes of their system",
		"local/codelists/many.csv:2:1: want a Read code of version 2",
		"local/codelists/many.csv:3:1: want a Read code of version 2",
		"local/codelists/many.csv:4:1: want a Read code of version 2",
		"local/codelists/many.csv:5:1: want a Read code of version 2",
		"local/codelists/many.csv:6:1: want a Read code of version 2",
		"local/codelists/review.csv: nothing uses the code list",
		"local/codelists/review.csv:2:1: want a SNOMED CT concept id: its check digit or partition is wrong",
		"local/codelists/review.csv:3:1: want a dm+d id: its check digit or partition is wrong",
		"local/codelists/review.csv:4:1: want a Read code of version 2",
		"local/definitions.yaml:4:7: error: rows of any day count here, those after the as-of date too: nothing bounds their start_date",
		"local/definitions.yaml:8:1: nothing uses the definition \"unread\"",
		"local/medication/dose-recorded.md: the rule has no cases",
		"local/medication/dose-recorded.md: the page lacks the heading \"## History\"",
		"local/medication/dose-recorded.md: threshold_from does not say whether the threshold is published or our own",
		"local/medication/dose-recorded.md: the rule stands in no scheme",
		"local/summary/current.md: the rule has no cases",
		"local/summary/current.md: the threshold is published, and the page names no reference",
	}, got)
}

func TestLintFindsWhereAListIsUsed(t *testing.T) {
	page := strings.Replace(goodPage, `dosage_state == "stated"`, `dmd_code in codelist("review")`, 1)
	c, err := Load(folder(page))
	require.NoError(t, err)
	for _, w := range Lint(c, nil) {
		require.NotContains(t, w.Message, "code list")
	}
}

func TestLintShowsConditionsWhereTheyStand(t *testing.T) {
	page := strings.Replace(goodPage, `expect: dosage_state == "stated"`, "expect: >-\n  has(status) &&\n  end_date > as_of", 1)
	c, err := Load(folder(page, "definitions.yaml", strings.Replace(goodDefinitions, `r.reg_type == "regular"`, "r.end_date > as_of", 1)))
	require.NoError(t, err)
	var got []string
	for _, w := range Lint(c, nil) {
		if strings.Contains(w.Message, "most rows") {
			place, _, _ := strings.Cut(w.String(), ": ")
			got = append(got, place)
		}
	}
	require.Equal(t, []string{"local/definitions.yaml:4:31", "local/medication/dose-recorded.md:11:3"}, got)
}

func TestLintFindsOpenEnds(t *testing.T) {
	page := strings.Replace(goodPage, `expect: dosage_state == "stated"`, "expect: start_date >= as_of - months(3)", 1)
	faults := func(page string) []string {
		c, err := Load(folder(page))
		require.NoError(t, err)
		var out []string
		for _, w := range Lint(c, nil) {
			if w.Fault {
				line, _, _ := strings.Cut(w.String(), "\n")
				out = append(out, line)
			}
		}
		return out
	}
	require.Equal(t, []string{
		"local/definitions.yaml:4:7: error: rows of any day count here, those after the as-of date too: nothing bounds their start_date",
		"local/medication/dose-recorded.md:9:9: error: a day after the as-of date counts here too: start_date has no upper end",
	}, faults(page))
	open := `open_ended: [{column: start_date, reason: "it may"}, {column: patients.death_date, reason: "none"}]` + "\nowner:"
	require.Equal(t, []string{"local/medication/dose-recorded.md: error: patients.death_date has both ends, or is no evidence"},
		faults(strings.Replace(page, "owner:", open, 1))[1:])
}

// What no list is written of is not called listed.
func TestLintHoldsFixesToTheirLists(t *testing.T) {
	for fix, want := range map[string]bool{"Ask the listed patients.": true, "See the worklist.": true, "Ask the patients, and enlist help.": false} {
		for _, unlisted := range []bool{true, false} {
			r := &Rule{ID: "s/a", File: "s/a.md", Fix: fix, Table: schema.Patients, Unlisted: unlisted, Checked: &expr.Checked{}}
			require.Equal(t, !unlisted, r.Lists())
			require.Equal(t, want && unlisted, speaksOfAList(r))
		}
		for _, table := range []*schema.Table{schema.Practice, schema.ControlTotals, schema.Lookup("prescribing_items")} {
			require.False(t, (&Rule{Table: table, Checked: &expr.Checked{}}).Lists(), table.Name)
		}
		require.Equal(t, want, speaksOfAList(&Rule{Fix: fix, Table: schema.Practice}), "a question to the practice")
	}
	require.True(t, (&Rule{Table: schema.StaffMembers, Checked: &expr.Checked{}}).Lists())
	c, err := Load(folder(strings.Replace(goodPage, "evidence: data", "evidence: data\nunlisted: true", 1)))
	require.NoError(t, err)
	c.Rules[0].Fix = "Ask the listed patients."
	found := Lint(c, nil)
	require.True(t, slices.ContainsFunc(found, func(w Warning) bool { return w.Fault && strings.Contains(w.Message, "speaks of listed records") }))
}

func TestEveryLintCheckHasItsOwnID(t *testing.T) {
	seen := map[string]bool{"": true}
	for _, c := range LintChecks() {
		require.False(t, seen[c.ID], c.ID)
		require.NotEmpty(t, c.Says)
		seen[c.ID] = true
	}
}
