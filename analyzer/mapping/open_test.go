package mapping

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
	"paperlight/internal/fixture"
)

func TestGolden(t *testing.T) {
	for _, name := range []string{"canonical", "cprd-aurum", "cprd-gold", "emis-web", "gdppr", "omop", "omop-5.3", "opensafely", "synthea-csv", "systmone", "vision"} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, dump(t, open(t, Options{AllowTestNumbers: true}, filepath.Join("testdata", name))))
		})
	}
}

// counts returns the rows of each table.
func counts(t *testing.T, x *extract.Extract) map[string]int {
	out := map[string]int{}
	for _, tab := range x.Tables {
		rows, _ := read(t, tab)
		out[tab.Schema.Name] = len(rows)
	}
	return out
}

func supplies(x *extract.Extract, name string) bool {
	table, column, _ := strings.Cut(name, ".")
	return x.Supplies(schema.Lookup(table).Column(column))
}

func TestSyntheaOMOP(t *testing.T) {
	want := map[string]int{"practice": 0, "patients": 28, "issues": 883, "events": 470 + 1649 + 10040 + 8099, "problems": 470, "consultations": 1791}
	var first [][]string
	for _, format := range []string{"csv", "parquet"} {
		x := open(t, Options{}, filepath.Join(fixture.Shared(t, "data", "synthea27nj-omop54"), format))
		require.Equal(t, "omop", x.System)
		require.Equal(t, format, x.Format)
		require.Empty(t, x.Notes)
		require.True(t, x.HasReleaseDate)
		require.EqualValues(t, 19275, x.ReleaseDate) // 2022-10-10
		require.Equal(t, want, counts(t, x))
		for _, absent := range []string{"patients.nhs_number_state", "patients.nhs_number_range", "patients.nhs_number_key",
			"patients.nhs_number", "registrations.start_date", "medications.status", "issues.dmd_code", "issues.bnf_code"} {
			require.False(t, supplies(x, absent), absent)
		}
		for _, given := range []string{"patients.death_date", "events.code", "issues.issue_date", "events.value"} {
			require.True(t, supplies(x, given), given)
		}
		var all [][]string
		for _, tab := range x.Tables {
			rows, _ := read(t, tab)
			all = append(all, rows...)
		}
		if first == nil {
			first = all
		}
		require.Equal(t, first, all, "the same rows from both formats")
	}
}

func TestSyntheaCSV(t *testing.T) {
	x := open(t, Options{}, fixture.Shared(t, "data", "synthea-csv-dbt"))
	require.Equal(t, "synthea-csv", x.System)
	require.Empty(t, Describe(x).Chosen)
	require.Equal(t, map[string]int{"patients": 27, "medications": 663, "allergies": 40, "events": 438 + 990 + 249 + 29, "problems": 438, "consultations": 604}, counts(t, x))
	column := func(name string) *schema.Column {
		table, col, _ := strings.Cut(name, ".")
		require.True(t, supplies(x, name), name)
		return schema.Lookup(table).Column(col)
	}
	values, none := 0, 0
	rows, _ := read(t, x.Table(schema.Lookup("events")), column("events.value"))
	for _, r := range rows {
		require.NotEqual(t, "!", r[0], "a text is no value that cannot be read")
		if r[0] != "-" {
			values++
		}
	}
	require.Equal(t, 599, values, "the numeric observations")
	rows, _ = read(t, x.Table(schema.Lookup("patients")), column("patients.practice_id"))
	for _, r := range rows {
		if r[0] == "-" {
			none++
		}
	}
	require.Zero(t, none, "everybody has a practice by an encounter")
	for _, absent := range []string{"patients.nhs_number_state", "registrations.start_date", "medications.prescription_type", "medications.dmd_code"} {
		require.False(t, supplies(x, absent), absent)
	}
}

func TestSimulatedAurum(t *testing.T) {
	x := open(t, Options{}, fixture.Shared(t, "data", "rcprd-aurum-simulated"))
	require.Equal(t, "cprd-aurum", x.System)
	require.Equal(t, map[string]int{"practice": 6, "patients": 12, "registrations": 12, "events": 300, "issues": 300}, counts(t, x))
	events := x.Table(schema.Lookup("events"))
	require.False(t, supplies(x, "events.code"), "nothing says what a medcodeid stands for")
	require.Equal(t, []string{"events.code", "events.code_system"}, x.Missing[0].Costs)
	require.True(t, x.Table(schema.Lookup("registrations")).DerivedKey)
	require.False(t, events.DerivedKey)
	require.False(t, supplies(x, "patients.nhs_number_state"))
}

func TestAurumWithItsDictionaries(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{
		"s_Extract_Patient_001.txt": "patid\tpracid\tgender\tyob\tmob\tregstartdate\tpatienttypeid\n" +
			"1\t9\t1\t2015\t3\t01/04/2015\t3\n2\t9\t2\t1950\tNA\t01/04/2015\t7\n3\t9\t2\t1950\t0\t\t14\n",
		"s_Extract_Observation_001.txt": "patid\tobsid\tobsdate\tmedcodeid\tobstypeid\tnumunitid\n" +
			"1\t1\t02/04/2015\t397732011\t4\t2\n1\t2\t31/04/2015\t999\t7\tNA\n",
		"s_Extract_DrugIssue_001.txt": "patid\tissueid\tissuedate\tprodcodeid\tdosageid\n1\t1\t02/04/2015\t55\ta\n",
		"s_Extract_Problem_001.txt":   "patid\tobsid\tprobstatusid\tsignid\n1\t1\t1\t2\n",
		"EMISMedicalDictionary.txt":   "medcodeid\tterm\tsnomedctconceptid\n397732011\tNever smoked tobacco\t266919005\n",
		"EMISProductDictionary.txt":   "prodcodeid\tdmdid\n55\t42104811000001109\n",
		"common_dosages.txt":          "dosageid\tdosage_text\na\tONE DAILY\n",
		"PatientType.txt":             "patienttypeid\tDescription\n3\tRegular\n7\tDummy\n14\tWalk-in\n",
		"ObsType.txt":                 "obstypeid\tDescription\n4\tFamily history\n7\tObservation\n",
		"NumUnit.txt":                 "numunitid\tDescription\n2\tkg\n",
		"ProbStatus.txt":              "probstatusid\tDescription\n1\tActive\n",
		"Sign.txt":                    "signid\tDescription\n2\tMinor\n",
	}))
	require.Equal(t, []string{"registrations has no record ids; the file and record number are used in their place."}, x.Notes)
	column := func(name string) (out []string) {
		table, col, _ := strings.Cut(name, ".")
		require.True(t, supplies(x, name), name)
		rows, _ := read(t, x.Table(schema.Lookup(table)), schema.Lookup(table).Column(col))
		for _, r := range rows {
			out = append(out, r[0])
		}
		return out
	}
	require.Equal(t, []string{"2015-03-01", "-", "-"}, column("patients.birth_date"))
	require.Equal(t, []string{"false", "true", "false"}, column("patients.is_dummy"))
	require.Equal(t, []string{"regular", "other", "other"}, column("registrations.reg_type"))
	require.Equal(t, []string{"266919005", "999"}, column("events.code"))
	require.Equal(t, []string{"sct", "local"}, column("events.code_system"))
	require.Equal(t, []string{"2015-04-02", "!"}, column("events.event_date"))
	require.Equal(t, []string{"family_history", "observation"}, column("events.event_type"))
	require.Equal(t, []string{"kg", "-"}, column("events.unit"))
	require.Equal(t, []string{"42104811000001109"}, column("issues.dmd_code"))
	require.Equal(t, []string{"xxxxxxxxx"}, column("issues.dosage_text"))
	require.Equal(t, []string{"active"}, column("problems.status"))
	require.Equal(t, []string{"minor"}, column("problems.significance"))
}

func TestOMOPWithDMD(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{
		"person.csv":        "person_id,year_of_birth,month_of_birth,day_of_birth,gender_concept_id\n1,1980,2,29,8532\n2,1981,,,0\n",
		"drug_exposure.csv": "drug_exposure_id,person_id,drug_concept_id,drug_source_concept_id,drug_exposure_start_date\n1,1,7,8,2024-05-06 00:00:00\n2,1,8,0,2024-05-06\n3,1,7,0,06/05/2024\n",
		"concept.csv":       "concept_id,vocabulary_id,concept_code\n7,RxNorm,308182\n8,dm+d,42104811000001109\n",
	}))
	rows, _ := read(t, x.Table(schema.Lookup("issues")))
	require.Equal(t, [][]string{{"1", "1", "2024-05-06", "42104811000001109"}, {"2", "1", "2024-05-06", "42104811000001109"}, {"3", "1", "!", "-"}}, rows)
	rows, _ = read(t, x.Table(schema.Lookup("patients")))
	require.Equal(t, [][]string{{"1", "F", "1980-02-29", "1980"}, {"2", "U", "-", "1981"}}, rows)
	require.False(t, x.HasReleaseDate)
}

func TestDigestIsOverNamesAndDigests(t *testing.T) {
	o := Options{Source: source.Options{Digest: true}}
	a := open(t, o, "testdata/canonical")
	require.Len(t, digestOf(t, a), 64)
	b := open(t, o, "testdata/cprd-aurum")
	require.NotEqual(t, digestOf(t, a), digestOf(t, b))
	require.Equal(t, digestOf(t, a), digestOf(t, open(t, o, "testdata/canonical")))
	require.Nil(t, open(t, Options{}, "testdata/canonical").SHA256)
}

// folder writes files into a folder of their own.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

func TestRecognition(t *testing.T) {
	const patients = "patient_id\n1\n"
	const person = "person_id,year_of_birth,gender_concept_id\n1,1980,8507\n"
	const patient = "patid\tpracid\tyob\tregstartdate\n1\t2\t1980\t01/02/2003\n"
	for _, c := range []struct {
		about  string
		files  map[string]string
		system string
		notes  []string
	}{
		{"canonical by name and header", map[string]string{"patients.csv": patients}, "paperlight", nil},
		{"names in any case", map[string]string{"PATIENTS.csv": "PATIENT_ID\n1\n"}, "paperlight", nil},
		{"canonical goes before another system", map[string]string{"patients.csv": patients, "person.csv": person}, "paperlight",
			[]string{"Not used, because no table is read from them: person.csv."}},
		{"OMOP", map[string]string{"Person.csv": person}, "omop", nil},
		{"a side file beside another system", map[string]string{"person.csv": person, "declarations.csv": "key,answer\npack,yes\n"}, "omop", nil},
		{"CPRD with other columns in another order", map[string]string{"x_Extract_Patient_001.txt": patient}, "cprd-aurum",
			[]string{"registrations has no record ids; the file and record number are used in their place."}},
		{"tables in parts", map[string]string{"patients/part-1.csv": patients, "patients/part-2.csv": patients}, "paperlight", nil},
		{"a file of another alphabet", map[string]string{"patients.csv": "patient_id,usual_gp_code\n1,Andr\xe9\n"}, "paperlight",
			[]string{"patients.csv is not UTF-8; it was read as windows-1252."}},
	} {
		t.Run(c.about, func(t *testing.T) {
			x := open(t, Options{}, folder(t, c.files))
			require.Equal(t, c.system, x.System)
			require.Equal(t, c.notes, notes(x))
		})
	}
}

func TestTablesThatASystemNeverHas(t *testing.T) {
	never := func(files map[string]string) (out []string) {
		for _, table := range open(t, Options{}, folder(t, files)).NeverHas {
			out = append(out, table.Name)
		}
		return out
	}
	require.Empty(t, never(map[string]string{"patients.csv": "patient_id\n1\n"}), "a canonical extract may have every table")

	const person = "person_id,year_of_birth,gender_concept_id\n1,1980,8507\n"
	omop := never(map[string]string{"person.csv": person})
	require.Subset(t, omop, []string{"registrations", "allergies", "consents"})
	require.NotContains(t, omop, "events", "the file lacks it, the system does not")
	require.NotContains(t, omop, "declarations", "it lies beside an extract of any system")
	require.NotContains(t, never(map[string]string{"person.csv": person, "document-workflow.csv": "document_id,patient_id,filed_date\nd,1,2026-01-01\n"}), "documents", "a list stands for them")
}

func TestRefused(t *testing.T) {
	const patients = "patient_id\n1\n"
	nothingKnown := "want patients.csv (or .parquet, .arrow) with the column patient_id, or the files of a system that is known, with its table of patients: " + knownTitles(t)
	const askForPatients = "put it beside the other files; if you do not have it, ask for it too, and export again with it"
	for _, c := range []struct {
		about, message, hint string
		files                map[string]string
	}{
		{"nothing known", "no known system: there is no file of patients",
			nothingKnown,
			map[string]string{"things.csv": "a,b\n1,2\n"}},
		{"a name without its columns", "no known system: patients.csv is named like patients of canonical paperlight tables but has no column patient_id",
			"canonical files are patients.csv (or .parquet, .arrow) with the column patient_id, and its related tables",
			map[string]string{"patients.csv": "Id,BIRTHDATE\n1,1980-01-01\n"}},
		{"no patients", "no known system: there is no file of patients",
			nothingKnown,
			map[string]string{"practice.csv": "practice_id\nP1\n"}},
		{"EMIS without patients", "this looks like EMIS Web, but Admin_Patient, its table of patients, is missing", askForPatients,
			map[string]string{"CareRecord_Consultation.csv": "ConsultationGuid,PatientGuid\n", "Coding_DrugCode.csv": "CodeId,DmdProductCodeId\n", "observation.csv": "observation_id,person_id\n"}},
		{"SystmOne without patients, though the manifest lists them", "this looks like TPP SystmOne, but SRPatient, its table of patients, is missing", askForPatients,
			map[string]string{"SRManifest.csv": "FileName,IsDelta\nSRPatient,N\n", "SREvent.csv": "RowIdentifier,IDPatient,DateEvent\n"}},
		{"Vision without patients", "this looks like Vision, but patient_data_extract, its table of patients, is missing", askForPatients,
			map[string]string{"practice_data_extract.csv": strings.Repeat("1,", 13) + "1\n", "staff_data_extract.csv": strings.Repeat("1,", 7) + "1\n"}},
		{"CPRD without patients", "this looks like CPRD Aurum, but its table of patients is missing", askForPatients,
			map[string]string{"s_Observation_001.txt": "patid\tobsid\tmedcodeid\tobsdate\n", "EMISProductDictionary.txt": "prodcodeid\tdmdid\n"}},
		{"one table tells nothing", "no known system: there is no file of patients", nothingKnown, map[string]string{"SREvent.csv": "RowIdentifier,IDPatient,DateEvent\n"}},
		{"two systems alike", "no known system: there is no file of patients", nothingKnown,
			map[string]string{"SRManifest.csv": "FileName,IsDelta\n", "SREvent.csv": "RowIdentifier,IDPatient,DateEvent\n",
				"CareRecord_Consultation.csv": "ConsultationGuid,PatientGuid\n", "Coding_DrugCode.csv": "CodeId,DmdProductCodeId\n"}},
		{"two systems", "the files look like those of more than one system: CPRD Aurum, OMOP CDM 5.3 and 5.4", "give the files of one system at a time",
			map[string]string{"person.csv": "person_id,year_of_birth,gender_concept_id\n", "patient.txt": "patid\tpracid\tyob\tregstartdate\n"}},
		{"one table twice", "patients.csv and patients.tsv both hold the table patients", "give one of them; put two extracts into a folder each",
			map[string]string{"patients.csv": patients, "patients.tsv": "patient_id\tsex\n1\tM\n"}},
		{"a table and its parts", "patients.csv and patients/part-1.csv both hold the table patients", "give one of them; put two extracts into a folder each",
			map[string]string{"patients.csv": patients, "patients/part-1.csv": patients}},
	} {
		t.Run(c.about, func(t *testing.T) {
			_, err := Open(context.Background(), []string{folder(t, c.files)}, Options{})
			var refused *RefusedError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, c.message, refused.Message)
			require.Equal(t, c.hint, refused.Hint)
			require.Equal(t, 3, refused.ExitCode())
		})
	}
}

func TestCapabilityIsWhatEveryFileCanGive(t *testing.T) {
	x := open(t, Options{}, folder(t, map[string]string{
		"patients/part-1.csv": "patient_id,sex,birth_year\n1,M,1980\n",
		"patients/part-2.csv": "patient_id,sex\n2,F\n",
		"events.csv":          "patient_id,code\n",
	}))
	require.True(t, supplies(x, "patients.sex"))
	require.False(t, supplies(x, "patients.birth_year"))
	require.Contains(t, x.Notes, "patients.birth_year is not in every file of the table patients: it counts as absent.")
	require.True(t, supplies(x, "events.event_id"))
	require.False(t, supplies(x, "issues.issue_id"))
	require.Nil(t, x.Table(schema.Lookup("issues")))
	rows, _ := read(t, x.Table(schema.Lookup("events")))
	require.Empty(t, rows)
}

func TestDecodeErrorsNameTheFile(t *testing.T) {
	dir := folder(t, map[string]string{"patients.csv": "patient_id,sex\n1,M\n2,\"F\n"})
	x, err := Open(context.Background(), []string{dir}, Options{})
	if err == nil {
		defer func() { require.NoError(t, x.Close()) }()
		for _, scanErr := range x.Tables[0].Parts[0].Scan(context.Background(), supplied(x.Tables[0])) {
			err = errors.Join(err, scanErr)
		}
	}
	var decode *source.DecodeError
	require.ErrorAs(t, err, &decode)
	require.Equal(t, "patients.csv", decode.File)
}

func digestOf(t *testing.T, x *extract.Extract) string {
	t.Helper()
	sum, err := x.SHA256()
	require.NoError(t, err)
	return sum
}
