package exprtest

import (
	"fmt"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr/oracle"
	"paperlight/analyzer/schema"
)

// Crowd makes an extract of two practices with so many patients and so many
// rows in each table of theirs: what small ones cannot hold. Ids of patients
// have 16 bytes and share eight of them; several rows of a patient are of one
// day; days lie on each of the last 420 or so; records name those of their own
// patient mostly, and of ids that two records carry; there are orphans, nulls
// and malformed cells.
func (g *Generator) Crowd(patients, rows int) *oracle.Data {
	d := &oracle.Data{Tables: map[string][]oracle.Row{}, AsOf: map[string]calendar.Day{}, Declarations: map[string]map[string]oracle.Declaration{}}
	practices := []string{"A", "B"}
	for i, id := range practices {
		d.AsOf[id] = AsOf - calendar.Day(i)
		d.Declarations[id] = g.declarations()
	}
	for _, t := range Tables {
		n := rows
		switch t.Name {
		case "practice":
			n = len(practices)
		case "patients":
			n = patients
		case "staff":
			n = 12
		}
		out := make([]oracle.Row, n)
		for i := range out {
			out[i] = g.row(t, practices, i)
			g.crowd(t, out[i], i, patients, rows)
		}
		d.Tables[t.Name] = out
	}
	return d
}

// crowd gives row i of t the ids and days of a crowd. The rows of patient p in
// any table are p, p+patients, p+2*patients …, but for a few that stray.
func (g *Generator) crowd(t *schema.Table, row oracle.Row, i, patients, rows int) {
	for _, c := range t.Columns {
		switch {
		case c.Type == schema.Date && g.IntN(8) > 0:
			row[c.Name] = oracle.Is(g.crowdedDay())
		case t == schema.Patients && c == t.Patient:
			row[c.Name] = oracle.Is(patientID(i))
			if g.IntN(60) == 0 {
				row[c.Name] = oracle.Is(patientID(max(0, i-1))) // which two carry
			}
		case t != schema.Patients && c == t.Patient:
			switch g.IntN(40) {
			case 0:
				row[c.Name] = oracle.Is("stranger" + patientID(i)[8:])
			case 1:
				row[c.Name] = oracle.Cell{}
			case 2:
				row[c.Name] = oracle.Is(patientID(g.IntN(patients)))
			default:
				row[c.Name] = oracle.Is(patientID(i % patients))
			}
		case t == schema.StaffMembers || t == schema.Practice || c == t.Practice || !strings.HasSuffix(c.Name, "_id"):
		case c == t.Key:
			row[c.Name] = oracle.Is(recordID(c.Name, i))
			if g.IntN(30) == 0 {
				row[c.Name] = oracle.Is(recordID(c.Name, i%patients)) // perhaps of the same patient
			}
		case g.IntN(8) > 0: // another record
			at := g.IntN(rows)
			if g.IntN(4) > 0 {
				at = i%patients + patients*g.IntN(max(1, rows/patients))
			}
			row[c.Name] = oracle.Is(recordID(c.Name, at))
		}
	}
}

// patientID has 16 bytes: those of even numbers share the first eight with one
// another, those of odd ones the last.
func patientID(i int) string {
	if i%2 == 0 {
		return fmt.Sprintf("patient-%08d", i)
	}
	return fmt.Sprintf("%08d-patient", i)
}

// recordID is the id of a record by the column that holds or names it.
func recordID(column string, i int) string {
	return fmt.Sprintf("%c%d", column[strings.LastIndexByte(strings.TrimSuffix(column, "_id"), '_')+1], i)
}

// crowdedDay is often one of three, else one of about 420.
func (g *Generator) crowdedDay() calendar.Day {
	if g.IntN(2) == 0 {
		return AsOf - calendar.Day(g.IntN(3))
	}
	return AsOf + 10 - calendar.Day(g.IntN(420))
}
