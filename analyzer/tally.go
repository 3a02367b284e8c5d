package analyzer

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/state"
)

// A tallier counts one worker's rows by practice. What it knows of a batch's
// practices serves all rules.
type tallier struct {
	n    int
	live []uint64 // rows that belong to some practice
	runs []practiceRun
	own  []int32
	// scattered: the rows change practice so often that each is looked at.
	scattered                                        bool
	den, num, unknown, excluded, undetermined, spare []uint64
}

// A practiceRun is consecutive rows of one practice.
type practiceRun struct {
	from, to int
	practice int32
}

// practices prepares for a batch whose rows belong to own.
func (t *tallier) practices(own []int32, n, practices int) {
	if t.live == nil {
		w := words(len(own))
		t.live, t.den, t.num, t.spare = make([]uint64, w), make([]uint64, w), make([]uint64, w), make([]uint64, w)
		t.unknown, t.excluded, t.undetermined = make([]uint64, w), make([]uint64, w), make([]uint64, w)
	}
	t.n, t.own, t.runs, t.scattered = n, own, t.runs[:0], false
	setWords(t.live, n, 0)
	start := 0
	for i := range n {
		t.live[i>>6] |= uint64(^own[i]) >> 31 & 1 << (i & 63)
		if i > start && own[i] != own[start] {
			t.runs = append(t.runs, practiceRun{start, i, own[start]})
			start = i
		}
	}
	if n > 0 {
		t.runs = append(t.runs, practiceRun{start, n, own[start]})
	}
	if practices == 1 { // rows of no practice are masked, so one run does
		t.runs = append(t.runs[:0], practiceRun{0, n, 0})
	}
	t.scattered = len(t.runs) > n/32+1
}

// verdicts works out the rule's bitmaps over the evaluator's batch.
func (t *tallier) verdicts(e *evaluator, p *Program) {
	where := e.value(p.Where)
	w := words(t.n)
	for i := range w {
		live := t.live[i]
		k := ^uint64(0)
		if where.known != nil {
			k = where.known[i]
		}
		t.den[i] = where.bits[i] & k & live
		t.undetermined[i] = live &^ k
		t.excluded[i], t.num[i], t.unknown[i] = 0, 0, 0
	}
	if p.Exclude != nil {
		x := truths(t.spare, e.value(p.Exclude), t.n)
		for i := range w {
			t.excluded[i] = t.den[i] & x[i]
			t.den[i] &^= x[i]
		}
	}
	if p.Expect != nil {
		expect := e.value(p.Expect)
		for i := range w {
			k := ^uint64(0)
			if expect.known != nil {
				k = expect.known[i]
			}
			t.num[i] = t.den[i] & expect.bits[i] & k
			t.unknown[i] = t.den[i] &^ k
		}
	}
}

// count adds the batch to the rule's tallies by practice.
func (t *tallier) count(e *evaluator, p *Program, to []state.Tally) {
	t.verdicts(e, p)
	t.add(t.den, func(practice int32, n int64) { to[practice].Denominator += n })
	t.add(t.num, func(practice int32, n int64) { to[practice].Numerator += n })
	if p.Exclude != nil {
		t.add(t.excluded, func(practice int32, n int64) { to[practice].Excluded += n })
	}
	if p.Where.MaybeUnknown || p.Where.Op == expr.OpNull {
		t.add(t.undetermined, func(practice int32, n int64) { to[practice].Undetermined += n })
	}
	if p.Expect != nil && (p.Expect.MaybeUnknown || p.Expect.Op == expr.OpNull) {
		t.add(t.unknown, func(practice int32, n int64) { to[practice].Unknown += n })
	}
}

// add deals the set rows to their practices.
func (t *tallier) add(set []uint64, to func(practice int32, n int64)) {
	if t.scattered {
		rowsWhere(set, t.n, func(i int) { to(t.own[i], 1) })
		return
	}
	for _, r := range t.runs {
		if r.practice < 0 {
			continue
		}
		if c := countRange(set, r.from, r.to); c != 0 {
			to(r.practice, c)
		}
	}
}

func addTallies(to, from []state.Tally) {
	for i := range to {
		to[i].Denominator += from[i].Denominator
		to[i].Numerator += from[i].Numerator
		to[i].Unknown += from[i].Unknown
		to[i].Excluded += from[i].Excluded
		to[i].Undetermined += from[i].Undetermined
	}
}
