package history

import (
	"cmp"
	"database/sql"
	"encoding/hex"
	"errors"
)

// A move is what became of the records of one rule since it was judged last.
type move struct {
	rule   int64 // its row
	before int64 // the run in which it was judged last; 0 for none
	// New were never seen, back were seen, and not in the run before.
	appeared, back, still, gone []Handle
	// reopened were done, and are listed again.
	reopened map[Handle]bool
}

const (
	// fewest is how many findings a run needs before it is told that none recurs.
	fewest = 20
)

// compare holds the records found against those of the run before.
func (w *addition) compare() error {
	var were, are, recur int64
	for i := range w.found {
		m, err := w.move(&w.found[i])
		if err != nil {
			return err
		}
		w.moves = append(w.moves, m)
		if m.before > 0 && !w.found[i].Derived {
			w.oldest = min(cmp.Or(w.oldest, m.before), m.before)
			were += int64(len(m.still) + len(m.gone))
			are += int64(len(w.found[i].Handles))
			recur += int64(len(m.still))
		}
	}
	w.Linked = linked(were, are, recur)
	return nil
}

// linked reports whether the records of two runs can be told to be the same. Where
// under half recur, of those of either run, their ids were made anew. Where half of the
// new ones are old, but many old ones are gone, much was put right.
func linked(were, are, recur int64) bool {
	return were < fewest || are < fewest || 2*recur >= min(were, are)
}

func (w *addition) move(f *Found) (m move, err error) {
	if err := w.tx.QueryRowContext(w.ctx, "INSERT INTO rules (rule) VALUES (?) ON CONFLICT (rule) DO UPDATE SET rule = rule RETURNING id", f.Rule).Scan(&m.rule); err != nil {
		return m, err
	}
	err = w.tx.QueryRowContext(w.ctx, "SELECT max(c.run) FROM runs r JOIN counts c ON c.run = r.id WHERE r.practice = ? AND c.rule = ? AND c.derived = 0 HAVING max(c.run) IS NOT NULL",
		w.practice, m.rule).Scan(&m.before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return m, err
	}
	if f.Derived {
		return m, nil
	}
	open, seen, err := w.known(m.rule)
	if err != nil {
		return m, err
	}
	done, err := w.done(m.rule)
	if err != nil {
		return m, err
	}
	m.reopened = map[Handle]bool{}
	for _, handle := range f.Handles {
		switch {
		case open[handle]:
			m.still = append(m.still, handle)
			delete(open, handle)
		case seen[handle]:
			m.back = append(m.back, handle)
		default:
			m.appeared = append(m.appeared, handle)
		}
		if done[handle] {
			m.reopened[handle] = true
		}
	}
	for handle := range open {
		m.gone = append(m.gone, handle)
	}
	return m, nil
}

// known are the handles of a rule that are open, and those that were.
func (w *addition) known(rule int64) (open, seen map[Handle]bool, err error) {
	rows, err := w.tx.QueryContext(w.ctx, "SELECT handle, last IS NULL FROM findings WHERE practice = ? AND rule = ?", w.practice, rule)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	open, seen = map[Handle]bool{}, map[Handle]bool{}
	for rows.Next() {
		var handle Handle
		var isOpen bool
		if err := rows.Scan(&handle, &isOpen); err != nil {
			return nil, nil, err
		}
		if isOpen {
			open[handle] = true
		} else {
			seen[handle] = true
		}
	}
	return open, seen, rows.Err()
}

// done are the handles of a rule that somebody marked as put right.
func (w *addition) done(rule int64) (map[Handle]bool, error) {
	rows, err := w.tx.QueryContext(w.ctx, "SELECT handle FROM triage WHERE practice = ? AND rule = ? AND state = ?", w.practice, rule, string(Done))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[Handle]bool{}
	for rows.Next() {
		var handle Handle
		if err := rows.Scan(&handle); err != nil {
			return nil, err
		}
		out[handle] = true
	}
	return out, rows.Err()
}

// write keeps the counts of the run, and what moved.
func (w *addition) write() error {
	if !w.Linked {
		if _, err := w.tx.ExecContext(w.ctx, "UPDATE runs SET linked = 0 WHERE id = ?", w.Run); err != nil {
			return err
		}
	}
	for i := range w.found {
		if err := w.writeRule(&w.found[i], &w.moves[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *addition) writeRule(f *Found, m *move) error {
	var before, appeared, fixed, still, reopened any
	if m.before > 0 && !f.Derived {
		before = m.before
		if w.Linked {
			again := len(m.back)
			for _, handle := range m.still {
				if m.reopened[handle] {
					again++
				}
			}
			appeared, fixed, reopened = len(m.appeared), len(m.gone), again
			still = len(f.Handles) - len(m.appeared) - again
		}
	}
	digest, err := hex.DecodeString(f.Digest)
	if err != nil {
		return err
	}
	if _, err := w.tx.ExecContext(w.ctx, `INSERT INTO counts (run, rule, digest, listed, derived, found, before, appeared, fixed, still_open, reopened)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, w.Run, m.rule, digest[:min(8, len(digest))], f.Listed, f.Derived, f.Count, before, appeared, fixed, still, reopened); err != nil {
		return err
	}
	return w.writeHandles(m)
}

func (w *addition) writeHandles(m *move) error {
	each := func(statement string, handles []Handle, args ...any) error {
		if len(handles) == 0 {
			return nil
		}
		prepared, err := w.tx.PrepareContext(w.ctx, statement)
		if err != nil {
			return err
		}
		defer prepared.Close()
		for _, handle := range handles {
			if _, err := prepared.ExecContext(w.ctx, append([]any{w.practice, m.rule, int64(handle)}, args...)...); err != nil {
				return err
			}
		}
		return nil
	}
	const begin = "INSERT INTO findings (practice, rule, handle, first, last) VALUES (?, ?, ?, ?, NULL)"
	if err := each(begin, m.appeared, w.Run); err != nil {
		return err
	}
	if err := each(begin, m.back, w.Run); err != nil {
		return err
	}
	if err := each("UPDATE findings SET last = ?4 WHERE practice = ?1 AND rule = ?2 AND handle = ?3 AND last IS NULL", m.gone, m.before); err != nil {
		return err
	}
	var reopened []Handle
	for handle := range m.reopened {
		reopened = append(reopened, handle)
	}
	return each("UPDATE triage SET state = ?4, reason = '', at = ?5, run = ?6 WHERE practice = ?1 AND rule = ?2 AND handle = ?3", reopened, string(Reopened), w.at.Unix(), w.Run)
}
