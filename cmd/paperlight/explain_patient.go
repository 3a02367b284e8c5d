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
	rule *rules.Rule
	// definitions say in words what names in conditions mean.
	definitions []expr.Definition
	steps       []expr.Step
	columns     []*schema.Column
	rows        map[*schema.Table][]*tracedRow
	at          map[tracedKey]*tracedRow
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
func trace(ctx context.Context, judged *analyzer.Judgement, rule *rules.Rule, patient string) (*tracing, error) {
	outcome := judged.Outcome
	t := &tracing{rule: rule, definitions: judged.Catalogue.Definitions, steps: outcome.Steps[rule.ID], rows: map[*schema.Table][]*tracedRow{}, at: map[tracedKey]*tracedRow{}}
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

// write puts the tracing in words: for each practice where the patient is, the answer
// first and the conditions after it.
func (t *tracing) write(b *strings.Builder) {
	for _, patient := range t.rows[schema.Patients] {
		fmt.Fprintf(b, "\nThe patient, at practice %s%s\n", cmp.Or(patient.Practice, "not known"), t.values(schema.Patients, patient, t.columns))
		rows := t.of(t.rule.Table, patient.Practice)
		if !t.alone() {
			fmt.Fprintf(b, "  %s\n", t.tally(rows))
		}
		for _, r := range rows {
			t.writeRow(b, r)
		}
	}
}

// alone: the rule is of the patient or the practice, and there is one row to tell of.
func (t *tracing) alone() bool {
	return t.rule.Table == schema.Patients || t.rule.Table == schema.Practice
}

// tally says what the rule makes of the patient's rows in all.
func (t *tracing) tally(rows []*tracedRow) string {
	has := "This patient has " + report.Records(int64(len(rows)), t.rule.Table.Name) + "."
	if len(rows) == 0 {
		return "This patient does not count in this check: it is about " + report.SeveralRecords(t.rule.Table.Name) + ", and the patient has none."
	}
	var met, failing int64
	for _, r := range rows {
		switch r.Verdict {
		case analyzer.Numerator:
			met++
		case analyzer.Failing, analyzer.Unknown:
			failing++
		}
	}
	switch {
	case met+failing == 0 && len(rows) == 1:
		return has + " It does not count in this check."
	case met+failing == 0:
		return has + " None of them counts in this check."
	case t.rule.Source.Expect == "":
		return has + " " + figures.Plural(failing+met, "counts", "count") + " in this check."
	case failing == 0:
		return has + " " + figures.Plural(met, "counts in this check, and meets it.", "count in this check, and all meet it.")
	case met == 0:
		return has + " " + figures.Plural(failing, "counts in this check, and does not meet it.", "count in this check, and none meets it.")
	}
	return has + " " + figures.Count(met+failing) + " count in this check: " + figures.Plural(met, "meets it", "meet it") + " and " + figures.Plural(failing, "does not.", "do not.")
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
	alone := t.alone()
	if !alone && r.Verdict == analyzer.Outside {
		fmt.Fprintf(b, "  %s does not count%s\n", rowName(r), t.because(r, "where", analyzer.Outside, ": this is not so: "))
		return
	}
	if !alone {
		fmt.Fprintf(b, "\n  %s%s\n", rowName(r), t.values(t.rule.Table, r, t.columns))
	}
	fmt.Fprintf(b, "  %s.\n  Condition by condition:\n", t.outcome(r))
	for _, q := range partQuestions {
		t.writePart(b, r, q.part, q.ask)
		if q.part == "where" && (r.Verdict == analyzer.Outside || r.Verdict == analyzer.Undetermined) || q.part == "exclude" && r.Verdict == analyzer.Excluded {
			break
		}
	}
}

// because names the first condition of a part that decides against a row.
func (t *tracing) because(r *tracedRow, part string, v analyzer.Verdict, lead string) string {
	for i, s := range t.steps {
		if s.Part == part && s.Depth == 0 && r.steps[i] == v {
			return lead + t.meant(s.Text)
		}
	}
	return ""
}

// meant is a condition as its definition says it in words, where it is one by itself.
func (t *tracing) meant(condition string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(condition, "!"), "patient."), "practice.")
	for i := range t.definitions {
		if d := &t.definitions[i]; d.Name == name && d.Doc != "" {
			doc := strings.TrimSuffix(strings.Join(strings.Fields(d.Doc), " "), ".")
			if strings.HasPrefix(condition, "!") {
				return "not “" + doc + "”"
			}
			return "“" + doc + "”"
		}
	}
	return condition
}

// outcome is the answer: what the rule makes of the row, and why.
func (t *tracing) outcome(r *tracedRow) string {
	this := "This " + report.OneRecord(r.Table.Name)
	switch {
	case r.Verdict == analyzer.Outside:
		return this + " does not count in this check" + t.because(r, "where", analyzer.Outside, ", because this is not so: ")
	case r.Verdict == analyzer.Undetermined:
		return "Too little is recorded to tell whether " + strings.ToLower(this[:1]) + this[1:] + " counts in this check" +
			t.because(r, "where", analyzer.Undetermined, ", because this is not known: ")
	case r.Verdict == analyzer.Excluded:
		return this + " is left out of this check" + t.because(r, "exclude", analyzer.Failing, ", because this is so: ")
	case r.Verdict == analyzer.Numerator:
		return this + " counts in this check and meets it"
	case t.rule.Source.Expect == "":
		return this + " counts in this check and is on its list"
	}
	return this + " counts in this check and does not meet it, because " + t.subject(whyListed(&r.Row, t.rule.Shortfalls()))
}

// subject gives a reason that begins with its verb something to be said of.
func (t *tracing) subject(why string) string {
	first, _, _ := strings.Cut(why, " ")
	switch {
	case !slices.Contains([]string{"has", "is", "was", "does", "starts", "ends", "said", "asked"}, first):
		return why
	case t.rule.Table == schema.Patients:
		return "this patient " + why
	}
	return "it " + why
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
