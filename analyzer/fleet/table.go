package fleet

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"

	"paperlight/analyzer/report"
	"paperlight/analyzer/savedstate"
	"paperlight/analyzer/score"
	"paperlight/analyzer/state"
)

// A Table is what was found of many practices, a row each. It holds nothing that the
// reports of the practices do not show at its level.
type Table struct {
	SchemaVersion string         `json:"schema_version"`
	Tool          report.Tool    `json:"tool"`
	Scheme        report.Scheme  `json:"scheme"`
	Rules         report.RuleSet `json:"rules"`
	Level         report.Level   `json:"level"`
	// Reports are the forms in which the report of each practice lies beside it.
	Reports   []string `json:"reports"`
	Practices []Row    `json:"practices"`
	// NotRead are the extracts without a state: nothing is known of their practices.
	NotRead []NotRead `json:"not_read"`
	// titles are those of the rules, by code: several rules may have one.
	titles map[string][]string
}

// tableVersion is the version of the JSON form.
const tableVersion = "1.0"

// A Row is what was found of one practice.
type Row struct {
	PracticeID string `json:"practice_id"`
	ODSCode    string `json:"ods_code"`
	Name       string `json:"name"`
	AsOf       string `json:"as_of"`
	Registered *int64 `json:"registered_patients"`
	System     string `json:"system"`
	// State is the name of its saved state, Report that of the files of its report
	// without their endings; empty where it was not judged.
	State  string `json:"state"`
	Report string `json:"report"`
	// Why it was not judged: SeveralExtracts or NeedsExtract; empty where it was. Needs are
	// the rules that its state cannot tell of.
	NotJudged NotJudged `json:"not_judged,omitempty"`
	Needs     []string  `json:"needs,omitempty"`
	// Extracts are the places in the plan of those of a practice that was not judged; empty
	// where there is no plan.
	Extracts       []int     `json:"extracts,omitempty"`
	Accreditations []Figures `json:"accreditations"`
	// Jobs are the checks that are not met, and stop or cost points, of all accreditations.
	Jobs int `json:"jobs"`
	// Before is what an earlier extract came to, judged in the same way.
	Before *Before `json:"before"`
}

// NotJudged says why a practice has no verdict.
type NotJudged string

// The reasons.
const (
	SeveralExtracts NotJudged = "several_extracts"
	NeedsExtract    NotJudged = "needs_extract"
)

// Figures are those of one accreditation, with scores in hundredths of a percent.
type Figures struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Verdict  report.Verdict `json:"verdict"`
	Score    *int64         `json:"score"`
	Assured  *int64         `json:"assured_score"`
	Coverage *int64         `json:"coverage"`
	// Blockers are those that failed, Open those without evidence, by the codes of the
	// rules.
	Blockers []string `json:"blockers_failed"`
	Open     []string `json:"blockers_unjudged"`
	// Answers counts those that a verdict waits for.
	Answers int `json:"answers_needed"`
}

// Before is what the nearest earlier extract came to.
type Before struct {
	AsOf           string    `json:"as_of"`
	Accreditations []Figures `json:"accreditations"`
}

// A NotRead is an extract without a state. Number is its place in the plan, 0 where there
// is none.
type NotRead struct {
	Number   int    `json:"number"`
	Key      string `json:"key"`
	ExitCode int    `json:"exit_code"`
}

// NewTable is a table without rows. reports are the forms in which the report of each
// practice lies beside it.
func NewTable(by *savedstate.Judging, reports []string) *Table {
	t := &Table{SchemaVersion: tableVersion, Reports: reports, Tool: report.Tool{Name: "paperlight", Version: by.ToolVersion}, Level: by.Level,
		Rules:     report.RuleSet{Version: by.Catalogue.Version, SHA256: by.Catalogue.SHA256, Count: len(by.Catalogue.Rules)},
		Practices: []Row{}, NotRead: []NotRead{}, titles: map[string][]string{}}
	for _, r := range by.Catalogue.Rules {
		t.titles[cmp.Or(r.Code, r.ID)] = append(t.titles[cmp.Or(r.Code, r.ID)], r.Title)
	}
	if s := by.Scheme; s != nil {
		t.Scheme = report.Scheme{ID: s.ID, Version: s.Version, Title: s.Title, Statement: s.Statement, ReadyTo: s.ReadyTo, SHA256: s.SHA256}
	}
	return t
}

// An Opener reads the whole of a saved state that a head is of.
type Opener func(*savedstate.Head) (*savedstate.Saved, error)

// Judge makes the row of a practice and its report; a practice that cannot be judged has
// none. It holds on to nothing of the states. The error is the opener's.
func (s *Standing) Judge(by *savedstate.Judging, open Opener) (Row, report.Released, error) {
	of := s.of()
	saved, p, err := of.open(open)
	if err != nil {
		return Row{}, report.Released{}, err
	}
	row := Row{PracticeID: p.ID, ODSCode: p.ODSCode, Name: p.Name, AsOf: p.AsOf.String(), System: saved.Extract.System,
		State: of.Saved.Key.Name(), Accreditations: []Figures{}}
	if by.Level == report.Publish {
		row.Name = "" // what is published of a practice that is judged, its report says
	}
	switch {
	case s.Current == nil:
		row.NotJudged, row.State, row.AsOf, row.System = SeveralExtracts, "", "", ""
		return row, report.Released{}, nil
	case len(of.Needs) > 0:
		row.NotJudged, row.Needs = NeedsExtract, of.Needs
		return row, report.Released{}, nil
	}
	released := release(saved, p, by)
	row.Report = ReportName(s.Practice)
	row.fill(released.Verdicts())
	if s.Before != nil {
		saved, p, err := s.Before.open(open)
		if err != nil {
			return Row{}, report.Released{}, err
		}
		row.Before = &Before{AsOf: p.AsOf.String(), Accreditations: figuresOf(release(saved, p, by).Verdicts())}
	}
	return row, released, nil
}

// open reads the state, and finds the practice in it.
func (r *Reading) open(open Opener) (*savedstate.Saved, *state.PracticeState, error) {
	saved, err := open(r.Saved)
	if err != nil {
		return nil, nil, err
	}
	for i := range saved.State.Practices {
		if p := &saved.State.Practices[i]; p.ID == r.Practice.ID {
			return saved, p, nil
		}
	}
	return nil, nil, errors.New("a saved state is not the one that it was")
}

// release is the report of one practice of a state.
func release(saved *savedstate.Saved, p *state.PracticeState, by *savedstate.Judging) report.Released {
	in := saved.Input(by)
	if len(in.State.Practices) > 1 {
		in.PracticeID = p.ID
	}
	return score.Release(in)
}

func (row *Row) fill(shown *report.Report) {
	p := &shown.Practices[0]
	row.PracticeID, row.ODSCode, row.Name, row.AsOf = p.PracticeID, p.ODSCode, p.Name, p.AsOf
	row.Registered, row.Accreditations = p.RegisteredPatients, figuresOf(shown)
	failed := map[string]bool{}
	for _, a := range p.Accreditations {
		for _, c := range a.Criteria {
			if c.Status == report.Failed {
				failed[c.Rule] = true
			}
		}
	}
	row.Jobs = len(failed)
}

// figuresOf are those of the only practice of a report.
func figuresOf(shown *report.Report) []Figures {
	codes := map[string]string{}
	for _, t := range shown.RuleTexts {
		codes[t.Rule] = t.Code
	}
	coded := func(ids []string) []string {
		out := make([]string, 0, len(ids))
		for _, id := range ids {
			out = append(out, cmp.Or(codes[id], id))
		}
		slices.Sort(out)
		return out
	}
	out := []Figures{}
	for _, a := range shown.Practices[0].Accreditations {
		out = append(out, Figures{ID: a.ID, Title: a.Title, Verdict: a.Verdict, Score: a.Score, Assured: a.AssuredScore, Coverage: a.Coverage,
			Blockers: coded(a.BlockersFailed), Open: coded(a.BlockersUnjudged), Answers: len(a.AnswersNeeded)})
	}
	return out
}

// plainID is an id or code that names a file as it is, on every system.
var plainID = regexp.MustCompile(`^[A-Z0-9]{1,40}$`)

// ReportName names the files of the report of a practice that is known by a text, without
// their endings. Others have another name, whatever the text is made of.
func ReportName(known string) string {
	if plainID.MatchString(known) {
		return "practice-" + known
	}
	sum := sha256.Sum256([]byte(known))
	return "practice-" + hex.EncodeToString(sum[:8])
}
