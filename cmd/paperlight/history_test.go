package main

import (
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/comparison"
	"paperlight/analyzer/history"
)

// runsOf says which runs a history holds; opening it tells whether it is whole.
func runsOf(t *testing.T, file string) string {
	t.Helper()
	h, err := history.OpenUnkeyed(file)
	require.NoError(t, err)
	defer h.Close()
	practices, err := h.Practices()
	require.NoError(t, err)
	var out strings.Builder
	for _, p := range practices {
		runs, err := h.Runs(p.ID)
		require.NoError(t, err)
		for _, r := range runs {
			_, err := h.Report(r.ID)
			require.NoError(t, err)
			fmt.Fprintf(&out, "%s %d %s\n", p.ID, r.ID, r.AsOf)
		}
	}
	return out.String()
}

// checkInto is a check that adds to a history.
func checkInto(t *testing.T, extract, file string, more ...string) ran {
	t.Helper()
	r := paperlight(t, append([]string{"check", extract, "--allow-test-numbers", "--fail-on", "never", "--history", file}, more...)...)
	require.Zero(t, r.code, r.err)
	return r
}

func TestAHistorySaysWhatTheListsSay(t *testing.T) {
	folder, _ := made(t, "--patients", "300")
	dir := t.TempDir()
	file := filepath.Join(dir, "past.history")
	first := filepath.Join(dir, "first")
	checkInto(t, folder, file, "--worklist", first, "--worklist-all")
	if runtime.GOOS != "windows" {
		for _, name := range []string{file, history.KeyFile(file)} {
			st, err := os.Stat(name)
			require.NoError(t, err)
			require.EqualValues(t, 0o600, st.Mode().Perm())
		}
	}
	edit(t, folder, "allergies.csv", func(lines []string) []string { // the next extract lacks what an allergy is of
		for i := range 12 {
			lines = replaceCell("agent_code", i+1, "")(replaceCell("code", i+1, "")(lines))
		}
		return lines
	})
	lists := filepath.Join(dir, "lists")
	r := checkInto(t, folder, file, "--worklist", lists, "--worklist-all")
	require.Contains(t, r.err, "past.history: added run 2 of practice P00001")
	r = checkInto(t, folder, file)
	require.Contains(t, r.err, "run 2 of practice P00001 found just the same, so nothing was added")

	h, err := history.Open(file)
	require.NoError(t, err)
	defer h.Close()
	m, err := h.Movement(2)
	require.NoError(t, err)
	compared, moved := 0, map[string]*history.Moved{}
	for _, rule := range m.Rules {
		if rule.Derived {
			continue
		}
		compared++
		was, is := listedIn(t, filepath.Join(first, worklistName(rule.Rule))), listedIn(t, filepath.Join(lists, worklistName(rule.Rule)))
		want := &history.Moved{}
		for record := range is {
			if was[record] {
				want.StillOpen++
			} else {
				want.New++
			}
		}
		want.Fixed = int64(len(was)) - want.StillOpen
		require.Equal(t, want, rule.Moved, rule.Rule)
		require.Len(t, is, int(rule.Found), rule.Rule)
		moved[rule.Rule] = want
	}
	require.Greater(t, compared, 20)
	require.NotZero(t, moved["allergy/coded"].New)

	r = paperlight(t, "compare", "--history", file, "--format", "json")
	require.Zero(t, r.code, r.err)
	var found comparison.Comparison
	require.NoError(t, json.Unmarshal([]byte(r.out), &found))
	require.True(t, *found.Linked)
	require.Empty(t, found.Differs)
	for _, k := range found.Practices[0].Checks {
		if k.Rule == "allergy/coded" {
			require.Equal(t, moved[k.Rule].New, k.Records.New)
			require.EqualValues(t, *k.FailingAfter, k.Records.New+k.Records.StillOpen)
		}
	}
	require.Equal(t, r.out, paperlight(t, "compare", "1", "2", "--history", file, "--format", "json").out)
	require.Equal(t, exitNotMet, paperlight(t, "compare", "--history", file, "--fail-on", "worse").code)
	r = paperlight(t, "trend", "--history", file)
	require.Contains(t, r.out, "Run 2, as of ")
	r = paperlight(t, "history", "list", file, "--practice", "P00001")
	require.Contains(t, r.out, "2 runs")
}

// listedIn are the records of a worklist, each once.
func listedIn(t *testing.T, path string) map[[3]string]bool {
	t.Helper()
	out := map[[3]string]bool{}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return out
	}
	require.NoError(t, err)
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	for _, line := range lines[1:] {
		out[[3]string{line[0], line[1], line[2]}] = true
	}
	return out
}

// A record id that we made from the place in the file tells nothing of the next file.
func TestRecordsWithoutIDsAreCountedAndNotLinked(t *testing.T) {
	folder, _ := made(t, "--patients", "300")
	edit(t, folder, "allergies.csv", func(lines []string) []string {
		require.True(t, strings.HasPrefix(lines[0], "allergy_id,"))
		for i := range lines {
			_, lines[i], _ = strings.Cut(lines[i], ",")
		}
		return lines
	})
	file := filepath.Join(t.TempDir(), "past.history")
	checkInto(t, folder, file, "--as-of", "2026-03-31")
	checkInto(t, folder, file, "--as-of", "2026-04-30")
	h, err := history.OpenUnkeyed(file)
	require.NoError(t, err)
	defer h.Close()
	m, err := h.Movement(2)
	require.NoError(t, err)
	derived := 0
	for _, rule := range m.Rules {
		require.Equal(t, rule.Derived, rule.Moved == nil, rule.Rule)
		if rule.Derived && rule.Found > 0 {
			derived++
		}
	}
	require.NotZero(t, derived)
}

// Two copies under two keys are of the same records, and nobody can tell.
func TestCopiesUnderTwoKeysAreNotLinked(t *testing.T) {
	folder, _ := made(t, "--patients", "300")
	dir := t.TempDir()
	file := filepath.Join(dir, "past.history")
	var said string
	for i, asOf := range []string{"2026-03-31", "2026-04-30"} {
		copied := filepath.Join(dir, fmt.Sprint("copy", i))
		r := paperlight(t, "anonymise", folder, "--opt-outs-removed", "--format", "csv", "--to", copied, "--key", copied+".key", "--as-of", "2026-03-31", "--allow-test-numbers")
		require.Zero(t, r.code, r.err)
		said = checkInto(t, copied, file, "--as-of", asOf).err
	}
	require.Contains(t, said, "cannot be linked to the last run")
	r := paperlight(t, "compare", "--history", file)
	require.Contains(t, r.out, "Note: The records cannot be linked to those of the run before.")
	require.NotContains(t, r.out, "fixed")
}

func TestAnEarlierDayIsNotAddedBehindALaterOne(t *testing.T) {
	folder, _ := made(t, "--patients", "60")
	dir := t.TempDir()
	file := filepath.Join(dir, "past.history")
	checkInto(t, folder, file, "--as-of", "2026-03-31")
	before := tree(t, dir)
	r := paperlight(t, "check", folder, "--allow-test-numbers", "--fail-on", "never", "--history", file, "--as-of", "2026-02-28", "--format", "json="+filepath.Join(dir, "r.json"))
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "past.history: the history has a later run of the practice, as of 2026-03-31")
	require.Equal(t, before, tree(t, dir), "and nothing else is written")
}

// Whatever step on disk fails, or is the last that a run takes: a history is whole, and
// holds the run only where the other outputs are those of the run.
func TestAHistoryHoldsARunOnlyWithItsOutputs(t *testing.T) {
	t.Parallel()
	extract, _ := made(t, "--patients", "20")
	told := func(dir, asOf string) []string {
		return []string{"check", extract, "--as-of", asOf, "--fail-on", "never", "--quiet", "--history", filepath.Join(dir, "a", "past.history"), "--format", "json=" + filepath.Join(dir, "b", "r.json")}
	}
	old := outputsOf(t)
	require.Equal(t, exitMet, onDisk(disk{}, told(old, "2026-03-31")).code)
	steps, amends := 0, 0
	whole := outputsOf(t)
	require.NoError(t, os.CopyFS(whole, os.DirFS(old)))
	require.Equal(t, exitMet, onDisk(disk{before: func(step string) error {
		if steps++; step == "amend" {
			amends = steps
		}
		return nil
	}}, told(whole, "2026-04-30")).code)
	before, after := outputs(t, old), outputs(t, whole)
	require.NotZero(t, amends)
	for i, how := range sortedNames(brokenDisks) {
		// What lies round the step that adds the run is broken in every way.
		for _, at := range slices.Compact(slices.Sorted(slices.Values(append(someSteps(steps, i), amends-1, amends, amends+1)))) {
			dir, n := outputsOf(t), 0
			require.NoError(t, os.CopyFS(dir, os.DirFS(old)))
			r := onDisk(disk{before: func(step string) error {
				n++
				return brokenDisks[how](step, n, at)
			}}, told(dir, "2026-04-30"))
			for _, home := range []string{"a", "b"} {
				clearLeftovers(disk{}, filepath.Join(dir, home))
			}
			got := outputs(t, dir)
			what := fmt.Sprintf("%s at step %d\n%s", how, at, r.err)
			require.Equal(t, sortedNames(after), sortedNames(got), what)
			if got["a/past.history"] == after["a/past.history"] {
				require.True(t, maps.Equal(got, after), what)
			} else {
				require.Equal(t, before["a/past.history"], got["a/past.history"], what)
				require.NotEqual(t, exitMet, r.code, what)
			}
		}
	}
}

func TestAHistoryThatIsErasedIsGone(t *testing.T) {
	folder, _ := made(t, "--patients", "60")
	dir := t.TempDir()
	file := filepath.Join(dir, "past.history")
	for _, asOf := range []string{"2026-03-31", "2026-04-30", "2026-05-15"} {
		checkInto(t, folder, file, "--as-of", asOf)
	}
	r := paperlight(t, "history", "erase", file, "--before", "2026-04-30")
	require.Zero(t, r.code, r.err)
	require.Equal(t, "past.history: erased 1 run\n", r.out)
	require.Equal(t, "P00001 3 2026-05-15\nP00001 2 2026-04-30\n", runsOf(t, file))
	require.NoError(t, os.Remove(history.KeyFile(file)))
	r = paperlight(t, "history", "erase", file, "--practice", "P00001")
	require.Zero(t, r.code, r.err)
	require.Equal(t, "past.history: erased 2 runs\n", r.out, "also without its key")
	require.NoError(t, os.Remove(file))
	checkInto(t, folder, file)
	r = paperlight(t, "history", "erase", file, "--all")
	require.Zero(t, r.code, r.err)
	require.Empty(t, tree(t, dir), "the file and its key")
	checkInto(t, folder, file)
	require.NoError(t, os.Remove(file))
	checkInto(t, folder, file)
	require.Len(t, tree(t, dir), 2, "a key that was left behind is used again")
}

// --practice is an id before it is a code, and a code of several practices is no name.
func TestAPracticeIsNamedByItsIDFirst(t *testing.T) {
	one, _ := made(t, "--patients", "400", "--practices", "2", "--seed", "7", "--clean")
	file := filepath.Join(t.TempDir(), "past.history")
	checkInto(t, one, file)
	h, err := history.OpenUnkeyed(file)
	require.NoError(t, err)
	practices, err := h.Practices()
	require.NoError(t, err)
	require.NoError(t, h.Close())
	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	_, err = db.Exec("UPDATE practices SET ods_code = ?", practices[1].ID)
	require.NoError(t, err)
	h, err = history.OpenUnkeyed(file)
	require.NoError(t, err)
	id, err := onePractice(h, practices[1].ID)
	require.NoError(t, err)
	require.Equal(t, practices[1].ID, id, "the first has it for its code")
	_, err = db.Exec("UPDATE practices SET ods_code = 'A80000'")
	require.NoError(t, err)
	_, err = onePractice(h, "A80000")
	require.ErrorContains(t, err, "several practices of this code")
	require.NoError(t, errors.Join(db.Close(), h.Close()))
}

// Each run that is added is a sign of life: those of thousands of practices take longer
// than a worker may go without one.
func TestEachRunThatIsAddedIsASignOfLife(t *testing.T) {
	folder, _ := made(t, "--patients", "400", "--practices", "2", "--seed", "7", "--clean")
	file := filepath.Join(t.TempDir(), "past.history")
	checkInto(t, folder, file)
	h, err := history.Open(file)
	require.NoError(t, err)
	p := &pastRuns{console: &console{}}
	for run := int64(1); run <= 2; run++ {
		r, err := h.Run(run)
		require.NoError(t, err)
		of := history.Addition{At: r.At, Practice: r.Practice}
		of.Report, err = h.Report(run)
		require.NoError(t, err)
		of.State, err = h.State(run)
		require.NoError(t, err)
		p.runs = append(p.runs, of)
	}
	adding, err := h.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, p.add(adding))
	require.EqualValues(t, 2, p.console.moved.Load())
	adding.Rollback()
	require.NoError(t, h.Close())
}
