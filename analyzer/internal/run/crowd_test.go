package run

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/exprtest"
	"paperlight/analyzer/expr/oracle"
	"paperlight/analyzer/extract"
	"paperlight/analyzer/internal/plan"
	"paperlight/analyzer/schema"
)

// What rules may ask of related rows, one by one. Those that are dear to
// interpret are asked of hundreds of rows alone.
var crowdRules = []struct {
	dear                                 bool
	table, where, exclude, expect, value string
}{
	{table: "patients", where: `true`, expect: `events.latest(e, e.code_system == "sct", e.event_date).exists(e, e.is_degraded)`},
	{table: "patients", where: `has(sex)`, expect: `events.latest(e, true, e.event_date).all(e, e.code_system == "sct")`},
	{table: "patients", where: `events.latest(e, true, e.event_date).size() > 1`, expect: `events.latest_date(e, is_true(e.is_degraded), e.recorded_date) >= as_of - days(2)`},
	{table: "patients", where: `events.count(e, e.event_date >= as_of - days(30)) >= 2`, expect: `documents.sum(d, d.direction == "in", d.coded_entries) > 1`},
	{table: "patients", where: `true`, expect: `events.repeated(e, has(e.code), [e.event_date, e.code_system])`},
	{table: "patients", where: `true`, expect: `medications.repeated(m, true, [m.code])`},
	{table: "patients", where: `true`, expect: `events.repeated(e, e.code == "195967001", [e.code_system])`}, // few rows
	{table: "medications", where: `true`, expect: `patient.events.repeated(e, e.code == "73211009", [e.is_degraded])`},
	{dear: true, table: "medications", where: `true`, expect: `issues.repeated(i, i.code in ["195967001", "73211009"], [i.method])`},
	{table: "patients", where: `consultations.repeated(c, c.type != "administrative", [c.consultation_date])`, exclude: `!has(birth_date)`, expect: `problems.exists(p, p.status == "active")`},
	{table: "medications", where: `has(indication)`, expect: `indication.onset_date <= start_date`},
	{dear: true, table: "medications", where: `issues.exists(i, has(i.issue_date))`, expect: `issues.latest_date(i, true, i.issue_date) >= as_of - days(5)`},
	{table: "medications", where: `patient.problems.matched(p, p.status == "active", [p.code], [code])`, expect: `patient.on_repeat`},
	{dear: true, table: "medications", where: `true`, expect: `patient.problems.latest_match(p, true, p.onset_date, [p.code], [code]) >= as_of - days(10)`},
	{table: "medications", where: `patient.problems.latest_match(p, p.status == "active", p.end_date, [p.code], [code]) <= as_of`},
	{dear: true, table: "medications", where: `true`, expect: `repeats_earlier(patient.medications, m, true, [m.code])`},
	{table: "medications", where: `true`, expect: `repeated_in(patient.medications, m, has(m.start_date), [m.code, m.start_date])`},
	{table: "events", where: `has(problem)`, expect: `problem.status == "active"`},
	{dear: true, table: "events", where: `has(consultation)`, exclude: `consultation.type == "other"`, expect: `consultation.consultation_date == event_date`},
	{dear: true, table: "events", where: `repeated_in(patient.events, e, true, [e.event_date])`, expect: `patient.first_seen <= event_date`},
	{dear: true, table: "consultations", where: `entries.exists(e, has(e.code))`, expect: `entries.latest(e, true, e.event_date).exists(e, e.code_system == "sct")`},
	{dear: true, table: "documents", where: `true`, expect: `entries.size() > 0`},
	{dear: true, table: "events", where: `repeated_in(practice.events, e, has(e.code), [e.code, e.event_date])`, expect: `has(value)`},
	{dear: true, table: "practice", where: `true`, value: `weeks_with(events.days(e, true, e.event_date, 400))`},
	{dear: true, table: "practice", where: `true`, value: `longest_gap(consultations.days(c, c.type == "surgery", c.consultation_date, 365))`},
	{dear: true, table: "practice", where: `true`, value: `days_with(either_days(issues.days(i, true, i.issue_date, 90), documents.days(d, true, d.filed_date, 90)))`},
	{dear: true, table: "staff", where: `true`, expect: `weeks_with(events.days(e, true, e.event_date, 400)) > 3`},
	{dear: true, table: "staff", where: `true`, expect: `consultations.repeated(c, true, [c.consultation_date])`},
}

// Hundreds of rows in several parts, by several workers: what the few rows of
// TestEngineAgreesWithTheInterpreter never show.
func TestEngineAgreesWithTheInterpreterOnCrowds(t *testing.T) {
	seen := sides{}
	for seed := range uint64(5) {
		agreeOnACrowd(t, seen, seed, 40, 300, true, 5)
	}
	seen.require(t)
}

// Batches of more rows than kernels take at once.
func TestEngineAgreesWithTheInterpreterOnLargeBatches(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	seen := sides{}
	agreeOnACrowd(t, seen, 100, 700, 4500, false, 0)
	seen.require(t)
}

// agreeOnACrowd compares engine and interpreter, with so many random rules too.
func agreeOnACrowd(t *testing.T, seen sides, seed uint64, patients, rows int, dear bool, random int) {
	t.Helper()
	language, err := exprtest.Language()
	require.NoError(t, err)
	g := exprtest.New(language, seed)
	data := g.Crowd(patients, rows)
	asOf := exprtest.AsOf
	binding := &expr.Binding{Lists: exprtest.Lists(), Prevalence: exprtest.Prevalence(), AsOf: &asOf,
		HasTable: func(table *schema.Table) bool { return data.Tables[table.Name] != nil },
		Supplies: func(c *schema.Column) bool { return c.Virtual || data.Tables[c.Table.Name] != nil }}
	if seed%2 == 0 {
		binding.AsOf = nil // each practice has its own
	}
	var sources []expr.Source
	for _, r := range crowdRules {
		if dear || !r.dear {
			sources = append(sources, expr.Source{File: "crowd.md", Table: schema.Lookup(r.table), Where: r.where, Exclude: r.exclude, Expect: r.expect, Value: r.value,
				WhereLine: 1, ExcludeLine: 1, ExpectLine: 1, ValueLine: 1})
		}
	}
	fixed := len(sources)
	for range random {
		sources = append(sources, g.RuleOf(binding, 1))
	}
	graph := expr.NewGraph()
	var programs []plan.Program
	var checked []*expr.Checked
	for i, s := range sources {
		c, err := language.Check(s)
		if i < fixed {
			require.NoError(t, err, "%+v", s)
		} else if err != nil {
			continue // the language refuses some shapes, with a reason
		}
		p, missing := plan.Lower(graph, binding, fmt.Sprintf("r/%d", i+1), s.Table, c)
		if i < fixed {
			require.NotNil(t, p, "%s: %v", s.Where, missing)
		}
		if p != nil {
			programs, checked = append(programs, *p), append(checked, c)
		}
	}
	judge := oracle.New(language, data)
	want := make([][]oracle.Verdict, len(programs))
	for i := range programs {
		want[i], err = judge.Eval(checked[i], binding)
		require.NoError(t, err)
	}
	for i := range fixed {
		seen.add(&programs[i], &sources[i], want[i])
	}
	orders := rand.New(rand.NewPCG(seed, 9))
	for _, way := range []struct {
		jobs  int
		order func(rows []oracle.Row) []int
	}{{1, byPatient}, {2, byPatient}, {2, func(rows []oracle.Row) []int { return orders.Perm(len(rows)) }}, {4, func(rows []oracle.Row) []int { return orders.Perm(len(rows)) }}} {
		x, order := inParts(data, binding, orders, way.order)
		run := runOracleData(t, x, data, binding, programs, way.jobs)
		for i := range programs {
			s := sourceOf(sources, programs[i].ID)
			label := fmt.Sprintf("seed %d, %d jobs, %s: where %q exclude %q expect %q value %q", seed, way.jobs, s.Table.Name, s.Where, s.Exclude, s.Expect, s.Value)
			compareVerdicts(t, label, run, &programs[i], want[i], order[programs[i].Table])
		}
	}
}

// sides count the verdicts of the rules written here, by their conditions.
type sides map[string]map[Verdict]int

func (s sides) add(p *plan.Program, of *expr.Source, want []oracle.Verdict) {
	conditions := fmt.Sprintf("%s: where %s expect %s", of.Table.Name, of.Where, of.Expect)
	if of.Expect == "" && of.Value != "" {
		return
	}
	if s[conditions] == nil {
		s[conditions] = map[Verdict]int{}
	}
	for _, w := range want {
		s[conditions][verdictOf(p, w)]++
	}
}

// require asks that each rule meets rows that fulfil it and rows that do not:
// else agreement says little.
func (s sides) require(t *testing.T) {
	t.Helper()
	require.NotEmpty(t, s)
	for conditions, seen := range s {
		require.Greater(t, len(seen), 1, conditions)
		require.Positive(t, seen[Numerator]+seen[Undetermined], conditions)
		require.Positive(t, seen[Failing]+seen[Unknown], conditions)
	}
}

// byPatient is the order in which extracts mostly come.
func byPatient(rows []oracle.Row) []int {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, _ := rows[a]["patient_id"].Value.(string)
		y, _ := rows[b]["patient_id"].Value.(string)
		if x < y {
			return -1
		}
		if x > y {
			return 1
		}
		return 0
	})
	return order
}

// inParts returns the data as an extract in the given order, in four parts or
// so of a few batches, and the place in the data of each row, by table.
func inParts(data *oracle.Data, binding *expr.Binding, random *rand.Rand, order func([]oracle.Row) []int) (*extract.Extract, map[*schema.Table][]int) {
	return inMemory(data, binding, random, order, func(rows int) (parts [][]int) {
		for left := rows; left > 0; {
			most := min(left, max(1, rows/4+random.IntN(rows/8+1)))
			if rows > 4000 && len(parts) == 0 {
				most = min(left, rows-100) // in one batch
			}
			part := []int{most}
			if most > 10 && most < 1000 && random.IntN(2) == 0 {
				first := 1 + random.IntN(most-1)
				part = []int{first, most - first}
			}
			parts, left = append(parts, part), left-most
		}
		return parts
	})
}
