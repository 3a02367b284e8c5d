package synthetic

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// emisColumns is how many columns the published list of 8.2 gives each file.
var emisColumns = map[string]int{
	"Admin_Location": 18, "Admin_Organisation": 11, "Admin_OrganisationLocation": 5, "Admin_Patient": 38, "Admin_PatientHistory": 6,
	"Admin_UserInRole": 11, "Agreements_SharingOrganisation": 5, "Appointment_Session": 13, "Appointment_SessionUser": 4,
	"Appointment_Slot": 30, "Audit_PatientAudit": 9, "Audit_RegistrationAudit": 7, "CareRecord_Consultation": 17, "CareRecord_Diary": 19,
	"CareRecord_Observation": 26, "CareRecord_ObservationReferral": 21, "CareRecord_Problem": 15, "Coding_ClinicalCode": 11,
	"Coding_DrugCode": 5, "Prescribing_DrugRecord": 23, "Prescribing_IssueRecord": 33,
}

func TestEMISHasThePublishedFilesAndColumns(t *testing.T) {
	folder, _ := generated(t, like("emis"))
	for name, n := range emisColumns {
		require.Len(t, linesOf(t, folder, "291_"+name+"_2026033112")[0], n, name)
	}
	require.Len(t, digests(t, folder), len(emisColumns)+1, "and truth.json")
}

func TestEMISColumnsStandAsPublished(t *testing.T) {
	text, err := os.ReadFile(fixture.Shared(t, "reference", "formats.md"))
	require.NoError(t, err)
	lists := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^- \*\*(\w+)\*\* \(\d+\): ([^.\n]*)\.`).FindAllStringSubmatch(string(text), -1) {
		lists[m[1]] = m[2]
	}
	require.Len(t, emisFiles, len(emisColumns))
	for _, f := range emisFiles {
		require.Equal(t, published(lists[f.name]), published(f.columns), f.name)
	}
}

func TestEMISOlderVersionsLackWhatCameLater(t *testing.T) {
	o := like("emis")
	o.Layout = "5.4"
	folder, _ := generated(t, o)
	require.Len(t, digests(t, folder), len(emisColumns), "no history of registrations")
	require.NotContains(t, linesOf(t, folder, "Prescribing_IssueRecord")[0], "ConsultationGuid")
	require.NotContains(t, linesOf(t, folder, "CareRecord_Observation_")[0], "Abnormal")
	o.Layout = "8.0"
	folder, _ = generated(t, o)
	require.Contains(t, linesOf(t, folder, "Prescribing_IssueRecord")[0], "ConsultationGuid")
	require.NotContains(t, linesOf(t, folder, "Prescribing_IssueRecord")[0], "ReviewDate")
}

func TestEMISReferencesLeadToRows(t *testing.T) {
	text, err := os.ReadFile(fixture.Shared(t, "reference", "emis-keys.tsv"))
	require.NoError(t, err)
	o := like("emis")
	o.Clean = true // no rows of patients who are not there
	folder, _ := generated(t, o)
	followed := 0
	for line := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if f[0] != "reference" || emisColumns[f[1]] == 0 {
			continue
		}
		targets := by(rowsOf(t, folder, "_"+f[3]+"_"), f[4])
		for _, r := range rowsOf(t, folder, "_"+f[1]+"_") {
			if value := r[f[2]]; value != "" {
				followed++
				if _, found := targets[value]; !found {
					t.Fatalf("%s.%s leads nowhere", f[1], f[2])
				}
			}
		}
	}
	require.Greater(t, followed, 10_000)
}

func TestEMISHoldsThePractice(t *testing.T) {
	o := like("emis")
	o.Clean, o.Practices = true, 1
	folder, _ := generated(t, o)
	o.Like = ""
	plain, _ := generated(t, o)

	patients := by(rowsOf(t, folder, "Admin_Patient_"), "PatientGuid")
	require.Len(t, patients, o.Patients)
	for _, want := range rowsOf(t, plain, "patients.csv") {
		got := patients[keyOf(want["patient_id"]).guid()]
		require.Equal(t, want["nhs_number"], got["NhsNumber"])
		require.Equal(t, want["sex"], got["Sex"])
		require.Equal(t, want["birth_date"], got["DateOfBirth"])
		require.Equal(t, want["death_date"], got["DateOfDeath"])
	}

	guid := func(patient, id string) string { return keyOf(patient).record(id).guid() }
	codes, drugs := by(rowsOf(t, folder, "Coding_ClinicalCode"), "CodeId"), by(rowsOf(t, folder, "Coding_DrugCode"), "CodeId")
	observations := by(rowsOf(t, folder, "CareRecord_Observation_"), "ObservationGuid")
	for _, want := range rowsOf(t, plain, "events.csv") {
		got := observations[guid(want["patient_id"], want["event_id"])]
		require.Equal(t, want["code"], codes[got["CodeId"]]["SnomedCTConceptId"])
		require.Equal(t, want["event_date"], got["EffectiveDate"])
		require.Equal(t, want["recorded_date"], got["EnteredDate"])
		require.Equal(t, want["value"], got["Value"])
		require.Equal(t, "YMD", got["EffectiveDatePrecision"])
	}
	for _, want := range rowsOf(t, plain, "allergies.csv") {
		got := observations[guid(want["patient_id"], want["allergy_id"])]
		require.Equal(t, "Allergy", got["ObservationType"])
		require.Equal(t, want["code"], codes[got["CodeId"]]["SnomedCTConceptId"])
	}
	problems := by(rowsOf(t, folder, "CareRecord_Problem"), "ObservationGuid")
	for _, want := range rowsOf(t, plain, "problems.csv") {
		k := guid(want["patient_id"], want["problem_id"])
		require.Equal(t, want["onset_date"], observations[k]["EffectiveDate"])
		require.Equal(t, want["end_date"], problems[k]["EndDate"])
		require.Equal(t, want["status"] == "active", problems[k]["ProblemStatusDescription"] == "Active Problem")
	}
	courses := by(rowsOf(t, folder, "Prescribing_DrugRecord"), "DrugRecordGuid")
	for _, want := range rowsOf(t, plain, "medications.csv") {
		got := courses[guid(want["patient_id"], want["medication_id"])]
		require.Equal(t, want["dmd_code"], drugs[got["CodeId"]]["DmdProductCodeId"])
		require.Equal(t, want["end_date"], got["CancellationDate"])
		require.Equal(t, strconv.FormatBool(want["status"] == "active"), got["IsActive"])
		require.Equal(t, want["dosage_text"], got["Dosage"])
	}
	referrals := by(rowsOf(t, folder, "CareRecord_ObservationReferral"), "ObservationGuid")
	for _, want := range rowsOf(t, plain, "referrals.csv") {
		require.Equal(t, want["ubrn"], referrals[guid(want["patient_id"], want["referral_id"])]["ReferralUBRN"])
	}
	documents := map[string]int{}
	for _, got := range observations {
		documents[got["DocumentGuid"]]++
	}
	for _, want := range rowsOf(t, plain, "documents.csv") {
		entries := documents[keyOf(want["patient_id"]).record(want["document_id"]).of("document").guid()]
		require.Equal(t, want["coded_entries"], strconv.Itoa(entries))
	}
}

// The sets of changes, taken in order, give the practice that one full set
// has: by key, the later row instead of the earlier, without the deleted ones
// and without all rows of a deleted patient.
func TestEMISSetsOfChangesGiveThePractice(t *testing.T) {
	o := like("emis")
	o.Patients, o.Clean = 500, true
	full, _ := generated(t, o)
	o.Deltas = 3
	folder, _ := generated(t, o)

	deleted := map[string]bool{}
	for _, set := range []string{"291", "292", "293", "294"} {
		for _, r := range rowsOf(t, folder, set+"_Admin_Patient_") {
			if r["Deleted"] == "true" {
				deleted[r["PatientGuid"]] = true
			}
		}
	}
	require.NotEmpty(t, deleted)
	var again, dropped, left int
	for file, key := range map[string]string{"Admin_Patient": "PatientGuid", "CareRecord_Observation": "ObservationGuid", "CareRecord_Problem": "ObservationGuid",
		"CareRecord_Consultation": "ConsultationGuid", "Prescribing_DrugRecord": "DrugRecordGuid", "Prescribing_IssueRecord": "IssueRecordGuid"} {
		now := map[string]row{}
		for _, set := range []string{"291", "292", "293", "294"} {
			for _, r := range rowsOf(t, folder, set+"_"+file+"_") {
				if _, before := now[r[key]]; before {
					again++
				}
				delete(now, r[key])
				if r["Deleted"] == "true" {
					dropped++
					continue
				}
				now[r[key]] = r
			}
		}
		maps.DeleteFunc(now, func(_ string, r row) bool {
			if deleted[r["PatientGuid"]] {
				left++
			}
			return deleted[r["PatientGuid"]]
		})
		want := by(rowsOf(t, full, "_"+file+"_"), key)
		for _, rows := range []map[string]row{now, want} {
			for r := range maps.Values(rows) {
				delete(r, "ProcessingId")
			}
		}
		require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(now)), file)
		require.Equal(t, want, now, file)
	}
	require.Greater(t, again, 100, "rows told anew")
	require.Greater(t, dropped, 20, "rows deleted")
	require.Greater(t, left, 20, "rows of deleted patients, without a deletion of their own")
}
