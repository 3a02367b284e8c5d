package exprtest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"paperlight/analyzer/calendar"
	"paperlight/analyzer/expr"
	"paperlight/analyzer/expr/oracle"
	"paperlight/analyzer/schema"
)

// AsOf is the as-of date about which the generator's dates lie: 2026-03-31.
const AsOf calendar.Day = 20543

// Tables are those that the generator fills and its rules read.
var Tables = []*schema.Table{
	schema.Practice, schema.Patients, schema.Lookup("registrations"), schema.Lookup("medications"),
	schema.Lookup("issues"), schema.Lookup("allergies"), schema.Lookup("events"), schema.Lookup("problems"),
	schema.Lookup("consultations"), schema.Lookup("documents"), schema.Lookup("staff"),
}

// Readable reports whether the generator's rules may read c: not what
// identifies a person, nor what the engine counts while reading.
func Readable(c *schema.Column) bool { return c.Privacy != schema.Direct && !c.Virtual }

// Data makes an extract. Every practice has a row and an as-of date; each
// other table but patients may be empty or absent.
func (g *Generator) Data() *oracle.Data {
	d := &oracle.Data{
		Tables: map[string][]oracle.Row{}, AsOf: map[string]calendar.Day{}, Declarations: map[string]map[string]oracle.Declaration{},
	}
	var practices []string
	for _, id := range []string{"A", "B", "C"}[:1+g.IntN(3)] {
		practices = append(practices, id)
		d.AsOf[id] = AsOf - calendar.Day(g.IntN(3)*200)
		d.Declarations[id] = g.declarations()
	}
	for _, t := range Tables {
		n := g.IntN(9)
		switch t.Name {
		case "practice":
			n = len(practices)
		case "patients":
			n = g.IntN(7)
		default:
			if g.IntN(12) == 0 {
				continue
			}
		}
		rows := make([]oracle.Row, n)
		for i := range rows {
			rows[i] = g.row(t, practices, i)
		}
		d.Tables[t.Name] = rows
	}
	return d
}

func (g *Generator) declarations() map[string]oracle.Declaration {
	out := map[string]oracle.Declaration{}
	if g.IntN(2) == 0 {
		day, count := AsOf-calendar.Day(g.IntN(400)), int64(g.IntN(4))
		d := oracle.Declaration{Answer: pick(g, []string{"yes", "no"})}
		if g.IntN(3) > 0 {
			d.Date = &day
		}
		if g.IntN(3) > 0 {
			d.Count = &count
		}
		out["audit"] = d
	}
	return out
}

func (g *Generator) row(t *schema.Table, practices []string, i int) oracle.Row {
	row := oracle.Row{}
	for _, c := range t.Columns {
		if !Readable(c) {
			continue
		}
		absent := 4
		if c.Required {
			absent = 40
		}
		switch {
		case g.IntN(absent) == 0:
			if g.IntN(4) == 0 && !c.Required {
				row[c.Name] = oracle.Cell{Malformed: true}
			}
		case c == t.Practice:
			row[c.Name] = oracle.Is(pick(g, practices))
		default:
			row[c.Name] = oracle.Is(g.cell(c))
		}
	}
	switch t.Name {
	case "practice":
		row["practice_id"] = oracle.Is(practices[i])
		if row["outgoing"].Value == nil { // refused
			row["outgoing"] = oracle.Is(g.IntN(2) == 0)
		}
	case "patients":
		if len(practices) > 1 && row["practice_id"].Value == nil {
			row["practice_id"] = oracle.Is(pick(g, practices))
		}
		if g.IntN(5) > 0 {
			row["patient_id"] = oracle.Is(fmt.Sprintf("p%d", i))
		}
	default:
		if t.Key != nil && t != schema.StaffMembers && g.IntN(6) > 0 {
			row[t.Key.Name] = oracle.Is(fmt.Sprintf("%c%d", t.Key.Name[0], i))
		}
		if t.Patient == nil {
			row["practice_id"] = oracle.Is(pick(g, practices))
		}
	}
	return row
}

// cell is a value of column c, from a pool of a few.
func (g *Generator) cell(c *schema.Column) any {
	switch c.Type {
	case schema.Date:
		return g.day()
	case schema.Int:
		if c.Name == "birth_year" {
			return int64(1930 + g.IntN(90))
		}
		return int64(g.IntN(6) - 1)
	case schema.Decimal:
		return pick(g, []float64{0, 1, 1.5, -2, 48, math.Copysign(0, -1), 1e6})
	case schema.Bool:
		return g.IntN(2) == 0
	}
	return pick(g, texts(c))
}

func (g *Generator) day() calendar.Day {
	switch g.IntN(4) {
	case 0:
		return AsOf - calendar.Day(g.IntN(3))
	case 1:
		return AsOf - calendar.Day(g.IntN(400)) + 20
	case 2:
		return pick(g, []calendar.Day{AsOf - 365, AsOf - 31, 19782 /* 2024-02-29 */, 11016 /* 2000-02-29 */})
	}
	return AsOf - calendar.Day(g.IntN(30000))
}

// texts is the pool of a text column.
func texts(c *schema.Column) []string {
	switch {
	case c.Values != nil:
		return c.Values
	case c.Name == "practice_id":
		return []string{"A", "B"}
	case strings.HasSuffix(c.Name, "_id"):
		var out []string
		for i := range 6 {
			out = append(out, fmt.Sprintf("%c%d", c.Name[strings.LastIndexByte(strings.TrimSuffix(c.Name, "_id"), '_')+1], i))
		}
		return out
	case c.Name == "code_system":
		return []string{"sct", "read2", "ctv3", "local"}
	case strings.HasSuffix(c.Name, "code"):
		return []string{"195967001", "73211009", "322236009", "H33..", "C10..", "0403010B0", "0301011R0", "G1234567", "A81001", "not a code"}
	}
	return []string{"mg", "GP", "Ärztin", "a b", "zz"}
}

// Binding says what an extract supplies. Some columns may be withheld: it
// takes them out of the rows too. Where shared, all practices have one as-of
// date.
func (g *Generator) Binding(d *oracle.Data) *expr.Binding {
	b := &expr.Binding{Lists: Lists(), Prevalence: Prevalence(), HasTable: func(t *schema.Table) bool { _, ok := d.Tables[t.Name]; return ok }}
	withheld := map[*schema.Column]bool{}
	for _, t := range Tables {
		for _, c := range t.Columns {
			if !c.Required && c != t.Practice && g.IntN(15) == 0 {
				withheld[c] = true
				for _, row := range d.Tables[t.Name] {
					delete(row, c.Name)
				}
			}
		}
	}
	b.Supplies = func(c *schema.Column) bool {
		return c.Virtual || b.HasTable(c.Table) && !withheld[c] && slices.Contains(Tables, c.Table)
	}
	if g.IntN(2) == 0 {
		day := AsOf
		b.AsOf = &day
	}
	return b
}

func pick[T any](g *Generator, from []T) T { return from[g.IntN(len(from))] }
