package oracle

import (
	"slices"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/schema"
)

// A reader evaluates the nodes of a graph one row at a time, by the words of
// package expr's Op and nothing else.
type reader struct {
	data    *Data
	records *records
}

// known is a value that is there; nil is unknown.
type known = *expr.Value

func boolean(b bool) known {
	v := expr.Value{Type: schema.Bool}
	if b {
		v.Int = 1
	}
	return &v
}

func isTrue(v known) bool { return v != nil && v.Int != 0 }

func (r *reader) eval(n *expr.Node, rec *record) known {
	switch n.Op {
	case expr.OpConst:
		return &n.Value
	case expr.OpNull:
		return nil
	case expr.OpColumn:
		if rec.missing {
			return nil
		}
		return value(rec.row[n.Column.Name].Value)
	case expr.OpFlag:
		return boolean(!rec.missing && rec.row[n.Column.Name].Malformed)
	case expr.OpAsOf:
		if rec.missing {
			return nil
		}
		return value(r.data.AsOf[rec.text("practice_id")])
	case expr.OpDeclared:
		return r.declared(n, rec)
	case expr.OpGather:
		return r.eval(n.Args[0], r.records.one(rec, n.Relation))
	case expr.OpAnd, expr.OpOr:
		return r.logic(n, rec)
	case expr.OpIsTrue:
		return boolean(isTrue(r.eval(n.Args[0], rec)))
	case expr.OpPresent:
		return boolean(r.eval(n.Args[0], rec) != nil)
	case expr.OpIf:
		switch c := r.eval(n.Args[0], rec); {
		case c == nil:
			return nil
		case isTrue(c):
			return r.eval(n.Args[1], rec)
		}
		return r.eval(n.Args[2], rec)
	case expr.OpExists, expr.OpCount, expr.OpSum, expr.OpRepeated, expr.OpLatestDate, expr.OpLatestExists, expr.OpLatestCount:
		return r.aggregate(n, rec)
	case expr.OpRepeatedIn:
		return r.repeatedIn(n, rec)
	case expr.OpMatched, expr.OpLatestMatch:
		return r.match(n, rec)
	case expr.OpRepeatsEarlier:
		return r.repeatsEarlier(n, rec)
	case expr.OpDaysWith, expr.OpWeeksWith, expr.OpLongestGap:
		return r.ofDays(n, rec)
	}
	args := make([]expr.Value, len(n.Args))
	for i, a := range n.Args {
		v := r.eval(a, rec)
		if v == nil {
			return nil
		}
		args[i] = *v
	}
	out := expr.Evaluate(n, args)
	return &out
}

func value(v any) known {
	switch v := v.(type) {
	case string:
		return &expr.Value{Type: schema.Text, Text: v}
	case calendar.Day:
		return &expr.Value{Type: schema.Date, Int: int64(v)}
	case int64:
		return &expr.Value{Type: schema.Int, Int: v}
	case float64:
		return &expr.Value{Type: schema.Decimal, Real: v}
	case bool:
		return boolean(v)
	}
	return nil
}

func (r *reader) declared(n *expr.Node, rec *record) known {
	d, ok := r.data.Declarations[rec.text("practice_id")][n.Text]
	switch {
	case n.Field == expr.AnswerPresent:
		return boolean(ok)
	case n.Field == expr.Answer && d.Answer != "":
		return value(d.Answer)
	case n.Field == expr.AnswerDate && d.Date != nil:
		return value(*d.Date)
	case n.Field == expr.AnswerCount && d.Count != nil:
		return value(*d.Count)
	}
	return nil
}

func (r *reader) logic(n *expr.Node, rec *record) known {
	open := false
	for _, a := range n.Args {
		switch v := r.eval(a, rec); {
		case v == nil:
			open = true
		case isTrue(v) == (n.Op == expr.OpOr):
			return v
		}
	}
	if open {
		return nil
	}
	return boolean(n.Op == expr.OpAnd)
}

func (r *reader) rows(n *expr.Node, rec *record) []*record {
	if rec.missing {
		return nil
	}
	return r.records.related(rec, n.Relation)
}

// keys are the values of some nodes; nil where one is unknown.
func (r *reader) keys(nodes []*expr.Node, rec *record) []expr.Value {
	var out []expr.Value
	for _, k := range nodes {
		v := r.eval(k, rec)
		if v == nil {
			return nil
		}
		out = append(out, *v)
	}
	return out
}

func equal(a, b []expr.Value) bool {
	return a != nil && b != nil && slices.Equal(a, b)
}

func (r *reader) aggregate(n *expr.Node, rec *record) known {
	var hits []*record
	open := false
	for _, row := range r.rows(n, rec) {
		v := r.eval(n.Args[0], row)
		open = open || v == nil
		if isTrue(v) {
			hits = append(hits, row)
		}
	}
	switch n.Op {
	case expr.OpExists:
		if len(hits) == 0 && open {
			return nil
		}
		return boolean(len(hits) > 0)
	case expr.OpCount:
		return value(int64(len(hits)))
	case expr.OpSum:
		sum := int64(0)
		for _, row := range hits {
			number := r.eval(n.Args[1], row)
			if number == nil {
				return nil
			}
			sum += number.Int
		}
		if open {
			return nil
		}
		return value(sum)
	case expr.OpRepeated:
		for i, a := range hits {
			for _, b := range hits[:i] {
				if equal(r.keys(n.Args[1:], a), r.keys(n.Args[1:], b)) {
					return boolean(true)
				}
			}
		}
		return boolean(false)
	}
	var latest known
	for _, row := range hits {
		if d := r.eval(n.Args[1], row); d != nil && (latest == nil || d.Int > latest.Int) {
			latest = d
		}
	}
	if n.Op == expr.OpLatestDate {
		return latest
	}
	count, open := int64(0), false
	for _, row := range hits {
		if d := r.eval(n.Args[1], row); d != nil && d.Int == latest.Int {
			v := r.eval(n.Args[2], row)
			open = open || v == nil
			if isTrue(v) {
				count++
			}
		}
	}
	switch {
	case n.Op == expr.OpLatestCount:
		return value(count)
	case count == 0 && open:
		return nil
	}
	return boolean(count > 0)
}

func (r *reader) repeatedIn(n *expr.Node, rec *record) known {
	own := r.keys(n.Args[1:], rec)
	from := rec.patient
	if n.Relation.From.Name == "practice" {
		from = rec.practice
	}
	for _, row := range r.rows(n, from) {
		if row != rec && isTrue(r.eval(n.Args[0], row)) && equal(own, r.keys(n.Args[1:], row)) {
			return boolean(true)
		}
	}
	return boolean(false)
}

// owner is the patient or practice that a relation leads from.
func owner(n *expr.Node, rec *record) *record {
	switch {
	case n.Relation.From == rec.table:
		return rec
	case n.Relation.From.Name == "practice":
		return rec.practice
	}
	return rec.patient
}

func (r *reader) match(n *expr.Node, rec *record) known {
	var latest known
	matched := false
	first := 2
	if n.Op == expr.OpLatestMatch {
		first = 3
	}
	if !rec.missing {
		for _, row := range r.rows(n, owner(n, rec)) {
			if !isTrue(r.eval(n.Args[1], row)) || !equal(r.keys(n.Args[0].Args, rec), r.keys(n.Args[first:], row)) {
				continue
			}
			matched = true
			if n.Op == expr.OpLatestMatch {
				if d := r.eval(n.Args[2], row); d != nil && (latest == nil || d.Int > latest.Int) {
					latest = d
				}
			}
		}
	}
	if n.Op == expr.OpLatestMatch {
		return latest
	}
	return boolean(matched)
}

func (r *reader) repeatsEarlier(n *expr.Node, rec *record) known {
	own := r.eval(n.Args[2], rec)
	if own == nil {
		return boolean(false)
	}
	alike := func(row *record) bool {
		for _, k := range n.Args[3:] {
			x, y := r.eval(k, rec), r.eval(k, row)
			if (x == nil) != (y == nil) || x != nil && *x != *y {
				return false
			}
		}
		return true
	}
	for _, row := range r.rows(n, owner(n, rec)) {
		if id := r.eval(n.Args[2], row); id != nil && id.Text < own.Text && isTrue(r.eval(n.Args[1], row)) && alike(row) {
			return boolean(true)
		}
	}
	return boolean(false)
}

func (r *reader) ofDays(n *expr.Node, rec *record) known {
	ages := map[int64]bool{}
	for _, set := range n.Args {
		for _, row := range r.rows(set, rec) {
			date, asOf := r.eval(set.Args[1], row), r.eval(set.Args[2], row)
			if !isTrue(r.eval(set.Args[0], row)) || date == nil || asOf == nil {
				continue
			}
			if age := asOf.Int - date.Int; age >= 0 && age < int64(set.Period.Days) {
				ages[age] = true
			}
		}
	}
	switch n.Op {
	case expr.OpDaysWith:
		return value(int64(len(ages)))
	case expr.OpWeeksWith:
		weeks := map[int64]bool{}
		for age := range ages {
			if age < 52*7 {
				weeks[age/7] = true
			}
		}
		return value(int64(len(weeks)))
	}
	gap, longest := int64(0), int64(0)
	for age := range int64(n.Period.Days) {
		if gap++; ages[age] {
			gap = 0
		}
		longest = max(longest, gap)
	}
	return value(longest)
}
