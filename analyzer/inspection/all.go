package inspection

import (
	"io"

	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// All is what was found in all extracts that were given.
type All struct {
	Found []*Inspection
	// Several says that more than one was given, though one alone may have been read.
	Several bool
	NotRead []report.NotRead
	// Beside says which files are of no extract.
	Beside      []string
	ToolVersion string
}

// WriteJSON writes what was found: of several extracts a list.
func WriteJSON(w io.Writer, all *All) error {
	var of any = all.Found
	if !all.Several && len(all.Found) == 1 {
		of = all.Found[0]
	}
	text, err := visible.JSON(of)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}
