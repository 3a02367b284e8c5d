package ruletest

import (
	"fmt"

	"paperlight/analyzer/extract"
	"paperlight/analyzer/schema"
)

// A way is one manner of dividing and reading a case. All must agree.
type way struct {
	name string
	jobs int
	// dictionary reads text as dictionaries.
	dictionary bool
	// constant hands the as-of date to the rule as a constant, where all
	// practices share it; else each row looks it up at its practice.
	constant bool
	// interpret asks the interpreter, too, what each row is.
	interpret bool
	// shuffle reorders the rows of every table, parts divides them; nil
	// leaves them whole and in order.
	shuffle *random
	parts   func(rows int) [][]int
}

// ways returns every way a case is run: whole first.
func ways(seed uint64, divisions int) []way {
	out := []way{
		{name: "whole", jobs: 1, constant: true, interpret: true},
		{name: "whole, as dictionaries, as-of date by practice", jobs: 1, dictionary: true},
		{name: "row by row", jobs: 1, constant: true, parts: func(n int) [][]int { return [][]int{ones(n)} }},
		{name: "a part for each row, 3 workers", jobs: 3, dictionary: true, constant: true, parts: func(n int) [][]int {
			out := make([][]int, n)
			for i := range out {
				out[i] = []int{1}
			}
			return out
		}},
	}
	for i := range divisions {
		r := &random{state: seed + uint64(i)<<32}
		out = append(out, way{
			name:       fmt.Sprintf("shuffled and divided at random (division %d), %d workers", i+1, 1+i%3),
			jobs:       1 + i%3,
			dictionary: i%2 == 0,
			constant:   i%4 < 2,
			shuffle:    r,
			parts:      r.parts,
		})
	}
	return out
}

func ones(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

// A random is a small generator of repeatable numbers (SplitMix64): the same
// seed gives the same divisions on every machine.
type random struct{ state uint64 }

func (r *random) below(n int) int {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(n))
}

// order returns 0 to n-1 in random order.
func (r *random) order(n int) []int {
	out := make([]int, n)
	for i := range out {
		j := r.below(i + 1)
		out[i], out[j] = out[j], i
	}
	return out
}

// parts divides n rows into parts, and these into batches; some are empty.
func (r *random) parts(n int) [][]int {
	out := [][]int{{}}
	for n > 0 {
		last := len(out) - 1
		switch r.below(4) {
		case 0:
			out = append(out, []int{})
		case 1:
			out[last] = append(out[last], 1)
			n--
		default:
			k := 1 + r.below(n)
			out[last] = append(out[last], k)
			n -= k
		}
	}
	return out
}

// extract returns the case as an extract read in way w, and for each row of
// the table counted, as read, its place in the case.
func (c *Case) extract(w way, counted *schema.Table) (*extract.Extract, []int) {
	var tables []*extract.Memory
	var places []int
	hasPatients := false
	for _, t := range c.Tables {
		order := make([]int, len(t.Rows))
		for i := range order {
			order[i] = i
		}
		if w.shuffle != nil {
			order = w.shuffle.order(len(t.Rows))
		}
		m := &extract.Memory{Schema: t.Schema, Columns: t.Columns, Rows: make([][]extract.Cell, len(t.Rows)), Dictionary: w.dictionary, DerivedKey: t.DerivedKey}
		for i, at := range order {
			m.Rows[i] = t.Rows[at]
		}
		if w.parts != nil {
			m.Parts = w.parts(len(t.Rows))
		}
		tables = append(tables, m)
		if t.Schema == counted {
			places = order
		}
		hasPatients = hasPatients || t.Schema == schema.Patients
	}
	if !hasPatients {
		t := schema.Patients
		tables = append(tables, &extract.Memory{Schema: t, Columns: []*schema.Column{t.Key, t.Practice}})
	}
	return extract.InMemory("case", tables...), places
}

// without returns the case with one column withheld.
func (c *Case) without(column *schema.Column) *Case {
	out := &Case{Name: c.Name, Line: c.Line, Want: c.Want, Totals: c.Totals}
	for _, t := range c.Tables {
		if t.Schema != column.Table {
			out.Tables = append(out.Tables, t)
			continue
		}
		cut := &Table{Schema: t.Schema, Lines: t.Lines, DerivedKey: t.DerivedKey}
		at := -1
		for i, have := range t.Columns {
			if have == column {
				at = i
				continue
			}
			cut.Columns = append(cut.Columns, have)
		}
		for _, row := range t.Rows {
			short := make([]extract.Cell, 0, len(row))
			for i, v := range row {
				if i != at {
					short = append(short, v)
				}
			}
			cut.Rows = append(cut.Rows, short)
		}
		out.Tables = append(out.Tables, cut)
	}
	return out
}
