package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

// rewritten changes a file of a folder.
func rewritten(t *testing.T, folder, name string, change func(string) string) {
	t.Helper()
	path := filepath.Join(folder, name)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	changed := change(string(text))
	require.NotEqual(t, string(text), changed, "nothing was changed")
	require.NoError(t, os.WriteFile(path, []byte(changed), 0o600))
}

func headerAlone(text string) string { return text[:strings.Index(text, "\n")+1] }

func TestTablesThatWereEmptiedOrLost(t *testing.T) {
	whole, _ := made(t, "--patients", "200", "--clean")
	status := func(change func(folder string)) report.Status {
		folder := filepath.Join(t.TempDir(), "changed")
		require.NoError(t, os.CopyFS(folder, os.DirFS(whole)))
		change(folder)
		c, _ := criterion(t, &checked(t, folder).Practices[0], "file/tables-filled")
		return c.Status
	}
	require.Equal(t, report.Passed, status(func(string) {}))
	for _, table := range []string{"events", "issues", "allergies", "registrations"} {
		require.Equal(t, report.Failed, status(func(folder string) { rewritten(t, folder, table+".csv", headerAlone) }), "%s is a header alone", table)
	}
	for _, table := range []string{"events", "issues", "allergies"} {
		require.Equal(t, report.NotAssessable, status(func(folder string) { require.NoError(t, os.Remove(filepath.Join(folder, table+".csv"))) }), "%s is absent", table)
	}
}

func TestAnAsOfDateThatFitsNoRecord(t *testing.T) {
	folder, _ := made(t, "--patients", "200", "--clean")
	judged := func(args ...string) report.Status {
		c, _ := criterion(t, &checked(t, append([]string{folder}, args...)...).Practices[0], "file/as-of-plausible")
		return c.Status
	}
	require.Equal(t, report.Passed, judged())
	require.Equal(t, report.Passed, judged("--as-of", "2026-09-30"))
	for _, day := range []string{"2030-03-31", "2099-12-31", "2019-03-31", "1999-01-01"} {
		require.Equal(t, report.Failed, judged("--as-of", day), day)
	}

	rewritten(t, folder, "events.csv", func(text string) string {
		lines := strings.SplitN(text, "\n", 3)
		header := strings.Split(lines[0], ",")
		cells := strings.Split(lines[1], ",")
		for i, name := range header {
			if name == "event_date" {
				cells[i] = "2029-12-31"
			}
		}
		return lines[0] + "\n" + strings.Join(cells, ",") + "\n" + lines[2]
	})
	require.Equal(t, report.Failed, judged("--as-of", "2030-03-31"), "one row proves nothing")
	require.Equal(t, report.Passed, judged())

	rewritten(t, folder, "practice.csv", func(text string) string { return strings.ReplaceAll(text, "2026-03-31", "2099-12-31") })
	require.Equal(t, report.Failed, judged(), "the extract says that it ends in 2099")
}

// TestCodesThatSayNothing gives every record a code that satisfies no rule
// about coding.
func TestCodesThatSayNothing(t *testing.T) {
	folder, _ := made(t, "--patients", "200", "--clean")
	column := func(file string, set map[string]string) {
		rewritten(t, folder, file, func(text string) string {
			lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			header := strings.Split(lines[0], ",")
			for i := range lines[1:] {
				cells := strings.Split(lines[1+i], ",")
				for j, name := range header {
					if to, ok := set[name]; ok && cells[j] != "" {
						cells[j] = to
					}
				}
				lines[1+i] = strings.Join(cells, ",")
			}
			return strings.Join(lines, "\n") + "\n"
		})
	}
	column("allergies.csv", map[string]string{"code": "?", "code_system": "local", "agent_code": "373873005"})
	column("issues.csv", map[string]string{"dmd_code": "138875005"})
	column("medications.csv", map[string]string{"dmd_code": "138875005"})
	column("events.csv", map[string]string{"code": "X", "code_system": "local"})
	p := &checked(t, folder).Practices[0]
	for _, rule := range []string{"allergy/coded", "allergy/drug-agent-specified", "coding/entry-coded", "paper-light/consultation-coded",
		"medication/issue-coded", "medication/dmd-code-valid", "scr/core-content-coded"} {
		c, _ := criterion(t, p, rule)
		require.Equal(t, report.Failed, c.Status, rule)
	}
	for _, r := range p.Results {
		if r.Rule == "coding/entry-coded" || r.Rule == "paper-light/consultation-coded" {
			require.Zero(t, *r.Numerator, r.Rule)
			require.NotEmpty(t, r.Beside, "the share of local codes is shown")
		}
	}
}
