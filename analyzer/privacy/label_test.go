package privacy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"paperlight/analyzer/schema"
)

// labels is an extract of patients and some files.
func labels(t *testing.T, files map[string]string) string {
	folder := t.TempDir()
	var patients sheet
	patients.add("patient_id", ids(30))
	patients.write(t, filepath.Join(folder, "patients.csv"))
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return folder
}

// What stands in the place of names of columns, and in names of files and folders, is
// looked at as cells are, and never quoted.
func TestWhatNamesHoldIsFound(t *testing.T) {
	for _, test := range []struct {
		name, text, at string
		kind           Kind
	}{
		{"one.csv", "Jane Smith 9434765919; 4 Elm Road; LS1 4AB\n", "one.csv column 1", NHSNumber},
		{"one.csv", "Jane Smith 9434765919; 4 Elm Road; LS1 4AB\n", "one.csv column 2", Address},
		{"one.csv", "Jane Smith 9434765919; 4 Elm Road; LS1 4AB\n", "one.csv column 3", Postcode},
		{"one.csv", "a,Jane Smith 9434765919,b\n1,2,3\n", "one.csv column 2", NHSNumber},
		{"one.csv", "a,Mrs Smith,b\n1,2,3\n", "one.csv column 2", PersonName},
		{"one.csv", "a,jane@nhs.net\n1,2\n", "one.csv column 2", Email},
		{"one.csv", "a,07700900123\n1,2\n", "one.csv column 2", Telephone},
		{"Jane Smith 9434765919.csv", "a\n1\n", "file 1 ", NHSNumber},
		{"Jane_Smith.csv", "a\n1\n", "file 1 ", PersonName},
		{"Jane Smith LS1 4AB/a.csv", "a\n1\n", "file 1 ", Postcode},
		{"9434765919.pdf", "x", "file 1 ", NHSNumber},
	} {
		folder := labels(t, map[string]string{test.name: test.text})
		for _, full := range []bool{false, true} {
			found := look(t, folder, Options{Full: full, numbers: plantedNumbers()})
			assert.True(t, stated(found, test.kind)[test.at], "%s: %s: %v", test.name, test.text, found.Found)
			for _, f := range found.Found {
				said := f.File + f.Column + f.Says + f.Why
				for _, value := range []string{"Smith", "9434765919", "LS1", "Elm", "07700", "nhs.net"} {
					assert.NotContains(t, said, value)
				}
			}
		}
	}
}

// The names that tables and columns have identify nobody.
func TestUsualNamesHoldNothing(t *testing.T) {
	l := &looker{readNames(nameText)}
	names := strings.Split("extract 2026-03-31.csv,extract_2026033112.csv,practice A81001 March 2026.csv,events_20260331_101500.csv,First name,Last name,Date of birth,House number,Flat number,"+
		"NHS Number,Care Home,Last Seen,Review Date,Due April,Read Code,Long Term,Admin_Patient.csv,Coding_Dictionary.csv,old.zip,part-00001-of-00020.csv,4byte code,QOF 2025/26", ",")
	for _, table := range schema.Tables {
		names = append(names, table.Name, strings.ReplaceAll(table.Name, "_", " "))
		for _, c := range table.Columns {
			names = append(names, c.Name, strings.ReplaceAll(c.Name, "_", " "))
		}
	}
	for _, name := range names {
		_, column := l.labelled(name)
		_, file := l.fileLabelled(name)
		assert.False(t, column || file, name)
	}
}

// A table that is hidden is handed on with the others.
func TestHiddenTablesStop(t *testing.T) {
	folder := look(t, labels(t, map[string]string{".git/notes.csv": "a\n1\n"}), Options{Full: true, numbers: plantedNumbers()})
	require.Equal(t, "a folder that no table is read from", folder.Found[0].Says)
	for name, stops := range map[string]bool{
		".hid.csv": true, ".git/notes.csv": true, "__MACOSX/patients.csv": true, ".copy.parquet": true, ".hid.xlsx": true, "events/.cache/a.csv": true, "events/.a.csv.gz": true,
		".DS_Store": false, "._patients.csv": false, ".patients.csv.crc": false, ".~lock.patients.csv#": false, "README.md": false, "_SUCCESS": false, ".gitignore": false,
	} {
		found := look(t, labels(t, map[string]string{name: "a\n1\n"}), Options{Full: true, numbers: plantedNumbers()})
		stopped := false
		for _, f := range found.Stops() {
			stopped = stopped || f.Other && f.Table == "" && f.File != ""
		}
		assert.Equal(t, stops, stopped, name)
	}
}
