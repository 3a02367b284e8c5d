package mapping

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/internal/fixture"
)

func TestFHIR(t *testing.T) {
	for _, name := range []string{"fhir", "fhir-r4"} {
		golden(t, name, dump(t, open(t, Options{}, filepath.Join("testdata", name))))
	}
}

// row is a row of a table as what its columns say, those that are known.
func row(t *testing.T, x *extract.Extract, table, id string) map[string]string {
	t.Helper()
	s := schema.Lookup(table)
	tab := x.Table(s)
	require.NotNil(t, tab, table)
	cols := supplied(tab)
	rows, _ := read(t, tab, cols...)
	key := slices.IndexFunc(cols, func(c *schema.Column) bool { return c == s.Key })
	at := slices.IndexFunc(rows, func(row []string) bool { return row[key] == id })
	require.GreaterOrEqual(t, at, 0, "%s %s", table, id)
	out := map[string]string{}
	for i, c := range cols {
		if rows[at][i] != "-" {
			out[c.Name] = rows[at][i]
		}
	}
	return out
}

// TestFromFHIRToRows follows an NHS number, an allergy, a repeat medicine and a consent
// from testdata to the row that each becomes.
func TestFromFHIRToRows(t *testing.T) {
	x := open(t, Options{}, "testdata/fhir")
	require.Equal(t, "fhir", x.System)
	require.Equal(t, "fhir", x.Format)

	patient := row(t, x, "patients", "p1")
	require.Equal(t, "valid", patient["nhs_number_state"])
	require.Equal(t, "01", patient["nhs_number_status"])
	require.Equal(t, "1948-03-01", patient["birth_date"], "of a month, the first day")
	require.Equal(t, "G9999998", patient["usual_gp_code"], "through the Practitioner")
	require.Equal(t, "o1", patient["practice_id"])
	require.NotContains(t, patient, "nhs_number")

	require.Equal(t, map[string]string{"allergy_id": "a1", "patient_id": "p1", "code": "91936005", "code_system": "sct",
		"term": strings.Repeat("x", len("H/O: penicillin allergy")), "agent_code": "91936005", "category": "drug", "reaction_type": "allergy", "status": "active",
		"onset_date": "1999-01-01", "recorded_date": "2004-08-02", "reaction_code": "271807003", "reaction_text": strings.Repeat("x", len("Rash on arms")),
		"severity": "moderate", "is_degraded": "false"}, row(t, x, "allergies", "a1"))
	var ended map[string]string
	for _, id := range ids(t, x, "allergies") {
		if strings.HasSuffix(id, "#a2") { // inside a List that has no id
			ended = row(t, x, "allergies", id)
		}
	}
	require.Equal(t, "ended", ended["status"])
	require.Equal(t, "2016-07-01", ended["ended_date"])
	require.Equal(t, "none_known", row(t, x, "allergies", "a3")["category"], "by its code, whatever its category")

	require.Equal(t, map[string]string{"medication_id": "q1", "patient_id": "p1", "dmd_code": "319775004", "code": "AMTA1", "code_system": "local",
		"term": strings.Repeat("x", len("Aspirin 75mg tablets")), "prescription_type": "repeat", "status": "active", "start_date": "2025-05-01", "last_issue_date": "2026-02-20",
		"dosage_text": strings.Repeat("x", len("One To Be Taken Each Day")), "dosage_state": "stated", "quantity": "28", "quantity_unit": "tablet",
		"prescriber_code": "g1", "consultation_id": "e1"}, row(t, x, "medications", "q1"))
	require.Equal(t, "q1", row(t, x, "issues", "q2")["medication_id"])
	elsewhere := row(t, x, "medications", "q3")
	require.Equal(t, "elsewhere", elsewhere["prescription_type"], "by the statement about it")
	require.NotContains(t, elsewhere, "dmd_code", "a transfer lost the code of the medicine")

	consent := row(t, open(t, Options{}, "testdata/fhir-r4"), "consents", "50")
	require.Equal(t, map[string]string{"consent_id": "50", "patient_id": "11", "kind": "scr", "decision": "refused", "code": "416308001", "code_system": "sct", "decided_date": "2015-06-07"}, consent)
}

func ids(t *testing.T, x *extract.Extract, table string) (out []string) {
	t.Helper()
	tab := x.Table(schema.Lookup(table))
	if tab == nil {
		return nil
	}
	rows, _ := read(t, tab, tab.Schema.Key)
	for _, row := range rows {
		out = append(out, row[0])
	}
	return out
}

// TestBundlesOfAnotherMaker reads bundles that nobody here wrote, and finds what their
// SOURCE.md says is in them.
func TestBundlesOfAnotherMaker(t *testing.T) {
	shared := fixture.Shared(t, "data/nia-gp2gp-fhir-stu3")
	rows := map[string]int{}
	degraded := map[string]int{}
	states := map[string]int{}
	files, err := filepath.Glob(filepath.Join(shared, "translated", "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 9)
	for _, file := range files {
		x := open(t, Options{}, file)
		for _, tab := range x.Tables {
			rows[tab.Schema.Name] += len(ids(t, x, tab.Schema.Name))
		}
		for _, name := range []string{"allergies", "events"} {
			tab := x.Table(schema.Lookup(name))
			if tab == nil || !tab.Supplied[tab.Schema.Column("is_degraded").Index] {
				continue
			}
			marks, _ := read(t, tab, tab.Schema.Column("is_degraded"), tab.Schema.Key)
			for _, m := range marks {
				if m[0] == "true" && !strings.HasPrefix(m[1], "Condition/") {
					degraded[name]++
				}
			}
		}
		patients, _ := read(t, x.Table(schema.Patients), schema.Patients.Column("nhs_number_state"))
		states[patients[0][0]]++
	}
	require.Equal(t, map[string]int{"patients": 9, "allergies": 29, "medications": 94, "issues": 200, "problems": 40, "consultations": 80,
		"documents": 7, "referrals": 4, "events": 460 + 9}, rows, "events are of 460 observations and 9 immunisations; each problem points at an entry")
	require.Equal(t, map[string]int{"allergies": 9, "events": 41}, degraded)
	require.Equal(t, map[string]int{"bad_form": 9}, states, "Test Harness is no number")

	x := open(t, Options{}, filepath.Join(shared, "faulty", "malformedDateStructuredRecord.json"))
	require.Equal(t, "bad_check", row(t, x, "patients", "2")["nhs_number_state"], "one digit off")
	require.Equal(t, "!", row(t, x, "allergies", "29")["onset_date"], "a year of two digits")
	require.Len(t, ids(t, x, "practice"), 1)
	require.Len(t, ids(t, x, "medications"), 10)
	require.Len(t, ids(t, x, "issues"), 59)
	looked, closed, _ := RawFiles(x)
	require.Equal(t, []string{"DiagnosticReport", "Location", "ProcedureRequest", "Specimen"}, closed, "nobody can vouch for what is in them")
	at := slices.IndexFunc(looked, func(f RawFile) bool { return f.Name == "Patient" })
	require.True(t, slices.ContainsFunc(looked[at].Columns, func(c RawColumn) bool { return c.Name == "surname" && len(c.Feeds) == 0 }), "read, to be found")
}

// TestFHIRWithoutPatientsIsRefused: an answer that is an error, and a bundle that lacks
// the Patient.
func TestFHIRWithoutPatientsIsRefused(t *testing.T) {
	shared := fixture.Shared(t, "data/nia-gp2gp-fhir-stu3")
	for _, name := range []string{"operationOutcomePatientNotFound.json", "malformedStructuredRecordMissingPatientResource.json"} {
		_, err := Open(t.Context(), []string{filepath.Join(shared, "faulty", name)}, Options{})
		var refused *RefusedError
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, "no known system: the FHIR files hold no resource of type Patient", refused.Message)
		require.NotEmpty(t, refused.Hint)
	}
}

// TestFHIRBesideTablesIsNotRead: it is named as a file that is not used.
func TestFHIRBesideTablesIsNotRead(t *testing.T) {
	for system, table := range map[string]string{"paperlight": "patients.csv", "omop": "person.csv"} {
		dir := t.TempDir()
		header := "patient_id\n1\n"
		if system == "omop" {
			header = "person_id,year_of_birth,gender_concept_id\n1,1950,0\n"
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, table), []byte(header), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "old.json"), []byte(`{"resourceType":"Patient" broken`), 0o600))
		x := open(t, Options{}, dir)
		require.Equal(t, system, x.System)
		require.Contains(t, strings.Join(notes(x), "\n"), "old.json")
	}
}

// TestDigestOfFHIR is over the files, whatever tables are made of them.
func TestDigestOfFHIR(t *testing.T) {
	o := Options{}
	o.Source.Digest = true
	x := open(t, o, "testdata/fhir")
	sum, err := x.SHA256()
	require.NoError(t, err)
	require.Len(t, sum, 64)
	other := open(t, o, "testdata/fhir/patient-1.json")
	without, err := other.SHA256()
	require.NoError(t, err)
	require.NotEqual(t, sum, without)
}

// TestSideFilesBesideFHIR: what no FHIR says is added as to any system.
func TestSideFilesBesideFHIR(t *testing.T) {
	dir := t.TempDir()
	for _, from := range []string{"fhir/patient-1.json", "canonical/prescribing-items.csv"} {
		text, err := os.ReadFile(filepath.Join("testdata", from))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(from)), text, 0o600))
	}
	x := open(t, Options{}, dir)
	require.Equal(t, "fhir", x.System)
	require.Equal(t, "csv+fhir", x.Format)
	require.NotNil(t, x.Table(schema.Lookup("prescribing_items")))
	require.Equal(t, []string{"p1"}, ids(t, x, "patients"))
}
