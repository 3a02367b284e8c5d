package eval

import (
	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// repeatGroup is how many rows' keys are counted or probed together, so that their
// cache misses overlap.
const repeatGroup = 256

// A keyScratch is the memory in which an evaluator does so, and looks up keys.
type keyScratch struct {
	keyBatch keyBatch
	placed   [repeatGroup]cohort.Placed
	rows     [repeatGroup]int
	again    [repeatGroup]bool
	times    [repeatGroup]uint8
}

// repeatKeys makes, for an OpRepeated or OpRepeatedIn node, the key of each row:
// the values in which it may repeat another, and whose row it is.
type repeatKeys struct {
	e      *Evaluator
	node   *expr.Node
	hasher *rowHasher
	// patients says that rows of one patient repeat one another.
	patients bool
	// filter, where not nil, tells which keys occur once among all rows.
	filter *cohort.Filter
}

func (e *Evaluator) repeatScratch() *keyScratch {
	if e.scratch == nil {
		e.scratch = &keyScratch{}
	}
	return e.scratch
}

func (e *Evaluator) repeatKeys(n *expr.Node) *repeatKeys {
	e.repeatScratch()
	k := e.keys[n]
	if k == nil {
		k = &repeatKeys{e: e, node: n, hasher: e.newRowHasher(n.Args[1:]), patients: n.Relation.From == schema.Patients && !plan.ByID(n.Relation)}
		e.keys[n] = k
	}
	k.filter = e.setup.Facts.Filters[n]
	return k
}

// hash hashes the keys of the batch's rows and returns the bitmap of those that
// have an owner, have no null in their key and meet cond where it is not nil. It is
// valid until the next call.
func (k *repeatKeys) hash(cond *vector.Vec) []uint64 {
	e, r := k.e, k.node.Relation
	own := e.owners(r)
	var rows []uint64
	if cond != nil {
		rows = k.hasher.hashSome(e, own, truths(k.hasher.scratch, cond, e.Rows))
	} else {
		rows = k.hasher.hash(e, own, true)
	}
	if plan.ByID(r) {
		k.addRecord(rows)
	}
	return rows
}

// addRecord adds the record that each row belongs to to its key, where only rows of
// one record repeat one another, and drops rows that name none.
func (k *repeatKeys) addRecord(rows []uint64) {
	e := k.e
	far := e.setup.ColumnAt(k.node.Relation.Far)
	k.hasher.own = nil
	bitmap.ForEach(rows, e.Rows, func(i int) {
		if far < 0 || !bitmap.Known(e.Columns[far].Known, i) {
			bitmap.Clear(rows, i)
			return
		}
		k.hasher.hashes[i] = cohort.Combine(k.hasher.hashes[i], cohort.IDHash(e.Columns[far].TextAt(i)))
	})
}

// of returns the key of row i, which has one. The keys of neighbouring patients are
// stored together, and are few: 64 bits of hash tell them apart. Those of a practice
// are all in one place, and get a digest of 128 bits.
func (k *repeatKeys) of(i int) cohort.Placed {
	h := k.hasher.hashes[i]
	if k.patients {
		return cohort.Placed{Place: uint64(uint32(k.e.OwnPatient[i])), Digest: cohort.DigestOf(h)}
	}
	d := k.hasher.digest(k.e.owners(k.node.Relation)[i], i)
	if far := k.node.Relation.Far; plan.ByID(k.node.Relation) {
		d = d.With(cohort.IDHash(k.e.Columns[k.e.setup.ColumnAt(far)].TextAt(i)))
	}
	return cohort.Placed{Place: d.Place(), Digest: d}
}

// keepPossible reduces the first n rows of the scratch to those that may repeat
// another, makes their keys, and returns how many they are. The filter is read for
// all of them first, so that its cache misses overlap.
func (k *repeatKeys) keepPossible(n int) int {
	scratch, kept := k.e.scratch, n
	if k.filter != nil {
		for j, i := range scratch.rows[:n] {
			scratch.again[j] = k.filter.MayRepeat(0, k.hasher.hashes[i])
		}
		kept = 0
		for j := range n {
			if scratch.again[j] {
				scratch.rows[kept] = scratch.rows[j]
				kept++
			}
		}
	}
	for j, i := range scratch.rows[:kept] {
		scratch.placed[j] = k.of(i)
	}
	return kept
}

// groups calls flush for the set rows, repeatGroup at a time.
func (k *repeatKeys) groups(set []uint64, flush func(n int)) {
	scratch, fill := k.e.scratch, 0
	bitmap.ForEach(set, k.e.Rows, func(i int) {
		scratch.rows[fill] = i
		if fill++; fill == repeatGroup {
			flush(k.keepPossible(fill))
			fill = 0
		}
	})
	flush(k.keepPossible(fill))
}

// count adds the keys of the set rows, and calls again, where not nil, with
// each row whose keys have been added before.
func (k *repeatKeys) count(to *cohort.Repeats, cond *vector.Vec, again func(i int)) {
	scratch := k.e.scratch
	k.groups(k.hash(cond), func(n int) {
		to.AddAll(scratch.placed[:n], scratch.again[:])
		for j, i := range scratch.rows[:n] {
			if again != nil && scratch.again[j] {
				again(i)
			}
		}
	})
}

// AddRepeats counts the keys of the rows that meet the condition of n.
func (e *Evaluator) AddRepeats(n *expr.Node, to *cohort.Repeats) {
	k := e.repeatKeys(n)
	if !e.setup.Pass.FilterOnly {
		k.count(to, e.Value(n.Args[0]), nil)
		return
	}
	bitmap.ForEach(k.hash(nil), e.Rows, func(i int) { k.filter.AddRow(0, k.hasher.hashes[i]) })
}

// repeatedIn compiles the lookup of a row's key among those that an earlier pass
// counted; the row itself does not count.
func (e *Evaluator) repeatedIn(n *expr.Node, args []*vector.Vec, out *vector.Vec) func() {
	repeats, cond := e.setup.Facts.Repeats[n], args[0]
	k := e.repeatKeys(n)
	scratch := e.scratch
	out.Known = nil
	return func() {
		bitmap.Fill(out.Bits, false, e.Rows)
		k.groups(k.hash(nil), func(n int) {
			repeats.CountAll(scratch.placed[:n], scratch.times[:])
			for j, i := range scratch.rows[:n] {
				others := scratch.times[j]
				if others > 0 && bitmap.Known(cond.Known, i) && bitmap.Has(cond.Bits, i) {
					others--
				}
				if others > 0 {
					bitmap.Set(out.Bits, i)
				}
			}
		})
	}
}
