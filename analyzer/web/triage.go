package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"paperlight/analyzer/history"
	"paperlight/analyzer/report"
)

// A stateChoice is one value that can be said of a record.
type stateChoice struct {
	Value, Words string
	Chosen       bool
	Settable     bool // by people
}

var stateWords = map[history.State]string{history.ToDo: "to do", history.Done: "done", history.Accepted: "stays as it is", history.Reopened: "came back"}

func states(v view) (out []stateChoice) {
	for _, s := range []history.State{history.ToDo, history.Done, history.Accepted, history.Reopened} {
		out = append(out, stateChoice{string(s), stateWords[s], v.state == string(s), s != history.Reopened})
	}
	return out
}

func owners() (out []stateChoice) {
	for _, o := range history.Owners {
		out = append(out, stateChoice{Value: o, Words: report.OwnerWords(o)})
	}
	return out
}

func reasons() (out []stateChoice) {
	for _, r := range history.Reasons {
		out = append(out, stateChoice{Value: r.ID, Words: r.Says})
	}
	return out
}

// state is what was said of a record; of most, nothing was.
func (r *record) state() history.State {
	if r.said.State == "" {
		return history.ToDo
	}
	return r.said.State
}

// Said is what was said of a record, in words; empty where nothing was.
func (r *record) Said() string {
	if r.said.State == "" {
		return ""
	}
	words := stateWords[r.said.State]
	if r.said.Owner != "" {
		words += ", " + ownerWords(r.said.Owner)
	}
	if at := slices.IndexFunc(history.Reasons, func(reason history.Reason) bool { return reason.ID == r.said.Reason }); at >= 0 {
		words += ": " + history.Reasons[at].Says
	}
	return words + " (" + r.said.At.Local().Format("2 January 2006") + ")"
}

// ownerWords names who has a finding; initials are what they are.
func ownerWords(owner string) string {
	if slices.Contains(history.Owners, owner) {
		return report.OwnerWords(owner)
	}
	return owner
}

// said returns what finds what was said of records, and reports whether more can be said:
// only of the last check of a practice. Otherwise untold says why not.
func (s *Server) said(c *check, out *outcome, v view) (can bool, untold string, tell func([]*record)) {
	tell = func([]*record) {}
	h, err := s.past()
	if h == nil {
		if err != nil {
			untold = pastFault(err)
		}
		return false, untold, tell
	}
	defer h.Close()
	practice := out.sheets[v.practice].Practice
	m := out.moved[practice]
	if m == nil {
		return false, "Nothing can be noted of these records here. This check was not added to what was found before.", tell
	}
	if m.rules[v.rule].Derived {
		return false, "Nothing can be noted of these records. They have no keys of their own, so the next check could not know them again.", tell
	}
	triage, err := h.Triage(practice, v.rule)
	if err != nil {
		return false, pastFault(err), tell
	}
	tell = func(rows []*record) {
		for _, r := range rows {
			if handle, ok := h.Handle(practice, v.rule, r.Patient, r.Record); ok { // by the key alone, which outlives the file
				r.Handle, r.said = strconv.FormatInt(int64(handle), 10), triage[handle]
			}
		}
	}
	if runs, err := h.Runs(practice); err != nil || len(runs) == 0 || runs[0].ID != m.run.ID {
		return false, "This practice was checked again since. Note what is done in the list of the last check.", tell
	}
	return !c.past(), "", tell
}

// mostMarked bounds how many records are marked at once: those of a page.
const mostMarked = recordsShown

// triage says something of the records that a form marks.
func (s *Server) triage(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	_, out := s.done(r)
	if out == nil || len(out.sheets) == 0 {
		s.missing(w)
		return
	}
	v := viewOf(r.PostForm, len(out.sheets))
	if out.task(v) == nil {
		s.missing(w)
		return
	}
	handles, t, err := s.marked(r)
	if err == nil {
		err = s.note(out.sheets[v.practice].Practice, v.rule, handles, t)
	}
	var wrong *formError
	switch {
	case errors.As(err, &wrong):
		s.fail(w, http.StatusBadRequest, wrong.says)
	case err != nil:
		s.fail(w, http.StatusConflict, "This was not saved: "+pastWords(err))
	default:
		http.Redirect(w, r, s.at("/check/"+r.PathValue("id")+"/records"+v.Query("saved", "1", "page", v.pageText())), http.StatusSeeOther)
	}
}

// pastWords are what is wrong with the history, and the cure.
func pastWords(err error) string {
	return strings.TrimPrefix(pastFault(err), "What was found before cannot be read: ")
}

// marked reads a form: which records, and what is said of them.
func (s *Server) marked(r *http.Request) (handles []history.Handle, t history.Triage, err error) {
	t = history.Triage{State: history.State(r.PostForm.Get("to")), Owner: r.PostForm.Get("owner"), Reason: r.PostForm.Get("reason"), At: s.Now()}
	if initials := strings.ToUpper(strings.TrimSpace(r.PostForm.Get("initials"))); initials != "" {
		t.Owner = initials
	}
	if t.State != history.Accepted {
		t.Reason = ""
	}
	for _, text := range r.PostForm["record"] {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || len(handles) == mostMarked {
			return nil, t, &formError{"The form was not sent as it should be. Go back, and try again."}
		}
		handles = append(handles, history.Handle(n))
	}
	switch {
	case len(handles) == 0:
		return nil, t, &formError{"No record was ticked. Go back, tick the records, and save again."}
	case t.State == "":
		return nil, t, &formError{"Say what was done: to do, done, or stays as it is. Go back, and choose."}
	case t.State == history.Accepted && t.Reason == "":
		return nil, t, &formError{"Say why it may stay as it is. Go back, and choose a reason of the list."}
	}
	return handles, t, nil
}

// note writes what is said of records into the history.
func (s *Server) note(practice, rule string, handles []history.Handle, t history.Triage) error {
	h, err := s.past()
	if err != nil {
		return err
	}
	if h == nil {
		return history.ErrNone
	}
	defer h.Close()
	return h.SetTriage(practice, rule, handles, t)
}
