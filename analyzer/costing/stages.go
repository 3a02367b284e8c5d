package costing

// leastStage is the smallest loss of a stage that matters, as a share of what
// decoding, placing and all rules took in the baseline. Stages of small tables
// are over in so little time that the machine decides what they take.
const leastStage = 0.01

// A stage is what is done with the rows of a table before any rule looks at them.
type stage struct {
	name    string
	samples []float64
	rows    int64
	columns int // that the rules have it read; 0 where that does not matter
}

// stages lists what was measured by round, by table.
func (c *Costs) stages() []stage {
	var out []stage
	for i := range c.Tables {
		t := &c.Tables[i]
		if len(t.DecodeSamples) > 0 {
			out = append(out, stage{"decode " + t.Table, t.DecodeSamples, t.Rows, t.Columns})
		}
		if len(t.PlaceSamples) > 0 {
			out = append(out, stage{"place " + t.Table, t.PlaceSamples, t.Rows, 0})
		}
	}
	return out
}

// stages compares decoding and placing, table by table.
func (c *Comparison) stages(before, after *Costs, limits Limits) {
	was := map[string]stage{}
	whole := median(before.Samples)
	for _, s := range before.stages() {
		was[s.name] = s
		whole += median(s.samples)
	}
	c.Unknown = len(was) == 0
	smallest := max(leastTime, leastStage*whole)
	for _, now := range after.stages() {
		then, both := was[now.name]
		if !both {
			continue
		}
		if then.columns != now.columns {
			c.Unlike = append(c.Unlike, now.name)
			continue
		}
		if s, slower := slowdown(then.samples, now.samples, max(1, c.Drift), smallest, limits); slower {
			s.Stage = now.name
			c.Stages = append(c.Stages, s.perRow(now.rows, after.Calibration))
		}
	}
}
