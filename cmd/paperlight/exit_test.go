package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/report"
)

// edit changes one file of an extract.
func edit(t *testing.T, folder, name string, change func(lines []string) []string) {
	t.Helper()
	path := filepath.Join(folder, name)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := change(strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"))
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
}

// replaceCell puts value into a cell; row 1 is the first record.
func replaceCell(column string, row int, value string) func([]string) []string {
	return func(lines []string) []string {
		at := -1
		for i, name := range strings.Split(lines[0], ",") {
			if name == column {
				at = i
			}
		}
		cells := strings.Split(lines[row], ",")
		cells[at] = value
		lines[row] = strings.Join(cells, ",")
		return lines
	}
}

func TestExitCodesAndMessages(t *testing.T) {
	folder, _ := made(t, "--patients", "120", "--clean")
	badRules := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(badRules, "local"), 0o755))
	page := "---\nid: local/wrong\ntitle: Wrong\ncode: LOC-001\ndimension: completeness\ntable: patients\nwhere: registred\nexpect: has(sex)\n" +
		"threshold: 90%\nthreshold_from: ours\npublished: false\nevidence: data\nowner: practice\nfix: none\n---\n## What it measures\n\nNothing.\n"
	require.NoError(t, os.WriteFile(filepath.Join(badRules, "local", "wrong.md"), []byte(page), 0o600))
	faulty := filepath.Join(t.TempDir(), "faulty")
	require.NoError(t, os.CopyFS(faulty, os.DirFS(folder)))
	edit(t, faulty, "allergies.csv", func(lines []string) []string {
		for i := range lines[1:] {
			lines = replaceCell("code", i+1, "")(lines)
			lines = replaceCell("agent_code", i+1, "")(lines)
		}
		return lines
	})
	cut := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(cut, "patients.parquet"), []byte("PAR1 cut off"), 0o600))
	nobody, twice := filepath.Join(t.TempDir(), "nobody"), filepath.Join(t.TempDir(), "twice")
	for _, other := range []string{nobody, twice} {
		require.NoError(t, os.CopyFS(other, os.DirFS(folder)))
	}
	edit(t, nobody, "patients.csv", func(lines []string) []string { return lines[:1] })
	edit(t, twice, "patients.csv", func(lines []string) []string { return append(lines, lines[1:]...) })
	empty := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(empty, "patients.csv"), nil, 0o600))

	tests := map[string]struct {
		args []string
		code int
		says []string
	}{
		"a blocker without evidence": {[]string{"check", folder, "--allow-test-numbers"}, exitNotJudged, nil},
		"nobody asks for evidence":   {[]string{"check", folder, "--allow-test-numbers", "--fail-on", "blocker"}, exitMet, nil},
		"not known to be ready":      {[]string{"check", folder, "--allow-test-numbers", "--fail-on", "verdict"}, exitNotJudged, nil},
		"a selection that is met":    {[]string{"check", folder, "--allow-test-numbers", "--select", "allergy/*"}, exitMet, nil},
		"a verdict of a selection":   {[]string{"check", folder, "--select", "allergy/*", "--fail-on", "verdict"}, exitUsage, []string{"a selection of checks has no verdict"}},
		"a blocker failed":           {[]string{"check", faulty, "--allow-test-numbers"}, exitNotMet, nil},
		"a blocker, and nobody asks": {[]string{"check", faulty, "--allow-test-numbers", "--fail-on", "never"}, exitMet, nil},
		"no such file":               {[]string{"check", filepath.Join(folder, "nowhere")}, exitInput, []string{"nowhere: no such file"}},
		"no patients":                {[]string{"check", filepath.Join(folder, "practice.csv")}, exitInput, []string{"patients", "hint: "}},
		"patients without a row":     {[]string{"check", nobody}, exitInput, []string{"the patients table holds no row", "hint: "}},
		"patients twice over":        {[]string{"check", twice}, exitInput, []string{"no row of the patients table can be used", "hint: "}},
		"truncated Parquet":          {[]string{"check", cut}, exitInput, []string{"patients.parquet", "cut off or damaged", "hint: "}},
		"empty file":                 {[]string{"check", empty}, exitInput, []string{"patients.csv: the file is empty"}},
		"no extract":                 {[]string{"check"}, exitUsage, []string{"want a folder"}},
		"unknown verb":               {[]string{"chek"}, exitUsage, []string{"unknown command"}},
		"unknown flag":               {[]string{"check", folder, "--colour"}, exitUsage, []string{"unknown flag"}},
		"unknown form":               {[]string{"check", folder, "--format", "pdf"}, exitUsage, []string{"--format pdf: want one of"}},
		"two forms to one stream":    {[]string{"check", folder, "--format", "json", "--format", "csv"}, exitUsage, []string{"name=path"}},
		"unknown scheme":             {[]string{"check", folder, "--scheme", "scr-1999"}, exitUsage, []string{"england-2026"}},
		"unknown rule":               {[]string{"check", folder, "--select", "allergy/codded"}, exitUsage, []string{"allergy/coded"}},
		"no such day":                {[]string{"check", folder, "--as-of", "2026-02-30"}, exitUsage, []string{"want a date"}},
		"misspelt column in a rule":  {[]string{"check", folder, "--rules", badRules}, exitUsage, []string{"registred", "^", "did you mean registered?"}},
		"lists beyond the practice":  {[]string{"check", folder, "--level", "publish", "--worklist", "x"}, exitPrivacy, []string{"hint: "}},
		"annotations of a practice":  {[]string{"check", folder, "--format", "github"}, exitPrivacy, []string{"--format github is for a build server", "hint: add --level assessor"}},
		"a summary beside a report":  {[]string{"check", folder, "--format", "json", "--format", "summary=" + filepath.Join(badRules, "no", "s.md"), "--level", "practice"}, exitPrivacy, []string{"--format summary is for a build server"}},
		"report to nowhere":          {[]string{"check", folder, "--format", "html=" + filepath.Join(badRules, "no", "such", "r.html")}, exitOutput, []string{"could not write r.html"}},
		"too little memory asked":    {[]string{"check", folder, "--memory", "12"}, exitUsage, []string{"at least 64MiB"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := paperlight(t, test.args...)
			require.Equal(t, test.code, r.code, r.err)
			for _, say := range test.says {
				require.Contains(t, r.err, say)
			}
			require.NotContains(t, r.err, filepath.Dir(folder), "no absolute path")
			if test.code != exitMet && test.code != exitNotMet && test.code != exitNotJudged {
				require.Empty(t, r.out, "nothing goes to standard output")
			}
		})
	}
}

func TestFaultsAreCountedWithPositionsAndNeverShown(t *testing.T) {
	folder, _ := made(t, "--patients", "120", "--clean")
	edit(t, folder, "medications.csv", replaceCell("start_date", 3, "31/12/2019"))
	edit(t, folder, "patients.csv", replaceCell("sex", 2, "Male"))
	edit(t, folder, "allergies.csv", func(lines []string) []string { lines[4] += ",surplus"; return lines })
	edit(t, folder, "events.csv", func(lines []string) []string { return append(lines, "e-last") })
	r := paperlight(t, "inspect", folder)
	require.Zero(t, r.code, r.err)
	for _, say := range []string{
		"start_date: 1 value is not a date YYYY-MM-DD; first at medications.csv record 3",
		"sex: 1 value is not M, F, I or U; first at patients.csv record 2",
		"1 row was left out: a row needs a value in every required column, and as many fields as the header; first at allergies.csv record 4",
	} {
		require.Contains(t, r.out, say)
	}
	for _, value := range []string{"31/12/2019", "Male", "surplus", "e-last"} {
		require.NotContains(t, r.out+r.err, value)
	}
}

// A mark of 100 % bears half a percent of records that nobody can tell of, and
// lists them.
func TestWhatNobodyCanTellOfIsListed(t *testing.T) {
	folder, _ := made(t, "--patients", "1500", "--clean")
	var blanked []string
	edit(t, folder, "allergies.csv", func(lines []string) []string {
		head := strings.Split(lines[0], ",")
		status, id, category := slices.Index(head, "status"), slices.Index(head, "allergy_id"), slices.Index(head, "category")
		for i := 1; i < len(lines) && len(blanked) < 2; i++ {
			if cells := strings.Split(lines[i], ","); cells[status] == "active" && cells[category] == "drug" {
				blanked = append(blanked, cells[id])
				lines = replaceCell("status", i, "")(lines)
			}
		}
		return lines
	})
	lists := filepath.Join(t.TempDir(), "lists")
	r := checked(t, folder, "--worklist", lists)
	for _, c := range r.Practices[0].Accreditations[0].Criteria {
		if c.Rule == "allergy/coded" {
			require.Equal(t, report.Passed, c.Status)
		}
	}
	text, err := os.ReadFile(filepath.Join(lists, "allergy--coded.csv"))
	require.NoError(t, err)
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(records), 1)
	for _, record := range records[1:] { // those of registered patients
		require.Contains(t, blanked, record[2])
		require.Equal(t, "cannot be told", record[4])
	}
}

func TestWithheldColumnMakesItsRulesNotAssessable(t *testing.T) {
	folder, _ := made(t, "--patients", "120", "--clean")
	edit(t, folder, "allergies.csv", func(lines []string) []string {
		lines[0] = strings.Replace(lines[0], "is_degraded", "is_degraded_was", 1)
		return lines
	})
	r := checked(t, folder)
	found := false
	for _, a := range r.Practices[0].Accreditations {
		for _, c := range a.Criteria {
			if c.Rule == "allergy/no-degraded-drug-allergy" {
				found = true
				require.EqualValues(t, "not_assessable", c.Status)
			}
		}
	}
	require.True(t, found)
}

func TestTheDigestIsLeftOutOnRequest(t *testing.T) {
	folder, _ := made(t, "--patients", "50")
	with, without := checked(t, folder), checked(t, folder, "--no-digest")
	require.Len(t, with.Extract.SHA256, 64)
	require.Empty(t, without.Extract.SHA256)
	require.Equal(t, bare(t, with), bare(t, without))
}

// Each help lists the codes that its verb can give, and no other.
func TestTheHelpOfAVerbListsItsExitCodes(t *testing.T) {
	common := []string{"0", "7", "64", "70", "130", "141"}
	for verb, more := range map[string][]string{
		"": nil, "check": {"1", "3", "4", "5", "8"}, "inspect": {"3", "4", "5"}, "explain": {"3", "5"}, "declare new": {"3", "5"}, "bench": {"1", "3", "5"},
		"compare": {"1", "3"}, "evidence": {"3", "4", "5"}, "verify": {"3", "4", "5", "6"}, "trend": {"3"}, "history list": {"3"}, "history erase": {"3"}, "sample": {"3", "5"}, "sample read": {"1", "3", "5"}, "challenge handles": {"3"}, "challenge open": {"3"}, "challenge list": {"3"}, "challenge decide": {"3"}, "challenge": nil, "plan": {"3", "5"}, "shard": {"3", "4", "5"}, "merge": {"3", "4", "5"}, "assess": {"3", "4", "5"}, "area": {"3", "5"}, "convert": {"3", "5"}, "anonymise": {"3", "4", "5"},
		"generate": nil, "rules": nil, "rules list": nil, "rules test": {"1"}, "rules lint": {"1"}, "schema": nil, "version": nil,
	} {
		r := paperlight(t, append(strings.Fields(verb), "--help")...)
		require.Zero(t, r.code, r.err)
		_, list, found := strings.Cut(r.out, "Exit codes:\n")
		require.True(t, found, verb)
		var codes []string
		for _, line := range strings.Split(list, "\n") {
			if code, _, ok := strings.Cut(strings.TrimSpace(line), " "); ok && code[0] >= '0' && code[0] <= '9' {
				codes = append(codes, code)
			}
		}
		require.ElementsMatch(t, append(more, common...), codes, verb)
		require.True(t, slices.IsSortedFunc(codes, func(a, b string) int { return len(a) - len(b) }), verb)
	}
	for verb := range givesAlso {
		cmd, rest, err := newRoot(&console{}).Find(strings.Fields(verb))
		require.NoError(t, err, verb)
		require.Empty(t, rest, verb)
		require.Equal(t, "paperlight "+verb, cmd.CommandPath())
	}
}

func TestAGateThatCouldNotBeJudgedHasACodeOfItsOwn(t *testing.T) {
	c := &console{err: &bytes.Buffer{}}
	require.Equal(t, exitNotJudged, exitCode(context.Background(), c, errNotJudged))
	require.Equal(t, exitNotMet, exitCode(context.Background(), c, errNotMet))
	require.Empty(t, c.err)
	require.Equal(t, 8, exitNotJudged)
}

func TestTheProgramGivesTheCodesOfItsWorker(t *testing.T) {
	folder, _ := made(t, "--patients", "300")
	require.Zero(t, really(t, "check", folder, "--allow-test-numbers", "--fail-on", "never").code)
	require.Equal(t, exitNotMet, really(t, "check", folder).code, "the 999 range is a blocker")
	r := really(t, "check", filepath.Join(folder, "practice.csv"))
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "hint: ")
	for _, args := range [][]string{{workerVerb}, {workerVerb, "check", folder}, {workerVerb, "true,true,true,80", "3,4", "check", folder}, {workerVerb, "true,true,true,80", "0,1", "check", folder}} {
		r := really(t, args...)
		require.Equal(t, exitUsage, r.code, "people do not start workers")
		require.Contains(t, r.err, "internal command")
	}
}
