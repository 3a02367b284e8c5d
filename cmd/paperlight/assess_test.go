package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/fleet"
	"paperlight/analyzer/savedstate"
)

var (
	manyPractices = flag.Int("practices", 4, "practices of a run of assess that is stopped; one in forty is twelve times as large")
	patientsEach  = flag.Int("patients-each", 30, "patients of such a practice")
)

// madeMany makes a folder of extracts of so many practices, each in a folder of its
// own: one, two, three …
func madeMany(t testing.TB, n int) string { return madeOfSize(t, n, 30) }

// madeOfSize is madeMany, of practices of so many patients; one in forty has twelve times
// as many.
func madeOfSize(t testing.TB, n, patients int) string {
	t.Helper()
	folder := t.TempDir()
	for i := range n {
		to, many := filepath.Join(folder, fmt.Sprintf("extract-%d", i+1)), patients
		if i%40 == 39 {
			many *= 12
		}
		args := []string{"--patients", fmt.Sprint(many), "--seed", fmt.Sprint(i + 1)}
		if many < 100 {
			require.NoError(t, os.CopyFS(to, os.DirFS(generated(t, args...))))
		} else { // in a process of its own: the memory of this one is taken for that of those it starts
			said, err := program(t, append([]string{"generate", to, "--quiet"}, args...)...).CombinedOutput()
			require.NoError(t, err, string(said))
		}
		renamed(t, to, fmt.Sprintf("P%05d", i+1), fmt.Sprintf("A8%04d", i+1))
	}
	return folder
}

// renamed gives the practice of an extract another id and ODS code.
func renamed(t testing.TB, folder, id, code string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, []byte(strings.NewReplacer("P00001", id, "A80000", code).Replace(string(text))), 0o600))
	}
}

// assessed runs assess in this process.
func assessed(t testing.TB, d disk, extracts, out string, more ...string) ran {
	t.Helper()
	return onDisk(d, append([]string{"assess", extracts, "--out", out, "--allow-test-numbers", "--unsupervised", "--quiet", "--jobs", "2"}, more...))
}

func tableOf(t testing.TB, out string) *fleet.Table {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, "practices", "practices.json"))
	require.NoError(t, err)
	table := &fleet.Table{}
	require.NoError(t, json.Unmarshal(text, table))
	return table
}

// A report that assess makes is, byte for byte, that which check makes of the extract.
// Nothing differs.
func TestAssessSaysOfEachPracticeWhatCheckSays(t *testing.T) {
	t.Parallel()
	extracts, out := madeMany(t, 3), filepath.Join(t.TempDir(), "new", "out")
	require.NoError(t, os.WriteFile(filepath.Join(extracts, "extract-2", "declarations.yaml"), []byte("- {key: audit-trail-on, answer: yes, date: 2026-03-01, role: manager, evidence: seen}\n"), 0o600))
	for _, level := range []string{"assessor", "publish"} {
		more := []string{"--level", level, "--as-of", "2026-03-15", "--scheme", "england-2026"}
		r := assessed(t, disk{}, extracts, out, more...)
		require.Zero(t, r.code, r.err)
		table := tableOf(t, out)
		require.Len(t, table.Practices, 3)
		for i, row := range table.Practices {
			for _, form := range []string{"json", "html"} {
				alone := paperlight(t, append([]string{"check", filepath.Join(extracts, fmt.Sprintf("extract-%d", i+1)), "--allow-test-numbers", "--fail-on", "never", "--format", form}, more...)...)
				require.Zero(t, alone.code, alone.err)
				text, err := os.ReadFile(filepath.Join(out, "practices", "reports", row.Report+"."+form))
				require.NoError(t, err)
				require.True(t, alone.out == string(text), "%s of extract %d at the level %s", form, i+1, level)
			}
		}
	}
}

// One file has the answers of many practices: each report takes those that are its own, and
// is that which check makes. A changed file is another key.
func TestAssessTakesTheAnswersOfManyPractices(t *testing.T) {
	t.Parallel()
	extracts, out := madeMany(t, 2), filepath.Join(t.TempDir(), "out")
	answer := "- {key: %s, practice: %s, answer: yes, date: 2026-03-01, role: manager, evidence: seen}\n"
	answers := written(t, fmt.Sprintf(answer+answer+answer, "audit-trail-on", "P00001", "access-audit-current", "''", "audit-trail-on", "p00002"))
	r := assessed(t, disk{}, extracts, out, "--declarations", answers)
	require.Zero(t, r.code, r.err)
	for i, row := range tableOf(t, out).Practices {
		alone := paperlight(t, "check", filepath.Join(extracts, fmt.Sprintf("extract-%d", i+1)), "--allow-test-numbers", "--fail-on", "never", "--format", "json", "--level", "assessor", "--declarations", answers, "--"+othersAnswered)
		require.Zero(t, alone.code, alone.err)
		require.Contains(t, alone.out, `"basis": "declared"`)
		text, err := os.ReadFile(filepath.Join(out, "practices", "reports", row.Report+".json"))
		require.NoError(t, err)
		require.True(t, alone.out == string(text), row.PracticeID)
	}
	first := sortedNames(tree(t, filepath.Join(out, "states")))
	require.Len(t, first, 2)
	require.NoError(t, os.WriteFile(answers, []byte(fmt.Sprintf(answer+"\n"+answer, "audit-trail-on", "P00001", "audit-trail-on", "P00003")), 0o600))
	r = assessed(t, disk{}, extracts, out, "--declarations", answers)
	require.Equal(t, exitInput, r.code, r.err)
	require.Contains(t, r.err, "line 3, practice: no extract has a practice of this id")
	require.Len(t, tree(t, filepath.Join(out, "states")), 4)
	require.Len(t, tableOf(t, out).Practices, 2)

	require.NoError(t, os.WriteFile(answers, []byte("- {key: nobody-asks, answer: yes}\n"), 0o600))
	fresh := filepath.Join(t.TempDir(), "out")
	r = assessed(t, disk{}, extracts, fresh, "--declarations", answers)
	require.Equal(t, exitUsage, r.code, r.err)
	require.Contains(t, r.err, "no rule asks for an answer of this name")
	require.NoDirExists(t, fresh, "nothing was read")
}

// A practice among others in one extract has the report that check --practice makes.
func TestAssessOfAnExtractOfSeveralPractices(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "both")
	r := paperlight(t, "generate", folder, "--practices", "2", "--patients", "60", "--quiet")
	require.Zero(t, r.code, r.err)
	out := filepath.Join(t.TempDir(), "out")
	r = assessed(t, disk{}, folder, out)
	require.Zero(t, r.code, r.err)
	table := tableOf(t, out)
	require.Len(t, table.Practices, 2)
	require.Equal(t, table.Practices[0].State, table.Practices[1].State)
	for _, row := range table.Practices {
		alone := paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never", "--level", "assessor", "--format", "json", "--practice", row.PracticeID)
		require.Zero(t, alone.code, alone.err)
		text, err := os.ReadFile(filepath.Join(out, "practices", "reports", row.Report+".json"))
		require.NoError(t, err)
		require.True(t, alone.out == string(text), row.PracticeID)
	}
}

// What is there and right is kept; what changed is read anew: the files, an option, or a
// state that is damaged.
func TestAssessReadsOnlyWhatItHasNot(t *testing.T) {
	t.Parallel()
	extracts, out := madeMany(t, 2), filepath.Join(t.TempDir(), "out")
	states := func() map[string]string {
		return tree(t, filepath.Join(out, "states"))
	}
	require.Zero(t, assessed(t, disk{}, extracts, out).code)
	first, was := tree(t, out), states()
	require.Len(t, was, 2)
	steps := 0
	require.Zero(t, assessed(t, disk{before: func(string) error { steps++; return nil }}, extracts, out).code)
	require.Equal(t, first, tree(t, out))
	var fewer int
	require.NoError(t, os.RemoveAll(filepath.Join(out, "states")))
	require.Zero(t, assessed(t, disk{before: func(string) error { fewer++; return nil }}, extracts, out).code)
	require.Less(t, steps, fewer, "what was kept was not written")
	require.Equal(t, first, tree(t, out))

	for name := range was { // damaged
		require.NoError(t, os.WriteFile(filepath.Join(out, "states", name), []byte("x"), 0o600))
	}
	require.Zero(t, assessed(t, disk{}, extracts, out).code)
	require.Equal(t, first, tree(t, out))

	require.Zero(t, assessed(t, disk{}, extracts, out, "--as-of", "2026-01-31").code)
	require.Len(t, states(), 4, "another day")
	edit(t, filepath.Join(extracts, "extract-1"), "patients.csv", func(lines []string) []string { return lines[:len(lines)-1] })
	r := assessed(t, disk{}, extracts, out)
	require.Zero(t, r.code, r.err)
	require.Len(t, states(), 5, "other files")
	row := tableOf(t, out).Practices[0]
	require.NotNil(t, row.Before, "the earlier day tells how it went")
	require.Equal(t, "2026-01-31", row.Before.AsOf)
}

// One bad extract is a row, and says so; the others are judged.
func TestABadExtractIsARow(t *testing.T) {
	t.Parallel()
	extracts, out := madeMany(t, 3), filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(filepath.Join(extracts, "extract-2", "patients.csv"), []byte("PK\x03\x04 no csv \x00"), 0o600))
	r := assessed(t, disk{}, extracts, out)
	require.Equal(t, exitInput, r.code, r.err)
	require.Contains(t, r.err, "extract-2")
	table := tableOf(t, out)
	require.Len(t, table.Practices, 2)
	require.Equal(t, []fleet.NotRead{{Number: 2, ExitCode: exitInput}}, table.NotRead)
	page, err := os.ReadFile(filepath.Join(out, "practices", "practices.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), "Extract 2 of the plan: its files were refused.")
	sheet, err := os.ReadFile(filepath.Join(out, "practices", "practices.csv"))
	require.NoError(t, err)
	require.Contains(t, string(sheet), `"not_read"`)
	for name, text := range tree(t, filepath.Join(out, "practices")) {
		require.False(t, strings.Contains(text, extracts) || strings.Contains(text, "extract-2"), "%s names a folder", name)
	}
	again := assessed(t, disk{}, extracts, out)
	require.Equal(t, exitInput, again.code)
	require.Contains(t, again.err, "extract-2", "the reason is said each time")
}

// Saved states of other practices have a row beside those of the extracts, and one that
// differs from what is there under its name is refused.
func TestAssessTakesSavedStatesToo(t *testing.T) {
	t.Parallel()
	extracts, out := madeMany(t, 3), filepath.Join(t.TempDir(), "out")
	require.Zero(t, assessed(t, disk{}, extracts, out).code)
	whole := tree(t, filepath.Join(out, "practices"))
	given := filepath.Join(t.TempDir(), "given")
	require.NoError(t, os.CopyFS(given, os.DirFS(filepath.Join(out, "states"))))
	require.NoError(t, os.RemoveAll(filepath.Join(extracts, "extract-1")))
	less := filepath.Join(t.TempDir(), "less")
	r := assessed(t, disk{}, extracts, less, "--states", given)
	require.Zero(t, r.code, r.err)
	require.Equal(t, whole, tree(t, filepath.Join(less, "practices")))

	names := sortedNames(tree(t, given))
	first, err := os.ReadFile(filepath.Join(given, names[0]))
	require.NoError(t, err)
	reader, err := savedstate.NewReader()
	require.NoError(t, err)
	defer reader.Close()
	saved, err := reader.Read(first)
	require.NoError(t, err)
	saved.State.Practices[0].Tallies[0].Numerator++
	forged, err := saved.Marshal()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(given, names[0]), forged, 0o600))
	r = onDisk(disk{}, []string{"merge", filepath.Join(out, "states"), given, "--out", filepath.Join(less, "merged")})
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "of 1 saved state there are two that differ")
	require.NoDirExists(t, filepath.Join(less, "merged"))
}

// Where no extract could be read there is a table that says so.
func TestARunOfWhichNothingWasRead(t *testing.T) {
	extracts, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(filepath.Join(extracts, "patients.csv"), nil, 0o600))
	r := assessed(t, disk{}, extracts, out)
	require.Equal(t, exitInput, r.code, r.err)
	require.Len(t, tableOf(t, out).NotRead, 1)
	require.NoError(t, os.RemoveAll(filepath.Join(out, "states"))) // as where a limit was reached: that is not kept
	r = onDisk(disk{}, []string{"merge", filepath.Join(out, "states"), "--run", filepath.Join(out, "run.json"), "--out", filepath.Join(out, "practices")})
	require.Equal(t, exitInput, r.code, r.err)
	require.Contains(t, r.err, "1 extract could not be read")
	r = assessed(t, disk{}, t.TempDir(), filepath.Join(t.TempDir(), "out"))
	require.Equal(t, exitInput, r.code, "an empty folder: %s", r.err)
}

// Two extracts of one practice, of one day: nobody can tell which is meant, and no other
// practice waits for it.
func TestTwoExtractsOfAPracticeAreARow(t *testing.T) {
	extracts, out := madeMany(t, 3), filepath.Join(t.TempDir(), "out")
	renamed(t, filepath.Join(extracts, "extract-2"), "P00001", "A80001")
	for _, file := range []string{"patients.csv", "practice.csv"} {
		text, err := os.ReadFile(filepath.Join(extracts, "extract-2", file))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(extracts, "extract-2", file), []byte(strings.NewReplacer("P00002", "P00001", "A80002", "A80001").Replace(string(text))), 0o600))
	}
	r := assessed(t, disk{}, extracts, out)
	require.Equal(t, exitInput, r.code, r.err)
	table := tableOf(t, out)
	require.Len(t, table.Practices, 2)
	require.Equal(t, fleet.SeveralExtracts, table.Practices[0].NotJudged)
	require.Equal(t, []int{1, 2}, table.Practices[0].Extracts)
	require.Empty(t, table.Practices[1].NotJudged)

	merged := onDisk(disk{}, []string{"merge", filepath.Join(out, "states"), "--out", filepath.Join(out, "merged")})
	require.Equal(t, exitInput, merged.code)
	require.Contains(t, merged.err, "of 1 practice there are several extracts")
	require.Contains(t, merged.err, "--run with the run.json")
	page := onDisk(disk{}, []string{"merge", filepath.Join(out, "states"), "--run", filepath.Join(out, "run.json"), "--out", filepath.Join(out, "merged")})
	require.Contains(t, page.err, "merged: 1 practice judged, 1 not judged: the table says why")
	text, err := os.ReadFile(filepath.Join(out, "merged", "practices.html"))
	require.NoError(t, err)
	require.Contains(t, string(text), "extracts 1 and 2 of the plan are of this practice")
	require.NoError(t, os.RemoveAll(filepath.Join(out, "merged")))
	require.NoDirExists(t, filepath.Join(out, "merged"))
}

// A run that is stopped says that it can be gone on with; an extract that is one file is
// named once.
func TestAStoppedRunSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	extracts, into := madeMany(t, 2), filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(filepath.Join(extracts, "a.zip"), []byte("PK\x03\x04cut short"), 0o600))
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var out, said bytes.Buffer
	c := &console{in: bytes.NewReader(nil), out: &out, err: &said, width: 80, disk: disk{before: func(string) error {
		if exists(filepath.Join(into, statesIn)) {
			stop()
		}
		return nil
	}}}
	run(ctx, []string{"assess", extracts, "--out", into, "--allow-test-numbers", "--unsupervised", "--jobs", "1"}, c)
	require.Error(t, ctx.Err(), "a state was being written")
	require.Contains(t, said.String(), "Start it again, and it goes on from there.")

	r := assessed(t, disk{}, extracts, filepath.Join(t.TempDir(), "out"))
	require.Equal(t, 1, strings.Count(r.err, "a.zip: "), r.err)
}

// A run whose every step on disk is the last, or fails, is gone on with: the outcome is
// that of a run which nothing stopped.
func TestAssessGoesOnWhereverItStopped(t *testing.T) {
	t.Parallel()
	extracts, whole := madeMany(t, 2), filepath.Join(t.TempDir(), "out")
	steps := 0
	require.Zero(t, assessed(t, disk{before: func(string) error { steps++; return nil }}, extracts, whole, "--jobs", "1").code)
	want := tree(t, whole)
	require.Greater(t, steps, 50, "the steps are seen")
	for i, how := range sortedNames(brokenDisks) {
		for _, at := range someSteps(steps, i) {
			out, n := filepath.Join(t.TempDir(), "out"), 0
			r := assessed(t, disk{before: func(step string) error {
				n++
				return brokenDisks[how](step, n, at)
			}}, extracts, out, "--jobs", "1")
			if how == "the run dies" || r.code != exitMet {
				require.NotEqual(t, exitInternal, r.code, "%s at step %d: %s", how, at, r.err)
			}
			r = assessed(t, disk{}, extracts, out)
			require.Zero(t, r.code, "after %s at step %d: %s", how, at, r.err)
			require.True(t, maps.Equal(want, tree(t, out)), "after %s at step %d: %v", how, at, sortedNames(tree(t, out)))
		}
	}
}

// Faults in what is asked for are found before any extract is read.
func TestAssessIsAskedForWrongly(t *testing.T) {
	extracts := madeMany(t, 1)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a file"), nil, 0o600))
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"nowhere to write":           {[]string{"assess", extracts}, exitUsage, "want --out"},
		"no folders":                 {[]string{"assess", "--out", dir}, exitUsage, "want folders of extracts"},
		"a folder that is not there": {[]string{"assess", extracts + "x*", "--out", dir}, exitInput, "no such file or folder"},
		"among the extracts":         {[]string{"assess", extracts, "--out", filepath.Join(extracts, "out")}, exitUsage, "among, what is read"},
		"around the extracts":        {[]string{"assess", extracts, "--out", filepath.Dir(extracts)}, exitUsage, "among, what is read"},
		"on a file":                  {[]string{"assess", extracts, "--out", filepath.Join(dir, "a file")}, exitOutput, "not a folder"},
		"no scheme":                  {[]string{"assess", extracts, "--out", dir, "--scheme", "none"}, exitUsage, "--scheme none"},
		"no jobs":                    {[]string{"assess", extracts, "--out", dir, "--jobs", "0"}, exitUsage, "--jobs 0"},
		"for the practice":           {[]string{"merge", extracts, "--out", filepath.Join(dir, "m"), "--level", "practice"}, exitUsage, "want assessor or publish"},
		"no states":                  {[]string{"merge", extracts, "--out", filepath.Join(dir, "m")}, exitInput, "no saved state"},
		"no such form":               {[]string{"merge", extracts, "--out", filepath.Join(dir, "m"), "--reports", "xlsx"}, exitUsage, "--reports xlsx"},
		"a plan that is none":        {[]string{"shard", filepath.Join(dir, "a file"), "1", "--out", dir}, exitUsage, "is no plan"},
		"a size that is none":        {[]string{"plan", extracts, "--size", "big"}, exitUsage, "--size big"},
	} {
		t.Run(name, func(t *testing.T) {
			args := test.args
			if args[0] == "assess" {
				args = append(args, "--unsupervised")
			}
			r := onDisk(disk{}, args)
			require.Equal(t, test.code, r.code, r.err)
			require.Contains(t, r.err, test.says)
		})
	}
	require.Equal(t, map[string]string{"a file": ""}, tree(t, dir))
}
