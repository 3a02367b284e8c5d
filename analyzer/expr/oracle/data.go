// Package oracle is the meaning of the rule language: it runs a rule's checked
// conditions with CEL's own interpreter, one row at a time, over records that
// are nested as the text reads them. It is slow and plain. Tests hold the
// engine to it; nothing else calls it.
//
// It shares with the engine's side of package expr only the checked trees, the
// choice among a definition's alternatives, and the scalar functions.
//
//	data := &oracle.Data{
//		Tables: map[string][]oracle.Row{
//			"practice":    {{"practice_id": oracle.Is("A")}},
//			"patients":    {{"patient_id": oracle.Is("1"), "birth_date": oracle.Is(calendar.Day(7305))}},
//			"medications": {{"medication_id": oracle.Is("m"), "patient_id": oracle.Is("1")}},
//		},
//		AsOf: map[string]calendar.Day{"A": 20543},
//	}
//	verdicts, err := oracle.New(language, data).Eval(checked, binding)
//
// A cell that a row does not name is unknown. Rows that the reader rejects (an
// unknown required cell, a patient key that two rows of a practice carry) have
// no record. A row belongs to the practice of its patient; its own practice_id
// only chooses between patients of several practices. A row whose patient is
// not found is an orphan: its patient is a record without any value or list,
// and so are the rows that it names by id. Repeated ids lead to no row.
package oracle

import (
	"slices"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/schema"
)

// Data is an extract in memory.
type Data struct {
	// Tables holds rows by table name, in order.
	Tables map[string][]Row
	// AsOf is the as-of date of each practice, where the binding has no common
	// one.
	AsOf map[string]calendar.Day
	// Declarations are the answers of each practice, by key.
	Declarations map[string]map[string]Declaration
}

// A Row is the cells of one row, by column name.
type Row map[string]Cell

// A Cell is the value of one column: a string, calendar.Day, int64, float64 or bool by
// the column's type, or nil where it is unknown.
type Cell struct {
	Value     any
	Malformed bool
}

// Is returns the cell that holds v.
func Is(v any) Cell { return Cell{Value: v} }

// A Declaration is a practice's answer. Empty or nil parts are unknown.
type Declaration struct {
	Answer string
	Date   *calendar.Day
	Count  *int64
}

// A record is one row that counts, joined to its patient and practice.
type record struct {
	table *schema.Table
	row   Row
	// missing is the record that a step leads to where there is no row.
	missing  bool
	patient  *record // nil for a table of the practice alone
	practice *record // nil where the row counts under no practice
}

func (r *record) text(column string) string {
	s, _ := r.row[column].Value.(string)
	return s
}

// records are the rows of an extract, joined.
type records struct {
	tables  map[*schema.Table][]*record // nil for a rejected row; as in Data
	missing map[*schema.Table]*record
	// patients are the patients by the ids that rows name them by, rejected ones
	// among them: an id that is ambiguous in one practice says no more of
	// whose row it is in another.
	patients map[string][]*record
}

func join(data *Data) *records {
	rs := &records{tables: map[*schema.Table][]*record{}, missing: map[*schema.Table]*record{}, patients: map[string][]*record{}}
	for _, t := range schema.Tables {
		rs.missing[t] = &record{table: t, missing: true}
	}
	for _, t := range schema.Tables {
		rs.missing[t].patient, rs.missing[t].practice = rs.missing[schema.Patients], rs.missing[schema.Practice]
	}
	for _, t := range schema.Tables {
		for _, row := range data.Tables[t.Name] {
			r := &record{table: t, row: row}
			if slices.ContainsFunc(t.Columns, func(c *schema.Column) bool { return c.Required && row[c.Name].Value == nil }) {
				r = nil
			}
			rs.tables[t] = append(rs.tables[t], r)
		}
	}
	rs.lists()
	rs.practices()
	for _, t := range schema.Tables {
		if t != schema.Practice && t != schema.Patients {
			for _, r := range rs.tables[t] {
				if r != nil {
					rs.belong(r)
				}
			}
		}
	}
	return rs
}

// lists takes out the lines of lists beside the extract that count for nothing.
func (rs *records) lists() {
	type key struct {
		practice string
		figure   schema.Figure
	}
	for _, t := range schema.Tables {
		if !t.Side {
			continue
		}
		seen := map[key][]int{}
		for i, r := range rs.tables[t] {
			if r == nil {
				continue
			}
			line := r.line()
			if !t.Usable(line) {
				rs.tables[t][i] = nil
			} else if figure, one := t.Figure(line); one {
				k := key{r.text("practice_id"), figure}
				seen[k] = append(seen[k], i)
			}
		}
		for _, lines := range seen {
			for _, i := range lines {
				if len(lines) > 1 {
					rs.tables[t][i] = nil
				}
			}
		}
	}
}

// line is the record as the line of a list.
func (r *record) line() []schema.Given {
	out := make([]schema.Given, len(r.table.Columns))
	for i, c := range r.table.Columns {
		cell := r.row[c.Name]
		out[i] = schema.Given{Known: cell.Value != nil, Malformed: cell.Malformed}
		switch v := cell.Value.(type) {
		case string:
			out[i].Text = v
		case int64:
			out[i].Int = v
		case calendar.Day:
			out[i].Int = int64(v)
		}
	}
	return out
}

// practices joins patients to their practices, and rejects repeated patients.
func (rs *records) practices() {
	practice, patients := schema.Practice, schema.Patients
	for _, p := range rs.tables[practice] {
		if p != nil {
			p.practice = p
		}
	}
	seen := map[[2]string]int{}
	for _, p := range rs.tables[patients] {
		if p != nil {
			p.practice = rs.practice(p.text("practice_id"))
			seen[[2]string{p.practice.text("practice_id"), p.text("patient_id")}]++
			rs.patients[p.text("patient_id")] = append(rs.patients[p.text("patient_id")], p)
		}
	}
	for i, p := range rs.tables[patients] {
		if p != nil && seen[[2]string{p.practice.text("practice_id"), p.text("patient_id")}] > 1 {
			rs.tables[patients][i] = nil
		}
	}
}

// practice returns the practice called id, or the only one there is; one that
// has no row is made.
func (rs *records) practice(id string) *record {
	practice := schema.Practice
	known := rs.tables[practice]
	if id == "" && len(known) == 1 && known[0] != nil {
		return known[0]
	}
	if id == "" {
		id = "unknown"
	}
	if p := rs.named(id); p != nil {
		return p
	}
	p := &record{table: practice, row: Row{"practice_id": Is(id)}}
	p.practice = p
	rs.tables[practice] = append(rs.tables[practice], p)
	return p
}

func (rs *records) named(id string) *record {
	for _, p := range rs.tables[schema.Practice] {
		if p != nil && p.text("practice_id") == id {
			return p
		}
	}
	return nil
}

// belong finds the patient and practice of a row of any other table.
func (rs *records) belong(r *record) {
	own := r.text("practice_id")
	if r.table.Patient == nil {
		r.practice = rs.practice(own)
		return
	}
	var of []*record
	if id := r.text(r.table.Patient.Name); id != "" {
		of = slices.Clone(rs.patients[id])
	}
	if len(of) > 1 {
		of = slices.DeleteFunc(of, func(p *record) bool { return p.practice.text("practice_id") != own })
	}
	if len(of) == 1 {
		r.patient, r.practice = of[0], of[0].practice
		return
	}
	r.patient = rs.missing[schema.Patients]
	if own != "" {
		r.practice = rs.named(own)
	}
}

// related returns the rows that a step from r leads to.
func (rs *records) related(r *record, step *schema.Relation) []*record {
	var out []*record
	for _, to := range rs.tables[step.To] {
		switch {
		case to == nil:
		case step.OfPractice:
			id := r.text(step.Near.Name)
			if r.practice != nil && to.practice == r.practice && id != "" && to.text(step.Far.Name) == id {
				out = append(out, to)
			}
		case step.Near != nil:
			id := r.text(step.Near.Name)
			if !r.patient.missing && to.patient == r.patient && id != "" && to.text(step.Far.Name) == id {
				out = append(out, to)
			}
		case step.From == schema.Patients:
			if to.patient == r {
				out = append(out, to)
			}
		default:
			if to.practice == r {
				out = append(out, to)
			}
		}
	}
	return out
}

// one returns the row that a step to one row leads to from r; the missing
// record where it leads to none or to several.
func (rs *records) one(r *record, step *schema.Relation) *record {
	var to *record
	switch {
	case step.Near != nil:
		if rows := rs.related(r, step); len(rows) == 1 {
			to = rows[0]
		}
	case step.To == schema.Patients:
		to = r.patient
	default:
		to = r.practice
	}
	if to == nil {
		to = rs.missing[step.To]
	}
	return to
}
