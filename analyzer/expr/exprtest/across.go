package exprtest

import (
	"fmt"
	"slices"
	"strings"

	"paperlight/analyzer/schema"
)

// matched asks for rows of a list of the same patient, or of the practice, that
// share values with the row in scope.
func (w *writer) matched(depth int) (string, bool) {
	own := w.rows[len(w.rows)-1]
	of := []string{"practice"}
	if own.table.Walk("patient") != nil {
		of = []string{"patient", "patient", "patient", "practice"}
	}
	owner := pick(w.Generator, of)
	rows := own.field(owner) + "."
	from := schema.Practice
	if owner == "patient" {
		from = schema.Patients
	}
	if own.table == schema.Patients && w.IntN(3) > 0 || own.table == schema.Practice {
		rows, from = own.field(""), own.table
	}
	var lists []*schema.Relation
	for _, r := range schema.Relations {
		if r.From == from && r.Many && slices.Contains(Tables, r.To) {
			lists = append(lists, r)
		}
	}
	list := pick(w.Generator, lists)
	rows += list.Name
	var far, near []string
	var ours, theirs []*schema.Column
	for _, c := range own.table.Columns {
		if !Readable(c) || c.Privacy == schema.FreeText || len(near) > 1 {
			continue
		}
		for _, o := range list.To.Columns {
			if o.Type == c.Type && Readable(o) && o.Privacy != schema.FreeText && w.IntN(3) == 0 {
				ours, theirs = append(ours, c), append(theirs, o)
			}
		}
	}
	for i := range ours {
		if len(near) < 1+w.IntN(2) && w.IntN(2) == 0 || i == len(ours)-1 && len(near) == 0 {
			near, far = append(near, own.field(ours[i].Name)), append(far, theirs[i].Name)
		}
	}
	if len(near) == 0 {
		return "", false
	}
	r, c := w.inside(list.To, func() string { return w.condition(depth) })
	for i := range far {
		far[i] = r + "." + far[i]
	}
	keys := fmt.Sprintf("[%s], [%s]", strings.Join(far, ", "), strings.Join(near, ", "))
	var when []*schema.Column
	for _, c := range list.To.Columns {
		if c.Type == schema.Date {
			when = append(when, c)
		}
	}
	if len(when) == 0 || w.IntN(2) == 0 {
		return fmt.Sprintf("%s.matched(%s, %s, %s)", rows, r, c, keys), true
	}
	return fmt.Sprintf("(%s.latest_match(%s, %s, %s.%s, %s) %s %s)", rows, r, c, r, pick(w.Generator, when).Name, keys, w.comparison(), w.date(1)), true
}

// repeatsEarlier asks whether the rule's own row repeats one with a smaller id.
func (w *writer) repeatsEarlier(depth int) (string, bool) {
	own := w.rows[0].table
	if len(w.rows) > 1 || own.Walk("patient") == nil || own.Key == nil {
		return "", false
	}
	keys := w.keys(own)
	r, c := w.inside(own, func() string { return w.condition(depth) })
	return fmt.Sprintf("repeats_earlier(patient.%s, %s, %s, [%s])", own.Name, r, c, strings.ReplaceAll(keys, "@", r+".")), true
}

// days asks about the days on which a practice or a member of staff was active.
func (w *writer) days(depth int) (string, bool) {
	owner := w.rows[len(w.rows)-1]
	if owner.table != schema.Practice && (owner.table != schema.StaffMembers || w.IntN(3) == 0) {
		owner = row{owner.field("practice"), schema.Practice}
	}
	n := 1 + w.IntN(400)
	form := pick(w.Generator, []string{"days_with", "weeks_with", "longest_gap"})
	if form == "weeks_with" {
		n = 364 + w.IntN(37)
	}
	one := func() (string, bool) {
		var lists []*schema.Relation
		for _, r := range schema.Relations {
			if r.From == owner.table && r.Many && slices.Contains(Tables, r.To) && slices.ContainsFunc(r.To.Columns, func(c *schema.Column) bool { return c.Type == schema.Date }) {
				lists = append(lists, r)
			}
		}
		list := pick(w.Generator, lists)
		var dates []string
		for _, c := range list.To.Columns {
			if c.Type == schema.Date {
				dates = append(dates, c.Name)
			}
		}
		r, c := w.inside(list.To, func() string { return w.condition(depth) })
		return fmt.Sprintf("%s.days(%s, %s, %s.%s, %d)", owner.field(list.Name), r, c, r, pick(w.Generator, dates), n), true
	}
	set, ok := one()
	if ok && w.IntN(2) == 0 {
		other, _ := one()
		set = fmt.Sprintf("either_days(%s, %s)", set, other)
	}
	return fmt.Sprintf("(%s(%s) %s %d)", form, set, w.comparison(), w.IntN(6)), ok
}
