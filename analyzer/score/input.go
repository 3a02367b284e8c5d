// Package score turns the state of a run into a report: what each rule
// counted, whether that meets the threshold, what a practice is ready for, and
// how few repairs would change it. It reads no record and knows no rule.
package score

import (
	"cmp"
	"slices"

	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// Input is all that a report is made of. Nothing in it is changed.
type Input struct {
	State     *state.State
	Catalogue *rules.Catalogue
	Scheme    *rules.Scheme // nil: results only, nothing is judged
	// Missing says why a rule is not assessable, by rule id: columns, tables
	// and code lists that the extract or the catalogue cannot supply.
	Missing map[string][]string
	// RuleNotes are notes of the lowering, by rule id, such as the alternative
	// of a definition that was used.
	RuleNotes    map[string][]string
	Extract      Extract
	Declarations []rules.Declaration
	// Practices, where there are any, are the ids or organisation codes of those
	// to report on.
	Practices []string
	// PracticeID, where given, is the one to report on: another may have it for its code.
	PracticeID string
	// Options are what was asked for that changes a result.
	Options []report.Option
	// Selection: the catalogue holds rules that were chosen; nothing has a
	// verdict.
	Selection   bool
	Level       report.Level // empty is practice
	ToolVersion string
	// Reads are those of the catalogue, for who scores many; nil has them found.
	Reads *Reads
}

// practices are those to report on, by id.
func (in *Input) practices() []*state.PracticeState {
	var out []*state.PracticeState
	for i := range in.State.Practices {
		p := &in.State.Practices[i]
		if in.PracticeID != "" && p.ID != in.PracticeID {
			continue
		}
		if len(in.Practices) == 0 || slices.Contains(in.Practices, p.ID) || slices.Contains(in.Practices, p.ODSCode) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b *state.PracticeState) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Extract identifies what was read.
type Extract struct {
	Name, System, Format, SHA256 string
	// Slips name side tables that are missing, and columns and files that nothing is
	// read from and that are probably misspelt; Notes say what else is to know of the reading. Both may
	// name files of the practice.
	Slips, Notes []string
	// Lists, Bare and Own say what vouches for the files, as those of extract.Extract.
	Lists, Bare []string
	Own         int
	// Identifying is what could identify people; nil where nobody looked.
	Identifying *report.Identifying
}
