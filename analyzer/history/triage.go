package history

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"paperlight/analyzer/crash"
)

// A State is what was said of a finding. A finding of which nothing was said is open.
type State string

// The states.
const (
	// ToDo: it is to be done, by somebody where Triage says by whom.
	ToDo State = "open"
	// Done: somebody put the record right. The next run says whether it is gone.
	Done State = "done"
	// Accepted: it stays as it is, for a reason. That changes no count, status or
	// verdict.
	Accepted State = "accepted"
	// Reopened: it was done, and a later run lists it again. Only runs say so.
	Reopened State = "reopened"
)

// A Triage is what was said of a finding, and since when.
type Triage struct {
	State State
	// Owner is who has it: one of Owners, or initials; empty for nobody.
	Owner string
	// Reason is one of Reasons where the finding is accepted, else empty.
	Reason string
	At     time.Time
	// Run is the last run of the practice when it was said.
	Run int64
}

// Owners are who may have a finding, beside people by their initials.
var Owners = []string{"practice", "clinician", "supplier", "pcse", "file"}

// A Reason is why a finding may stay as it is.
type Reason struct{ ID, Says string }

// Reasons are all of them.
var Reasons = []Reason{
	{"right", "We looked, and the record is right as it is."},
	{"not_known", "Nobody can find out any more."},
	{"declined", "The patient was asked and does not want it."},
	{"elsewhere", "Someone else has to put it right, and knows."},
	{"left", "The patient has left, or is about to leave."},
}

// longestInitials is how many letters initials may have.
const longestInitials = 4

// check refuses what is not of the lists: no text that someone typed is kept.
func (t *Triage) check() error {
	wrong := func(message, hint string) error { return &Error{Kind: Asked, Message: message, Hint: hint} }
	initials := t.Owner != "" && len(t.Owner) <= longestInitials && strings.Trim(t.Owner, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	switch {
	case !slices.Contains([]State{ToDo, Done, Accepted}, t.State):
		return wrong("a finding can be marked open, done or accepted", "reopened is said by the next run alone")
	case t.Owner != "" && !initials && !slices.Contains(Owners, t.Owner):
		return wrong("who has a finding is "+strings.Join(Owners, ", ")+", or initials of one to four capital letters", "")
	case t.State == Accepted && !slices.ContainsFunc(Reasons, func(r Reason) bool { return r.ID == t.Reason }):
		return wrong("to accept a finding needs one of the reasons of the list", "")
	case t.State != Accepted && t.Reason != "":
		return wrong("only a finding that is accepted has a reason", "")
	}
	return nil
}

// Triage is what was said of the findings of a rule, of those that are listed no more
// too. Nothing is there of a finding that is open and with nobody.
func (h *History) Triage(practice, rule string) (_ map[Handle]Triage, err error) {
	defer crash.Catch(&err, reading)
	rows, err := h.db.Query(`SELECT t.handle, t.state, t.owner, t.reason, t.at, t.run FROM triage t JOIN practices p ON p.id = t.practice JOIN rules r ON r.id = t.rule
		WHERE p.practice = ? AND r.rule = ?`, practice, rule)
	if err != nil {
		return nil, fault(err)
	}
	defer rows.Close()
	out := map[Handle]Triage{}
	for rows.Next() {
		var handle Handle
		var t Triage
		var at int64
		if err := rows.Scan(&handle, &t.State, &t.Owner, &t.Reason, &at, &t.Run); err != nil {
			return nil, fault(err)
		}
		t.At = time.Unix(at, 0).UTC()
		out[handle] = t
	}
	return out, fault(rows.Err())
}

// SetTriage says the same of findings of a rule: of all, or of none where one of them is
// not listed by the last run that judged the rule. Run is filled in.
func (h *History) SetTriage(practice, rule string, handles []Handle, t Triage) (err error) {
	defer crash.Catch(&err, "the writing of the history")
	if err := t.check(); err != nil {
		return err
	}
	ctx := context.Background()
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return fault(err)
	}
	defer func() { _ = tx.Rollback() }()
	var of, by, run int64
	err = tx.QueryRow("SELECT p.id, r.id, (SELECT max(id) FROM runs WHERE practice = p.id) FROM practices p, rules r WHERE p.practice = ? AND r.rule = ?", practice, rule).Scan(&of, &by, &run)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fault(err)
	}
	for _, handle := range handles {
		var listed int
		if err := tx.QueryRow("SELECT count(*) FROM findings WHERE practice = ? AND rule = ? AND handle = ? AND last IS NULL", of, by, int64(handle)).Scan(&listed); err != nil {
			return fault(err)
		}
		if listed == 0 {
			return &Error{Kind: Asked, Message: "the last run does not list this record", Hint: "open the list again: a later run may have found it put right"}
		}
		statement, args := `INSERT OR REPLACE INTO triage (practice, rule, handle, state, owner, reason, at, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			[]any{of, by, int64(handle), string(t.State), t.Owner, t.Reason, t.At.Unix(), run}
		if t.State == ToDo && t.Owner == "" {
			statement, args = "DELETE FROM triage WHERE practice = ? AND rule = ? AND handle = ?", args[:3]
		}
		if _, err := tx.Exec(statement, args...); err != nil {
			return fault(err)
		}
	}
	return fault(tx.Commit())
}
