package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRecordsAreCountedAsPeopleCountThem(t *testing.T) {
	require.Equal(t, "1 allergy entry", Records(1, "allergies"))
	require.Equal(t, "2,000 records", Records(2000, "unheard_of"))
	require.Equal(t, "1 patient", Records(1, "patients"))
}

func TestRatesAreTrue(t *testing.T) {
	most := Result{Rate: ptr(1.0), Numerator: ptr(int64(9999999)), Denominator: ptr(int64(10000000))}
	require.Equal(t, "over 99.9%", rate(&most, &Criterion{}))
	least := Result{Rate: ptr(0.0), Numerator: ptr(int64(1)), Denominator: ptr(int64(10000000))}
	require.Equal(t, "under 0.1%", rate(&least, &Criterion{}))
	missed := Result{Rate: ptr(0.79982)}
	require.Equal(t, "just under 80%", rate(&missed, &Criterion{Status: Failed, Threshold: "80%"}))
	require.Equal(t, "80%", rate(&missed, &Criterion{Status: Passed, Threshold: "70%"}))
	over := Result{Rate: ptr(0.0501)}
	require.Equal(t, "just over 5%", rate(&over, &Criterion{Status: Failed, Threshold: "<= 5%"}))
}

func TestFewRecordsAreExplained(t *testing.T) {
	few := Result{Numerator: ptr(int64(8)), Denominator: ptr(int64(9)), Interval: ptr([2]float64{0.565, 0.98})}
	require.Equal(t, []string{"Too few to judge. By chance alone the true rate could lie between 56.5% and 98%, on either side of the pass mark."},
		fewWords(&few, &Criterion{Status: TooFew, Threshold: "88%"}))
	require.Equal(t, []string{"There are few, but they are too far from the pass mark for it to be chance."}, fewWords(&few, &Criterion{Status: Failed, Threshold: "99%"}))
	require.Equal(t, []string{"There are few, but one is enough to miss this pass mark."}, fewWords(&few, &Criterion{Status: Failed, Threshold: "100%"}))
	require.Empty(t, fewWords(&few, &Criterion{Status: Passed, Threshold: "50%"}))
	few.Denominator = ptr(int64(EnoughToJudge))
	require.Empty(t, fewWords(&few, &Criterion{Status: Failed, Threshold: "99%"}))
}

func TestMarks(t *testing.T) {
	for threshold, want := range map[string]string{
		"80%": "at least 80%", "100%": "100%", "<= 0%": "none", "<= 5%": "at most 5%", "< 5%": "under 5%", "> 50%": "more than 50%", "yes": "the answer yes", "": "",
	} {
		require.Equal(t, want, markWords(threshold))
	}
}

func TestOpening(t *testing.T) {
	require.Equal(t, "Our own default", opening("Our own default. The percentage is ours."))
	require.Equal(t, "QOF 2006/07, MEDICINES 11", opening("QOF 2006/07, MEDICINES 11"))
	require.Equal(t, "", opening(""))
}

func TestOwners(t *testing.T) {
	require.Equal(t, "Practice team", who(""))
	require.Equal(t, "Whoever makes the extract or System supplier", who("file or supplier"))
	require.Equal(t, "Primary Care Support England (PCSE)", who("PCSE"))
	require.Equal(t, "Someone", who("someone"))
}

func TestWhatTheFileLacks(t *testing.T) {
	require.Equal(t, `The extract has no start date in medications or problems. The list of codes that this check needs, "x", is empty. You can give one with --codelists. The rule was not run.`,
		Lacks([]string{"medications.start_date", "problems", `codelist "x"`, "the rule was not run"}))
	require.Equal(t, "The extract has no code in allergies or agent code in allergies.", Lacks([]string{"allergies.code or allergies.agent_code"}))
	require.Equal(t, "The practice has not answered the question scr-forms yet.", Lacks([]string{"an answer of the practice: scr-forms"}))
	require.Equal(t, "Either one or the other is needed.", Lacks([]string{"either one or the other is needed"}))
}

func TestHeadlines(t *testing.T) {
	for want, r := range map[string]*Report{
		"Ready.":                        readySample(),
		"Not ready: 2 things stop you.": notReadySample(),
		"This extract is damaged or incomplete. Export it again. Nothing below is scored.": damagedSample(),
		"Only some checks were made, so there is no verdict: 2 things stop you.":           selectionSample(),
	} {
		require.Equal(t, want, pages(r, Options{})[0].Headline)
	}
	applying := readySample()
	applying.Scheme.ReadyTo = "apply"
	require.Equal(t, "Ready to apply.", pages(applying, Options{})[0].Headline, "where the scheme leads to an application")
	several := pages(severalSample(), Options{})
	require.Equal(t, "Nearly ready.", several[1].Headline)
	require.Equal(t, "Nearly ready; needs Data quality first", several[1].Standings[1].Words)
	require.Equal(t, "This extract cannot show whether you are ready: 1 check that can stop you cannot be made with this extract, and no answer can take its place. Run paperlight inside the practice, on an extract of the whole list.", several[2].Headline)
	misspelt := severalSample()
	misspelt.Extract.Slips = []string{"patients.csv: the column nhs_numbr is not used. Did you mean nhs_number?"}
	require.Contains(t, pages(misspelt, Options{})[2].Headline, "a name misspelt")
	require.Equal(t, "Not ready yet: 1 question for the practice to answer; it can stop you.", several[3].Headline)
	require.Equal(t, "1 question for the practice to answer; it can stop you", several[3].Standings[0].Words)

	r := notReadySample()
	r.Practices[0].Accreditations[0].BlockersFailed = []string{}
	require.Equal(t, "Not ready: the score is below 75.", pages(r, Options{})[0].Headline)
	r.Practices[0].Accreditations[0].BlockersFailed = []string{"nhs-number/unique"}
	r.Practices[0].Accreditations[0].BlockersUnjudged = []string{"nhs-number/verified"}
	r.Practices[0].Accreditations[0].Criteria[11].Severity = "blocker"
	headline := pages(r, Options{})[0].Headline
	require.Equal(t, "Not ready: 1 thing stops you; 1 more could not be checked.", headline)
	r.Practices[0].Accreditations = nil
	require.Equal(t, noScheme, pages(r, Options{})[0].Headline)
	r.Practices[0].Notes = []string{"withheld: the list is small"}
	require.Equal(t, "Withheld: the list is small.", pages(r, Options{})[0].Headline)
}

// A good verdict does not hide what is not met.
func TestGoodHeadlinesCountWhatIsNotMet(t *testing.T) {
	r := readySample()
	a := &r.Practices[0].Accreditations[0]
	for _, n := range []int{1, 3} {
		for i := range n {
			a.Criteria[i].Status = Failed
		}
		want := map[int]string{1: "; 1 check is not met and does not stop you", 3: "; 3 checks are not met and do not stop you"}[n]
		p := pages(r, Options{})[0]
		require.Equal(t, "Ready"+want+".", p.Headline)
		require.Equal(t, "Ready"+want, p.Standings[0].Words)
	}
	a.Verdict = NearlyReady
	require.Equal(t, "Nearly ready; 3 checks are not met yet.", pages(r, Options{})[0].Headline)
}

// The headline, the verdict on each accreditation and the file of questions count
// the same questions.
func TestQuestionsAreCountedOnce(t *testing.T) {
	open := func(needed, blocking []string, keys ...string) *PracticeReport {
		p := &PracticeReport{Accreditations: []Accreditation{{Verdict: AnswersNeeded, AnswersNeeded: needed, BlockersUnjudged: blocking}}}
		for _, key := range keys {
			p.Questions = append(p.Questions, Question{Key: key, Rules: []string{"s/" + key}})
		}
		return p
	}
	for want, p := range map[string]*PracticeReport{
		"": open(nil, nil, "a"),
		"1 question for the practice to answer; it can stop you":                                     open([]string{"s/a"}, []string{"s/a"}, "a", "b"),
		"2 questions for the practice to answer":                                                     open([]string{"s/a", "s/b"}, nil, "a", "b"),
		"2 questions for the practice to answer; each of them can stop you":                          open([]string{"s/a", "s/b"}, []string{"s/a", "s/b"}, "a", "b"),
		"2 questions for the practice to answer and 1 check to make by hand; 1 of them can stop you": open([]string{"s/a", "s/b", "s/few"}, []string{"s/few"}, "a", "b"),
		"1 check to make by hand; it can stop you":                                                   open([]string{"s/few"}, []string{"s/few"}),
	} {
		require.Equal(t, want, openWords(p, p.Accreditations))
	}
	// One question of two accreditations is one, and so is one of two rules.
	p := open([]string{"s/a", "s/also"}, []string{"s/also"}, "a")
	p.Questions[0].Rules = append(p.Questions[0].Rules, "s/also")
	p.Accreditations = append(p.Accreditations, p.Accreditations[0])
	require.Equal(t, "1 question for the practice to answer; it can stop you", openWords(p, p.Accreditations))
	p.Questions = append(p.Questions, Question{Key: "b", Rules: []string{"s/b"}})
	require.Equal(t, "2 questions are open in all, and the verdict waits for 1 of them. "+answerHow, asksWords(p, false))
	require.Contains(t, asksWords(p, true), answersOpen)
}

// Where two figures are held against one another, both stand in the job, and in the
// question where nobody can tell.
func TestFiguresThatAreComparedAreBothShown(t *testing.T) {
	read := Beside{Name: "issues", Title: "Issues in the record", Table: "issues", Denominator: ptr(int64(9876)), Missing: []string{}}
	given := Beside{Name: "items", Title: "Items dispensed", Table: "practice", Denominator: ptr(int64(1)), Value: ptr(12345.0), Missing: []string{}}
	near := Beside{Name: "near", Title: "Both are near", Table: "practice", Denominator: ptr(int64(1)), Numerator: new(int64), Missing: []string{}}
	both := "Items dispensed: 12,345. Issues in the record: 9,876. Both are near: no."
	r := notReadySample()
	p := &r.Practices[0]
	rule := "file/identifiers-intact" // of the practice as a whole
	for i := range p.Results {
		if p.Results[i].Rule == rule {
			p.Results[i].Beside = []Beside{given, read, near}
		}
	}
	find := readerOf(r, p, ruleTexts(r), Options{})
	for owner, about := range map[string]string{"practice": "practice", "file": "extract"} {
		j := find.job(&Criterion{Rule: rule, Status: Failed, Basis: "measured", Owner: owner})
		require.Equal(t, "This is about the whole "+about+", not about single records. "+both, j.count())
	}
	_, q := find.question(&Criterion{Rule: rule, Status: NotAssessable})
	require.Equal(t, both, q.Why)
	_, q = find.question(&Criterion{Rule: rule, Status: NotAssessable, Why: "too much is left out"})
	require.Equal(t, "Too much is left out. "+both, q.Why)

	find.results["demographics/sex-recorded"].Beside = []Beside{given}
	j := find.job(&Criterion{Rule: "demographics/sex-recorded", Status: Failed, Basis: "measured", Owner: "file", Failing: ptr(int64(22)), ToFix: ptr(int64(14)), Threshold: "100%"})
	require.Equal(t, "22 of 8,412 patients do not meet this. Items dispensed: 12,345.", j.count(), "whoever makes the extract puts no record right")
}

// Nothing is called listed of which no list is written.
func TestNothingIsListedWithoutAList(t *testing.T) {
	r := notReadySample()
	find := readerOf(r, &r.Practices[0], ruleTexts(r), Options{Worklists: worklists})
	text := "Book reviews for the listed patients, until each listed one has had one. The listed end."
	require.Equal(t, text, find.fix(&Criterion{Rule: "medication/four-repeats-reviewed", Basis: "measured"}, text))
	require.Equal(t, "Book reviews for these patients, until each such one has had one. These end.", find.fix(&Criterion{Rule: "s/other", Basis: "measured"}, text))
	require.Equal(t, "File the reports.", find.fix(&Criterion{Rule: "s/other", Basis: "declared"}, "File the listed reports."))
	for name, r := range samples() {
		for _, p := range pages(presentable(Release(r)), Options{}) {
			for _, g := range append(p.Groups, group{Jobs: p.Stops}) {
				for _, j := range g.Jobs {
					require.NotRegexp(t, `(?i)\blisted\b`, j.Fix, "%s: %s", name, j.Title)
				}
			}
		}
	}
}

// Of a hidden number of records nothing is said that was worked out of it.
func TestTimesOfHiddenCountsAreNotShown(t *testing.T) {
	r := publishedSample()
	r.Practices[0].Accreditations[0].BlockersFailed = []string{} // so that there are more jobs than are listed
	for _, p := range pages(r, Options{}) {
		hidden := 0
		for _, g := range append(p.Groups, group{Jobs: p.Stops}) {
			for _, j := range g.Jobs {
				if j.hidden {
					hidden++
					require.Empty(t, j.Time, j.Title)
					require.Equal(t, "The number of records is hidden at this level.", j.count())
				}
			}
		}
		require.Positive(t, hidden)
	}
	require.Empty(t, inAll([]job{{minutes: 10}, {minutes: 5, hidden: true}}))
	require.Equal(t, " and would take about 15 minutes", inAll([]job{{minutes: 10}, {minutes: 5}}))
}

func TestAFileThatStaysSaysWhatItWasNotAsked(t *testing.T) {
	r := readySample()
	require.Empty(t, pages(r, Options{})[0].Standings[0].Stays)
	r.Practices[0].Accreditations[0].NotAsked = []string{"nhs-number/unique"}
	said := "Judged as a file that stays in the practice. If it is to leave, this would stop you: “Every patient has a number of their own”. To judge it so, add --outgoing."
	require.Equal(t, said, pages(r, Options{})[0].Standings[0].Stays)
	for name, write := range map[string]func(io.Writer, Released, Options) error{"text": WriteText, "html": WriteHTML, "md": WriteMarkdown} {
		var out bytes.Buffer
		require.NoError(t, write(&out, Release(r), Options{}))
		require.Contains(t, strings.Join(strings.Fields(out.String()), " "), "a file that stays in the practice", name)
	}
}

func TestJobsThatGainMostComeFirst(t *testing.T) {
	p := pages(notReadySample(), Options{Worklists: worklists})[0]
	require.Equal(t, "Then the 5 jobs that gain most for their time", p.JobsTitle)
	require.Equal(t, "Practice team", p.Groups[0].Who, "the group with the best job")
	require.Equal(t, "Patients have their sex recorded", p.Groups[0].Jobs[0].Title, "3 points in 42 minutes are more than 7 in 870")
	require.Equal(t, "22 of 8,412 patients do not meet this. Put any 14 right to reach 99.9%. For 1 of them too little is recorded to tell, and that counts as not met.", p.Groups[0].Jobs[0].count())
	require.Equal(t, "about 40 minutes", p.Groups[0].Jobs[0].Time)
	require.Equal(t, "A clinician", p.Groups[1].Who)
	require.Equal(t, "80 of 340 patients do not meet this. Put any 12 right to reach 80%. For 1 of them too little is recorded to tell, and that counts as not met.", p.Groups[1].Jobs[0].count())
	require.Equal(t, "about 2 hours", p.Groups[1].Jobs[0].Time)
	require.Equal(t, "medication_four-repeats-reviewed.csv", p.Groups[1].Jobs[0].List)
	require.Equal(t, "3 of 8,412 patients do not meet this. Put all 3 right. For 1 of them too little is recorded to tell, and that counts as not met.", p.Stops[0].count())
	require.Equal(t, "1 of 8,412 patients does not meet this. Put it right. Too little is recorded to tell, and that counts as not met.", p.Stops[1].count())
	require.Empty(t, p.MoreJobs)
	require.Equal(t, "With all of this put right the score would be 100 for Data quality.", p.Reach)
}

// Nobody above the table reads codes, intervals or the assessor's words; and
// no form claims what only others can give.
func TestWordsAboveTheTable(t *testing.T) {
	for name, r := range samples() {
		var out bytes.Buffer
		require.NoError(t, WriteText(&out, Release(r), Options{}))
		text := strings.ToLower(out.String())
		for _, claim := range []string{"accredited", "approved", "certified"} {
			require.NotContains(t, text, claim, name)
		}
		require.Contains(t, text, strings.ToLower(careLine[:len("Not for direct care.")]))
		above, _, _ := strings.Cut(text, strings.ToLower(ledgerHeading))
		for _, word := range []string{"numerator", "denominator", "interval", "med-008", "nhs-002"} {
			require.NotContains(t, above, word, name)
		}
	}
}

func TestQuestionsComeByReason(t *testing.T) {
	p := pages(notReadySample(), Options{})[0]
	require.Empty(t, p.Answers, "the verdict does not wait for answers")
	var leads []string
	for _, a := range p.Unseen {
		leads = append(leads, a.Lead)
	}
	require.Equal(t, []string{answerLead, absentLead, fewLead}, leads)
	require.Equal(t, question{Title: "Is it true that NHS numbers are verified?", Why: "The extract has no NHS number status in patients.",
		Where: "The tracing screen of your clinical system."}, p.Unseen[1].Questions[0])
	require.Equal(t, "nhs-number-on-letters", p.Unseen[0].Questions[0].Declares)

	waiting := pages(severalSample(), Options{})[2]
	require.Equal(t, 1, questionCount(waiting.Unjudged), "it can stop the practice")
	require.Equal(t, `The extract has no NHS number key in patients. The list of codes that this check needs, "x", is empty. You can give one with --codelists.`, waiting.Unjudged[0].Questions[0].Why)
}

func TestWhatIsWorthKnowing(t *testing.T) {
	find := &reader{report: &Report{}}
	c := &Criterion{Status: Shown, Basis: "measured", Failing: ptr(int64(80))}
	text := RuleText{Table: "patients", Fix: "look at them"}
	require.Equal(t, "260 of 340 patients (76.5%). Look at them.",
		find.listed(c, text, Result{Numerator: ptr(int64(260)), Denominator: ptr(int64(340)), Rate: ptr(0.764706)}))
	require.Equal(t, "0 of 3,375 patients (0%).", find.listed(c, RuleText{Table: "patients"},
		Result{Numerator: new(int64), Denominator: ptr(int64(3375)), Rate: ptr(0.0)}))
	require.Equal(t, "77 of 77 medicines (100%).", find.listed(&Criterion{Failing: new(int64)}, RuleText{Table: "medications"},
		Result{Numerator: ptr(int64(77)), Denominator: ptr(int64(77)), Rate: ptr(1.0)}))
	few := Result{Denominator: ptr(int64(3375)), Suppressed: []string{"numerator", "rate"}}
	require.Equal(t, "There are 3,375 patients. How many meet this is hidden at this level.", find.listed(c, RuleText{Table: "patients"}, few),
		"where few are as asked for, those who are not are no finding")
	require.Equal(t, "0 of 50 patients (under 5%).", find.listed(c, RuleText{Table: "patients"},
		Result{Numerator: new(int64), Denominator: ptr(int64(50)), Suppressed: []string{"rate"}}))
	require.Equal(t, "Figure: 3.5. 80 patients found. Look at them.",
		find.listed(c, text, Result{Numerator: new(int64), Denominator: ptr(int64(80)), Value: ptr(3.5)}))
	require.Equal(t, "None found.", find.listed(&Criterion{Failing: new(int64)}, text, Result{Numerator: new(int64), Denominator: new(int64)}))
	require.Equal(t, "The number is hidden at this level.",
		find.listed(&Criterion{Suppressed: []string{"failing"}}, text, Result{Suppressed: []string{"denominator"}}))
}

func TestListsStayAtPracticeLevel(t *testing.T) {
	r := notReadySample()
	for level, want := range map[Level]string{Practice: "nhs-number_check-digit-valid.csv", Assessor: "", Publish: ""} {
		r.Level = level
		require.Equal(t, want, pages(r, Options{Worklists: worklists})[0].Stops[0].List)
	}
}
