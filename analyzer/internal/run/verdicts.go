package run

import (
	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
)

// A Verdict is what a rule makes of one row.
type Verdict uint8

// The verdicts. Unknown is a failing row whose expectation is unknown.
// Outside is a row that where is not true of, a reject, or no practice's row.
const (
	Outside Verdict = iota
	Undetermined
	Excluded
	Numerator
	Failing
	Unknown
)

var verdictNames = [...]string{"outside", "undetermined", "excluded", "numerator", "failing", "unknown"}

func (v Verdict) String() string { return verdictNames[v] }

// verdicts are those of a batch: a slice for each rule, and the bitmap of the rows
// that some rule lists.
type verdicts struct {
	of      [][]Verdict
	wanted  []uint64
	scratch []uint64
	// expected are the conjuncts of what each rule expects, over the batch.
	expected [][]kernel.Bools
}

// maxReasons is how many conjuncts of a rule can be told apart.
const maxReasons = 64

// reasons returns which conjuncts of rule k are false and which unknown of row i.
func (v *verdicts) reasons(k, i int, verdict Verdict) (unmet, untold uint64) {
	return reasonsOf(v.expected[k], i, verdict)
}

// reasonsOf returns which of the conjuncts are false and which unknown of row i.
func reasonsOf(expected []kernel.Bools, i int, verdict Verdict) (unmet, untold uint64) {
	if verdict != Failing && verdict != Unknown {
		return 0, 0
	}
	for n, b := range expected {
		switch {
		case !bitmap.Known(b.K, i):
			untold |= 1 << n
		case !bitmap.Has(b.T, i):
			unmet |= 1 << n
		}
	}
	return unmet, untold
}

// appendReasons appends the conjuncts of what the program expects, over the batch of e.
func appendReasons(to []kernel.Bools, p *plan.Program, e *eval.Evaluator) []kernel.Bools {
	for _, n := range p.Reasons[:min(len(p.Reasons), maxReasons)] {
		to = append(to, e.Value(n).Bools())
	}
	return to
}

// judge fills in the verdicts of the evaluator's batch.
func (l *lister) judge(e *eval.Evaluator, to *verdicts) {
	bitmap.Fill(to.wanted, l.all, e.Rows)
	for k, at := range l.pass.Tallies {
		p := &l.run.plan.Programs[at]
		c := e.Condition(p)
		to.expected[k] = appendReasons(to.expected[k][:0], p, e)
		of := to.of[k][:e.Rows]
		if l.all {
			for i := range of {
				if of[i] = verdictAt(&c, i); e.OwnPractice[i] < 0 {
					of[i] = Outside
				}
			}
			continue
		}
		clear(of)
		switch {
		case l.counted:
			c.Eligible(to.scratch, e.Rows)
		case l.listUndetermined[k]:
			c.Unsettled(to.scratch, e.Rows)
		default:
			c.Failing(to.scratch, e.Rows)
		}
		bitmap.ForEach(to.scratch, e.Rows, func(i int) {
			if e.OwnPractice[i] >= 0 {
				of[i] = verdictAt(&c, i)
				bitmap.Set(to.wanted, i)
			}
		})
	}
}

func verdictAt(c *kernel.Condition, i int) Verdict {
	isTrue := func(b kernel.Bools) bool { return b.T != nil && bitmap.Known(b.K, i) && bitmap.Has(b.T, i) }
	switch {
	case !bitmap.Known(c.Where.K, i):
		return Undetermined
	case !bitmap.Has(c.Where.T, i):
		return Outside
	case isTrue(c.Exclude):
		return Excluded
	case isTrue(c.Expect):
		return Numerator
	case c.Expect.T != nil && !bitmap.Known(c.Expect.K, i):
		return Unknown
	}
	return Failing
}

func (l *lister) buffers(rows int) *verdicts {
	out := &verdicts{wanted: make([]uint64, bitmap.Words(rows)), scratch: make([]uint64, bitmap.Words(rows))}
	for range l.pass.Tallies {
		out.of = append(out.of, make([]Verdict, rows))
		out.expected = append(out.expected, nil)
	}
	return out
}
