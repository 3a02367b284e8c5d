package plan

import (
	"fmt"
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// A planner works out the passes. A need is a node whose value takes a pass over
// another table or, for repeats, an earlier pass over its own.
type planner struct {
	x                  *extract.Extract
	plan               *Plan
	nodes              int // above every ID
	patients, practice *schema.Table
	needs              []*expr.Node // not met yet, in order of ID
	untallied          []int        // programs not yet counted
	unread             []*schema.Table
	done, materialised map[*expr.Node]bool
	// countedAt is how many passes there were when everything was done that does
	// not depend on how the tables were read (intake.Counts); -1 until then.
	countedAt int
	// The first passes over the patients and the practices. They materialise
	// more as later passes turn out to read more.
	startPatients, startPractice *Pass
}

// sampledShares are the columns of practice that come from a sample of rows.
var sampledShares = []string{"most_repeated", "most_doubled", "most_alike"}

func (p *planner) collect() error {
	for i := range p.plan.Programs {
		g := &p.plan.Programs[i]
		for _, n := range g.Roots() {
			if n.Space != nil && n.Space != g.Table {
				return fmt.Errorf("rule %s: a condition over %s, want %s", g.ID, n.Space.Name, g.Table.Name)
			}
		}
		if g.Value != nil && g.Value.Space != nil && g.Value.Space != p.practice {
			return fmt.Errorf("rule %s: a value over %s, want practice", g.ID, g.Value.Space.Name)
		}
		p.untallied = append(p.untallied, i)
	}
	expr.Walk(func(n *expr.Node) {
		p.nodes = max(p.nodes, n.ID+1)
		if isNeed(n) {
			p.needs = append(p.needs, n)
		}
		if n.Op == expr.OpColumn && n.Column.Virtual {
			p.plan.Rounded = p.plan.Rounded || n.Column.Name == "rounded_ids"
			p.plan.Sampled = p.plan.Sampled || slices.Contains(sampledShares, n.Column.Name)
		}
	}, p.allRoots()...)
	slices.SortFunc(p.needs, func(a, b *expr.Node) int { return a.ID - b.ID })
	for _, t := range p.x.Tables {
		if !InMemory(t.Schema) {
			p.unread = append(p.unread, t.Schema)
		}
	}
	return nil
}

func (p *planner) allRoots() []*expr.Node {
	var out []*expr.Node
	for i := range p.plan.Programs {
		out = append(out, p.plan.Programs[i].Roots()...)
		if v := p.plan.Programs[i].Value; v != nil {
			out = append(out, v)
		}
	}
	return out
}

// readiness is what is known of ready, by ID: 0 nothing, 1 that it is so, -1 that not.
type readiness []int8

// ready says that the node can be evaluated in the next pass, over its space.
func (p *planner) ready(n *expr.Node, memo readiness) bool {
	if memo[n.ID] != 0 {
		return memo[n.ID] > 0
	}
	r := p.done[n] || !isNeed(n)
	if n.Op == expr.OpColumn && n.Column.Virtual {
		r = p.countedAt >= 0
	}
	args := RowArgs(n)
	if n.Op == expr.OpGather && !ByID(n.Relation) {
		args = n.Args
	}
	for _, a := range args {
		r = r && p.ready(a, memo)
	}
	if memo[n.ID] = -1; r {
		memo[n.ID] = 1
	}
	return r
}

func (p *planner) allReady(nodes []*expr.Node, memo readiness) bool {
	for _, n := range nodes {
		if !p.ready(n, memo) {
			return false
		}
	}
	return true
}

// order emits passes until every need is met and every program counted. The
// graph has no cycle, so each iteration makes progress.
func (p *planner) order() error {
	p.startPractice = &Pass{Table: p.practice, Memory: true}
	p.startPatients = &Pass{Table: p.patients}
	p.plan.Passes = append(p.plan.Passes, p.startPractice, p.startPatients)
	for len(p.needs)+len(p.untallied)+len(p.unread) > 0 {
		memo := make(readiness, p.nodes)
		s := p.memoryPass(memo)
		if s == nil {
			s = p.scanPass(memo)
		}
		if s == nil && p.countedAt < 0 {
			p.countedAt = len(p.plan.Passes)
			continue
		}
		if s == nil {
			return fmt.Errorf("no order of the tables meets every rule: %d values, %d rules left", len(p.needs), len(p.untallied))
		}
		p.emit(s)
	}
	if p.countedAt < 0 {
		p.countedAt = len(p.plan.Passes)
	}
	p.values()
	return nil
}

// memoryPass returns a pass over patients or practices in memory that meets
// needs, or counts the programs of such a space once nothing else is left for it.
func (p *planner) memoryPass(memo readiness) *Pass {
	for _, t := range []*schema.Table{p.practice, p.patients} {
		s := &Pass{Table: t, Memory: true}
		p.takeNeeds(s, memo)
		rest := slices.ContainsFunc(p.needs, func(n *expr.Node) bool { return Scanned(n) == t })
		if !rest || s.meetsNoNeed() {
			p.takeTallies(s, memo)
		}
		if !s.meetsNoNeed() || len(s.Tallies) > 0 {
			return s
		}
	}
	return nil
}

// scanPass returns the next pass over a table's files: one that can do all that
// is left of its table; else the cheapest that meets a need; else, where programs
// depend on how the tables were read, the cheapest table not yet read. A pass that
// stores the keys of rows comes after those that do not depend on it, so that
// keys are stored no longer than they must be.
func (p *planner) scanPass(memo readiness) *Pass {
	const whole, early, ids, part, unread = 0, 1, 2, 3, 4
	var best [unread + 1]*Pass
	var cost [unread + 1]int64
	var keyed []*schema.Table
	for _, t := range schema.Tables {
		if InMemory(t) {
			continue
		}
		s := &Pass{Table: t}
		all := p.takeNeeds(s, memo) && p.tallyable(t, memo)
		if all {
			p.takeTallies(s, memo)
		}
		class := unread
		switch {
		case all && (!s.meetsNoNeed() || len(s.Tallies) > 0 || slices.Contains(p.unread, t)):
			if class = whole; s.keysRows() {
				class = ids
				keyed = append(keyed, t)
			}
		case !s.meetsNoNeed():
			class = part
		case all || !slices.Contains(p.unread, t):
			continue
		}
		if class > ids {
			s.reason = "read again later, for what depends on other tables"
		}
		if best[class] == nil || class > ids && p.size(t) < cost[class] {
			best[class], cost[class] = s, p.size(t)
		}
	}
	if s := best[part]; s != nil && len(keyed) > 0 && !s.keysRows() && !p.depends(s.Table, keyed) {
		best[early] = s
	}
	for _, s := range best {
		if s != nil {
			return s
		}
	}
	return nil
}

// dependsOn says that some program or need over t depends on the rows of the
// tables.
func (p *planner) depends(t *schema.Table, tables []*schema.Table) bool {
	var roots []*expr.Node
	for _, n := range p.needs {
		if Scanned(n) == t {
			roots = append(roots, n)
		}
	}
	for _, i := range p.untallied {
		if g := &p.plan.Programs[i]; g.Table == t {
			roots = append(roots, g.Roots()...)
		}
	}
	depends := false
	expr.Walk(func(n *expr.Node) {
		depends = depends || isNeed(n) && !p.done[n] && slices.Contains(tables, Scanned(n))
	}, roots...)
	return depends
}

func (p *planner) size(t *schema.Table) int64 {
	if have := p.x.Table(t); have != nil {
		return have.Bytes
	}
	return 0
}

// takeNeeds adds the needs that a pass over the table can meet now, and reports
// whether those are all that are left of it.
func (p *planner) takeNeeds(s *Pass, memo readiness) bool {
	all := true
	for _, n := range p.needs {
		if Scanned(n) != s.Table {
			continue
		}
		if !p.allReady(n.Args, memo) {
			all = false
			continue
		}
		switch {
		case n.Op == expr.OpRepeatedIn:
			s.Repeats = append(s.Repeats, n)
		case IsMatch(n):
			s.Matches = append(s.Matches, n)
		default:
			s.add(n)
		}
	}
	// The rows are probed for their repeats in a later pass.
	return all && len(s.Repeats) == 0
}

// meetsNoNeed says that the pass meets no need.
func (s *Pass) meetsNoNeed() bool { return len(s.Links)+len(s.Repeats)+len(s.Matches) == 0 }

// keysRows says that the pass stores keys of rows.
func (s *Pass) keysRows() bool {
	return len(s.Matches) > 0 || slices.ContainsFunc(s.Links, func(l *Link) bool { return ByID(l.Relation) })
}

// add adds the need to the link of its relation.
func (s *Pass) add(n *expr.Node) {
	fact := n
	if n.Op == expr.OpGather {
		fact = n.Args[0]
	}
	for _, l := range s.Links {
		if l.Relation == n.Relation {
			l.Nodes = append(l.Nodes, fact)
			return
		}
	}
	s.Links = append(s.Links, &Link{Relation: n.Relation, Nodes: []*expr.Node{fact}})
}

func (p *planner) tallyable(t *schema.Table, memo readiness) bool {
	for _, i := range p.untallied {
		if g := &p.plan.Programs[i]; g.Table == t && !p.allReady(g.Roots(), memo) {
			return false
		}
	}
	return true
}

func (p *planner) takeTallies(s *Pass, memo readiness) {
	if !p.tallyable(s.Table, memo) {
		return
	}
	for _, i := range p.untallied {
		if p.plan.Programs[i].Table == s.Table {
			s.Tallies = append(s.Tallies, i)
		}
	}
}

// emit appends the pass, after those that materialise what it gathers.
func (p *planner) emit(s *Pass) {
	p.require(s)
	p.plan.Passes = append(p.plan.Passes, s)
	met := func(n *expr.Node) bool {
		return Scanned(n) == s.Table && (slices.Contains(s.Repeats, n) || slices.Contains(s.Matches, n) || slices.ContainsFunc(s.Links, func(l *Link) bool {
			return l.Relation == n.Relation && (slices.Contains(l.Nodes, n) || n.Op == expr.OpGather && slices.Contains(l.Nodes, n.Args[0]))
		}))
	}
	p.needs = slices.DeleteFunc(p.needs, func(n *expr.Node) bool {
		if met(n) {
			p.done[n] = true
			return true
		}
		return false
	})
	if s.Memory && len(s.Repeats) > 0 {
		// Which rows repeat is materialised as a bitmap, so that the keys can be
		// dropped.
		m := &Pass{Table: s.Table, Memory: true, Materialise: slices.Clone(s.Repeats)}
		for _, n := range m.Materialise {
			p.materialised[n] = true
		}
		p.require(m)
		p.plan.Passes = append(p.plan.Passes, m)
	}
	p.untallied = slices.DeleteFunc(p.untallied, func(i int) bool { return slices.Contains(s.Tallies, i) })
	p.unread = slices.DeleteFunc(p.unread, func(t *schema.Table) bool { return t == s.Table })
}

// values adds the last pass over the practices, for the values of the programs.
func (p *planner) values() {
	s := &Pass{Table: p.practice, Memory: true}
	for i := range p.plan.Programs {
		if v := p.plan.Programs[i].Value; v != nil && v.Space != nil && !p.materialised[v] && !slices.Contains(s.Materialise, v) {
			s.Materialise = append(s.Materialise, v)
		}
	}
	if len(s.Materialise) > 0 {
		p.require(s)
		p.plan.Passes = append(p.plan.Passes, s)
	}
}

// finish lists the nodes of each pass and what it may drop.
func (p *planner) finish() {
	materialised := map[*expr.Node]bool{}
	of := demands(p.plan.Programs, p.nodes)
	for _, s := range p.plan.Passes {
		slices.SortFunc(s.Materialise, byNodeID)
		s.Materialise = slices.Compact(s.Materialise)
		s.SetNodes(p.plan.Programs, func(n *expr.Node) bool { return materialised[n] })
		s.findEarly(p.allRoots())
		if s.demand(of); s.demands != nil || s.Early != nil {
			s.SetNodes(p.plan.Programs, func(n *expr.Node) bool { return materialised[n] })
		}
		for _, n := range s.Materialise {
			materialised[n] = true
		}
	}
	p.release(materialised)
	first := map[*schema.Table]*Pass{}
	for i, s := range p.plan.Passes {
		if s.Memory {
			continue
		}
		if first[s.Table] == nil {
			first[s.Table] = s
			continue
		}
		s.reason = "again, after what its rules depend on"
		if i < p.countedAt {
			continue
		}
		// What depends on how the tables were read is evaluated by now, so the
		// first pass must have counted the cells of these columns too.
		for _, n := range s.Nodes {
			if n.Column != nil && n.Space == s.Table {
				first[s.Table].CountColumns = append(first[s.Table].CountColumns, n.Column)
			}
		}
	}
}

func byNodeID(a, b *expr.Node) int { return a.ID - b.ID }

// SetNodes lists the nodes that the pass evaluates, arguments first. A pass in
// memory does not evaluate again what is known, nor does any of an earlier repeat.
func (s *Pass) SetNodes(programs []Program, known func(*expr.Node) bool) {
	seen := map[*expr.Node]bool{}
	s.Nodes = nil
	var walk func(*expr.Node)
	walk = func(n *expr.Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		if !((s.Memory || n.Op == expr.OpRepeatsEarlier) && known(n)) {
			for _, a := range RowArgs(n) {
				walk(a)
			}
		}
		s.Nodes = append(s.Nodes, n)
	}
	for _, n := range s.Roots(programs) {
		walk(n)
	}
	slices.SortFunc(s.Nodes, byNodeID)
}
