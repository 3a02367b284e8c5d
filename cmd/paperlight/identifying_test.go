package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
	"paperlight/internal/fixture"
)

// planted is an extract with columns that nothing is read from and that identify
// people, and all that stands in them.
func planted(t *testing.T) (folder string, values []string) {
	folder, _ = made(t, "--patients", "120", "--clean")
	surnames := strings.Fields("Ainsworth Barraclough Cartwright Dawson Entwistle Fairclough Griffiths Hargreaves Illingworth Jenkins Kershaw Llewellyn")
	edit(t, folder, "patients.csv", func(lines []string) []string {
		lines[0] += ",field_a,home_phone"
		for i := range lines[1:] {
			name, phone := surnames[i%len(surnames)], fmt.Sprintf("07700 900%03d", i)
			values = append(values, name, phone)
			lines[1+i] += "," + name + "," + phone
		}
		return lines
	})
	note := "Rang today; call back on 01632 960123"
	text := "patient_id,remark\n"
	for i := range 40 {
		text += fmt.Sprintf("p%d,%s about visit %d\n", i, note, i)
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "remarks.csv"), []byte(text), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "letter.docx"), []byte("not a table"), 0o600))
	return folder, append(values, note, "01632 960123")
}

func requireNoValue(t *testing.T, said string, values []string) {
	t.Helper()
	for _, v := range values {
		require.NotContains(t, said, v, "no value is ever shown")
	}
}

// identifyingOf is the section of a text report.
func identifyingOf(t *testing.T, text string) string {
	_, section, found := strings.Cut(text, report.IdentifyingHeading+"\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\nNotes\n")
	return section
}

func TestWhatCouldIdentifyPeopleIsSaid(t *testing.T) {
	folder, values := planted(t)
	r := paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never")
	require.Zero(t, r.code, r.err)
	requireNoValue(t, r.out, values)
	requireGolden(t, "identifying.txt", []byte(identifyingOf(t, r.out)))

	in := paperlight(t, "inspect", folder)
	require.Zero(t, in.code, in.err)
	requireNoValue(t, in.out, values)
	require.Contains(t, in.out, "  patients.csv, field_a: names of people, in 120 of 120 rows.")
	require.NotContains(t, paperlight(t, "inspect", folder, "--quick").out, report.IdentifyingHeading)

	for _, level := range []string{"assessor", "publish"} {
		at := paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never", "--level", level)
		section := identifyingOf(t, at.out)
		require.NotContains(t, section, "patients.csv", level)
		require.NotContains(t, section, "120 rows", level)
		require.Contains(t, section, "names of people")
		require.Contains(t, section, "patients, birth_date")
		require.Equal(t, level == "assessor", strings.Contains(section, "field_a"), level)
	}
}

func TestAnExtractThatCanIdentifyPeopleStops(t *testing.T) {
	folder, values := planted(t)
	page := filepath.Join(t.TempDir(), "report.html")
	r := paperlight(t, "check", folder, "--allow-test-numbers", "--require-anonymised", "--format", "html="+page, "--format", "json")
	require.Equal(t, exitPrivacy, r.code, r.err)
	require.Empty(t, r.out)
	require.NoFileExists(t, page)
	requireNoValue(t, r.err, values)
	requireGolden(t, "identifying-stop.txt", []byte(r.err))
	for _, jobs := range []string{"1", "3"} {
		require.Equal(t, r.err, paperlight(t, "check", folder, "--require-anonymised", "--jobs", jobs).err)
	}
	in := paperlight(t, "inspect", folder, "--require-anonymised")
	require.Equal(t, exitPrivacy, in.code)
	require.Equal(t, r.err, in.err)
	require.Empty(t, in.out)
	require.Equal(t, exitUsage, paperlight(t, "inspect", folder, "--quick", "--require-anonymised").code)
}

// What is coarse enough is judged as ever, and the report says what was looked for.
func TestAnAnonymisedExtractIsJudged(t *testing.T) {
	folder := t.TempDir()
	text := "patient_id,sex,birth_year,nhs_number_state\n"
	for i := range 200 {
		text += fmt.Sprintf("%016x,%c,%d,valid\n", uint64(i+1)*0x9e3779b97f4a7c15, "MF"[i%2], 1950+10*(i/40))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "patients.csv"), []byte(text), 0o600))
	out := checked(t, folder, "--require-anonymised", "--as-of", "2026-03-31")
	require.Equal(t, &report.Identifying{Looked: report.LookedAll, Kinds: 14, Found: []report.IdentifyingColumn{}}, out.Extract.Identifying)
	r := paperlight(t, "check", folder, "--require-anonymised", "--as-of", "2026-03-31", "--fail-on", "never")
	require.Contains(t, strings.Join(strings.Fields(r.out), " "), "Every row of each file was looked at. None of the 14 kinds of identifier was found.")
	require.NotContains(t, r.out, "anonymous")
}

// Of extracts that nobody on the project made, no column stops that does not hold what
// it is said to. They are of 28 and 12 people, who share their traits with few.
func TestRealExtractsGiveNoFalseStops(t *testing.T) {
	for _, test := range []struct {
		data  string
		stops []string
	}{
		{"synthea27nj-omop54/csv", []string{"PERSON.csv, birth_datetime", "PERSON.csv, day_of_birth", "patients"}},
		{"synthea27nj-omop54/parquet", []string{"person.parquet, birth_datetime", "person.parquet, day_of_birth", "patients"}},
		{"rcprd-aurum-simulated", []string{"patients"}},
	} {
		r := paperlight(t, "inspect", fixture.Shared(t, "data", filepath.FromSlash(test.data)), "--require-anonymised")
		require.Equal(t, exitPrivacy, r.code)
		var stops []string
		for line := range strings.Lines(r.err) {
			if at, _, found := strings.Cut(line, ": "); found && strings.HasPrefix(at, "  ") {
				stops = append(stops, strings.TrimSpace(at))
			}
		}
		require.ElementsMatch(t, test.stops, stops, test.data)
	}
}
