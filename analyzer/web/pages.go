package web

import (
	"bytes"
	"cmp"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
	"paperlight/analyzer/webpage"
)

//go:embed pages.tmpl
var pagesText string

//go:embed pages.css
var ownLook string

// pages are the templates and the look that they share.
type pages struct {
	all   *template.Template
	style string
}

func newPages() *pages {
	return &pages{webpage.Template("pages", pagesText, nil), webpage.Look() + ownLook}
}

// What the templates show.
type (
	startPage struct {
		Schemes []string
		Here    []string
		Checks  []checkLine
	}
	checkLine struct {
		ID, Name, Time, Says string
	}
	checkPage struct {
		ID, Name, Progress, Fault string
		Practices                 []report.PracticeReport
		Lists                     []listLine
	}
	// A listLine is a file with records to put right: its number, what it is about.
	listLine struct {
		Number   int
		Says     string
		Workbook bool
	}
	messagePage struct {
		Heading, Says string
		Back          bool
	}
)

// listLines are the files of records, the workbook of all first.
func (o *outcome) listLines() (out []listLine) {
	titles := map[string]string{}
	for _, r := range o.RuleTexts {
		titles[strings.ReplaceAll(r.Rule, "/", "--")] = r.Title
	}
	for i, name := range o.lists {
		stem, ext, _ := strings.Cut(name, ".")
		if ext == "xlsx" {
			out = slices.Insert(out, 0, listLine{i, "All of them, as a workbook for a spreadsheet", true})
			continue
		}
		out = append(out, listLine{i, cmp.Or(titles[stem], visible.Line(stem)), false})
	}
	return out
}

// line is a check in the list of the first page.
func (c *check) line() checkLine {
	l := checkLine{ID: c.id, Name: c.name, Time: c.began.Format("15:04"), Says: "done"}
	if _, _, err := c.state(); err != nil {
		l.Says = "could not be checked"
	}
	if c.running() {
		l.Says = "being checked"
	}
	return l
}

// write writes a page, or says that it cannot be made.
func (p *pages) write(w http.ResponseWriter, status int, name, title string, of any) {
	var out bytes.Buffer
	if err := p.all.ExecuteTemplate(&out, name, struct {
		Title string
		Page  any
	}{title, of}); err != nil {
		refuse(w, http.StatusInternalServerError, "This page cannot be shown. Please report it.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}
