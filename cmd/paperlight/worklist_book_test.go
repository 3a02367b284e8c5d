package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"paperlight/analyzer"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// bookText is a workbook as text: a cell is followed by its type where that is not a
// text, and a sheet begins with its frozen rows and its filter.
func bookText(t *testing.T, file string) string {
	t.Helper()
	book, err := excelize.OpenFile(file)
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	var b strings.Builder
	filters := map[string]string{}
	for _, n := range book.GetDefinedName() {
		_, filters[n.Scope], _ = strings.Cut(n.RefersTo, "!")
	}
	for _, sheet := range book.GetSheetList() {
		panes, err := book.GetPanes(sheet)
		require.NoError(t, err)
		fmt.Fprintf(&b, "== %s (frozen: %d, filter: %s)\n", sheet, panes.YSplit, filters[sheet])
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		for i, row := range rows {
			for j := range row {
				at, err := excelize.CoordinatesToCellName(j+1, i+1)
				require.NoError(t, err)
				kind, err := book.GetCellType(sheet, at)
				require.NoError(t, err)
				if row[j] != "" && kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
					row[j] += " (a number)"
				}
			}
			fmt.Fprintf(&b, "%s\n", strings.Join(row, " | "))
		}
	}
	return b.String()
}

func TestWorklistBookGolden(t *testing.T) {
	lists := filepath.Join(t.TempDir(), "lists")
	own := filepath.Join("..", "..", "testdata", "extracts", "paperlight")
	checked(t, own, "--worklist", lists, "--worklist-all", "--select", "allergy/*,scr/core-content-coded,nhs-number/*,medication/dose-recorded,demographics/deduction-complete")
	file := filepath.Join(lists, worklistBookName)
	requireGolden(t, "worklist.txt", []byte(bookText(t, file)))

	want, err := os.ReadFile(file)
	require.NoError(t, err)
	checked(t, own, "--jobs", "3", "--worklist", lists, "--worklist-all", "--select", "allergy/*,scr/core-content-coded,nhs-number/*,medication/dose-recorded,demographics/deduction-complete")
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "equal lists give equal bytes")
}

// What a spreadsheet would make a number, a date or a formula of stays as it is.
func TestWorklistBookKeepsIds(t *testing.T) {
	ids := []string{"0001234", "12e5", "9223372036854775807", "1234567890123456789", "=1+1", "+44", "1/2", "TRUE", "1-2-3", "_x0041_", " x"}
	folder := filepath.Join(t.TempDir(), "lists")
	to, err := folderTarget("--worklist", folder)
	require.NoError(t, err)
	w, err := begin(disk{}, nil, to)
	require.NoError(t, err)
	defer w.abandon()
	l, err := newWorklists(w, to)
	require.NoError(t, err)
	defer l.abandon(&err)
	long := &rules.Rule{ID: "set/a-rule-of-a-very-long-name-that-no-sheet-takes", Code: "AAA-001", Title: "T"}
	other := &rules.Rule{ID: "set/a-rule-of-a-very-long-name-that-no-sheet-takes-either", Code: "AAA-001", Title: "T"}
	require.NoError(t, l.open(long))
	require.NoError(t, l.open(other))
	for _, id := range ids {
		require.NoError(t, l.add(&analyzer.Row{Rule: long.ID, Table: schema.Events, Practice: id, Patient: id, Record: id, Code: id, Verdict: analyzer.Failing}))
	}
	require.NoError(t, l.close())
	require.NoError(t, w.commit(context.Background()))
	book, err := excelize.OpenFile(filepath.Join(folder, worklistBookName))
	require.NoError(t, err)
	sheets := book.GetSheetList()
	require.Equal(t, []string{"Index", "AAA-001 a-rule-of-a-very-long-n", "AAA-001 a-rule-of-a-very-long 2"}, sheets)
	for i, id := range ids {
		for _, column := range []string{"A", "B", "C", "H"} {
			at := fmt.Sprintf("%s%d", column, i+2)
			got, err := book.GetCellValue(sheets[1], at)
			require.NoError(t, err)
			require.Equal(t, id, got)
			style, err := book.GetCellStyle(sheets[1], at)
			require.NoError(t, err)
			how, err := book.GetStyle(style)
			require.NoError(t, err)
			require.Equal(t, 49, how.NumFmt, "text")
			formula, err := book.GetCellFormula(sheets[1], at)
			require.NoError(t, err)
			require.Empty(t, formula)
		}
	}
	require.NoError(t, book.Close())
	left, err := filepath.Glob(filepath.Join(filepath.Dir(folder), ".paperlight-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// Each listed record says what is wrong with it, and no other record's fault.
func TestWorklistsSayWhatIsWrong(t *testing.T) {
	rule := &rules.Rule{}
	for name, test := range map[string]struct {
		row  analyzer.Row
		says []string
		want string
	}{
		"one":          {analyzer.Row{Verdict: analyzer.Failing, Unmet: 0b01, Untold: 0b10}, []string{"has no code", "has no dose"}, "has no code"},
		"both":         {analyzer.Row{Verdict: analyzer.Failing, Unmet: 0b11}, []string{"has no code", "has no dose"}, "has no code; has no dose"},
		"said once":    {analyzer.Row{Verdict: analyzer.Failing, Unmet: 0b11}, []string{"is not filed", "is not filed"}, "is not filed"},
		"unknown":      {analyzer.Row{Verdict: analyzer.Unknown, Untold: 0b10}, []string{"has no code", "has no dose"}, "not enough is recorded to tell, which counts as not met: has no dose"},
		"undetermined": {analyzer.Row{Verdict: analyzer.Undetermined}, []string{"has no code"}, "nothing recorded says whether the rule applies"},
		"only listed":  {analyzer.Row{Verdict: analyzer.Failing}, rule.Shortfalls(), "the rule lists it, for someone to look at"},
	} {
		require.Equal(t, test.want, whyListed(&test.row, test.says), name)
	}

	folder, _ := made(t, "--patients", "900", "--seed", "4")
	lists := filepath.Join(t.TempDir(), "lists")
	checked(t, folder, "--worklist", lists, "--worklist-all")
	files, err := filepath.Glob(filepath.Join(lists, "*.csv"))
	require.NoError(t, err)
	require.Greater(t, len(files), 20)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		require.NoError(t, err)
		for _, row := range rows[1:] {
			require.NotEmpty(t, row[5], filepath.Base(file))
			require.False(t, strings.HasSuffix(row[5], ": "), filepath.Base(file))
		}
	}
}

func TestExplainAPatient(t *testing.T) {
	own := filepath.Join("..", "..", "testdata", "extracts", "paperlight")
	const patient = "d4620458523ac82d" // has a medicine without a dose
	for name, rule := range map[string]string{"patients": "scr/core-content-coded", "medications": "medication/dose-recorded", "practice": "file/tables-filled"} {
		t.Run(name, func(t *testing.T) {
			r := paperlight(t, "explain", rule, own, "--allow-test-numbers", "--patient", patient)
			require.Zero(t, r.code, r.err)
			requireGolden(t, "explain-"+name+".txt", []byte(r.out))
		})
	}
	// The answer is the first thing said, in a sentence, before any condition.
	for rule, answer := range map[string]string{
		"scr/core-content-coded":   "This patient counts in this check and does not meet it, because a medicine has no dose.",
		"medication/dose-recorded": "This patient has 4 medicines. 4 count in this check: 3 meet it and 1 does not.",
		"file/tables-filled":       "This practice does not count in this check, because this is not so: ",
	} {
		r := paperlight(t, "explain", rule, own, "--allow-test-numbers", "--patient", patient)
		before, _, found := strings.Cut(r.out, "\n  "+answer)
		require.True(t, found, r.out)
		require.Equal(t, 4, strings.Count(before, "\n")+1, "title, rule, blank and who it is")
	}
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no such patient": {[]string{"allergy/coded", own, "--patient", "12345-secret"}, exitUsage, "no patient of the extract has this key"},
		"no patient":      {[]string{"allergy/coded", own, "--patient", ""}, exitUsage, "want the key of a patient"},
		"no extract":      {[]string{"allergy/coded", "--patient", patient}, exitUsage, "and the extract"},
		"declared":        {[]string{"summary/policy", own, "--patient", patient}, exitUsage, "asks the practice"},
		"another table":   {[]string{"paper-light/clinicians-active", own, "--patient", patient}, exitUsage, "has no patients"},
		"assessor":        {[]string{"allergy/coded", own, "--patient", patient, "--level", "assessor"}, exitPrivacy, "the level is assessor"},
		"publish":         {[]string{"allergy/coded", own, "--patient", patient, "--level", "publish"}, exitPrivacy, "the level is publish"},
	} {
		r := paperlight(t, append([]string{"explain", "--allow-test-numbers"}, test.args...)...)
		require.Equal(t, test.code, r.code, name)
		require.Contains(t, r.err, test.says, name)
		require.NotContains(t, r.out+r.err, "12345-secret", name)
	}
}

// Three faults that one rule finds are told apart, with the entry that has each.
func TestWorklistTellsTheFaultsOfARuleApart(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"practice.csv": "practice_id,extract_to\nP1,2026-03-31\n",
		"patients.csv": "patient_id,practice_id\n0001,P1\n12e5,P1\n0003,P1\n0004,P1\n",
		"registrations.csv": `registration_id,patient_id,reg_type,start_date,end_date
r1,0001,regular,2010-01-01,
r2,12e5,regular,2010-01-01,
r3,0003,regular,2010-01-01,
r4,0004,regular,2010-01-01,
`,
		"medications.csv": `medication_id,patient_id,prescription_type,status,start_date,end_date,dmd_code,dosage_text
m1,0001,repeat,active,2015-01-15,,,one a day
m2,12e5,repeat,active,2015-01-15,,322236009,
m3,12e5,repeat,active,2015-01-15,,322236009,
m4,0003,repeat,active,2015-01-15,,322236009,one a day
m5,0004,repeat,active,2015-01-15,,322236009,one a day
m6,0001,repeat,ended,2001-01-15,2002-01-15,,
`,
		"allergies.csv": `allergy_id,patient_id,category,status,code,code_system,agent_code,recorded_date
a1,0003,drug,active,,,,2015-01-15
a2,0004,drug,active,,,387517004,2015-01-15
`,
		"consents.csv": "consent_id,patient_id,kind,decision,decided_date\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	lists := filepath.Join(t.TempDir(), "lists")
	checked(t, folder, "--worklist", lists, "--worklist-all", "--select", "scr/core-content-coded")
	text, err := os.ReadFile(filepath.Join(lists, "scr--core-content-coded.csv"))
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	var got []string
	for _, row := range rows[1:] {
		got = append(got, row[1]+": "+row[5])
	}
	require.Equal(t, []string{
		"0001: a medicine has no dm+d code that names a product (medicine m1)",
		"12e5: a medicine has no dose (medicine m2 and 1 more)",
		"0003: an allergy has no code, for the entry or its cause (allergy entry a1)",
	}, got)
}
