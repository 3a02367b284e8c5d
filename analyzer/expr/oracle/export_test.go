package oracle

import (
	"fmt"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// EvalGraph judges each row of a rule's table by its nodes.
func EvalGraph(data *Data, lowered *expr.Lowered, t *schema.Table) ([]Verdict, error) {
	r := &reader{data: data, records: join(data)}
	out := make([]Verdict, len(data.Tables[t.Name]))
	for i := range out {
		rec := r.records.tables[t][i]
		if rec == nil || rec.practice == nil {
			continue
		}
		v := &out[i]
		v.Counted, v.Practice = true, rec.practice.text("practice_id")
		for _, part := range []struct {
			node *expr.Node
			to   *Truth
		}{{lowered.Where, &v.Where}, {lowered.Exclude, &v.Exclude}, {lowered.Expect, &v.Expect}} {
			if part.node == nil {
				continue
			}
			x := r.eval(part.node, rec)
			if x == nil && !part.node.MaybeUnknown {
				return nil, fmt.Errorf("row %d: unknown, though it never should be: %s", i, part.node)
			}
			switch {
			case x == nil:
				*part.to = Unknown
			case isTrue(x):
				*part.to = True
			}
		}
		if lowered.Date != nil {
			if n := r.eval(lowered.Date, rec); n != nil {
				v.Date, v.HasDate = calendar.Day(n.Int), true
			}
		}
		if lowered.Value != nil {
			if n := r.eval(lowered.Value, rec); n != nil {
				v.Value, v.HasValue = float64(n.Int)+n.Real, true
			}
		}
	}
	return out, nil
}
