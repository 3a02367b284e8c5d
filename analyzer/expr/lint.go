package expr

import (
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// seldom names the columns that most rows leave empty, because what they speak
// of has not happened or does not apply.
var seldom = []string{
	"patients.death_date", "patients.is_deceased", "patients.is_dummy",
	"registrations.end_date", "registrations.end_reason", "registrations.paper_notes_received_date", "registrations.fp69_set_date",
	"registrations.pack_given_date", "registrations.via_gp2gp",
	"medications.end_date", "medications.review_due_date", "medications.is_appliance", "medications.via_gp2gp", "medications.reauthorised_date",
	"allergies.onset_date", "allergies.ended_date", "allergies.is_degraded",
	"events.value", "events.is_degraded",
	"problems.end_date", "problems.last_review_date",
	"documents.actioned_date",
	"staff.end_date", "staff.absent_from", "staff.absent_to",
	"declarations.verified_date",
}

// Lint warns of what is legal and seldom meant: a comparison of a column that
// most rows leave empty, without has() or is_true(). It is unknown for nearly
// everyone: neither true nor, under !, false. The warnings are in the order of
// the text.
func Lint(c *Checked) []*Error {
	var out []*Error
	var counted []string // what where makes sure of
	for _, part := range []*condition{c.where, c.exclude, c.expect, c.date} {
		if part != nil {
			out = append(out, part.lint(c.source.File, counted)...)
		}
		if part != nil && part == c.where {
			counted = guards(part.term, true)
		}
	}
	return out
}

// Lint warns of the same in the definitions, in the order of the schema.
func (l *Language) Lint() []*Error {
	var out []*Error
	for _, t := range schema.Tables {
		for _, name := range l.fields(t) {
			if d := l.definitions[t][name]; d != nil {
				for _, a := range d.alternatives {
					out = append(out, a.condition.lint(d.File, nil)...)
				}
			}
		}
	}
	return out
}

func (c *condition) lint(file string, guarded []string) []*Error {
	l := &linter{condition: c, file: file, warned: map[string]bool{}}
	l.visit(c.term, guarded)
	slices.SortStableFunc(l.out, func(a, b *Error) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return l.out
}

type linter struct {
	*condition
	file   string
	warned map[string]bool
	out    []*Error
}

// visit looks at t, where the reads named in guarded are known to be present.
func (l *linter) visit(t *term, guarded []string) {
	switch t.op {
	case OpIsTrue, OpPresent:
		return
	case OpEq, OpLt, OpIn, OpTest:
		for _, a := range t.args {
			l.compared(a, guarded)
		}
	case OpAnd, OpOr:
		for _, a := range t.args {
			guarded = append(slices.Clip(guarded), guards(a, t.op == OpAnd)...)
		}
	case OpIf:
		l.visit(t.args[0], guarded)
		l.visit(t.args[1], append(slices.Clip(guarded), guards(t.args[0], true)...))
		l.visit(t.args[2], append(slices.Clip(guarded), guards(t.args[0], false)...))
		return
	}
	if t.relation != nil {
		guarded = within(t, guarded)
	}
	for _, a := range t.args {
		l.visit(a, guarded)
	}
}

// guards lists the reads that are present where t is as said.
func guards(t *term, truth bool) []string {
	switch {
	case t.op == OpNot:
		return guards(t.args[0], !truth)
	case t.op == OpPresent && truth && t.args[0].op == OpColumn:
		return []string{read(t.args[0])}
	case t.op == OpAnd && truth, t.op == OpOr && !truth:
		var out []string
		for _, a := range t.args {
			out = append(out, guards(a, truth)...)
		}
		return out
	}
	return nil
}

// within gives the guards of a patient's row as a loop over the patient's list
// reads them; of other rows a loop cannot see what is guarded.
func within(t *term, guarded []string) []string {
	var out []string
	if back := t.relation.To.Walk("patient"); back != nil && len(t.path) == 0 && t.relation.From == back.To {
		for _, g := range guarded {
			out = append(out, pathKey([]*schema.Relation{back})+g)
		}
	}
	return out
}

func read(t *term) string { return pathKey(t.path) + t.column.String() }

// compared warns of the columns that a comparison reads.
func (l *linter) compared(t *term, guarded []string) {
	if t.op == OpColumn {
		name := read(t)
		if slices.Contains(seldom, t.column.String()) && !slices.Contains(guarded, name) && !l.warned[name] {
			l.warned[name] = true
			l.out = append(l.out, l.warning(t))
		}
		return
	}
	switch t.op {
	case OpShift, OpNeg, OpAdd, OpSub, OpMul, OpToDecimal, OpYear, OpYearsBetween:
		for _, a := range t.args {
			l.compared(a, guarded)
		}
	}
}

func (l *linter) warning(t *term) *Error {
	start := strings.LastIndexFunc(l.text[:t.at], func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_.", r)
	}) + 1
	name := l.text[start:t.at] + t.column.Name
	return errorAt(l.file, l.line, l.text, start,
		fmt.Sprintf("most rows of %s have no %s: for them this is unknown, neither true nor false", t.column.Table.Name, t.column.Name),
		fmt.Sprintf("write has(%[1]s) && ... where absent means no, !has(%[1]s) || ... where absent means yes, or is_true(...)", name))
}
