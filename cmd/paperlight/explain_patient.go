package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"paperlight/analyzer"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/figures"
	"paperlight/analyzer/report"
	"paperlight/analyzer/schema"
	"paperlight/analyzer/state"
	"paperlight/rules"
)

// A tracing is what a run made of one rule for one patient.
type tracing struct {
	rule    *rules.Rule
	steps   []expr.Step
	columns []*schema.Column
	rows    map[*schema.Table][]*tracedRow
	at      map[tracedKey]*tracedRow
}

type tracedKey struct {
	table    *schema.Table
	position state.Position
}

// A tracedRow is a record, and what each step of the rule is of it.
type tracedRow struct {
	analyzer.Row                          // of the rule, where the rule is of the row's table
	steps        map[int]analyzer.Verdict // Failing: true; Undetermined: unknown; Outside: false
}

// traceable says why a rule cannot be followed for a patient.
func traceable(rule *rules.Rule) error {
	switch {
	case rule.Checked == nil:
		return usage("--patient: %s asks the practice, and reads no record", rule.ID)
	case rule.Table.Patient == nil && rule.Table != schema.Practice:
		return usage("--patient: %s is about the table %s, which has no patients", rule.ID, rule.Table.Name)
	}
	return nil
}

// trace asks the run for the records of a patient.
func trace(ctx context.Context, outcome *analyzer.Outcome, rule *rules.Rule, patient string) (*tracing, error) {
	t := &tracing{rule: rule, steps: outcome.Steps[rule.ID], rows: map[*schema.Table][]*tracedRow{}, at: map[tracedKey]*tracedRow{}}
	ids := []string{rule.ID}
	number := map[string]int{}
	for i, s := range t.steps {
		if s.Node != nil {
			ids = append(ids, analyzer.StepID(rule.ID, i))
			number[ids[len(ids)-1]] = i
		}
		for _, c := range s.Columns {
			if !slices.Contains(t.columns, c) {
				t.columns = append(t.columns, c)
			}
		}
	}
	ids = append(ids, analyzer.StepID(rule.ID, len(t.steps))) // of every patient
	err := analyzer.Trace(ctx, outcome.Run, ids, patient, t.columns, func(row analyzer.Row) error {
		r := t.row(row)
		if i, ok := number[row.Rule]; ok {
			r.steps[i] = row.Verdict
		} else if row.Rule == rule.ID {
			r.Row = row
		}
		return nil
	})
	if err == nil && len(t.rows[schema.Patients]) == 0 {
		err = fail(exitUsage, fmt.Errorf("--patient: no patient of the extract has this key"), "a worklist names patients by the keys of the extract")
	}
	return t, err
}

func (t *tracing) row(row analyzer.Row) *tracedRow {
	key := tracedKey{row.Table, row.Position}
	if t.at[key] == nil {
		t.at[key] = &tracedRow{Row: row, steps: map[int]analyzer.Verdict{}}
		t.rows[row.Table] = append(t.rows[row.Table], t.at[key])
	}
	return t.at[key]
}

// write puts the tracing in words: for each practice where the patient is.
func (t *tracing) write(b *strings.Builder) {
	for _, patient := range t.rows[schema.Patients] {
		fmt.Fprintf(b, "\nThe patient, at practice %s%s\n", cmp.Or(patient.Practice, "not known"), t.values(schema.Patients, patient, t.columns))
		rows := t.of(t.rule.Table, patient.Practice)
		if len(rows) == 0 {
			fmt.Fprintf(b, "  The rule is about %s. The patient has none.\n", t.rule.Table.Name)
		}
		for _, r := range rows {
			t.writeRow(b, r)
		}
	}
}

// of are the rows of a table that are the patient's at a practice.
func (t *tracing) of(table *schema.Table, practice string) []*tracedRow {
	var out []*tracedRow
	for _, r := range t.rows[table] {
		if r.Practice == practice {
			out = append(out, r)
		}
	}
	return out
}

var partQuestions = []struct{ part, ask string }{
	{"where", "Does the rule count it?"}, {"exclude", "Is it left out?"}, {"expect", "Is it as the rule expects?"},
}

// writeRow says of one row, step by step, what the rule makes of it. A row that is not
// counted has a line, unless it is the patient or the practice.
func (t *tracing) writeRow(b *strings.Builder, r *tracedRow) {
	alone := t.rule.Table == schema.Patients || t.rule.Table == schema.Practice
	if !alone && r.Verdict == analyzer.Outside {
		fmt.Fprintf(b, "  %s: not counted%s\n", rowName(r), t.firstFalse(r))
		return
	}
	if !alone {
		fmt.Fprintf(b, "\n  %s%s\n", rowName(r), t.values(t.rule.Table, r, t.columns))
	}
	for _, q := range partQuestions {
		t.writePart(b, r, q.part, q.ask)
		if q.part == "where" && (r.Verdict == analyzer.Outside || r.Verdict == analyzer.Undetermined) || q.part == "exclude" && r.Verdict == analyzer.Excluded {
			break
		}
	}
	fmt.Fprintf(b, "  So %s.\n", t.outcome(r))
}

func (t *tracing) firstFalse(r *tracedRow) string {
	for i, s := range t.steps {
		if s.Part == "where" && s.Depth == 0 && r.steps[i] == analyzer.Outside {
			return ", for this is not so: " + s.Text
		}
	}
	return ""
}

func (t *tracing) outcome(r *tracedRow) string {
	switch {
	case r.Verdict == analyzer.Outside:
		return "the rule does not count it"
	case r.Verdict == analyzer.Undetermined:
		return "nothing recorded says whether the rule counts it"
	case r.Verdict == analyzer.Excluded:
		return "the rule leaves it out"
	case r.Verdict == analyzer.Numerator:
		return "it is counted, and met"
	case t.rule.Source.Expect == "":
		return "it is counted and listed"
	}
	return "it is counted, and not met: " + whyListed(&r.Row, t.rule.Shortfalls())
}

// writePart writes the steps of where, exclude or expect.
func (t *tracing) writePart(b *strings.Builder, r *tracedRow, part, ask string) {
	whole, any := analyzer.Failing, false
	for i, s := range t.steps {
		if s.Part == part && s.Depth == 0 {
			any = true
			if v := r.steps[i]; v == analyzer.Outside || whole == analyzer.Failing {
				whole = v
			}
		}
	}
	if !any {
		return
	}
	fmt.Fprintf(b, "  %s %s\n", ask, truthWords[whole])
	for i, s := range t.steps {
		if s.Part != part {
			continue
		}
		indent := strings.Repeat("  ", s.Depth+2)
		switch {
		case s.List != nil:
			fmt.Fprintf(b, "%s            ", indent)
			b.WriteString(strings.Join(t.related(i, r), "\n"+indent+"              ") + "\n")
		case s.Definition != "":
			fmt.Fprintf(b, "%s%-11s %s: %s\n", indent, truthWords[r.steps[i]], s.Definition, s.Text)
		default:
			fmt.Fprintf(b, "%s%-11s %s\n", indent, truthWords[r.steps[i]], s.Text)
		}
	}
}

var truthWords = map[analyzer.Verdict]string{analyzer.Failing: "yes", analyzer.Undetermined: "not known", analyzer.Outside: "no"}

// mostNamed is how many related rows are named.
const mostNamed = 5

// related says which of the patient's rows of a list decide a step, a line each.
func (t *tracing) related(i int, r *tracedRow) []string {
	s := &t.steps[i]
	name := s.List.Name
	if s.List.From == schema.Practice {
		name = "the patient's own, of the practice's " + name
	}
	if s.Node == nil {
		return []string{name + ": not in the extract"}
	}
	rows := t.of(s.Table, r.Practice)
	var meet []string
	unknown := 0
	for _, one := range rows {
		switch one.steps[i] {
		case analyzer.Failing:
			meet = append(meet, rowID(one)+t.values(s.Table, one, s.Columns))
		case analyzer.Undetermined:
			unknown++
		}
	}
	does := [2]string{"meets it", "meet it"}
	if s.Short {
		does = [2]string{"does not meet it", "do not meet it"}
	}
	out := fmt.Sprintf("%s: %s, %s", name, figures.Plural(int64(len(rows)), "row", "rows"), figures.Plural(int64(len(meet)), does[0], does[1]))
	if unknown > 0 {
		out += fmt.Sprintf(", %s not known", figures.Plural(int64(unknown), "is", "are"))
	}
	if len(meet) > mostNamed {
		meet = append(meet[:mostNamed:mostNamed], fmt.Sprintf("and %d more", len(meet)-mostNamed))
	}
	return append([]string{out}, meet...)
}

// values are the cells of a row in those columns, in brackets; empty where there
// are none.
func (t *tracing) values(table *schema.Table, r *tracedRow, columns []*schema.Column) string {
	var out []string
	at := 0
	for _, c := range t.columns {
		if c.Table != table {
			continue
		}
		if at < len(r.Cells) && slices.Contains(columns, c) && c != table.Key && c != table.Patient {
			out = append(out, c.Name+" "+cmp.Or(r.Cells[at], "is empty"))
		}
		at++
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// rowName is a row as people would ask for it.
func rowName(r *tracedRow) string {
	name := report.OneRecord(r.Table.Name) + " " + rowID(r)
	if r.HasDate {
		name += ", " + r.Date.Time().Format(time.DateOnly)
	}
	return name
}

func rowID(r *tracedRow) string {
	if r.Record == "" {
		return fmt.Sprintf("without an id, row %d", r.Position.Record)
	}
	return r.Record
}
