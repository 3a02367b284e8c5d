package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFirstRule walks the way of CONTRIBUTING.md: a draft that fails, its case
// put right, and a scheme of one's own.
func TestFirstRule(t *testing.T) {
	// Called rules, as the folder of the embedded ones is: only its own rule
	// may be tested.
	t.Chdir(t.TempDir())
	r := paperlight(t, "rules", "new", "local/severity-recorded", "--table", "allergies")
	require.Zero(t, r.code, r.err)
	require.Equal(t, "rules/local/severity-recorded.md\nrules/local/testdata/severity-recorded.txtar\n", r.out)
	require.Equal(t, "Fill both in, then: paperlight rules test rules --select local/severity-recorded\n", r.err)

	r = paperlight(t, "rules", "test", "rules")
	require.Equal(t, exitNotMet, r.code)
	require.Contains(t, r.out, "want numerator, got failing")
	require.Contains(t, r.out, "1 rule, 1 case, 1 run, 1 failure")

	name := filepath.Join("rules", "local", "testdata", "severity-recorded.txtar")
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, []byte(strings.Replace(string(text), "p3, r3, , numerator", "p3, r3, , failing", 1)), 0o644))
	r = paperlight(t, "rules", "test", "rules", "--divisions", "1")
	require.Zero(t, r.code, r.out)

	require.NoError(t, os.WriteFile("ours.yaml", []byte(`id: ours
version: "1"
title: Our own scheme
statement: England 2026, and one rule of our own.
extends: england-2026
accreditations:
  - id: data-quality
    criteria:
      - rule: local/severity-recorded
        severity: minor
        weight: 2
`), 0o644))
	r = paperlight(t, "rules", "lint", "rules")
	require.Equal(t, exitNotMet, r.code)
	require.Contains(t, r.out, "rules/local/severity-recorded.md: the rule stands in no scheme")
	require.Contains(t, r.out, "rules/local/severity-recorded.md:14:6: error: the text of the draft stands here still\n    hint: write what to do about what fails\n")
	r = paperlight(t, "rules", "lint", "rules", "--scheme", "ours.yaml")
	require.NotContains(t, r.out, "stands in no scheme")

	folder, _ := made(t, "--patients", "60")
	found := false
	for _, result := range checked(t, folder, "--rules", "rules", "--scheme", "ours.yaml").Practices[0].Results {
		found = found || result.Rule == "local/severity-recorded" && result.Denominator != nil
	}
	require.True(t, found)
}

func TestBadNamesOfNewRulesAreUsage(t *testing.T) {
	for _, args := range [][]string{{"Local/phone"}, {"local/phone", "--table", "alergies"}, {"local"}} {
		r := paperlight(t, append([]string{"rules", "new", "--dir", t.TempDir()}, args...)...)
		require.Equal(t, exitUsage, r.code, r.err)
		require.NotContains(t, r.err, "report this")
	}
}
