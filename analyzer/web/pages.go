package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"

	"paperlight/analyzer/report"
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
		Lists                     []string
	}
	messagePage struct {
		Heading, Says string
		Back          bool
	}
)

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
