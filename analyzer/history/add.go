package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
)

// An Addition is what a run found of one practice.
type Addition struct {
	At       time.Time
	Practice string
	// Report and State are those of the run, at the level practice. What they say of
	// other practices is left out.
	Report *report.Report
	State  *state.State
	// Found are the rules that were judged and list records.
	Found []Found
}

// A Found is the records that a rule listed.
type Found struct {
	Rule string
	// Digest is of the page of the rule.
	Digest string
	// Listed: somebody has to look at the records, since the rule is not met.
	Listed bool
	// Derived: the record ids are ours, made from the place in the file. Count are the
	// records then, and there are no handles.
	Derived bool
	Count   int64
	Handles []Handle
}

// An Added says what became of an Addition.
type Added struct {
	Run int64
	// Repeated: the last run of the practice found just this; nothing was added.
	Repeated bool
	Linked   bool
}

// An Adding adds runs: all that were added, or none where it is not committed.
type Adding struct {
	tx  *sql.Tx
	ctx context.Context //nolint:containedctx // of the one transaction
	// packer is of all runs that are added.
	packer *zstd.Encoder
}

// Begin begins to add runs. Another program that writes meanwhile has to wait.
func (h *History) Begin(ctx context.Context) (*Adding, error) {
	packer, err := newPacker()
	if err != nil {
		return nil, err
	}
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fault(err)
	}
	return &Adding{tx, ctx, packer}, nil
}

// Commit keeps what was added.
func (a *Adding) Commit() error { return fault(a.tx.Commit()) }

// Rollback forgets it; after Commit it does nothing.
func (a *Adding) Rollback() { _ = a.tx.Rollback() }

// Add adds the run of a practice. Runs are added in the order of their as-of dates.
func (a *Adding) Add(of Addition) (out Added, err error) {
	defer crash.Catch(&err, "the writing of the history")
	r, s, err := of.alone()
	if err != nil {
		return out, err
	}
	p, err := packOf(a.ctx, a.packer, r, s)
	if err != nil {
		return out, err
	}
	found := slices.Clone(of.Found)
	for i := range found {
		slices.Sort(found[i].Handles)
		found[i].Handles = slices.Compact(found[i].Handles)
		if !found[i].Derived {
			found[i].Count = int64(len(found[i].Handles))
		}
	}
	slices.SortFunc(found, func(x, y Found) int { return strings.Compare(x.Rule, y.Rule) })
	w := &addition{Adding: a, at: of.At, report: r, found: found, digest: digestOf(p, found)}
	if err := w.add(p); err != nil {
		return out, fault(err)
	}
	return w.Added, nil
}

// alone is the report and the state of the practice alone.
func (of *Addition) alone() (*report.Report, *state.State, error) {
	i := slices.IndexFunc(of.Report.Practices, func(p report.PracticeReport) bool { return p.PracticeID == of.Practice })
	j := slices.IndexFunc(of.State.Practices, func(p state.PracticeState) bool { return p.ID == of.Practice })
	if i < 0 || j < 0 || of.Report.Level != report.Practice {
		return nil, nil, errors.New("the history keeps reports of the level practice, of a practice that the run judged")
	}
	r, s := *of.Report, *of.State
	r.Practices, s.Practices = []report.PracticeReport{r.Practices[i]}, []state.PracticeState{s.Practices[j]}
	if at := r.Practices[0].Extract; at >= 0 && at < len(r.Extracts) {
		r.Extracts = r.Extracts[at : at+1]
		r.Practices[0].Extract = 0
	}
	return &r, &s, nil
}

// digestOf tells whether two runs found the same.
func digestOf(p packed, found []Found) []byte {
	sum := sha256.New()
	for _, text := range [][]byte{p.reportText, p.stateText} {
		part := sha256.Sum256(text)
		sum.Write(part[:])
	}
	var number [8]byte
	for i := range found {
		part := sha256.Sum256([]byte(found[i].Rule + "\x00" + found[i].Digest))
		sum.Write(part[:])
		binary.BigEndian.PutUint64(number[:], uint64(found[i].Count))
		sum.Write(number[:])
		for _, handle := range found[i].Handles {
			binary.BigEndian.PutUint64(number[:], uint64(handle))
			sum.Write(number[:])
		}
	}
	return sum.Sum(nil)
}

// An addition is one run while it is added.
type addition struct {
	*Adding
	Added
	at       time.Time
	report   *report.Report
	found    []Found
	digest   []byte
	practice int64 // its row
	before   int64 // the run before; 0 for none
	oldest   int64 // of the runs that judged the rules last; 0 for none
	moves    []move
}

func (w *addition) add(p packed) error {
	of := &w.report.Practices[0]
	if err := w.tx.QueryRowContext(w.ctx, `INSERT INTO practices (practice, ods_code, name) VALUES (?, ?, ?)
		ON CONFLICT (practice) DO UPDATE SET ods_code = excluded.ods_code, name = excluded.name RETURNING id`, of.PracticeID, of.ODSCode, of.Name).Scan(&w.practice); err != nil {
		return err
	}
	if repeated, err := w.after(of.AsOf); err != nil || repeated {
		return err
	}
	if err := w.insert(p); err != nil {
		return err
	}
	if err := w.compare(); err != nil {
		return err
	}
	if err := w.write(); err != nil {
		return err
	}
	return w.forget()
}

// after finds the run before. It reports whether that found just the same, and refuses
// to add an earlier day behind a later one: what is new and what is fixed would be
// told the wrong way round.
func (w *addition) after(asOf string) (repeated bool, err error) {
	var last string
	var digest []byte
	// A run that could judge nothing, such as one of a day that was mistyped, holds up
	// none: there is nothing in it that could be told the wrong way round.
	err = w.tx.QueryRowContext(w.ctx, `SELECT id, digest, linked, coalesce((SELECT max(as_of) FROM runs j WHERE j.practice = ?1 AND EXISTS (SELECT 1 FROM counts c WHERE c.run = j.id)), '')
		FROM runs WHERE practice = ?1 ORDER BY id DESC LIMIT 1`, w.practice).Scan(&w.before, &digest, &w.Linked, &last)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		w.Linked = true
		return false, nil
	case err != nil:
		return false, err
	case bytes.Equal(digest, w.digest):
		w.Run, w.Repeated = w.before, true
		return true, nil
	case asOf < last:
		return false, &Error{Message: "the history has a later run of the practice, as of " + last,
			Hint: "add runs in the order of their days, or to a history of another name"}
	}
	return false, nil
}

func (w *addition) insert(p packed) error {
	r, of := w.report, &w.report.Practices[0]
	scheme := r.Scheme.Title
	if scheme == "" {
		scheme = r.Scheme.ID
	}
	done, err := w.tx.ExecContext(w.ctx, `INSERT INTO runs (practice, before, at, as_of, extract, tool, scheme, scheme_sha256, rules, rules_sha256, linked, handles, digest, report, state)
		VALUES (?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, 1, 1, ?, ?, ?)`,
		w.practice, w.before, w.at.Unix(), of.AsOf, r.Extract.Name, r.Tool.Version, scheme, r.Scheme.SHA256, r.Rules.Version, r.Rules.SHA256, w.digest, p.report, p.state)
	if err != nil {
		return err
	}
	if w.Run, err = done.LastInsertId(); err != nil {
		return err
	}
	for i, a := range of.Accreditations {
		if _, err := w.tx.ExecContext(w.ctx, "INSERT INTO verdicts (run, place, accreditation, title, verdict, score, assured_score) VALUES (?, ?, ?, ?, ?, ?, ?)",
			w.Run, i, a.ID, a.Title, string(a.Verdict), a.Score, a.AssuredScore); err != nil {
			return err
		}
	}
	return nil
}

// keptRuns is of how many runs of a practice the handles that are listed no more are
// kept. Of runs before, the reports and counts stay.
const keptRuns = 24

// forget lets go of handles that nothing can be told by any more: where records cannot
// be linked, those from before the runs that they were held against, in case this run was
// of a wrong extract; else those closed long ago.
func (w *addition) forget() error {
	oldest := w.oldest
	if w.Linked {
		err := w.tx.QueryRowContext(w.ctx, "SELECT id FROM runs WHERE practice = ? ORDER BY id DESC LIMIT 1 OFFSET ?", w.practice, keptRuns-1).Scan(&oldest)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM findings WHERE practice = ? AND last < ?", w.practice, oldest); err != nil {
		return err
	}
	_, err := w.tx.ExecContext(w.ctx, "UPDATE runs SET handles = 0 WHERE practice = ? AND id < ? AND handles = 1", w.practice, oldest)
	return err
}
