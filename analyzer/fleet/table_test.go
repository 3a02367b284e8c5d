package fleet_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/fleet"
	"paperlight/analyzer/report"
	"paperlight/analyzer/savedstate"
	"paperlight/internal/fixture"
)

// tabled is a table with a row of each kind.
func tabled(t *testing.T, level report.Level) *fleet.Table {
	t.Helper()
	base, by := scanned(t)
	by.Level = level
	random := rand.New(rand.NewPCG(3, 3))
	newer, older := resampled(base, random, "A81001", 0), resampled(base, random, "A81001", 6)
	twice, again := resampled(base, random, "A81002", 0), resampled(base, random, "A81002", 0)
	old := resampled(base, random, "A81003", 0)
	old.Key.Rules, old.Counted = "older", ""
	odd := resampled(base, random, "=cmd|'/c'!A1\x1b[2J", 0)
	odd.State.Practices[0].ODSCode, odd.State.Practices[0].Name = "", "<b>Dr & Co</b>"
	set := setOf(newer, older, twice, again, old, odd)
	table := fleet.NewTable(by, []string{"html", "json"})
	for _, s := range fleet.Resolve(set, set, by, true) {
		row, _ := judged(t, &s, by, newer, older, twice, again, old, odd)
		table.Practices = append(table.Practices, row)
	}
	table.NotRead = []fleet.NotRead{{Number: 7, ExitCode: 3}, {Key: "k", ExitCode: 4}, {Number: 9, ExitCode: 99}}
	return table
}

func TestTheTableOfPractices(t *testing.T) {
	table := tabled(t, report.Assessor)
	table.Rules = report.RuleSet{Version: "1", SHA256: "rules", Count: 1} // which change by the day
	table.Scheme.SHA256 = "scheme"
	for i := range table.Practices {
		if table.Practices[i].Needs != nil {
			require.Greater(t, len(table.Practices[i].Needs), 100)
			table.Practices[i].Needs = []string{"a/rule", "b/rule"}
		}
		table.Practices[i].State = "state"
	}
	for name, write := range map[string]func(io.Writer) error{"practices.csv": table.WriteCSV, "practices.json": table.WriteJSON, "practices.html": table.WriteHTML} {
		var out bytes.Buffer
		require.NoError(t, write(&out))
		require.NotContains(t, out.String(), "\x1b")
		fixture.Golden(t, "testdata/"+name, out.Bytes())
	}
}

// What is published of a practice is what its report shows: nothing of one as small as
// these.
func TestThePublishedTableShowsWhatReportsShow(t *testing.T) {
	table := tabled(t, report.Publish)
	small := 0
	for _, row := range table.Practices {
		require.Empty(t, row.Name)
		require.Empty(t, row.Accreditations)
		require.Nil(t, row.Registered)
		require.Zero(t, row.Jobs)
		if row.NotJudged == "" {
			small++
		}
	}
	require.Equal(t, 2, small)
	var page bytes.Buffer
	require.NoError(t, table.WriteHTML(&page))
	require.Contains(t, page.String(), "100 registered patients or fewer")
}

// A report has one name, which every system takes, and no two practices share one.
func TestReportsAreNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, id := range []string{"A81001", "a81001", "A 81001", "../A81001", "", "CON", "practice", "A81001.", "Ä81001", string(make([]byte, 300))} {
		name := fleet.ReportName(id)
		require.Regexp(t, `^practice-[A-Z0-9a-f]{1,40}$`, name)
		require.False(t, seen[name], id)
		seen[name] = true
	}
}

// A state that nobody can tell of is not called judged.
func TestNeedsAreOfTheRulesThatCount(t *testing.T) {
	base, by := scanned(t)
	require.Empty(t, base.Needs(by))
	other := *by
	other.Counted = map[string]string{"new/rule": "1"}
	require.Empty(t, base.Needs(&other), "the digest of all rules is the same")
	catalogue := *by.Catalogue
	catalogue.SHA256 = "other"
	other.Catalogue = &catalogue
	require.Equal(t, []string{"new/rule"}, base.Needs(&other))
	other.Counted = by.Counted
	require.Empty(t, base.Needs(&other))
	var none savedstate.Saved
	require.Len(t, none.Needs(&other), len(by.Counted))
}
