package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer"
	"paperlight/analyzer/report"
	"paperlight/rules"
)

// asked returns the questions that an extract leaves open.
func asked(t *testing.T, args ...string) string {
	t.Helper()
	r := paperlight(t, append([]string{"declare", "new", "--allow-test-numbers", "--out", "-"}, args...)...)
	require.Zero(t, r.code, r.err)
	return r.out
}

// filled gives every question the same answer.
func filled(questions, answer, date string) string {
	return strings.NewReplacer("  answer:\n", "  answer: "+answer+"\n", "  date:\n", "  date: "+date+"\n",
		"  evidence:\n", "  evidence: letter in the contract file\n", "  role:\n", "  role: practice manager\n").Replace(
		regexp.MustCompile(`  count:.*`).ReplaceAllString(questions, "  count: 0"))
}

// written writes a file of answers and returns its path.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), analyzer.AnswersName)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// criterion finds the first criterion of a rule, and the notes of its result.
func criterion(t *testing.T, p *report.PracticeReport, rule string) (report.Criterion, []string) {
	t.Helper()
	var notes []string
	for _, r := range p.Results {
		if r.Rule == rule {
			notes = r.Notes
		}
	}
	for _, a := range p.Accreditations {
		for _, c := range a.Criteria {
			if c.Rule == rule {
				return c, notes
			}
		}
	}
	require.Fail(t, "the scheme has no "+rule)
	return report.Criterion{}, nil
}

func TestAnswersSettleWhatTheExtractLeavesOpen(t *testing.T) {
	folder, _ := made(t, "--patients", "120", "--clean")
	questions := asked(t, folder)
	require.Contains(t, questions, "# Is it true that the audit trail of the clinical system is switched on?\n#   (paper-light/audit-trail-on)\n")
	require.Contains(t, questions, "# Answer yes, no or supplier_hosted. Valid for 12 months.\n- key: audit-trail-on\n  answer:\n  date:\n  evidence:\n  role:\n")
	require.Contains(t, questions, "  count: # scanned documents that wait for their patient\n")
	require.NotContains(t, questions, "documents-filed-promptly", "the extract shows it")

	bare0 := bare(t, checked(t, folder))
	require.Equal(t, bare0, bare(t, checked(t, folder, "--declarations", written(t, questions))), "an unanswered question is no answer")

	answers := written(t, filled(questions, "yes", "2026-03-01"))
	lists := t.TempDir() // the level of a product stands in a list that ships empty
	require.NoError(t, os.WriteFile(filepath.Join(lists, "dmd-product-level.csv"), []byte("system,code,term\ndmd,322236009,\n"), 0o600))
	r := checked(t, folder, "--declarations", answers, "--codelists", lists)
	p := &r.Practices[0]
	for _, a := range p.Accreditations {
		require.Empty(t, a.AnswersNeeded, a.ID)
		for _, c := range a.Criteria {
			require.NotEqual(t, report.NotAssessable, c.Status, c.Rule)
		}
	}
	c, notes := criterion(t, p, "paper-light/audit-trail-on")
	require.Equal(t, report.Passed, c.Status)
	require.Equal(t, "declared", c.Basis)
	require.Equal(t, []string{"declared yes on 1 March 2026 (role: practice manager; evidence: letter in the contract file)"}, notes)
	c, _ = criterion(t, p, "scr/opt-outs-all-coded")
	require.Equal(t, report.Passed, c.Status, "as many refusals as forms: none")
	require.Equal(t, "measured", c.Basis)

	again := paperlight(t, "declare", "new", folder, "--allow-test-numbers", "--declarations", answers, "--out", filepath.Join(t.TempDir(), "more.yaml"))
	require.Zero(t, again.code)
	require.Equal(t, "Nothing is left to ask, so no file was written.\n", again.err)
}

func TestStaleAnswersAreAskedAgain(t *testing.T) {
	folder, _ := made(t, "--patients", "60", "--clean")
	questions := asked(t, folder)
	stale := written(t, filled(questions, "yes", "2024-02-29"))
	p := &checked(t, folder, "--declarations", stale).Practices[0]
	c, notes := criterion(t, p, "paper-light/restore-validated")
	require.Equal(t, report.NotAssessable, c.Status)
	require.Equal(t, []string{"declarations.yaml line 104, date: the answer of 29 February 2024 is too old: answer again"}, notes)
	c, _ = criterion(t, p, "paper-light/commissioner-consent")
	require.Equal(t, report.Passed, c.Status, "a letter of consent stands until it is withdrawn")

	again := asked(t, folder, "--declarations", stale)
	require.Contains(t, again, "# Why we ask: declarations.yaml line 104, date: the answer of 29 February 2024 is too old: answer\n")
	require.NotContains(t, again, "commissioner-consent")
}

func TestRecordsOutrankAnswers(t *testing.T) {
	folder, _ := made(t, "--patients", "120", "--clean")
	answers := "- key: documents-filed-promptly\n  answer: no\n  date: 2026-03-01\n  evidence: tray\n  role: secretary\n"
	c, notes := criterion(t, &checked(t, folder, "--declarations", written(t, answers)).Practices[0], "paper-light/document-filed-promptly")
	require.Equal(t, report.Passed, c.Status)
	require.Equal(t, "measured", c.Basis)
	require.Contains(t, notes, "the answer and the records disagree: the records count")

	require.NoError(t, os.Remove(filepath.Join(folder, "documents.csv")))
	questions := asked(t, folder)
	require.Contains(t, questions, "- key: documents-filed-promptly\n")
	require.Contains(t, questions, "# Why we ask: The extract has no documents")
	c, _ = criterion(t, &checked(t, folder, "--declarations", written(t, answers)).Practices[0], "paper-light/document-filed-promptly")
	require.Equal(t, report.Failed, c.Status)
	require.Equal(t, "declared", c.Basis)
}

func TestAnswersInTheExtract(t *testing.T) {
	folder, _ := made(t, "--patients", "60", "--clean")
	plain := bare(t, checked(t, folder))
	answers := written(t, "- key: audit-trail-on\n  answer: yes\n  date: 2026-03-01\n  evidence: screen\n  role: practice manager\n")
	want := bare(t, checked(t, folder, "--declarations", answers))
	require.NotEqual(t, plain, want)

	text, err := os.ReadFile(answers)
	require.NoError(t, err)
	lying := filepath.Join(folder, analyzer.AnswersName)
	require.NoError(t, os.WriteFile(lying, text, 0o600))
	require.Equal(t, want, bare(t, checked(t, folder)))
	require.Equal(t, want, bare(t, checked(t, folder, "--declarations", lying)))

	archive := filepath.Join(t.TempDir(), "extract.zip")
	f, err := os.Create(archive)
	require.NoError(t, err)
	w := zip.NewWriter(f)
	require.NoError(t, w.AddFS(os.DirFS(folder)))
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
	require.Equal(t, want, bare(t, checked(t, archive)))

	outer := filepath.Join(t.TempDir(), "outer")
	require.NoError(t, os.CopyFS(filepath.Join(outer, "inner"), os.DirFS(folder)))
	require.Equal(t, want, bare(t, checked(t, outer)))
	require.NoError(t, os.WriteFile(filepath.Join(outer, analyzer.AnswersName), text, 0o600))
	r := paperlight(t, "check", outer, "--allow-test-numbers")
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "declarations.yaml and inner/declarations.yaml are both files of answers\nhint: ")

	require.NoError(t, os.WriteFile(lying, []byte("- key: audit-trail-on\n  answer: perhaps\n"), 0o600))
	r = paperlight(t, "check", folder, "--allow-test-numbers")
	require.Equal(t, exitInput, r.code)
	require.Contains(t, r.err, "made/declarations.yaml:2:11: the answer for the question audit-trail-on is not one that can be read: write yes, no or supplier_hosted")

	require.NoError(t, os.Remove(lying))
	table := "key,answer,date,evidence,role\naudit-trail-on,yes,2026-03-01,screen,practice manager\naudit-trial-on,no,2026-03-02,screen,practice manager\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "declarations.csv"), []byte(table), 0o600))
	told := checked(t, folder)
	c, _ := criterion(t, &told.Practices[0], "paper-light/audit-trail-on")
	require.Equal(t, "declared", c.Basis)
	require.Contains(t, told.Notes, "declarations.csv record 2, key: no rule asks for an answer of this name. It counts for nothing. Did you mean audit-trail-on?")
}

func TestFaultyAnswersAreRefusedWithTheirPlace(t *testing.T) {
	folder, _ := made(t, "--patients", "60")
	for name, test := range map[string]struct{ text, say string }{
		"a misspelt key":       {"- key: audit-trial-on\n  answer: yes\n", "declarations.yaml:1:8: no rule asks for an answer of this name\n    hint: did you mean audit-trail-on?"},
		"an unknown field":     {"- key: audit-trail-on\n  anser: yes\n", "declarations.yaml:2:3: an answer has no key \"anser\"\n    hint: did you mean answer?"},
		"no date":              {"- key: audit-trail-on\n  answer: yes\n  date: 31/13/2026\n", "declarations.yaml:3:9: the date for the question audit-trail-on is not one that can be read: write it as 2026-03-31 or 31/3/2026"},
		"not a list":           {"key: audit-trail-on\n", "declarations.yaml:1:1: want a list of answers"},
		"not YAML":             {"- key: [audit\n", "declarations.yaml:1:"},
		"another practice":     {"- key: audit-trail-on\n  practice: Z9\n  answer: yes\n", "declarations.yaml:1:1: the extract has no practice of this id"},
		"a count that is none": {"- key: unmatched-documents-cleared\n  count: few\n", "declarations.yaml:2:10: the count for the question unmatched-documents-cleared is not one that can be read: write a whole number, such as 0 or 12"},
	} {
		t.Run(name, func(t *testing.T) {
			r := paperlight(t, "check", folder, "--allow-test-numbers", "--declarations", written(t, test.text))
			require.Equal(t, exitInput, r.code, r.err)
			require.Contains(t, r.err, test.say)
			require.NotContains(t, r.err, "31/13/2026")
			require.Empty(t, r.out)
		})
	}
}

func TestQuestionsAreNotWrittenOverAnswers(t *testing.T) {
	folder, _ := made(t, "--patients", "60")
	path := written(t, "mine")
	r := paperlight(t, "declare", "new", folder, "--allow-test-numbers", "--out", path)
	require.Equal(t, exitOutput, r.code)
	require.Contains(t, r.err, "declarations.yaml exists already\nhint: ")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "mine", string(text))

	fresh := filepath.Join(t.TempDir(), "fresh.yaml")
	r = paperlight(t, "declare", "new", folder, "--allow-test-numbers", "--out", fresh)
	require.Zero(t, r.code, r.err)
	text, err = os.ReadFile(fresh)
	require.NoError(t, err)
	require.Contains(t, r.err, "fresh.yaml: "+strconv.Itoa(strings.Count(string(text), "\n- key: "))+" questions.")
}

func TestEachPracticeIsAsked(t *testing.T) {
	folder, _ := made(t, "--patients", "60", "--practices", "2", "--clean")
	questions := asked(t, folder)
	catalogue, err := rules.Embedded()
	require.NoError(t, err)
	given, err := rules.ParseAnswers("q.yaml", []byte(filled(questions, "yes", "2026-03-01")), catalogue.AnswerTerms())
	require.NoError(t, err)
	practices := map[string]int{}
	for _, a := range given {
		practices[a.Practice]++
	}
	require.Len(t, practices, 2)
	r := checked(t, folder, "--declarations", written(t, filled(questions, "yes", "2026-03-01")))
	for i := range r.Practices {
		require.NotZero(t, practices[r.Practices[i].PracticeID])
		c, _ := criterion(t, &r.Practices[i], "paper-light/audit-trail-on")
		require.Equal(t, report.Passed, c.Status)
	}
}

// TestFormsOfRefusalAreEvidenceLikeAnyAnswer tries the count that a blocker
// compares with the records, in every state that is no evidence.
func TestFormsOfRefusalAreEvidenceLikeAnyAnswer(t *testing.T) {
	folder, _ := made(t, "--patients", "120", "--clean")
	const whole = "- key: scr-opt-out-forms\n  answer: yes\n  count: 0\n  date: 2026-03-01\n  evidence: folder\n  role: secretary\n"
	judged := func(answers string) (report.Criterion, string, *report.Report) {
		r := checked(t, folder, "--scheme", "scr-2010", "--declarations", written(t, answers))
		p := &r.Practices[0]
		c, _ := criterion(t, p, "scr/opt-outs-all-coded")
		at := slices.IndexFunc(p.Results, func(r report.Result) bool { return r.Rule == c.Rule })
		return c, strings.Join(p.Results[at].Remarks(), "\n"), r
	}
	c, notes, r := judged(whole)
	require.Equal(t, report.Passed, c.Status)
	require.Regexp(t, "Declared on 1 March 2026 \\(role: secretary; evidence: folder\\)", notes)
	require.NotContains(t, strings.Join(r.Notes, "\n"), "scr-opt-out-forms", "a rule asks for it")

	c, notes, _ = judged(strings.Replace(whole, "count: 0", "count: 1000000", 1))
	require.Equal(t, report.Failed, c.Status)
	require.Contains(t, notes, "forms and letters of refusal from patients still registered: 1,000,000.")
	require.Regexp(t, "Registered patients whose refusal is coded: [0-9]+", notes, "both figures are there")

	for name, change := range map[string][2]string{
		"without its count":  {"  count: 0\n", ""},
		"no":                 {"answer: yes", "answer: no"},
		"not applicable":     {"answer: yes", "answer: not_applicable"},
		"of long ago":        {"2026-03-01", "2010-01-01"},
		"of another day":     {"2026-03-01", "2099-01-01"},
		"without evidence":   {"  evidence: folder\n", ""},
		"without a role":     {"  role: secretary\n", ""},
		"without a date":     {"  date: 2026-03-01\n", ""},
		"too old for counts": {"2026-03-01", "2025-12-30"},
	} {
		t.Run(name, func(t *testing.T) {
			answers := strings.Replace(whole, change[0], change[1], 1)
			c, notes, r := judged(answers)
			require.Equal(t, report.NotAssessable, c.Status)
			require.NotEmpty(t, notes)
			require.Contains(t, r.Practices[0].Accreditations[2].AnswersNeeded, "scr/opt-outs-all-coded")
			again := asked(t, folder, "--scheme", "scr-2010", "--declarations", written(t, answers))
			require.Contains(t, again, "- key: scr-opt-out-forms\n", "it is asked again")
			require.Contains(t, again, "# Why we ask: "+notes[:20])
		})
	}

	table := "key,answer,count,date,evidence,role\nscr-opt-out-forms,yes,-5,2026-03-01,folder,secretary\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "declarations.csv"), []byte(table), 0o600))
	r = checked(t, folder, "--scheme", "scr-2010")
	c, told := criterion(t, &r.Practices[0], "scr/opt-outs-all-coded")
	require.Equal(t, report.NotAssessable, c.Status)
	require.Equal(t, []string{"declarations.csv record 1, count: the answer of 1 March 2026 has a count below zero"}, told)
}

// TestNotApplicableIsNoAnswerToABlocker gives it to every question.
func TestNotApplicableIsNoAnswerToABlocker(t *testing.T) {
	folder, _ := made(t, "--patients", "120", "--clean")
	for _, scheme := range []string{"england-2026", "scr-2010"} {
		answers := written(t, filled(asked(t, folder, "--scheme", scheme), "Not_applicable", "1/3/2026"))
		p := &checked(t, folder, "--scheme", scheme, "--declarations", answers).Practices[0]
		for _, rule := range []string{"paper-light/commissioner-consent", "paper-light/audit-trail-on", "medication/prescribed-items-recorded"} {
			c, notes := criterion(t, p, rule)
			require.Equal(t, report.NotAssessable, c.Status, rule)
			require.Contains(t, strings.Join(notes, "\n"), "is not one that this question takes: yes", rule)
		}
		for _, a := range p.Accreditations {
			if a.ID == "paper-light" || a.ID == "scr" {
				require.Contains(t, []report.Verdict{report.NotReady, report.AnswersNeeded}, a.Verdict, a.ID)
			}
		}
	}
}
