package mapping

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

// Each of these reads codes through a table that may be left behind.
func TestColumnsWithoutTheTableThatTheyNeed(t *testing.T) {
	const words = " It says what the numbers in other files stand for. Without it paperlight leaves out "
	for _, c := range []struct {
		name, table string // the table that is left behind
		rows        string // of it
		others      map[string]string
		absent      []string
		says        string
	}{
		{"EMIS", "Coding_ClinicalCode.csv", "CodeId,SnomedCTConceptId\n7,267036007\n",
			map[string]string{
				"Admin_Patient.csv":          "PatientGuid,OrganisationGuid,DateOfRegistration\np,o,2020-01-01\n",
				"CareRecord_Observation.csv": "ObservationGuid,PatientGuid,OrganisationGuid,CodeId,ObservationType\ne,p,o,7,Observation\na,p,o,7,Allergy\n",
			},
			[]string{"events.code", "events.code_system", "events.is_degraded", "allergies.code", "allergies.category"},
			words + "parts of allergies and events, and all of consents. Ask for Coding_ClinicalCode too, and export again with it."},
		{"OMOP", "CONCEPT.csv", "concept_id,concept_code,vocabulary_id\n7,267036007,SNOMED\n",
			map[string]string{
				"person.csv":      "person_id,year_of_birth,gender_concept_id\np,1980,8507\n",
				"measurement.csv": "measurement_id,person_id,measurement_concept_id,measurement_source_value\nm,p,7,weight\n",
			},
			[]string{"events.code", "events.code_system"},
			words + "parts of events. Ask for CONCEPT too, and export again with it."},
		{"Aurum", "EMISMedicalDictionary.txt", "medcodeid\tsnomedctconceptid\n7\t267036007\n",
			map[string]string{
				"s_Patient_001.txt":     "patid\tpracid\tyob\tregstartdate\np\t9\t1980\t01/02/2003\n",
				"s_Observation_001.txt": "patid\tobsid\tmedcodeid\tobsdate\np\to\t7\t01/02/2004\n",
			},
			[]string{"events.code", "events.code_system"},
			words + "parts of events. Ask for EMISMedicalDictionary too, and export again with it."},
		{"GOLD", "medical.txt", "medcode\treadcode\n7\tH33..00\n",
			map[string]string{
				"s_Patient_001.txt":  "patid\tyob\tcrd\ttod\n1009\t1980\t01/02/2003\t\n",
				"s_Clinical_001.txt": "patid\teventdate\tmedcode\n1009\t01/02/2004\t7\n",
			},
			[]string{"events.code", "events.code_system"},
			words + "parts of events. Ask for medical.txt too, and export again with it."},
	} {
		t.Run(c.name, func(t *testing.T) {
			with := maps.Clone(c.others)
			with[c.table] = c.rows
			x := open(t, Options{}, folder(t, with))
			require.Empty(t, x.Missing)
			for _, name := range c.absent {
				require.True(t, supplies(x, name), name)
			}

			x = open(t, Options{}, folder(t, c.others))
			for _, name := range c.absent {
				require.False(t, supplies(x, name), name)
				require.True(t, x.Missing[0].Cost(name), name)
			}
			require.True(t, supplies(x, "events.patient_id"))
			require.Contains(t, x.Slips()[0], " is missing."+c.says)

			header, _, _ := strings.Cut(c.rows, "\n")
			with[c.table] = header + "\n"
			x = open(t, Options{}, folder(t, with))
			require.Contains(t, x.Slips()[0], " has no rows."+c.says)
			require.False(t, supplies(x, c.absent[0]))
		})
	}
}

// What stands in the rows themselves goes before the table, and stays.
func TestWhatStandsBeforeTheMissingTableStays(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{
		"s_Patient_001.txt":  "patid\tyob\tcrd\ttod\n1009\t1980\t01/02/2003\t\n",
		"s_Clinical_001.txt": "patid\teventdate\tmedcode\tsctid\n1009\t01/02/2004\t7\t267036007\n",
	}))
	rows, _ := read(t, x.Table(schema.Lookup("events")), schema.Lookup("events").Column("code"), schema.Lookup("events").Column("code_system"))
	require.Equal(t, [][]string{{"267036007", "sct"}}, rows)
}

// A table that has another way to tell is not missed: SystmOne writes words where it has
// no SRMapping.
func TestATableWithAnAlternativeIsNotMissed(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{
		"SRManifest.csv":    "FileName,IsDelta,DateExtractFrom,DateExtractTo\nSRPatient,N,,20260331_1200\nSRReferralOut,N,,20260331_1200\n",
		"SRPatient.csv":     "RowIdentifier,IDOrganisationVisibleTo,DateBirth\n1,A1,01 Jan 1980\n",
		"SRReferralOut.csv": "RowIdentifier,IDPatient,IDOrganisationVisibleTo,IDOrganisation,Urgency\n5,1,A1,A1,Routine\n",
	}))
	require.Empty(t, x.Missing)
	require.True(t, supplies(x, "referrals.urgency"))
}
