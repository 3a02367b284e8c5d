package fairness

import (
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each test follows cells of a clinical system from the file to what the report
// says of a rule: one cell is changed, and one record more or less meets it.

func TestCellsOfEMISReachTheReport(t *testing.T) {
	x := trailOf(t, "emis 8.2")
	registered := x.keys("Admin_Patient", "PatientGuid", row{"DateofDeactivation": "", "DateOfDeath": "", "DummyType": "false", "PatientTypeDescription": "Regular"})
	of := func(r row) bool { return registered[r["PatientGuid"]] }

	x.change("Admin_Patient", "NhsNumber", wrongDigit, of).gives("nhs-number/check-digit-valid", -1)
	x.change("CareRecord_Observation", "CodeId", "no code", of, row{"ObservationType": "Allergy"}.is, x.drugAllergy()).gives("allergy/coded", -1)
	x.change("Prescribing_DrugRecord", "Dosage", "", of, row{"PrescriptionType": "Repeat", "IsActive": "true"}.is).gives("medication/dose-recorded", -1)
	dissent := x.keys("Coding_ClinicalCode", "CodeId", row{"ReadTermId": "9Ndo."})
	for code := range dissent {
		x.change("CareRecord_Observation", "CodeId", "no code", of, row{"CodeId": code}.is).gives("scr/opt-out-rate", -1)
	}
	require.Len(t, dissent, 1)
}

func TestCellsOfSystmOneReachTheReport(t *testing.T) {
	x := trailOf(t, "systmone with numbers")
	patients := x.keys("SRPatient", "RowIdentifier", row{"DateDeath": "", "TestPatient": "FALSE"})
	current := x.keys("SRPatientRegistration", "IDPatient", row{"DateDeRegistration": "", "RegistrationStatus": "GMS"})
	of := func(r row) bool { return patients[r["IDPatient"]] && current[r["IDPatient"]] }

	x.change("SRPatient", "NHSNumber", wrongDigit, func(r row) bool { return patients[r["RowIdentifier"]] && current[r["RowIdentifier"]] }).gives("nhs-number/check-digit-valid", -1)
	x.change("SRRepeatTemplate", "MedicationDosage", "", of, row{"DateMedicationTemplateEnd": ""}.is).gives("medication/dose-recorded", -1)
	x.change("SRCode", "CTV3Code", "XaXbZ", of, row{"CTV3Code": "XaXj6"}.is).gives("scr/opt-out-rate", -1)
	// No check can be judged by an allergy of SystmOne (exceptions.yaml): the report
	// says how its rows were read.
	x.change("SRDrugSensitivity", "DateEventRecorded", "in the spring", of).findsUnreadable("allergies")
}

func TestCellsOfVisionReachTheReport(t *testing.T) {
	x := trailOf(t, "vision")
	x.columns = map[string][]string{
		"patient": visionColumns("PID ", 8, "ACTIVE", 22, "NHS_NUMBER"),
		"journal": visionColumns("PID ID ", 4, "CODE", 5, "SNOMED_CODE", 11, "TEXT", 31, "END_DATE", 40, "SUBSET"),
	}
	registered := x.keys("patient", "PID", row{"ACTIVE": "R"})
	of := func(r row) bool { return registered[r["PID"]] }

	x.change("patient", "NHS_NUMBER", wrongDigit, of).gives("nhs-number/check-digit-valid", -1)
	coded := func(r row) bool { return r["CODE"] != "" && !noneKnown(r["SNOMED_CODE"]) }
	x.change("journal", "SNOMED_CODE", rootConcept, of, row{"SUBSET": "L", "END_DATE": ""}.is, coded).gives("allergy/coded", -1)
	x.change("journal", "TEXT", "", of, row{"SUBSET": "R", "END_DATE": ""}.is).gives("medication/dose-recorded", -1)
	x.change("journal", "CODE", "9Ndl.00", of, row{"CODE": "9Ndo.00"}.is).gives("scr/opt-out-rate", -1)
}

const (
	wrongDigit  = "9990000001"
	rootConcept = "138875005" // says nothing of anything
)

func noneKnown(code string) bool {
	return code == "160244002" || code == "716186003" || code == "409137002"
}

// drugAllergy are the rows whose code is in EMIS's category of drug allergies.
func (x *trail) drugAllergy() func(row) bool {
	drugs := x.keys("Coding_ClinicalCode", "CodeId", row{"EmisCodeCategoryDescription": "Allergy and adverse drug reactions"})
	return func(r row) bool { return drugs[r["CodeId"]] }
}

// visionColumns names columns by their number, after the first.
func visionColumns(first string, at ...any) []string {
	out := strings.Fields(first)
	for i := 0; i < len(at); i += 2 {
		for len(out) < at[i].(int) {
			out = append(out, "")
		}
		out = append(out, at[i+1].(string))
	}
	return out
}

// A row is cells by column.
type row map[string]string

// is reports whether another row has all cells of this one.
func (want row) is(r row) bool {
	for column, cell := range want {
		if r[column] != cell {
			return false
		}
	}
	return true
}

// A trail is a practice in a layout, and what was made of it.
type trail struct {
	t       *testing.T
	judge   *Judge
	folder  string
	was     *Finding
	columns map[string][]string // of files without a header
}

func trailOf(t *testing.T, form string) *trail {
	t.Helper()
	judge, err := NewJudge()
	require.NoError(t, err)
	x := &trail{t: t, judge: judge, folder: filepath.Join(t.TempDir(), "made")}
	for _, f := range Forms() {
		if f.Name == form {
			require.NoError(t, f.Make(t.Context(), x.folder, Practice{Seed: 5, Patients: 150, Clean: true}, judge.Catalogue))
		}
	}
	x.was, err = judge.Read(t.Context(), x.folder)
	require.NoError(t, err)
	return x
}

// read reads the file with a table of the system in its name.
func (x *trail) read(table string) (path string, columns []string, rows [][]string) {
	x.t.Helper()
	require.NoError(x.t, fs.WalkDir(os.DirFS(x.folder), ".", func(name string, _ fs.DirEntry, err error) error {
		bare := strings.TrimSuffix(name, ".csv")
		if bare == table || strings.Contains(name, "_"+table+"_") {
			path = name
		}
		return err
	}))
	file, err := os.Open(filepath.Join(x.folder, path))
	require.NoError(x.t, err)
	defer file.Close()
	rows, err = csv.NewReader(file).ReadAll()
	require.NoError(x.t, err, table)
	if columns = x.columns[table]; columns == nil {
		columns, rows = rows[0], rows[1:]
	}
	return path, columns, rows
}

func named(columns, cells []string) row {
	r := row{}
	for i, c := range columns {
		r[c] = cells[i]
	}
	return r
}

// keys are the values of a column in the rows that have some cells.
func (x *trail) keys(table, column string, where row) map[string]bool {
	x.t.Helper()
	_, columns, rows := x.read(table)
	out := map[string]bool{}
	for _, cells := range rows {
		if r := named(columns, cells); where.is(r) {
			out[r[column]] = true
		}
	}
	require.NotEmpty(x.t, out, table)
	return out
}

// A changed is what is made of the practice after one cell was changed.
type changed struct {
	*trail
	now *Finding
}

// change changes one cell of the first row that meets all conditions.
func (x *trail) change(table, column, to string, where ...func(row) bool) changed {
	x.t.Helper()
	path, columns, rows := x.read(table)
	at := -1
	for i, cells := range rows {
		meets := true
		for _, w := range where {
			meets = meets && w(named(columns, cells))
		}
		if meets {
			at = i
			break
		}
	}
	require.GreaterOrEqual(x.t, at, 0, "%s has no such row", table)
	for i, c := range columns {
		if c == column {
			rows[at][i] = to
		}
	}
	if x.columns[table] == nil {
		rows = append([][]string{columns}, rows...)
	}
	folder := filepath.Join(x.t.TempDir(), "changed")
	require.NoError(x.t, os.CopyFS(folder, os.DirFS(x.folder)))
	file, err := os.Create(filepath.Join(folder, path))
	require.NoError(x.t, err)
	require.NoError(x.t, csv.NewWriter(file).WriteAll(rows))
	require.NoError(x.t, file.Close())
	now, err := x.judge.Read(x.t.Context(), folder)
	require.NoError(x.t, err)
	return changed{x, now}
}

// gives holds what the report says of a rule: so many more records meet it, of as
// many as before.
func (c changed) gives(rule string, more int64) {
	c.t.Helper()
	was, now := c.was.Rules[rule], c.now.Rules[rule]
	require.True(c.t, was.Counted && now.Counted, "%s: was %s, now %s", rule, was.Count, now.Count)
	require.Equal(c.t, was.Denominator, now.Denominator, "%s: was %s, now %s", rule, was.Count, now.Count)
	require.Equal(c.t, was.Numerator+more, now.Numerator, "%s: was %s, now %s", rule, was.Count, now.Count)
}

// findsUnreadable holds that one cell of a canonical table could not be read.
func (c changed) findsUnreadable(table string) {
	c.t.Helper()
	require.EqualValues(c.t, 0, c.was.unreadable(table))
	require.EqualValues(c.t, 1, c.now.unreadable(table))
}

func (f *Finding) unreadable(table string) int64 {
	for _, t := range f.Tables {
		if t.Name == table {
			return t.Malformed
		}
	}
	return -1
}
