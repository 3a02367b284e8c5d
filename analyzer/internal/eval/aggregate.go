package eval

import (
	"math"
	"slices"
	"sync"

	"paperlight/analyzer/bitmap"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// An AggregateLayout says how the states of the aggregates of one link are stored
// while rows are read: booleans in byte planes, eight a byte; counts as narrow as
// what reads them allows; latest dates beside what is true on them.
type AggregateLayout struct {
	link *plan.Link
	rows int // rows of Relation.From; 0 where they are keys, numbered as they come
	// patients are how many there are.
	patients int
	bits     []bitField
	counts   []countField
	latest   []*expr.Node
	days     []*expr.Node
	sums     []*expr.Node
	// bitNodes and countNodes are the nodes of bits and counts.
	bitNodes, countNodes []*expr.Node
}

// A bitField is one bit a group: the condition is true for some row of the group
// or, with unknown, unknown for some row.
type bitField struct {
	node    *expr.Node
	unknown bool
	repeats *cohort.Repeats
}

type countField struct {
	node  *expr.Node
	bytes int // 1, 2 or 4
}

// An Aggregator is the aggregate states of one link, by group: the row of
// Relation.From that rows belong to. Each worker has one, and they are merged;
// where groups are keys, all workers share one under its lock.
type Aggregator struct {
	*AggregateLayout
	mu      sync.Mutex
	Keys    *cohort.Keys
	groups  []int32
	planes  [][]uint8
	c8      [][]uint8
	c16     [][]uint16
	c32     [][]uint32
	latest  []latestState
	days    [][]uint64 // vector.DayWords a group
	sums    []sumState
	scratch [8][]uint64
}

// A sumState is, for each group, a sum and whether it is unknown.
type sumState struct {
	sum     []int64
	unknown []uint64
}

// NewAggregateLayout lays out the aggregates of a link to so many rows.
// patients are how many there are.
func NewAggregateLayout(l *plan.Link, widths map[*expr.Node]int, rows, patients int) *AggregateLayout {
	out := &AggregateLayout{link: l, patients: patients}
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

// NewAggregator returns empty states for batches of at most so many rows.
func NewAggregator(l *AggregateLayout, rows int) *Aggregator {
	a := &Aggregator{AggregateLayout: l, groups: make([]int32, rows), planes: make([][]uint8, (len(l.bits)+7)/8), latest: make([]latestState, len(l.latest)), days: make([][]uint64, len(l.days)), sums: make([]sumState, len(l.sums)),
		c8: make([][]uint8, len(l.counts)), c16: make([][]uint16, len(l.counts)), c32: make([][]uint32, len(l.counts))}
	if plan.ByID(l.link.Relation) {
		a.Keys = cohort.NewKeys(0, a.patients)
	}
	for i := range a.scratch {
		a.scratch[i] = make([]uint64, bitmap.Words(rows))
	}
	a.grow(l.rows)
	return a
}

// grow extends the states to n groups.
func (a *Aggregator) grow(n int) {
	n = bitmap.Words(n) * 64
	for i := range a.planes {
		a.planes[i] = vector.Grow(a.planes[i], n)
	}
	for i, c := range a.counts {
		switch c.bytes {
		case 1:
			a.c8[i] = vector.Grow(a.c8[i], n)
		case 2:
			a.c16[i] = vector.Grow(a.c16[i], n)
		default:
			a.c32[i] = vector.Grow(a.c32[i], n)
		}
	}
	for i := range a.days {
		a.days[i] = vector.Grow(a.days[i], n*vector.DayWords)
	}
	for i := range a.sums {
		a.sums[i].sum, a.sums[i].unknown = vector.Grow(a.sums[i].sum, n), vector.Grow(a.sums[i].unknown, bitmap.Words(n))
	}
	for i := range a.latest {
		l := &a.latest[i]
		old := len(l.days)
		l.days, l.flags, l.count = vector.Grow(l.days, n), vector.Grow(l.flags, n), vector.Grow(l.count, n)
		for j := old; j < n; j++ {
			l.days[j] = vector.NoDay
		}
	}
}

// locate returns the group of each row of the batch; below 0 where it has none.
func (a *Aggregator) locate(e *Evaluator) []int32 {
	r := a.link.Relation
	own := e.owners(r)
	if a.Keys == nil {
		return own
	}
	for i := range e.Rows {
		a.groups[i] = -1
	}
	if far := e.setup.ColumnAt(r.Far); far >= 0 {
		a.locateRows(e, &e.Columns[far], e.Numbers[far], own)
	}
	a.grow(a.Keys.Len())
	return a.groups
}

// locateRows looks each row's record id up; in a dictionary, once for the rows of an owner
// that name an entry, where nobody else's that name it come between.
func (a *Aggregator) locateRows(e *Evaluator, v *vector.Vec, number uint64, own []int32) {
	entries := max(0, len(v.Offsets)-1)
	if v.Index == nil || number == 0 {
		for i := range e.Rows {
			if own[i] >= 0 && bitmap.Known(v.Known, i) && entries > 0 {
				a.groups[i], _ = a.Keys.Add(own[i], cohort.RowKey(own[i], v.TextAt(i)))
			}
		}
		return
	}
	of := e.entryGroups(a, number, entries)
	for i := range e.Rows {
		owner := own[i]
		if owner < 0 || !bitmap.Known(v.Known, i) {
			continue
		}
		g := &of[v.Index[i]]
		if g.owner != owner {
			g.owner = owner
			g.group, _ = a.Keys.Add(owner, cohort.RowKey(owner, v.TextAt(i)))
		}
		a.groups[i] = g.group
	}
}

// An entryGroup is the group of an entry of a dictionary of record ids, for the owner
// that named it last; owner -1 for none.
type entryGroup struct{ owner, group int32 }

// entryGroups are those that a worker remembers for an aggregator, which workers share.
type entryGroups struct {
	number uint64
	of     []entryGroup
}

func (e *Evaluator) entryGroups(a *Aggregator, number uint64, entries int) []entryGroup {
	if e.groups == nil {
		e.groups = map[*Aggregator]*entryGroups{}
	}
	g := e.groups[a]
	if g == nil {
		g = &entryGroups{}
		e.groups[a] = g
	}
	if g.number != number || len(g.of) > entries {
		g.number, g.of = number, g.of[:0]
	}
	g.of = slices.Grow(g.of, entries-len(g.of))
	for len(g.of) < entries {
		g.of = append(g.of, entryGroup{owner: -1})
	}
	return g.of
}

// truths returns the bitmap of the rows where v is true, which may be scratch.
func truths(scratch []uint64, v *vector.Vec, n int) []uint64 {
	if v.Known == nil {
		return v.Bits
	}
	kernel.IsTrue(scratch, v.Bools(), n)
	return scratch
}

// Add folds the rows of the current batch into the states.
func (a *Aggregator) Add(e *Evaluator) {
	if a.Keys != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
	}
	m, groups := e.Meter(), a.locate(e)
	m.Charge(a.link.Nodes)
	one := e.Rows > 0 && kernel.OneValue(groups[:e.Rows])
	if one && groups[0] < 0 {
		return
	}
	for p := range a.planes {
		var src [8][]uint64
		for b, field := range a.bits[8*p : min(8*p+8, len(a.bits))] {
			src[b] = a.field(e, field, groups, a.scratch[b])
			m.Charge(a.bitNodes[8*p+b : 8*p+b+1])
		}
		if one {
			setOne(&a.planes[p][groups[0]], &src, e.Rows)
		} else {
			kernel.SetPlane8(a.planes[p], src[:], groups, e.Rows)
		}
		m.Charge(a.bitNodes[8*p : min(8*p+8, len(a.bits))])
	}
	for i, c := range a.counts {
		t := truths(a.scratch[0], e.Value(c.node.Args[0]), e.Rows)
		switch c.bytes {
		case 1:
			kernel.AddSaturating8(a.c8[i], t, groups, e.Rows)
		case 2:
			kernel.AddSaturating16(a.c16[i], t, groups, e.Rows)
		case 4:
			if one {
				to := &a.c32[i][groups[0]]
				*to = uint32(min(uint64(*to)+uint64(bitmap.Count(t, e.Rows)), math.MaxUint32))
				break
			}
			addSaturating32(a.c32[i], t, groups, e.Rows)
		}
		m.Charge(a.countNodes[i : i+1])
	}
	for i, n := range a.AggregateLayout.latest {
		a.latest[i].add(e, n, groups, a.scratch[0])
		m.Charge(a.AggregateLayout.latest[i : i+1])
	}
	for i, n := range a.AggregateLayout.days {
		e.addDays(a.days[i], n, groups, a.scratch[0])
		m.Charge(a.AggregateLayout.days[i : i+1])
	}
	for i, n := range a.AggregateLayout.sums {
		a.sums[i].add(e, n, groups)
		m.Charge(a.AggregateLayout.sums[i : i+1])
	}
}

// setOne sets the bits of a group to which all n rows belong, as rows of one practice do.
func setOne(plane *uint8, src *[8][]uint64, n int) {
	for b, set := range src {
		if set != nil && *plane>>b&1 == 0 && bitmap.Count(set, n) > 0 {
			*plane |= 1 << b
		}
	}
}

// add adds the numbers of the batch's rows to the sums of their groups.
func (s *sumState) add(e *Evaluator, n *expr.Node, groups []int32) {
	cond, number := e.Value(n.Args[0]), e.Value(n.Args[1])
	for i, r := range groups[:e.Rows] {
		switch {
		case r < 0:
		case !bitmap.Known(cond.Known, i) || bitmap.Known(cond.Bits, i) && !bitmap.Known(number.Known, i):
			bitmap.Set(s.unknown, int(r))
		case bitmap.Known(cond.Bits, i):
			s.sum[r] += number.Ints[i]
		}
	}
}

// field returns the bitmap of the rows that set the bit of their group.
func (a *Aggregator) field(e *Evaluator, b bitField, groups []int32, scratch []uint64) []uint64 {
	cond := e.Value(b.node.Args[0])
	switch {
	case b.unknown:
		if cond.Known == nil {
			return nil
		}
		kernel.NotBits(scratch, cond.Known, e.Rows)
		return scratch
	case b.repeats == nil:
		return truths(scratch, cond, e.Rows)
	}
	bitmap.Fill(scratch, false, e.Rows)
	e.repeatKeys(b.node).count(b.repeats, cond, func(i int) { bitmap.Set(scratch, i) })
	return scratch
}

// addSaturating32 adds one to the count of the group of each set row, and stays at
// the largest value.
func addSaturating32(counts []uint32, set []uint64, row []int32, n int) {
	bitmap.ForEach(set, n, func(i int) {
		if r := row[i]; r >= 0 && counts[r] != math.MaxUint32 {
			counts[r]++
		}
	})
}

// Merge adds the states of another worker, of other rows. States by key are shared
// by the workers and are not merged.
func (a *Aggregator) Merge(o *Aggregator) {
	for i := range a.planes {
		kernel.MergePlane(a.planes[i], o.planes[i])
	}
	for i, c := range a.counts {
		switch c.bytes {
		case 1:
			kernel.MergeSaturating(a.c8[i], o.c8[i])
		case 2:
			kernel.MergeSaturating(a.c16[i], o.c16[i])
		default:
			for r, n := range o.c32[i] {
				a.c32[i][r] = uint32(min(uint64(a.c32[i][r])+uint64(n), math.MaxUint32))
			}
		}
	}
	for i := range a.latest {
		a.latest[i].merge(&o.latest[i])
	}
	for i := range a.sums {
		for r, n := range o.sums[i].sum {
			a.sums[i].sum[r] += n
		}
		for w, word := range o.sums[i].unknown {
			a.sums[i].unknown[w] |= word
		}
	}
	for i := range a.days {
		for w, word := range o.days[i] {
			a.days[i][w] |= word
		}
	}
}

// Finish turns the states into columns of n groups, null rows included.
func (a *Aggregator) Finish(n int) map[*expr.Node]*vector.Column {
	a.grow(n)
	out := map[*expr.Node]*vector.Column{}
	for p, plane := range a.planes {
		var dst [8][]uint64
		for b := range dst {
			dst[b] = make([]uint64, bitmap.Words(n))
		}
		kernel.GatherPlane8(dst[:], plane, nil, n)
		for b, field := range a.bits[8*p : min(8*p+8, len(a.bits))] {
			c := out[field.node]
			if c == nil {
				c = &vector.Column{Type: schema.Bool, Rows: n}
				out[field.node] = c
			}
			if !field.unknown {
				c.Bits = dst[b]
				continue
			}
			c.Known = make([]uint64, bitmap.Words(n))
			for i, u := range dst[b] {
				c.Known[i] = c.Bits[i] | ^u
			}
		}
	}
	for i, c := range a.counts {
		out[c.node] = &vector.Column{Type: schema.Int, Rows: n, Counts8: a.c8[i], Counts16: a.c16[i], Counts32: a.c32[i]}
	}
	for i, node := range a.AggregateLayout.latest {
		out[node] = a.latest[i].finish(node, n)
	}
	for i, node := range a.AggregateLayout.sums {
		known := make([]uint64, bitmap.Words(n))
		kernel.NotBits(known, a.sums[i].unknown, n)
		out[node] = &vector.Column{Type: schema.Int, Rows: n, Ints: a.sums[i].sum, Known: known}
	}
	for i, node := range a.AggregateLayout.days {
		out[node] = &vector.Column{Type: expr.Days, Rows: n, Sets: a.days[i]}
	}
	return out
}
