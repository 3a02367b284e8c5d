package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/rules"
)

// copied puts the rules of the source tree into a folder called copied of an empty
// working folder.
func copied(t *testing.T) {
	t.Helper()
	from, err := filepath.Abs(filepath.Join("..", "..", "rules"))
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	require.NoError(t, os.CopyFS("copied", os.DirFS(from)))
}

// change replaces old, which must stand in the file, once.
func change(t *testing.T, name, old, by string) {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Contains(t, string(text), old)
	require.NoError(t, os.WriteFile(name, []byte(strings.Replace(string(text), old, by, 1)), 0o644))
}

func option(r *report.Report, name string) *report.Option {
	i := slices.IndexFunc(r.Options, func(o report.Option) bool { return o.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Options[i]
}

// A copy that nobody changed judges as the built-in catalogue does, and has its
// digest, whatever it is called.
func TestACopyOfTheCatalogueIsTheCatalogue(t *testing.T) {
	copied(t)
	folder, _ := made(t, "--patients", "60")
	embedded, err := rules.Embedded()
	require.NoError(t, err)
	built, own := checked(t, folder), checked(t, folder, "--catalogue", "copied")
	require.Nil(t, option(built, "--catalogue"))
	require.Equal(t, report.Option{Name: "--catalogue", Value: "copied", SHA256: embedded.SHA256, Says: "another catalogue took the place of the built-in one"},
		*option(own, "--catalogue"))
	require.Equal(t, built.Practices[0].Accreditations, own.Practices[0].Accreditations)
	require.Equal(t, built.Scheme, own.Scheme)
}

// A contributor adds a rule to a scheme of the source tree, and need not build the
// program to see it judged.
func TestARuleIsAddedToTheCatalogue(t *testing.T) {
	copied(t)
	r := paperlight(t, "rules", "new", "allergy/severity-recorded", "--table", "allergies", "--dir", "copied")
	require.Zero(t, r.code, r.err)
	page, err := os.ReadFile("copied/allergy/severity-recorded.md")
	require.NoError(t, err)
	require.Regexp(t, `(?m)^code: ALG-0\d\d$`, string(page))
	r = paperlight(t, "rules", "lint", "copied")
	require.Contains(t, r.out, "copied/allergy/severity-recorded.md: the rule stands in no scheme")
	change(t, "copied/schemes/england-2026.yaml", "    criteria:\n", "    criteria:\n      - {rule: allergy/severity-recorded, severity: minor, weight: 1}\n")
	for _, lint := range [][]string{{"rules", "lint", "copied"}, {"rules", "lint", "--catalogue", "copied"}, {"rules", "lint", "copied", "--catalogue", "copied/"}} {
		require.NotContains(t, paperlight(t, lint...).out, "stands in no scheme")
	}
	r = paperlight(t, "rules", "test", "copied", "--select", "allergy/severity-recorded")
	require.Equal(t, exitNotMet, r.code, r.err)
	require.Contains(t, r.out, "1 rule, 1 case, 1 run, 1 failure")

	folder, _ := made(t, "--patients", "60")
	for _, args := range [][]string{
		{"rules", "show", "allergy/severity-recorded"}, {"rules", "list", "allergy/severity-recorded"},
		{"explain", "allergy/severity-recorded"}, {"explain", "allergy/severity-recorded", folder, "--allow-test-numbers"},
	} {
		require.Equal(t, exitUsage, paperlight(t, args...).code, args)
		r := paperlight(t, append(args, "--catalogue", "copied")...)
		require.Zero(t, r.code, r.err)
		require.Contains(t, r.out, "everity recorded")
	}
	require.True(t, slices.ContainsFunc(checked(t, folder, "--catalogue", "copied").Practices[0].Results, func(r report.Result) bool {
		return r.Rule == "allergy/severity-recorded" && r.Denominator != nil
	}))
	r = paperlight(t, "declare", "new", folder, "--allow-test-numbers", "--catalogue", "copied", "--out", "-")
	require.Zero(t, r.code, r.err)
	r = paperlight(t, "rules", "docs", "pages", "--catalogue", "copied")
	require.Zero(t, r.code, r.err)
	require.FileExists(t, "pages/allergy/severity-recorded.md")
	r = paperlight(t, "generate", "made", "--patients", "20", "--catalogue", "copied", "--quiet")
	require.Zero(t, r.code, r.err)
}

// A scheme of the catalogue can be judged by, extended and misspelt.
func TestTheSchemesAreThoseOfTheCatalogue(t *testing.T) {
	copied(t)
	text, err := os.ReadFile("copied/schemes/england-2026.yaml")
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll("copied/schemes"))
	require.NoError(t, os.Mkdir("copied/schemes", 0o755))
	require.NoError(t, os.WriteFile("copied/schemes/wales-2027.yaml", []byte(strings.Replace(string(text), "id: england-2026", "id: wales-2027", 1)), 0o644))
	folder, _ := made(t, "--patients", "60")
	require.Equal(t, "wales-2027", checked(t, folder, "--catalogue", "copied", "--scheme", "wales-2027").Scheme.ID)
	r := paperlight(t, "check", folder, "--catalogue", "copied")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "--scheme england-2026: want wales-2027, or a file")
	r = paperlight(t, "rules", "list", "--catalogue", "copied", "--format", "json")
	require.Contains(t, r.out, `"scheme": "wales-2027"`)
}

func TestAWholeCatalogueIsNotAdded(t *testing.T) {
	copied(t)
	for _, args := range [][]string{
		{"rules", "list", "--rules", "copied"}, {"rules", "lint", "--rules", "copied"}, {"rules", "test", "copied", "copied/../copied/.", "--rules", "copied"},
	} {
		r := paperlight(t, args...)
		require.Equal(t, exitUsage, r.code, r.err)
		require.Equal(t, "paperlight: --rules copied: is a whole catalogue, and adds nothing to another\nhint: --catalogue copied takes it in place of the built-in one\n", r.err)
	}
	for folder, says := range map[string]string{
		"copied/allergy": "--catalogue allergy: want a whole catalogue, and it lacks definitions.yaml, codelists, schemes\nhint: --rules adds",
		"nowhere":        "--catalogue nowhere: want a folder",
	} {
		r := paperlight(t, "rules", "list", "--catalogue", folder)
		require.Equal(t, exitUsage, r.code, r.err)
		require.Contains(t, r.err, says)
	}
}

// What is printed and what is made are of the catalogue that is given.
func TestSchemaAndBenchTakeACatalogue(t *testing.T) {
	copied(t)
	change(t, filepath.Join("copied", "definitions.yaml"), "doc: How many patients are registered, as a decimal number.", "doc: Another meaning.")
	built, own := paperlight(t, "schema"), paperlight(t, "schema", "--catalogue", "copied")
	require.Zero(t, own.code, own.err)
	require.NotContains(t, built.out, "Another meaning.")
	require.Contains(t, own.out, "Another meaning.")
	require.NotZero(t, paperlight(t, "schema", "--catalogue", "nowhere").code)

	catalogue, err := rules.Embedded()
	require.NoError(t, err)
	rows := func(c *rules.Catalogue) string {
		k := &benching{console: &console{}, patients: 100}
		folder, remove, err := k.make(t.Context(), c)
		require.NoError(t, err)
		defer remove()
		text, err := os.ReadFile(filepath.Join(folder, "events.parquet"))
		require.NoError(t, err)
		return string(text)
	}
	one := *catalogue
	one.Lists = maps.Clone(catalogue.Lists)
	delete(one.Lists, "medication-review")
	require.Equal(t, rows(catalogue), rows(catalogue))
	require.NotEqual(t, rows(catalogue), rows(&one), "records carry the codes of its lists")
}
