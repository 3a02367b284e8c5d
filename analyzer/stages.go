package analyzer

import (
	"fmt"
	"slices"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// planner works out the passes. A need is a node whose value comes from a
// pass over another table (or, for repeats, an earlier pass over its own).
type planner struct {
	x                  *extract.Extract
	plan               *Plan
	patients, practice *schema.Table
	needs              []*expr.Node // not yet done, in order of ID
	untallied          []int        // programs not yet counted
	unread             []*schema.Table
	done, kept         map[*expr.Node]bool
	// counted is how many passes there were when all that does not wait for
	// the counts of the reading was done; -1 until then.
	counted int
	// start are the passes that read the patients and the practices; keep is
	// added to while later passes turn out to want more.
	startPatients, startPractice *pass
}

func (p *planner) collect() error {
	for i := range p.plan.programs {
		g := &p.plan.programs[i]
		for _, n := range g.roots() {
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
		if isNeed(n) {
			p.needs = append(p.needs, n)
		}
		if n.Op == expr.OpColumn && n.Column.Virtual {
			p.plan.rounded = p.plan.rounded || n.Column.Name == "rounded_ids"
			p.plan.repeated = p.plan.repeated || n.Column.Name == "most_repeated"
		}
	}, p.allRoots()...)
	slices.SortFunc(p.needs, func(a, b *expr.Node) int { return a.ID - b.ID })
	for _, t := range p.x.Tables {
		if !inMemory(t.Schema) {
			p.unread = append(p.unread, t.Schema)
		}
	}
	return nil
}

// isNeed says that the node's value comes from a pass of its own.
func isNeed(n *expr.Node) bool {
	return isAggregate(n) || isAcross(n) || n.Op == expr.OpRepeatedIn || n.Op == expr.OpGather && byID(n.Relation)
}

func (p *planner) allRoots() []*expr.Node {
	var out []*expr.Node
	for i := range p.plan.programs {
		out = append(out, p.plan.programs[i].roots()...)
		if v := p.plan.programs[i].Value; v != nil {
			out = append(out, v)
		}
	}
	return out
}

// ready says that the node can be evaluated now, in a pass over its space.
func (p *planner) ready(n *expr.Node, memo map[*expr.Node]bool) bool {
	if r, ok := memo[n]; ok {
		return r
	}
	r := p.done[n] || !isNeed(n)
	if n.Op == expr.OpColumn && n.Column.Virtual {
		r = p.counted >= 0
	}
	args := ownArgs(n)
	if n.Op == expr.OpGather && !byID(n.Relation) {
		args = n.Args
	}
	for _, a := range args {
		r = r && p.ready(a, memo)
	}
	memo[n] = r
	return r
}

func (p *planner) allReady(nodes []*expr.Node, memo map[*expr.Node]bool) bool {
	for _, n := range nodes {
		if !p.ready(n, memo) {
			return false
		}
	}
	return true
}

// order emits passes until every need is met and every rule counted. The
// graph has no cycle, so each turn makes progress.
func (p *planner) order() error {
	p.startPractice = &pass{table: p.practice, memory: true}
	p.startPatients = &pass{table: p.patients}
	p.plan.passes = append(p.plan.passes, p.startPractice, p.startPatients)
	for len(p.needs)+len(p.untallied)+len(p.unread) > 0 {
		memo := map[*expr.Node]bool{}
		s := p.held(memo)
		if s == nil {
			s = p.table(memo)
		}
		if s == nil && p.counted < 0 {
			p.counted = len(p.plan.passes)
			continue
		}
		if s == nil {
			return fmt.Errorf("no order of the tables meets every rule: %d values, %d rules left", len(p.needs), len(p.untallied))
		}
		p.emit(s)
	}
	if p.counted < 0 {
		p.counted = len(p.plan.passes)
	}
	p.values()
	return nil
}

// held returns a pass over patients or practices in memory that meets needs,
// or counts the rules of such a space once nothing else is left for it.
func (p *planner) held(memo map[*expr.Node]bool) *pass {
	for _, t := range []*schema.Table{p.practice, p.patients} {
		s := &pass{table: t, memory: true}
		p.take(s, memo)
		rest := slices.ContainsFunc(p.needs, func(n *expr.Node) bool { return over(n) == t })
		if !rest || s.needless() {
			p.takeTallies(s, memo)
		}
		if !s.needless() || len(s.tallies) > 0 {
			return s
		}
	}
	return nil
}

// table returns the next pass over a table's rows: one that can do all that
// is left of its table; else the cheapest that meets a need; else, where rules
// wait for the counts of the reading itself, the cheapest not yet read. A pass
// that holds the ids of rows comes after those that do not wait for it, so that
// ids are held no longer than they must be.
func (p *planner) table(memo map[*expr.Node]bool) *pass {
	const whole, early, ids, part, unread = 0, 1, 2, 3, 4
	var best [unread + 1]*pass
	var cost [unread + 1]int64
	var holders []*schema.Table
	for _, t := range schema.Tables {
		if inMemory(t) {
			continue
		}
		s := &pass{table: t}
		all := p.take(s, memo) && p.tallyable(t, memo)
		if all {
			p.takeTallies(s, memo)
		}
		class := unread
		switch {
		case all && (!s.needless() || len(s.tallies) > 0 || slices.Contains(p.unread, t)):
			if class = whole; s.holdsIDs() {
				class = ids
				holders = append(holders, t)
			}
		case !s.needless():
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
	if s := best[part]; s != nil && len(holders) > 0 && !s.holdsIDs() && !p.waits(s.table, holders) {
		best[early] = s
	}
	for _, s := range best {
		if s != nil {
			return s
		}
	}
	return nil
}

// waits says that some rule or need over t depends on the rows of the tables.
func (p *planner) waits(t *schema.Table, tables []*schema.Table) bool {
	var roots []*expr.Node
	for _, n := range p.needs {
		if over(n) == t {
			roots = append(roots, n)
		}
	}
	for _, i := range p.untallied {
		if g := &p.plan.programs[i]; g.Table == t {
			roots = append(roots, g.roots()...)
		}
	}
	waits := false
	expr.Walk(func(n *expr.Node) {
		waits = waits || isNeed(n) && !p.done[n] && slices.Contains(tables, over(n))
	}, roots...)
	return waits
}

func (p *planner) size(t *schema.Table) int64 {
	if have := p.x.Table(t); have != nil {
		return have.Bytes
	}
	return 0
}

// take adds the needs that a pass over the table can meet now, and reports
// whether those are all that are left of it.
func (p *planner) take(s *pass, memo map[*expr.Node]bool) bool {
	all := true
	for _, n := range p.needs {
		if over(n) != s.table {
			continue
		}
		if !p.allReady(n.Args, memo) {
			all = false
			continue
		}
		switch {
		case n.Op == expr.OpRepeatedIn:
			s.repeats = append(s.repeats, n)
		case isAcross(n):
			s.across = append(s.across, n)
		default:
			s.add(n)
		}
	}
	// The row that looks for its repeat is read after the repeats are known.
	return all && len(s.repeats) == 0
}

// needless says that the pass meets no need.
func (s *pass) needless() bool { return len(s.links)+len(s.repeats)+len(s.across) == 0 }

// holdsIDs says that the pass holds the ids of rows.
func (s *pass) holdsIDs() bool {
	return len(s.across) > 0 || slices.ContainsFunc(s.links, func(l *link) bool { return byID(l.relation) })
}

// add joins the need to the link of its relation.
func (s *pass) add(n *expr.Node) {
	fact := n
	if n.Op == expr.OpGather {
		fact = n.Args[0]
	}
	for _, l := range s.links {
		if l.relation == n.Relation {
			l.nodes = append(l.nodes, fact)
			return
		}
	}
	s.links = append(s.links, &link{relation: n.Relation, nodes: []*expr.Node{fact}})
}

func (p *planner) tallyable(t *schema.Table, memo map[*expr.Node]bool) bool {
	for _, i := range p.untallied {
		if g := &p.plan.programs[i]; g.Table == t && !p.allReady(g.roots(), memo) {
			return false
		}
	}
	return true
}

func (p *planner) takeTallies(s *pass, memo map[*expr.Node]bool) {
	if !p.tallyable(s.table, memo) {
		return
	}
	for _, i := range p.untallied {
		if p.plan.programs[i].Table == s.table {
			s.tallies = append(s.tallies, i)
		}
	}
}

// emit appends the pass, after passes that keep what it gathers.
func (p *planner) emit(s *pass) {
	p.require(s)
	p.plan.passes = append(p.plan.passes, s)
	met := func(n *expr.Node) bool {
		return over(n) == s.table && (slices.Contains(s.repeats, n) || slices.Contains(s.across, n) || slices.ContainsFunc(s.links, func(l *link) bool {
			return l.relation == n.Relation && (slices.Contains(l.nodes, n) || n.Op == expr.OpGather && slices.Contains(l.nodes, n.Args[0]))
		}))
	}
	p.needs = slices.DeleteFunc(p.needs, func(n *expr.Node) bool {
		if met(n) {
			p.done[n] = true
			return true
		}
		return false
	})
	if s.memory && len(s.repeats) > 0 {
		// What repeats is kept as a bit a row, so that the keys can go.
		m := &pass{table: s.table, memory: true, keep: slices.Clone(s.repeats)}
		for _, n := range m.keep {
			p.kept[n] = true
		}
		p.require(m)
		p.plan.passes = append(p.plan.passes, m)
	}
	p.untallied = slices.DeleteFunc(p.untallied, func(i int) bool { return slices.Contains(s.tallies, i) })
	p.unread = slices.DeleteFunc(p.unread, func(t *schema.Table) bool { return t == s.table })
}

// values adds the last pass over the practices, for the rules' values.
func (p *planner) values() {
	s := &pass{table: p.practice, memory: true}
	for i := range p.plan.programs {
		if v := p.plan.programs[i].Value; v != nil && v.Space != nil && !p.kept[v] && !slices.Contains(s.keep, v) {
			s.keep = append(s.keep, v)
		}
	}
	if len(s.keep) > 0 {
		p.require(s)
		p.plan.passes = append(p.plan.passes, s)
	}
}

// finish lists each pass's nodes in order.
func (p *planner) finish() {
	held := map[*expr.Node]bool{}
	for _, s := range p.plan.passes {
		slices.SortFunc(s.keep, byNodeID)
		s.keep = slices.Compact(s.keep)
		s.list(p.plan.programs, func(n *expr.Node) bool { return held[n] })
		for _, n := range s.keep {
			held[n] = true
		}
	}
	p.release(held)
	first := map[*schema.Table]*pass{}
	for i, s := range p.plan.passes {
		if s.memory {
			continue
		}
		if first[s.table] == nil {
			first[s.table] = s
			continue
		}
		s.reason = "again, after what its rules depend on"
		if i < p.counted {
			continue
		}
		// The counts are taken by now, of these columns too.
		for _, n := range s.nodes {
			if n.Column != nil && n.Space == s.table {
				first[s.table].also = append(first[s.table].also, n.Column)
			}
		}
	}
}

func byNodeID(a, b *expr.Node) int { return a.ID - b.ID }

// list fills in the nodes that the pass evaluates, arguments first. A pass in
// memory takes what is held as it is.
func (s *pass) list(programs []Program, held func(*expr.Node) bool) {
	seen := map[*expr.Node]bool{}
	s.nodes = nil
	var walk func(*expr.Node)
	walk = func(n *expr.Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		if !(s.memory && held(n)) {
			for _, a := range ownArgs(n) {
				walk(a)
			}
		}
		s.nodes = append(s.nodes, n)
	}
	for _, n := range s.roots(programs) {
		walk(n)
	}
	slices.SortFunc(s.nodes, byNodeID)
}
