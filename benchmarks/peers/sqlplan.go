package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// A form is one way to write a load in SQL. Which is fastest depends on the
// data and the version, so several were tried: see RESULTS.md.
type form struct {
	name string
	// split reads a table once for the facts of patients and once more for the
	// counts of rules; else both come from one grouping by patient.
	split bool
	// rowJoin joins every row with its patient; else conditions on the patient
	// are applied to the counts of each patient's rows.
	rowJoin bool
	// codes looks functions of a code up in a table of its distinct values;
	// else they are called in the scan.
	codes bool
}

var forms = []form{
	{name: "grouped", codes: true},
	{name: "split", split: true, codes: true},
	{name: "joined", split: true, rowJoin: true, codes: true},
}

func formNamed(name string) (form, bool) {
	i := slices.IndexFunc(forms, func(f form) bool { return f.name == name })
	if i < 0 {
		return form{}, false
	}
	return forms[i], true
}

// A script is SQL in order, and the queries whose rows are the answers: each
// has a practice and then five counts for each of its rules.
type script struct {
	Steps   []string `json:"steps"`
	Results []result `json:"results"`
}

// A result is one query. Without rules its rows are no counts.
type result struct {
	Rules []string `json:"rules"`
	SQL   string   `json:"sql"`
	// pairs says that only denominator and numerator are given: SQL written by
	// hand for rules whose other counts are 0.
	pairs bool
}

// A builder writes a script.
type builder struct {
	form
	work *workload
	// from is the relation that holds a table's rows.
	from func(*schema.Table) string
	out  *script

	patients *schema.Table
	// facts are the aggregates of patients' rows, by the table they are over.
	facts map[*schema.Table][]*expr.Node
	// have are the tables whose facts have been gathered.
	have map[*schema.Table]bool
	// joined is step p with what the rules over patients look up.
	joined string
	// kept counts the steps v_1, v_2, … with what was read of each table.
	kept int
	// lists is the folder for the failing rows; empty where none are wanted.
	lists string
	// fields are the functions looked up in each table of distinct codes.
	fields     map[string]map[string]string
	codeColumn map[string]*schema.Column
}

// write returns the script of the load. With lists it writes the failing rows of
// each table into that folder.
func write(w *workload, f form, lists string, from func(*schema.Table) string) (s *script, err error) {
	defer func() {
		if r := recover(); r != nil {
			what, ok := r.(unsupported)
			if !ok {
				panic(r)
			}
			s, err = nil, fmt.Errorf("no SQL for %s", what.what)
		}
	}()
	b := &builder{form: f, work: w, lists: lists, from: from, out: &script{}, patients: schema.Lookup("patients"),
		facts: map[*schema.Table][]*expr.Node{}, have: map[*schema.Table]bool{},
		fields: map[string]map[string]string{}, codeColumn: map[string]*schema.Column{}}
	b.findFacts()
	b.readTables()
	b.countPatients()
	b.countTables()
	b.countPractices()
	if b.lists != "" {
		b.listFailing()
	}
	b.codeTables()
	return b.out, nil
}

// sayable keeps the programs that the form can say in SQL.
func (w *workload) sayable(f form) *workload {
	out := &workload{extract: w.extract, given: w.given}
	for _, p := range w.programs {
		one := &workload{programs: []analyzer.Program{p}, extract: w.extract, given: w.given}
		if _, err := write(one, f, "", func(t *schema.Table) string { return t.Name }); err == nil {
			out.programs = append(out.programs, p)
		}
	}
	return out
}

func (b *builder) step(format string, args ...any) {
	b.out.Steps = append(b.out.Steps, fmt.Sprintf(format, args...))
}

// findFacts lists the aggregates from patients.
func (b *builder) findFacts() {
	expr.Walk(func(n *expr.Node) {
		if isAggregate(n) {
			switch {
			case n.Relation.From == b.patients:
				b.facts[n.Relation.To] = append(b.facts[n.Relation.To], n)
			default:
				panic(unsupported{"aggregate " + n.Relation.From.Name + "." + n.Relation.Name})
			}
		}
	}, b.roots()...)
}

func (b *builder) roots() []*expr.Node {
	var out []*expr.Node
	for _, p := range b.work.programs {
		out = append(out, roots(p)...)
	}
	return out
}

func roots(p analyzer.Program) []*expr.Node {
	return slices.DeleteFunc([]*expr.Node{p.Where, p.Exclude, p.Expect}, func(n *expr.Node) bool { return n == nil })
}

func isAggregate(n *expr.Node) bool {
	switch n.Op {
	case expr.OpExists, expr.OpCount, expr.OpRepeated, expr.OpLatestDate, expr.OpLatestExists, expr.OpLatestCount:
		return true
	}
	return false
}

// programs are the rules over t.
func (b *builder) programs(t *schema.Table) []analyzer.Program {
	return slices.DeleteFunc(slices.Clone(b.work.programs), func(p analyzer.Program) bool { return p.Table != t })
}

// tables are the tables of patients' rows that the load reads.
func (b *builder) tables() []*schema.Table {
	var out []*schema.Table
	for _, t := range b.work.extract.Tables {
		s := t.Schema
		if s.Patient != nil && s != b.patients && s.Name != "practice" && (len(b.programs(s)) > 0 || len(b.facts[s]) > 0 || b.countsRows()) {
			out = append(out, s)
		}
	}
	return out
}

// countsRows says that a rule asks how many rows there are of a practice.
func (b *builder) countsRows() bool {
	return slices.ContainsFunc(b.programs(schema.Lookup("practice")), func(p analyzer.Program) bool {
		return slices.ContainsFunc(expr.Columns(roots(p)...), func(c *schema.Column) bool { return c.Virtual })
	})
}

// readTables writes one reading (or two) of every table, those first whose
// facts others read.
func (b *builder) readTables() {
	pending := b.tables()
	for len(pending) > 0 {
		i := slices.IndexFunc(pending, func(t *schema.Table) bool { return b.ready(t, b.inScan(t)) })
		if i < 0 {
			panic(unsupported{"rules over " + pending[0].Name + " that need its own facts row by row"})
		}
		t := pending[i]
		pending = slices.Delete(pending, i, i+1)
		b.readTable(t)
		b.have[t] = true
	}
}

// inScan are the nodes evaluated on every row of t.
func (b *builder) inScan(t *schema.Table) []*expr.Node {
	var out []*expr.Node
	for _, n := range b.facts[t] {
		out = append(out, n.Args...)
	}
	if !b.split {
		for _, p := range b.programs(t) {
			_, rest := b.factor(p.Where)
			out = append(out, rest, p.Exclude, p.Expect)
		}
	}
	return slices.DeleteFunc(out, func(n *expr.Node) bool { return n == nil })
}

// ready says that the facts which nodes over rows of t gather are there.
func (b *builder) ready(t *schema.Table, nodes []*expr.Node) bool {
	ready := true
	expr.Walk(func(n *expr.Node) {
		if isAggregate(n) && !b.have[n.Relation.To] {
			ready = false
		}
	}, nodes...)
	return ready
}

// factor splits a condition of a row into what depends on the row's patient
// alone, and the rest.
func (b *builder) factor(where *expr.Node) (patient, rest *expr.Node) {
	ofPatient := func(n *expr.Node) bool { return n.Op == expr.OpGather && n.Relation.To == b.patients }
	if b.rowJoin {
		return nil, where
	}
	if ofPatient(where) {
		return where.Args[0], nil
	}
	if where.Op != expr.OpAnd {
		return nil, where
	}
	i := slices.IndexFunc(where.Args, ofPatient)
	if i < 0 {
		return nil, where
	}
	left := slices.Delete(slices.Clone(where.Args), i, i+1)
	if len(left) == 1 {
		return where.Args[i].Args[0], left[0]
	}
	n := *where
	n.Args = left
	return where.Args[i].Args[0], &n
}

// readTable writes the step that groups the rows of t by patient: facts, the
// counts of rules unless split, and the number of rows.
func (b *builder) readTable(t *schema.Table) {
	s := b.scan(t)
	inner, outer := []string{"t.patient_id AS pid"}, []string{"pid"}
	if !b.rowJoin && (!b.split || b.countsRows()) {
		inner = append(inner, "t.practice_id")
		outer = append(outer, "any_value(practice_id) AS own", "count(*) AS n")
	}
	var repeated []*expr.Node
	var matter []string // what a row must meet to bear on a fact
	for _, n := range b.facts[t] {
		if n.Op == expr.OpRepeated {
			repeated = append(repeated, n)
			continue
		}
		columns, sql := fact(s, n)
		matter = append(matter, fmt.Sprintf("c%d IS DISTINCT FROM false", n.ID))
		inner = append(inner, columns...)
		outer = append(outer, fmt.Sprintf("%s AS a%d", sql, n.ID))
	}
	if !b.split {
		for i, p := range b.programs(t) {
			_, rest := b.factor(p.Where)
			c := tallies(s.row, rest, p, i)
			inner, outer = append(inner, c.columns...), append(outer, c.counts...)
		}
	}
	if b.countsRows() && !b.rowJoin {
		inner = append(inner, b.rounded(t, s)+" AS is_rounded")
		outer = append(outer, "count(*) FILTER (WHERE is_rounded) AS rounded")
	}
	b.addSteps(s)
	if len(outer) > 1 {
		only := ""
		if b.split && (b.rowJoin || !b.countsRows()) {
			only = " WHERE " + strings.Join(matter, " OR ")
		}
		b.step("CREATE TEMP TABLE f_%s AS SELECT %s FROM (SELECT %s\n FROM %s)%s GROUP BY pid", t.Name, strings.Join(outer, ",\n  "), strings.Join(inner, ",\n  "), s.from(), only)
	}
	for _, n := range repeated {
		s := b.scan(t)
		var keys, known []string
		for _, k := range n.Args[1:] {
			keys = append(keys, s.row.sql(k))
			known = append(known, s.row.sql(k)+" IS NOT NULL")
		}
		query := fmt.Sprintf("SELECT DISTINCT pid FROM (SELECT t.patient_id AS pid FROM %%s WHERE %s AND %s GROUP BY t.patient_id, %s HAVING count(*) > 1)",
			s.row.sql(n.Args[0]), strings.Join(known, " AND "), strings.Join(keys, ", "))
		b.addSteps(s)
		b.step("CREATE TEMP TABLE a%d AS "+query, n.ID, s.from())
	}
}

// fact writes an aggregate, and the columns of an inner query that it is over.
func fact(s *scan, n *expr.Node) (columns []string, sql string) {
	name := fmt.Sprintf("c%d", n.ID)
	columns = []string{s.row.sql(n.Args[0]) + " AS " + name}
	switch n.Op {
	case expr.OpExists:
		if !n.Args[0].MaybeUnknown {
			return columns, "bool_or(" + name + ")"
		}
		return columns, fmt.Sprintf("CASE WHEN bool_or(%s) THEN true WHEN bool_or(%[1]s IS NULL) THEN NULL ELSE false END", name)
	case expr.OpCount:
		return columns, "count(*) FILTER (WHERE " + name + ")"
	case expr.OpLatestDate:
		day := fmt.Sprintf("l%d", n.ID)
		return append(columns, s.row.sql(n.Args[1])+" AS "+day), "max(" + day + ") FILTER (WHERE " + name + ")"
	}
	panic(unsupported{n.String()})
}

// A tallied rule is its conditions as columns of an inner query, evaluated
// once a row, and the counts over them.
type tallied struct{ columns, counts []string }

// tallies writes the counts of rule number i over the rows of a group: the
// denominator d, numerator n, unknown u, excluded e, undetermined z. Counts
// that cannot differ from 0 are left out.
func tallies(r row, where *expr.Node, p analyzer.Program, i int) tallied {
	var t tallied
	column := func(name string, n *expr.Node) string {
		name = fmt.Sprintf("%s%d", name, i)
		t.columns = append(t.columns, r.sql(n)+" AS "+name)
		return name
	}
	count := func(name, cond string) {
		if cond != "" {
			cond = " FILTER (WHERE " + cond + ")"
		}
		t.counts = append(t.counts, fmt.Sprintf("count(*)%s AS %s%d", cond, name, i))
	}
	var conds []string
	if where != nil && where.Op != expr.OpConst {
		conds = append(conds, column("w", where))
	} else if where != nil && where.Value.Int == 0 {
		conds = append(conds, "false")
	}
	if p.Exclude != nil {
		x := column("x", p.Exclude)
		count("e", strings.Join(append(slices.Clone(conds), x), " AND "))
		conds = append(conds, x+" IS NOT TRUE")
	}
	count("d", strings.Join(conds, " AND "))
	if p.Expect != nil {
		y := column("y", p.Expect)
		count("n", strings.Join(append(slices.Clone(conds), y), " AND "))
		if p.Expect.MaybeUnknown {
			count("u", strings.Join(append(slices.Clone(conds), y+" IS NULL"), " AND "))
		}
	}
	if where != nil && where.MaybeUnknown {
		count("z", conds[0]+" IS NULL")
	}
	return t
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
