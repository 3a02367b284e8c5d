package mapping

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// cellsOf returns the named columns of a table, each row as its cells by
// blanks.
func cellsOf(t *testing.T, x *extract.Extract, table string, columns ...string) []string {
	t.Helper()
	schemaTable := schema.Lookup(table)
	var cols []*schema.Column
	for _, name := range columns {
		cols = append(cols, schemaTable.Column(name))
	}
	rows, _ := read(t, x.Table(schemaTable), cols...)
	var out []string
	for _, r := range rows {
		out = append(out, strings.Join(r, " "))
	}
	return out
}

func TestSideFilesFillColumns(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{
		"patients.csv":             "patient_id\n1\n2\n3\n",
		"registrations.csv":        "patient_id,start_date,paper_notes_received_date\n1,2026-01-01,2026-01-09\n2,2026-01-02,\n3,2026-01-03,\n1,2001-01-03,\n",
		"fp69.csv":                 "patient_id,fp69_set_date\n2,2026-02-01\n3,yesterday\n9,2026-02-02\n",
		"Paper_Notes_Received.csv": "Paper_Notes_Received_Date,Patient_ID\n2026-02-03,2\n2026-02-04,1\n",
	}))
	require.Equal(t, []string{
		"1 2026-01-01 2026-01-09 -", "2 2026-01-02 2026-02-03 2026-02-01", "3 2026-01-03 - !", "1 2001-01-03 2026-02-04 -",
	}, cellsOf(t, x, "registrations", "patient_id", "start_date", "paper_notes_received_date", "fp69_set_date"),
		"the extract's own value goes first; what cannot be read is malformed")
	require.True(t, supplies(x, "registrations.fp69_set_date"))
	require.Equal(t, []string{
		"registrations has no record ids; the file and record number are used in their place.",
		"fp69.csv gives fp69_set_date of the table registrations.",
		"Paper_Notes_Received.csv gives paper_notes_received_date of the table registrations.",
	}, x.Notes)
	require.NotEqual(t, "", Describe(x).Title)
}

func TestSideFilesOfAVendorSystem(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{
		"s_Extract_Patient_001.txt": "patid\tpracid\tgender\tyob\tregstartdate\tpatienttypeid\n1\t9\t1\t2015\t01/04/2015\t3\n2\t9\t2\t1950\t01/04/2015\t3\n",
		"fp69.csv":                  "patient_id,fp69_set_date\n2,2026-02-01\n",
		"document-workflow.csv":     "document_id,patient_id,received_date,filed_date\nd1,1,2026-01-05,2026-01-07\n",
		"prescribing-items.csv":     "practice_id,quarter,items\n9,2026-Q1,1200\n",
	}))
	require.Equal(t, "cprd-aurum", x.System)
	require.Equal(t, []string{"1 -", "2 2026-02-01"}, cellsOf(t, x, "registrations", "patient_id", "fp69_set_date"))
	require.Equal(t, []string{"d1 1 2026-01-05 2026-01-07"}, cellsOf(t, x, "documents", "document_id", "patient_id", "received_date", "filed_date"))
	require.Equal(t, []string{"9 2026-Q1 2026-01-01 1200"}, cellsOf(t, x, "prescribing_items", "practice_id", "quarter", "first_day", "items"))
	require.Contains(t, x.Notes, "document-workflow.csv stands for the table documents, which the extract lacks.")
}

func TestQuartersHaveAFirstDay(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{
		"patients.csv":          "patient_id\n1\n",
		"prescribing-items.csv": "practice_id,quarter,items\n9,2025-Q1,1\n9,2025-q2,2\n9,2025-Q3,3\n9,2025-Q4,4\n9,2025-Q5,5\n9,2025Q1,6\n9,20x5-Q1,7\n9,Q1 2025,8\n",
	}))
	require.Equal(t, []string{"1 2025-01-01", "2 2025-04-01", "3 2025-07-01", "4 2025-10-01", "5 !", "6 !", "7 !", "8 !"},
		cellsOf(t, x, "prescribing_items", "items", "first_day"))
}

func TestDocumentWorkflowFillsTheDocuments(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{
		"patients.csv":          "patient_id\n1\n",
		"documents.csv":         "document_id,patient_id,received_date\nd1,1,2026-01-05\nd2,1,2026-01-06\n",
		"document-workflow.csv": "document_id,received_date,filed_date,action_required,actioned_date,coded_entries\nd2,2026-01-01,2026-01-07,true,2026-01-08,2\n",
	}))
	require.Equal(t, []string{"d1 2026-01-05 - - - -", "d2 2026-01-06 2026-01-07 true 2026-01-08 2"},
		cellsOf(t, x, "documents", "document_id", "received_date", "filed_date", "action_required", "actioned_date", "coded_entries"))
}

func TestSideFilesRefused(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"without its key": {map[string]string{"registrations.csv": "patient_id\n1\n", "fp69.csv": "patient,fp69_set_date\n1,2026-01-01\n"},
			"fp69.csv lacks a column: want patient_id, and one or more of fp69_set_date"},
		"without a column": {map[string]string{"registrations.csv": "patient_id\n1\n", "fp69.csv": "patient_id,date\n1,2026-01-01\n"},
			"fp69.csv lacks a column: want patient_id, and one or more of fp69_set_date"},
		"twice": {map[string]string{"registrations.csv": "patient_id\n1\n", "fp69.csv": "patient_id,fp69_set_date\n", "part/fp69.csv": "patient_id,fp69_set_date\n"},
			"both the side file fp69"},
		"documents of nobody": {map[string]string{"document-workflow.csv": "document_id,filed_date\nd1,2026-01-01\n"},
			"document-workflow.csv holds the table documents, but does not say which patient each row belongs to"},
	} {
		t.Run(name, func(t *testing.T) {
			c.files["patients.csv"] = "patient_id\n1\n"
			_, err := Open(context.Background(), []string{folder(t, c.files)}, Options{})
			var refused *RefusedError
			require.ErrorAs(t, err, &refused)
			require.Contains(t, refused.Message, c.want)
			require.NotEmpty(t, refused.Hint)
		})
	}
}

func TestSideFileWithoutItsTableIsNotUsed(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{"patients.csv": "patient_id\n1\n", "fp69.csv": "patient_id,fp69_set_date\n1,2026-01-01\n"}))
	require.Equal(t, []string{"Not used, because no table is read from them: fp69.csv."}, notes(x))
}
