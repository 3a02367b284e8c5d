package eval

import (
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// A gatherSet is the nodes that the rows of a pass read through one relation.
type gatherSet struct {
	relation *schema.Relation
	keyed    *KeyedFacts // where rows are joined by record id
	items    []gatherItem
	// planes hold the booleans and known bits of the items, eight a byte.
	planes []gatherPlaneSet
}

// A gatherItem is a node of the pass and the column that it is gathered from.
type gatherItem struct {
	node   *expr.Node
	column *vector.Column
}

type gatherPlaneSet struct {
	bytes []uint8
	out   [8]planeBit
	used  int
}

// A planeBit says which item a bit of a plane belongs to, and whether it is
// its value or its known bit.
type planeBit struct {
	item  int
	known bool
}

// GatherSets returns what the pass reads through relations, a set for each.
func GatherSets(f *Facts, p *plan.Pass) []*gatherSet {
	var sets []*gatherSet
	for _, n := range p.Nodes {
		var k *KeyedFacts
		var c *vector.Column
		switch {
		case p.Memory && f.Columns[n] != nil:
			continue
		case n.Op == expr.OpGather && !plan.ByID(n.Relation):
			c = f.Columns[n.Args[0]]
		case n.Op == expr.OpGather:
			k = f.Keyed[FactKey{n.Relation, n.Args[0]}]
			c = k.Columns[n.Args[0]]
		case plan.IsAggregate(n):
			k = f.Keyed[FactKey{n.Relation, n}]
			c = k.Columns[n]
		default:
			continue
		}
		at := slices.IndexFunc(sets, func(s *gatherSet) bool { return s.relation == n.Relation && s.keyed == k })
		if at < 0 {
			at = len(sets)
			sets = append(sets, &gatherSet{relation: n.Relation, keyed: k})
		}
		sets[at].items = append(sets[at].items, gatherItem{n, c})
	}
	for _, s := range sets {
		s.pack()
	}
	return sets
}

func (s *gatherSet) nodes() []*expr.Node {
	out := make([]*expr.Node, len(s.items))
	for i, it := range s.items {
		out[i] = it.node
	}
	return out
}

// pack packs the booleans and known bits of the items into byte planes, so that
// one access gathers eight of them.
func (s *gatherSet) pack() {
	put := func(item int, known bool) {
		if k := len(s.planes); k == 0 || s.planes[k-1].used == 8 {
			s.planes = append(s.planes, gatherPlaneSet{})
		}
		p := &s.planes[len(s.planes)-1]
		p.out[p.used] = planeBit{item, known}
		p.used++
	}
	rows := 0
	for i, it := range s.items {
		rows = it.column.Rows
		if it.column.Type == schema.Bool {
			put(i, false)
		}
		if it.column.Known != nil {
			put(i, true)
		}
	}
	for i := range s.planes {
		p := &s.planes[i]
		var src [8][]uint64
		for b, o := range p.out[:p.used] {
			if src[b] = s.items[o.item].column.Bits; o.known {
				src[b] = s.items[o.item].column.Known
			}
		}
		p.bytes = make([]uint8, rows)
		kernel.SetPlane8(p.bytes, src[:p.used], nil, rows)
	}
}

// compileGather compiles the gather of one set.
func (e *Evaluator) compileGather(at int, s *gatherSet) func() {
	outs := make([]*vector.Vec, len(s.items))
	known := make([][]uint64, len(s.items))
	for i, it := range s.items {
		outs[i] = e.Value(it.node)
		*outs[i] = vector.Make(it.column.Type, e.MaxRows)
		known[i] = outs[i].Known
		if it.column.Known == nil {
			outs[i].Known = nil
		}
	}
	near := -1
	if s.keyed != nil {
		near = e.setup.ColumnAt(s.relation.Near)
	}
	return func() {
		index := e.Patient
		switch {
		case s.keyed != nil:
			index = e.keyedRows[at]
			e.find(at, s, near, index)
		case s.relation.To == schema.Practice:
			index = e.Practice
		}
		for i := range s.planes {
			p := &s.planes[i]
			var dst [8][]uint64
			for b, o := range p.out[:p.used] {
				if dst[b] = outs[o.item].Bits; o.known {
					dst[b] = known[o.item]
				}
			}
			kernel.GatherPlane8(dst[:p.used], p.bytes, index, e.Rows)
		}
		for i, it := range s.items {
			it.column.Gather(outs[i], index, e.Rows)
		}
	}
}

// owners are the patients, or practices, that rows joined by r have in common.
func (e *Evaluator) owners(r *schema.Relation) []int32 {
	if r.OfPractice || r.From == schema.Practice {
		return e.OwnPractice
	}
	return e.OwnPatient
}
