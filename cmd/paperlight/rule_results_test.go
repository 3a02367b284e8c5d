package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/junit"
	"paperlight/analyzer/rulereport"
)

// drafted makes a folder "ours" with the draft of one rule, whose case fails.
func drafted(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	r := paperlight(t, "rules", "new", "local/phone-recorded", "--dir", "ours")
	require.Zero(t, r.code, r.err)
}

func suitesOf(t *testing.T, text string) *junit.Suites {
	t.Helper()
	var all junit.Suites
	require.NoError(t, xml.Unmarshal([]byte(text), &all))
	require.NotContains(t, text, "time")
	return &all
}

func TestCasesInEveryForm(t *testing.T) {
	drafted(t)
	r := paperlight(t, "rules", "test", "ours", "--format", "text", "--format", "json=cases.json", "--format", "junit=cases.xml")
	require.Equal(t, exitNotMet, r.code, r.err)
	require.Contains(t, r.out, "1 rule, 1 case, 1 run, 1 failure\n")

	text, err := os.ReadFile("cases.json")
	require.NoError(t, err)
	var tested rulereport.Tested
	require.NoError(t, json.Unmarshal(text, &tested))
	require.Equal(t, 1, tested.Failures)
	require.Nil(t, tested.Mutation)
	require.Equal(t, "local/phone-recorded", tested.Rules[0].Rule)
	one := tested.Rules[0].Cases[0]
	require.Equal(t, "first case", one.Name)
	require.Equal(t, []rulereport.Finding{{Severity: "error", File: "ours/local/testdata/phone-recorded.txtar", Line: 16, Message: "row 3 of patients (p3): want numerator, got failing"}}, one.Failures)

	text, err = os.ReadFile("cases.xml")
	require.NoError(t, err)
	all := suitesOf(t, string(text))
	require.Equal(t, [2]int{1, 1}, [2]int{all.Tests, all.Failures})
	require.Equal(t, "local/phone-recorded", all.Suites[0].Name)
	failure := all.Suites[0].Cases[0].Failure
	require.Equal(t, "ours/local/testdata/phone-recorded.txtar:16: row 3 of patients (p3): want numerator, got failing", failure.Message)
	again := paperlight(t, "rules", "test", "ours", "--format", "junit")
	require.Equal(t, string(text), again.out, "equal cases, equal bytes")
}

func TestPassingCasesAndWeakenedOnesInEveryForm(t *testing.T) {
	r := paperlight(t, "rules", "test", "--select", "demographics/sex-recorded", "--divisions", "1", "--mutate", "--format", "junit")
	require.Zero(t, r.code, r.err)
	all := suitesOf(t, r.out)
	require.Zero(t, all.Failures)
	require.Equal(t, "demographics/sex-recorded", all.Suites[0].Name)
	require.Equal(t, "every change is noticed", all.Suites[1].Cases[0].Name)
	r = paperlight(t, "rules", "test", "--select", "demographics/sex-recorded", "--divisions", "1", "--mutate", "--format", "json")
	require.Zero(t, r.code, r.err)
	var tested rulereport.Tested
	require.NoError(t, json.Unmarshal([]byte(r.out), &tested))
	require.Positive(t, tested.Mutation.Changes)
	require.Empty(t, tested.Mutation.NotNoticed)
}

func TestLintInEveryForm(t *testing.T) {
	drafted(t)
	r := paperlight(t, "rules", "lint", "ours", "--format", "json", "--format", "junit=lint.xml")
	require.Equal(t, exitNotMet, r.code, r.err)
	require.Contains(t, r.err, "6 errors, 1 warning\n")
	var linted rulereport.Linted
	require.NoError(t, json.Unmarshal([]byte(r.out), &linted))
	require.Len(t, linted.Findings, 7)
	require.Equal(t, "warning", linted.Findings[0].Severity)
	require.Equal(t, rulereport.Finding{Severity: "error", Check: "draft", File: "ours/local/phone-recorded.md", Line: 14, Column: 6, Message: "the text of the draft stands here still",
		Hint: "write what to do about what fails"}, linted.Findings[2])
	text, err := os.ReadFile("lint.xml")
	require.NoError(t, err)
	all := suitesOf(t, string(text))
	require.Equal(t, 7, all.Failures)
	require.Greater(t, all.Tests, 100, "a case for each rule that has nothing")
	require.Zero(t, paperlight(t, "rules", "lint").code, "the built-in rules have nothing")
}

// A build server looks for files below the folder that the command ran in, whatever
// folder was named and in which way.
func TestBuildServersFindTheFiles(t *testing.T) {
	drafted(t)
	require.NoError(t, os.MkdirAll(filepath.Join("checks", "practice"), 0o700))
	require.NoError(t, os.Rename("ours", filepath.Join("checks", "practice", "ours")))
	whole, err := filepath.Abs(filepath.Join("checks", "practice", "ours"))
	require.NoError(t, err)
	const page = "checks/practice/ours/local/phone-recorded.md"
	for _, folder := range []string{"checks/practice/ours", "./checks/../checks/practice/ours/", whole} {
		r := paperlight(t, "rules", "lint", folder, "--format", "github", "--format", "sarif=lint.sarif")
		require.Equal(t, exitNotMet, r.code, r.err)
		require.Contains(t, r.out, "::error file="+page+",line=14,col=6,title=rules lint%3A draft::the text of the draft stands here still%0Ahint: ")
		require.Equal(t, 7, strings.Count(r.out, "\n"))
		text, err := os.ReadFile("lint.sarif")
		require.NoError(t, err)
		require.Equal(t, 6, strings.Count(string(text), `"uri": "`+page+`"`))
		require.NotContains(t, string(text), filepath.ToSlash(filepath.Dir(whole)), "no path of this machine")

		r = paperlight(t, "rules", "test", folder, "--format", "github", "--format", "sarif=lint.sarif")
		require.Equal(t, exitNotMet, r.code, r.err)
		require.Equal(t, "::error file=checks/practice/ours/local/testdata/phone-recorded.txtar,line=16,title=rules test%3A case::row 3 of patients (p3): want numerator, got failing\n", r.out)
	}
	t.Chdir("checks")
	require.NoError(t, os.Mkdir("elsewhere", 0o700))
	t.Chdir("elsewhere")
	r := paperlight(t, "rules", "lint", "../practice/ours", "--format", "github")
	require.Contains(t, r.out, "file=ours/local/phone-recorded.md,", "what lies elsewhere is named from its folder on")
	t.Chdir(whole)
	r = paperlight(t, "rules", "lint", ".", "--format", "github")
	require.Contains(t, r.out, "file=local/phone-recorded.md,")
	r = paperlight(t, "rules", "lint", "--format", "github")
	require.Equal(t, [2]any{0, ""}, [2]any{r.code, r.out}, "the built-in rules have nothing")
}

func TestFaultsOfMappingsInEveryForm(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("ours", 0o700))
	for name, text := range map[string]string{
		"bare.yaml": "id: a\ntitle: A\nsources:\n  p: {file: p.csv}\ntables:\n  patientz: [{from: p}]\n", "cut.yaml": "id: [a\n", "twice.yaml": "id: a\nid: b\n", "bytes.yaml": "id: \xff\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join("ours", name), []byte(text), 0o600))
	}
	all := []string{"mapping", "lint", "ours/bare.yaml", "ours/cut.yaml", "ours/twice.yaml", "ours/bytes.yaml"}
	plain := paperlight(t, all...)
	require.Equal(t, exitUsage, plain.code)
	require.Empty(t, plain.out)
	for _, file := range []string{"bare.yaml:6:", "cut.yaml: [", "twice.yaml: [2:1]", "bytes.yaml: want text in UTF-8"} {
		require.Contains(t, plain.err, file, "the faults of every file are told")
	}
	r := paperlight(t, append(all, "--format", "github", "--format", "sarif=lint.sarif")...)
	require.Equal(t, exitUsage, r.code)
	require.Equal(t, plain.err, r.err)
	require.Contains(t, r.out, "::error file=ours/bare.yaml,line=6,col=")
	require.Contains(t, r.out, "::error file=ours/twice.yaml,line=2,col=1,title=mapping lint%3A mapping::")
	require.Contains(t, r.out, "::error file=ours/bytes.yaml,title=mapping lint%3A mapping::want text in UTF-8\n")
	text, err := os.ReadFile("lint.sarif")
	require.NoError(t, err)
	for _, file := range []string{"bare", "cut", "twice", "bytes"} {
		require.Contains(t, string(text), `"uri": "ours/`+file+`.yaml"`)
	}
	r = paperlight(t, "mapping", "lint", "ours/bare.yaml", "--format", "sarif=ours/bare.yaml")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.err, "would be written over", "a form does not go over the mapping")
	r = paperlight(t, "mapping", "lint", "ours/none.yaml", "--format", "sarif=new.sarif")
	require.Equal(t, exitUsage, r.code)
	require.NoFileExists(t, "new.sarif")
}

// What does not load is wrong usage, whatever the form; so is a form that there is not.
func TestResultsOfRulesThatDoNotLoad(t *testing.T) {
	drafted(t)
	for _, verb := range []string{"test", "lint"} {
		r := paperlight(t, "rules", verb, "ours", "--format", "html")
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, "want one of github, json, junit, sarif, text")
		r = paperlight(t, "rules", verb, "ours", "--format", "json=ours/x.json")
		require.Equal(t, exitUsage, r.code, "a form does not go among the rules")
		r = paperlight(t, "rules", verb, "ours", "--format", "json="+filepath.Join("no", "such", "x.json"))
		require.Equal(t, exitOutput, r.code, r.err)
	}
	change(t, filepath.Join("ours", "local", "phone-recorded.md"), "where: registered", "where: registred")
	for _, verb := range []string{"test", "lint"} {
		r := paperlight(t, "rules", verb, "ours", "--format", "json", "--format", "junit=x.xml")
		require.Equal(t, exitUsage, r.code)
		require.Contains(t, r.err, "did you mean registered?")
		require.Empty(t, r.out)
		require.NoFileExists(t, "x.xml")
	}
}

// docs/rule-results.md names every field of the JSON forms.
func TestTheFieldsOfRuleResultsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "rule-results.md"))
	require.NoError(t, err)
	r := paperlight(t, "rules", "test", "--select", "demographics/sex-recorded", "--divisions", "1", "--mutate", "--format", "json")
	drafted(t)
	text := r.out + paperlight(t, "rules", "test", "ours", "--format", "json").out + paperlight(t, "rules", "lint", "ours", "--format", "json").out
	keys := map[string]bool{}
	for _, key := range regexp.MustCompile(`"([a-z0-9_]+)":`).FindAllStringSubmatch(text, -1) {
		keys[key[1]] = true
	}
	require.Greater(t, len(keys), 15)
	for key := range keys {
		require.True(t, strings.Contains(string(doc), "`"+key+"`") || strings.Contains(string(doc), "[]."+key+"`"), key)
	}
}
