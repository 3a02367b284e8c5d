package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/visible"
)

// A resultPage is what a check found in one practice, as a list of tasks.
type resultPage struct {
	ID, Name, Checked string
	Sheet             *report.Sheet
	Practices         []choice
	NotRead           []string
	Filter            filter
	Kinds, Who, For   []choice
	Tasks             []taskLine
	Total             string
	Old               string
	Moved, Fault      string // since the check before
	Book              bool
	Past              bool // of the history: there is no extract any more
	Again             settings
}

// The settings that a check was asked for with.
type settings struct {
	Checking
	Schemes []Scheme
}

// A taskLine is a task and where its numbers lead.
type taskLine struct {
	*report.Task
	Listed   bool // the records are listed
	Numbered bool // how many they are is said: they are listed, or were
	Moved    string
	Sections []section
	Patient  bool // one patient can be looked up
	Open     bool
	Anchor   string
}

// A section is a part of a rule's page.
type section struct {
	Heading    string
	Paragraphs []string
}

// paragraphs are the paragraphs of a text, each on one line; its marks of code are left
// out.
func paragraphs(text string) (out []string) {
	for one := range strings.SplitSeq(strings.ReplaceAll(text, "`", ""), "\n\n") {
		for _, item := range strings.Split("\n"+one, "\n- ") {
			if item = strings.Join(strings.Fields(item), " "); item != "" {
				out = append(out, visible.Line(item))
			}
		}
	}
	return out
}

// show is the page of one check: how far it is, or what came out.
func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	c := s.find(r.PathValue("id"))
	if c == nil {
		s.missing(w)
		return
	}
	if out := c.found(); out != nil {
		s.pages.write(w, http.StatusOK, "result", "What was found", s.result(c, out, r))
		return
	}
	s.waiting(w, "/check/"+c.id, "Checking "+visible.Line(c.name), visible.Line(c.name)+" could not be checked", "", c.job)
}

// waiting is the page of a job that goes on, or that failed.
func (s *Server) waiting(w http.ResponseWriter, at, title, failed, back string, j *job) {
	page := jobPage{At: at, Title: title, Failed: failed, Back: back}
	if err := j.fault(); errors.Is(err, errStopped) {
		page.Failed = "You stopped it"
		if back == "" {
			page.Again = at + "/again"
		}
		s.pages.write(w, http.StatusOK, "failed", "Stopped", page)
		return
	} else if err != nil {
		page.Fault = visible.Text(err.Error())
		s.pages.write(w, http.StatusOK, "failed", "That did not work", page)
		return
	}
	said, _ := j.said()
	page.Progress = visible.Line(said)
	s.pages.write(w, http.StatusOK, "running", title, page)
}

// result is what a check found in the practice that the address names.
func (s *Server) result(c *check, out *outcome, r *http.Request) *resultPage {
	f := filterOf(r.URL.Query(), len(out.sheets))
	page := &resultPage{ID: c.id, Name: visible.Line(c.name), Checked: c.began.Format("2 January 2006 at 15:04"), Filter: f, Book: out.book != "", Past: c.past(), Fault: out.past, Again: settings{c.asked, s.Schemes}}
	for _, n := range out.NotRead {
		page.NotRead = append(page.NotRead, visible.Line(n.Name+": "+n.Says))
	}
	for i := range out.sheets {
		page.Practices = append(page.Practices, choice{Words: out.sheets[i].Name, Value: out.sheets[i].Headline, Chosen: i == f.practice, Query: filter{practice: i}.Query()})
	}
	if len(out.sheets) == 0 {
		return page
	}
	page.Sheet = &out.sheets[f.practice]
	page.Old = s.old(page.Sheet.AsOf)
	page.Moved = out.moved[page.Sheet.Practice].Words()
	page.Kinds, page.Who, page.For = f.kinds(page.Sheet.Tasks), f.owners(page.Sheet.Tasks), f.accreditations(page.Sheet)
	for _, t := range f.tasks(page.Sheet.Tasks) {
		l := s.line(out, t, f)
		l.Numbered = l.Listed || page.Past && l.Records > 0
		page.Tasks = append(page.Tasks, l)
	}
	page.Total = total(page.Tasks, len(page.Sheet.Tasks))
	return page
}

// An allPage is a table of all checks, to print.
type allPage struct {
	*resultPage
	Columns []column
}

// all is the page of all checks in one table.
func (s *Server) all(w http.ResponseWriter, r *http.Request) {
	c, out := s.done(r)
	if out == nil {
		s.missing(w)
		return
	}
	page := allPage{resultPage: s.result(c, out, r)}
	page.Columns = columns(page.Filter.sort, page.Filter.Query, [][2]string{{"Check", "title"}, {"Outcome", "outcome"}, {"Records", "records"}, {"Time", "time"}, {"Points", "points"}})
	s.pages.write(w, http.StatusOK, "all", "All checks", page)
}

// line is a task with what its rule's page says.
func (s *Server) line(out *outcome, t *report.Task, f filter) taskLine {
	listed := out.listsFor(t.Rule, out.sheets[f.practice].Practice)
	l := taskLine{Task: t, Listed: listed && t.Records > 0, Open: t.Rule == f.open, Anchor: "check-" + t.Code, Moved: out.moved[out.sheets[f.practice].Practice].rule(t.Rule)}
	rule := s.Catalogue.Rule(t.Rule)
	if rule == nil {
		return l
	}
	for _, heading := range []string{"What it measures", "Why it matters", "How to put it right", "Exceptions", "In the clinical system"} {
		if text := rule.Page.Text(heading); text != "" {
			l.Sections = append(l.Sections, section{heading, paragraphs(text)})
		}
	}
	l.Patient = rule.Checked != nil && rule.Table.Patient != nil
	return l
}

// oldAfter is how many days after its own date an extract is called old.
const oldAfter = 31

// old says that an extract is old; empty where it is not.
func (s *Server) old(asOf string) string {
	day, ok := calendar.Parse(asOf)
	if !ok {
		return ""
	}
	now := s.Now() // the day here, which is another than that of Greenwich for an hour in summer
	days := int64(time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC).Sub(day.Time()) / (24 * time.Hour))
	if days <= oldAfter {
		return ""
	}
	return "These records are " + figures.Count(days) + " days old. Export them again before you rely on what stands here."
}
