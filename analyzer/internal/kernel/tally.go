package kernel

import (
	"math/bits"

	"paperlight/analyzer/bitmap"
)

// Counts is what a rule counted over some rows.
type Counts struct {
	// Denominator: where is true and exclude is not. Numerator: of these,
	// expect is true. Unknown: of these, expect is unknown. Excluded: where and
	// exclude are true. Undetermined: where is unknown.
	Denominator, Numerator, Unknown, Excluded, Undetermined int64
}

// Add adds other counts, of other rows.
func (c *Counts) Add(other Counts) {
	c.Denominator += other.Denominator
	c.Numerator += other.Numerator
	c.Unknown += other.Unknown
	c.Excluded += other.Excluded
	c.Undetermined += other.Undetermined
}

// A Condition is the three parts of a rule as vectors. Exclude and Expect may
// be absent (T nil): then nothing is excluded, and nothing expected.
type Condition struct{ Where, Exclude, Expect Bools }

// verdicts are 64 rows of a condition, told apart.
type verdicts struct{ denominator, numerator, unknown, excluded, undetermined uint64 }

// word returns the verdicts of the rows in mask of word i.
func (c *Condition) word(i int, mask uint64) verdicts {
	var v verdicts
	where := c.Where.T[i] & mask
	if c.Where.K != nil {
		k := c.Where.K[i]
		v.undetermined = mask &^ k
		where &= k
	}
	v.denominator = where
	if c.Exclude.T != nil {
		v.excluded = where & c.Exclude.T[i]
		if c.Exclude.K != nil {
			v.excluded &= c.Exclude.K[i]
		}
		v.denominator = where &^ v.excluded
	}
	if c.Expect.T != nil {
		v.numerator = v.denominator & c.Expect.T[i]
		if c.Expect.K != nil {
			k := c.Expect.K[i]
			v.numerator &= k
			v.unknown = v.denominator &^ k
		}
	}
	return v
}

// count adds verdicts; bits that are often empty are counted only if not.
func (c *Counts) count(v verdicts) {
	c.Denominator += int64(bits.OnesCount64(v.denominator))
	c.Numerator += int64(bits.OnesCount64(v.numerator))
	if v.unknown|v.excluded|v.undetermined != 0 {
		c.Unknown += int64(bits.OnesCount64(v.unknown))
		c.Excluded += int64(bits.OnesCount64(v.excluded))
		c.Undetermined += int64(bits.OnesCount64(v.undetermined))
	}
}

// Eligible sets the bits of the first n rows that are in the denominator, and
// clears the others.
func (c *Condition) Eligible(dst []uint64, n int) {
	w := bitmap.Words(n)
	for i := range w {
		mask := bitmap.Ones
		if i == w-1 {
			mask = bitmap.Tail(n)
		}
		dst[i] = c.word(i, mask).denominator
	}
}

// Unsettled sets dst for the rows, of the first n, that are failing or
// undetermined.
func (c *Condition) Unsettled(dst []uint64, n int) {
	words := bitmap.Words(n)
	for i := range words {
		mask := bitmap.Ones
		if i == words-1 {
			mask = bitmap.Tail(n)
		}
		v := c.word(i, mask)
		dst[i] = v.denominator&^v.numerator | v.undetermined
	}
}

// Failing sets dst for the rows, of the first n, that are in the denominator
// and not in the numerator.
func (c *Condition) Failing(dst []uint64, n int) {
	words := bitmap.Words(n)
	for i := range words {
		v := c.word(i, bitmap.Ones)
		dst[i] = v.denominator &^ v.numerator
	}
	if words > 0 {
		dst[words-1] &= bitmap.Tail(n)
	}
}

// Tally counts the first n rows.
func (c *Condition) Tally(n int) Counts { return c.tallyRange(0, n) }

// tallyRange counts rows from to end-1.
func (c *Condition) tallyRange(from, end int) Counts {
	var counts Counts
	if from >= end {
		return counts
	}
	first, last := from>>6, (end-1)>>6
	head, tail := bitmap.Ones<<(uint(from)&63), bitmap.Tail(end)
	if first == last {
		counts.count(c.word(first, head&tail))
		return counts
	}
	counts.count(c.word(first, head))
	if c.plain() {
		counts.Add(c.tallyPlain(first+1, last))
	} else {
		counts.Add(c.tallyWords(first+1, last))
	}
	counts.count(c.word(last, tail))
	return counts
}

// plain reports the commonest shape: nothing excluded, nothing unknown.
func (c *Condition) plain() bool {
	return c.Where.K == nil && c.Exclude.T == nil && c.Expect.T != nil && c.Expect.K == nil
}

func (c *Condition) tallyPlain(first, end int) Counts {
	where, expect := c.Where.T[first:end], c.Expect.T[first:end]
	den, num := 0, 0
	for i, w := range where {
		den += bits.OnesCount64(w)
		num += bits.OnesCount64(w & expect[i])
	}
	return Counts{Denominator: int64(den), Numerator: int64(num)}
}

// tallyWords counts whole words: word, taken apart and without its masks.
func (c *Condition) tallyWords(first, end int) Counts {
	whereK, excludeT, excludeK := c.Where.K, c.Exclude.T, c.Exclude.K
	expectT, expectK := c.Expect.T, c.Expect.K
	var den, num, unknown, excluded, undetermined int
	for i := first; i < end; i++ {
		where := c.Where.T[i]
		if whereK != nil {
			undetermined += bits.OnesCount64(^whereK[i])
			where &= whereK[i]
		}
		if excludeT != nil {
			out := where & excludeT[i]
			if excludeK != nil {
				out &= excludeK[i]
			}
			excluded += bits.OnesCount64(out)
			where &^= out
		}
		den += bits.OnesCount64(where)
		if expectT == nil {
			continue
		}
		achieved := where & expectT[i]
		if expectK != nil {
			unknown += bits.OnesCount64(where &^ expectK[i])
			achieved &= expectK[i]
		}
		num += bits.OnesCount64(achieved)
	}
	return Counts{int64(den), int64(num), int64(unknown), int64(excluded), int64(undetermined)}
}

// A Run is consecutive rows of one practice: from the end of the run before
// (or row 0) to End-1.
type Run struct {
	Practice int32
	End      int32
}

// TallyRuns adds the counts of each run to those of its practice in counts;
// a practice below 0 is not counted.
func (c *Condition) TallyRuns(counts []Counts, runs []Run) {
	from := 0
	for _, run := range runs {
		if run.Practice >= 0 {
			counts[run.Practice].Add(c.tallyRange(from, int(run.End)))
		}
		from = int(run.End)
	}
}
