package mapping

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/source"
)

// emisSet writes one set of an EMIS extract: tables with a row a line, the first being
// the header. Every set lists a code, so that those it does not list are local ones.
func emisSet(t *testing.T, dir, runs, taken string, tables map[string]string) {
	t.Helper()
	tables = maps.Clone(tables)
	tables["Coding_ClinicalCode"] = "CodeId,SnomedCTConceptId\n999,267036007\n"
	for table, rows := range tables {
		name := fmt.Sprintf("%s_%s_%s_45E7CD20-EE37-41AB-90D6-DC9D4B03D102.csv", runs, table, taken)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(rows), 0o600))
	}
}

const (
	emisPatients     = "PatientGuid,OrganisationGuid,DateOfRegistration,PatientTypeDescription,Deleted\n"
	emisObservations = "ObservationGuid,PatientGuid,OrganisationGuid,EffectiveDate,CodeId,ObservationType,Deleted\n"
	emisProblems     = "ObservationGuid,PatientGuid,OrganisationGuid,ProblemStatusDescription,Deleted\n"
)

// fullEMIS is a full set of three patients.
func fullEMIS() map[string]string {
	return map[string]string{
		"Admin_Patient": emisPatients + "p1,o,2010-01-01,Regular,false\np2,o,2011-01-01,Regular,false\np3,o,2012-01-01,Regular,false\n",
		"CareRecord_Observation": emisObservations + "e1,p1,o,2020-01-01,101,Observation,false\ne2,p1,o,2020-01-02,102,Observation,false\n" +
			"e3,p2,o,2020-01-03,103,Allergy,false\ne4,p3,o,2020-01-04,104,Observation,false\n",
		"CareRecord_Problem": emisProblems + "e1,p1,o,Active Problem,false\ne4,p3,o,Past Problem,false\n",
	}
}

// eventsOf lists the events, with what the record says and when it was.
func eventsOf(t *testing.T, dir, table string, columns ...string) []string {
	t.Helper()
	x := open(t, Options{}, dir)
	var out []string
	for _, tab := range x.Tables {
		if tab.Schema.Name != table {
			continue
		}
		for _, name := range columns {
			require.True(t, supplies(x, table+"."+name), name)
		}
		all, _ := read(t, tab)
		for _, row := range all {
			var cells []string
			for i, c := range supplied(tab) {
				for _, name := range columns {
					if c.Name == name {
						cells = append(cells, row[i])
					}
				}
			}
			out = append(out, strings.Join(cells, " "))
		}
	}
	return out
}

// TestLaterSetsReplaceRecords applies sets of changes: what is changed, deleted or new
// counts as the latest set has it, and a deleted patient goes with all records.
func TestLaterSetsReplaceRecords(t *testing.T) {
	dir := t.TempDir()
	emisSet(t, dir, "100", "20260101120000", fullEMIS())
	emisSet(t, dir, "101", "20260108120000", map[string]string{
		"Admin_Patient": emisPatients + "p4,o,2026-01-02,Regular,false\n",
		"CareRecord_Observation": emisObservations + "e2,p1,o,2020-02-02,202,Observation,false\ne3,p2,o,2020-01-03,103,Allergy,true\n" +
			"e5,p4,o,2026-01-02,105,Allergy,false\n",
		"CareRecord_Problem": emisProblems + "e1,p1,o,Past Problem,false\n",
	})
	emisSet(t, dir, "102", "20260115120000", map[string]string{
		"Admin_Patient":          emisPatients + "p3,o,,,true\n",
		"CareRecord_Observation": emisObservations + "e2,p1,o,2020-03-03,302,Observation,false\n",
		"CareRecord_Problem":     emisProblems,
	})
	require.Equal(t, []string{"p1", "p2", "p4"}, eventsOf(t, dir, "patients", "patient_id"))
	require.Equal(t, []string{"e1 p1 101 2020-01-01", "e2 p1 302 2020-03-03"}, eventsOf(t, dir, "events", "event_id", "patient_id", "code", "event_date"))
	require.Equal(t, []string{"e5 p4 105"}, eventsOf(t, dir, "allergies", "allergy_id", "patient_id", "code"))
	require.Equal(t, []string{"e1 p1 101 past 2020-01-01"}, eventsOf(t, dir, "problems", "problem_id", "patient_id", "code", "status", "onset_date"))
	x := open(t, Options{}, dir)
	require.Contains(t, x.Notes, "patient: 1 record is marked as deleted and left out.")
	require.Equal(t, "2026-01-15", string(appendDate(nil, int64(x.ReleaseDate))))
}

// TestSetsThatDoNotFollowAreRefused names what is missing from a series, and the way out.
func TestSetsThatDoNotFollowAreRefused(t *testing.T) {
	changes := map[string]string{
		"Admin_Patient":          emisPatients + "p4,o,2026-01-02,Regular,false\n",
		"CareRecord_Observation": emisObservations,
		"CareRecord_Problem":     emisProblems,
	}
	for _, c := range []struct {
		name string
		make func(dir string)
		want string
	}{
		{"a set is missing", func(dir string) {
			emisSet(t, dir, "100", "20260101120000", fullEMIS())
			emisSet(t, dir, "102", "20260115120000", changes)
		}, "a set is missing between them: its numbers begin with 102, and those before end with 100"},
		{"a set lacks a table", func(dir string) {
			emisSet(t, dir, "100", "20260101120000", fullEMIS())
			emisSet(t, dir, "101", "20260108120000", map[string]string{"Admin_Patient": changes["Admin_Patient"], "CareRecord_Problem": emisProblems})
		}, "the set of 20260108120000 has no file of the table observation, which the set before has"},
		{"a table twice", func(dir string) {
			emisSet(t, dir, "100", "20260101120000", fullEMIS())
			emisSet(t, dir, "101", "20260101120000", map[string]string{"CareRecord_Problem": emisProblems})
		}, "both hold the table problem"},
		{"changes alone", func(dir string) {
			rows := emisProblems
			for i := range 30 {
				rows += fmt.Sprintf("e%d,q%d,o,Active Problem,false\n", i, i)
			}
			emisSet(t, dir, "101", "20260101120000", map[string]string{
				"Admin_Patient": changes["Admin_Patient"], "CareRecord_Observation": emisObservations, "CareRecord_Problem": rows})
		}, "this is a set of changes, and not a practice: 30 of 30 rows of the table problem are of patients who are not in it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			c.make(dir)
			_, err := Open(context.Background(), []string{dir}, Options{Key: key})
			require.ErrorContains(t, err, c.want)
			var refused *RefusedError
			require.ErrorAs(t, err, &refused)
			require.NotEmpty(t, refused.Hint)
		})
	}
}

// TestLargeFilesAreSampledForStrangers takes a file in many parts by the beginnings of
// them where those are of known patients, and counts all of its rows where they are not.
func TestLargeFilesAreSampledForStrangers(t *testing.T) {
	problems := func(first string) *source.File {
		file := textFile("CareRecord_Problem", strings.Split(strings.TrimSpace(emisProblems), ","))
		file.Parts = nil
		for part := range spreadParts {
			row := func(patient string) [][]string {
				return [][]string{{fmt.Sprint("e", part), patient, "o", "Active Problem", "false"}, {fmt.Sprint("f", part), patient, "o", "Active Problem", "false"}}
			}
			file.Parts = append(file.Parts, textFile("part", file.Columns, row(first), row("stranger"), row("stranger")).Parts...)
		}
		return file
	}
	patients := textFile("Admin_Patient", strings.Split(strings.TrimSpace(emisPatients), ","), [][]string{{"p1", "o", "2010-01-01", "Regular", "false"}})
	observations := textFile("CareRecord_Observation", strings.Split(strings.TrimSpace(emisObservations), ","), [][]string{})
	held(t, Options{}, patients, observations, problems("p1"))
	_, err := assemble(context.Background(), &source.Bundle{Name: "held", Files: []*source.File{patients, observations, problems("stranger")}}, Options{Key: key})
	require.ErrorContains(t, err, "48 of 48 rows of the table problem are of patients who are not in it")
}
