package run

import (
	"github.com/zeebo/xxh3"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/kernel"
)

// commonestRows is how many rows for each practice of the extract the commonest
// values are looked for in, about, where a table has more: a share of 0.4 is then
// known to 0.01.
const commonestRows = 1 << 12

// commonest is an empty finder of the commonest values of so many columns of t.
func (run *Run) commonest(t *extract.Table, columns int) *cohort.Commonest {
	c := cohort.NewCommonest(len(run.practices.List), columns, run.sampleLimit(commonestRows))
	c.ExpectRows(leastRows(t))
	return c
}

// addVaried adds the cells of row i that differ from row to row in any practice.
func (a *attributor) addVaried(i int, practice int32, hash uint64) {
	values := a.counts.Commonest.Add(practice, hash)
	for k, at := range a.varied {
		values[k], _ = a.cellHash(at, i)
	}
}

// cellHash returns a hash of a cell of a column of texts or dates; ok is false where
// it is null.
func (a *attributor) cellHash(at, i int) (hash uint64, ok bool) {
	v := &a.e.Columns[at]
	switch {
	case !bitmap.Known(v.Known, i):
		return 0, false
	case v.Days != nil:
		return cohort.Combine(uint64(uint32(v.Days[i])), eval.NullHash), true
	}
	return xxh3.Hash(v.TextAt(i)), true
}

// fewestTold is how many columns must be compared for rows to say the same: two
// entries of one code are no fault, two of one code and day are.
const fewestTold = 2

// whatItSays returns a hash of what row i says, whatever its record id: its low half
// is that of the owner's, by which it was chosen. A row that leaves something out is
// like no other.
func (a *attributor) whatItSays(i int, owner, record uint64) uint64 {
	h := owner
	for _, at := range a.told {
		cell, ok := a.cellHash(at, i)
		if !ok {
			h = record
			break
		}
		h = cohort.Combine(h, cell)
	}
	return chosenBy(owner, h)
}

// countBlanks counts the empty and unreadable cells of columns that every record
// fills, of the rows that are not rejected.
func (a *attributor) countBlanks(n int, own []int32) {
	for _, at := range a.filled {
		known := a.e.Columns[at].Known
		if known == nil {
			continue
		}
		blank := a.blank[:bitmap.Words(n)]
		for w := range blank {
			blank[w] = ^known[w] &^ a.reject[w]
		}
		for i := 0; i < n; {
			j := kernel.RunEnd(own[:n], i)
			if q := own[i]; q >= 0 {
				if cells := bitmap.CountRange(blank, i, j); cells > 0 {
					a.counts.AddBlank(int(q), a.setup.Columns[at].Index, cells)
				}
			}
			i = j
		}
	}
}
