package report

import (
	"slices"
	"strings"
)

// A check is one criterion of a sample report, by what it counted.
type check struct {
	rule, code, title, table string
	severity                 string
	weight                   int
	threshold                string
	status                   Status
	numerator, denominator   int64
	toFix                    int64
	owner, fix               string
	missing                  []string
	where                    string
	declares, basis          string
	value                    float64
}

func ptr[T any](v T) *T { return &v }

// practiceOf makes a practice with one accreditation of the checks.
func practiceOf(id, name string, verdict Verdict, checks []check) PracticeReport {
	p := PracticeReport{
		PracticeID: id, ODSCode: id, Name: name, AsOf: "2026-03-31", AsOfFrom: "the extract",
		RegisteredPatients: ptr(int64(8412)), Results: []Result{}, Requirements: []Requirement{}, Questions: []Question{}, Notes: []string{},
	}
	a := Accreditation{
		ID: "data-quality", Title: "Data quality", Verdict: verdict,
		BlockersFailed: []string{}, BlockersUnjudged: []string{}, AnswersNeeded: []string{}, Undecided: []string{},
		WaitsFor: []string{}, NotAsked: []string{}, Criteria: []Criterion{},
	}
	var judged, left, score int64 = 0, 10000, 0
	var met, weights int64
	for _, c := range checks {
		if c.status == Passed || c.status == Failed {
			judged += int64(c.weight)
		}
	}
	for _, c := range checks {
		r, line := c.result(), c.criterion()
		if (c.status == Passed || c.status == Failed) && verdict != Damaged {
			line.Of = left * int64(c.weight) / judged
			left, judged = left-line.Of, judged-int64(c.weight)
		}
		if c.status == Passed {
			line.Points = line.Of
		}
		score += line.Points
		if c.severity == "blocker" && c.status == Failed {
			a.BlockersFailed = append(a.BlockersFailed, c.rule)
		}
		if c.severity == "blocker" && (c.status == NotAssessable || c.status == TooFew) {
			a.BlockersUnjudged = append(a.BlockersUnjudged, c.rule)
		}
		if c.declares != "" && c.status == NotAssessable {
			blocks := c.severity == "blocker"
			p.Questions = append(p.Questions, Question{Key: c.declares, Rules: []string{c.rule}, Needed: blocks && verdict == AnswersNeeded, Blocks: blocks})
		}
		weights += int64(c.weight)
		if c.status == Passed {
			met += int64(c.weight)
		}
		p.Results = append(p.Results, r)
		a.Criteria = append(a.Criteria, line)
	}
	if verdict != Damaged {
		a.Score, a.Coverage, a.AssuredScore = &score, ptr(int64(9345)), ptr(met*10000/weights)
	}
	if verdict == AnswersNeeded {
		a.AnswersNeeded = a.BlockersUnjudged
	}
	p.Accreditations = []Accreditation{a}
	return p
}

func (c *check) result() Result {
	r := Result{Rule: c.rule, Code: c.code, Missing: []string{}, Notes: []string{}}
	r.Missing = append(r.Missing, c.missing...)
	if c.status == NotAssessable || c.basis == "declared" {
		return r
	}
	r.Numerator, r.Denominator = ptr(c.numerator), ptr(c.denominator)
	r.Excluded, r.Undetermined, r.Unknown = ptr(int64(3)), ptr(int64(0)), ptr(int64(1))
	if c.value != 0 {
		r.Value = ptr(c.value)
	}
	if c.denominator > 0 && c.status != Shown {
		r.Rate = ptr(float64(c.numerator*1000000/c.denominator) / 1e6)
		if c.table != "practice" {
			r.Interval = ptr([2]float64{*r.Rate * 0.9, *r.Rate})
			if c.status == TooFew {
				r.Interval = ptr([2]float64{0.3, 0.903})
			}
		}
	}
	return r
}

func (c *check) criterion() Criterion {
	line := Criterion{
		Rule: c.rule, Requirement: "E3", Severity: c.severity, Weight: c.weight, Threshold: c.threshold,
		ThresholdFrom: "our own default", Status: c.status, Basis: c.basis, Owner: c.owner,
	}
	if line.Basis == "" && c.status != NotAssessable {
		line.Basis = "measured"
	}
	if c.status != NotAssessable && c.basis != "declared" {
		line.Failing, line.ToFix, line.Progress = ptr(c.denominator-c.numerator), ptr(c.toFix), ptr(int64(9000))
	}
	return line
}

// reportOf wraps practices; the rules' texts come from the checks.
func reportOf(checks []check, practices ...PracticeReport) *Report {
	r := &Report{
		SchemaVersion: SchemaVersion,
		Tool:          Tool{Name: "paperlight", Version: "0.1.0"},
		Extracts: []ExtractRead{{Name: "march-extract", System: "canonical", Format: "csv", SHA256: strings.Repeat("3f", 32), Options: []Option{},
			Integrity: Integrity{Lists: []string{}, Unvouched: 2, Files: []string{"events.csv", "patients.csv"}}}},
		Options: []Option{},
		Extract: Extract{
			Name: "march-extract", System: "canonical", Format: "csv", SHA256: strings.Repeat("3f", 32), Slips: []string{},
			Tables: []Table{
				{Table: "practice", Rows: 1, DuplicateIDs: ptr(int64(0)), AbsentColumns: []string{}, Faults: []Fault{}},
				{Table: "patients", Rows: 9120, Rejected: 2, Malformed: 1, DuplicateIDs: ptr(int64(0)), AbsentColumns: []string{"twin_key"}, Faults: []Fault{
					{Column: "birth_date", Want: "a date YYYY-MM-DD", Count: 1, First: []Position{{File: "patients.csv", Record: 1041}}},
				}},
				{Table: "medications", Rows: 51230, Orphans: 12, AbsentColumns: []string{}, Faults: []Fault{}},
			},
		},
		Scheme: Scheme{ID: "england-2026", Version: "1", Title: "Readiness for Data Quality and Paper Light, England 2026",
			Statement: "A local reading of published requirements.\nIt is not a national scheme.", SHA256: strings.Repeat("0a", 32)},
		Rules:     RuleSet{Version: "1", SHA256: strings.Repeat("b4", 32), Count: len(checks)},
		Level:     Practice,
		Practices: practices,
		RuleTexts: []RuleText{},
		Notes:     []string{"the as-of date is the last day the extract covers"},
	}
	for _, c := range checks {
		evidence := "data"
		if c.declares != "" {
			evidence = "declared"
		}
		r.RuleTexts = append(r.RuleTexts, RuleText{
			Rule: c.rule, Code: c.code, Title: c.title, Question: "Is it true that " + strings.Replace(strings.ToLower(c.title), "nhs", "NHS", 1) + "?", Dimension: "completeness", Table: c.table, Fix: c.fix, Where: c.where,
			Owner: c.owner, Evidence: evidence, Declares: c.declares, MinutesEach: map[string]int{"practice": 3, "clinician": 10, "pcse": 15}[c.owner],
		})
	}
	return r
}

func failingChecks() []check {
	return []check{
		{rule: "allergy/status-recorded", code: "ALG-001", title: "Patients have their allergy status recorded", table: "patients", severity: "major",
			weight: 6, threshold: "70%", status: Passed, numerator: 7012, denominator: 8412, owner: "clinician", fix: "Ask about allergies and code the answer."},
		{rule: "demographics/sex-recorded", code: "DEM-002", title: "Patients have their sex recorded", table: "patients", severity: "minor",
			weight: 3, threshold: "99.9%", status: Failed, numerator: 8390, denominator: 8412, toFix: 14, owner: "practice", fix: "Complete the registration screen."},
		{rule: "demographics/very-old-checked", code: "DEM-005", title: "Patients over 112 years of age", table: "patients", severity: "info",
			status: Shown, denominator: 2, owner: "practice", fix: "Confirm against the Personal Demographics Service."},
		{rule: "file/identifiers-intact", code: "FIL-001", title: "Long identifiers arrived whole", table: "practice", severity: "blocker",
			weight: 10, threshold: "100%", status: Passed, numerator: 1, denominator: 1, owner: "file", fix: "Export again; never open the file in a spreadsheet."},
		{rule: "medication/four-repeats-reviewed", code: "MED-008", title: "Patients on four or more repeats have had a medication review", table: "patients", severity: "major",
			weight: 8, threshold: "80%", status: Failed, numerator: 260, denominator: 340, toFix: 12, owner: "clinician", fix: "Book reviews for the listed patients; code each one."},
		{rule: "medication/issue-coded", code: "MED-002", title: "Medicines issued are coded", table: "issues", severity: "major",
			weight: 31, threshold: "99%", status: Passed, numerator: 50102, denominator: 50140, owner: "practice", fix: "Replace free-text items."},
		{rule: "medication/repeat-has-indication", code: "MED-007", title: "Repeat medicines have an indication", table: "medications", severity: "major",
			weight: 9, threshold: "80%", status: Failed, numerator: 9001, denominator: 12100, toFix: 679, owner: "clinician", fix: "Link each repeat to its problem."},
		{rule: "medication/repeat-in-use", code: "MED-006", title: "Repeat medicines are in use", table: "medications", severity: "major",
			weight: 7, threshold: "90%", status: Failed, numerator: 10600, denominator: 12100, toFix: 290, owner: "practice", fix: "End the repeats that nobody orders."},
		{rule: "nhs-number/check-digit-valid", code: "NHS-002", title: "NHS numbers pass their check digit", table: "patients", severity: "blocker",
			weight: 10, threshold: "100%", status: Failed, numerator: 8409, denominator: 8412, toFix: 3, owner: "practice", fix: "Trace each listed patient and correct the number."},
		{rule: "nhs-number/on-letters", code: "NHS-009", title: "Letters carry the NHS number", severity: "minor",
			weight: 3, threshold: "yes", status: NotAssessable, owner: "practice", declares: "nhs-number-on-letters", missing: []string{"an answer of the practice: nhs-number-on-letters"}},
		{rule: "nhs-number/unique", code: "NHS-007", title: "Every patient has a number of their own", table: "patients", severity: "blocker",
			weight: 10, threshold: "100%", status: Failed, numerator: 8411, denominator: 8412, toFix: 1, owner: "pcse", fix: "Tell PCSE the same day."},
		{rule: "nhs-number/verified", code: "NHS-005", title: "NHS numbers are verified", table: "patients", severity: "major",
			weight: 4, threshold: "99%", status: NotAssessable, owner: "practice", missing: []string{"patients.nhs_number_status"}, where: "the tracing screen of your clinical system"},
		{rule: "summary/policy", code: "SUM-003", title: "A summarising policy is in use", severity: "minor",
			weight: 3, threshold: "yes", status: Passed, owner: "practice", declares: "summary-policy", basis: "declared"},
		{rule: "summary/smoking-recorded", code: "SUM-005", title: "Smoking status is recorded", table: "patients", severity: "minor",
			weight: 3, threshold: "80%", status: Failed, numerator: 0, denominator: 9, toFix: 8, owner: "clinician", fix: "Ask and code."},
		{rule: "allergy/reaction-recorded", code: "ALG-007", title: "Allergies say what happened", table: "allergies", severity: "minor",
			weight: 5, threshold: "80%", status: TooFew, numerator: 4, denominator: 6, toFix: 1, owner: "clinician"},
		{rule: "coding/degraded-entries-resolved", code: "COD-005", title: "Entries that lost detail in a transfer are resolved", table: "events", severity: "minor",
			weight: 4, threshold: "<= 5%", status: NotApplicable, owner: "clinician"},
	}
}

// passing makes every judged check of a list pass.
func passing(checks []check) []check {
	out := append([]check(nil), checks...)
	for i := range out {
		c := &out[i]
		if c.status == Failed || c.status == NotAssessable || c.status == TooFew {
			c.status, c.missing, c.numerator, c.toFix = Passed, nil, c.denominator, 0
			if c.declares != "" {
				c.basis = "declared"
			}
		}
	}
	return out
}

// mixedRequirements has one of each outcome, the desirables not last.
func mixedRequirements() []Requirement {
	return []Requirement{
		{ID: "E1", Kind: "essential", Title: "Every prescription is recorded on the computer", Status: Met,
			DecidedBy: []string{"medication/issue-coded"}, Judged: 1, Checks: 1},
		{ID: "D1", Kind: "desirable", Title: "Repeat medicines are reviewed", Status: NotMet,
			DecidedBy: []string{"medication/four-repeats-reviewed"}, Judged: 1, Checks: 1},
		{ID: "E3", Kind: "essential", Title: "Allergies, and adverse reactions, are coded", Status: NotMet,
			DecidedBy: []string{"demographics/sex-recorded", "medication/repeat-has-indication", "medication/repeat-in-use", "nhs-number/check-digit-valid", "nhs-number/unique"},
			Judged:    7, Checks: 8},
		{ID: "E2", Kind: "essential", Title: "Clinical summaries are held on the computer", Status: CannotTell,
			DecidedBy: []string{"nhs-number/verified"}, Judged: 2, Checks: 3},
		{ID: "E4", Kind: "essential", Title: "Disease registers are held on the computer", Status: CannotTell, DecidedBy: []string{}},
		{ID: "D2", Kind: "desirable", Title: "New patients are summarised", Status: Met,
			DecidedBy: []string{"allergy/status-recorded", "summary/policy"}, Judged: 2, Checks: 3},
	}
}

// besides adds figures beside some measures: entries that may be a batch, in
// both ways, and figures that are there, that are not and that only count.
func besides(p *PracticeReport) {
	batch := func(entries, busiest, last28 int64) *Batch {
		b := &Batch{Entries: &entries, BusiestDay: "2026-03-13", Busiest: &busiest, Last28: &last28, Missing: []string{}}
		b.BusiestShare, b.Last28Share = ptr(float64(busiest*1000000/entries)/1e6), ptr(float64(last28*1000000/entries)/1e6)
		b.ManyOnOneDay, b.ManyInLast28 = entries >= FewestEntries && 5*busiest > entries, entries >= FewestEntries && 5*last28 > entries
		return b
	}
	for i := range p.Results {
		r := &p.Results[i]
		switch r.Rule {
		case "allergy/status-recorded":
			r.Batch = batch(2100, 39, 812)
			r.Beside = []Beside{
				{Name: "old", Title: "Statements of no known allergy over five years old", Table: "allergies", Denominator: ptr(int64(1204)), Missing: []string{}},
				{Name: "all", Title: "All patients, left or not", Table: "patients", Numerator: ptr(int64(7100)), Denominator: ptr(int64(9120)), Rate: ptr(0.778509), Missing: []string{}},
				{Name: "dated", Title: "With a date", Table: "allergies", Missing: []string{"allergies.recorded_date"}},
			}
		case "medication/four-repeats-reviewed":
			r.Batch = batch(297, 81, 120)
		case "medication/issue-coded":
			r.Batch = batch(50102, 301, 4012)
		case "summary/smoking-recorded":
			r.Batch = batch(9, 9, 9)
		case "demographics/sex-recorded":
			r.Batch = &Batch{Missing: []string{"patients.sex"}}
		}
	}
}

func notReadySample() *Report {
	checks := failingChecks()
	p := practiceOf("A81001", "Willow Street Surgery", NotReady, checks)
	p.Requirements = mixedRequirements()
	besides(&p)
	return reportOf(checks, p)
}

func readySample() *Report {
	checks := passing(failingChecks())
	p := practiceOf("A81001", "Willow Street Surgery", Ready, checks)
	p.Requirements = []Requirement{{ID: "E3", Kind: "essential", Title: "Allergies and adverse reactions are coded", Status: Met,
		DecidedBy: []string{"allergy/status-recorded", "medication/issue-coded"}, Judged: 2, Checks: 2}}
	return reportOf(checks, p)
}

func damagedSample() *Report {
	checks := failingChecks()
	for i := range checks {
		if checks[i].rule == "file/identifiers-intact" {
			checks[i].status, checks[i].numerator, checks[i].toFix, checks[i].value = Failed, 0, 1, 4312
		}
	}
	p := practiceOf("A81001", "Willow Street Surgery", Damaged, checks)
	p.Accreditations[0].BlockersFailed = []string{"file/identifiers-intact"}
	p.Requirements = []Requirement{{ID: "E3", Kind: "essential", Title: "Allergies and adverse reactions are coded", Status: CannotTell, DecidedBy: []string{}}}
	return reportOf(checks, p)
}

// severalSample has a practice of each kind, and a second accreditation.
func severalSample() *Report {
	checks := failingChecks()
	good, bad := passing(checks), checks
	first := practiceOf("A81001", "Willow Street Surgery", NotReady, bad)
	second := practiceOf("B82002", "", Ready, good)
	scr := second.Accreditations[0]
	scr.ID, scr.Title, scr.Verdict, scr.WaitsFor = "scr", "Summary care record", NearlyReady, []string{"data-quality"}
	second.Accreditations = append(second.Accreditations, scr)
	unsure := append([]check(nil), good...)
	for i := range unsure {
		if unsure[i].rule == "nhs-number/unique" {
			unsure[i].status, unsure[i].missing = NotAssessable, []string{"patients.nhs_number_key", `codelist "x"`}
		}
	}
	third := practiceOf("C83003", "The Health Centre at the Far End of a Very Long Road", Undecided, unsure)
	third.Accreditations[0].Undecided = []string{"1 check that can stop you cannot be made with this extract, and no answer can take its place"}
	fourth := practiceOf("D84004", "Mill Lane", AnswersNeeded, answerable(good))
	first.Requirements = mixedRequirements()
	third.Notes = []string{"this practice has nothing in documents, though other practices do: check that the extract is whole"}
	return reportOf(checks, first, second, third, fourth)
}

// answerable leaves a blocker open that the practice can answer, and one that was
// counted and tells nothing.
func answerable(checks []check) []check {
	out := append([]check(nil), checks...)
	for i := range out {
		switch out[i].rule {
		case "summary/policy":
			out[i].severity, out[i].status, out[i].basis, out[i].missing = "blocker", NotAssessable, "", []string{"an answer of the practice: summary-policy"}
		case "medication/issue-coded":
			out[i].status = NotAssessable
		}
	}
	return out
}

// selectionSample is of some rules alone, with all that may be asked for.
func selectionSample() *Report {
	checks := failingChecks()
	p := practiceOf("A81001", "Willow Street Surgery", NotReady, checks)
	a := &p.Accreditations[0]
	a.Verdict, a.Score, a.AssuredScore, a.Coverage, a.AnswersNeeded = NoVerdict, nil, nil, nil, []string{}
	for i := range a.Criteria {
		c := &a.Criteria[i]
		c.Points, c.Of = 0, 0
		if c.Rule == "medication/issue-coded" {
			c.Status, c.Basis, c.Why = NotAssessable, "", "for 9 records the extract does not say whether they count, and the pass mark turns on them"
		}
	}
	r := reportOf(checks, p)
	r.Selection = true
	r.Extract.Slips = []string{"patients.csv: the column nhs_numbr is not used. Did you mean nhs_number?"}
	r.Options = []Option{
		{Name: "--allow-test-numbers", Says: "test NHS numbers (999…) were accepted"},
		{Name: "--declarations", Value: "declarations.yaml", SHA256: strings.Repeat("5e", 32), Says: "answers of the practice were taken from a file"},
		{Name: "--ignore", Value: "sharing/*", Says: "checks were left out"},
	}
	r.Extracts[0].Options = r.Options[:1]
	return r
}

// publishedSample is like what the publish level leaves of the first: small counts
// hidden, the others rounded, and an outcome that would tell one not shown.
func publishedSample() *Report {
	r := notReadySample()
	r.Level, r.Extract.Tables, r.Extract.Name, r.Extracts[0].Name = Publish, []Table{}, "", ""
	p := &r.Practices[0]
	p.RegisteredPatients, p.Name = ptr(int64(8410)), ""
	hide := func(n **int64, field string, suppressed *[]string) {
		switch {
		case *n == nil:
		case **n > 0 && **n < 15:
			*n, *suppressed = nil, append(*suppressed, field)
		default:
			*n = ptr((**n + 5) / 10 * 10)
		}
	}
	for i := range p.Results {
		x := &p.Results[i]
		if x.Beside != nil {
			x.Beside, x.Suppressed = nil, append(x.Suppressed, "beside")
		}
		if x.Batch != nil {
			x.Batch, x.Suppressed = nil, append(x.Suppressed, "batch")
		}
		if x.Denominator == nil || *x.Denominator == 1 {
			continue
		}
		few, failing := *x.Denominator > 0 && *x.Denominator < 15, *x.Denominator-*x.Numerator
		hide(&x.Denominator, "denominator", &x.Suppressed)
		x.Excluded, x.Undetermined, x.Unknown, x.Interval = nil, nil, nil, nil
		x.Suppressed = append(x.Suppressed, "excluded", "interval", "undetermined", "unknown")
		hide(&x.Numerator, "numerator", &x.Suppressed)
		if failing > 0 && failing < 15 && x.Numerator != nil {
			x.Numerator, x.Suppressed = nil, append(x.Suppressed, "numerator")
		}
		if few {
			x.Numerator, x.Denominator, x.Suppressed = nil, nil, append(x.Suppressed, "denominator", "numerator")
		}
		if x.Rate != nil && (x.Denominator == nil || x.Numerator == nil || *x.Denominator < 100) {
			x.Rate, x.Suppressed = nil, append(x.Suppressed, "rate")
		}
		slices.Sort(x.Suppressed)
		x.Suppressed = slices.Compact(x.Suppressed)
	}
	a := &p.Accreditations[0]
	for i := range a.Criteria {
		c := &a.Criteria[i]
		hide(&c.Failing, "failing", &c.Suppressed)
		c.Progress, c.Suppressed = nil, append(c.Suppressed, "progress")
		switch {
		case c.Failing == nil && c.ToFix != nil:
			c.ToFix, c.Suppressed = nil, append(c.Suppressed, "to_fix")
		case c.ToFix != nil:
			c.ToFix = ptr((*c.ToFix + 9) / 10 * 10)
		}
		if c.Status == TooFew || c.Rule == "summary/smoking-recorded" {
			c.Status, c.Basis, c.Failing, c.ToFix = Hidden, "", nil, nil
		}
		c.Points, c.Of = 0, 0
	}
	a.Score, a.AssuredScore, a.Coverage, a.ScoreBetween = nil, nil, nil, &[2]int64{5102, 5867}
	a.Suppressed = []string{"assured_score", "coverage", "score"}
	p.Requirements[3].Status, p.Requirements[3].DecidedBy = NotShown, []string{}
	return r
}

var worklists = map[string]string{
	"nhs-number/check-digit-valid":     "nhs-number_check-digit-valid.csv",
	"medication/four-repeats-reviewed": "medication_four-repeats-reviewed.csv",
}
