package analyzer

import (
	"math"

	"paperlight/analyzer/cohort"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/kernel"
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
	e     *evaluator
	node  *expr.Node
	keys  []*vec
	owner func(i int) (uint64, bool)
	// sieve, where not nil, tells which keys occur once among all rows.
	sieve *cohort.Filter
}

func (e *evaluator) roomForKeys() *repeatRoom {
	if e.repeats == nil {
		e.repeats = &repeatRoom{}
	}
	return e.repeats
}

func (e *evaluator) repeatKeys(n *expr.Node) *repeatKeys {
	e.roomForKeys()
	k := &repeatKeys{e: e, node: n, owner: e.owner(n.Relation), sieve: e.in.run.sieves[n]}
	for _, a := range n.Args[1:] {
		k.keys = append(k.keys, e.value(a))
	}
	return k
}

// of returns the keys of row i; ok is false where one is unknown, or the row
// is no one's.
func (k *repeatKeys) of(i int) (p cohort.Placed, ok bool) {
	o, ok := k.owner(i)
	if !ok {
		return p, false
	}
	p.Digest, ok = digest(&k.e.digester, o, k.keys, k.node.Args[1:], i)
	// The repeats of neighbouring patients are kept together.
	if p.Place = o; k.node.Relation.From.Name != "patients" {
		p.Place = p.Digest.Place()
	}
	return p, ok
}

// sifted keeps, of the first n rows of the room, those that may repeat, and
// returns how many. The sieve is asked for all of them together, so that the
// memory system answers side by side.
func (k *repeatKeys) sifted(n int) int {
	if k.sieve == nil {
		return n
	}
	room, kept := k.e.repeats, 0
	for j := range n {
		room.again[j] = k.sieve.Twice(room.placed[j].Digest)
	}
	for j := range n {
		if room.again[j] {
			room.placed[kept], room.rows[kept] = room.placed[j], room.rows[j]
			kept++
		}
	}
	return kept
}

// count adds the keys of the set rows, and calls again, where not nil, with
// each row whose keys have been added before.
func (k *repeatKeys) count(to *cohort.Repeats, set []uint64, again func(i int)) {
	room, fill := k.e.repeats, 0
	flush := func() {
		fill = k.sifted(fill)
		to.AddAll(room.placed[:fill], room.again[:])
		for j, i := range room.rows[:fill] {
			if again != nil && room.again[j] {
				again(i)
			}
		}
		fill = 0
	}
	kernel.ForEachSet(set, k.e.n, func(i int) {
		p, ok := k.of(i)
		if !ok {
			return
		}
		room.placed[fill], room.rows[fill] = p, i
		if fill++; fill == repeatGroup {
			flush()
		}
	})
	flush()
}

// addRepeats counts the keys of the rows that meet the condition of n.
func (w *work) addRepeats(e *evaluator, n *expr.Node, to *cohort.Repeats) {
	k := e.repeatKeys(n)
	if !w.pass.sieve {
		k.count(to, truths(e.askingRoom(), e.value(n.Args[0]), e.n), nil)
		return
	}
	for i := range e.n {
		if p, ok := k.of(i); ok {
			k.sieve.Add(p.Digest)
		}
	}
}

// sift prepares a pass over rows in memory that seeks repeats: it finds the
// keys that occur once, so that only the others are held.
func (run *Run) sift(p *pass) *pass {
	s := &pass{table: p.table, memory: true, repeats: p.repeats, sieve: true}
	s.list(run.plan.programs, func(n *expr.Node) bool { return run.held[n] != nil })
	for _, n := range p.repeats {
		run.sieves[n] = cohort.NewFilter(int64(run.rowsOf(p.table)))
	}
	return s
}

// repeatedIn compiles the look-up of a row's keys among those counted before.
func (e *evaluator) repeatedIn(n *expr.Node, args []*vec, out *vec) func() {
	repeats, cond := e.in.run.repeats[n], args[0]
	k := e.repeatKeys(n)
	room := e.repeats
	out.known = nil
	return func() {
		kernel.Fill(out.bits, false, e.n)
		fill := 0
		flush := func() {
			fill = k.sifted(fill)
			repeats.CountAll(room.placed[:fill], room.times[:])
			for j, i := range room.rows[:fill] {
				others := room.times[j]
				if others > 0 && bit(cond.known, i) && bitAt(cond.bits, i) != 0 {
					others--
				}
				if others > 0 {
					out.bits[i>>6] |= 1 << (i & 63)
				}
			}
			fill = 0
		}
		for i := range e.n {
			p, ok := k.of(i)
			if !ok {
				continue
			}
			room.placed[fill], room.rows[fill] = p, i
			if fill++; fill == repeatGroup {
				flush()
			}
		}
		flush()
	}
}

// owner returns what names the row of Relation.From that row i belongs to.
func (e *evaluator) owner(r *schema.Relation) func(i int) (uint64, bool) {
	own := &e.ownPatient
	if r.From.Name == "practice" {
		own = &e.ownPractice
	}
	if !byID(r) {
		return func(i int) (uint64, bool) { o := (*own)[i]; return uint64(uint32(o)), o >= 0 }
	}
	far := e.in.columnAt(r.Far)
	return func(i int) (uint64, bool) {
		by := e.owners(r)[i]
		if far < 0 || by < 0 || !bit(e.columns[far].known, i) {
			return 0, false
		}
		return cohort.RowKey(by, e.columns[far].textAt(i)), true
	}
}

// digest returns the digest of the keys of row i, if all are known.
func digest(d *cohort.Digester, owner uint64, keys []*vec, nodes []*expr.Node, i int) (cohort.Digest, bool) {
	d.Reset(owner)
	for k, v := range keys {
		if !bit(v.known, i) {
			return cohort.Digest{}, false
		}
		addValue(d, v, nodes[k].Type, i)
	}
	return d.Sum(), true
}

// addValue adds the value of row i, which is known.
func addValue(d *cohort.Digester, v *vec, t schema.Type, i int) {
	switch t {
	case schema.Text:
		d.Text(v.textAt(i))
	case schema.Date:
		d.Number(uint64(uint32(v.days[i])))
	case schema.Int:
		d.Number(uint64(v.ints[i]))
	case schema.Bool:
		d.Number(bitAt(v.bits, i))
	case schema.Decimal:
		r := v.reals[i]
		if r == 0 {
			r = 0 // minus zero is zero
		}
		d.Number(math.Float64bits(r))
	}
}
