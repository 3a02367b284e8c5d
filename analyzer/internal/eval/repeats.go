package eval

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// repeatGroup is how many rows' keys are counted or looked up together.
const repeatGroup = 256

// A repeatRoom is what an evaluator needs to do so, and to look up keys.
type repeatRoom struct {
	keyRows keyRows
	placed  [repeatGroup]cohort.Placed
	rows    [repeatGroup]int
	again   [repeatGroup]bool
	times   [repeatGroup]uint8
}

// repeatKeys reads what the rows of a node may repeat.
type repeatKeys struct {
	e       *Evaluator
	node    *expr.Node
	meeting *rowHasher
	// patients says that rows of one patient repeat one another.
	patients bool
	// sieve, where not nil, tells which keys occur once among all rows.
	sieve *cohort.Filter
}

func (e *Evaluator) roomForKeys() *repeatRoom {
	if e.repeats == nil {
		e.repeats = &repeatRoom{}
	}
	return e.repeats
}

func (e *Evaluator) repeatKeys(n *expr.Node) *repeatKeys {
	e.roomForKeys()
	k := e.keys[n]
	if k == nil {
		k = &repeatKeys{e: e, node: n, meeting: e.newRowHasher(n.Args[1:]), patients: n.Relation.From == schema.Patients && !plan.ByID(n.Relation)}
		e.keys[n] = k
	}
	k.sieve = e.setup.Facts.Sieves[n]
	return k
}

// hash hashes the keys of the batch's rows and returns those that have an
// owner, know all their keys and meet cond where it is not nil, until the next
// call.
func (k *repeatKeys) hash(cond *vector.Vec) []uint64 {
	e, r := k.e, k.node.Relation
	own := e.owners(r)
	var rows []uint64
	if cond != nil {
		rows = k.meeting.hashSome(e, own, cond)
	} else {
		rows = k.meeting.hash(e, own, true)
	}
	if plan.ByID(r) {
		k.addRecord(rows)
	}
	return rows
}

// addRecord adds the record that each row belongs to, where rows of one record
// repeat one another, and drops rows that name none.
func (k *repeatKeys) addRecord(rows []uint64) {
	e := k.e
	far := e.setup.ColumnAt(k.node.Relation.Far)
	kernel.ForEachSet(rows, e.Rows, func(i int) {
		if far < 0 || !vector.Bit(e.Columns[far].Known, i) {
			rows[i>>6] &^= 1 << (i & 63)
			return
		}
		k.meeting.hashes[i] = cohort.Combine(k.meeting.hashes[i], cohort.IDHash(e.Columns[far].TextAt(i)))
	})
}

// of returns the keys of row i, which has them. The repeats of neighbouring
// patients are kept together, and are few: their hashes tell them apart. Those
// of a practice are all in one place, and get a digest.
func (k *repeatKeys) of(i int) cohort.Placed {
	h := k.meeting.hashes[i]
	if k.patients {
		return cohort.Placed{Place: uint64(uint32(k.e.OwnPatient[i])), Digest: cohort.DigestOf(h)}
	}
	d := k.meeting.digest(k.e.owners(k.node.Relation)[i], i)
	if far := k.node.Relation.Far; plan.ByID(k.node.Relation) {
		d = d.With(cohort.IDHash(k.e.Columns[k.e.setup.ColumnAt(far)].TextAt(i)))
	}
	return cohort.Placed{Place: d.Place(), Digest: d}
}

// sifted keeps, of the first n rows of the room, those that may repeat, finds
// their keys, and returns how many they are. The sieve is asked for all of them
// together, so that the memory system answers side by side.
func (k *repeatKeys) sifted(n int) int {
	room, kept := k.e.repeats, n
	if k.sieve != nil {
		for j, i := range room.rows[:n] {
			room.again[j] = k.sieve.RowTwice(0, k.meeting.hashes[i])
		}
		kept = 0
		for j := range n {
			if room.again[j] {
				room.rows[kept] = room.rows[j]
				kept++
			}
		}
	}
	for j, i := range room.rows[:kept] {
		room.placed[j] = k.of(i)
	}
	return kept
}

// groups calls flush for the set rows, a room full at a time.
func (k *repeatKeys) groups(set []uint64, flush func(n int)) {
	room, fill := k.e.repeats, 0
	kernel.ForEachSet(set, k.e.Rows, func(i int) {
		room.rows[fill] = i
		if fill++; fill == repeatGroup {
			flush(k.sifted(fill))
			fill = 0
		}
	})
	flush(k.sifted(fill))
}

// count adds the keys of the set rows, and calls again, where not nil, with
// each row whose keys have been added before.
func (k *repeatKeys) count(to *cohort.Repeats, cond *vector.Vec, again func(i int)) {
	room := k.e.repeats
	k.groups(k.hash(cond), func(n int) {
		to.AddAll(room.placed[:n], room.again[:])
		for j, i := range room.rows[:n] {
			if again != nil && room.again[j] {
				again(i)
			}
		}
	})
}

// AddRepeats counts the keys of the rows that meet the condition of n.
func (e *Evaluator) AddRepeats(n *expr.Node, to *cohort.Repeats) {
	k := e.repeatKeys(n)
	if !e.setup.Pass.Sieve {
		k.count(to, e.Value(n.Args[0]), nil)
		return
	}
	kernel.ForEachSet(k.hash(nil), e.Rows, func(i int) { k.sieve.AddRow(0, k.meeting.hashes[i]) })
}

// repeatedIn compiles the look-up of a row's keys among those counted before.
func (e *Evaluator) repeatedIn(n *expr.Node, args []*vector.Vec, out *vector.Vec) func() {
	repeats, cond := e.setup.Facts.Repeats[n], args[0]
	k := e.repeatKeys(n)
	room := e.repeats
	out.Known = nil
	return func() {
		kernel.Fill(out.Bits, false, e.Rows)
		k.groups(k.hash(nil), func(n int) {
			repeats.CountAll(room.placed[:n], room.times[:])
			for j, i := range room.rows[:n] {
				others := room.times[j]
				if others > 0 && vector.Bit(cond.Known, i) && vector.BitAt(cond.Bits, i) != 0 {
					others--
				}
				if others > 0 {
					out.Bits[i>>6] |= 1 << (i & 63)
				}
			}
		})
	}
}
