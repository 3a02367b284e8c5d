package synthetic

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// tppColumns is how many columns specification v125 gives each file.
var tppColumns = map[string]int{
	"SRCode": 26, "SRConfiguredListOption": 7, "SRDrugSensitivity": 19, "SREvent": 21, "SRGPPracticeHistory": 7, "SRManifest": 5, "SRMapping": 3,
	"SRMappingGroup": 2, "SRMedia": 25, "SROrganisation": 16, "SRPatient": 17, "SRPatientAddressHistory": 22, "SRPatientContactDetails": 14,
	"SRPatientRegistration": 11, "SRPrimaryCareMedication": 29, "SRProblem": 17, "SRReferralOut": 23, "SRRepeatTemplate": 25, "SRStaffMember": 7,
	"SRStaffMemberProfile": 12, "SRStaffMemberProfileRole": 5,
}

func TestSystmOneHasThePublishedColumns(t *testing.T) {
	folder, _ := generated(t, like("systmone"))
	require.Len(t, digests(t, folder), len(tppColumns)+1, "and truth.json")
	for name, n := range tppColumns {
		require.Len(t, linesOf(t, folder, name+".csv")[0], n, name)
	}
}

// tppSpecification is the published list of columns: table, column, what it leads to.
func tppSpecification(t *testing.T) (rows [][3]string) {
	t.Helper()
	text, err := os.ReadFile(fixture.Shared(t, "reference", "systmone-columns.tsv"))
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		if f := strings.Split(strings.TrimRight(line, "\r\n"), "\t"); len(f) == 6 && f[0] != "table" {
			rows = append(rows, [3]string{f[0], f[2], f[5]})
		}
	}
	return rows
}

func TestSystmOneColumnsStandAsPublished(t *testing.T) {
	lists := map[string][]string{}
	for _, c := range tppSpecification(t) {
		lists[c[0]] = append(lists[c[0]], c[1])
	}
	for _, f := range tppFiles {
		require.Equal(t, published(strings.Join(lists[f.name], ",")), published(f.columns), f.name)
	}
}

func TestSystmOneLinksLeadToRows(t *testing.T) {
	o := like("systmone")
	o.Clean = true // no rows of patients who are not there
	folder, _ := generated(t, o)
	followed := 0
	for _, c := range tppSpecification(t) {
		table, column, _ := strings.Cut(c[2], ".")
		if tppColumns[c[0]] == 0 || tppColumns[table] == 0 {
			continue
		}
		targets := by(rowsOf(t, folder, table+".csv"), column)
		for _, r := range rowsOf(t, folder, c[0]+".csv") {
			if r[c[1]] != "" {
				followed++
				if _, found := targets[r[c[1]]]; !found {
					t.Fatalf("%s.%s leads nowhere", c[0], c[1])
				}
			}
		}
	}
	require.Greater(t, followed, 10_000)
}

func TestSystmOneHoldsThePractice(t *testing.T) {
	o := like("systmone")
	o.Clean, o.Practices = true, 1
	folder, _ := generated(t, o)
	o.Like = ""
	plain, _ := generated(t, o)

	persons := by(rowsOf(t, folder, "SRPatient.csv"), "NHSNumber")
	require.Len(t, persons, o.Patients)
	ids := map[string]string{}
	for _, want := range rowsOf(t, plain, "patients.csv") {
		got := persons[want["nhs_number"]]
		ids[want["patient_id"]] = got["RowIdentifier"]
		require.Equal(t, want["sex"], got["Gender"])
		require.Equal(t, tppDay(t, want["birth_date"])+" 00:00", got["DateBirth"])
	}
	number := func(r row, column string) string {
		return strconv.FormatInt(keyOf(r["patient_id"]).record(r[column]).number(), 10)
	}
	entries := by(rowsOf(t, folder, "SRCode.csv"), "RowIdentifier")
	for _, want := range rowsOf(t, plain, "events.csv") {
		got := entries[number(want, "event_id")]
		require.Equal(t, want["code"], got["SNOMEDCode"])
		require.Equal(t, ids[want["patient_id"]], got["IDPatient"])
		require.Equal(t, tppDay(t, want["event_date"]), got["DateEvent"][:11])
		require.Equal(t, want["value"], got["NumericValue"])
		require.Equal(t, got["IDOrganisation"], got["IDOrganisationVisibleTo"])
	}
	problems := by(rowsOf(t, folder, "SRProblem.csv"), "IDCode")
	for _, want := range rowsOf(t, plain, "problems.csv") {
		k := number(want, "problem_id")
		require.Equal(t, want["code"], entries[k]["SNOMEDCode"])
		require.Equal(t, want["end_date"] != "", problems[k]["DateEnd"] != "")
	}
	sensitivities := by(rowsOf(t, folder, "SRDrugSensitivity.csv"), "RowIdentifier")
	for _, want := range rowsOf(t, plain, "allergies.csv") {
		if _, found := sensitivities[number(want, "allergy_id")]; want["category"] == "drug" {
			require.True(t, found)
		} else {
			require.Equal(t, want["code"], entries[number(want, "allergy_id")]["SNOMEDCode"])
		}
	}
	templates, medicines := by(rowsOf(t, folder, "SRRepeatTemplate.csv"), "RowIdentifier"), by(rowsOf(t, folder, "SRPrimaryCareMedication.csv"), "RowIdentifier")
	for _, want := range rowsOf(t, plain, "medications.csv") {
		got := templates[number(want, "medication_id")]
		if want["prescription_type"] == "acute" {
			got = medicines[number(want, "medication_id")]
			require.Equal(t, "FALSE", got["IsRepeatMedication"])
		}
		require.Equal(t, want["dmd_code"], got["IDMultiLexDMD"])
		require.Equal(t, want["quantity"]+" "+want["quantity_unit"], got["MedicationQuantity"])
	}
}

// tppDay is a day as SystmOne writes it.
func tppDay(t *testing.T, iso string) string {
	t.Helper()
	names := []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	month, err := strconv.Atoi(iso[5:7])
	require.NoError(t, err)
	return iso[8:] + " " + names[month-1] + " " + iso[:4]
}

func TestSystmOneIsQuotedAndOfItsCodePage(t *testing.T) {
	folder, _ := generated(t, like("systmone"))
	text, err := os.ReadFile(filepath.Join(folder, "SRPatient.csv"))
	require.NoError(t, err)
	require.Contains(t, string(text), "\"Inv\xe9nted\"")
	for line := range bytes.SplitSeq(bytes.TrimSuffix(text, []byte("\r\n")), []byte("\r\n")) {
		require.Regexp(t, `^"[^"]*"(,"[^"]*"){16}$`, string(line))
	}
}

func TestSystmOneHasSharedRowsAndTheirOwner(t *testing.T) {
	folder, _ := generated(t, like("systmone"))
	for _, name := range []string{"SRCode", "SREvent", "SRPrimaryCareMedication"} {
		shared, rows := 0, rowsOf(t, folder, name+".csv")
		for _, r := range rows {
			if r["IDOrganisation"] != r["IDOrganisationVisibleTo"] {
				require.Equal(t, sharing, r["IDOrganisation"])
				shared++
			}
		}
		require.InDelta(t, 0.02, float64(shared)/float64(len(rows)), 0.01, name)
	}
}

func TestSystmOneListsAreNumbersOrTexts(t *testing.T) {
	o := like("systmone")
	mapped, _ := generated(t, o)
	o.Layout = "texts"
	texts, _ := generated(t, o)
	require.NotContains(t, digests(t, texts), "SRMapping.csv")
	names := by(rowsOf(t, mapped, "SRMapping.csv"), "RowIdentifier")
	plain := rowsOf(t, texts, "SRProblem.csv")
	for i, r := range rowsOf(t, mapped, "SRProblem.csv") {
		require.Equal(t, plain[i]["Severity"], names[r["Severity"]]["Mapping"])
	}
	methods := by(rowsOf(t, texts, "SRConfiguredListOption.csv"), "RowIdentifier")
	for _, r := range rowsOf(t, texts, "SREvent.csv") {
		require.NotEmpty(t, methods[r["ContactMethod"]]["ConfiguredListOption"], "a practice's own lists are numbers always")
	}
}

func TestSystmOneManifestNamesTheFiles(t *testing.T) {
	folder, _ := generated(t, like("systmone"))
	named := by(rowsOf(t, folder, "SRManifest.csv"), "FileName")
	require.Len(t, named, len(tppColumns)-1)
	require.Equal(t, row{"FileName": "SRCode", "IsDelta": "N", "IsReference": "N", "DateExtractFrom": "", "DateExtractTo": "20260331_1200"}, named["SRCode"])
	require.Equal(t, "Y", named["SRMapping"]["IsReference"])
}
