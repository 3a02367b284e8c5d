package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rename changes the name of one column of a file.
func rename(t *testing.T, folder, file, from, to string) {
	t.Helper()
	edit(t, folder, file, func(lines []string) []string {
		names := strings.Split(lines[0], ",")
		for i, n := range names {
			if n == from {
				names[i] = to
			}
		}
		lines[0] = strings.Join(names, ",")
		return lines
	})
}

func TestCheckNamesAMisspeltColumn(t *testing.T) {
	folder, _ := made(t, "--patients", "120", "--clean")
	rename(t, folder, "patients.csv", "nhs_number", "nhs_numbr")
	require.NoError(t, os.Rename(filepath.Join(folder, "allergies.csv"), filepath.Join(folder, "allergy.csv")))
	for _, level := range []string{"practice", "assessor", "publish"} {
		for _, form := range []string{"text", "json", "html", "md"} {
			report := filepath.Join(t.TempDir(), "report")
			r := paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never", "--level", level, "--format", form+"="+report)
			require.Zero(t, r.code, r.err)
			text, err := os.ReadFile(report)
			require.NoError(t, err)
			plain := strings.Join(strings.Fields(strings.ReplaceAll(string(text), `\_`, "_")), " ")
			for _, say := range []string{"the column nhs_numbr is not used. Did you mean nhs_number?", "no table is read from this file. Did you mean allergies?"} {
				require.Equal(t, level == "practice", strings.Contains(plain, say), "%s in %s at level %s", say, form, level)
			}
		}
	}
}

// A column that is nobody's business is named, and counts for nothing.
func TestAColumnOfNoUseChangesNoCount(t *testing.T) {
	folder, _ := made(t, "--patients", "200", "--seed", "8")
	plain := checked(t, folder)
	require.Empty(t, plain.Notes)
	edit(t, folder, "patients.csv", func(lines []string) []string {
		lines[0] += ",favourite colour"
		for i := range lines[1:] {
			lines[i+1] += ",green"
		}
		return lines
	})
	r := checked(t, folder)
	require.Equal(t, []string{"patients.csv: columns not used: favourite colour."}, r.Notes)
	r.Notes = plain.Notes
	require.Equal(t, bare(t, plain), bare(t, r))
}

func TestInspectSaysWhatBecomesOfEachColumn(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "extract")
	for name, text := range map[string]string{
		"patients.csv":  "Patient_ID,practice_id,nhs_number,sex,brith_date,shoe_size,a\u202eb\n1,P1,,M,1980-01-01,9,x\n",
		"practice.csv":  "practice_id,name,extract_to\nP1,Elm,2026-03-31\n",
		"allergy.csv":   "patient_id\n1\n",
		"notes.txt":     "a,b\n1,2\n",
		"letters.pdf":   "x",
		".hidden/x.csv": "a\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	r := paperlight(t, "inspect", folder, "--progress", "none")
	require.Zero(t, r.code, r.err)
	requireGolden(t, "inspect.txt", []byte(r.out))
	page := filepath.Join(t.TempDir(), "inspect.html")
	r = paperlight(t, "inspect", folder, "--progress", "none", "--format", "html="+page)
	require.Zero(t, r.code, r.err)
	require.Empty(t, r.out)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	requireGolden(t, "inspect.html", text)
	r = paperlight(t, "inspect", folder, "--quick", "--format", "json")
	require.Zero(t, r.code, r.err)
	requireGolden(t, "inspect.json", []byte(r.out))
	r = paperlight(t, "inspect", filepath.Join("..", "..", "analyzer", "mapping", "testdata", "omop"), "--quick")
	require.Zero(t, r.code, r.err)
	requireGolden(t, "inspect-omop.txt", []byte(r.out))
}

func TestAnUnknownFlagIsToldWhatWasMeant(t *testing.T) {
	for args, hint := range map[string]string{
		"check x --hmtl":              "did you mean --format html?",
		"check x --html":              "did you mean --format html?",
		"check x --allow-test-number": "did you mean --allow-test-numbers?",
		"check x --as_of 2026-01-01":  "did you mean --as-of?",
		"inspect x --quik":            "did you mean --quick?",
		"inspect x --xslx":            "",
		"check x --zzzzzzzz":          "",
		"check x -z":                  "",
	} {
		r := paperlight(t, strings.Fields(args)...)
		require.Equal(t, exitUsage, r.code, args)
		require.Contains(t, r.err, "unknown", args)
		require.Equal(t, hint != "", strings.Contains(r.err, "hint: "), args+r.err)
		require.Contains(t, r.err, hint, args)
	}
}
