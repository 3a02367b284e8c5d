package analyzer

import (
	"sync"
	"sync/atomic"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
)

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
func startAcross(f *facts, p *plan.Pass, rows int64, patients int) {
	for _, n := range p.Matches {
		switch n.Op {
		case expr.OpKeySet:
			f.asked[n] = &asked{bits: map[*expr.Node][]uint64{}, days: map[*expr.Node][]int32{}}
		case expr.OpMatched:
			a := f.asked[n.Args[0]]
			a.bits[n] = make([]uint64, kernel.Words(a.keys.Len()))
		case expr.OpLatestMatch:
			a := f.asked[n.Args[0]]
			days := make([]int32, a.keys.Len())
			for i := range days {
				days[i] = vector.NoDay
			}
			a.days[n] = days
		case expr.OpRepeatFilter:
			f.earlier[n] = &earlier{filter: cohort.NewRowFilter(rows, patients), firsts: map[*expr.Node]*cohort.Firsts{}}
		case expr.OpRepeatsEarlier:
			f.earlier[n.Args[0]].firsts[n] = &cohort.Firsts{}
		}
	}
}

// across gathers the batch for one need.
func (e *evaluator) across(n *expr.Node) {
	m, own := e.meeting(n), e.owners(n.Relation)
	switch n.Op {
	case expr.OpKeySet:
		rows, a := m.hash(e, own, true), e.in.facts.asked[n]
		a.mu.Lock()
		defer a.mu.Unlock()
		kernel.ForEachSet(rows, e.n, func(i int) { a.keys.Add(own[i], m.hashes[i]) })
	case expr.OpMatched, expr.OpLatestMatch:
		e.answer(n, m, own)
	case expr.OpRepeatFilter:
		filter := e.in.facts.earlier[n].filter
		kernel.ForEachSet(m.hash(e, own, false), e.n, func(i int) { filter.AddRow(own[i], m.hashes[i]) })
	case expr.OpRepeatsEarlier:
		e.holdFirsts(n, m, own)
	}
}

// meeting returns what a worker keeps for gathering n.
func (e *evaluator) meeting(n *expr.Node) *meeting {
	m := e.meetings[n]
	if m == nil {
		keys := n.Args
		switch n.Op {
		case expr.OpMatched:
			keys = n.Args[2:]
		case expr.OpLatestMatch, expr.OpRepeatsEarlier:
			keys = n.Args[3:]
		}
		if m = e.newMeeting(keys); e.meetings == nil {
			e.meetings = map[*expr.Node]*meeting{}
		}
		e.meetings[n] = m
	}
	return m
}

// answer notes which keys the list's rows meet.
func (e *evaluator) answer(n *expr.Node, m *meeting, own []int32) {
	a := e.in.facts.asked[n.Args[0]]
	rows := m.hash(e, own, true)
	m.where(rows, e.value(n.Args[1]), e.n)
	if n.Op == expr.OpLatestMatch {
		date, days := e.value(n.Args[2]), a.days[n]
		kernel.ForEachSet(rows, e.n, func(i int) {
			if at := a.keys.Find(own[i], m.hashes[i]); at >= 0 && vector.Bit(date.Known, i) {
				raise(&days[at], date.Days[i])
			}
		})
		return
	}
	bits := a.bits[n]
	kernel.ForEachSet(rows, e.n, func(i int) {
		at := a.keys.Find(own[i], m.hashes[i])
		if at < 0 {
			return
		}
		if word, bit := &bits[at>>6], uint64(1)<<(at&63); atomic.LoadUint64(word)&bit == 0 {
			atomic.OrUint64(word, bit)
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
func (e *evaluator) holdFirsts(n *expr.Node, m *meeting, own []int32) {
	rest, id := e.in.facts.earlier[n.Args[0]], e.value(n.Args[2])
	firsts := rest.firsts[n]
	rows := m.hash(e, own, false)
	m.where(rows, e.value(n.Args[1]), e.n)
	kernel.ForEachSet(rows, e.n, func(i int) {
		if vector.Bit(id.Known, i) && rest.filter.RowTwice(own[i], m.hashes[i]) {
			firsts.Add(m.digest(own[i], i), id.TextAt(i))
		}
	})
}

// matched compiles the look-up of what was found for a row's keys.
func (e *evaluator) matched(n *expr.Node, out *vector.Vec) func() {
	a, m := e.in.facts.asked[n.Args[0]], e.newMeeting(n.Args[0].Args)
	if n.Op == expr.OpMatched {
		bits := a.bits[n]
		out.Known = nil
		return func() {
			own := e.owners(n.Relation)
			kernel.Fill(out.Bits, false, e.n)
			kernel.ForEachSet(m.hash(e, own, true), e.n, func(i int) {
				if at := a.keys.Find(own[i], m.hashes[i]); at >= 0 && kernel.Bit(bits, int(at)) {
					out.Bits[i>>6] |= 1 << (i & 63)
				}
			})
		}
	}
	days := a.days[n]
	return func() {
		own := e.owners(n.Relation)
		kernel.Fill(out.Known, false, e.n)
		kernel.ForEachSet(m.hash(e, own, true), e.n, func(i int) {
			if at := a.keys.Find(own[i], m.hashes[i]); at >= 0 && days[at] != vector.NoDay {
				out.Known[i>>6] |= 1 << (i & 63)
				out.Days[i] = days[at]
			}
		})
	}
}

// repeatsEarlier compiles the comparison of a row's id with the smallest.
func (e *evaluator) repeatsEarlier(n *expr.Node, out *vector.Vec) func() {
	rest, m, id := e.in.facts.earlier[n.Args[0]], e.newMeeting(n.Args[3:]), e.value(n.Args[2])
	firsts := rest.firsts[n]
	out.Known = nil
	return func() {
		own := e.owners(n.Relation)
		kernel.Fill(out.Bits, false, e.n)
		kernel.ForEachSet(m.hash(e, own, false), e.n, func(i int) {
			if rest.filter.RowTwice(own[i], m.hashes[i]) && vector.Bit(id.Known, i) && firsts.Before(m.digest(own[i], i), id.TextAt(i)) {
				out.Bits[i>>6] |= 1 << (i & 63)
			}
		})
	}
}

// acrossBytes is the memory held of all this.
func (f *facts) acrossBytes() int64 {
	var n int64
	for _, a := range f.asked {
		n += a.keys.Bytes()
		for _, b := range a.bits {
			n += int64(len(b)) * 8
		}
		for _, d := range a.days {
			n += int64(len(d)) * 4
		}
	}
	for _, r := range f.earlier {
		n += r.filter.Bytes()
		for _, f := range r.firsts {
			n += f.Bytes()
		}
	}
	return n
}
