package main

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// listsIn writes one worklist into folder.
func listsIn(t *testing.T, folder, rule, patient string) {
	t.Helper()
	to, err := folderTarget("--worklist", folder)
	require.NoError(t, err)
	w, err := begin(disk{}, nil, to)
	require.NoError(t, err)
	defer w.abandon()
	l, err := newWorklists(w, to)
	require.NoError(t, err)
	defer l.abandon(&err)
	require.NoError(t, l.open(&rules.Rule{ID: rule}))
	require.NoError(t, l.add(&analyzer.Row{Rule: rule, Table: schema.Allergies, Practice: "P1", Patient: patient, Record: "=a", Date: 20543, HasDate: true, Verdict: analyzer.Failing}))
	require.NoError(t, l.close())
	require.NoError(t, w.commit(context.Background()))
}

func TestWorklistsReplaceThoseOfTheRunBefore(t *testing.T) {
	target := filepath.Join(t.TempDir(), "lists")
	listsIn(t, target, "allergy/reaction", "p0")
	listsIn(t, target, "allergy/coded", "p1")
	listsIn(t, target, "allergy/coded", "p2")
	f, err := os.Open(filepath.Join(target, "allergy--coded.csv"))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{{"practice_id", "patient_id", "record_id", "date", "what", "why", "table", "code"},
		{"P1", "p2", "'=a", "2026-03-31", "not met", "the rule lists it, for someone to look at", "allergies", ""}}, rows)
	require.Equal(t, []string{"README.txt", "allergy--coded.csv", manifestName, worklistBookName}, names(t, target), "a list of before is gone")
	require.Equal(t, []string{"lists"}, names(t, filepath.Dir(target)), "nothing is left beside the folder")
}

// names are all that lies in a folder.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	out := []string{}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// A list is of records to put right for the scheme that judges: not of rules it does
// not ask for, nor of the practice as a whole.
func TestWorklistsAreOfTheScheme(t *testing.T) {
	failing := func(id string) report.PracticeReport {
		n, none := int64(9), int64(0)
		return report.PracticeReport{Results: []report.Result{{Rule: id, Denominator: &n, Numerator: &none, Undetermined: &n}}}
	}
	asked := func(p report.PracticeReport, id string) report.PracticeReport {
		p.Accreditations = []report.Accreditation{{Criteria: []report.Criterion{{Rule: id, Status: report.Failed}}}}
		return p
	}
	k := &checking{}
	rule := &rules.Rule{ID: "s/a", Table: schema.Patients, Checked: &expr.Checked{}, ListedFrom: 1, Threshold: rules.Threshold{Percent: 10000, Set: true}}
	require.True(t, k.needsList(rule, &report.Report{Practices: []report.PracticeReport{asked(failing("s/a"), "s/a")}}))
	require.False(t, k.needsList(rule, &report.Report{Practices: []report.PracticeReport{asked(failing("s/a"), "s/b")}}), "of no scheme")
	require.True(t, (&checking{listAll: true}).needsList(rule, &report.Report{Practices: []report.PracticeReport{failing("s/a")}}), "asked for by --worklist-all")
	whole := *rule
	whole.Table = schema.Practice
	require.False(t, k.needsList(&whole, &report.Report{Practices: []report.PracticeReport{asked(failing("s/a"), "s/a")}}), "of the practice")
}
