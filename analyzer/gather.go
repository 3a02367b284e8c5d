package analyzer

import (
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/internal/cohort"
	"paperlight/analyzer/internal/kernel"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/internal/vector"
	"paperlight/analyzer/schema"
)

// A gatherSet is what the rows of a pass read through one relation.
type gatherSet struct {
	relation *schema.Relation
	keyed    *keyed // where rows meet by id
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

// A keyed holds facts about the rows that a key of a related table leads to.
type keyed struct {
	keys *cohort.Keys
	// void are the keys that two rows carry, which lead to no row; nil where
	// repeats do no harm. Null rows follow the entries: one for no practice,
	// then one for each practice.
	void []uint64
	held map[*expr.Node]*vector.Column
}

// factKey names a fact that is kept by key.
type factKey struct {
	relation *schema.Relation
	node     *expr.Node
}

// gathers groups what the pass reads through relations.
func gathers(f *facts, p *plan.Pass) []*gatherSet {
	var sets []*gatherSet
	for _, n := range p.Nodes {
		var k *keyed
		var h *vector.Column
		switch {
		case p.Memory && f.held[n] != nil:
			continue
		case n.Op == expr.OpGather && !plan.ByID(n.Relation):
			h = f.held[n.Args[0]]
		case n.Op == expr.OpGather:
			k = f.keyed[factKey{n.Relation, n.Args[0]}]
			h = k.held[n.Args[0]]
		case plan.IsAggregate(n):
			k = f.keyed[factKey{n.Relation, n}]
			h = k.held[n]
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

// gatherSet compiles the gathering of one set.
func (e *evaluator) gatherSet(at int, s *gatherSet) func() {
	outs := make([]*vector.Vec, len(s.items))
	rooms := make([][]uint64, len(s.items))
	for i, it := range s.items {
		outs[i] = e.value(it.node)
		*outs[i] = vector.Make(it.held.Type, e.rows)
		rooms[i] = outs[i].Known
		if it.held.Known == nil {
			outs[i].Known = nil
		}
	}
	near := -1
	if s.keyed != nil {
		near = e.in.columnAt(s.relation.Near)
	}
	return func() {
		index := e.patient
		switch {
		case s.keyed != nil:
			index = e.entry[at]
			e.find(at, s, near, index)
		case s.relation.To.Name == "practice":
			index = e.practice
		}
		for i := range s.planes {
			p := &s.planes[i]
			var dst [8][]uint64
			for b, o := range p.out[:p.used] {
				if dst[b] = outs[o.item].Bits; o.known {
					dst[b] = rooms[o.item]
				}
			}
			kernel.GatherPlane8(dst[:p.used], p.bytes, index, e.n)
		}
		for i, it := range s.items {
			it.held.Gather(outs[i], index, e.n)
		}
	}
}

// columnAt returns the place of c among the columns read, or -1.
func (in *prepared) columnAt(c *schema.Column) int { return slices.Index(in.columns, c) }

// owners are the patients, or practices, that rows which meet by r share.
func (e *evaluator) owners(r *schema.Relation) []int32 {
	if r.OfPractice || r.From.Name == "practice" {
		return e.ownPractice
	}
	return e.ownPatient
}
