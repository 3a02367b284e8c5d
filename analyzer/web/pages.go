package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"paperlight/analyzer/webpage"
)

//go:embed pages/*.tmpl
var pageFiles embed.FS

//go:embed pages/look.css
var ownLook string

//go:embed pages/script.js
var ownScript string

//go:embed pages/icon.svg
var ownIcon string

// pages are the templates and the look that they share.
type pages struct {
	all   *template.Template
	style string
}

// newPages reads the templates, for pages whose addresses begin with base. They are part
// of the program: a fault in one is ours.
func newPages(base string) *pages {
	entries, err := pageFiles.ReadDir("pages")
	var text strings.Builder
	for _, e := range entries {
		var one []byte
		if err == nil {
			one, err = pageFiles.ReadFile("pages/" + e.Name())
		}
		text.Write(one)
	}
	if err != nil {
		panic("templates: " + err.Error())
	}
	return &pages{webpage.Template("pages", text.String(), template.FuncMap{
		"at":        func() string { return base },
		"back":      func(practice int, rule string) string { return filter{practice: practice, open: rule}.Query() },
		"recordsOf": func(id string, f filter, rule string) string { return base + recordsAt(id, f, rule) },
		"task": func(p *resultPage, t taskLine) shownTask {
			return shownTask{t, p.ID, filter{practice: p.Filter.practice}.Query(), base + recordsAt(p.ID, p.Filter, t.Rule), p.Past}
		},
	}), webpage.Look() + ownLook}
}

// What the templates show.
type (
	startPage struct {
		Schemes []Scheme
		Here    []string
		Checks  []checkLine
		History bool
	}
	checkLine struct {
		ID, Name, Time, Says string
	}
	// A shownTask is a task on the page of a check.
	shownTask struct {
		taskLine
		ID, FilterQuery, RecordsQuery string
		Past                          bool
	}
	jobPage struct {
		At, Title, Failed, Progress, Fault string
		Back                               string // to where it was asked; empty for the first page
		Again                              string // the address that checks once more; may be empty
	}
	messagePage struct {
		Heading, Says string
		Back          bool
	}
)

// recordsAt is the address of the records behind the number of a rule.
func recordsAt(id string, f filter, rule string) string {
	return "/check/" + id + "/records" + view{rule: rule, practice: f.practice}.Query()
}

// line is a check in the list of the first page.
func (c *check) line() checkLine {
	l := checkLine{ID: c.id, Name: c.name, Time: c.began.Format("15:04"), Says: "done"}
	switch {
	case c.running():
		l.Says = "being checked"
	case c.err != nil:
		l.Says = "could not be checked"
	case len(c.outcome.sheets) == 1:
		l.Says = c.outcome.sheets[0].Headline
	}
	return l
}

// write writes a page, or says that it cannot be made.
func (p *pages) write(w http.ResponseWriter, status int, name, title string, of any) {
	var out bytes.Buffer
	if err := p.all.ExecuteTemplate(&out, name, struct {
		Title string
		Waits bool // the page is to be loaded again
		Page  any
	}{title, name == "running", of}); err != nil {
		refuse(w, http.StatusInternalServerError, "This page cannot be shown. Please report it.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}
