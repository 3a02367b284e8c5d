package mapping

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lay makes files of a list of names, each with its name as content. What comes before
// a colon is an archive. A file of JSON is FHIR, of the type that it is named after.
func lay(t *testing.T, names string) string {
	t.Helper()
	dir := t.TempDir()
	archives := map[string][]string{}
	for _, name := range strings.Fields(names) {
		archive, entry, packed := strings.Cut(name, ":")
		require.NoError(t, os.MkdirAll(filepath.Join(dir, path.Dir(archive)), 0o700))
		if packed {
			archives[archive] = append(archives[archive], entry)
			continue
		}
		content := name
		if resource, is := strings.CutSuffix(path.Base(name), ".json"); is {
			content = `{"resourceType": "` + resource + `"}`
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	for name, entries := range archives {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, entry := range entries {
			w, err := z.Create(entry)
			require.NoError(t, err)
			fmt.Fprint(w, entry)
		}
		require.NoError(t, z.Close())
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600))
	}
	return dir
}

// foundIn tells what Discover finds, a line each: an extract with its places below dir,
// then what is not used.
func foundIn(t *testing.T, dir string, paths ...string) []string {
	t.Helper()
	full := make([]string, len(paths))
	for i, p := range paths {
		full[i] = filepath.Join(dir, p)
	}
	systems, err := Systems()
	require.NoError(t, err)
	d, err := Discover(full, systems)
	require.NoError(t, err)
	var out []string
	for _, f := range d.Extracts {
		var places []string
		for _, p := range f.Places {
			at, err := filepath.Rel(dir, p.Path)
			require.NoError(t, err)
			if p.Within != "" {
				at += ":" + p.Within
			}
			places = append(places, filepath.ToSlash(at))
		}
		line := strings.Join(places, " ")
		if f.Name != path.Base(line) {
			line = f.Name + " = " + line
		}
		if f.Refused != nil {
			line = f.Name + " = refused"
		}
		out = append(out, line)
	}
	slices.Reverse(full)
	again, err := Discover(full, systems)
	require.NoError(t, err)
	if len(d.Extracts) > 1 {
		require.Equal(t, d, again, "whatever the order of the paths")
	}
	return append(out, d.Unused...)
}

const (
	emisGUID  = "45E7CD20-EE37-41AB-90D6-DC9D4B03D102"
	otherGUID = "55E7CD20-EE37-41AB-90D6-DC9D4B03D102"
)

// TestWhichExtractsThereAre says of files, by their names alone, how many extracts they
// are and where each lies.
func TestWhichExtractsThereAre(t *testing.T) {
	for _, c := range []struct{ title, files, given, want string }{
		{"one folder", "in/patients.csv in/events.csv", "in", "in"},
		{"tables in a folder of it", "in/tables/patients.csv in/more/events.csv", "in", "in"},
		{"parts of tables", "in/patients/part-0.parquet in/events/part-0.parquet", "in", "in"},
		{"patients, and a folder with an older copy", "in/patients.csv in/old/patients.csv in/old.zip:patients.csv", "in", "in"},
		{"archives one folder down", "in/a/p.zip:FULL_X_patient_data_extract.csv in/a/j.zip:FULL_X_journal_data_extract.csv in/a/j.pdf", "in", "in = in/a/j.zip in/a/p.zip|a/j.pdf is not used: it lies beside the extracts, and is in none."},
		{"archives in two folders", "in/a/p.zip:patients.csv in/b/c/e.zip:events.csv", "in", "in = in/a/p.zip in/b/c/e.zip"},
		{"archives, and files beside them", "in/a/p.zip:patients.csv in/a/notes.txt", "in", "in = in in/a/p.zip"},
		{"an archive without patients", "in/c.zip:events.csv", "in", "in = in/c.zip"},
		{"an archive without tables", "in/c.zip:things.csv", "in", "in"},
		{"no patients at all", "in/a/events.csv in/b/allergies.csv", "in", "in"},
		{"nothing", "in/README", "in", "in"},
		{"an archive", "in.zip:patients.csv in.zip:events.csv", "in.zip", "in.zip"},

		{"three practices in folders", "in/a/patients.csv in/b/patients.csv in/c/patients.parquet", "in", "in/a = in/a|in/b = in/b|in/c = in/c"},
		{"folders and archives", "in/a/patients.csv in/b.zip:patients.csv", "in", "in/a = in/a|in/b.zip = in/b.zip"},
		{"folders in folders", "in/a/2026/patients.csv in/b/2026/patients.csv", "in", "in/a = in/a|in/b = in/b"},
		{"several of several systems", "in/a/patients.csv in/b/person.csv in/c/x_Extract_Patient_001.txt", "in", "in/a = in/a|in/b = in/b|in/c = in/c"},
		{"an archive of folders", "in.zip:all/a/patients.csv in.zip:all/b/patients.csv in.zip:all/b/events.csv", "in.zip", "in.zip/a = in.zip:all/a|in.zip/b = in.zip:all/b"},
		{"an archive in a folder", "in/a.zip:patients.csv", "in", "in = in/a.zip"},
		{"a table in an archive each", "in/patients.zip:patients.csv in/events.zip:events.csv", "in", "in = in/events.zip in/patients.zip"},
		{"a table in an archive, and others beside", "in/patients.zip:patients.csv in/events.csv", "in", "in = in in/patients.zip"},
		{"an archive, and what lies beside it", "in/a.zip:patients.csv in/photos.zip:x.jpg in/notes.pdf", "in",
			"in = in/a.zip|in/notes.pdf is not used: it lies beside the extracts, and is in none.|in/photos.zip is not used: it lies beside the extracts, and is in none."},
		{"an archive that is none", "in/a.zip:patients.csv in/b.zip", "in", "in/a.zip = in/a.zip|in/b.zip = in/b.zip"},
		{"one that lost its patients", "in/a/patients.csv in/a/events.csv in/b/events.csv", "in", "in/a = in/a|in/b = in/b"},

		{"an archive in an archive of folders", "in.zip:a/patients.csv in.zip:b/patients.csv in.zip:c.zip", "in.zip", "in.zip/a = in.zip:a|in.zip/b = in.zip:b|in.zip/c.zip = refused"},
		{"parts of tables in folders by value", "in/patients/sex=F/patients.parquet in/patients/sex=M/patients.parquet", "in", "in"},
		{"what lies beside", "in/a/patients.csv in/b/patients.csv in/README in/notes.pdf in/plan.csv in/docs/x.pdf in/declarations.yaml", "in",
			"in/a = in/a|in/b = in/b|" +
				"in/declarations.yaml is not used: it lies beside several extracts. Put it into the one that it is of, or give it with --declarations.|" +
				"in/docs/ is not used: it lies beside the extracts, and is in none.|" +
				"in/notes.pdf is not used: it lies beside the extracts, and is in none.|" +
				"in/plan.csv is not used: it lies beside the extracts, and is in none."},
		{"a table that lies beside", "in/a/patients.csv in/b/patients.csv in/events.csv", "in", "in/a = in/a|in/b = in/b|in/events.csv = refused"},

		{"FHIR, bundles of two practices", "in/a/Bundle.json in/b/Bundle.json", "in", "in/a = in/a|in/b = in/b"},
		{"FHIR, resources in a folder each", "in/Patient/Patient.json in/Observation/Observation.json", "in", "in"},
		{"FHIR, and other JSON beside", "in/a/Patient.json in/a/Observation.json in/b/patients.csv in/plan.txt", "in", "in/a = in/a|in/b = in/b|in/plan.txt is not used: it lies beside the extracts, and is in none."},

		{"two given", "a/patients.csv b/patients.csv", "a b", "a|b"},
		{"two given with one name", "x/in/patients.csv y/in/patients.csv", "x/in y/in", "x/in = x/in|y/in = y/in"},
		{"files side by side", "a/patients.csv a/events.csv", "a/patients.csv a/events.csv", "patients.csv+events.csv = a/patients.csv a/events.csv"},
		{"files of two folders", "a/patients.csv b/events.csv", "a/patients.csv b/events.csv", "patients.csv+events.csv = a/patients.csv b/events.csv"},
		{"files of two practices", "a/patients.csv a/events.csv b/patients.csv", "a/patients.csv a/events.csv b/patients.csv", "a = a/events.csv a/patients.csv|b = b/patients.csv"},
		{"a folder, and a list beside", "a/patients.csv fp69.csv", "a fp69.csv", "a+fp69.csv = a fp69.csv"},
		{"two folders, and a list", "a/patients.csv b/patients.csv fp69.csv", "a b fp69.csv", "a|b|fp69.csv is not used: it lies beside the extracts, and is in none."},
		{"two folders of one extract", "a/patients.csv b/events.csv", "a b", "a+b = a b"},
		{"one of two lost its patients", "a/patients.csv a/events.csv b/events.csv", "a b", "a|b"},
		{"an empty one", "a/patients.csv b/patients.csv c/README", "a b c", "a|b|c"},
		{"a folder of two, and one more", "in/a/patients.csv in/b/patients.csv c.zip:patients.csv", "in c.zip", "c.zip|in/a = in/a|in/b = in/b"},

		{"EMIS, a full set and changes", "in/1/100_Admin_Patient_20260101000000_" + emisGUID + ".csv in/2/101_Admin_Patient_20260108000000_" + emisGUID + ".csv", "in", "in"},
		{"EMIS, sets given apart", "1/100_Admin_Patient_20260101000000_" + emisGUID + ".csv 2/101_Admin_Patient_20260108000000_" + emisGUID + ".csv", "1 2", "1+2 = 1 2"},
		{"EMIS, two practices", "in/1/100_Admin_Patient_20260101000000_" + emisGUID + ".csv in/2/101_Admin_Patient_20260101000000_" + otherGUID + ".csv", "in", "in/1 = in/1|in/2 = in/2"},
		{"EMIS, one set twice", "in/1/100_Admin_Patient_20260101000000_" + emisGUID + ".csv in/2/100_Admin_Patient_20260101000000_" + emisGUID + ".csv", "in", "in/1 = in/1|in/2 = in/2"},
		{"SystmOne, sets in folders", "in/20260101_0300/SRManifest.csv in/20260101_0300/SRPatient.csv in/20260108_0300/SRManifest.csv in/20260108_0300/SRPatient.csv", "in", "in"},
		{"SystmOne, sets of which one has no patients", "in/20260101_0300/SREvent.csv in/20260101_0300/SRPatient.csv in/20260108_0300/SREvent.csv", "in", "in"},
		{"SystmOne, sets in archives", "in/20260101_0300.zip:SRPatient.csv in/20260108_0300.zip:SRPatient.csv", "in", "in = in/20260101_0300.zip in/20260108_0300.zip"},
		{"SystmOne, two practices", "in/a/SRManifest.csv in/a/SRPatient.csv in/b/SRManifest.csv in/b/SRPatient.csv", "in", "in/a = in/a|in/b = in/b"},
		{"SystmOne, sets of two practices", "in/a/20260101_0300/SRPatient.csv in/a/20260108_0300/SRPatient.csv in/b/20260101_0300/SRPatient.csv", "in", "in/a = in/a|in/b = in/b"},
		{"Vision, the archives of a run", "in/FULL_PATIENT_1.zip:FULL_A81001_patient_data_extract-2026-01-01-030000.csv in/FULL_CLINICAL_1.zip:FULL_A81001_journal_data_extract-2026-01-01-030000.csv " +
			"in/FULL_ADMIN_1.zip:FULL_A81001_practice_data_extract-2026-01-01-030000.csv", "in", "in = in/FULL_ADMIN_1.zip in/FULL_CLINICAL_1.zip in/FULL_PATIENT_1.zip"},
		{"SystmOne, sets in archives, and a list beside", "in/20260101_0300.zip:SRPatient.csv in/20260108_0300.zip:SRPatient.csv in/prescribing-items.csv", "in", "in = in in/20260101_0300.zip in/20260108_0300.zip"},
		{"Vision, the archives of two practices", "p1.zip:FULL_A81001_patient_data_extract-2026-01-01-030000.csv c1.zip:FULL_A81001_journal_data_extract-2026-01-01-030000.csv " +
			"p2.zip:FULL_A81002_patient_data_extract-2026-01-01-030000.csv c2.zip:FULL_A81002_journal_data_extract-2026-01-01-030000.csv", "p1.zip p2.zip c1.zip c2.zip", "p1.zip = c1.zip p1.zip|p2.zip = c2.zip p2.zip"},
	} {
		t.Run(c.title, func(t *testing.T) {
			dir := lay(t, c.files)
			require.Equal(t, strings.Split(c.want, "|"), foundIn(t, dir, strings.Fields(c.given)...))
		})
	}
}

func TestWhatIsGivenTwiceIsRefused(t *testing.T) {
	dir := lay(t, "a/patients.csv")
	_, err := Discover([]string{filepath.Join(dir, "a"), filepath.Join(dir, "a") + "/../a"}, nil)
	require.EqualError(t, err, "a was given twice")
}
