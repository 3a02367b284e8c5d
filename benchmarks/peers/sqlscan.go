package main

import (
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// A scan is a reading of the rows of one table: how a row is written, and what
// is joined to it.
type scan struct {
	b     *builder
	table *schema.Table
	row   row
	joins []string
	// gathered are the values of patients that rows read.
	gathered []*expr.Node
	name     string
}

// scan starts a reading of the rows of t, as t.
func (b *builder) scan(t *schema.Table) *scan {
	s := &scan{b: b, table: t, name: "p_" + t.Name}
	s.row = row{column: s.column, gather: s.gather, aggregate: func(n *expr.Node) string { panic(unsupported{n.String()}) }}
	if b.form.codes {
		s.row.code = func(c *schema.Column, name string, sql func(string) string) string { return s.code(c, name, sql) }
	}
	return s
}

// derived are the macros of columns that are worked out while reading.
var derived = map[string]string{"nhs_number_state": "nhs_state", "nhs_number_range": "nhs_range", "nhs_number_key": "nhs_key", "dosage_state": "dosage_state"}

func (s *scan) column(c *schema.Column) string {
	macro, ok := derived[c.Name]
	switch {
	case !ok || s.b.work.given[c]:
		return "t." + c.Name
	case c.Table == s.b.patients || !s.b.form.codes:
		return macro + "(t." + c.Derived + ")"
	}
	of := c.Table.Column(c.Derived)
	return fmt.Sprintf("coalesce(%s, %s(NULL))", s.code(of, macro, func(v string) string { return macro + "(" + v + ")" }), macro)
}

// code looks up a function of the code column c among its distinct values.
func (s *scan) code(c *schema.Column, name string, sql func(of string) string) string {
	if c.Table == s.b.patients { // small enough
		return sql("t." + c.Name)
	}
	table := "c_" + c.Table.Name + "_" + c.Name
	join := fmt.Sprintf("LEFT JOIN %s ON %[1]s.v = t.%s", table, c.Name)
	if !slices.Contains(s.joins, join) {
		s.joins = append(s.joins, join)
	}
	if s.b.fields[table] == nil {
		s.b.fields[table], s.b.codeColumn[table] = map[string]string{}, c
	}
	field := `"` + strings.ReplaceAll(name, `"`, "'") + `"`
	s.b.fields[table][field] = sql("v")
	return table + "." + field
}

func (s *scan) gather(n *expr.Node) string {
	if n.Relation.To != s.b.patients {
		return s.b.ofPractice(n)
	}
	far := n.Args[0]
	if !slices.Contains(s.gathered, far) {
		s.gathered = append(s.gathered, far)
	}
	return orMissing(fmt.Sprintf("p.g%d", far.ID), far)
}

// orMissing gives a value joined from p what it is where there is no patient.
func orMissing(value string, far *expr.Node) string {
	if none := missing.sql(far); !strings.HasPrefix(none, "NULL::") {
		return fmt.Sprintf("CASE WHEN p.pid IS NULL THEN %s ELSE %s END", none, value)
	}
	return value
}

// ofPractice writes a value of the row's practice: only what is declared, and
// nothing is.
func (b *builder) ofPractice(n *expr.Node) string {
	expr.Walk(func(a *expr.Node) {
		if a.Op == expr.OpColumn || a.Op == expr.OpRepeated {
			panic(unsupported{n.String()})
		}
	}, n.Args[0])
	return missing.sql(n.Args[0])
}

// from is the FROM clause.
func (s *scan) from() string {
	out := s.b.from(s.table) + " t"
	if len(s.gathered) > 0 {
		out += " LEFT JOIN " + s.name + " p ON p.pid = t.patient_id"
	}
	for _, j := range s.joins {
		out += " " + j
	}
	return out
}

// addSteps writes the patients' values that the scan joins.
func (b *builder) addSteps(s *scan) {
	if len(s.gathered) == 0 || s.name == "p" {
		return
	}
	b.step("CREATE OR REPLACE TEMP TABLE %s AS %s", s.name, b.patientValues(s.gathered))
}

// patientValues selects values of patients, from their file and the facts
// gathered so far.
func (b *builder) patientValues(nodes []*expr.Node) string {
	s := b.scan(b.patients)
	joined := map[*schema.Table]bool{}
	var joins []string
	s.row.gather = b.ofPractice
	s.row.aggregate = func(n *expr.Node) string {
		t := n.Relation.To
		if n.Op == expr.OpRepeated {
			join := fmt.Sprintf("LEFT JOIN a%d ON a%[1]d.pid = t.patient_id", n.ID)
			if !slices.Contains(joins, join) {
				joins = append(joins, join)
			}
			return fmt.Sprintf("(a%d.pid IS NOT NULL)", n.ID)
		}
		if !joined[t] {
			joined[t] = true
			joins = append(joins, fmt.Sprintf("LEFT JOIN f_%s ON f_%[1]s.pid = t.patient_id", t.Name))
		}
		value := fmt.Sprintf("f_%s.a%d", t.Name, n.ID)
		if n.Op == expr.OpLatestDate {
			return value
		}
		return fmt.Sprintf("CASE WHEN f_%s.pid IS NULL THEN %s ELSE %s END", t.Name, missing.sql(n), value)
	}
	columns := []string{"t.patient_id AS pid", "t.practice_id"}
	for _, n := range nodes {
		columns = append(columns, fmt.Sprintf("%s AS g%d", s.row.sql(n), n.ID))
	}
	return "SELECT " + strings.Join(columns, ",\n  ") + " FROM " + b.from(b.patients) + " t " + strings.Join(joins, " ")
}

// patientRow reads values of patients that step p holds: leaves and facts.
func (b *builder) patientRow() row {
	r := row{gather: b.ofPractice}
	held := func(n *expr.Node) string { return fmt.Sprintf("p.g%d", n.ID) }
	ids := map[*schema.Column]*expr.Node{}
	for _, n := range b.held() {
		if n.Op == expr.OpColumn {
			ids[n.Column] = n
		}
	}
	r.column = func(c *schema.Column) string { return held(ids[c]) }
	r.aggregate = func(n *expr.Node) string {
		if n.Op == expr.OpRepeatedIn {
			return fmt.Sprintf("(coalesce(r%d.n, 0) - CASE WHEN %s THEN 1 ELSE 0 END > 0)", n.ID, r.sql(n.Args[0]))
		}
		return held(n)
	}
	return r
}

// held are the columns and facts of patients that rules over patients read,
// and the values that rows of other tables do.
func (b *builder) held() []*expr.Node {
	var out []*expr.Node
	add := func(n *expr.Node) {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	var leaves func(n *expr.Node)
	leaves = func(n *expr.Node) {
		switch {
		case n.Op == expr.OpColumn || isAggregate(n):
			add(n)
		default:
			for _, a := range n.Args {
				leaves(a)
			}
		}
	}
	for _, p := range b.programs(b.patients) {
		for _, n := range roots(p) {
			leaves(n)
		}
	}
	for _, t := range b.tables() {
		for _, p := range b.programs(t) {
			if g, _ := b.factor(p.Where); g != nil {
				add(g)
			}
			if b.rowJoin || b.split {
				expr.Walk(func(n *expr.Node) {
					if n.Op == expr.OpGather && n.Relation.To == b.patients {
						add(n.Args[0])
					}
				}, roots(p)...)
			}
		}
	}
	return out
}

// countPatients writes step p and the counts of the rules over patients.
func (b *builder) countPatients() {
	b.step("CREATE TEMP TABLE p AS %s", b.patientValues(b.held()))
	programs := b.programs(b.patients)
	if len(programs) == 0 {
		return
	}
	r := b.patientRow()
	from := "p"
	done := map[*expr.Node]bool{}
	for _, p := range programs {
		expr.Walk(func(n *expr.Node) {
			if n.Op != expr.OpRepeatedIn || done[n] {
				return
			}
			done[n] = true
			keys, on := []string{}, []string{"p.practice_id = r%d.practice_id"}
			for i, k := range n.Args[1:] {
				keys = append(keys, fmt.Sprintf("%s AS k%d", r.sql(k), i))
				on = append(on, fmt.Sprintf("%s = r%%d.k%d", r.sql(k), i))
			}
			b.step("CREATE TEMP TABLE r%d AS SELECT p.practice_id, %s, count(*) AS n FROM p WHERE %s GROUP BY ALL", n.ID, strings.Join(keys, ", "), r.sql(n.Args[0]))
			from += fmt.Sprintf(" LEFT JOIN r%d ON ", n.ID) + strings.ReplaceAll(strings.Join(on, " AND "), "%d", fmt.Sprint(n.ID))
		}, roots(p)...)
	}
	b.joined = from
	b.direct(programs, r, "p.practice_id", func() string { return from })
}

// rowsOf joins the rows of t with their patients.
func (b *builder) rowsOf(t *schema.Table, s *scan) string {
	return b.from(t) + " t LEFT JOIN p ON p.pid = t.patient_id " + strings.Join(s.joins, " ")
}

// reading are the columns from which rows, orphans and rounded identifiers
// are counted, where a rule asks for them.
func (b *builder) reading(t *schema.Table, s *scan) []string {
	if !b.countsRows() {
		return nil
	}
	return []string{"p.pid IS NULL AS is_orphan", b.rounded(t, s) + " AS is_rounded"}
}

// direct writes the query that counts programs over rows. With reading, its
// rows stay as a step, with the counts of the reading.
func (b *builder) direct(programs []analyzer.Program, r row, practice string, from func() string, reading ...string) {
	inner, counts := append([]string{practice + " AS pr"}, reading...), []string{"pr"}
	if len(reading) > 0 {
		counts = append(counts, "count(*) AS n", "count(*) FILTER (WHERE is_orphan) AS orphans", "count(*) FILTER (WHERE is_rounded) AS rounded")
	}
	have := make([]map[byte]bool, len(programs))
	for i, p := range programs {
		c := tallies(r, p.Where, p, i)
		inner, counts = append(inner, c.columns...), append(counts, c.counts...)
		have[i] = c.have()
	}
	rows := fmt.Sprintf("(SELECT %s\n FROM (SELECT %s\n FROM %s) GROUP BY pr)", strings.Join(counts, ",\n  "), strings.Join(inner, ",\n  "), from())
	if len(reading) > 0 {
		b.kept++
		b.step("CREATE TEMP TABLE v_%d AS FROM %s", b.kept, rows)
		rows = fmt.Sprintf("v_%d", b.kept)
	}
	if len(programs) > 0 {
		b.result(programs, have, rows, "pr", nil)
	}
}

// have are the counts that are written.
func (t tallied) have() map[byte]bool {
	out := map[byte]bool{}
	for _, c := range t.counts {
		out[c[strings.LastIndex(c, " AS ")+4]] = true
	}
	return out
}

// result writes the query of the counts of programs from a relation that has
// them as columns. Where given, each count is summed over the patients for
// whom a value is true.
func (b *builder) result(programs []analyzer.Program, have []map[byte]bool, from, practice string, given []*expr.Node) {
	columns := []string{practice}
	res := result{}
	for i, p := range programs {
		res.Rules = append(res.Rules, p.ID)
		for _, name := range []byte("dnuez") {
			var g *expr.Node
			if given != nil {
				g = given[i]
			}
			columns = append(columns, weigh(fmt.Sprintf("%c%d", name, i), name, have[i], g, i))
		}
	}
	res.SQL = "SELECT " + strings.Join(columns, ",\n  ") + "\n FROM " + from + " GROUP BY 1"
	b.out.Results = append(b.out.Results, res)
}

// weigh sums one count of rule i over patients for whom g is true. A row whose
// other conditions hold and whose g is unknown is undetermined.
func weigh(field string, name byte, have map[byte]bool, g *expr.Node, i int) string {
	value := "0"
	if have[name] {
		value = field
	}
	if g == nil {
		return "sum(" + value + ")"
	}
	on := orMissing(fmt.Sprintf("p.g%d", g.ID), g)
	if name != 'z' {
		return fmt.Sprintf("sum(CASE WHEN %s THEN %s ELSE 0 END)", on, value)
	}
	if !g.MaybeUnknown {
		return fmt.Sprintf("sum(CASE WHEN %s THEN %s ELSE 0 END)", on, value)
	}
	all := fmt.Sprintf("d%d", i)
	if have['e'] {
		all += fmt.Sprintf(" + e%d", i)
	}
	return fmt.Sprintf("sum(CASE WHEN %s IS NULL THEN %s + %s WHEN %[1]s THEN %[3]s ELSE 0 END)", on, all, value)
}

// countTables writes the counts of the rules over patients' rows.
func (b *builder) countTables() {
	for _, t := range b.tables() {
		programs := b.programs(t)
		if len(programs) == 0 && !(b.rowJoin && b.countsRows()) {
			continue
		}
		s := b.scan(t)
		s.name = "p"
		if b.rowJoin {
			b.direct(programs, s.row, "coalesce(p.practice_id, t.practice_id)", func() string { return b.rowsOf(t, s) }, b.reading(t, s)...)
			continue
		}
		given, have := make([]*expr.Node, len(programs)), make([]map[byte]bool, len(programs))
		inner, outer := []string{"t.patient_id AS pid", "t.practice_id"}, []string{"pid", "any_value(practice_id) AS own"}
		for i, p := range programs {
			var rest *expr.Node
			given[i], rest = b.factor(p.Where)
			c := tallies(s.row, rest, p, i)
			inner, outer = append(inner, c.columns...), append(outer, c.counts...)
			have[i] = c.have()
		}
		from := "f_" + t.Name
		if b.split {
			from = fmt.Sprintf("(SELECT %s\n FROM (SELECT %s\n FROM %s) GROUP BY pid)", strings.Join(outer, ",\n  "), strings.Join(inner, ",\n  "), s.from())
		}
		b.result(programs, have, from+" f LEFT JOIN p ON p.pid = f.pid", "coalesce(p.practice_id, f.own)", given)
	}
}

// rounded says of a row how many of its identifiers a spreadsheet or a float
// has rounded: of the columns that hold SNOMED CT or dm+d codes.
func (b *builder) rounded(t *schema.Table, s *scan) string {
	for _, name := range []string{"dmd_code", "agent_code", "code"} {
		c := t.Column(name)
		if c == nil || !b.work.extract.Supplies(c) || name == "code" && t.Name != "events" {
			continue
		}
		test := "sctid_rounded(t." + name + ")"
		if b.form.codes {
			test = s.code(c, "sctid_rounded", func(v string) string { return "sctid_rounded(" + v + ")" })
		}
		if name == "code" {
			test = "(t.code_system = 'sct' AND " + test + ")"
		}
		return test
	}
	return "false"
}

// countPractices writes the counts of the rules over practices.
func (b *builder) countPractices() {
	practice := schema.Lookup("practice")
	programs := b.programs(practice)
	if len(programs) == 0 {
		return
	}
	from := b.from(practice) + " q"
	if b.countsRows() {
		parts := []string{"SELECT p.practice_id AS pr, count(*) AS n, 0 AS orphans, 0 AS rounded FROM p GROUP BY 1"}
		for i := range b.kept {
			parts = append(parts, fmt.Sprintf("SELECT pr, n, orphans, rounded FROM v_%d", i+1))
		}
		for _, t := range b.tables() {
			if b.rowJoin {
				continue
			}
			parts = append(parts, fmt.Sprintf("SELECT coalesce(p.practice_id, f.own), sum(f.n), sum(CASE WHEN p.pid IS NULL THEN f.n ELSE 0 END), sum(f.rounded) FROM f_%s f LEFT JOIN p ON p.pid = f.pid GROUP BY 1", t.Name))
		}
		from += " LEFT JOIN (SELECT pr, sum(n) AS n, sum(orphans) AS orphans, sum(rounded) AS rounded FROM (" + strings.Join(parts, "\n UNION ALL ") + ") GROUP BY 1) v ON v.pr = q.practice_id"
	}
	r := row{aggregate: func(n *expr.Node) string { panic(unsupported{n.String()}) }}
	r.column = func(c *schema.Column) string {
		switch c.Name {
		case "rows":
			return "v.n"
		case "orphans":
			return "v.orphans"
		case "rounded_ids":
			return "v.rounded"
		case "rejected", "malformed": // these files have none
			return "0"
		case "most_rejected", "most_orphaned", "most_repeated", "most_doubled", "most_unreadable", "most_blank", "most_alike":
			panic(unsupported{c.Name})
		}
		return "q." + c.Name
	}
	b.direct(programs, r, "q.practice_id", func() string { return from })
}

// codeTables writes the distinct values of the code columns with the functions
// of them that scans look up. They come before everything else.
func (b *builder) codeTables() {
	var steps []string
	for _, table := range sortedKeys(b.fields) {
		var columns []string
		for _, field := range sortedKeys(b.fields[table]) {
			columns = append(columns, b.fields[table][field]+" AS "+field)
		}
		c := b.codeColumn[table]
		steps = append(steps, fmt.Sprintf("CREATE TEMP TABLE %s AS SELECT v, %s FROM (SELECT DISTINCT %s AS v FROM %s)", table, strings.Join(columns, ", "), c.Name, b.from(c.Table)))
	}
	b.out.Steps = append(steps, b.out.Steps...)
}
