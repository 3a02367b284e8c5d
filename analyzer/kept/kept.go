// Package kept holds what the report of an extract is made of, beside its state, its rules
// and its scheme, in a form that is stored: so that the report can be made again without
// the extract.
package kept

import (
	"slices"
	"strings"

	"paperlight/analyzer/report"
	"paperlight/analyzer/score"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// An Extract is what one extract was scored from. The report of a level follows from what
// is left of it at that level (Withhold) as it does from the whole.
type Extract struct {
	Name        string              `json:"name,omitempty"`
	System      string              `json:"system"`
	Format      string              `json:"format"`
	SHA256      string              `json:"sha256"`
	Slips       []string            `json:"slips,omitempty"`
	Notes       []string            `json:"notes,omitempty"`
	Lists       []string            `json:"lists,omitempty"`
	Bare        []string            `json:"bare,omitempty"`
	Own         int                 `json:"own,omitempty"`
	Identifying *report.Identifying `json:"identifying,omitempty"`
	Missing     map[string][]string `json:"missing,omitempty"`
	RuleNotes   map[string][]string `json:"rule_notes,omitempty"`
	Options     []Option            `json:"options,omitempty"`
	Answers     []Answer            `json:"declarations,omitempty"`
}

// An Option is one with what the JSON of a report leaves out.
type Option struct {
	report.Option
	File  bool `json:"file,omitempty"`
	Reads bool `json:"reads,omitempty"`
}

// An Answer is one of the practice, or of all practices of the extract.
type Answer struct {
	// SHA256, where a keeper sets it, is of the whole answer, its free text included.
	SHA256 string `json:"sha256,omitempty"`
	rules.Declaration
}

// Of is all that an extract was scored from. It shares slices and maps with in.
func Of(in *score.Input) Extract {
	x := &in.Extract
	out := Extract{Name: x.Name, System: x.System, Format: x.Format, SHA256: x.SHA256, Slips: x.Slips, Notes: x.Notes, Lists: x.Lists, Bare: x.Bare, Own: x.Own,
		Identifying: x.Identifying, Missing: in.Missing, RuleNotes: in.RuleNotes}
	for _, o := range in.Options {
		out.Options = append(out.Options, Option{o, o.File, o.Reads})
	}
	if len(in.Declarations) == 0 {
		return out
	}
	asked := in.Catalogue.AnswerTerms()
	for _, d := range in.Declarations {
		// A key that nobody asks for, and the id of a practice that is not there, are
		// whatever somebody wrote, and decide nothing.
		if _, known := asked[d.Key]; known && (d.Practice == "" || slices.ContainsFunc(in.State.Practices, func(p state.PracticeState) bool { return d.Practice == p.ID })) {
			out.Answers = append(out.Answers, Answer{Declaration: d})
		}
	}
	return out
}

// Withhold takes out what a level does not show: names of files and folders, notes that
// may name them, places in files, and free text of answers. It returns s without its
// places, and changes neither s nor what the extract was made of.
func (x *Extract) Withhold(s *state.State, level report.Level) *state.State {
	if level == report.Practice || level == "" {
		return s
	}
	x.Name, x.Slips, x.Notes, x.Bare = "", nil, nil, make([]string, len(x.Bare))
	x.Identifying = score.Identifying(x.Identifying, level)
	x.Options, x.Answers = slices.Clone(x.Options), slices.Clone(x.Answers)
	for i := range x.Options {
		if x.Options[i].File {
			x.Options[i].Value = ""
		}
	}
	for i := range x.Answers {
		d := &x.Answers[i].Declaration
		d.File, d.Line, d.Record = "", 0, 0
		d.Evidence, d.Role, d.VerifiedBy = withheld(d.Evidence), withheld(d.Role), withheld(d.VerifiedBy)
	}
	return unplaced(s)
}

// withheld stands in for a free text: what is empty stays so, since an answer without a
// role counts for less.
func withheld(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return "withheld"
}

// unplaced is the state without the positions of faults, which name files.
func unplaced(s *state.State) *state.State {
	out := *s
	out.Tables = slices.Clone(s.Tables)
	for i := range out.Tables {
		out.Tables[i].Faults = slices.Clone(out.Tables[i].Faults)
		for j := range out.Tables[i].Faults {
			out.Tables[i].Faults[j].First = nil
		}
	}
	return &out
}

// Input is what the extract is scored from again, without its state and without what it
// is judged by.
func (x *Extract) Input() score.Input {
	in := score.Input{Missing: x.Missing, RuleNotes: x.RuleNotes, Options: x.Asked(), Extract: score.Extract{Name: x.Name, System: x.System, Format: x.Format, SHA256: x.SHA256,
		Slips: x.Slips, Notes: x.Notes, Lists: x.Lists, Bare: x.Bare, Own: x.Own, Identifying: x.Identifying}}
	for _, a := range x.Answers {
		in.Declarations = append(in.Declarations, a.Declaration)
	}
	return in
}

// Asked are the options, as a report is given them.
func (x *Extract) Asked() (out []report.Option) {
	for _, o := range x.Options {
		o.Option.File, o.Option.Reads = o.File, o.Reads
		out = append(out, o.Option)
	}
	return out
}
