package run

import (
	"cmp"

	"github.com/zeebo/xxh3"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/eval"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// sampledRows is how many rows for each practice of the extract are compared,
// about, where a table has more.
const sampledRows = 1 << 15

// fewestCells is how many cells, besides whose the row is, must be read of rows
// without record ids for equal rows to mean that one says the other again.
const fewestCells = 3

// rowComparer hashes, for one worker, what rows without record ids are equal in.
type rowComparer struct {
	cells []int // places in prepared.columns
	types []schema.Type
	texts []eval.EntryHashes // by cell
	day   int                // place of the first date; -1 where there is none
	// Of the batch: the rows chosen, and the hash of each; room for values.
	rows   []int32
	start  []uint64 // of whose the row is and its first day
	hashes []uint64
	values []uint64
}

// hasRecords says that the rows of t are records of patients.
func hasRecords(t *schema.Table) bool { return t.Patient != nil && t != schema.Patients }

// newRowComparer is what the rows of the pass are compared in where they have no record
// ids: every cell that it reads, but for those that say whose the row is.
func newRowComparer(in *eval.Setup) rowComparer {
	a, t := rowComparer{day: -1}, in.Pass.Table
	for i, c := range in.Columns {
		if c == t.Key || c == t.Patient || c == t.Practice {
			continue
		}
		if c.Type == schema.Date && a.day < 0 {
			a.day = i
		}
		a.cells, a.types, a.texts = append(a.cells, i), append(a.types, c.Type), append(a.texts, eval.EntryHashes{Column: i})
	}
	if len(a.cells) < fewestCells {
		return rowComparer{day: -1}
	}
	a.rows, a.start = make([]int32, 0, in.MaxRows), make([]uint64, 0, in.MaxRows)
	a.hashes, a.values = make([]uint64, in.MaxRows), make([]uint64, in.MaxRows)
	return a
}

// compares says that rows are compared at all.
func (a *rowComparer) compares() bool { return a.values != nil }

// sample is an empty sample of the rows of t.
func (run *Run) sample(t *extract.Table) *cohort.Sample {
	practices := len(run.practices.List)
	s := cohort.NewSample(practices, min(cmp.Or(run.options.sampled, sampledRows)*int64(practices), duplicateLimit))
	var total int64
	for _, p := range t.Parts {
		_, rows := p.Size()
		if rows < 0 {
			return s
		}
		total += rows
	}
	s.Foresee(total)
	return s
}

func (a *rowComparer) reset() { a.rows, a.start = a.rows[:0], a.start[:0] }

// choose takes a row into the batch's chosen, by the hash of whose it is and of
// its first day.
func (a *rowComparer) choose(i int, hash uint64) {
	a.rows, a.start = append(a.rows, int32(i)), append(a.start, hash)
}

// add adds the chosen rows to the sample. The low half of a row's hash is that
// by which it was chosen, the high half is of all its cells.
func (a *rowComparer) add(e *eval.Evaluator, to *cohort.Sample, own []int32) {
	hashes, values := a.hashes[:len(a.rows)], a.values[:len(a.rows)]
	copy(hashes, a.start)
	for k, at := range a.cells {
		for j := range values {
			values[j] = eval.NullHash
		}
		a.read(e, k, &e.Columns[at], values)
		for j := range hashes {
			hashes[j] = cohort.Combine(hashes[j], values[j])
		}
	}
	const low = 1<<32 - 1
	for j, i := range a.rows {
		to.Add(own[i], hashes[j]&^low|a.start[j]&low)
	}
}

// read puts what the chosen rows have in the k-th cell into values; of rows that
// have nothing there these stay as they are.
func (a *rowComparer) read(e *eval.Evaluator, k int, v *vector.Vec, values []uint64) {
	switch a.types[k] {
	case schema.Text:
		a.readTexts(e, k, v, values)
	case schema.Date:
		for j, i := range a.rows {
			if vector.Bit(v.Known, int(i)) {
				values[j] = uint64(uint32(v.Days[i]))
			}
		}
	case schema.Int:
		for j, i := range a.rows {
			if vector.Bit(v.Known, int(i)) {
				values[j] = uint64(v.Ints[i])
			}
		}
	case schema.Bool:
		for j, i := range a.rows {
			if vector.Bit(v.Known, int(i)) {
				values[j] = vector.BitAt(v.Bits, int(i))
			}
		}
	case schema.Decimal:
		for j, i := range a.rows {
			if vector.Bit(v.Known, int(i)) {
				values[j] = eval.RealBits(v.Reals[i])
			}
		}
	}
}

// readTexts hashes each entry of a dictionary once, unless far fewer rows than
// that are chosen.
func (a *rowComparer) readTexts(e *eval.Evaluator, k int, v *vector.Vec, values []uint64) {
	entries := len(v.Offsets) - 1
	if entries < 1 {
		return // no text is known
	}
	t := &a.texts[k]
	number := e.Numbers[t.Column]
	learned := number != 0 && number == t.Number && len(t.Of) == entries
	byEntry := (learned || 4*len(a.rows) > entries) && t.HashNewEntries(e, v)
	for j, i := range a.rows {
		switch {
		case !vector.Bit(v.Known, int(i)):
		case byEntry:
			values[j] = t.Of[v.Index[i]]
		default:
			values[j] = xxh3.Hash(v.TextAt(int(i)))
		}
	}
}
