package history

import (
	"bytes"
	"cmp"
	"slices"

	"paperlight/analyzer/crash"
)

// A Movement says what became of the records that a run lists, against an earlier run
// of the same practice.
type Movement struct {
	Run int64 `json:"run"`
	// Before is the earlier run; 0 where there is none.
	Before int64 `json:"before"`
	// Linked: the records of the two can be told to be the same. Where it is false,
	// nothing is known of what is new or fixed.
	Linked bool           `json:"linked"`
	Rules  []RuleMovement `json:"rules"` // sorted by rule
}

// A RuleMovement is what became of the records of one rule.
type RuleMovement struct {
	Rule string `json:"rule"`
	// Found are the records that fail the rule. Listed: the rule is not met, so that
	// somebody has to look at them.
	Found  int64 `json:"found"`
	Listed bool  `json:"listed"`
	// WasListed: it was not met before.
	WasListed bool `json:"was_listed"`
	// Derived: the records have no ids of their own, so that they carry no triage, and
	// cannot be linked.
	Derived bool `json:"derived"`
	// Before is the run that the rule is held against, the last that judged it; 0 for
	// none. Changed: the page of the rule is another one now.
	Before  int64 `json:"before"`
	Changed bool  `json:"changed"`
	// Moved is nil where nothing is known: before the second run, and where records
	// cannot be linked.
	Moved *Moved `json:"moved"`
}

// Moved counts the records of one rule: New were never seen, Reopened were put right or
// marked done, and are listed again. Found is New, StillOpen and Reopened together.
type Moved struct {
	New       int64 `json:"new"`
	Fixed     int64 `json:"fixed"`
	StillOpen int64 `json:"still_open"`
	Reopened  int64 `json:"reopened"`
}

// Total adds up the rules that are not met and, of those that are met now and were not,
// what was fixed; nil where nothing is known of any.
func (m *Movement) Total() *Moved {
	var out *Moved
	for _, r := range m.Rules {
		if r.Moved == nil {
			continue
		}
		if out == nil {
			out = &Moved{}
		}
		if r.Listed || r.WasListed {
			out.Fixed += r.Moved.Fixed
		}
		if r.Listed {
			out.New, out.StillOpen, out.Reopened = out.New+r.Moved.New, out.StillOpen+r.Moved.StillOpen, out.Reopened+r.Moved.Reopened
		}
	}
	return out
}

// Movement is that of a run against the run before of the same practice.
func (h *History) Movement(run int64) (_ Movement, err error) {
	defer crash.Catch(&err, reading)
	r, err := h.Run(run)
	if err != nil {
		return Movement{}, err
	}
	out := Movement{Run: run, Before: r.Before, Linked: r.Linked, Rules: []RuleMovement{}}
	rows, err := h.db.Query(`SELECT r.rule, c.found, c.listed, c.derived, coalesce(c.before, 0), c.digest, b.digest, coalesce(b.listed, 0), c.appeared, c.fixed, c.still_open, c.reopened
		FROM counts c JOIN rules r ON r.id = c.rule LEFT JOIN counts b ON b.run = c.before AND b.rule = c.rule WHERE c.run = ? ORDER BY r.rule`, run)
	if err != nil {
		return out, fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		var one RuleMovement
		var is, was []byte
		var appeared, fixed, still, reopened *int64
		if err := rows.Scan(&one.Rule, &one.Found, &one.Listed, &one.Derived, &one.Before, &is, &was, &one.WasListed, &appeared, &fixed, &still, &reopened); err != nil {
			return out, fault(err)
		}
		one.Changed = was != nil && !bytes.Equal(is, was)
		if appeared != nil && fixed != nil && still != nil && reopened != nil {
			one.Moved = &Moved{*appeared, *fixed, *still, *reopened}
		}
		out.Rules = append(out.Rules, one)
	}
	return out, fault(rows.Err())
}

// Between is the movement from one run to a later one of the same practice. Of runs long
// ago the handles may be gone; it is not linked then.
func (h *History) Between(before, after int64) (_ Movement, err error) {
	defer crash.Catch(&err, reading)
	out := Movement{Run: after, Before: before, Rules: []RuleMovement{}}
	var same, earlier, kept, chained bool
	err = h.db.QueryRow(`SELECT a.practice = b.practice, a.id < b.id, a.handles = 1 AND b.handles = 1,
		NOT EXISTS (SELECT 1 FROM runs c WHERE c.practice = a.practice AND c.id > a.id AND c.id <= b.id AND c.linked = 0)
		FROM runs a, runs b WHERE a.id = ? AND b.id = ?`, before, after).Scan(&same, &earlier, &kept, &chained)
	switch {
	case err != nil:
		return out, missing(err, cmp.Or(h.absent(before), after))
	case !same:
		return out, &Error{Kind: Asked, Message: "the two runs are of two practices", Hint: "paperlight history list FILE names the runs"}
	case !earlier:
		return out, &Error{Kind: Asked, Message: "the second run has to be later than the first", Hint: "give the earlier run first"}
	}
	rules, err := h.inBoth(before, after)
	if err != nil {
		return out, err
	}
	var were, are, recur int64
	for i := range rules {
		if rules[i].Moved == nil {
			continue
		}
		if err := h.between(before, after, &rules[i]); err != nil {
			return out, err
		}
		m := rules[i].Moved
		were, are, recur = were+m.Fixed+m.StillOpen, are+m.New+m.StillOpen, recur+m.StillOpen
	}
	// Over a long time few records recur, though each run could be linked to the next.
	if out.Linked = kept && (chained || linked(were, are, recur)); !out.Linked {
		for i := range rules {
			rules[i].Moved = nil
		}
	}
	out.Rules = rules
	return out, nil
}

// absent is the run where the history has none of it, else 0.
func (h *History) absent(run int64) int64 {
	if _, err := h.Run(run); err != nil {
		return run
	}
	return 0
}

// inBoth are the rules of the later run. Those of which the records can be told apart
// in both have an empty Moved.
func (h *History) inBoth(before, after int64) ([]RuleMovement, error) {
	rows, err := h.db.Query(`SELECT r.rule, c.found, c.listed, c.derived, coalesce(b.run, 0), c.digest, b.digest, coalesce(b.listed, 0), c.derived = 0 AND b.derived = 0
		FROM counts c JOIN rules r ON r.id = c.rule LEFT JOIN counts b ON b.run = ? AND b.rule = c.rule WHERE c.run = ? ORDER BY r.rule`, before, after)
	if err != nil {
		return nil, fault(err)
	}
	defer rows.Close()
	out := []RuleMovement{}
	for rows.Next() {
		var one RuleMovement
		var is, was []byte
		var both *bool
		if err := rows.Scan(&one.Rule, &one.Found, &one.Listed, &one.Derived, &one.Before, &is, &was, &one.WasListed, &both); err != nil {
			return nil, fault(err)
		}
		one.Changed = was != nil && !bytes.Equal(is, was)
		if both != nil && *both {
			one.Moved = &Moved{}
		}
		out = append(out, one)
	}
	return slices.Clip(out), fault(rows.Err())
}

// between counts the records of a rule in two runs. One that was put right and is back
// is still open, as far as the two can tell.
func (h *History) between(before, after int64, of *RuleMovement) error {
	return fault(h.db.QueryRow(`WITH own AS (
			SELECT handle, max(first <= ?1 AND (last IS NULL OR last >= ?1)) AS was, max(first <= ?2 AND (last IS NULL OR last >= ?2)) AS is_now FROM findings
			WHERE practice = (SELECT practice FROM runs WHERE id = ?1) AND rule = (SELECT id FROM rules WHERE rule = ?3) GROUP BY handle)
		SELECT count(*) FILTER (WHERE is_now AND NOT was), count(*) FILTER (WHERE was AND NOT is_now), count(*) FILTER (WHERE was AND is_now) FROM own`,
		before, after, of.Rule).Scan(&of.Moved.New, &of.Moved.Fixed, &of.Moved.StillOpen))
}
