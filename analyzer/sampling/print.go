package sampling

import (
	_ "embed"
	"io"

	"paperlight/analyzer/figures"
	"paperlight/analyzer/webpage"
)

//go:embed print.tmpl
var printPage string

//go:embed print.css
var printStyle string

const printLevel = "It names records of patients. Keep it in the practice, and destroy it when the result is written."

var printTemplate = webpage.Template("sheets", printPage, nil)

type printed struct {
	Head         webpage.Head
	Title, Level string
	HowTo        []string
	Rules        []printedRule
}

type printedRule struct {
	Question, Name, Count string
	Lines                 []Line
}

// WriteHTML writes the tick sheets as a page to print on A4: each check begins a sheet of
// paper, and the heading of its table stands on each.
func (d *Draw) WriteHTML(w io.Writer) error {
	page := printed{Head: webpage.NewHead(d.title(), "Draw "+d.ID+". It names records of patients: keep it in the practice.", printStyle), Title: d.title(), Level: printLevel, HowTo: howTo}
	at := 0
	for _, rule := range d.Rules {
		own := printedRule{Question: rule.Question, Name: rule.ID}
		if rule.Code != "" {
			own.Name = rule.Code + ", " + rule.ID
		}
		for at < len(d.Lines) && d.Lines[at].Rule == rule.ID {
			own.Lines = append(own.Lines, d.Lines[at])
			at++
		}
		own.Count = figures.Plural(int64(len(own.Lines)), "record", "records")
		page.Rules = append(page.Rules, own)
	}
	return webpage.Write(w, printTemplate, page)
}
