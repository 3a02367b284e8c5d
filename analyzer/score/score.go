package score

import (
	"cmp"
	"slices"

	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// Report is what Release releases, to look at.
func Report(in Input) *report.Report { return Release(in).Report() }

// Release scores a state and restricts the report to its level, last of all.
// Equal inputs give equal reports, whatever the order of practices, rules,
// criteria and declarations.
func Release(in Input) report.Released {
	s := scored(&in)
	s.restrict()
	return report.Release(s.report)
}

// A scoring is a report before its level takes anything out of it, and the
// evidence of each of its practices.
type scoring struct {
	in     *Input
	report *report.Report
	found  []map[string]*evidence
}

func scored(in *Input) *scoring {
	if in.Reads == nil {
		in.Reads = ReadsOf(in.Catalogue)
	}
	r := &report.Report{
		SchemaVersion: report.SchemaVersion,
		Tool:          report.Tool{Name: "paperlight", Version: in.ToolVersion},
		Extracts: []report.ExtractRead{{
			Name: in.Extract.Name, System: in.Extract.System, Format: in.Extract.Format, SHA256: in.Extract.SHA256,
			Options:   reading(in.Options),
			Integrity: report.Integrity{Lists: append([]string{}, in.Extract.Lists...), Unvouched: len(in.Extract.Bare), Unlisted: in.Extract.Own, Files: append([]string{}, in.Extract.Bare...)},
		}},
		Extract: report.Extract{
			Name: in.Extract.Name, System: in.Extract.System, Format: in.Extract.Format, SHA256: in.Extract.SHA256,
			Tables: tables(in.State.Tables), Slips: append([]string{}, in.Extract.Slips...),
			Identifying: Identifying(in.Extract.Identifying, cmp.Or(in.Level, report.Practice)),
		},
		Rules: report.RuleSet{
			Version: in.Catalogue.Version, SHA256: in.Catalogue.SHA256, Count: len(in.Catalogue.Rules),
		},
		Level:     cmp.Or(in.Level, report.Practice),
		Options:   append(slices.Clone(in.Options), weakened(in.Scheme)...),
		Selection: in.Selection,
		Practices: []report.PracticeReport{},
		Notes:     unique(slices.Concat(in.State.Notes, in.Extract.Notes)),
	}
	if s := in.Scheme; s != nil {
		r.Scheme = report.Scheme{ID: s.ID, Version: s.Version, Title: s.Title, Statement: s.Statement, ReadyTo: s.ReadyTo, SHA256: s.SHA256}
	}
	if r.Options == nil {
		r.Options = []report.Option{}
	}
	ids := ruleIDs(in)
	out := &scoring{in: in, report: r}
	for _, p := range in.practices() {
		one, found := practice(in, p, ids)
		r.Practices, out.found = append(r.Practices, one), append(out.found, found)
	}
	r.RuleTexts = texts(in.Catalogue, ids)
	return out
}

// practice scores one practice.
func practice(in *Input, p *state.PracticeState, ids []string) (out report.PracticeReport, found map[string]*evidence) {
	out = report.PracticeReport{
		PracticeID: p.ID, ODSCode: p.ODSCode, Name: p.Name,
		AsOf: p.AsOf.String(), AsOfFrom: string(p.AsOfFrom),
		Results: make([]report.Result, 0, len(ids)),
		Notes:   emptyTables(in.State, p),
	}
	if p.Registered >= 0 {
		registered := p.Registered
		out.RegisteredPatients = &registered
	}
	tallies := make(map[string]state.Tally, len(in.State.Rules))
	for i, id := range in.State.Rules {
		tallies[id] = p.Tallies[i]
	}
	found = make(map[string]*evidence, len(ids))
	for _, id := range ids {
		tally, ran := tallies[id]
		found[id] = gather(in, p, id, tally, ran)
	}
	// Judging may add a note to the evidence, so results come after it.
	out.Accreditations = accreditations(in, p, found)
	out.Requirements = requirements(in, p, out.Accreditations)
	out.Questions = questions(in, p.ID, p.AsOf, out.Accreditations)
	for _, id := range ids {
		result := found[id].result()
		found[id].beside(&result, in, p, tallies)
		out.Results = append(out.Results, result)
	}
	return out, found
}

// ruleIDs are the rules that the report has a result for, sorted: those run,
// those that could not be, and those of the scheme that were not left out. Parts of
// rules stand in the results of their rules.
func ruleIDs(in *Input) []string {
	ids := slices.Clone(in.State.Rules)
	for id := range in.Missing {
		ids = append(ids, id)
	}
	if in.Scheme != nil {
		for _, a := range in.Scheme.Accreditations {
			for _, c := range a.Criteria {
				ids = append(ids, c.Rule.ID)
			}
		}
	}
	return slices.DeleteFunc(sorted(ids), func(id string) bool {
		_, part := rules.SplitPart(id)
		return part != "" || in.Selection && in.Catalogue.Rule(id) == nil
	})
}

// texts describe the rules of the report.
func texts(catalogue *rules.Catalogue, ids []string) []report.RuleText {
	out := make([]report.RuleText, 0, len(ids))
	for _, id := range ids {
		r := catalogue.Rule(id)
		if r == nil {
			continue
		}
		text := report.RuleText{
			Rule: r.ID, Code: r.Code, Title: r.Title, Question: r.Question(), Dimension: string(r.Dimension), Fix: r.Fix, Where: r.WhereToLook,
			Owner: string(r.Owner), Evidence: string(r.Evidence), Declares: r.Declares, Published: r.Published,
		}
		once, each := r.Minutes()
		text.MinutesOnce, text.MinutesEach, text.ValueOf = once, each, r.ValueOf
		if r.Table != nil {
			text.Table = r.Table.Name
		}
		out = append(out, text)
	}
	return out
}

// tables is how the reading went.
func tables(states []state.TableState) []report.Table {
	out := []report.Table{}
	for i := range states {
		t := &states[i]
		table := report.Table{
			Table: t.Table.Name, Rows: t.Rows, Rejected: t.Rejected, Malformed: t.Malformed, Orphans: t.Orphans,
			PracticeMismatch: t.PracticeMismatch, LeftOut: t.LeftOut, AbsentColumns: sorted(t.Absent), Faults: []report.Fault{},
		}
		if t.DuplicateIDs >= 0 {
			duplicates := t.DuplicateIDs
			table.DuplicateIDs = &duplicates
		}
		for _, f := range t.Faults {
			fault := report.Fault{Want: f.Want, Count: f.Count, First: []report.Position{}}
			if f.Column != nil {
				fault.Column = f.Column.Name
			}
			for _, at := range f.First {
				fault.First = append(fault.First, report.Position{File: at.File, Record: at.Record})
			}
			table.Faults = append(table.Faults, fault)
		}
		out = append(out, table)
	}
	return out
}

// emptyTables notes the tables that other practices fill and this one does not.
func emptyTables(s *state.State, p *state.PracticeState) []string {
	notes := []string{}
	for i := range p.Rows {
		if p.Rows[i] > 0 {
			continue
		}
		elsewhere := slices.ContainsFunc(s.Practices, func(q state.PracticeState) bool { return i < len(q.Rows) && q.Rows[i] > 0 })
		if name := tableName(i); elsewhere && name != "" {
			notes = append(notes, "this practice has nothing in "+name+", though other practices do: check that the extract is whole")
		}
	}
	return notes
}
