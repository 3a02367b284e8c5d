package score

import (
	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
)

// tableName is the name of a table by its place in the schema.
func tableName(i int) string {
	if i >= len(schema.Tables) {
		return ""
	}
	return schema.Tables[i].Name
}

// restrict takes out of a report what its level may not show. Verdicts were
// decided on exact numbers and stay.
func (s *scoring) restrict() {
	if s.report.Level == report.Practice {
		return
	}
	s.report.Notes = append([]string{}, s.in.State.Notes...)
	unname(s.report)
	if s.report.Level != report.Publish {
		return
	}
	s.report.Notes = []string{publishedNote}
	s.report.Extract.Tables = []report.Table{}
	for i := range s.report.Practices {
		publish(&s.report.Practices[i], s.found[i], s.in.Scheme)
	}
}

// unname takes out the names of files, folders and columns, which may be
// anybody's and are of use only where the files are.
func unname(r *report.Report) {
	r.Extract.Name, r.Extract.Slips = "", []string{}
	for i := range r.Extracts {
		r.Extracts[i].Name = ""
		r.Extracts[i].Integrity.Files = []string{}
		unnameOptions(r.Extracts[i].Options)
	}
	unnameOptions(r.Options)
	for i := range r.Extract.Tables {
		for j := range r.Extract.Tables[i].Faults {
			r.Extract.Tables[i].Faults[j].First = []report.Position{}
		}
	}
}

func unnameOptions(options []report.Option) {
	for i := range options {
		if options[i].File {
			options[i].Value = ""
		}
	}
}
