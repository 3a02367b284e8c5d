package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/visible"
)

// routes are what there is to ask for, below the base of all addresses. Jobs that are
// asked for live as long as ctx.
func (s *Server) routes(ctx context.Context) *http.ServeMux {
	m := http.NewServeMux()
	part := func(pattern string, answer func(context.Context, http.ResponseWriter, *http.Request)) {
		m.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { answer(ctx, w, r) })
	}
	m.HandleFunc("GET /{$}", s.first)
	m.HandleFunc("GET /style.css", s.style)
	m.HandleFunc("GET /script.js", s.script)
	part("POST /check", s.upload)
	part("POST /here", s.here)
	part("POST /example", s.example)
	m.HandleFunc("GET /icon.svg", s.icon)
	m.HandleFunc("GET /check/{id}", s.show)
	m.HandleFunc("GET /check/{id}/events", s.followCheck)
	m.HandleFunc("GET /check/{id}/all", s.all)
	m.HandleFunc("GET /check/{id}/checks.csv", s.takeTasks)
	m.HandleFunc("GET /check/{id}/checks.xlsx", s.takeTasks)
	m.HandleFunc("GET /check/{id}/records", s.records)
	m.HandleFunc("GET /check/{id}/records.csv", s.takeRecords)
	m.HandleFunc("GET /check/{id}/records.xlsx", s.takeRecords)
	m.HandleFunc("GET /check/{id}/workbook.xlsx", s.workbook)
	m.HandleFunc("GET /check/{id}/report", s.report)
	m.HandleFunc("POST /check/{id}/triage", s.triage)
	part("POST /check/{id}/why", s.explain)
	m.HandleFunc("GET /check/{id}/why/{number}", s.explained)
	m.HandleFunc("GET /check/{id}/why/{number}/events", s.followExplanation)
	m.HandleFunc("GET /check/{id}/questions", s.questions)
	part("POST /check/{id}/questions", s.save)
	m.HandleFunc("GET /check/{id}/declarations.yaml", s.takeAnswers)
	part("POST /check/{id}/again", s.again)
	m.HandleFunc("POST /check/{id}/stop", s.stopCheck)
	for _, form := range []string{".csv", ".xlsx"} {
		m.HandleFunc("GET /check/{id}/readiness"+form, s.takeScores)
		m.HandleFunc("GET /history/checks"+form, s.takeHistory)
		m.HandleFunc("GET /history/changed"+form, s.takeCompared)
	}
	m.HandleFunc("GET /history", s.history)
	m.HandleFunc("GET /history/compare", s.compare)
	m.HandleFunc("POST /history/erase", s.erase)
	m.HandleFunc("POST /stop", s.end)
	m.HandleFunc("GET /", s.none)
	return m
}

// at is an address of ours.
func (s *Server) at(rest string) string { return s.guard.base + rest }

// checksShown is how many checks the first page lists, the last ones first.
const checksShown = 10

// first is the first page: what can be checked, and what was.
func (s *Server) first(w http.ResponseWriter, _ *http.Request) {
	page := startPage{Schemes: s.Schemes, History: s.History != ""}
	for _, p := range s.Paths {
		page.Here = append(page.Here, visible.Line(filepath.Base(p)))
	}
	s.mu.Lock()
	for _, c := range slices.Backward(s.checks) {
		if len(page.Checks) == checksShown {
			break
		}
		page.Checks = append(page.Checks, c.line())
	}
	s.mu.Unlock()
	s.pages.write(w, http.StatusOK, "start", "Check an extract", page)
}

func (s *Server) style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = io.WriteString(w, s.pages.style)
}

func (s *Server) script(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = io.WriteString(w, ownScript)
}

func (s *Server) icon(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	_, _ = io.WriteString(w, ownIcon)
}

// here checks the extracts that the program was started with, where they are.
func (s *Server) here(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	asked := Checking{Paths: s.Paths, Scheme: r.PostForm.Get("scheme"), AsOf: r.PostForm.Get("as_of"), TestNumbers: r.PostForm.Get("test_numbers") != ""}
	if len(s.Paths) == 0 {
		s.fail(w, http.StatusNotFound, "paperlight was started without an extract. Choose one on the first page.")
		return
	}
	if err := s.allowed(&asked); err != nil {
		s.fail(w, http.StatusBadRequest, err.Error())
		return
	}
	name := visible.Line(filepath.Base(s.Paths[0]))
	if more := len(s.Paths) - 1; more > 0 {
		name = fmt.Sprintf("%s and %d more", name, more)
	}
	c, err := s.add(ctx, random(), name, asked)
	if err != nil {
		s.fail(w, http.StatusInternalServerError, notStarted)
		return
	}
	http.Redirect(w, r, s.at("/check/"+c.id), http.StatusSeeOther)
}

// example makes up a practice and checks it.
func (s *Server) example(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	id := random()
	asked := Checking{Paths: []string{filepath.Join(s.Storage, id, "extract", "Made-up practice")}, TestNumbers: true, Example: true}
	err := s.allowed(&asked)
	if err == nil {
		err = s.root.MkdirAll(path.Join(id, "extract"), 0o700)
	}
	var c *check
	if err == nil {
		c, err = s.add(ctx, id, "Made-up practice", asked)
	}
	if err != nil {
		s.fail(w, http.StatusInternalServerError, notStarted)
		return
	}
	http.Redirect(w, r, s.at("/check/"+c.id), http.StatusSeeOther)
}

const notStarted = "The check could not be started. Stop paperlight and start it again."

// form reads the form of a request, or answers why it cannot be read.
func (s *Server) form(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, formSize)
	err := r.ParseForm()
	if err != nil {
		status, said := formFault(err)
		s.fail(w, status, said)
	}
	return err == nil
}

// formFault words what is wrong with a form.
func formFault(err error) (int, string) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge, "The form is too large. Go back, and try again."
	}
	return http.StatusBadRequest, "The form was not sent as it should be. Go back, and try again."
}

// allowed holds what a form asks for to what there is.
func (s *Server) allowed(asked *Checking) error {
	if asked.Scheme == "" && len(s.Schemes) > 0 {
		asked.Scheme = s.Schemes[0].ID
	}
	if !slices.ContainsFunc(s.Schemes, func(c Scheme) bool { return c.ID == asked.Scheme }) {
		return &formError{"There is no such scheme. Go back, and choose one of the list."}
	}
	if _, ok := calendar.Parse(asked.AsOf); asked.AsOf != "" && !ok {
		return &formError{"The day must be a date, such as 2026-03-31. Go back, and put it right."}
	}
	return nil
}

// report is the report itself, as it was written.
func (s *Server) report(w http.ResponseWriter, r *http.Request) {
	c, out := s.done(r)
	if out == nil {
		s.missing(w)
		return
	}
	s.send(w, path.Join(c.id, "outcome", ReportPage), map[string]string{
		// The page brings a policy of its own, by which its look alone is used.
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"Content-Type":            "text/html; charset=utf-8",
	})
}

// done is the check that a request names and what came out, or nil.
func (s *Server) done(r *http.Request) (*check, *outcome) {
	c := s.find(r.PathValue("id"))
	if c == nil {
		return nil, nil
	}
	return c, c.found()
}

// send sends a file of the storage, whole: nothing is stored that a part could be of.
func (s *Server) send(w http.ResponseWriter, name string, header map[string]string) {
	f, err := s.root.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		s.missing(w)
		return
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		s.missing(w)
		return
	}
	for name, value := range header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Length", strconv.FormatInt(st.Size(), 10))
	_, _ = io.Copy(&moving{Writer: w, move: s.mover(w)}, f)
}

// stopCheck ends a check.
func (s *Server) stopCheck(w http.ResponseWriter, r *http.Request) {
	c := s.find(r.PathValue("id"))
	if c == nil {
		s.missing(w)
		return
	}
	c.stop()
	http.Redirect(w, r, s.at("/check/"+c.id), http.StatusSeeOther)
}

// end stops the server, once the page that says so has its look.
func (s *Server) end(w http.ResponseWriter, _ *http.Request) {
	s.pages.write(w, http.StatusOK, "message", "Stopped", messagePage{Heading: "paperlight has stopped", Says: "The copies of what you dropped are removed. You can close this page."})
	time.AfterFunc(s.pace.part, s.stop)
}

// none answers for what there is not.
func (s *Server) none(w http.ResponseWriter, _ *http.Request) { s.missing(w) }

func (s *Server) missing(w http.ResponseWriter) {
	s.fail(w, http.StatusNotFound, "There is no such page. Go back to the first one.")
}

// fail is a page that says what went wrong.
func (s *Server) fail(w http.ResponseWriter, status int, says string) {
	s.pages.write(w, status, "message", "That did not work", messagePage{Heading: "That did not work", Says: says, Back: true})
}
