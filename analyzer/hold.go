package analyzer

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/schema"
)

// newHeld returns room for n rows of node n's values.
func newHeld(node *expr.Node, rows int) *held {
	v := room(node.Type, rows)
	h := &held{typ: node.Type, n: rows, bits: v.bits, days: v.days, ints: v.ints, reals: v.reals}
	if node.MaybeUnknown || node.Type == schema.Text {
		h.known = v.known
	}
	if node.Type == schema.Text {
		h.offsets = make([]int32, kernel.Words(rows)*64+1)
	}
	return h
}

// put stores n rows of v from row first, a multiple of 64. Text must be put
// in order of rows.
func (h *held) put(v *vec, first, n int) {
	w := kernel.Words(n)
	if h.known != nil {
		dst := h.known[first/64 : first/64+w]
		if v.known != nil {
			copy(dst, v.known[:w])
		} else {
			kernel.Fill(dst, true, n)
		}
		if n%64 != 0 {
			dst[w-1] &= 1<<(n%64) - 1
		}
	}
	switch h.typ {
	case schema.Bool:
		copy(h.bits[first/64:], v.bits[:w])
	case schema.Date:
		copy(h.days[first:], v.days[:n])
	case schema.Int:
		copy(h.ints[first:], v.ints[:n])
	case schema.Decimal:
		copy(h.reals[first:], v.reals[:n])
	}
}

// A rowsHeld gathers values whose rows arrive in any number: those of a part
// of the patients, or of a store.
type rowsHeld struct {
	held
	maybeUnknown bool
}

func newRowsHeld(node *expr.Node) *rowsHeld {
	return &rowsHeld{held: held{typ: node.Type, offsets: []int32{0}}, maybeUnknown: node.MaybeUnknown}
}

// reserve makes room for so many rows of fixed size.
func (h *rowsHeld) reserve(rows int) {
	if h.maybeUnknown {
		h.known = make([]uint64, 0, kernel.Words(rows))
	}
	switch h.typ {
	case schema.Bool:
		h.bits = make([]uint64, 0, kernel.Words(rows))
	case schema.Date:
		h.days = make([]int32, 0, rows)
	case schema.Int:
		h.ints = make([]int64, 0, rows)
	case schema.Decimal:
		h.reals = make([]float64, 0, rows)
	case schema.Text:
		h.offsets = append(make([]int32, 0, rows+1), 0)
	}
}

// append adds n rows of v.
func (h *rowsHeld) append(v *vec, n int) {
	at := h.n
	h.n += n
	if h.maybeUnknown {
		h.known = extend(h.known, kernel.Words(h.n))
		if v.known != nil {
			kernel.CopyBits(h.known, at, v.known, 0, n)
		} else {
			fillBits(h.known, at, n)
		}
	}
	switch h.typ {
	case schema.Bool:
		h.bits = extend(h.bits, kernel.Words(h.n))
		kernel.CopyBits(h.bits, at, v.bits, 0, n)
	case schema.Date:
		h.days = append(h.days, v.days[:n]...)
	case schema.Int:
		h.ints = append(h.ints, v.ints[:n]...)
	case schema.Decimal:
		h.reals = append(h.reals, v.reals[:n]...)
	case schema.Text:
		if h.bytes == nil {
			h.reserveBytes(v, n)
		}
		for i := range n {
			if bit(v.known, i) {
				h.bytes = append(h.bytes, v.textAt(i)...)
			}
			h.offsets = append(h.offsets, int32(len(h.bytes)))
		}
	}
}

// reserveBytes makes room for the texts of as many rows as are foreseen, if
// they are about as long as the first n; not for long ones.
func (h *rowsHeld) reserveBytes(v *vec, n int) {
	size := 0
	for i := range n {
		if bit(v.known, i) {
			size += len(v.textAt(i))
		}
	}
	if rows := cap(h.offsets) - 1; n > 0 && rows >= n && size <= 40*n {
		h.bytes = make([]byte, 0, size*rows/n+size/16)
	}
}

// appendRow adds row i of v.
func (h *rowsHeld) appendRow(v *vec, i int) {
	at := h.n
	h.n++
	if h.maybeUnknown {
		h.known = extend(h.known, kernel.Words(h.n))
		if bit(v.known, i) {
			h.known[at>>6] |= 1 << (at & 63)
		}
	}
	switch h.typ {
	case schema.Bool:
		h.bits = extend(h.bits, kernel.Words(h.n))
		h.bits[at>>6] |= bitAt(v.bits, i) << (at & 63)
	case schema.Date:
		h.days = append(h.days, v.days[i])
	case schema.Int:
		h.ints = append(h.ints, v.ints[i])
	case schema.Decimal:
		h.reals = append(h.reals, v.reals[i])
	case schema.Text:
		if bit(v.known, i) {
			h.bytes = append(h.bytes, v.textAt(i)...)
		}
		h.offsets = append(h.offsets, int32(len(h.bytes)))
	}
}

// view returns all rows as a vec.
func (h *rowsHeld) view() vec {
	return vec{known: h.known, bits: h.bits, days: h.days, ints: h.ints, reals: h.reals, offsets: h.offsets, bytes: h.bytes}
}

// fillBits sets n bits from bit at on.
func fillBits(dst []uint64, at, n int) {
	for i := at; i < at+n; {
		if i%64 == 0 && at+n-i >= 64 {
			dst[i/64] = ^uint64(0)
			i += 64
			continue
		}
		dst[i>>6] |= 1 << (i & 63)
		i++
	}
}

// join lays rows that were gathered apart out as one, each at its base, a
// multiple of 64.
func join(node *expr.Node, rows int, parts []*rowsHeld, bases []int) *held {
	h := newHeld(node, rows)
	for p, part := range parts {
		v := part.view()
		if part.n > 0 {
			h.put(&v, bases[p], part.n)
		}
	}
	if node.Type != schema.Text {
		return h
	}
	size := 0
	for _, part := range parts {
		size += len(part.bytes)
	}
	h.bytes = make([]byte, 0, size)
	for p, part := range parts {
		for i := range part.n {
			h.offsets[bases[p]+i] = int32(len(h.bytes)) + part.offsets[i]
		}
		h.bytes = append(h.bytes, part.bytes...)
		end := len(h.offsets)
		if p+1 < len(parts) {
			end = bases[p+1]
		}
		for i := bases[p] + part.n; i < end; i++ {
			h.offsets[i] = int32(len(h.bytes))
		}
	}
	return h
}

// holdPractices holds what is known of the practices before any table is
// read: their columns, as-of dates and declarations. Null rows follow them:
// one of no practice, then one with the as-of date of each.
func (run *Run) holdPractices() {
	expr.Walk(func(n *expr.Node) {
		if isPracticeLeaf(n) {
			run.held[n] = run.holdPractice(n)
		}
	}, run.plan.all()...)
}

func (run *Run) holdPractice(n *expr.Node) *held {
	p := run.practices
	h := newRowsHeld(n)
	add := func(c extract.Cell) {
		v := constant(expr.Value{Type: n.Type, Text: c.Text, Int: c.Int, Real: c.Real}, 1)
		if !c.Known {
			v.known = make([]uint64, 1)
		}
		h.appendRow(&v, 0)
	}
	null := func() {
		if n.MaybeUnknown {
			add(extract.Cell{})
			return
		}
		add(extract.IntCell(0))
	}
	for i := range p.List {
		switch n.Op {
		case expr.OpAsOf:
			add(extract.IntCell(int64(p.List[i].AsOf)))
		case expr.OpDeclared:
			add(declared(p.Declared(i, n.Text), n.Field))
		case expr.OpFlag:
			add(extract.BoolCell(p.values[i] != nil && p.values[i][n.Column.Index].Malformed))
		default:
			if p.values[i] != nil {
				add(p.values[i][n.Column.Index])
			} else if n.Column == n.Column.Table.Key {
				add(extract.TextCell(p.List[i].ID))
			} else {
				null()
			}
		}
	}
	null()
	for i := range p.List {
		if n.Op == expr.OpAsOf {
			add(extract.IntCell(int64(p.List[i].AsOf)))
		} else {
			null()
		}
	}
	return join(n, run.rowsOf(n.Space), []*rowsHeld{h}, []int{0})
}

// declared returns a part of an answer; d is nil where there is none.
func declared(d *Declaration, f expr.Field) extract.Cell {
	switch {
	case f == expr.AnswerPresent:
		return extract.BoolCell(d != nil)
	case d == nil:
	case f == expr.Answer:
		return extract.TextCell(d.Answer)
	case f == expr.AnswerDate && d.HasDate:
		return extract.IntCell(int64(d.Date))
	case f == expr.AnswerCount && d.HasCount:
		return extract.IntCell(d.Count)
	}
	return extract.Cell{}
}

// holdCounts holds the virtual columns of practice, as counted so far.
func (run *Run) holdCounts() {
	expr.Walk(func(n *expr.Node) {
		if n.Op != expr.OpColumn || !n.Column.Virtual {
			return
		}
		h := newHeld(n, run.rowsOf(n.Space))
		for t, r := range run.tables {
			if r == nil {
				continue
			}
			for i := range r.practices {
				if n.Type == schema.Decimal {
					if schema.Tables[t].Patient != nil {
						h.reals[i] = max(h.reals[i], r.share(n.Column.Name, i))
					}
					continue
				}
				h.ints[i] += r.practices[i].of(n.Column.Name)
			}
		}
		run.held[n] = h
	}, run.plan.all()...)
}

// all are the roots of every program.
func (p *Plan) all() []*expr.Node {
	var out []*expr.Node
	for i := range p.programs {
		out = append(out, p.programs[i].roots()...)
		if v := p.programs[i].Value; v != nil {
			out = append(out, v)
		}
	}
	return out
}
