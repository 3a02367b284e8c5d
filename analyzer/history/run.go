package history

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"

	"paperlight/analyzer/crash"
	"paperlight/analyzer/report"
	"paperlight/analyzer/state"
)

// A Practice is one that a history has runs of.
type Practice struct {
	ID      string    `json:"practice_id"`
	ODSCode string    `json:"ods_code"`
	Name    string    `json:"name"`
	Runs    int       `json:"runs"`
	Last    int64     `json:"last_run"`
	LastAt  time.Time `json:"last_at"`
	AsOf    string    `json:"last_as_of"` // of the last run
}

// A Run is one check of one practice.
type Run struct {
	ID       int64     `json:"run"`
	At       time.Time `json:"at"`
	Practice string    `json:"practice_id"`
	Name     string    `json:"name"`
	AsOf     string    `json:"as_of"`
	Extract  string    `json:"extract"`
	Tool     string    `json:"tool"`
	Scheme   string    `json:"scheme"`
	Rules    string    `json:"rules"`
	// The digests of the scheme and of the rules.
	SchemeSHA256 string    `json:"scheme_sha256"`
	RulesSHA256  string    `json:"rules_sha256"`
	Verdicts     []Verdict `json:"verdicts"`
	// Before is the run of the same practice that this one is held against, 0 for the
	// first. Linked: the records of the two can be told to be the same.
	Before int64 `json:"before"`
	Linked bool  `json:"linked"`
}

// A Verdict is that of one accreditation, with the scores in hundredths of a percent.
type Verdict struct {
	Accreditation string         `json:"accreditation"`
	Title         string         `json:"title"`
	Verdict       report.Verdict `json:"verdict"`
	Score         *int64         `json:"score"`
	AssuredScore  *int64         `json:"assured_score"`
}

// Practices are those that the history has runs of, by id.
func (h *History) Practices() (_ []Practice, err error) {
	defer crash.Catch(&err, reading)
	rows, err := h.db.Query(`SELECT p.practice, p.ods_code, p.name, n.runs, r.id, r.at, r.as_of FROM practices p
		JOIN (SELECT practice, count(*) AS runs, max(id) AS last FROM runs GROUP BY practice) n ON n.practice = p.id
		JOIN runs r ON r.id = n.last ORDER BY p.practice`)
	if err != nil {
		return nil, fault(err)
	}
	defer rows.Close()
	out := []Practice{}
	for rows.Next() {
		var p Practice
		var at int64
		if err := rows.Scan(&p.ID, &p.ODSCode, &p.Name, &p.Runs, &p.Last, &at, &p.AsOf); err != nil {
			return nil, fault(err)
		}
		p.LastAt = time.Unix(at, 0).UTC()
		out = append(out, p)
	}
	return out, fault(rows.Err())
}

// reading says what is done, where the program fails at it.
const reading = "the reading of the history"

const runColumns = `r.id, r.at, p.practice, p.name, r.as_of, r.extract, r.tool, r.scheme, r.scheme_sha256, r.rules, r.rules_sha256, coalesce(r.before, 0), r.linked
	FROM runs r JOIN practices p ON p.id = r.practice`

func scanRun(scan func(...any) error) (Run, error) {
	var r Run
	var at int64
	err := scan(&r.ID, &at, &r.Practice, &r.Name, &r.AsOf, &r.Extract, &r.Tool, &r.Scheme, &r.SchemeSHA256, &r.Rules, &r.RulesSHA256, &r.Before, &r.Linked)
	r.At, r.Verdicts = time.Unix(at, 0).UTC(), []Verdict{}
	return r, err
}

// Runs are those of a practice, the newest first. A practice may be named by its ODS
// code where that is the id of no other; there are none of one that is not known.
func (h *History) Runs(practice string) (_ []Run, err error) {
	defer crash.Catch(&err, reading)
	rows, err := h.db.Query("SELECT "+runColumns+" WHERE p.practice = ?1 OR (p.ods_code = ?1 AND ?1 <> '' AND NOT EXISTS (SELECT 1 FROM practices WHERE practice = ?1)) ORDER BY r.id DESC", practice)
	if err != nil {
		return nil, fault(err)
	}
	out, err := scanRuns(rows)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Verdicts, err = h.verdicts(out[i].ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scanRuns(rows *sql.Rows) ([]Run, error) {
	defer rows.Close()
	out := []Run{}
	for rows.Next() {
		r, err := scanRun(rows.Scan)
		if err != nil {
			return nil, fault(err)
		}
		out = append(out, r)
	}
	return out, fault(rows.Err())
}

// Run is that of a number.
func (h *History) Run(id int64) (_ Run, err error) {
	defer crash.Catch(&err, reading)
	r, err := scanRun(h.db.QueryRow("SELECT "+runColumns+" WHERE r.id = ?", id).Scan)
	if err != nil {
		return r, missing(err, id)
	}
	r.Verdicts, err = h.verdicts(id)
	return r, err
}

// missing is the error of a run that is not there.
func missing(err error, run int64) error {
	if errors.Is(err, sql.ErrNoRows) {
		return &Error{Kind: Asked, Message: fmt.Sprintf("the history has no run %d", run), Hint: "paperlight history list FILE names the runs"}
	}
	return fault(err)
}

func (h *History) verdicts(run int64) ([]Verdict, error) {
	rows, err := h.db.Query("SELECT accreditation, title, verdict, score, assured_score FROM verdicts WHERE run = ? ORDER BY place", run)
	if err != nil {
		return nil, fault(err)
	}
	defer rows.Close()
	out := []Verdict{}
	for rows.Next() {
		var v Verdict
		if err := rows.Scan(&v.Accreditation, &v.Title, &v.Verdict, &v.Score, &v.AssuredScore); err != nil {
			return nil, fault(err)
		}
		out = append(out, v)
	}
	return out, fault(rows.Err())
}

// Report is the report of a run, of its practice alone.
func (h *History) Report(run int64) (_ *report.Report, err error) {
	defer crash.Catch(&err, reading)
	text, err := h.unpacked("report", run)
	if err != nil {
		return nil, err
	}
	r, err := report.ReadJSON(bytes.NewReader(text))
	if err != nil {
		return nil, errDamaged.because(err)
	}
	return r, nil
}

// State is the state of a run, of its practice alone.
func (h *History) State(run int64) (_ *state.State, err error) {
	defer crash.Catch(&err, reading)
	text, err := h.unpacked("state", run)
	if err != nil {
		return nil, err
	}
	s, err := state.Unmarshal(text)
	if err != nil {
		return nil, errDamaged.because(err)
	}
	return s, nil
}

// mostUnpacked bounds a report or state.
const mostUnpacked = 64 << 20

// newPacker makes what keeps reports and states small. To make one takes 50 MB and longer
// than to use it.
func newPacker() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBestCompression))
}

func (h *History) unpacked(column string, run int64) ([]byte, error) {
	var packed []byte
	if err := h.db.QueryRow("SELECT "+column+" FROM runs WHERE id = ?", run).Scan(&packed); err != nil {
		return nil, missing(err, run)
	}
	r, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostUnpacked))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := r.DecodeAll(packed, nil)
	if err != nil {
		return nil, errDamaged.because(err)
	}
	return text, nil
}

// packed are a report and a state, of one practice, as they are kept.
type packed struct{ reportText, stateText, report, state []byte }

func packOf(ctx context.Context, w *zstd.Encoder, r *report.Report, s *state.State) (p packed, err error) {
	if p.reportText, err = json.Marshal(r); err != nil {
		return p, err
	}
	if p.stateText, err = s.Marshal(); err != nil {
		return p, err
	}
	p.report, p.state = w.EncodeAll(p.reportText, nil), w.EncodeAll(p.stateText, nil)
	if max(len(p.reportText), len(p.stateText)) > mostUnpacked || max(len(p.report), len(p.state)) > mostText/2 {
		return p, &Error{Kind: Unwritable, Message: "the report of a practice is too large for the history", Hint: "leave --history out, or make fewer checks with --select"}
	}
	return p, ctx.Err()
}
