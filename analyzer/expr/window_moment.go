package expr

import (
	"fmt"
	"strings"

	"paperlight/analyzer/schema"
)

// A moment is a date as it is read: a name, moved by a period.
type moment struct {
	name   string
	by     Period
	column *schema.Column // nil where no column is read
	scope  *scope
	at     int
	bounds []bound // what is known of it
}

// ask notes what d needs in order to be evidence.
func (c *clause) ask(d moment, kind int) {
	if d.column != nil {
		c.wants = append(c.wants, want{scope: d.scope, at: d.at, name: d.name, column: d.column, kind: kind})
	}
}

// moment reads a date; false where t is none, or one of several.
func (s *scope) moment(t *term) (moment, bool) {
	at := t.at
	if s.inside {
		at = s.at
	}
	m := moment{scope: s, at: at}
	switch {
	case t.typ != schema.Date:
		return m, false
	case t.op == OpShift:
		d, ok := s.moment(t.args[0])
		d.by = added(d.by, t.period, 1)
		return d, ok
	case t.op == OpColumn:
		m.name, m.column = s.name(t.path, t.column.String()), t.column
	case t.op == OpAsOf:
		m.name = asOfMoment
	case t.op == OpConst:
		m.name = "day " + t.value.String()
	case t.op == OpDeclared:
		m.name = s.name(t.path, "declared "+t.text)
		m.column = schema.Lookup("declarations").Column("date")
	case t.op == OpLatestDate, t.op == OpLatestMatch:
		m.name = s.name(t.path, sameText(t))
		in := s.loop(t.relation)
		if d, ok := in.moment(t.args[1]); ok {
			if by, ok := atMost(d.name, in.formula(t.args[0], true).holds(nil), nil); ok {
				m.bounds = []bound{{low: m.name, high: asOfMoment, by: added(by, d.by, 1)}}
			}
		}
	case t.op == opUse && len(t.definition.alternatives) == 1:
		a := t.definition.alternatives[0]
		return s.of(t, a).moment(a.condition.term)
	default:
		return m, false
	}
	return m, true
}

// sameText is a text that two terms share where they say the same.
func sameText(t *term) string {
	var b strings.Builder
	fmt.Fprint(&b, t.op, pathKey(t.path))
	switch {
	case t.column != nil:
		b.WriteString(t.column.String())
	case t.op == OpConst:
		b.WriteString(t.value.String())
	case t.definition != nil:
		b.WriteString(t.definition.Name)
	case t.set != nil:
		b.WriteString(t.set.Name)
	case t.fn != nil:
		b.WriteString(t.fn.Name)
	case t.relation != nil:
		b.WriteString(t.relation.Name)
	}
	fmt.Fprint(&b, t.text, t.period, t.field, "(")
	for _, a := range t.args {
		b.WriteString(sameText(a) + ",")
	}
	return b.String() + ")"
}

// A way is one value that a choice or a definition may have, and what is true
// where it has it.
type way struct {
	side
	given *clause
}

// ways are the values that t may have; nil where it is what it is.
func (s *scope) ways(t *term) []way {
	switch {
	case t.op == OpIf && t.typ != schema.Bool:
		return []way{
			{side{t.args[1], s}, silent(s.formula(t.args[0], true))},
			{side{t.args[2], s}, silent(s.formula(t.args[0], false))},
		}
	case t.op == opUse && t.typ != schema.Bool && t.typ != schema.Date:
		var out []way
		for _, a := range t.definition.alternatives {
			out = append(out, way{side{a.condition.term, s.of(t, a)}, &clause{}})
		}
		return out
	}
	return nil
}
