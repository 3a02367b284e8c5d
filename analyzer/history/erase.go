package history

import (
	"context"

	"paperlight/analyzer/crash"
)

// Erase erases all of a practice.
func (h *History) Erase(practice string) error {
	return h.erase("SELECT id, practice FROM runs WHERE practice = (SELECT id FROM practices WHERE practice = ?)", practice)
}

// EraseBefore erases the runs as of a day before the given one, YYYY-MM-DD, of all
// practices, and what is known from them alone.
func (h *History) EraseBefore(day string) error {
	return h.erase("SELECT id, practice FROM runs WHERE as_of < ?", day)
}

// EraseAll erases all that the history holds. The file and its key are for the caller to
// remove.
func (h *History) EraseAll() error { return h.erase("SELECT id, practice FROM runs") }

// erase erases runs, and what nothing refers to afterwards. What was there is overwritten
// (secure_delete), and the file made anew without it.
func (h *History) erase(runs string, args ...any) (err error) {
	defer crash.Catch(&err, "the erasing of the history")
	tx, err := h.db.BeginTx(context.Background(), nil)
	if err != nil {
		return fault(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.Exec("CREATE TEMP TABLE erased AS "+runs, args...); err != nil {
		return fault(err)
	}
	for _, statement := range []string{
		"DELETE FROM verdicts WHERE run IN (SELECT id FROM erased)",
		"DELETE FROM counts WHERE run IN (SELECT id FROM erased)",
		"DELETE FROM runs WHERE id IN (SELECT id FROM erased)",
		// A finding of runs that are gone goes, one that was there before begins with
		// the first run that is left.
		"DELETE FROM findings WHERE practice IN (SELECT practice FROM erased) AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.practice = findings.practice AND r.id >= findings.first AND (findings.last IS NULL OR r.id <= findings.last))",
		"UPDATE findings SET first = (SELECT min(id) FROM runs r WHERE r.practice = findings.practice AND r.id >= findings.first) WHERE first IN (SELECT id FROM erased)",
		"DELETE FROM triage WHERE practice IN (SELECT practice FROM erased) AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.practice = triage.practice AND f.rule = triage.rule AND f.handle = triage.handle)",
		"DELETE FROM practices WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.practice = practices.id)",
		"UPDATE runs SET before = NULL WHERE before IN (SELECT id FROM erased)",
		"UPDATE counts SET before = NULL, appeared = NULL, fixed = NULL, still_open = NULL, reopened = NULL WHERE before IN (SELECT id FROM erased)",
		"DROP TABLE erased",
	} {
		if _, err := tx.Exec(statement); err != nil {
			return fault(err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fault(err)
	}
	_, err = h.db.Exec("VACUUM")
	return fault(err)
}
