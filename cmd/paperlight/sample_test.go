package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/challenge"
	"paperlight/analyzer/evidence"
	"paperlight/analyzer/sampling"
)

const testSeed = "blue horse seven"

// drawnFrom draws of an extract, and returns the folder of the sheets.
func drawnFrom(t *testing.T, extract string, more ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "sheets")
	r := paperlight(t, append([]string{"sample", extract, "--allow-test-numbers", "--seed", testSeed, "--out", out, "--quiet"}, more...)...)
	require.Zero(t, r.code, r.err)
	return out
}

// sheetRows are the rows of the tick sheet in a folder, the heading first.
func sheetRows(t *testing.T, folder string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, tickCSVName))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return rows
}

// answered writes the rows with the answer to each line.
func answered(t *testing.T, rows [][]string, answer func(line []string) string) string {
	t.Helper()
	rows = slices.Clone(rows)
	for i := 1; i < len(rows); i++ {
		rows[i] = slices.Clone(rows[i])
		rows[i][slices.Index(rows[0], "answer")] = answer(rows[i])
	}
	var b bytes.Buffer
	require.NoError(t, csv.NewWriter(&b).WriteAll(rows))
	path := filepath.Join(t.TempDir(), "answered.csv")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// handlesOf are the handles of the records of worklists, made with a key.
func handlesOf(t *testing.T, report, lists, key string, of ...string) (out []string) {
	t.Helper()
	r := paperlight(t, "challenge", "handles", report, lists, "--key", key)
	require.Zero(t, r.code, r.err)
	rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
	require.NoError(t, err)
	for _, row := range rows[1:] {
		if len(of) == 0 || row[1] == of[0] {
			out = append(out, row[0])
		}
	}
	require.NotEmpty(t, out)
	return out
}

// Whoever draws with the seed gets the same records: from the same bytes the same files,
// byte for byte, whatever the number of workers; from another format, or other splits
// and order, the same records in the same order.
func TestADrawIsTheSameWhoeverDraws(t *testing.T) {
	t.Parallel()
	extract, _ := made(t, "--patients", "150")
	some := []string{"--select", "allergy/*,nhs-number/*,chronology/*,medication/dmd-code-valid"}
	first, second := drawnFrom(t, extract, append(some, "--jobs", "1")...), drawnFrom(t, extract, append(some, "--jobs", "4")...)
	for _, name := range []string{tickBookName, tickCSVName, tickPageName, drawName, tickNoteName} {
		one, err := os.ReadFile(filepath.Join(first, name))
		require.NoError(t, err)
		other, err := os.ReadFile(filepath.Join(second, name))
		require.NoError(t, err)
		require.True(t, bytes.Equal(one, other), name)
	}
	records := func(folder string) (out [][]string) {
		for _, row := range sheetRows(t, folder) {
			out = append(out, row[:8])
		}
		return out
	}
	want := records(first)
	require.Greater(t, len(want), 200)
	for _, format := range []string{"parquet", "arrow"} {
		tables := filepath.Join(t.TempDir(), "tables")
		r := paperlight(t, "convert", extract, "--allow-test-numbers", "--format", format, "--group-rows", "97", "--to", tables)
		require.Zero(t, r.code, r.err)
		require.Equal(t, want, records(drawnFrom(t, tables, some...)), format)
	}
	shuffled := filepath.Join(t.TempDir(), "shuffled")
	require.NoError(t, os.CopyFS(shuffled, os.DirFS(extract)))
	files, err := filepath.Glob(filepath.Join(shuffled, "*.csv"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		lines := strings.SplitAfter(string(text), "\n")
		slices.Reverse(lines[1 : len(lines)-1])
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600))
	}
	require.Equal(t, want, records(drawnFrom(t, shuffled, some...)))
}

// The lines that a worklist has are those that the program found wanting, and the sheet
// does not tell; who answers by the worklist agrees with the program.
func TestAHandCheckIsReadBackAndKept(t *testing.T) {
	t.Parallel()
	extract, _ := made(t, "--patients", "300")
	dir := t.TempDir()
	lists, report := filepath.Join(dir, "lists"), filepath.Join(dir, "report.json")
	require.Zero(t, paperlight(t, "check", extract, "--allow-test-numbers", "--fail-on", "never", "--worklist", lists, "--worklist-all", "--format", "json="+report).code)
	sheets := drawnFrom(t, extract, "--select", "allergy/*")
	rows := sheetRows(t, sheets)
	wanting := map[[3]string]bool{}
	for _, name := range []string{"allergy/reaction-recorded", "allergy/status-recorded"} {
		f, err := os.Open(filepath.Join(lists, worklistName(name)))
		require.NoError(t, err)
		defer f.Close()
		all, err := csv.NewReader(f).ReadAll()
		require.NoError(t, err)
		for _, row := range all[1:] {
			wanting[[3]string{name, row[1], row[2]}] = true
		}
	}
	require.NotEmpty(t, wanting)
	planted := 0
	path := answered(t, rows, func(line []string) string {
		switch listed := wanting[[3]string{line[1], line[4], line[5]}]; {
		case line[1] != "allergy/reaction-recorded" && line[1] != "allergy/status-recorded":
			return ""
		case line[1] == "allergy/status-recorded" && planted < 3:
			planted++
			return map[bool]string{true: sampling.AsItShouldBe, false: sampling.NotAsItShouldBe}[listed]
		case listed:
			return sampling.NotAsItShouldBe
		}
		return sampling.AsItShouldBe
	})
	result := filepath.Join(dir, "result.json")
	read := func(more ...string) ran {
		return paperlight(t, append([]string{"sample", "read", path, "--draw", filepath.Join(sheets, drawName), "--seed", " Blue HORSE seven"}, more...)...)
	}
	r := read("--out", result)
	require.Equal(t, exitNotMet, r.code, r.err)
	require.Contains(t, r.out, "ALG-007 allergy/reaction-recorded: verified")
	require.Contains(t, r.out, "allergy/status-recorded: not verified")
	require.Contains(t, r.out, "allergy/coded: not finished")
	require.Equal(t, 3, strings.Count(r.out, "  Line "))
	require.NotContains(t, read("--level", "assessor").out, "  Line ")
	text, err := os.ReadFile(result)
	require.NoError(t, err)
	for _, row := range rows[1:] {
		require.NotContains(t, string(text), row[4])
		require.NotContains(t, string(text), row[10], "no mark")
	}
	r = paperlight(t, "sample", "read", path, "--draw", filepath.Join(sheets, drawName), "--seed", "quite other words")
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "was drawn with another seed")
	other := drawnFrom(t, extract, "--select", "nhs-number/*")
	r = paperlight(t, "sample", "read", path, "--draw", filepath.Join(other, drawName), "--seed", testSeed)
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "is of another draw")

	bundle := func(more ...string) ran {
		return paperlight(t, append([]string{"evidence", extract, "--allow-test-numbers", "--at", "2026-04-01T12:00:00Z"}, more...)...)
	}
	// The challenge of the same report, to its end.
	key, file := filepath.Join(dir, "practice.key"), filepath.Join(dir, "challenges.json")
	open := func(more ...string) ran {
		return paperlight(t, append([]string{"challenge", "open", report, lists, "--key", key, "--reason", "elsewhere", "--on", "2026-04-02", "--file", file}, more...)...)
	}
	unmet := unmetList(t, report, lists)
	handles := handlesOf(t, report, lists, key, unmet)
	require.Equal(t, handles, handlesOf(t, report, lists, key, unmet), "the key is kept")
	r = open("--handle", handles[0])
	require.Zero(t, r.code, r.err)
	require.Contains(t, r.out, "challenge 1: 1 record of check "+unmet)
	for says, args := range map[string][]string{
		"is contested already, in challenge 1": {"--handle", handles[0]}, "not of any record": {"--handle", "0000-0000-0000"}, "want handles of the form": {"--handle", "p1"},
		"want a reason of the list": {"--handle", handles[len(handles)-1], "--reason", "so there"}, "the last step is of": {"--handle", handles[len(handles)-1], "--on", "2026-04-01"},
		"there is no such file": {"--handle", handles[0], "--key", filepath.Join(dir, "lost.key")},
	} {
		r := open(args...)
		require.NotZero(t, r.code, says)
		require.Contains(t, r.err, says)
		require.NotContains(t, r.err, "so there")
	}
	decide := func(more ...string) ran {
		return paperlight(t, append([]string{"challenge", "decide", file, "--on", "2026-04-09"}, more...)...)
	}
	require.Equal(t, exitUsage, decide("--challenge", "2", "--outcome", "upheld", "--because", "seen").code, "not opened")
	require.Zero(t, decide("--challenge", "1", "--outcome", "upheld", "--because", "seen").code)
	require.Equal(t, exitUsage, decide("--challenge", "1", "--outcome", "dismissed", "--because", "seen").code, "decided")
	r = paperlight(t, "challenge", "list", file, "--format", "json")
	require.Zero(t, r.code, r.err)
	var listing challenge.Listing
	require.NoError(t, json.Unmarshal([]byte(r.out), &listing))
	require.Equal(t, "upheld", listing.Files[0].Challenges[0].State)
	require.NotContains(t, r.out, handles[0])
	r = paperlight(t, "challenge", "handles", report, lists, "--key", key, "--file", file)
	require.Zero(t, r.code, r.err)
	require.Equal(t, 2, strings.Count(r.out, "\n"))
	require.Contains(t, r.out, `"`+handles[0]+`"`)
	r = bundle("--sample", result, "--challenge", file, "--out", filepath.Join(dir, "both"))
	require.Zero(t, r.code, r.err)
	require.Equal(t, exitNotVerified, paperlight(t, "verify", filepath.Join(dir, "both"), "--seed", "words of another").code)
	r = paperlight(t, "verify", filepath.Join(dir, "both"), "--format", "json", "--seed", testSeed)
	require.Zero(t, r.code, r.out)
	var found evidence.Findings
	require.Contains(t, r.out, `"allergy/reaction-recorded"`)
	require.NoError(t, json.Unmarshal([]byte(r.out), &found))
	require.Equal(t, []evidence.Challenged{{Practice: "P00001", Challenge: 1, Rule: unmet, Reason: "elsewhere", Count: 1, State: "upheld"}}, found.Challenges)
	text, err = os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, bytes.Replace(text, []byte("upheld"), []byte("changed"), 1), 0o600))
	for _, r := range []ran{decide("--challenge", "1", "--outcome", "upheld", "--because", "seen"), open("--handle", handles[0]), bundle("--challenge", file, "--out", filepath.Join(dir, "none")), paperlight(t, "challenge", "list", file)} {
		require.Equal(t, exitInput, r.code)
		require.Contains(t, r.err, "was changed by hand")
	}
	listed := filepath.Join(lists, worklistName(unmet))
	require.NoError(t, os.WriteFile(listed, []byte("edited"), 0o600))
	r = paperlight(t, "challenge", "handles", report, lists, "--key", key)
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "was changed since it was written")
}

// unmetList is a check that can be contested, and has a worklist.
func unmetList(t *testing.T, path, lists string) string {
	t.Helper()
	r, err := readReport(path)
	require.NoError(t, err)
	for _, result := range r.Practices[0].Results {
		if exists(filepath.Join(lists, worklistName(result.Rule))) && contestable(&r.Practices[0], result.Rule) == "" && *result.Denominator > *result.Numerator+1 {
			return result.Rule
		}
	}
	t.Fatal("no check can be contested")
	return ""
}
