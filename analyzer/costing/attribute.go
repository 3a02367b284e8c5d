package costing

import (
	"cmp"
	"math"
	"slices"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// Costs are what was measured. Times are nanoseconds of one processor.
type Costs struct {
	// Rounds is how often, Calibration what the fixed work took in the middle.
	Rounds      int     `json:"rounds"`
	Calibration float64 `json:"calibration_ns"`
	// Decode is what reading the files took, Place whose row each is and what
	// is wrong with it, Rules everything that some rule asks for.
	Decode float64     `json:"decode_ns"`
	Place  float64     `json:"place_ns"`
	Rules  float64     `json:"rules_ns"`
	Tables []TableCost `json:"tables"`
	Costs  []RuleCost  `json:"rules"`
	// Missing says, by rule id, what the extract lacks for a rule.
	Missing map[string][]string `json:"not_run,omitempty"`
	// Samples are the Rules of each round, in units of the fixed work.
	Samples []float64 `json:"samples"`
}

// A TableCost is what one table took.
type TableCost struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	// Bytes is what is stored, Columns how many columns are decoded of it.
	Bytes   int64   `json:"bytes"`
	Columns int     `json:"columns"`
	Decode  float64 `json:"decode_ns"`
	Place   float64 `json:"place_ns"`
	Rules   float64 `json:"rules_ns"`
	// Rows and megabytes (10^6 bytes) stored that one processor decodes in a
	// second, and rows that it decodes, places and judges.
	DecodeRows      float64 `json:"decode_rows_per_second"`
	DecodeMegabytes float64 `json:"decode_mb_per_second"`
	WholeRows       float64 `json:"rows_per_second"`
	// DecodeSamples and PlaceSamples are Decode and Place of each round, in
	// units of the fixed work; none where nothing is decoded or placed.
	DecodeSamples []float64 `json:"decode_samples,omitempty"`
	PlaceSamples  []float64 `json:"place_samples,omitempty"`
}

// A RuleCost is what one rule took.
type RuleCost struct {
	Rule  string `json:"rule"`
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	// Row is nanoseconds a row of the table for all that the rule uses,
	// whoever else uses it; Bytes the decoded bytes a row that it reads.
	Row   float64 `json:"ns_per_row"`
	Bytes float64 `json:"bytes_per_row"`
	// Share is the rule's part of a whole run, decoding included, with what
	// several rules use divided evenly between them.
	Share float64 `json:"share"`
	// LeftOut is nanoseconds a row that a run without the rule saves: what
	// only it uses.
	LeftOut float64 `json:"left_out_ns_per_row"`
	// Measured is what runs without it saved, where that was tried.
	Measured *Saving `json:"left_out_measured,omitempty"`
	// Samples are what Row says, of the whole table, by round in units of the
	// fixed work.
	Samples []float64 `json:"samples"`

	split float64
	own   float64
}

// A Saving is what leaving a rule out saved, in processor time.
type Saving struct {
	Row float64 `json:"ns_per_row"`
	// Chance is that of so much being saved, pair by pair, by accident.
	Chance float64 `json:"chance"`
}

// attribute turns spans into costs.
func (b *Bench) attribute(s *samples) *Costs {
	rounds := len(s.nanoseconds)
	c := &Costs{Rounds: rounds, Calibration: median(s.calibration), Missing: b.missing, Samples: make([]float64, rounds)}
	nodes := map[*expr.Node][]float64{}
	programs := make([][]float64, len(b.programs))
	for i := range programs {
		programs[i] = make([]float64, rounds)
	}
	tables := map[*schema.Table]*TableCost{}
	column := make([]float64, rounds)
	for i, span := range s.spans {
		for r := range column {
			column[r] = s.nanoseconds[r][i]
		}
		at := tables[span.Table]
		if at == nil {
			at = &TableCost{}
			tables[span.Table] = at
		}
		middle := median(column)
		if len(span.Nodes) == 0 && span.Program < 0 {
			at.Place += middle
			c.Place += middle
			if at.PlaceSamples == nil {
				at.PlaceSamples = make([]float64, rounds)
			}
			for r, v := range column {
				at.PlaceSamples[r] += v / s.calibration[r]
			}
			continue
		}
		at.Rules += middle
		c.Rules += middle
		for r, v := range column {
			c.Samples[r] += v / s.calibration[r]
		}
		if span.Program >= 0 {
			add(programs[span.Program], column, 1)
			continue
		}
		for _, n := range span.Nodes {
			if nodes[n] == nil {
				nodes[n] = make([]float64, rounds)
			}
			add(nodes[n], column, float64(len(span.Nodes)))
		}
	}
	b.tables(c, tables)
	b.rules(c, nodes, programs, s.calibration)
	return c
}

// add adds the values, divided.
func add(to, values []float64, by float64) {
	for i, v := range values {
		to[i] += v / by
	}
}

// tables lists the tables of the extract.
func (b *Bench) tables(c *Costs, costs map[*schema.Table]*TableCost) {
	for _, t := range b.x.Tables {
		out := TableCost{}
		if have := costs[t.Schema]; have != nil {
			out = *have
		}
		out.Table, out.Rows, out.Bytes, out.Columns = t.Schema.Name, b.rows[t.Schema], t.Bytes, len(b.columns.Columns(t.Schema))
		c.Tables = append(c.Tables, out)
	}
}

// rules adds up what each rule uses.
func (b *Bench) rules(c *Costs, nodes map[*expr.Node][]float64, programs [][]float64, calibration []float64) {
	users := map[*expr.Node]int{}
	for i := range b.programs {
		expr.Walk(func(n *expr.Node) { users[n]++ }, roots(&b.programs[i])...)
	}
	for i := range b.programs {
		p := &b.programs[i]
		if p.ID == "" {
			continue
		}
		all := slices.Clone(programs[i])
		split, own := median(all), median(all)
		expr.Walk(func(n *expr.Node) {
			cost := nodes[n]
			if cost == nil {
				return
			}
			add(all, cost, 1)
			split += median(cost) / float64(users[n])
			if users[n] == 1 {
				own += median(cost)
			}
		}, roots(p)...)
		rows := max(1, b.rows[p.Table])
		r := RuleCost{Rule: p.ID, Table: p.Table.Name, Rows: b.rows[p.Table], Row: median(all) / float64(rows), Bytes: b.bytes(p) / float64(rows),
			LeftOut: own / float64(rows), split: split, own: own}
		for round, v := range all {
			r.Samples = append(r.Samples, v/calibration[round])
		}
		c.Costs = append(c.Costs, r)
	}
	slices.SortFunc(c.Costs, func(a, b RuleCost) int { return cmp.Compare(a.Rule, b.Rule) })
}

// bytes is what the columns that the program reads take, decoded.
func (b *Bench) bytes(p *analyzer.Program) float64 {
	var sum int64
	for _, column := range expr.Columns(roots(p)...) {
		sum += b.columns.Bytes(column)
	}
	return float64(sum)
}

// share works out each rule's part once the whole is known.
func (c *Costs) share() {
	whole := c.Decode + c.Place + c.Rules
	if whole == 0 {
		return
	}
	for i := range c.Costs {
		c.Costs[i].Share = c.Costs[i].split / whole
	}
}

// round drops the digits that no clock shows.
func (c *Costs) round() {
	to := func(digits float64, values ...*float64) {
		for _, v := range values {
			*v = math.Round(*v*digits) / digits
		}
	}
	all := func(samples []float64) {
		for i := range samples {
			to(1e4, &samples[i])
		}
	}
	to(1, &c.Calibration, &c.Decode, &c.Place, &c.Rules)
	all(c.Samples)
	for i := range c.Tables {
		t := &c.Tables[i]
		to(1, &t.Decode, &t.Place, &t.Rules, &t.DecodeRows, &t.WholeRows)
		to(1e3, &t.DecodeMegabytes)
		all(t.DecodeSamples)
		all(t.PlaceSamples)
	}
	for i := range c.Costs {
		r := &c.Costs[i]
		to(1e3, &r.Row, &r.Bytes, &r.LeftOut)
		to(1e6, &r.Share)
		all(r.Samples)
		if r.Measured != nil {
			to(1e3, &r.Measured.Row)
			to(1e6, &r.Measured.Chance)
		}
	}
}
