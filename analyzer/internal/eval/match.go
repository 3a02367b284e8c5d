package eval

import (
	"slices"
	"sync/atomic"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
)

// StartMatches allocates what the match steps of the pass fill.
func StartMatches(f *Facts, p *plan.Pass, rows int64, patients int) {
	startKnown(f, p.Early, patients)
	for _, n := range p.Matches {
		switch n.Op {
		case expr.OpKeySet:
			f.probes[n] = &probeKeys{keys: cohort.NewKeys(0, patients), bits: map[*expr.Node][]uint64{}, days: map[*expr.Node][]int32{}}
		case expr.OpMatched:
			a := f.probes[n.Args[0]]
			a.bits[n] = make([]uint64, bitmap.Words(a.keys.Len()))
		case expr.OpLatestMatch:
			a := f.probes[n.Args[0]]
			days := make([]int32, a.keys.Len())
			for i := range days {
				days[i] = vector.NoDay
			}
			a.days[n] = days
		case expr.OpRepeatFilter:
			if len(p.EarlyOf(n)) > 0 {
				continue
			}
			f.duplicates[n] = &duplicateIndex{filter: cohort.NewRowFilter(rows, patients), firsts: map[*expr.Node]*cohort.Firsts{}}
		case expr.OpRepeatsEarlier:
			f.duplicates[n.Args[0]].firsts[n] = &cohort.Firsts{}
		}
	}
}

// A rowKey is what a row is looked up by. Neighbouring rows often have the same.
type rowKey struct {
	owner int32
	hash  uint64
}

// A keyFinder finds the entry of a row's key, or None, once for neighbours that have
// the same.
type keyFinder struct {
	keys *cohort.Keys
	last rowKey
	at   int32
}

func newKeyFinder(keys *cohort.Keys) keyFinder {
	return keyFinder{keys: keys, last: rowKey{owner: cohort.None}, at: cohort.None}
}

func (f *keyFinder) find(owner int32, hash uint64) int32 {
	if k := (rowKey{owner, hash}); k != f.last {
		f.last, f.at = k, f.keys.Find(owner, hash)
	}
	return f.at
}

// Match carries out one match step of the pass for the batch: it collects probe
// keys, marks the keys that a list has, or fills a duplicate index.
func (e *Evaluator) Match(n *expr.Node) {
	if early := e.setup.Pass.EarlyOf(n); len(early) > 0 {
		for _, r := range early {
			e.compareRepeats(r)
		}
		return
	}
	m, own := e.rowHasherOf(n), e.owners(n.Relation)
	switch n.Op {
	case expr.OpKeySet:
		rows, a := e.askedRows(n, m, own), e.setup.Facts.probes[n]
		a.mu.Lock()
		defer a.mu.Unlock()
		last := rowKey{owner: cohort.None}
		bitmap.ForEach(rows, e.Rows, func(i int) {
			if k := (rowKey{own[i], m.hashes[i]}); k != last {
				a.keys.Add(k.owner, k.hash)
				last = k
			}
		})
	case expr.OpMatched, expr.OpLatestMatch:
		e.scanMatches(n, m, own)
	case expr.OpRepeatFilter:
		filter := e.setup.Facts.duplicates[n].filter
		bitmap.ForEach(m.hash(e, own, false), e.Rows, func(i int) { filter.AddRow(own[i], m.hashes[i]) })
	case expr.OpRepeatsEarlier:
		e.addFirsts(n, m, own)
	}
}

// rowHasherOf returns the worker's hasher of the rows of n.
func (e *Evaluator) rowHasherOf(n *expr.Node) *rowHasher {
	keys := n.Args
	switch n.Op {
	case expr.OpMatched:
		keys = n.Args[2:]
	case expr.OpLatestMatch, expr.OpRepeatsEarlier:
		keys = n.Args[3:]
	}
	return e.rowHasher(keys)
}

// rowHasher returns the worker's hasher of rows by the nodes, which all that match rows
// by them share.
func (e *Evaluator) rowHasher(keys []*expr.Node) *rowHasher {
	for _, m := range e.hashers {
		if slices.Equal(m.nodes, keys) {
			return m
		}
	}
	m := e.newRowHasher(keys)
	e.hashers = append(e.hashers, m)
	return m
}

// scanMatches marks the probe keys that rows of the list have, or raises their
// latest dates.
func (e *Evaluator) scanMatches(n *expr.Node, m *rowHasher, own []int32) {
	a := e.setup.Facts.probes[n.Args[0]]
	rows := m.hashSome(e, own, truths(m.scratch, e.Value(n.Args[1]), e.Rows))
	keys := newKeyFinder(a.keys)
	if n.Op == expr.OpLatestMatch {
		date, days := e.Value(n.Args[2]), a.days[n]
		bitmap.ForEach(rows, e.Rows, func(i int) {
			if at := keys.find(own[i], m.hashes[i]); at >= 0 && bitmap.Known(date.Known, i) {
				raise(&days[at], date.Days[i])
			}
		})
		return
	}
	bits := a.bits[n]
	bitmap.ForEach(rows, e.Rows, func(i int) {
		at := keys.find(own[i], m.hashes[i])
		if at < 0 {
			return
		}
		if word, bit := &bits[at>>6], uint64(1)<<(at&63); atomic.LoadUint64(word)&bit == 0 {
			atomic.OrUint64(word, bit)
		}
	})
}

// askedRows hashes the rows for which step n is worked out, and returns their bitmap. It
// is valid until the next call.
func (e *Evaluator) askedRows(n *expr.Node, m *rowHasher, own []int32) []uint64 {
	if d := e.setup.Pass.Demand(n); d != nil {
		return m.hashSome(e, own, e.demanded(d))
	}
	return m.hash(e, own, true)
}

// demanded returns the bitmap of the rows that are asked for. It is valid until the
// next call.
func (e *Evaluator) demanded(d plan.Demand) []uint64 {
	words := bitmap.Words(e.Rows)
	if e.asked == nil {
		e.asked = make([]uint64, bitmap.Words(e.MaxRows))
	}
	asked := e.asked[:words]
	clear(asked)
	for w := range asked {
		for _, all := range d {
			of := bitmap.Ones
			for _, l := range all {
				of &= maybe(e.Value(l.Node), w, l.Not)
			}
			asked[w] |= of
		}
	}
	return asked
}

// maybe are the rows of word w in which v may be true or, with not, false.
func maybe(v *vector.Vec, w int, not bool) uint64 {
	bits, known := v.Bits[w], bitmap.Ones
	if v.Known != nil {
		known = v.Known[w]
	}
	if not {
		bits = ^bits
	}
	return bits | ^known
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

// addFirsts adds the ids of rows that may be repeats to the duplicate index.
func (e *Evaluator) addFirsts(n *expr.Node, m *rowHasher, own []int32) {
	index, id := e.setup.Facts.duplicates[n.Args[0]], e.Value(n.Args[2])
	firsts := index.firsts[n]
	rows := m.hash(e, own, false)
	m.where(rows, e.Value(n.Args[1]), e.Rows)
	bitmap.ForEach(rows, e.Rows, func(i int) {
		if bitmap.Known(id.Known, i) && index.filter.MayRepeat(own[i], m.hashes[i]) {
			firsts.Add(m.digest(own[i], i), id.TextAt(i))
		}
	})
}

// probe compiles the last pass of a match: it looks up what the scan of the list
// found for each row's key.
func (e *Evaluator) probe(n *expr.Node, out *vector.Vec) func() {
	a, m := e.setup.Facts.probes[n.Args[0]], e.rowHasher(n.Args[0].Args)
	if n.Op == expr.OpMatched {
		bits := a.bits[n]
		out.Known = nil
		return func() {
			own, keys := e.owners(n.Relation), newKeyFinder(a.keys)
			bitmap.Fill(out.Bits, false, e.Rows)
			bitmap.ForEach(e.askedRows(n, m, own), e.Rows, func(i int) {
				if at := keys.find(own[i], m.hashes[i]); at >= 0 && bitmap.Has(bits, int(at)) {
					bitmap.Set(out.Bits, i)
				}
			})
		}
	}
	days := a.days[n]
	return func() {
		own, keys := e.owners(n.Relation), newKeyFinder(a.keys)
		bitmap.Fill(out.Known, false, e.Rows)
		bitmap.ForEach(e.askedRows(n, m, own), e.Rows, func(i int) {
			if at := keys.find(own[i], m.hashes[i]); at >= 0 && days[at] != vector.NoDay {
				bitmap.Set(out.Known, i)
				out.Days[i] = days[at]
			}
		})
	}
}

// repeatsEarlier compiles the comparison of a row's id with the smallest.
func (e *Evaluator) repeatsEarlier(n *expr.Node, out *vector.Vec) func() {
	index, m, id := e.setup.Facts.duplicates[n.Args[0]], e.rowHasher(n.Args[3:]), e.Value(n.Args[2])
	firsts := index.firsts[n]
	out.Known = nil
	return func() {
		own := e.owners(n.Relation)
		bitmap.Fill(out.Bits, false, e.Rows)
		bitmap.ForEach(m.hash(e, own, false), e.Rows, func(i int) {
			if index.filter.MayRepeat(own[i], m.hashes[i]) && bitmap.Known(id.Known, i) && firsts.Before(m.digest(own[i], i), id.TextAt(i)) {
				bitmap.Set(out.Bits, i)
			}
		})
	}
}
