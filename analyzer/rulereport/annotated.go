package rulereport

import (
	"io"

	"paperlight/analyzer/annotation"
)

// annotate writes findings as GitHub's annotations of the files.
func annotate(w io.Writer, command string, all []found, from Origin) error {
	var out []annotation.Annotation
	for _, f := range all {
		a := annotation.Annotation{Level: annotation.Error, File: from.place(f.File), Line: f.Line, Column: f.Column, Title: command + ": " + f.check, Text: f.Message}
		if f.Severity == "warning" {
			a.Level = annotation.Warning
		}
		if f.Hint != "" {
			a.Text += "\nhint: " + f.Hint
		}
		out = append(out, a)
	}
	return annotation.Write(w, out)
}
