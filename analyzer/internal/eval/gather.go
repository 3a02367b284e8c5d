package eval

import (
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// A gatherSet is what the rows of a pass read through one relation.
type gatherSet struct {
	relation *schema.Relation
	keyed    *Keyed // where rows meet by id
	items    []gatherItem
	// planes hold the booleans and known bits of the items, eight a byte.
	planes []gatherPlaneSet
}

// A gatherItem is a node of the pass and where its values come from.
type gatherItem struct {
	node *expr.Node
	held *vector.Column
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

// GatherSets groups what the pass reads through relations.
func GatherSets(f *Facts, p *plan.Pass) []*gatherSet {
	var sets []*gatherSet
	for _, n := range p.Nodes {
		var k *Keyed
		var h *vector.Column
		switch {
		case p.Memory && f.Columns[n] != nil:
			continue
		case n.Op == expr.OpGather && !plan.ByID(n.Relation):
			h = f.Columns[n.Args[0]]
		case n.Op == expr.OpGather:
			k = f.Keyed[FactKey{n.Relation, n.Args[0]}]
			h = k.Held[n.Args[0]]
		case plan.IsAggregate(n):
			k = f.Keyed[FactKey{n.Relation, n}]
			h = k.Held[n]
		default:
			continue
		}
		at := slices.IndexFunc(sets, func(s *gatherSet) bool { return s.relation == n.Relation && s.keyed == k })
		if at < 0 {
			at = len(sets)
			sets = append(sets, &gatherSet{relation: n.Relation, keyed: k})
		}
		sets[at].items = append(sets[at].items, gatherItem{n, h})
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

// pack lays the booleans and known bits of the items out in planes.
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
		rows = it.held.Rows
		if it.held.Type == schema.Bool {
			put(i, false)
		}
		if it.held.Known != nil {
			put(i, true)
		}
	}
	for i := range s.planes {
		p := &s.planes[i]
		var src [8][]uint64
		for b, o := range p.out[:p.used] {
			if src[b] = s.items[o.item].held.Bits; o.known {
				src[b] = s.items[o.item].held.Known
			}
		}
		p.bytes = make([]uint8, rows)
		kernel.SetPlane8(p.bytes, src[:p.used], nil, rows)
	}
}

// compileGather compiles the gathering of one set.
func (e *Evaluator) compileGather(at int, s *gatherSet) func() {
	outs := make([]*vector.Vec, len(s.items))
	rooms := make([][]uint64, len(s.items))
	for i, it := range s.items {
		outs[i] = e.Value(it.node)
		*outs[i] = vector.Make(it.held.Type, e.MaxRows)
		rooms[i] = outs[i].Known
		if it.held.Known == nil {
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
			index = e.entry[at]
			e.find(at, s, near, index)
		case s.relation.To == schema.Practice:
			index = e.Practice
		}
		for i := range s.planes {
			p := &s.planes[i]
			var dst [8][]uint64
			for b, o := range p.out[:p.used] {
				if dst[b] = outs[o.item].Bits; o.known {
					dst[b] = rooms[o.item]
				}
			}
			kernel.GatherPlane8(dst[:p.used], p.bytes, index, e.Rows)
		}
		for i, it := range s.items {
			it.held.Gather(outs[i], index, e.Rows)
		}
	}
}

// owners are the patients, or practices, that rows which meet by r share.
func (e *Evaluator) owners(r *schema.Relation) []int32 {
	if r.OfPractice || r.From == schema.Practice {
		return e.OwnPractice
	}
	return e.OwnPatient
}
