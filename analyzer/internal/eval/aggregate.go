package eval

import (
	"math"
	"sync"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// An AggregateLayout says how the aggregates of one link are held while rows are read:
// booleans in byte planes, eight a byte; counts as narrow as their readers
// allow; latest dates beside what holds on them.
type AggregateLayout struct {
	link   *plan.Link
	rows   int // rows of Relation.From; 0 where they are keys, found on the way
	bits   []bitField
	counts []countField
	latest []*expr.Node
	days   []*expr.Node
	sums   []*expr.Node
	// bitNodes and countNodes are the nodes of bits and counts.
	bitNodes, countNodes []*expr.Node
}

// A bitField is one bit a row: some row meets the condition, or (unknown) for
// some row it is unknown.
type bitField struct {
	node    *expr.Node
	unknown bool
	repeats *cohort.Repeats
}

type countField struct {
	node  *expr.Node
	bytes int // 1, 2 or 4
}

// An Aggregator is the facts of one link: one worker's, or where they are by key, of
// all workers, which take turns.
type Aggregator struct {
	*AggregateLayout
	mu     sync.Mutex
	Keys   *cohort.Keys
	from   []int32
	planes [][]uint8
	c8     [][]uint8
	c16    [][]uint16
	c32    [][]uint32
	latest []latestFold
	days   [][]uint64 // dayWords a row
	sums   []sumFold
	room   [8][]uint64
}

// A sumFold holds, for each row, a sum and whether it cannot be known.
type sumFold struct {
	sum  []int64
	open []uint64
}

func NewAggregateLayout(l *plan.Link, widths map[*expr.Node]int, rows int) *AggregateLayout {
	out := &AggregateLayout{link: l}
	if !plan.ByID(l.Relation) {
		out.rows = rows
	}
	for _, n := range l.Nodes {
		switch n.Op {
		case expr.OpExists:
			out.bits = append(out.bits, bitField{node: n})
			if n.Args[0].MaybeUnknown {
				out.bits = append(out.bits, bitField{node: n, unknown: true})
			}
		case expr.OpRepeated:
			out.bits = append(out.bits, bitField{node: n, repeats: &cohort.Repeats{}})
		case expr.OpCount:
			out.counts = append(out.counts, countField{n, widths[n]})
		case expr.OpDays:
			out.days = append(out.days, n)
		case expr.OpSum:
			out.sums = append(out.sums, n)
		default:
			out.latest = append(out.latest, n)
		}
	}
	for _, b := range out.bits {
		out.bitNodes = append(out.bitNodes, b.node)
	}
	for _, c := range out.counts {
		out.countNodes = append(out.countNodes, c.node)
	}
	return out
}

func NewAggregator(l *AggregateLayout, rows int) *Aggregator {
	f := &Aggregator{AggregateLayout: l, from: make([]int32, rows), planes: make([][]uint8, (len(l.bits)+7)/8), latest: make([]latestFold, len(l.latest)), days: make([][]uint64, len(l.days)), sums: make([]sumFold, len(l.sums)),
		c8: make([][]uint8, len(l.counts)), c16: make([][]uint16, len(l.counts)), c32: make([][]uint32, len(l.counts))}
	if plan.ByID(l.link.Relation) {
		f.Keys = &cohort.Keys{}
	}
	for i := range f.room {
		f.room[i] = make([]uint64, kernel.Words(rows))
	}
	f.grow(l.rows)
	return f
}

// grow makes room for n rows.
func (f *Aggregator) grow(n int) {
	n = kernel.Words(n) * 64
	for i := range f.planes {
		f.planes[i] = vector.Grow(f.planes[i], n)
	}
	for i, c := range f.counts {
		switch c.bytes {
		case 1:
			f.c8[i] = vector.Grow(f.c8[i], n)
		case 2:
			f.c16[i] = vector.Grow(f.c16[i], n)
		default:
			f.c32[i] = vector.Grow(f.c32[i], n)
		}
	}
	for i := range f.days {
		f.days[i] = vector.Grow(f.days[i], n*vector.DayWords)
	}
	for i := range f.sums {
		f.sums[i].sum, f.sums[i].open = vector.Grow(f.sums[i].sum, n), vector.Grow(f.sums[i].open, kernel.Words(n))
	}
	for i := range f.latest {
		l := &f.latest[i]
		old := len(l.days)
		l.days, l.flags, l.count = vector.Grow(l.days, n), vector.Grow(l.flags, n), vector.Grow(l.count, n)
		for j := old; j < n; j++ {
			l.days[j] = vector.NoDay
		}
	}
}

// locate fills f.from with the row of Relation.From that each row belongs to.
func (f *Aggregator) locate(e *Evaluator) []int32 {
	r := f.link.Relation
	own := e.owners(r)
	if f.Keys == nil {
		return own
	}
	far := e.setup.ColumnAt(r.Far)
	for i := range e.Rows {
		f.from[i] = -1
		if far >= 0 && own[i] >= 0 && vector.Bit(e.Columns[far].Known, i) {
			f.from[i], _ = f.Keys.Add(own[i], cohort.RowKey(own[i], e.Columns[far].TextAt(i)))
		}
	}
	f.grow(f.Keys.Len())
	return f.from
}

// truths returns the rows where v is true, in a buffer.
func truths(room []uint64, v *vector.Vec, n int) []uint64 {
	if v.Known == nil {
		return v.Bits
	}
	kernel.IsTrue(room, v.Bools(), n)
	return room
}

// Add folds the rows of the current batch.
func (f *Aggregator) Add(e *Evaluator) {
	if f.Keys != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
	}
	m, from := e.Meter(), f.locate(e)
	m.Charge(f.link.Nodes)
	for p := range f.planes {
		var src [8][]uint64
		for b, field := range f.bits[8*p : min(8*p+8, len(f.bits))] {
			src[b] = f.field(e, field, from, f.room[b])
			m.Charge(f.bitNodes[8*p+b : 8*p+b+1])
		}
		kernel.SetPlane8(f.planes[p], src[:], from, e.Rows)
		m.Charge(f.bitNodes[8*p : min(8*p+8, len(f.bits))])
	}
	for i, c := range f.counts {
		t := truths(f.room[0], e.Value(c.node.Args[0]), e.Rows)
		switch c.bytes {
		case 1:
			kernel.AddSaturating8(f.c8[i], t, from, e.Rows)
		case 2:
			kernel.AddSaturating16(f.c16[i], t, from, e.Rows)
		default:
			addSaturating32(f.c32[i], t, from, e.Rows)
		}
		m.Charge(f.countNodes[i : i+1])
	}
	for i, n := range f.AggregateLayout.latest {
		f.latest[i].add(e, n, from, f.room[0])
		m.Charge(f.AggregateLayout.latest[i : i+1])
	}
	for i, n := range f.AggregateLayout.days {
		e.addDays(f.days[i], n, from, f.room[0])
		m.Charge(f.AggregateLayout.days[i : i+1])
	}
	for i, n := range f.AggregateLayout.sums {
		f.sums[i].add(e, n, from)
		m.Charge(f.AggregateLayout.sums[i : i+1])
	}
}

// add adds the numbers of the batch's rows to the rows that they belong to.
func (s *sumFold) add(e *Evaluator, n *expr.Node, from []int32) {
	cond, number := e.Value(n.Args[0]), e.Value(n.Args[1])
	for i, r := range from[:e.Rows] {
		switch {
		case r < 0:
		case !vector.Bit(cond.Known, i) || vector.Bit(cond.Bits, i) && !vector.Bit(number.Known, i):
			s.open[r>>6] |= 1 << (r & 63)
		case vector.Bit(cond.Bits, i):
			s.sum[r] += number.Ints[i]
		}
	}
}

// field returns the rows that set the bit.
func (f *Aggregator) field(e *Evaluator, b bitField, from []int32, room []uint64) []uint64 {
	cond := e.Value(b.node.Args[0])
	switch {
	case b.unknown:
		if cond.Known == nil {
			return nil
		}
		kernel.NotBits(room, cond.Known, e.Rows)
		return room
	case b.repeats == nil:
		return truths(room, cond, e.Rows)
	}
	kernel.Fill(room, false, e.Rows)
	e.repeatKeys(b.node).count(b.repeats, cond, func(i int) { room[i>>6] |= 1 << (i & 63) })
	return room
}

// addSaturating32 adds one to the count of each set row, up to its limit.
func addSaturating32(counts []uint32, set []uint64, row []int32, n int) {
	kernel.ForEachSet(set, n, func(i int) {
		if r := row[i]; r >= 0 && counts[r] != math.MaxUint32 {
			counts[r]++
		}
	})
}

// Merge joins another worker's facts about the same rows to f. Facts by key
// are shared by the workers and need none.
func (f *Aggregator) Merge(o *Aggregator) {
	for i := range f.planes {
		kernel.MergePlane(f.planes[i], o.planes[i])
	}
	for i, c := range f.counts {
		switch c.bytes {
		case 1:
			kernel.MergeSaturating(f.c8[i], o.c8[i])
		case 2:
			kernel.MergeSaturating(f.c16[i], o.c16[i])
		default:
			for r, n := range o.c32[i] {
				f.c32[i][r] = uint32(min(uint64(f.c32[i][r])+uint64(n), math.MaxUint32))
			}
		}
	}
	for i := range f.latest {
		f.latest[i].merge(&o.latest[i])
	}
	for i := range f.sums {
		for r, n := range o.sums[i].sum {
			f.sums[i].sum[r] += n
		}
		for w, word := range o.sums[i].open {
			f.sums[i].open[w] |= word
		}
	}
	for i := range f.days {
		for w, word := range o.days[i] {
			f.days[i][w] |= word
		}
	}
}

// Finish turns the facts into held values; n is the rows, null rows included.
func (f *Aggregator) Finish(n int) map[*expr.Node]*vector.Column {
	f.grow(n)
	out := map[*expr.Node]*vector.Column{}
	for p, plane := range f.planes {
		var dst [8][]uint64
		for b := range dst {
			dst[b] = make([]uint64, kernel.Words(n))
		}
		kernel.GatherPlane8(dst[:], plane, nil, n)
		for b, field := range f.bits[8*p : min(8*p+8, len(f.bits))] {
			h := out[field.node]
			if h == nil {
				h = &vector.Column{Type: schema.Bool, Rows: n}
				out[field.node] = h
			}
			if !field.unknown {
				h.Bits = dst[b]
				continue
			}
			h.Known = make([]uint64, kernel.Words(n))
			for i, u := range dst[b] {
				h.Known[i] = h.Bits[i] | ^u
			}
		}
	}
	for i, c := range f.counts {
		out[c.node] = &vector.Column{Type: schema.Int, Rows: n, Counts8: f.c8[i], Counts16: f.c16[i], Counts32: f.c32[i]}
	}
	for i, node := range f.AggregateLayout.latest {
		out[node] = f.latest[i].finish(node, n)
	}
	for i, node := range f.AggregateLayout.sums {
		known := make([]uint64, kernel.Words(n))
		kernel.NotBits(known, f.sums[i].open, n)
		out[node] = &vector.Column{Type: schema.Int, Rows: n, Ints: f.sums[i].sum, Known: known}
	}
	for i, node := range f.AggregateLayout.days {
		out[node] = &vector.Column{Type: expr.Days, Rows: n, Sets: f.days[i]}
	}
	return out
}
