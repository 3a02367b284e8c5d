package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/inspection"
	"paperlight/analyzer/report"
)

// region makes a folder with an extract of each of some practices, a folder each, whose
// ids and codes are told apart by their number.
func region(t *testing.T, practices ...int) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "region")
	for _, n := range practices {
		made, _ := made(t, "--patients", "60", "--seed", fmt.Sprint(n))
		to := filepath.Join(folder, fmt.Sprintf("practice-%d", n))
		require.NoError(t, os.MkdirAll(to, 0o700))
		files, err := filepath.Glob(filepath.Join(made, "*.csv"))
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			out := strings.NewReplacer("P00001", fmt.Sprintf("P%05d", n), "A80000", fmt.Sprintf("A%05d", 80000+n)).Replace(string(text))
			require.NoError(t, os.WriteFile(filepath.Join(to, filepath.Base(file)), []byte(out), 0o600))
		}
	}
	return folder
}

// practiceIn is a practice's folder in a region.
func practiceIn(folder string, n int) string {
	return filepath.Join(folder, fmt.Sprintf("practice-%d", n))
}

// changed replaces a text in a file that has it.
func changed(t *testing.T, file, from, to string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), from)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), from, to, 1)), 0o600))
}

// zipped packs folders into an archive, each under its own name where there are several.
func zipped(t *testing.T, to string, folders ...string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*"))
		require.NoError(t, err)
		for _, file := range files {
			name := filepath.Base(file)
			if len(folders) > 1 {
				name = filepath.Base(folder) + "/" + name
			}
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			w, err := z.Create(name)
			require.NoError(t, err)
			_, err = w.Write(text)
			require.NoError(t, err)
		}
	}
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(to, b.Bytes(), 0o600))
}

// figuresOf are what a report says of its practices, by id, and not which extract each is
// of.
func figuresOf(t *testing.T, r *report.Report) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range r.Practices {
		p.Extract = 0
		text, err := json.Marshal(p)
		require.NoError(t, err)
		require.Empty(t, out[p.PracticeID], "each practice is reported once")
		out[p.PracticeID] = string(text)
	}
	return out
}

// A practice's figures are those of a check of its extract alone, however the extracts
// are given.
func TestEachOfSeveralIsJudgedAsIfAlone(t *testing.T) {
	folder := region(t, 1, 2, 3)
	want := map[string]string{}
	for n := range 3 {
		for id, figures := range figuresOf(t, checked(t, practiceIn(folder, n+1))) {
			want[id] = figures
		}
	}
	require.Len(t, want, 3)

	archives := t.TempDir()
	zipped(t, filepath.Join(archives, "one.zip"), practiceIn(folder, 1))
	zipped(t, filepath.Join(archives, "others.zip"), practiceIn(folder, 2), practiceIn(folder, 3))
	for name, paths := range map[string][]string{
		"a folder of folders":    {folder},
		"each by its path":       {practiceIn(folder, 3), practiceIn(folder, 1), practiceIn(folder, 2)},
		"a folder of archives":   {archives},
		"archives by their path": {filepath.Join(archives, "others.zip"), filepath.Join(archives, "one.zip")},
		"an archive of folders":  {filepath.Join(archives, "others.zip"), practiceIn(folder, 1)},
	} {
		r := checked(t, paths...)
		require.Equal(t, want, figuresOf(t, r), name)
		require.Len(t, r.Extracts, 3, name)
		require.Empty(t, r.NotRead, name)
		for _, p := range r.Practices {
			require.Contains(t, []string{"practice-" + p.PracticeID[5:], "one.zip", "others.zip/practice-" + p.PracticeID[5:]},
				strings.TrimPrefix(strings.TrimPrefix(r.Extracts[p.Extract].Name, "region/"), filepath.Base(archives)+"/"), name)
		}
	}
}

// The report is the same, byte by byte, in whatever order the extracts are given, and
// with whatever jobs and memory.
func TestOrderOfExtractsDoesNotMatter(t *testing.T) {
	folder := region(t, 1, 2)
	changed(t, filepath.Join(practiceIn(folder, 2), "patients.csv"), "patient_id", "patient")
	broken := filepath.Join(filepath.Dir(folder), "broken.zip")
	require.NoError(t, os.WriteFile(broken, []byte("PK"), 0o600))
	for form := range renderers {
		level := "practice"
		if slices.Contains(leaving, form) {
			level = "assessor"
		}
		var first ran
		for i, args := range [][]string{
			{practiceIn(folder, 1), practiceIn(folder, 2), broken},
			{broken, practiceIn(folder, 2), practiceIn(folder, 1), "--jobs", "1"},
			{practiceIn(folder, 2), broken, practiceIn(folder, 1), "--jobs", "3", "--memory", "1GiB"},
		} {
			r := paperlight(t, append([]string{"check", "--format", form, "--level", level, "--allow-test-numbers"}, args...)...)
			require.Equal(t, exitInput, r.code)
			if i == 0 {
				first = r
			}
			require.Equal(t, first, r, form)
		}
	}
}

func TestOneDamagedExtractDoesNotStopTheOthers(t *testing.T) {
	folder := region(t, 1, 2, 3)
	whole := checked(t, practiceIn(folder, 1), practiceIn(folder, 3))
	changed(t, filepath.Join(practiceIn(folder, 2), "patients.csv"), "patient_id", "patint_id")

	for _, failOn := range gates {
		r := paperlight(t, "check", folder, "--allow-test-numbers", "--format", "json", "--fail-on", failOn)
		require.Equal(t, exitInput, r.code, "3 is worse than 1, 8 and 0")
		require.Contains(t, r.err, "paperlight: region/practice-2: no known system: patients.csv is named like patients of canonical paperlight tables but has no column patient_id\n"+
			"hint: column patint_id: did you mean patient_id? Rename it in the header\n")
		require.Contains(t, r.err, "paperlight: 1 of 3 extracts could not be read\n")
		got, err := report.ReadJSON(strings.NewReader(r.out))
		require.NoError(t, err)
		require.Equal(t, figuresOf(t, whole), figuresOf(t, got))
		require.Equal(t, []report.NotRead{{Name: "region/practice-2", ExitCode: exitInput,
			Says: "no known system: patients.csv is named like patients of canonical paperlight tables but has no column patient_id",
			Hint: "column patint_id: did you mean patient_id? Rename it in the header"}}, got.NotRead)
	}
	for _, form := range leaving {
		r := paperlight(t, "check", folder, "--allow-test-numbers", "--format", form, "--level", "assessor")
		require.Equal(t, exitInput, r.code)
		require.Contains(t, r.out, "Not read: its files were refused.", form)
		require.NotContains(t, r.out, "practice-2", form)
	}
	for _, form := range []string{"text", "md", "html", "csv", "junit", "fhir"} {
		r := paperlight(t, "check", folder, "--allow-test-numbers", "--format", form)
		require.Equal(t, exitInput, r.code)
		said := strings.NewReplacer("\\", "", "\n", " ", "<span class=\"flag\">", "", "</span>", "").Replace(r.out)
		for strings.Contains(said, "  ") {
			said = strings.ReplaceAll(said, "  ", " ")
		}
		require.Contains(t, said, "region/practice-2", form)
		require.Contains(t, said, "patients.csv is named like patients of canonical paperlight tables but has no column patient_id", form)
	}
	for level, name := range map[string]string{"assessor": "", "publish": ""} {
		r := paperlight(t, "check", folder, "--allow-test-numbers", "--format", "json", "--level", level)
		require.Equal(t, exitInput, r.code)
		got, err := report.ReadJSON(strings.NewReader(r.out))
		require.NoError(t, err)
		require.Equal(t, []report.NotRead{{Name: name, ExitCode: exitInput}}, got.NotRead, level)
		require.NotContains(t, r.out, "practice-2", level)
		require.NotContains(t, r.out, "region", level)
	}
}

func TestNoReportWhereNoExtractCanBeRead(t *testing.T) {
	folder := region(t, 1, 2)
	for n := range 2 {
		changed(t, filepath.Join(practiceIn(folder, n+1), "patients.csv"), "patient_id", "patint_id")
	}
	r := paperlight(t, "check", folder, "--allow-test-numbers")
	require.Equal(t, exitInput, r.code)
	require.Empty(t, r.out)
	require.Contains(t, r.err, "paperlight: region/practice-1: no known system")
	require.Contains(t, r.err, "paperlight: region/practice-2: no known system")
	require.Contains(t, r.err, "paperlight: none of the 2 extracts could be read\n")
}

// An extract that can identify people stops by itself, where all must be anonymised.
func TestOneThatCanIdentifyPeopleDoesNotStopTheOthers(t *testing.T) {
	folder := t.TempDir()
	for name, address := range map[string]string{"a": "", "b": " Mill Lane, Oxford OX1 1AA"} {
		require.NoError(t, os.Mkdir(filepath.Join(folder, name), 0o700))
		patients := "patient_id,practice_id,home_address\n"
		for i := range 20 {
			patients += fmt.Sprintf("p%d,%s,\"%d%s\"\n", i, name, i, address)
		}
		if address == "" {
			patients = strings.ReplaceAll(patients, "home_address", "row")
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, name, "patients.csv"), []byte(patients), 0o600))
	}
	r := paperlight(t, "check", folder, "--require-anonymised", "--format", "json", "--as-of", "2026-03-31")
	require.Equal(t, exitPrivacy, r.code, r.err)
	got, err := report.ReadJSON(strings.NewReader(r.out))
	require.NoError(t, err, r.err)
	require.Equal(t, "a", got.Practices[0].PracticeID)
	require.Equal(t, exitPrivacy, got.NotRead[0].ExitCode)
}

// The same practice in two extracts is refused, and what to do is said.
func TestAPracticeInTwoExtractsIsRefused(t *testing.T) {
	folder := region(t, 1, 2, 3)
	for _, c := range []struct{ title, file, from, to, says, hint string }{
		{"id and code", "", "", "", "region/practice-1 and region/practice-2 hold the same practice", "give the one that is to be judged; to compare them, check them one at a time"},
		{"the code alone", "practice.csv", "P00001,A80001", "P00001,A80003", "region/practice-1 and region/practice-3 hold the same practice", "give the one that is to be judged; to compare them, check them one at a time"},
	} {
		t.Run(c.title, func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "region")
			require.NoError(t, os.CopyFS(copied, os.DirFS(folder)))
			if c.file == "" {
				require.NoError(t, os.RemoveAll(practiceIn(copied, 2)))
				require.NoError(t, os.CopyFS(practiceIn(copied, 2), os.DirFS(practiceIn(copied, 1))))
			} else {
				changed(t, filepath.Join(practiceIn(copied, 1), c.file), c.from, c.to)
			}
			r := paperlight(t, "check", copied, "--allow-test-numbers")
			require.Equal(t, exitInput, r.code)
			require.Empty(t, r.out)
			require.Equal(t, "paperlight: "+c.says+"\nhint: "+c.hint+"\n", r.err)
		})
	}
}

// A practice that changed its system is in the extract of either, under its ODS code.
func TestAPracticeFromTwoSystemsIsRefused(t *testing.T) {
	folder := region(t, 1)
	require.NoError(t, os.CopyFS(filepath.Join(folder, "emis"), os.DirFS(filepath.Join("..", "..", "analyzer", "mapping", "testdata", "emis-web"))))
	changed(t, filepath.Join(practiceIn(folder, 1), "practice.csv"), "A80001", "a80000")
	r := paperlight(t, "check", folder, "--allow-test-numbers")
	require.Equal(t, exitInput, r.code)
	require.Equal(t, "paperlight: region/emis and region/practice-1 hold the same practice, from two systems\nhint: give the extract of the system that the practice uses now\n", r.err)
}

func TestPracticesWithoutAnIDCannotBeToldApart(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a", "b"} {
		require.NoError(t, os.Mkdir(filepath.Join(folder, name), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name, "patients.csv"), []byte("patient_id\n1\n"), 0o600))
	}
	r := paperlight(t, "check", filepath.Join(folder, "a"), filepath.Join(folder, "b"), "--as-of", "2026-03-31")
	require.Equal(t, exitInput, r.code)
	require.Equal(t, "paperlight: a and b each hold a practice that has no id: nothing tells the two apart\n"+
		"hint: give each a table practice (practice.csv) with its practice_id, or check them one at a time\n", r.err)
}

// What lies beside several extracts is named; a table is missed in one of them.
func TestWhatLiesBesideExtractsIsNamed(t *testing.T) {
	folder := region(t, 1, 2)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "plan.csv"), []byte("a,b\n1,2\n"), 0o600))
	r := checked(t, folder)
	require.Contains(t, r.Notes, "region/plan.csv is not used: it lies beside the extracts, and is in none.")

	require.NoError(t, os.WriteFile(filepath.Join(folder, "events.csv"), []byte("event_id,patient_id\n"), 0o600))
	said := paperlight(t, "check", folder, "--allow-test-numbers")
	require.Equal(t, exitInput, said.code)
	require.Contains(t, said.err, "paperlight: region/events.csv: is named like a table, and lies beside several extracts: nothing says which of them it belongs to\n"+
		"hint: put it into the folder of the extract that it belongs to, or take it away\n")
	require.Contains(t, said.out, "region/events.csv")
}

// Lists of several extracts name the extract of each record.
func TestWorklistsOfSeveralNameTheExtract(t *testing.T) {
	folder := region(t, 1, 2)
	lists := filepath.Join(t.TempDir(), "lists")
	checked(t, folder, "--worklist", lists, "--worklist-all")
	files, err := filepath.Glob(filepath.Join(lists, "*.csv"))
	require.NoError(t, err)
	seen := map[string]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		require.NoError(t, err)
		require.Equal(t, "extract", rows[0][8])
		for _, row := range rows[1:] {
			require.Equal(t, "region/practice-"+row[0][5:], row[8])
			seen[row[8]]++
		}
	}
	require.Len(t, seen, 2)
	require.Contains(t, bookText(t, filepath.Join(lists, worklistBookName)), "| region/practice-2")

	// The records are those of a check of each extract alone.
	for n := range 2 {
		alone := filepath.Join(t.TempDir(), "lists")
		checked(t, practiceIn(folder, n+1), "--worklist", alone, "--worklist-all")
		files, err := filepath.Glob(filepath.Join(alone, "*.csv"))
		require.NoError(t, err)
		rows := 0
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			rows += strings.Count(string(text), "\r\n") - 1
		}
		require.Equal(t, rows, seen[fmt.Sprintf("region/practice-%d", n+1)])
	}
}

// An answer given for all says which practice it is of; the file that lies in an extract
// is of that one alone.
func TestAnswersOfSeveralPractices(t *testing.T) {
	folder := region(t, 1, 2)
	answers := filepath.Join(t.TempDir(), "answers.yaml")
	write := func(practice string) {
		require.NoError(t, os.WriteFile(answers, []byte("- key: summary-policy\n  practice: "+practice+"\n  answer: yes\n  date: 2026-03-01\n  evidence: policy seen\n  role: practice manager\n"), 0o600))
	}
	write("P00002")
	r := checked(t, folder, "--declarations", answers)
	declared := func(p *report.PracticeReport) bool {
		return slices.ContainsFunc(p.Accreditations, func(a report.Accreditation) bool {
			return slices.ContainsFunc(a.Criteria, func(c report.Criterion) bool { return c.Basis == "declared" })
		})
	}
	require.False(t, declared(&r.Practices[0]))
	require.True(t, declared(&r.Practices[1]))
	for _, n := range r.Notes {
		require.NotContains(t, n, "practice_id names no practice")
	}

	write("P00009")
	said := paperlight(t, "check", folder, "--allow-test-numbers", "--declarations", answers)
	require.Equal(t, exitInput, said.code)
	require.Contains(t, said.err, "the extract has no practice of this id")

	write("P00002")
	require.NoError(t, os.Rename(answers, filepath.Join(practiceIn(folder, 2), "declarations.yaml")))
	r = checked(t, folder)
	require.False(t, declared(&r.Practices[0]))
	require.True(t, declared(&r.Practices[1]))
}

func TestPracticesOfSeveralExtractsAreChosen(t *testing.T) {
	folder := region(t, 1, 2)
	r := checked(t, folder, "--practice", "P00002")
	require.Len(t, r.Practices, 1)
	require.Equal(t, "region/practice-2", r.Extracts[r.Practices[0].Extract].Name)
	said := paperlight(t, "check", folder, "--allow-test-numbers", "--practice", "P00009")
	require.Equal(t, exitUsage, said.code)
}

func TestInspectSeveral(t *testing.T) {
	folder := region(t, 1, 2)
	r := paperlight(t, "inspect", folder, "--quick", "--format", "json")
	require.Zero(t, r.code, r.err)
	var all []inspection.Inspection
	require.NoError(t, json.Unmarshal([]byte(r.out), &all))
	require.Equal(t, []string{"region/practice-1", "region/practice-2"}, []string{all[0].Extract, all[1].Extract})

	changed(t, filepath.Join(practiceIn(folder, 1), "patients.csv"), "patient_id", "patint_id")
	r = paperlight(t, "inspect", folder, "--quick")
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "paperlight: region/practice-1: no known system")
	require.True(t, strings.HasPrefix(r.out, "region/practice-2: "), r.out)
}

// Verbs that follow one practice say which extracts there are.
func TestOtherVerbsWantOneExtract(t *testing.T) {
	folder := region(t, 1, 2)
	for _, args := range [][]string{
		{"explain", "allergy/coded", folder}, {"explain", "allergy/coded", folder, "--patient", "x"},
		{"declare", "new", folder, "--out", "-"}, {"bench", folder},
	} {
		r := paperlight(t, args...)
		require.Equal(t, exitUsage, r.code, args)
		require.Contains(t, r.err, "there are 2 extracts, and one is wanted: region/practice-1, region/practice-2\nhint: give one of them, by its own path\n")
	}
}
