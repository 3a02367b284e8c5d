package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/fleet"
	"paperlight/analyzer/report"
	"paperlight/rules"
)

// catalogueWith is a folder of the published rules, with a text of one file replaced.
func catalogueWith(t *testing.T, file, was, is string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "new-rules")
	require.NoError(t, os.CopyFS(folder, rules.Published().FS))
	path := filepath.Join(folder, filepath.FromSlash(file))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(text), was)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), was, is, 1)), 0o600))
	return folder
}

func readTable(t *testing.T, folder string) *fleet.Table {
	t.Helper()
	return tableOf(t, filepath.Dir(folder))
}

// New rules over states that are saved: what can be judged is judged as a check by the
// new rules judges it, and what cannot is named with the rules that want the extract.
func TestStatesAreJudgedByOtherRules(t *testing.T) {
	extracts, out := madeMany(t, 2), filepath.Join(t.TempDir(), "out")
	require.Zero(t, assessed(t, disk{}, extracts, out).code)
	states := filepath.Join(out, "states")
	merge := func(more ...string) (*fleet.Table, string, ran) {
		to := filepath.Join(t.TempDir(), "practices")
		r := onDisk(disk{}, append([]string{"merge", states, "--out", to, "--quiet"}, more...))
		if r.code == exitMet {
			return readTable(t, to), to, r
		}
		require.NoDirExists(t, to)
		return nil, to, r
	}
	const page = "medication/repeat-reviewed.md"

	_, to, r := merge("--scheme", "scr-2010")
	require.Zero(t, r.code, "any scheme: %s", r.err)
	alone := paperlight(t, "check", filepath.Join(extracts, "extract-1"), "--allow-test-numbers", "--fail-on", "never", "--level", "assessor", "--format", "json", "--scheme", "scr-2010")
	text, err := os.ReadFile(filepath.Join(to, "reports", "practice-A80001.json"))
	require.NoError(t, err)
	require.True(t, alone.out == string(text))

	mark := catalogueWith(t, page, "threshold: 80%", "threshold: 1%")
	_, _, r = merge("--catalogue", mark)
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "the states of 2 practices were made with other rules")
	require.Contains(t, r.err, "--replay")
	table, to, r := merge("--catalogue", mark, "--replay")
	require.Zero(t, r.code, r.err)
	require.Len(t, table.Practices, 2)
	require.Empty(t, table.Practices[0].NotJudged)
	got := readReportOf(t, filepath.Join(to, "reports", "practice-A80001.json"))
	want := checked(t, filepath.Join(extracts, "extract-1"), "--level", "assessor", "--catalogue", mark)
	require.Equal(t, want.Practices, got.Practices, "as from the extract")
	said := ""
	for _, o := range got.Options {
		if o.Name == "--replay" {
			said = o.Says
		}
	}
	require.Contains(t, said, "saved state", "the report says where its counts are from")

	counted := catalogueWith(t, page, "where: registered && on_repeat", "where: on_repeat")
	table, to, r = merge("--catalogue", counted, "--replay")
	require.Zero(t, r.code, r.err)
	for _, row := range table.Practices {
		require.Equal(t, fleet.NeedsExtract, row.NotJudged)
		require.Equal(t, []string{"medication/repeat-reviewed"}, row.Needs)
	}
	require.NoDirExists(t, filepath.Join(to, "reports"))

	r = assessed(t, disk{}, extracts, out, "--catalogue", counted)
	require.Zero(t, r.code, r.err)
	require.Empty(t, tableOf(t, out).Practices[0].NotJudged, "a changed key is read anew")
}

func readReportOf(t *testing.T, file string) *report.Report {
	t.Helper()
	r, err := readReport(file)
	require.NoError(t, err)
	return r
}

// A shard is read with the rules of its plan alone.
func TestAShardIsReadWithTheRulesOfItsPlan(t *testing.T) {
	extracts, dir := madeMany(t, 1), t.TempDir()
	plan := filepath.Join(dir, "plan.json")
	require.Zero(t, onDisk(disk{}, []string{"plan", extracts, "--out", plan}).code)
	other := catalogueWith(t, "medication/repeat-reviewed.md", "threshold: 80%", "threshold: 81%")
	r := onDisk(disk{}, []string{"shard", plan, "1", "--out", filepath.Join(dir, "states"), "--catalogue", other})
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "the plan was made with other rules")
	require.NoDirExists(t, filepath.Join(dir, "states"))
	for number, code := range map[string]int{"1": exitMet, "2": exitUsage, "0": exitUsage, "x": exitUsage} {
		r := onDisk(disk{}, []string{"shard", plan, number, "--out", filepath.Join(dir, "states"), "--allow-test-numbers"})
		require.Equal(t, code, r.code, r.err)
	}
}

// What a shard says, and its exit codes: what is never mended by reading again, and what
// may be.
func TestAShardSaysWhatBecameOfEachExtract(t *testing.T) {
	extracts, dir := madeMany(t, 3), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(extracts, "extract-2", "patients.csv"), nil, 0o600))
	plan, states := filepath.Join(dir, "plan.json"), filepath.Join(dir, "states")
	require.Zero(t, onDisk(disk{}, []string{"plan", extracts, "--out", plan}).code)
	shard := func(d disk) ran {
		return onDisk(d, []string{"shard", plan, "1", "--out", states, "--allow-test-numbers", "--quiet"})
	}
	first := shard(disk{})
	require.Equal(t, exitInput, first.code)
	require.Regexp(t, `^1 read [0-9a-f]{32}\n2 refused 3\n3 read [0-9a-f]{32}\n$`, first.out)
	was := tree(t, states)
	require.Len(t, was, 3, "a refusal is kept, for those who merge")
	second := shard(disk{})
	require.Equal(t, strings.ReplaceAll(first.out, "read", "kept"), second.out)
	require.Equal(t, was, tree(t, states))

	require.NoError(t, os.RemoveAll(states))
	full := shard(disk{before: brokenAt("write")})
	require.Equal(t, exitOutput, full.code, "again: %s", full.err)

	require.Zero(t, onDisk(disk{}, []string{"plan", extracts, "--out", plan, "--size", "0"}).code)
	text, err := os.ReadFile(plan)
	require.NoError(t, err)
	planned, err := fleet.ReadPlan(text)
	require.NoError(t, err)
	require.Len(t, planned.Shards, 3)
	for _, one := range []string{"3", "2", "1", "1"} { // in any order, and twice
		onDisk(disk{}, []string{"shard", plan, one, "--out", states, "--allow-test-numbers", "--quiet"})
	}
	require.Equal(t, was, tree(t, states), "shards do not change what is made")
	r := onDisk(disk{}, []string{"merge", states, "--out", filepath.Join(dir, "practices"), "--quiet"})
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "1 extract could not be read")
	table := readTable(t, filepath.Join(dir, "practices"))
	require.Len(t, table.Practices, 2)
	require.Equal(t, exitInput, table.NotRead[0].ExitCode)
}

// brokenAt is a disk on which no step of a kind works.
func brokenAt(kind string) func(string) error {
	return func(step string) error {
		if step == kind {
			return os.ErrPermission
		}
		return nil
	}
}
