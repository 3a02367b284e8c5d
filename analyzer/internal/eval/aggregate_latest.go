package eval

import (
	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/vector"
)

// A latestState is, for each group, the latest date of its rows, and what is true
// of the rows of that date.
type latestState struct {
	days  []int32
	flags []uint8 // bit 0 true for some row, bit 1 unknown for some row
	count []uint32
}

func (l *latestState) add(e *Evaluator, n *expr.Node, groups []int32, scratch []uint64) {
	date := e.Value(n.Args[1])
	var inner *vector.Vec
	if len(n.Args) > 2 {
		inner = e.Value(n.Args[2])
	}
	bitmap.ForEach(truths(scratch, e.Value(n.Args[0]), e.Rows), e.Rows, func(i int) {
		r := groups[i]
		if r < 0 || !bitmap.Known(date.Known, i) {
			return
		}
		day := date.Days[i]
		if day < l.days[r] {
			return
		}
		if day > l.days[r] || l.days[r] == vector.NoDay {
			l.days[r], l.flags[r], l.count[r] = day, 0, 0
		}
		switch {
		case inner == nil:
		case !bitmap.Known(inner.Known, i):
			l.flags[r] |= 2
		case bitmap.Has(inner.Bits, i):
			l.flags[r] |= 1
			l.count[r]++
		}
	})
}

func (l *latestState) merge(o *latestState) {
	for r, day := range o.days {
		switch {
		case day > l.days[r]:
			l.days[r], l.flags[r], l.count[r] = day, o.flags[r], o.count[r]
		case day == l.days[r]:
			l.flags[r] |= o.flags[r]
			l.count[r] += o.count[r]
		}
	}
}

func (l *latestState) finish(node *expr.Node, n int) *vector.Column {
	c := &vector.Column{Type: node.Type, Rows: n}
	switch node.Op {
	case expr.OpLatestCount:
		c.Counts32 = l.count
	case expr.OpLatestDate:
		c.Days, c.Known = l.days, make([]uint64, bitmap.Words(n))
		for i, d := range l.days[:n] {
			if d != vector.NoDay {
				bitmap.Set(c.Known, i)
			}
		}
	default:
		c.Bits, c.Known = make([]uint64, bitmap.Words(n)), make([]uint64, bitmap.Words(n))
		for i, v := range l.flags[:n] {
			bitmap.Or(c.Bits, i, uint64(v&1))
			if v != 2 {
				bitmap.Set(c.Known, i)
			}
		}
	}
	return c
}
