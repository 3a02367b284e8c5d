package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// persons are what the first line of a file without a header holds, and what may
// stand where a key is wanted.
var persons = []string{"9990054940", "999 005 4940", "1950-03-02", "02/03/1950", "2 March 1950", "Zqsmith", "Zqsmith, Zqjohn", "LE1 5ZQ"}

// said is all that the program says of an extract, in every format.
func said(t *testing.T, folder string, args ...string) string {
	t.Helper()
	var all strings.Builder
	run := func(verb ...string) {
		r := paperlight(t, append(verb, folder, "--allow-test-numbers")...)
		all.WriteString(r.out + r.err)
	}
	for _, level := range []string{"practice", "assessor", "publish"} {
		to, verb := t.TempDir(), append([]string{"check", "--fail-on", "never", "--level", level}, args...)
		for _, format := range formsAt(level) { // all in one run
			verb = append(verb, "--format", format+"="+filepath.Join(to, format))
		}
		run(verb...)
		all.WriteString(everyFile(t, to))
	}
	run("inspect")
	run("inspect", "--format", "json")
	run("inspect", "--format", "html")
	run(append([]string{"declare", "new", "--out", "-"}, args...)...)
	return all.String()
}

var digestForm = regexp.MustCompile(`sha256-[A-Za-z0-9+/=]+`)

func requireNobody(t *testing.T, said string) {
	t.Helper()
	for _, p := range persons {
		require.NotContains(t, said, p)
	}
	// A digest of the page's own style may hold any two letters.
	require.NotContains(t, strings.ToLower(digestForm.ReplaceAllString(said, "")), "zq")
}

// The first line of a file without a header is a record of somebody: no message, page
// or file shows it.
func TestAHeaderThatIsARecordIsNeverShown(t *testing.T) {
	t.Parallel()
	quoted := `"` + strings.Join(persons, `","`) + `"`
	for name, test := range map[string]struct {
		file string
		edit func(text string) string
		told string
	}{
		"no header":               {"allergies.csv", func(text string) string { _, rows, _ := strings.Cut(text, "\n"); return quoted + "\n" + rows }, "hint: the first line looks like data: a file needs a header"},
		"no header of patients":   {"patients.csv", func(string) string { return quoted + "\n" + quoted + "\n" }, "hint: the first line looks like data: a file needs a header"},
		"two fields are the same": {"patients.csv", func(string) string { return "1,Zqsmith,9990054940,Zqsmith,9990054940\n" }, "patients.csv: columns 2 and 4 have one name\nhint: the first line looks like data: a file needs a header"},
		"the same but for case":   {"patients.csv", func(string) string { return "patient_id,Zqsmith,9990054940,ZQSMITH\n1,2,3,4\n" }, "patients.csv: columns 2 and 4 have the same name, but for capitals or spaces\nhint: the first line looks like data"},
		"columns beside the known": {"allergies.csv", func(text string) string {
			header, rows, _ := strings.Cut(text, "\n")
			return header + "," + quoted + "\n" + strings.ReplaceAll(rows, "\n", ",,,,,,,,\n")
		}, "columns not used: column "},
		"an empty name":          {"patients.csv", func(string) string { return "1,Zqsmith,,9990054940\n" }, "patients.csv: column 3 has no name in the header line\nhint: the first line looks like data"},
		"a stray file":           {"zzz.csv", func(string) string { return quoted + "\n" }, "zzz.csv"},
		"a stray file, repeated": {"zzz.csv", func(string) string { return quoted + ",Zqsmith\n" }, "zzz.csv is not used: its first line cannot be read as a header, and it is not named like a table."},
	} {
		t.Run(name, func(t *testing.T) {
			folder, _ := made(t, "--patients", "60", "--clean")
			path := filepath.Join(folder, test.file)
			text, _ := os.ReadFile(path)
			require.NoError(t, os.WriteFile(path, []byte(test.edit(string(text))), 0o600))
			all := said(t, folder)
			requireNobody(t, all)
			require.Contains(t, all, test.told)
		})
	}
}

// A name of a column is shown where it looks like one.
func TestAStrayFileDoesNotRefuseTheExtract(t *testing.T) {
	folder, _ := made(t, "--patients", "60", "--clean")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "ward.csv"), []byte("a,b,a\n"), 0o600))
	require.Contains(t, checked(t, folder).Notes, "ward.csv is not used: its first line cannot be read as a header, and it is not named like a table.")

	require.NoError(t, os.WriteFile(filepath.Join(folder, "problems.csv"), []byte("a,b,a\n"), 0o600))
	r := paperlight(t, "check", folder, "--allow-test-numbers")
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "problems.csv: columns 1 and 3 have one name\nhint: rename one of them")
}

// A key that no rule asks for may be anything.
func TestAKeyIsNeverShown(t *testing.T) {
	t.Parallel()
	folder, _ := made(t, "--patients", "60", "--clean")
	table := "key,practice_id,answer,date,evidence,role\n"
	for _, p := range persons {
		table += `"` + p + `","` + p + `","` + p + `","` + p + `",screen,secretary` + "\n"
		for _, text := range []string{"- key: '" + p + "'\n  answer: yes\n", "- key: audit-trail-on\n  '" + p + "': yes\n", "- key: audit-trail-on\n  '" + p + "': 1\n  '" + p + "': 2\n",
			p + ": yes\n" + p + ": no\n", "- key: audit-trail-on\n  answer: '" + p + "'\n", "- key: audit-trail-on\n  practice: '" + p + "'\n  answer: yes\n", "- key: \"" + p + "\n", "- {" + p + "}: [" + p + "\n", "- key: > " + p + "\n"} {
			r := paperlight(t, "check", folder, "--allow-test-numbers", "--declarations", written(t, text))
			require.Equal(t, exitInput, r.code, text)
			requireNobody(t, r.out+r.err)
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "declarations.csv"), []byte(table), 0o600))
	all := said(t, folder)
	requireNobody(t, all)
	require.Contains(t, all, "declarations.csv records 1, 2, 3, 4, 5, and 3 more, key: no rule asks for an answer of this name. It counts for nothing.")
}
