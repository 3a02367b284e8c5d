package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

// recode says of clinical codes of an extract that they are in another system:
// of every of-th row that keep lets pass.
func recode(t *testing.T, folder, system string, of int, keep func(date string) bool) {
	t.Helper()
	for _, table := range []string{"events", "problems", "allergies", "results"} {
		path := filepath.Join(folder, table+".csv")
		f, err := os.Open(path)
		require.NoError(t, err)
		rows, err := csv.NewReader(f).ReadAll()
		require.NoError(t, f.Close())
		require.NoError(t, err)
		at, date := slices.Index(rows[0], "code_system"), slices.Index(rows[0], "event_date")
		for i, row := range rows[1:] {
			if i%of == 0 && row[at] == "sct" && (date < 0 || keep(row[date])) {
				row[at] = system
			}
		}
		out, err := os.Create(path)
		require.NoError(t, err)
		require.NoError(t, csv.NewWriter(out).WriteAll(rows))
		require.NoError(t, out.Close())
	}
}

// lacking are the rules that a report calls not assessable for what a code
// list does not cover.
func lacking(r *report.Report) []string {
	var out []string
	for _, one := range r.Practices[0].Results {
		if slices.ContainsFunc(one.Missing, func(why string) bool {
			return strings.HasPrefix(why, "over 5% of the entries that this check reads have codes")
		}) {
			out = append(out, one.Rule)
		}
	}
	return out
}

// A practice that codes in a system which a list does not cover is not judged
// by that list, and by the others as before.
func TestNobodyFailsThroughACodeListsGap(t *testing.T) {
	all := func(string) bool { return true }
	practice := func(system string, of int, keep func(string) bool) *report.Report {
		folder, _ := made(t, "--patients", "600", "--clean")
		if system != "" {
			recode(t, folder, system, of, keep)
		}
		return checked(t, folder)
	}
	summaries := []string{"summary/current", "summary/new-patient-summarised"}
	reviews := []string{"medication/four-repeats-reviewed", "medication/repeat-reviewed"}
	today := practice("", 1, all)
	require.Equal(t, summaries, lacking(today), "SNOMED CT")

	read := practice("read2", 1, all)
	require.Subset(t, lacking(read), append(reviews, "scr/frail-core-and-additional"), "Read v2")
	for _, rule := range []string{"summary/current", "allergy/status-recorded", "allergy/coded", "drug-indication/airways", "drug-indication/diabetes", "coding/diabetes-type-clear", "coding/sex-compatible", "summary/blood-pressure-recorded", "summary/smoking-recorded"} {
		require.NotContains(t, lacking(read), rule, "Read v2")
	}
	ctv3 := practice("ctv3", 1, all)
	require.Subset(t, lacking(ctv3), slices.Concat(summaries, reviews, []string{"drug-indication/airways", "summary/blood-pressure-recorded"}), "CTV3")
	for _, rule := range []string{"allergy/status-recorded", "allergy/none-known-consistent", "drug-indication/diabetes"} {
		require.NotContains(t, lacking(ctv3), rule, "CTV3")
	}
	for _, r := range []*report.Report{read, ctv3} {
		for _, a := range r.Practices[0].Accreditations {
			for _, c := range a.Criteria {
				require.False(t, slices.Contains(lacking(r), c.Rule) && c.Status == report.Failed, c.Rule)
			}
		}
	}

	require.Equal(t, summaries, lacking(practice("read2", 25, all)), "4 in 100 are in Read v2")
	require.Subset(t, lacking(practice("read2", 15, all)), reviews, "over 6 in 100 are")
	old := lacking(practice("read2", 1, func(date string) bool { return date < "2024-12-31" }))
	require.NotContains(t, old, reviews[0], "what is older than the window decides nothing")
	require.Contains(t, old, "scr/frail-core-and-additional", "which looks at all days")
}
