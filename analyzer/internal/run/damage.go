package run

import (
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
)

// mostOf returns the largest share of a kind of damage that any table of patients or
// of their records has in practice q, the table, and the column; nil where it is
// about rows, or there is no damage.
func (run *Run) mostOf(kind string, q int) (share float64, table *schema.Table, column *schema.Column) {
	for i, r := range run.tables {
		t := schema.Tables[i]
		if r == nil || t.Patient == nil {
			continue
		}
		if s, at := r.Share(kind, q); s > share {
			share, table, column = s, t, nil
			if at >= 0 && at < len(t.Columns) {
				column = t.Columns[at]
			}
		}
	}
	return share, table, column
}

// damage returns where practice q exceeds the limits that rules set to kinds of
// damage: of each rule in the order of its condition.
func (run *Run) damage(q int) []state.Damage {
	var out []state.Damage
	for i := range run.plan.Programs {
		p := &run.plan.Programs[i]
		if p.ID == "" || p.Table != schema.Practice || p.Expect == nil {
			continue
		}
		expr.Walk(func(n *expr.Node) {
			// column <= limit reads: not (limit < column)
			if n.Op != expr.OpLt || n.Args[0].Op != expr.OpConst || n.Args[1].Op != expr.OpColumn || !n.Args[1].Column.Virtual || n.Args[1].Type != schema.Decimal {
				return
			}
			limit, kind := n.Args[0].Value.Real, n.Args[1].Column
			share, table, column := run.mostOf(kind.Name, q)
			if share <= limit || table == nil {
				return
			}
			d := state.Damage{Rule: p.ID, Kind: kind.Name, Table: table.Name, Share: share, Limit: limit}
			if column != nil {
				d.Column = column.Name
				if kind.Name == "most_alike" {
					d.Share, d.Limit = share*float64(column.Varied)/100, limit*float64(column.Varied)/100
				}
			}
			out = append(out, d)
		}, p.Expect)
	}
	return out
}
