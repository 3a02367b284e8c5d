package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/canonical"
	"paperlight/analyzer/report"
	"paperlight/analyzer/synthetic"
)

// formsAt are the forms of a report that a level may have, sorted.
func formsAt(level string) (forms []string) {
	for form := range renderers {
		if level != "practice" || !slices.Contains(leaving, form) {
			forms = append(forms, form)
		}
	}
	slices.Sort(forms)
	return forms
}

// ran is the outcome of one run of the program.
type ran struct {
	code     int
	out, err string
}

// paperlight runs the program in this process, without a worker.
func paperlight(t *testing.T, args ...string) ran {
	t.Helper()
	r := onDisk(disk{}, args)
	require.NotEqual(t, 2, r.code, "2 is the exit code of a crash")
	return r
}

// made generates an extract and returns its folder and truth.
func made(t *testing.T, args ...string) (string, *synthetic.Truth) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "made")
	require.NoError(t, os.CopyFS(folder, os.DirFS(generated(t, args...))))
	text, err := os.ReadFile(filepath.Join(folder, "truth.json"))
	require.NoError(t, err)
	truth := &synthetic.Truth{}
	require.NoError(t, json.Unmarshal(text, truth))
	return folder, truth
}

// generations are the extracts that tests asked for, each made once.
var generations sync.Map

// generated is the folder of the extract that generate makes of these arguments. No test
// changes it.
func generated(t testing.TB, args ...string) string {
	t.Helper()
	once, _ := generations.LoadOrStore(strings.Join(args, "\x00"), sync.OnceValues(func() (string, error) {
		if err := os.MkdirAll(sampleFolder(), 0o700); err != nil {
			return "", err
		}
		home, err := os.MkdirTemp(sampleFolder(), "made-*")
		if err != nil {
			return "", err
		}
		folder := filepath.Join(home, "made")
		if r := onDisk(disk{}, append([]string{"generate", folder, "--quiet"}, args...)); r.code != exitMet {
			return "", errors.New(r.err)
		}
		return folder, nil
	}))
	folder, err := once.(func() (string, error))()
	require.NoError(t, err)
	return folder
}

// checked runs check and returns the report.
func checked(t *testing.T, args ...string) *report.Report {
	t.Helper()
	r := paperlight(t, append([]string{"check", "--format", "json", "--allow-test-numbers", "--fail-on", "never"}, args...)...)
	require.Zero(t, r.code, r.err)
	out, err := report.ReadJSON(bytes.NewReader([]byte(r.out)))
	require.NoError(t, err)
	return out
}

// bare is the report without what may differ between forms of one extract.
func bare(t *testing.T, r *report.Report) string {
	t.Helper()
	copied := *r
	copied.Extract.Name, copied.Extract.Format, copied.Extract.SHA256 = "", "", ""
	copied.Extracts = []report.ExtractRead{}
	copied.Options = slices.DeleteFunc(slices.Clone(r.Options), func(o report.Option) bool { return o.SHA256 != "" })
	var b bytes.Buffer
	require.NoError(t, report.WriteJSON(&b, report.Release(&copied), report.Options{}))
	return b.String()
}

func requireTruth(t *testing.T, truth *synthetic.Truth, r *report.Report) {
	t.Helper()
	require.Len(t, r.Practices, len(truth.Practices))
	for i, p := range truth.Practices {
		got := r.Practices[i]
		require.Equal(t, p.PracticeID, got.PracticeID)
		require.Equal(t, p.Registered, *got.RegisteredPatients)
		results := map[string]report.Result{}
		for _, one := range got.Results {
			results[one.Rule] = one
		}
		require.NotEmpty(t, p.Rules)
		for rule, want := range p.Rules {
			have, ok := results[rule]
			require.True(t, ok, rule)
			require.NotNil(t, have.Denominator, "%s lacks %v", rule, have.Missing)
			require.Equal(t, []int64{want.Denominator, want.Numerator, want.Excluded}, []int64{*have.Denominator, *have.Numerator, *have.Excluded}, "%s of %s", rule, p.PracticeID)
		}
	}
	requireBatches(t, truth, r)
	for _, table := range r.Extract.Tables {
		require.Equal(t, truth.Rows[table.Table], table.Rows, table.Table)
	}
}

// requireBatches holds the signals to the days that the truth counted.
func requireBatches(t *testing.T, truth *synthetic.Truth, r *report.Report) {
	t.Helper()
	for i, p := range truth.Practices {
		require.NotEmpty(t, p.Batches)
		for _, one := range r.Practices[i].Results {
			want, ok := p.Batches[one.Rule]
			require.Equal(t, ok, one.Batch != nil, one.Rule)
			if !ok {
				continue
			}
			got := one.Batch
			require.NotNil(t, got.Entries, "%s lacks %v", one.Rule, got.Missing)
			require.Equal(t, want, synthetic.BatchTruth{Entries: *got.Entries, Busiest: *got.Busiest, Last28: *got.Last28}, "%s of %s", one.Rule, p.PracticeID)
			require.Equal(t, want.Entries >= 20 && want.Busiest*5 > want.Entries, got.ManyOnOneDay, one.Rule)
			require.Equal(t, want.Entries >= 20 && want.Last28*5 > want.Entries, got.ManyInLast28, one.Rule)
		}
	}
}

// summaries returns a folder with a list of summary codes that has one of SNOMED
// CT, in which records are made. The code means nothing.
func summaries(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "clinical-summary.csv"), []byte("system,code,term\nsct,9000071999999108,Summarised\n"), 0o600))
	return folder
}

// A batch shows beside its measure in the practice that made it and nowhere
// else, and changes no outcome.
func TestABatchShowsAndFailsNothing(t *testing.T) {
	lists := summaries(t)
	plain, _ := made(t, "--practices", "2", "--patients", "900", "--seed", "5", "--codelists", lists)
	folder, truth := made(t, "--practices", "2", "--patients", "900", "--seed", "5", "--codelists", lists, "--batch", "medication/repeat-reviewed=0.5", "--batch", "summary/current=0.3")
	r := checked(t, folder, "--codelists", lists)
	requireTruth(t, truth, r)
	require.Contains(t, truth.Practices[0].Rules, "summary/current")
	before := checked(t, plain, "--codelists", lists)
	for i := range r.Practices {
		for k, a := range r.Practices[i].Accreditations {
			require.Equal(t, before.Practices[i].Accreditations[k].Verdict, a.Verdict)
			require.Equal(t, before.Practices[i].Accreditations[k].Score, a.Score)
		}
		for k, one := range r.Practices[i].Results {
			if one.Batch == nil {
				continue
			}
			require.False(t, before.Practices[i].Results[k].Batch.ManyOnOneDay, one.Rule)
			batched := i == 0 && (one.Rule == "medication/repeat-reviewed" || one.Rule == "medication/four-repeats-reviewed" || one.Rule == "summary/current")
			require.Equal(t, batched, one.Batch.ManyOnOneDay, "%s of %s", one.Rule, r.Practices[i].PracticeID)
		}
	}
	text := paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never", "--codelists", lists).out
	verdict, signal := strings.Index(text, "Not ready"), strings.Index(text, "Many entries were made on one day.")
	require.Greater(t, verdict, 0)
	require.Greater(t, signal, verdict, "never before the verdict")
	published := paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never", "--level", "publish").out
	require.NotContains(t, published, "Many entries were made")

	wrong := paperlight(t, "generate", filepath.Join(t.TempDir(), "x"), "--batch", "nhs-number/recorded=0.5")
	require.Equal(t, exitUsage, wrong.code)
	require.Contains(t, wrong.err, "no batch can be made for rule nhs-number/recorded")
}

func TestCheckFindsTheTruthInEveryForm(t *testing.T) {
	t.Parallel()
	var first string
	for i, format := range canonical.Formats {
		for k, shuffle := range []string{"--shuffle=false", "--shuffle=true"} {
			folder, truth := made(t, "--format", format, shuffle, "--practices", "3", "--patients", "700", "--seed", "5", "--group-rows", "2048")
			all := []string{"1", "2", "7"}
			if i+k > 0 { // one for each form, and all for the first
				all = all[(i+k)%3:][:1]
			}
			for _, jobs := range all {
				lists := filepath.Join(t.TempDir(), "lists")
				r := checked(t, folder, "--jobs", jobs, "--worklist", lists, "--worklist-all")
				requireTruth(t, truth, r)
				requireLists(t, truth, lists)
				if first == "" {
					first = bare(t, r)
				}
				require.Equal(t, first, bare(t, r), "%s %s with %s jobs", format, shuffle, jobs)
			}
		}
	}
}

// requireLists holds the worklists to the failing records of the truth.
func requireLists(t *testing.T, truth *synthetic.Truth, folder string) {
	t.Helper()
	want := map[string][]string{}
	for _, p := range truth.Practices {
		for rule, records := range p.Failing {
			for _, record := range records {
				want[rule] = append(want[rule], p.PracticeID+" "+record)
			}
		}
	}
	for rule, records := range want {
		f, err := os.Open(filepath.Join(folder, worklistName(rule)))
		require.NoError(t, err, rule)
		rows, err := csv.NewReader(f).ReadAll()
		require.NoError(t, f.Close())
		require.NoError(t, err)
		var got []string
		for _, row := range rows[1:] {
			record := row[2]
			if record == "" {
				record = row[1]
			}
			got = append(got, row[0]+" "+record)
		}
		slices.Sort(got)
		slices.Sort(records)
		require.Equal(t, records, got, rule)
	}
}

func TestPracticesTogetherCountAsEachAlone(t *testing.T) {
	folder, _ := made(t, "--practices", "3", "--patients", "900", "--seed", "9")
	together := checked(t, folder)
	for i, p := range together.Practices {
		alone := t.TempDir()
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, e := range entries {
			if filepath.Ext(e.Name()) == ".csv" {
				keepPractice(t, filepath.Join(folder, e.Name()), filepath.Join(alone, e.Name()), p.PracticeID)
			}
		}
		one := checked(t, alone)
		require.Len(t, one.Practices, 1)
		require.Equal(t, together.Practices[i], one.Practices[0])
	}
}

// keepPractice copies the rows of one practice.
func keepPractice(t *testing.T, from, to, practice string) {
	t.Helper()
	f, err := os.Open(from)
	require.NoError(t, err)
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, f.Close())
	require.NoError(t, err)
	at := slices.Index(rows[0], "practice_id")
	kept := rows[:1]
	for _, row := range rows[1:] {
		if row[at] == practice {
			kept = append(kept, row)
		}
	}
	var b bytes.Buffer
	require.NoError(t, csv.NewWriter(&b).WriteAll(kept))
	require.NoError(t, os.WriteFile(to, b.Bytes(), 0o600))
}

func verdicts(r *report.Report) map[string]report.Verdict {
	out := map[string]report.Verdict{}
	for _, a := range r.Practices[0].Accreditations {
		out[a.ID] = a.Verdict
	}
	return out
}

func TestAReadyPracticeAndOneThatIsNot(t *testing.T) {
	good, _ := made(t, "--patients", "3000", "--clean", "--answers", "--per-patient", "events=4,results=3,documents=2")
	bad, _ := made(t, "--patients", "1500", "--answers", "--per-patient", "events=4,results=3,documents=2",
		"--fault", "nhs-number/check-digit-valid=0.02,allergy/coded=0.05,medication/repeat-reviewed=0.6")
	for _, scheme := range []string{"england-2026", "scr-2010", "llr-2017"} {
		for id, v := range verdicts(checked(t, good, "--scheme", scheme)) {
			require.Equal(t, report.Ready, v, "%s of %s", id, scheme)
		}
		not := verdicts(checked(t, bad, "--scheme", scheme))
		require.Equal(t, report.NotReady, not["data-quality"], scheme)
		require.Equal(t, report.NotReady, not["scr"], scheme)
		require.Equal(t, report.Ready, not["paper-light"], scheme)
	}
}
