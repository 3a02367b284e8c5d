package mapping

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/source"
)

// slipsOf are ways to misspell a column in a header.
func slipsOf(name string) []string {
	middle := len(name) / 2
	out := []string{name[:middle] + name[middle+1:]}
	for i := range len(name) - 1 {
		if name[i] != name[i+1] {
			out = append(out, name[:i]+name[i+1:i+2]+name[i:i+1]+name[i+2:])
			break
		}
	}
	if strings.Contains(name, "_") {
		out = append(out, strings.ToUpper(strings.ReplaceAll(name, "_", " ")), strings.ReplaceAll(name, "_", "-"), strings.ReplaceAll(name, "_", ""))
	}
	return out
}

// Whichever column of whichever table is misspelt: the extract is refused where
// the table cannot do without it, and else a note names it, with what was meant.
func TestEveryMisspeltColumnIsNamed(t *testing.T) {
	patients := func() *source.File { return textFile("patients", []string{"patient_id"}, [][]string{{"1"}}) }
	for _, table := range schema.Tables {
		var header []string
		for _, c := range table.Columns {
			if !c.Virtual {
				header = append(header, c.Name)
			}
		}
		for i, name := range header {
			for _, slip := range slipsOf(name) {
				misspelt := slices.Clone(header)
				misspelt[i] = slip
				files := []*source.File{textFile(table.Name, misspelt, [][]string{make([]string, len(header))})}
				if table.Name != "patients" {
					files = append(files, patients())
				}
				x, err := assemble(context.Background(), &source.Bundle{Files: files}, Options{Key: key, Systems: []*System{}})
				if required(table.Column(name)) {
					var refused *RefusedError
					require.ErrorAs(t, err, &refused, "%s as %s", table.Column(name), slip)
					require.Contains(t, refused.Message, files[0].Name)
					require.Equal(t, fmt.Sprintf("column %s: did you mean %s? Rename it in the header", slip, name), refused.Hint)
					continue
				}
				require.NoError(t, err)
				require.Equal(t, []extract.Suggestion{{File: files[0].Name, Column: slip, Table: table.Name, Nearest: name}}, x.Unused)
				require.Contains(t, notes(x), fmt.Sprintf("%s: the column %s is not used. Did you mean %s?", files[0].Name, slip, name))
				d := Describe(x)
				at := slices.IndexFunc(d.Files, func(f FileUse) bool { return f.Source == table.Name })
				require.Equal(t, HeaderUse{Column: slip, Use: "unused", Nearest: name}, d.Files[at].Columns[i])
			}
		}
	}
}

func TestUnusedColumnsAndFiles(t *testing.T) {
	const patients = "patient_id,nhs_number\n1,\n"
	for _, c := range []struct {
		about string
		files map[string]string
		notes []string
	}{
		{"nothing", map[string]string{"patients.csv": patients}, nil},
		{"near and other columns of two files, table by table", map[string]string{
			"patients.csv": "patient_id,shoe_size,Sex At Birth,brith_date,colour\n", "allergies.csv": "allergy_id,patient_id,staus,mood\n"},
			[]string{"patients.csv: the column brith_date is not used. Did you mean birth_date?", "allergies.csv: the column staus is not used. Did you mean status?",
				"patients.csv: columns not used: shoe_size, Sex At Birth, colour.", "allergies.csv: columns not used: mood."}},
		{"what the table has is not suggested", map[string]string{"patients.csv": "patient_id,nhs_number,nhs_numbr,NHS Number\n"},
			[]string{"patients.csv: columns not used: nhs_numbr, NHS Number."}},
		{"the parts of a table, once", map[string]string{"patients.csv": patients,
			"events/a.csv": "event_id,patient_id,event_dat,x\n", "events/b.csv": "event_id,patient_id,event_dat,x\n", "events/c.csv": "event_id,patient_id,event_dat\n"},
			[]string{"events/a.csv and 2 more: the column event_dat is not used. Did you mean event_date?", "events/a.csv and 1 more: columns not used: x."}},
		{"tables nearly named", map[string]string{"patients.csv": patients, "allergy.csv": "a\n1\n", "Medication.csv": "a\n1\n", "events (1).csv": "a\n1\n", "our-problem_list.csv": "a\n1\n", "paper_notes_recieved.csv": "a\n1\n"},
			[]string{"Medication.csv: no table is read from this file. Did you mean medications?", "allergy.csv: no table is read from this file. Did you mean allergies?",
				"events (1).csv: no table is read from this file. Did you mean events?", "our-problem_list.csv: no table is read from this file. Did you mean problems?",
				"paper_notes_recieved.csv: no table is read from this file. Did you mean paper-notes-received?"}},
		{"a table that is there is not suggested", map[string]string{"patients.csv": patients, "patient.csv": "a\n1\n", "patients (1).csv": patients},
			[]string{"Not used, because no table is read from them: patient.csv, patients (1).csv."}},
		{"files in other forms", map[string]string{"patients.csv": patients, "allergy.xlsx": "x", "letter.pdf": "x", "patients.xlsx": "x", "practice.pdf": "x", "old/deeper/x.csv": "a\n"},
			[]string{"allergy.xlsx: no table is read from this file. Did you mean allergies?", "Not used, because no table is read from them: letter.pdf, old/deeper/, patients.xlsx, practice.pdf."}},
		{"what lies beside data everywhere", map[string]string{"patients.csv": patients, ".DS_Store": "x", "Thumbs.db": "x", "desktop.ini": "x", "README.md": "x", "SOURCE.md": "x", "LICENSE": "x",
			"bagit.txt": "x", "declarations.yaml": "x", "truth.json": "x", "_SUCCESS": "x", "__MACOSX/._patients.csv": "x", ".git/config": "x",
			"patients.yaml": "x", "events/a.csv": "event_id,patient_id\n", "events/.cache/a.csv": "x", "events/._a.xlsx": "x"}, []string{"Not used, because no table is read from them: patients.yaml."}},
		{"columns of a vendor system: slips alone", map[string]string{
			"person.csv": "person_id,year_of_birth,gender_concept_id,Month of birth,day_of_birth,shoe_size\n1,1980,8507,1,1,9\n", "measurment.csv": "a\n1\n", "prescribing-item.csv": "a\n1\n"},
			[]string{"person.csv: the column Month of birth is not used. Did you mean month_of_birth?", "measurment.csv: no table is read from this file. Did you mean measurement?",
				"prescribing-item.csv: no table is read from this file. Did you mean prescribing_items?"}},
		{"a side file", map[string]string{"patients.csv": patients, "documents.csv": "document_id,patient_id\n", "document-workflow.csv": "document_id,filed_date,received_dates\n"},
			[]string{"document-workflow.csv gives filed_date of the table documents.", "document-workflow.csv: the column received_dates is not used. Did you mean received_date?"}},
		{"a column that other parts lack", map[string]string{"patients/a.csv": "patient_id,birth_year\n", "patients/b.csv": "patient_id\n"},
			[]string{"patients.birth_year is not in every file of the table patients: it counts as absent.", "patients/a.csv: columns not used: birth_year."}},
	} {
		t.Run(c.about, func(t *testing.T) {
			x := open(t, Options{}, folder(t, c.files))
			require.Equal(t, c.notes, notes(x))
			named := 0
			for _, f := range Describe(x).Files {
				if f.Ignored || len(f.Columns) > 0 || f.Source == "" {
					named++
				}
			}
			require.GreaterOrEqual(t, named+1, len(c.files), "inspect lists every file, a folder of others once")
		})
	}
}

func TestRefusedForWhatWouldCountAsAbsent(t *testing.T) {
	const patients = "patient_id\n1\n"
	for _, c := range []struct {
		about, message, hint string
		files                map[string]string
	}{
		{"a workbook", "allergies.xlsx has the name of the table allergies, but is not a kind of file that can be read", "export it as CSV", map[string]string{"patients.csv": patients, "allergies.xlsx": "x"}},
		{"an archive in a folder", "Events.zip has the name of the table events", "unpack it", map[string]string{"patients.csv": patients, "Events.zip": "x"}},
		{"packed otherwise", "events.csv.bz2 has the name of the table events", "unpack it", map[string]string{"patients.csv": patients, "events.csv.bz2": "x"}},
		{"Parquet under another name", "events.parq has the name", ".parquet", map[string]string{"patients.csv": patients, "events.parq": "x"}},
		{"no form at all", "events has the name", "CSV", map[string]string{"patients.csv": patients, "events": "x"}},
		{"a side table", "prescribing-items.ods has the name", "CSV", map[string]string{"patients.csv": patients, "prescribing-items.ods": "x"}},
		{"a side file", "fp69.xlsx has the name", "CSV", map[string]string{"patients.csv": patients, "fp69.xlsx": "x"}},
		{"a part in another form", "events/part-2.csv.xz lies in the folder of the table events", "unpack it", map[string]string{"patients.csv": patients, "events/part-1.csv": "patient_id\n", "events/part-2.csv.xz": "x"}},
		{"a part without a needed column", "events/b.csv is named like the table events but has no column patient_id", "column PatientID: did you mean patient_id?",
			map[string]string{"patients.csv": patients, "events/a.csv": "patient_id\n", "events/b.csv": "PatientID\n"}},
		{"a table without a needed column", "events.csv is named like the table events but has no column patient_id", "export the table again", map[string]string{"patients.csv": patients, "events.csv": "pseudonym\n"}},
		{"folders inside a folder", "events/sct lies in a folder inside the folder of the table events", "straight into the folder events",
			map[string]string{"patients.csv": patients, "events/sct/part-0.csv": "patient_id\n"}},
		{"a table too deep", "export/events is named like the table events, but lies too deep", "give the folder that holds the tables", map[string]string{"export/patients.csv": patients, "export/events/a.csv": "patient_id\n"}},
		{"an encrypted table in a folder", "x/events.csv.gpg has the name of the table events", "it is encrypted: decrypt it", map[string]string{"patients.csv": patients, "x/events.csv.gpg": "x"}},
		{"a table of a vendor system", "concept.xlsx has the name of the table concept", "CSV", map[string]string{"person.csv": "person_id,year_of_birth,gender_concept_id\n", "concept.xlsx": "x"}},
		{"a numbered part of a vendor system", "s_Extract_Observation_002.txt is named like the table observation but has no column obsdate", "column obsdat: did you mean obsdate?",
			map[string]string{"s_Extract_Patient_001.txt": "patid\tpracid\tyob\tregstartdate\n", "s_Extract_Observation_001.txt": "patid\tobsid\tmedcodeid\tobsdate\n", "s_Extract_Observation_002.txt": "patid\tobsid\tmedcodeid\tobsdat\n"}},
		{"patients nearly named", "no known system: none of the files is named patients, but Patient.csv nearly is", "rename it to patients.csv", map[string]string{"Patient.csv": patients, "events.csv": "patient_id\n"}},
		{"patients with a slip in the key", "patients.csv is named like patients of canonical paperlight tables but has no column patient_id", "column Patient ID: did you mean patient_id?", map[string]string{"patients.csv": "Patient ID\n1\n"}},
		{"patients in another form", "patients.xlsx has the name of the table patients", "CSV", map[string]string{"patients.xlsx": "x", "events.csv": "patient_id\n"}},
		{"columns that differ in case", "patients.csv: columns 2 (SEX) and 4 (sex) have the same name, but for capitals or spaces", "rename one", map[string]string{"patients.csv": "patient_id,SEX,birth_year,sex\n"}},
		{"columns that differ in a byte-order mark", `patients.csv: columns 1 (patient_id) and 2 ("\ufeffPatient_ID`, "rename one", map[string]string{"patients.csv": "patient_id,\ufeffPatient_ID\n"}},
		{"columns that differ in a blank", `patients.csv: columns 1 (patient_id) and 2 ("\ufeff patient_id`, "rename one", map[string]string{"patients.csv": "patient_id,\ufeff patient_id\n"}},
	} {
		t.Run(c.about, func(t *testing.T) {
			_, err := Open(context.Background(), []string{folder(t, c.files)}, Options{})
			var refused *RefusedError
			require.ErrorAs(t, err, &refused)
			require.Contains(t, refused.Message, c.message)
			require.Contains(t, refused.Hint, c.hint)
		})
	}
}

// Two names that fold to one do no harm in a file that no table is read from.
func TestHeadersOfUnusedFilesAreTheirOwn(t *testing.T) {
	open(t, Options{}, folder(t, map[string]string{"patients.csv": "patient_id\n1\n", "other.csv": "A,a\n1,2\n"}))
}

func TestColumnsWhoseTypeIsNotReadAreNamed(t *testing.T) {
	f := textFile("patients", []string{"patient_id"}, [][]string{{"1"}})
	f.Unsupported = []string{"Sex", "nested"}
	x := held(t, Options{}, f)
	require.Equal(t, []extract.Suggestion{{File: f.Name, Column: "Sex", Table: "patients", Nearest: "sex", Unread: true}, {File: f.Name, Column: "nested", Table: "patients", Unread: true}}, x.Unused)
	require.Equal(t, f.Name+": the column Sex is of a type that is not read. Write it as text, numbers or dates.", notes(x)[0])
	require.Equal(t, HeaderUse{Column: "Sex", Use: "type_not_read", Nearest: "sex"}, Describe(x).Files[0].Columns[1])

	f = textFile("patients", []string{"sex"}, [][]string{{"M"}})
	f.Unsupported = []string{"patient_id"}
	_, err := assemble(context.Background(), &source.Bundle{Files: []*source.File{f}}, Options{})
	var refused *RefusedError
	require.True(t, errors.As(err, &refused))
	require.Contains(t, refused.Hint, "its column patient_id is of a type that is not read")
}

// A stated state is read as it is; one that is worked out of a number that is
// there makes neither absent.
func TestDescribeTellsDerivedFromAbsent(t *testing.T) {
	use := func(header string) (TableUse, []HeaderUse) {
		d := Describe(open(t, Options{}, folder(t, map[string]string{"patients.csv": header + "\n"})))
		return d.Tables[0], d.Files[0].Columns
	}
	table, columns := use("patient_id,nhs_number_state")
	require.Equal(t, HeaderUse{Column: "nhs_number_state", Use: "read", As: []string{"patients.nhs_number_state"}}, columns[1])
	require.Contains(t, table.Absent, "nhs_number")
	require.NotContains(t, table.Absent, "nhs_number_state")
	table, columns = use("patient_id,nhs_number")
	require.Equal(t, "derived", columns[1].Use)
	for _, name := range []string{"nhs_number", "nhs_number_state", "nhs_number_range", "nhs_number_key"} {
		require.NotContains(t, table.Absent, name)
	}
	table, _ = use("patient_id")
	for _, name := range []string{"nhs_number", "nhs_number_state", "nhs_number_range", "nhs_number_key"} {
		require.Contains(t, table.Absent, name)
	}
}
