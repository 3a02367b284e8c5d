package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"paperlight/analyzer/visible"
)

// An explanation says why a check counts a patient or not.
type explanation struct {
	*job
	rule, title, text string // text is set before the job has ended
}

type explanationPage struct {
	ID, Title, Rule string
	Query           string
	Lines           []string
}

// longestKey bounds the key of a patient.
const longestKey = 256

// explain asks why a rule counts a patient or not. The key comes in a form: what stands
// in an address, a browser keeps.
func (s *Server) explain(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	c, out := s.done(r)
	if out == nil || c.past() {
		s.missing(w)
		return
	}
	rule, patient := s.Catalogue.Rule(r.PostForm.Get("rule")), strings.TrimSpace(r.PostForm.Get("patient"))
	switch {
	case rule == nil:
		s.missing(w)
		return
	case patient == "" || len(patient) > longestKey || strings.HasPrefix(patient, "-"):
		s.fail(w, http.StatusBadRequest, "Give the key of the patient, as it stands in the lists. Go back, and try again.")
		return
	}
	j, ctx, err := s.newJob(ctx)
	if err != nil {
		s.fail(w, http.StatusInternalServerError, notStarted)
		return
	}
	a := &explanation{job: j, rule: rule.ID, title: rule.Title}
	s.mu.Lock()
	c.explanations = append(c.explanations, a)
	n := len(c.explanations)
	s.mu.Unlock()
	s.start(ctx, j, func(ctx context.Context) (err error) {
		a.text, err = s.Explain(ctx, c.asked, rule.ID, patient, j.say)
		return err
	})
	http.Redirect(w, r, s.at("/check/"+c.id+"/why/"+strconv.Itoa(n)), http.StatusSeeOther)
}

// explained is the page of an explanation, or of the waiting for it.
func (s *Server) explained(w http.ResponseWriter, r *http.Request) {
	c, a := s.explanationOf(r)
	if a == nil {
		s.missing(w)
		return
	}
	if a.running() || a.err != nil {
		s.waiting(w, "/check/"+c.id+"/why/"+r.PathValue("number"), "Looking the patient up", "The patient could not be looked up", "/check/"+c.id+"/records"+view{rule: a.rule}.Query(), a.job)
		return
	}
	page := explanationPage{ID: c.id, Title: a.title, Rule: a.rule, Query: view{rule: a.rule}.Query()}
	for line := range strings.SplitSeq(strings.TrimSpace(a.text), "\n") {
		page.Lines = append(page.Lines, visible.Text(line))
	}
	s.pages.write(w, http.StatusOK, "explanation", "Why this patient is in or out", page)
}

// explanationOf is the explanation that an address names, or nil.
func (s *Server) explanationOf(r *http.Request) (*check, *explanation) {
	c := s.find(r.PathValue("id"))
	n, err := strconv.Atoi(r.PathValue("number"))
	if c == nil || err != nil {
		return nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 1 || n > len(c.explanations) || strconv.Itoa(n) != r.PathValue("number") {
		return nil, nil
	}
	return c, c.explanations[n-1]
}
