package mapping

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every form in which a value was met is named, with how often and whether it can be
// read; none of the values is.
func TestTheFormsOfValuesAreNamed(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"patients.csv": "patient_id,practice_id,Birth_Date,death_date\n" +
			"1,A,1980-01-02,NULL\n2,A,02/01/1980,NULL\n3,A,31/02/1980,2020-02-03\n4,A,long ago,NULL\n5,A,1980-01-03,NULL\n",
		"events.csv": "patient_id,event_id,event_date\n1.0,7,2020-01-01\n2.0,8,2020-01-02\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	d := Describe(open(t, Options{}, folder))
	require.Equal(t, []ValueForm{
		{File: "events.csv", Column: "event_date", Kind: "date", Form: "yyyy-mm-dd", Cells: 2, Read: true},
		{File: "events.csv", Column: "patient_id", Kind: "whole_number", Form: "12.0", Read: true},
		{File: "patients.csv", Kind: "empty", Form: "NULL", Read: true},
		{File: "patients.csv", Column: "Birth_Date", Kind: "date", Form: "yyyy-mm-dd", Cells: 2, Read: true},
		{File: "patients.csv", Column: "Birth_Date", Kind: "date", Form: "dd/mm/yyyy", Cells: 2},
		{File: "patients.csv", Column: "Birth_Date", Kind: "date", Form: "other", Cells: 1},
		{File: "patients.csv", Column: "death_date", Kind: "date", Form: "yyyy-mm-dd", Cells: 1, Read: true},
	}, d.Forms)
	require.Equal(t, []string{"patients.csv is named like the table patients and has the columns that it must have: patient_id."}, d.Recognised)
}

// Of two files of one table the first is named.
func TestTheFormsOfATableInSeveralFiles(t *testing.T) {
	d := Describe(open(t, Options{}, "testdata/cprd-gold"))
	require.Contains(t, d.Forms, ValueForm{File: "demo_Extract_Patient_001.txt", More: 1, Column: "crd", Kind: "date", Form: "dd/mm/yyyy", Cells: 5, Read: true})
	require.Equal(t, []string{"demo_Extract_Patient_001.txt and 1 more is named like a table of CPRD GOLD and has the columns that it must have: patid, yob, crd, tod."}, d.Recognised)
	require.Equal(t, []string{"There are FHIR resources of the type Patient."}, Describe(open(t, Options{}, "testdata/fhir-r4")).Recognised)
}
