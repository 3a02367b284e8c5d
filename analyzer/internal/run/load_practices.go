package run

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
	"paperlight/rules"
)

// loadPractices materialises what is known of the practices before any table is
// read: their columns, as-of dates and answers. Null rows follow them: one of no
// practice, then one with the as-of date of each.
func (run *Run) loadPractices() {
	expr.Walk(func(n *expr.Node) {
		if plan.IsPracticeLeaf(n) {
			run.Columns[n] = run.practiceColumn(n)
		}
	}, run.plan.Roots()...)
}

func (run *Run) practiceColumn(n *expr.Node) *vector.Column {
	p := run.practices
	b := vector.NewBuilder(n)
	add := func(c extract.Cell) {
		v := vector.Constant(expr.Value{Type: n.Type, Text: c.Text, Int: c.Int, Real: c.Real}, 1)
		if !c.Known {
			v.Known = make([]uint64, 1)
		}
		b.AppendRow(&v, 0)
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
			add(extract.BoolCell(p.Values[i] != nil && p.Values[i][n.Column.Index].Malformed))
		default:
			if p.Values[i] != nil {
				add(p.Values[i][n.Column.Index])
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
	return vector.Join(n, run.rowsOf(n.Space), []*vector.Builder{b}, []int{0})
}

// declared returns a part of an answer; d is nil where there is none.
func declared(d *rules.Declaration, f expr.Field) extract.Cell {
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

// loadCounts materialises the virtual columns of practice, as counted so far.
func (run *Run) loadCounts() {
	expr.Walk(func(n *expr.Node) {
		if n.Op != expr.OpColumn || !n.Column.Virtual {
			return
		}
		c := vector.NewColumn(n, run.rowsOf(n.Space))
		switch {
		case n.Column.About != nil:
			if list := run.tables[n.Column.About.Index]; list != nil {
				for q := range list.Practices {
					if list.Unusable(q) {
						c.Ints[q] = 1
					}
				}
			}
		case n.Type == schema.Decimal:
			for q := range run.practices.List {
				c.Reals[q], _, _ = run.mostOf(n.Column.Name, q)
			}
		default:
			for _, r := range run.tables {
				for q := 0; r != nil && q < len(r.Practices); q++ {
					c.Ints[q] += r.Practices[q].Column(n.Column.Name)
				}
			}
		}
		run.Columns[n] = c
	}, run.plan.Roots()...)
}
