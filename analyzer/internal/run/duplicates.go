package run

import (
	"cmp"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// sampledRows is how many rows for each practice of the extract are compared,
// about, where a table has more.
const sampledRows = 1 << 15

// fewestCells is how many cells, besides patient and practice, must be read of rows
// without record ids for equal rows to be taken for repeats.
const fewestCells = 3

// A rowComparer hashes, for one worker, the cells of rows without record ids.
type rowComparer struct {
	cells []int // indexes into Setup.Columns
	types []schema.Type
	texts []eval.EntryHashes // by cell
	day   int                // index of the first date; -1 where there is none
	// Of the batch: the rows chosen, and the hash of each; values are scratch.
	rows   []int32
	start  []uint64 // of whose the row is and its first day
	hashes []uint64
	values []uint64
}

// hasRecords says that the rows of t are records of patients.
func hasRecords(t *schema.Table) bool { return t.Patient != nil && t != schema.Patients }

// newRowComparer returns a comparer of every cell that the pass reads, but for
// those that say whose the row is.
func newRowComparer(setup *eval.Setup) rowComparer {
	c, t := rowComparer{day: -1}, setup.Pass.Table
	for i, column := range setup.Columns {
		if column == t.Key || column == t.Patient || column == t.Practice {
			continue
		}
		if column.Type == schema.Date && c.day < 0 {
			c.day = i
		}
		c.cells, c.types, c.texts = append(c.cells, i), append(c.types, column.Type), append(c.texts, eval.EntryHashes{Column: i})
	}
	if len(c.cells) < fewestCells {
		return rowComparer{day: -1}
	}
	c.rows, c.start = make([]int32, 0, setup.MaxRows), make([]uint64, 0, setup.MaxRows)
	c.hashes, c.values = make([]uint64, setup.MaxRows), make([]uint64, setup.MaxRows)
	return c
}

// compares says that rows are compared at all.
func (c *rowComparer) compares() bool { return c.values != nil }

// sample is an empty sample of the rows of t.
func (run *Run) sample(t *extract.Table) *cohort.Sample {
	s := cohort.NewSample(len(run.practices.List), run.sampleLimit(sampledRows))
	s.ExpectRows(leastRows(t))
	return s
}

// sampleLimit is how many rows of all practices a sample of so many rows for each has.
func (run *Run) sampleLimit(rows int64) int64 {
	return min(cmp.Or(run.options.sampled, rows)*int64(len(run.practices.List)), duplicateLimit)
}

// chosenBy returns hash with the low half of by: a sample keeps or drops a row by
// that half.
func chosenBy(by, hash uint64) uint64 {
	const low = 1<<32 - 1
	return hash&^low | by&low
}

// leastRows is how many rows t is known to have before it is read.
func leastRows(t *extract.Table) int64 {
	var total int64
	for _, p := range t.Parts {
		_, rows := p.Size()
		if rows < 0 {
			return 0
		}
		total += rows
	}
	return total
}

func (c *rowComparer) reset() { c.rows, c.start = c.rows[:0], c.start[:0] }

// choose adds a row to those chosen of the batch, by the hash of whose it is and of
// its first day.
func (c *rowComparer) choose(i int, hash uint64) {
	c.rows, c.start = append(c.rows, int32(i)), append(c.start, hash)
}

// add adds the chosen rows to the sample. The low half of a row's hash is that
// by which it was chosen, the high half is of all its cells.
func (c *rowComparer) add(e *eval.Evaluator, to *cohort.Sample, own []int32) {
	hashes, values := c.hashes[:len(c.rows)], c.values[:len(c.rows)]
	copy(hashes, c.start)
	for k, at := range c.cells {
		for j := range values {
			values[j] = eval.NullHash
		}
		c.read(e, k, &e.Columns[at], values)
		for j := range hashes {
			hashes[j] = cohort.Combine(hashes[j], values[j])
		}
	}
	for j, i := range c.rows {
		to.Add(own[i], chosenBy(c.start[j], hashes[j]))
	}
}

// read sets values to the k-th cells of the chosen rows, and leaves those of null
// cells as they are.
func (c *rowComparer) read(e *eval.Evaluator, k int, v *vector.Vec, values []uint64) {
	switch c.types[k] {
	case schema.Text:
		c.readTexts(e, k, v, values)
	case schema.Date:
		for j, i := range c.rows {
			if bitmap.Known(v.Known, int(i)) {
				values[j] = uint64(uint32(v.Days[i]))
			}
		}
	case schema.Int:
		for j, i := range c.rows {
			if bitmap.Known(v.Known, int(i)) {
				values[j] = uint64(v.Ints[i])
			}
		}
	case schema.Bool:
		for j, i := range c.rows {
			if bitmap.Known(v.Known, int(i)) {
				values[j] = bitmap.At(v.Bits, int(i))
			}
		}
	case schema.Decimal:
		for j, i := range c.rows {
			if bitmap.Known(v.Known, int(i)) {
				values[j] = eval.RealBits(v.Reals[i])
			}
		}
	}
}

// readTexts hashes each entry of a dictionary once, unless far fewer rows than
// that are chosen.
func (c *rowComparer) readTexts(e *eval.Evaluator, k int, v *vector.Vec, values []uint64) {
	entries := len(v.Offsets) - 1
	if entries < 1 {
		return // no text is known
	}
	t := &c.texts[k]
	number := e.Numbers[t.Column]
	learned := number != 0 && number == t.Number && len(t.Of) == entries
	byEntry := (learned || 4*len(c.rows) > entries) && t.HashNewEntries(e, v)
	for j, i := range c.rows {
		switch {
		case !bitmap.Known(v.Known, int(i)):
		case byEntry:
			values[j] = t.Of[v.Index[i]]
		default:
			values[j] = xxh3.Hash(v.TextAt(int(i)))
		}
	}
}
