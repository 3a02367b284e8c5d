package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

// A list beside the extract that cannot be read in full never lets a check pass, not by
// its other lines and not by an answer; and the report says what is wrong with it.
func TestListsThatCannotBeReadSettleNothing(t *testing.T) {
	const totals, items = "control-totals", "prescribing-items"
	const unread, twice = "a line could not be read", "stands more than once"
	rules := map[string]string{totals: "file/control-totals", items: "medication/prescribed-items-recorded"}
	keys := map[string]string{totals: "control-totals-compared", items: "prescribed-items-recorded"}
	header := map[string]string{totals: "practice_id,figure,month,total\n", items: "practice_id,quarter,items\n"}
	folder, _ := made(t, "--patients", "120", "--clean")
	id := practiceOf(t, folder)
	for _, c := range []struct {
		list, lines string
		status      report.Status
		says        string
	}{
		{totals, "P,issues,2026-13,5", report.NotAssessable, unread},
		{totals, "P,issues,,5", report.NotAssessable, unread},
		{totals, "P,registered_patients,,-5", report.NotAssessable, unread},
		{totals, "P,registered_patients,,10000001", report.NotAssessable, unread},
		{totals, "P,registered_patients,,\"1,234\"", report.NotAssessable, unread},
		{totals, "P,registered_patients,,12345678901234567890", report.NotAssessable, unread},
		{totals, "P,Registered Patients,,5", report.NotAssessable, unread},
		{totals, "P,registered_patients,,341\nP,registered_patients,,10", report.NotAssessable, "registered patients " + twice},
		{totals, "P,registered_patients,,341\nP,registered_patients,,341", report.NotAssessable, "registered patients " + twice},
		{totals, "P,registered_patients,,5000\nP,allergies,,x", report.Failed, unread},
		{totals, "P,registered_patients,,5000", report.Failed, ""},
		{totals, "OTHER,registered_patients,,x\nP,registered_patients,,5000", report.Failed, ""},
		{items, "P,2026-Q9,5", report.Failed, unread},
		{items, "P,2026-Q1,9223372036854775807\nP,2026-Q1,9223372036854775807\nP,2026-Q1,502", report.Failed, unread},
		{items, "P,2026-Q1,-5", report.Failed, unread},
	} {
		t.Run(c.list+" "+c.lines, func(t *testing.T) {
			file := filepath.Join(folder, c.list+".csv")
			require.NoError(t, os.WriteFile(file, []byte(header[c.list]+strings.ReplaceAll(c.lines, "P,", id+",")+"\n"), 0o600))
			defer func() { require.NoError(t, os.Remove(file)) }()
			answers := written(t, "- key: "+keys[c.list]+"\n  answer: yes\n  date: 2026-03-01\n  evidence: screen\n  role: manager\n")
			p := &checked(t, folder, "--declarations", answers).Practices[0]
			got, notes := criterion(t, p, rules[c.list])
			require.Equal(t, c.status, got.Status)
			at := slices.IndexFunc(p.Results, func(r report.Result) bool { return r.Rule == rules[c.list] })
			said := strings.Join(append(notes, p.Results[at].Missing...), "; ")
			if c.says == "" {
				require.NotContains(t, said, unread)
				return
			}
			require.Contains(t, said, c.says)
			require.NotContains(t, said, "disagree")
			require.NotContains(t, said, "declared yes")
		})
	}
}

// practiceOf is the practice_id of a folder with one practice.
func practiceOf(t *testing.T, folder string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "practice.csv"))
	require.NoError(t, err)
	lines := strings.Split(string(text), "\n")
	at := slices.Index(strings.Split(lines[0], ","), "practice_id")
	require.GreaterOrEqual(t, at, 0)
	return strings.Split(lines[1], ",")[at]
}
