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

// answersTable writes the table declarations into an extract.
func answersTable(t *testing.T, folder string, rows ...string) {
	t.Helper()
	text := "key,practice_id,answer,count,date,evidence,role\n" + strings.Join(rows, "\n") + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "declarations.csv"), []byte(text), 0o600))
}

// A newer answer that does not help takes the place of an older one that does,
// whatever it lacks: a no counts, and what nobody can read leaves the question open.
func TestANewerAnswerIsNotThrownAway(t *testing.T) {
	t.Parallel()
	folder, _ := made(t, "--patients", "60", "--clean")
	const yes = "audit-trail-on,,yes,,2026-03-01,screen,practice manager"
	for name, test := range map[string]struct {
		row    string
		status report.Status
		note   string
	}{
		"no":                     {"audit-trail-on,,no,,2026-03-30,screen,secretary", report.Failed, "declared no on 30 March 2026"},
		"in capitals, blanks":    {"audit-trail-on,, NO ,, 2026-03-30 ,screen,secretary", report.Failed, "declared no on 30 March 2026"},
		"of a spreadsheet":       {"audit-trail-on,,FALSE,,30/3/2026,screen,secretary", report.Failed, "declared no on 30 March 2026"},
		"the key in capitals":    {" Audit-Trail-On,,no,,2026-03-30,screen,secretary", report.Failed, "declared no on 30 March 2026"},
		"the day first":          {"audit-trail-on,,no,,30/03/2026,screen,secretary", report.Failed, "declared no on 30 March 2026"},
		"a date that is none":    {"audit-trail-on,,no,,30 March,screen,secretary", report.Failed, "declarations.csv record 2, date: want a date YYYY-MM-DD, or day/month/year. A no counts all the same"},
		"no date":                {"audit-trail-on,,no,,,screen,secretary", report.Failed, "declarations.csv record 2, date: an answer was given without a date. A no counts all the same"},
		"no evidence":            {"audit-trail-on,,no,,2026-03-30,,secretary", report.Failed, "declarations.csv record 2, evidence: the answer of 30 March 2026 names no evidence. A no counts all the same"},
		"no role":                {"audit-trail-on,,no,,2026-03-30,screen,", report.Failed, "declarations.csv record 2, role: "},
		"after the as-of date":   {"audit-trail-on,,no,,2026-04-02,screen,secretary", report.Failed, "declarations.csv record 2, date: "},
		"a word that is none":    {"audit-trail-on,,nein,,2026-03-30,screen,secretary", report.NotAssessable, "declarations.csv record 2, answer: want yes, no or supplier_hosted. The older answer does not count either. Put this one right, or take it out"},
		"an answer not taken":    {"audit-trail-on,,not_applicable,,2026-03-30,screen,secretary", report.NotAssessable, "declarations.csv record 2, answer: "},
		"no answer":              {"audit-trail-on,,,,2026-03-30,screen,secretary", report.NotAssessable, "declarations.csv record 2, answer: "},
		"yes, without a date":    {"audit-trail-on,,yes,,,screen,secretary", report.NotAssessable, "declarations.csv record 2, date: an answer was given without a date"},
		"of one day":             {"audit-trail-on,,nein,,2026-03-01,screen,secretary", report.NotAssessable, "declarations.csv record 2, answer: "},
		"an older no":            {"audit-trail-on,,no,,2026-02-28,screen,secretary", report.Passed, "declared yes on 1 March 2026"},
		"an older word":          {"audit-trail-on,,nein,,2026-02-28,screen,secretary", report.Passed, "declared yes on 1 March 2026"},
		"yes, without evidence":  {"audit-trail-on,,yes,,2026-03-30,,secretary", report.Passed, "declared yes on 1 March 2026"},
		"a question without any": {"audit-trail-on,,,,,,", report.Passed, "declared yes on 1 March 2026"},
	} {
		t.Run(name, func(t *testing.T) {
			answersTable(t, folder, yes, test.row)
			r := checked(t, folder)
			c, notes := criterion(t, &r.Practices[0], "paper-light/audit-trail-on")
			require.Equal(t, test.status, c.Status)
			require.Contains(t, strings.Join(notes, "\n"), test.note)
			for _, value := range []string{"nein", "30 March,", "30/"} {
				require.NotContains(t, strings.Join(notes, "\n"), value)
			}
		})
	}
}

// The same holds of a file of answers.
func TestANewerAnswerInAFileIsNotThrownAway(t *testing.T) {
	folder, _ := made(t, "--patients", "60", "--clean")
	const yes = "- key: audit-trail-on\n  answer: yes\n  date: 2026-03-01\n  evidence: screen\n  role: practice manager\n"
	for name, test := range map[string]struct {
		item   string
		status report.Status
		note   string
	}{
		"no date":     {"- key: audit-trail-on\n  answer: no\n", report.Failed, "declarations.yaml line 6, date: an answer was given without a date. A no counts all the same"},
		"no evidence": {"- key: audit-trail-on\n  answer: No\n  date: 30/3/2026\n", report.Failed, "declarations.yaml line 6, role: "},
		"no answer":   {"- key: audit-trail-on\n  answer:\n  date: 2026-03-30\n  evidence: screen\n  role: secretary\n", report.NotAssessable, "declarations.yaml line 6, answer: "},
		"not asked":   {"- key: audit-trail-on\n  answer:\n  date:\n  evidence:\n  role:\n", report.Passed, "declared yes on 1 March 2026"},
	} {
		t.Run(name, func(t *testing.T) {
			file := written(t, yes+test.item)
			r := checked(t, folder, "--declarations", file)
			c, notes := criterion(t, &r.Practices[0], "paper-light/audit-trail-on")
			require.Equal(t, test.status, c.Status)
			require.Contains(t, strings.Join(notes, "\n"), test.note)
			if test.status != report.Passed {
				require.Contains(t, asked(t, folder, "--declarations", file), "- key: audit-trail-on\n", "it is asked again")
			}
		})
	}
}

// A newer count that cannot be read leaves the question open, and one that can is
// compared.
func TestANewerCountIsNotThrownAway(t *testing.T) {
	folder, _ := made(t, "--patients", "120", "--clean")
	for name, test := range map[string]struct {
		row    string
		status report.Status
		note   string
	}{
		"more":                 {"scr-opt-out-forms,,yes,200000,2026-03-30,folder,secretary", report.Failed, "patients still registered: 200,000."},
		"words":                {"scr-opt-out-forms,,yes,200 forms,2026-03-30,folder,secretary", report.NotAssessable, "declarations.csv record 2, count: want a whole number"},
		"none":                 {"scr-opt-out-forms,,yes,,2026-03-30,folder,secretary", report.NotAssessable, "declarations.csv record 2, count: the answer of 30 March 2026 has no count"},
		"more, no evidence":    {"scr-opt-out-forms,,yes,200000,2026-03-30,,secretary", report.NotAssessable, "declarations.csv record 2, evidence: "},
		"older, more":          {"scr-opt-out-forms,,yes,200000,2026-02-28,folder,secretary", report.Passed, "patients still registered: 0."},
		"blanks round a count": {"scr-opt-out-forms,,yes, 0 ,2026-03-30,folder,secretary", report.Passed, "Declared on 30 March 2026"},
	} {
		t.Run(name, func(t *testing.T) {
			answersTable(t, folder, "scr-opt-out-forms,,yes,0,2026-03-01,folder,secretary", test.row)
			r := checked(t, folder, "--scheme", "scr-2010")
			p := &r.Practices[0]
			c, notes := criterion(t, p, "scr/opt-outs-all-coded")
			at := slices.IndexFunc(p.Results, func(r report.Result) bool { return r.Rule == c.Rule })
			require.Equal(t, test.status, c.Status)
			require.Contains(t, strings.Join(append(notes, p.Results[at].Remarks()...), "\n"), test.note)
		})
	}
}

// A figure filled down the column of counts answers nothing where no count is asked;
// a no stands all the same.
func TestACountThatNobodyAskedForIsNoAnswer(t *testing.T) {
	folder, _ := made(t, "--patients", "120", "--clean")
	for name, test := range map[string]struct {
		row    string
		status report.Status
		note   string
	}{
		"yes":           {"audit-trail-on,,yes,0,2026-03-30,folder,secretary", report.NotAssessable, "record 1, count: the answer of 30 March 2026 gives a count, and this question asks for none"},
		"yes, of some":  {"audit-trail-on,,yes,5,2026-03-30,folder,secretary", report.NotAssessable, "take the count out"},
		"hosted":        {"audit-trail-on,,supplier_hosted,0,2026-03-30,folder,secretary", report.NotAssessable, "take the count out"},
		"a count alone": {"audit-trail-on,,,0,2026-03-30,folder,secretary", report.NotAssessable, "take the count out"},
		"no":            {"audit-trail-on,,no,0,2026-03-30,folder,secretary", report.Failed, "declared no on 30 March 2026"},
		"without":       {"audit-trail-on,,yes,,2026-03-30,folder,secretary", report.Passed, "declared yes on 30 March 2026"},
	} {
		t.Run(name, func(t *testing.T) {
			answersTable(t, folder, test.row)
			c, notes := criterion(t, &checked(t, folder).Practices[0], "paper-light/audit-trail-on")
			require.Equal(t, test.status, c.Status)
			require.Contains(t, strings.Join(notes, "\n"), test.note)
		})
	}
}

// How the table was read is counted and placed, and what counts for nothing is
// named by its record.
func TestTheTableOfAnswersIsAccountedFor(t *testing.T) {
	folder, _ := made(t, "--patients", "60", "--clean")
	id := checked(t, folder).Practices[0].PracticeID
	answersTable(t, folder, "audit-trail-on,"+strings.ToLower(id)+" ,yes,,2026-03-01,screen,practice manager",
		"restore-validated,"+id+",zqmaybe,few,31/13/2026,screen,practice manager",
		",,no,,2026-03-01,screen,practice manager",
		"access-audit-current,ZQ9,no,,2026-03-01,screen,practice manager",
		"zqaudit,,no,,2026-03-01,screen,practice manager",
		"access-audt-current,,no,,2026-03-01,screen,practice manager")
	r := checked(t, folder)
	c, _ := criterion(t, &r.Practices[0], "paper-light/audit-trail-on")
	require.Equal(t, report.Passed, c.Status, "letter case and blanks are forgiven")
	require.Contains(t, r.Notes, "declarations.csv record 1: practice_id differs from that of a practice in the case of letters or in blanks. These answers were taken as that practice's: write it letter for letter.")
	require.Contains(t, r.Notes, "declarations.csv record 4: practice_id names no practice of the extract. These answers count for nothing: write the practice_id as the table practice has it.")
	require.Contains(t, r.Notes, "declarations.csv record 5, key: no rule asks for an answer of this name. It counts for nothing.")
	require.Contains(t, r.Notes, "declarations.csv record 6, key: no rule asks for an answer of this name. It counts for nothing. Did you mean access-audit-current?")
	for _, table := range r.Extract.Tables {
		if table.Table != "declarations" {
			continue
		}
		require.Equal(t, []int64{6, 1, 3}, []int64{table.Rows, table.Rejected, table.Malformed})
		require.Len(t, table.Faults, 4)
	}
	page := paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never").out
	for _, told := range []string{"Date: 1 value is not a date YYYY-MM-DD; first at declarations.csv record 2.", "first at declarations.csv record 3."} {
		require.Contains(t, strings.Join(strings.Fields(page), " "), told)
	}
	require.NotContains(t, strings.ToLower(page), "zq")
	require.NotContains(t, paperlight(t, "inspect", folder, "--allow-test-numbers").out, "zq")
}

// Where the day of the extract cannot be read, the page says so and what was done.
func TestAnUnreadableDayOfTheExtractIsTold(t *testing.T) {
	folder, _ := made(t, "--patients", "60", "--clean")
	path := filepath.Join(folder, "practice.csv")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(text), "2026-03-31")
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(string(text), "2026-03-31", "31/03/2026")), 0o600))
	page := strings.Join(strings.Fields(paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never").out), " ")
	require.Contains(t, page, "(worked out from the dates recorded, because extract_to could not be read)")
	require.Contains(t, page, "practice.csv record 1, extract_to: want a date YYYY-MM-DD. It could not be read, so the as-of date was worked out from the dates recorded.")
	require.NotContains(t, page, "31/03/2026")
}
