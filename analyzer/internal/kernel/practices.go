package kernel

import (
	"math/bits"

	"paperlight/analyzer/bitmap"
)

// Practices says whose the rows of a batch are, for the tallies of all rules.
// The zero value is ready for Reset; it is reused from batch to batch, with
// its buffers.
type Practices struct {
	n      int
	ofRow  []int32
	runs   []Run
	within []int32 // practices that have a row, in order of their first
	rows   []int64 // by practice: rows of the batch
}

// Runs of fewer rows than this, on average, cost more than walking bits.
const shortRun = 256

// Reset reads the practice number of each of n rows: from 0 to practices-1, or
// below 0 for a row that counts nowhere. ofRow must stay as it is until the
// next Reset.
func (p *Practices) Reset(ofRow []int32, n, practices int) {
	if len(p.rows) < practices {
		p.rows = append(p.rows, make([]int64, practices-len(p.rows))...)
	}
	for _, practice := range p.within {
		p.rows[practice] = 0
	}
	p.n, p.ofRow, p.runs, p.within = n, ofRow[:n], p.runs[:0], p.within[:0]
	for from := 0; from < n; {
		practice, end := ofRow[from], RunEnd(p.ofRow, from)
		p.runs = append(p.runs, Run{practice, int32(end)})
		if practice >= 0 {
			if p.rows[practice] == 0 {
				p.within = append(p.within, practice)
			}
			p.rows[practice] += int64(end - from)
		}
		from = end
	}
}

// Tally adds the counts of the batch to those of each practice, in the way
// that suits the order of the rows.
func (p *Practices) Tally(counts []Counts, c *Condition) {
	if len(p.runs)*shortRun <= p.n || len(p.runs) == 1 {
		c.TallyRuns(counts, p.runs)
		return
	}
	p.TallyScattered(counts, c)
}

// TallyScattered adds the same as Tally by walking bits one by one, of the
// rarer side: the rows in the denominator or those that are not, the rows in
// the numerator or the failing ones.
func (p *Practices) TallyScattered(counts []Counts, c *Condition) {
	total := c.Tally(p.n)
	mostEligible := 2*total.Denominator > int64(p.n)
	mostAchieve := 2*total.Numerator > total.Denominator
	if mostEligible {
		for _, practice := range p.within {
			counts[practice].Denominator += p.rows[practice]
			if mostAchieve {
				counts[practice].Numerator += p.rows[practice]
			}
		}
	}
	// By how much a row on the walked side changes its practice's counts.
	// Where most of the eligible achieve, the numerator follows the
	// denominator, less the failing.
	eligible, achieved := int64(1), int64(1)
	if mostEligible {
		eligible = -1
	}
	follows := int64(0)
	if mostAchieve {
		achieved, follows = -1, eligible
	}
	rare := total.Unknown+total.Excluded+total.Undetermined != 0
	w := bitmap.Words(p.n)
	for i := range w {
		mask := bitmap.Ones
		if i == w-1 {
			mask = bitmap.Tail(p.n)
		}
		v := c.word(i, mask)
		ofRow := p.ofRow[i<<6 : min(p.n, i<<6+64)]
		walked, judged := v.denominator, v.numerator
		if mostEligible {
			walked = mask &^ v.denominator
		}
		if mostAchieve {
			judged = v.denominator &^ v.numerator
		}
		for ; walked != 0; walked &= walked - 1 {
			if at := ofRow[bits.TrailingZeros64(walked)]; at >= 0 {
				counts[at].Denominator += eligible
				counts[at].Numerator += follows
			}
		}
		for ; judged != 0; judged &= judged - 1 {
			if at := ofRow[bits.TrailingZeros64(judged)]; at >= 0 {
				counts[at].Numerator += achieved
			}
		}
		if rare {
			countRare(counts, &v, ofRow)
		}
	}
}

func countRare(counts []Counts, v *verdicts, ofRow []int32) {
	for any := v.unknown | v.excluded | v.undetermined; any != 0; any &= any - 1 {
		j := bits.TrailingZeros64(any)
		at := ofRow[j]
		if at < 0 {
			continue
		}
		counts[at].Unknown += int64(v.unknown >> j & 1)
		counts[at].Excluded += int64(v.excluded >> j & 1)
		counts[at].Undetermined += int64(v.undetermined >> j & 1)
	}
}
