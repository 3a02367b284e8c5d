package mapping

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

func TestOurOwnTablesAndThoseOfOpenSAFELYAreToldApart(t *testing.T) {
	const (
		registrations = "patient_id,start_date,end_date,practice_pseudo_id\n1,2001-09-17,,7\n"
		theirEvents   = "patient_id,date,snomedct_code,numeric_value\n1,2025-01-10,38341003,\n"
		theirDrugs    = "patient_id,date,dmd_code\n1,2025-01-10,42104811000001109\n"
		ourDrugs      = "medication_id,patient_id,status,dmd_code,start_date\nm,1,active,42104811000001109,2025-01-10\n"
		ourEvents     = "event_id,patient_id,code,event_date\ne,1,38341003,2025-01-10\n"
	)
	for _, c := range []struct {
		about, system, why string
		files              map[string]string
	}{
		{"a column of theirs", "opensafely", "Read as OpenSAFELY, not as canonical paperlight tables: the first reads 3 columns of patients.csv, the second 2.",
			map[string]string{"patients.csv": "patient_id,date_of_birth,sex\n1,1948-03-01,female\n"}},
		{"a table of theirs", "opensafely", "Read as OpenSAFELY, not as canonical paperlight tables: the first reads 4 columns of other files, the second 0.",
			map[string]string{"patients.csv": "patient_id,sex\n1,female\n", "clinical_events.csv": theirEvents}},
		{"all of theirs", "opensafely", "Read as OpenSAFELY, not as canonical paperlight tables: the first reads 6 columns of medications.csv, patients.csv, the second 4; 8 columns of other files, the second 0.",
			map[string]string{"patients.csv": "patient_id,date_of_birth,sex\n1,1948-03-01,female\n", "clinical_events.csv": theirEvents,
				"medications.csv": theirDrugs, "practice_registrations.csv": registrations}},
		{"their medicines", "opensafely", "Read as OpenSAFELY, not as canonical paperlight tables: the first reads 5 columns of medications.csv, patients.csv, the second 4.",
			map[string]string{"patients.csv": "patient_id,sex\n1,female\n", "medications.csv": theirDrugs}},
		{"theirs with a side file beside them", "opensafely", "Read as OpenSAFELY, not as canonical paperlight tables: the first reads 3 columns of patients.csv, the second 2.",
			map[string]string{"patients.csv": "patient_id,date_of_birth,sex\n1,1948-03-01,female\n", "declarations.csv": "key,answer\npack,yes\n"}},
		{"a column that theirs has too, beside tables of ours", "paperlight", "Read as canonical paperlight tables, not as OpenSAFELY: the first reads 7 columns of medications.csv, patients.csv, the second 5; 4 columns of other files, the second 0.",
			map[string]string{"patients.csv": "patient_id,sex\n1,F\n", "events.csv": ourEvents, "medications.csv": "medication_id,patient_id,status,dmd_code,start_date,date\nm,1,active,42104811000001109,2025-01-10,\n"}},
		{"nothing but what both have", "paperlight", "",
			map[string]string{"patients.csv": "patient_id\n1\n"}},
		{"a column of ours", "paperlight", "",
			map[string]string{"patients.csv": "patient_id,sex,birth_date\n1,F,1948-03-01\n"}},
		{"tables of ours", "paperlight", "",
			map[string]string{"patients.csv": "patient_id,sex\n1,F\n", "events.csv": ourEvents, "medications.csv": ourDrugs}},
	} {
		t.Run(c.about, func(t *testing.T) {
			x := open(t, Options{}, folder(t, c.files))
			require.Equal(t, c.system, x.System)
			chosen := Describe(x).Chosen
			if c.why == "" {
				require.Empty(t, chosen, "nothing in the files is theirs alone")
			} else {
				require.Equal(t, []string{c.why}, chosen)
			}
		})
	}
}

func TestAMixtureOfTheTwoIsRefused(t *testing.T) {
	for about, files := range map[string]map[string]string{
		"a column of ours, a table of theirs": {"patients.csv": "patient_id,sex,birth_date\n1,F,1948-03-01\n", "clinical_events.csv": "patient_id,date,snomedct_code\n1,2025-01-10,38341003\n"},
		"a column of theirs, a table of ours": {"patients.csv": "patient_id,sex,date_of_birth\n1,F,1948-03-01\n", "events.csv": "event_id,patient_id,code\ne,1,38341003\n"},
	} {
		t.Run(about, func(t *testing.T) {
			_, err := Open(context.Background(), []string{folder(t, files)}, Options{})
			var refused *RefusedError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "the files look like those of more than one system: canonical paperlight tables, OpenSAFELY", refused.Message)
			require.Equal(t, "patients.csv could be of either, and the other files and columns are a mixture: give the files of one system alone, with its own columns", refused.Hint)
		})
	}
}

func TestFilesOfTwoSystemsAreNobodys(t *testing.T) {
	_, err := Open(context.Background(), []string{folder(t, map[string]string{
		"person.csv":  "person_id,year_of_birth,gender_concept_id\n1,1980,8507\n",
		"patient.txt": "patid\tpracid\tyob\tregstartdate\n1\t2\t1980\t01/02/2003\n",
	})}, Options{})
	require.ErrorContains(t, err, "more than one system")
	require.Empty(t, Describe(open(t, Options{}, "testdata/omop")).Chosen, "nothing else could have the files")
}

func TestATableNamedLikeOneOfOursIsReadAsTheSystemSays(t *testing.T) {
	system, err := ParseSystem("vendor.yaml", []byte(`
id: vendor
title: Vendor
sources:
  person: {file: person, needs: [id], required: true}
  medications: {file: drugs, needs: [patient_id, day]}
tables:
  patients:
    - {from: person, columns: {patient_id: id}}
  issues:
    - {from: medications, columns: {patient_id: patient_id, issue_date: day}}
`))
	require.NoError(t, err)
	x := open(t, Options{Systems: []*System{system}}, folder(t, map[string]string{"person.csv": "id\n1\n", "drugs.csv": "patient_id,day\n1,2025-01-10\n"}))
	require.NotNil(t, x.Table(schema.Lookup("issues")))
	require.Nil(t, x.Table(schema.Lookup("medications")), "the system has no such table")
}

// knownTitles are the titles of the systems as refusals name them.
func knownTitles(t *testing.T) string {
	t.Helper()
	systems, err := Systems()
	require.NoError(t, err)
	var first, last []string
	for _, s := range systems {
		if s.Unread() {
			continue
		}
		if s.ofResources() {
			last = append(last, s.Title)
		} else {
			first = append(first, s.Title)
		}
	}
	return strings.Join(append(first, last...), ", ")
}

func TestTheTwoReleasesOfCPRDAreToldApart(t *testing.T) {
	const aurum, gold = "patid\tpracid\tyob\tregstartdate\n10020345\t20345\t1980\t01/02/2003\n", "patid\tyob\tmob\tcrd\ttod\n10020345\t1980\t0\t01/02/2003\t\n"
	for system, patients := range map[string]string{"cprd-aurum": aurum, "cprd-gold": gold} {
		x := open(t, Options{}, folder(t, map[string]string{"demo_Extract_Patient_001.txt": patients}))
		require.Equal(t, system, x.System)
		require.Empty(t, Describe(x).Chosen)
	}
}

func TestThePatientsOfCPRDGoldAreOfAPracticeThatIsThere(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{
		"demo_Extract_Patient_001.txt":  "patid\tyob\tcrd\ttod\n10020345\t1980\t\t\n10000045\t1980\t\t\n10000345\t1980\t\t\n17345\t1980\t\t\n9\t1980\t\t\n",
		"demo_Extract_Practice_001.txt": "pracid\tlcd\n20345\t\n45\t\n345\t\n",
	}))
	rows, _ := read(t, x.Table(schema.Lookup("patients")), schema.Lookup("patients").Column("practice_id"))
	require.Equal(t, [][]string{{"20345"}, {"45"}, {"345"}, {"345"}, {"-"}}, rows)
}
