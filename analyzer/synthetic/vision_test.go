package synthetic

import (
	"archive/zip"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/internal/fixture"
)

// visionColumns is how many columns format 0.18 gives each file.
var visionColumns = map[string]int{"practice": 14, "staff": 8, "patient": 35, "encounter": 14, "referral": 15, "journal": 42}

func TestVisionColumnsStandAsPublished(t *testing.T) {
	for _, f := range visionFiles {
		require.Len(t, published(f.columns), visionColumns[f.name], f.name)
	}
	text, err := os.ReadFile(fixture.Shared(t, "reference", "formats.md"))
	require.NoError(t, err)
	for _, f := range visionFiles {
		m := regexp.MustCompile(`(?m)^- \*\*` + f.name + `_data_extract\*\* \(\d+\): ([^.\n]*)\.`).FindStringSubmatch(string(text))
		require.NotNil(t, m, f.name)
		require.Equal(t, published(m[1]), published(f.columns), f.name)
	}
}

// visionRows are the rows of a file of a practice, by the published names: the
// file has none.
func visionRows(t *testing.T, folder, ods string, file visionFile) (rows []row) {
	t.Helper()
	columns := published(visionFiles[file].columns)
	for _, line := range linesOf(t, folder, "FULL_"+ods+"_"+visionFiles[file].name+"_data_extract-2026-03-31-120000.csv") {
		require.Len(t, line, len(columns))
		r := row{}
		for i, c := range columns {
			r[c.name] = line[i]
		}
		rows = append(rows, r)
	}
	return rows
}

func TestVisionHasASetOfFilesForEachPractice(t *testing.T) {
	folder, _ := generated(t, like("vision"))
	require.Len(t, digests(t, folder), 2*len(visionColumns)+1, "and truth.json")
	for _, ods := range []string{"A80000", "B80000"} {
		at := visionRows(t, folder, ods, visionPractice)
		require.Len(t, at, 1)
		require.Equal(t, ods, at[0]["IDENTIFIER"])
		for _, r := range visionRows(t, folder, ods, visionJournal) {
			require.Equal(t, at[0]["ID"], r["SERVICE_ID"])
		}
	}
}

func TestVisionCanBeHadInZips(t *testing.T) {
	o := like("vision")
	files, _ := generated(t, o)
	o.Layout = "zips"
	folder, _ := generated(t, o)
	again, _ := generated(t, o)
	require.Equal(t, digests(t, folder), digests(t, again))
	require.Len(t, digests(t, folder), 2*len(visionZips)+1, "and truth.json")
	z, err := zip.OpenReader(filepath.Join(folder, "FULL_CLINICAL_B80000-(P00002)-V1.0.0_2026-03-31-120000.zip"))
	require.NoError(t, err)
	require.Len(t, z.File, 3)
	for _, f := range z.File {
		in, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(in)
		require.NoError(t, err)
		require.Equal(t, digests(t, files)[f.Name], sha256.Sum256(text), f.Name)
	}
	require.NoError(t, z.Close())
}

func TestVisionHoldsThePractice(t *testing.T) {
	o := like("vision")
	o.Clean, o.Practices = true, 1
	folder, _ := generated(t, o)
	o.Like = ""
	plain, _ := generated(t, o)
	day := func(iso string) string { return strings.ReplaceAll(iso, "-", "") }
	number := func(r row, column string) string {
		return strconv.FormatInt(keyOf(r["patient_id"]).record(r[column]).number(), 10)
	}

	persons := by(visionRows(t, folder, "A80000", visionPatient), "REFERENCE")
	for _, want := range rowsOf(t, plain, "patients.csv") {
		got := persons[want["patient_id"]]
		require.Equal(t, want["nhs_number"], got["NHS_NUMBER"])
		require.Equal(t, day(want["birth_date"]), got["DATE_OF_BIRTH"])
		require.Equal(t, day(want["death_date"]), got["DATE_OF_DEATH"])
		require.Regexp(t, `^(:STAFF:\d+|:EXT_STAFF:\d+,)$`, got["GP_USUAL"])
	}
	journal := by(visionRows(t, folder, "A80000", visionJournal), "ID")
	for _, want := range rowsOf(t, plain, "events.csv") {
		got := journal[number(want, "event_id")]
		require.Equal(t, want["code"], got["SNOMED_CODE"])
		require.Regexp(t, `^Zz...00$`, got["CODE"])
		require.Equal(t, day(want["event_date"]), got["DATE"])
		require.Equal(t, want["value"], got["VALUE1"])
		require.Equal(t, persons[want["patient_id"]]["PID"], got["PID"])
		if want["consultation_id"] != "" {
			require.Equal(t, "E"+number(want, "consultation_id"), got["LINKS"])
		}
	}
	subsets := map[string]int{}
	for _, r := range journal {
		subsets[r["SUBSET"]]++
	}
	for _, subset := range []string{"A", "R", "S", "P", "C", "T", "L"} {
		require.NotZero(t, subsets[subset], subset)
	}
	for _, want := range rowsOf(t, plain, "medications.csv") {
		got := journal[number(want, "medication_id")]
		require.Equal(t, map[bool]string{true: "A", false: "R"}[want["prescription_type"] == "acute"], got["SUBSET"])
		require.Equal(t, got["SUBSET"], got["EPISODE"])
		require.Equal(t, want["dmd_code"], got["DMD_CODE"])
		require.Equal(t, want["bnf_code"], got["BNF_CODE"])
		require.Equal(t, day(want["end_date"]), got["END_DATE"])
	}
	require.Len(t, visionRows(t, folder, "A80000", visionEncounter), len(rowsOf(t, plain, "consultations.csv")))
	require.Len(t, visionRows(t, folder, "A80000", visionReferral), len(rowsOf(t, plain, "referrals.csv")))
}
