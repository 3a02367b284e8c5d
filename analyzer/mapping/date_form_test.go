package mapping

import (
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

func TestDatesInAnotherFormAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"31/03/2026": "dd/mm/yyyy", "1/3/2026": "dd/mm/yyyy", "03/31/2026": "mm/dd/yyyy", "31-03-2026": "dd-mm-yyyy", "31.03.2026": "dd.mm.yyyy", "20260331": "yyyymmdd",
		"2026-03-31T00:00:00": "yyyy-mm-ddThh:mm:ss", "2026-03-31 00:00": "yyyy-mm-dd hh:mm", "31/03/2026 00:00:00": "dd/mm/yyyy hh:mm", "31-Mar-2026": "dd-mon-yyyy", "46112": "the day number of a spreadsheet",
		"soon": "", "2026": "",
	} {
		require.Equal(t, want, formOfDate([]byte(text)), text)
	}
	x := open(t, Options{}, folder(t, map[string]string{
		"patients.csv": "patient_id,birth_date,death_date\n1,01/02/1980,2020-01-01\n2,03/02/1980,2020-01-01\n3,1980-01-01,11/11/2020\n", "events.csv": "patient_id,event_date\n1,\n"}))
	require.Equal(t, map[*schema.Column]string{schema.Patients.Column("birth_date"): "dd/mm/yyyy"}, x.DateForms, "of most dates, not of one")
	require.Contains(t, notes(x), "patients.csv, birth_date: dates look like dd/mm/yyyy, and cannot be read. Write them as YYYY-MM-DD.")
}

func TestNHSNumbersThroughASpreadsheet(t *testing.T) {
	x := open(t, Options{Key: key}, folder(t, map[string]string{"patients.csv": "patient_id,nhs_number\n1,9434765919\n2,'9434765919\n3,9434765919.0\n4,\u00a09434765919 \n5,9.43E+09\n6,9E+09\n7,word\n8,E+09\n"}))
	rows, _ := read(t, x.Table(schema.Patients), schema.Patients.Column("nhs_number_state"), schema.Patients.Column("nhs_number_key"))
	for i, row := range rows {
		switch {
		case i < 4:
			require.Equal(t, []string{"valid", rows[0][1]}, row)
		case i < 6:
			require.Equal(t, []string{"bad_form", "!"}, row, "cut to its first digits")
		default:
			require.Equal(t, []string{"bad_form", "-"}, row)
		}
	}
}
