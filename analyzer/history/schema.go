package history

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// applicationID marks a SQLite file as a history of ours: "plHi".
const applicationID = 0x706c4869

// steps make the tables: step i turns a file of version i into one of version i+1. A
// step that has been released is never changed.
var steps = []string{`
-- Proof is made of the key, and tells whether the file beside is the right one.
CREATE TABLE keys (proof BLOB NOT NULL) STRICT;
CREATE TABLE practices (id INTEGER PRIMARY KEY, practice TEXT NOT NULL UNIQUE, ods_code TEXT NOT NULL, name TEXT NOT NULL) STRICT;
CREATE TABLE rules (id INTEGER PRIMARY KEY, rule TEXT NOT NULL UNIQUE) STRICT;
-- Before is the run that this one is held against. Handles says whether those of the run
-- are still whole.
CREATE TABLE runs (
	id INTEGER PRIMARY KEY AUTOINCREMENT, practice INTEGER NOT NULL, before INTEGER, at INTEGER NOT NULL, as_of TEXT NOT NULL,
	extract TEXT NOT NULL, tool TEXT NOT NULL, scheme TEXT NOT NULL, scheme_sha256 TEXT NOT NULL, rules TEXT NOT NULL, rules_sha256 TEXT NOT NULL,
	linked INTEGER NOT NULL, handles INTEGER NOT NULL, digest BLOB NOT NULL, report BLOB NOT NULL, state BLOB NOT NULL
) STRICT;
CREATE INDEX runs_of_practice ON runs (practice, id);
CREATE TABLE verdicts (
	run INTEGER NOT NULL, place INTEGER NOT NULL, accreditation TEXT NOT NULL, title TEXT NOT NULL, verdict TEXT NOT NULL,
	score INTEGER, assured_score INTEGER, PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;
-- What moved is null where it cannot be known.
CREATE TABLE counts (
	run INTEGER NOT NULL, rule INTEGER NOT NULL, digest BLOB NOT NULL, listed INTEGER NOT NULL, derived INTEGER NOT NULL, found INTEGER NOT NULL,
	before INTEGER, appeared INTEGER, fixed INTEGER, still_open INTEGER, reopened INTEGER, PRIMARY KEY (run, rule)
) STRICT, WITHOUT ROWID;
-- A finding is listed in the runs from first to last of those that judged the rule; it is
-- open where last is null.
CREATE TABLE findings (
	practice INTEGER NOT NULL, rule INTEGER NOT NULL, handle INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER,
	PRIMARY KEY (practice, rule, handle, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE triage (
	practice INTEGER NOT NULL, rule INTEGER NOT NULL, handle INTEGER NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL, reason TEXT NOT NULL,
	at INTEGER NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (practice, rule, handle)
) STRICT, WITHOUT ROWID;
`}

// migrate takes a file of a version to that of the last step.
func migrate(ctx context.Context, db *sql.DB, from int, steps []string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fault(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, step := range steps[from:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fault(err)
		}
	}
	// A pragma takes no parameters.
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(steps))); err != nil {
		return fault(err)
	}
	return fault(tx.Commit())
}

// declared are the tables and indexes of a file, as they were declared.
func declared(ctx context.Context, db *sql.DB) ([][4]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
	if err != nil {
		return nil, fault(err)
	}
	defer rows.Close()
	var out [][4]string
	for rows.Next() {
		var one [4]string
		if err := rows.Scan(&one[0], &one[1], &one[2], &one[3]); err != nil {
			return nil, fault(err)
		}
		if out = append(out, one); len(out) > 100 {
			return nil, errForeign
		}
	}
	return out, fault(rows.Err())
}

// asDeclared refuses a file that holds other tables than ours, or views and triggers,
// which would run whatever somebody put there.
func asDeclared(ctx context.Context, db *sql.DB) error {
	model, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return err
	}
	defer model.Close()
	model.SetMaxOpenConns(1) // each connection would have a memory of its own
	if err := migrate(ctx, model, 0, steps); err != nil {
		return err
	}
	want, err := declared(ctx, model)
	if err != nil {
		return err
	}
	have, err := declared(ctx, db)
	if err != nil {
		return err
	}
	if !slices.Equal(have, want) {
		return errDamaged
	}
	return nil
}
