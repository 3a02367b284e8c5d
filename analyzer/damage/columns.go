package damage

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"paperlight/analyzer/schema"
)

// codeColumns hold clinical codes.
var codeColumns = []string{"code", "dmd_code", "agent_code", "bnf_code", "reaction_code"}

// columnDamages are what may happen to the cells of one column. root is the
// concept that every other one is a kind of.
func columnDamages(x *Extract, root string) []Damage {
	var out []Damage
	for _, t := range x.Tables {
		canonical := schema.Lookup(t.Name)
		for _, name := range t.Columns {
			if canonical == nil || canonical.Column(name) == nil {
				continue
			}
			out = append(out, ofColumn(t, canonical.Column(name), root)...)
		}
	}
	return out
}

// ofColumn are the damages of one column of a table.
func ofColumn(t *Table, c *schema.Column, root string) []Damage {
	var out []Damage
	table, column := t.Name, c.Name
	add := func(kind string, f cell, also ...string) {
		for _, share := range shares {
			d := Damage{Kind: kind, Where: c.String(), Share: share, Hits: []string{c.String()}, Harmless: kind == "blanks-around",
				Apply: func(x *Extract) *Extract { return change(x, table, column, share, f) }}
			if len(also) == 2 && t.Column(also[0]) >= 0 {
				d.Hits = append(d.Hits, table+"."+also[0])
				d.Apply = both(table, column, also[0], share, f, to(also[1]))
			}
			out = append(out, d)
		}
	}
	add("blank", to(""))
	add("garbage", to("?"))
	if usual := commonest(t, column); usual != "" {
		add("one-value", to(usual))
	}
	switch {
	case slices.Contains(codeColumns, column):
		add("local-code", to("X"), "code_system", "local")
		add("root-code", to(root), "code_system", "sct")
		add("bad-check-digit", spoilCheckDigit)
	case c.Type == schema.Date:
		add("date-1900", to("1900-01-01"))
		add("date-2099", to("2099-12-31"))
		add("ten-years-on", tenYearsOn)
	case c.Type == schema.Bool:
		add("flipped", flip)
	case strings.HasSuffix(column, "_id"):
		add("blanks-around", func(_ []string, was string) (string, bool) { return " " + was + " ", was != "" })
	}
	out = append(out, Damage{Kind: "column-dropped", Where: c.String(), Share: 100, Hits: []string{c.String()},
		Apply: func(x *Extract) *Extract { return dropColumn(x, table, column) }})
	return out
}

// commonest is the value that most cells of a column hold; of several the
// first in order.
func commonest(t *Table, column string) string {
	at := t.Column(column)
	counts := map[string]int{}
	for _, row := range t.Rows {
		if row[at] != "" {
			counts[row[at]]++
		}
	}
	best := ""
	for value, n := range counts {
		if best == "" || n > counts[best] || n == counts[best] && value < best {
			best = value
		}
	}
	return best
}

// spoilCheckDigit moves the last digit of a code by one.
func spoilCheckDigit(_ []string, was string) (string, bool) {
	if was == "" || was[len(was)-1] < '0' || was[len(was)-1] > '9' {
		return was, false
	}
	return was[:len(was)-1] + strconv.Itoa(int(was[len(was)-1]-'0'+1)%10), true
}

func tenYearsOn(_ []string, was string) (string, bool) {
	day, err := time.Parse(time.DateOnly, was)
	if err != nil {
		return was, false
	}
	return day.AddDate(10, 0, 0).Format(time.DateOnly), true
}

func flip(_ []string, was string) (string, bool) {
	switch was {
	case "true":
		return "false", true
	case "false":
		return "true", true
	}
	return was, false
}

func dropColumn(x *Extract, table, column string) *Extract {
	t := x.Table(table)
	if t == nil || t.Column(column) < 0 {
		return x
	}
	at := t.Column(column)
	out := &Table{Name: t.Name, Columns: slices.Delete(slices.Clone(t.Columns), at, at+1)}
	for _, row := range t.Rows {
		out.Rows = append(out.Rows, slices.Delete(slices.Clone(row), at, at+1))
	}
	return x.with(out)
}
