package analyzer

import (
	"sync"
	"sync/atomic"

	"paperlight/analyzer/cohort"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/kernel"
	"paperlight/analyzer/schema"
)

// Rows that meet in equal values take steps of their own. For a match, a pass
// over the rows that ask notes the keys they ask for; a pass over the list
// notes what meets each key; the rows that ask find it by key. For an earlier
// repeat, a first pass lets go of what occurs once, a second holds the smallest
// id of the rest, and a third compares.

// isAcross says that the node is of one of those steps.
func isAcross(n *expr.Node) bool {
	switch n.Op {
	case expr.OpKeySet, expr.OpMatched, expr.OpLatestMatch, expr.OpRepeatFilter, expr.OpRepeatsEarlier:
		return true
	}
	return false
}

// over is the table whose rows a need is gathered from.
func over(n *expr.Node) *schema.Table {
	if n.Op == expr.OpKeySet || n.Op == expr.OpRepeatFilter {
		return n.Space
	}
	return n.Relation.To
}

// gathered are the nodes that a pass over those rows evaluates for it.
func gathered(n *expr.Node) []*expr.Node {
	if n.Op == expr.OpKeySet || n.Op == expr.OpRepeatFilter {
		return n.Args
	}
	return n.Args[1:]
}

// ownArgs are the arguments that are evaluated over the row that n is a value
// of.
func ownArgs(n *expr.Node) []*expr.Node {
	switch {
	case n.Op == expr.OpMatched || n.Op == expr.OpLatestMatch:
		return n.Args[0].Args
	case n.Op == expr.OpRepeatsEarlier:
		return n.Args[2:]
	case n.Op == expr.OpGather || isAggregate(n) || isAcross(n):
		return nil
	}
	return n.Args
}

// An asked is the keys that rows ask for, and what was found for each. It
// takes 12 to 16 bytes a key, and a bit or a date for each node.
type asked struct {
	mu   sync.Mutex
	keys cohort.Keys
	// By node: a bit, or the latest date, of each key.
	bits map[*expr.Node][]uint64
	days map[*expr.Node][]int32
}

// An earlier is what is held of the rows that may be repeats.
type earlier struct {
	filter *cohort.Filter
	firsts map[*expr.Node]*cohort.Firsts
}

// startAcross makes room for what the pass gathers.
func (run *Run) startAcross(p *pass) {
	for _, n := range p.across {
		switch n.Op {
		case expr.OpKeySet:
			run.asked[n] = &asked{bits: map[*expr.Node][]uint64{}, days: map[*expr.Node][]int32{}}
		case expr.OpMatched:
			a := run.asked[n.Args[0]]
			a.bits[n] = make([]uint64, kernel.Words(a.keys.Len()))
		case expr.OpLatestMatch:
			a := run.asked[n.Args[0]]
			days := make([]int32, a.keys.Len())
			for i := range days {
				days[i] = noDay
			}
			a.days[n] = days
		case expr.OpRepeatFilter:
			run.earlier[n] = &earlier{filter: cohort.NewFilter(run.rowsForeseen(p.table)), firsts: map[*expr.Node]*cohort.Firsts{}}
		case expr.OpRepeatsEarlier:
			run.earlier[n.Args[0]].firsts[n] = &cohort.Firsts{}
		}
	}
}

// rowsForeseen is how many rows the files of a table hold, guessed from their
// size where they do not say.
func (run *Run) rowsForeseen(t *schema.Table) int64 {
	const bytesARow = 32
	var rows int64
	if have := run.x.Table(t); have != nil {
		for _, p := range have.Parts {
			size, n := p.Size()
			if n < 0 {
				n = size/bytesARow + 1
			}
			rows += n
		}
	}
	return rows
}

// across gathers the batch for one need.
func (e *evaluator) across(n *expr.Node) {
	switch n.Op {
	case expr.OpKeySet:
		e.ask(n)
	case expr.OpMatched, expr.OpLatestMatch:
		e.answer(n)
	case expr.OpRepeatFilter:
		r, own := e.keys(n.Args), e.ownersOf(n)
		filter := e.in.run.earlier[n].filter
		for i := range e.n {
			if own[i] >= 0 {
				filter.Add(r.alike(own[i], i))
			}
		}
	case expr.OpRepeatsEarlier:
		e.holdFirsts(n)
	}
}

// askingRoom is a bitmap of the batch's rows.
func (e *evaluator) askingRoom() []uint64 {
	if e.asking == nil {
		e.asking = make([]uint64, kernel.Words(e.rows))
	}
	return e.asking
}

// ownersOf are the patients, or practices, whose rows meet.
func (e *evaluator) ownersOf(n *expr.Node) []int32 {
	if n.Relation.From.Name == "practice" {
		return e.ownPractice
	}
	return e.ownPatient
}

// meetingKeys are the values of a batch's rows that must be equal.
type meetingKeys struct {
	nodes  []*expr.Node
	values []*vec
	digest *cohort.Digester
}

func (e *evaluator) keys(nodes []*expr.Node) meetingKeys {
	k := meetingKeys{nodes: nodes, digest: &e.digester}
	for _, a := range nodes {
		k.values = append(k.values, e.value(a))
	}
	return k
}

// known returns the key of row i; ok is false where a value is unknown.
func (k *meetingKeys) known(owner int32, i int) (key uint64, ok bool) {
	d, ok := digest(k.digest, uint64(uint32(owner)), k.values, k.nodes, i)
	return d.Key(), ok
}

// alike returns the digest of row i, in which absent equals absent.
func (k *meetingKeys) alike(owner int32, i int) cohort.Digest {
	k.digest.Reset(uint64(uint32(owner)))
	for j, v := range k.values {
		if !bit(v.known, i) {
			k.digest.Number(0)
			continue
		}
		k.digest.Number(1)
		addValue(k.digest, v, k.nodes[j].Type, i)
	}
	return k.digest.Sum()
}

// ask notes the keys that the rows ask for.
func (e *evaluator) ask(n *expr.Node) {
	k, own := e.keys(n.Args), e.ownersOf(n)
	if e.hashes == nil {
		e.hashes = make([]uint64, e.rows)
	}
	hashes, rows := e.hashes, e.askingRoom()
	setWhere(rows, e.n, func(i int) bool {
		var ok bool
		if own[i] >= 0 {
			hashes[i], ok = k.known(own[i], i)
		}
		return ok
	})
	a := e.in.run.asked[n]
	a.mu.Lock()
	defer a.mu.Unlock()
	kernel.ForEachSet(rows, e.n, func(i int) { a.keys.Add(own[i], hashes[i]) })
}

// answer notes which keys the list's rows meet.
func (e *evaluator) answer(n *expr.Node) {
	a := e.in.run.asked[n.Args[0]]
	own, first := e.ownersOf(n), 2
	var date *vec
	if n.Op == expr.OpLatestMatch {
		date, first = e.value(n.Args[2]), 3
	}
	k := e.keys(n.Args[first:])
	kernel.ForEachSet(truths(e.askingRoom(), e.value(n.Args[1]), e.n), e.n, func(i int) {
		if own[i] < 0 || date != nil && !bit(date.known, i) {
			return
		}
		key, ok := k.known(own[i], i)
		if !ok {
			return
		}
		at := a.keys.Find(own[i], key)
		switch {
		case at < 0:
		case date != nil:
			raise(&a.days[n][at], date.days[i])
		default:
			if word, bit := &a.bits[n][at>>6], uint64(1)<<(at&63); atomic.LoadUint64(word)&bit == 0 {
				atomic.OrUint64(word, bit)
			}
		}
	})
}

// raise makes *to at least day.
func raise(to *int32, day int32) {
	for {
		old := atomic.LoadInt32(to)
		if day <= old || atomic.CompareAndSwapInt32(to, old, day) {
			return
		}
	}
}

// holdFirsts holds the smallest id of rows that may be repeats.
func (e *evaluator) holdFirsts(n *expr.Node) {
	rest := e.in.run.earlier[n.Args[0]]
	firsts, own, id := rest.firsts[n], e.ownersOf(n), e.value(n.Args[2])
	k := e.keys(n.Args[3:])
	kernel.ForEachSet(truths(e.askingRoom(), e.value(n.Args[1]), e.n), e.n, func(i int) {
		if own[i] < 0 || !bit(id.known, i) {
			return
		}
		if d := k.alike(own[i], i); rest.filter.Twice(d) {
			firsts.Add(d, id.textAt(i))
		}
	})
}

// matched compiles the look-up of what was found for a row's keys.
func (e *evaluator) matched(n *expr.Node, out *vec) func() {
	a := e.in.run.asked[n.Args[0]]
	k := e.keys(n.Args[0].Args)
	find := func(i int) int32 {
		if own := e.ownersOf(n)[i]; own >= 0 {
			if key, ok := k.known(own, i); ok {
				return a.keys.Find(own, key)
			}
		}
		return -1
	}
	if n.Op == expr.OpMatched {
		bits := a.bits[n]
		out.known = nil
		return func() {
			setWhere(out.bits, e.n, func(i int) bool {
				at := find(i)
				return at >= 0 && kernel.Bit(bits, int(at))
			})
		}
	}
	days := a.days[n]
	return func() {
		setWhere(out.known, e.n, func(i int) bool {
			at := find(i)
			if at < 0 || days[at] == noDay {
				return false
			}
			out.days[i] = days[at]
			return true
		})
	}
}

// repeatsEarlier compiles the comparison of a row's id with the smallest.
func (e *evaluator) repeatsEarlier(n *expr.Node, out *vec) func() {
	rest := e.in.run.earlier[n.Args[0]]
	firsts, id := rest.firsts[n], e.value(n.Args[2])
	k := e.keys(n.Args[3:])
	out.known = nil
	return func() {
		own := e.ownersOf(n)
		setWhere(out.bits, e.n, func(i int) bool {
			if own[i] < 0 || !bit(id.known, i) {
				return false
			}
			d := k.alike(own[i], i)
			return rest.filter.Twice(d) && firsts.Before(d, id.textAt(i))
		})
	}
}

// acrossBytes is the memory held of all this.
func (run *Run) acrossBytes() int64 {
	var n int64
	for _, a := range run.asked {
		n += a.keys.Bytes()
		for _, b := range a.bits {
			n += int64(len(b)) * 8
		}
		for _, d := range a.days {
			n += int64(len(d)) * 4
		}
	}
	for _, r := range run.earlier {
		n += r.filter.Bytes()
		for _, f := range r.firsts {
			n += f.Bytes()
		}
	}
	return n
}
