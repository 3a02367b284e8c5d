package damage

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// A stay is how a student stands to the practice.
type stay struct {
	start, end string // end is empty while it lasts
	new        bool
	shift      int // days by which the made-up records are moved
}

// studentsInOctober makes a students' surgery of the young patients: of those
// registered two in five came in the last eight weeks and have little in their
// records, and a further third of the list left in the summer.
func studentsInOctober(all *Practices, x *Extract, lists codesByList) *Extract {
	stays := map[string]*stay{}
	births := x.Table("patients")
	for _, row := range births.Rows {
		r := record{births, row}
		if age := daysFrom(r.get("birth_date"), all.AsOf) / 365; age >= 15 && age < 36 && r.get("is_deceased") == "false" {
			stays[r.get("patient_id")] = nil
		}
	}
	year, _ := strconv.Atoi(all.AsOf[:4])
	x = revise(x, "registrations", func(r record) bool {
		id := r.get("patient_id")
		if _, young := stays[id]; !young || r.get("end_date") != "" || r.get("reg_type") != "regular" {
			delete(stays, id)
			return false
		}
		s := newStay(id, year, all.AsOf)
		stays[id] = s
		r.set("start_date", s.start)
		r.set("end_date", s.end)
		r.set("pack_given_date", s.start)
		r.set("paper_notes_received_date", daysOn(s.start, 20+draw("notes", id, 60)))
		if s.new {
			r.set("paper_notes_received_date", "")
		}
		if s.end != "" {
			r.set("end_reason", "moved")
		}
		return true
	})
	x = revise(x, "patients", func(r record) bool {
		id := r.get("patient_id")
		s := stays[id]
		if s == nil {
			return false
		}
		r.set("birth_date", fmt.Sprintf("%d-%02d-%02d", year-18-draw("age", id, 8), 1+draw("month", id, 9), 1+draw("day", id, 28)))
		r.set("ethnicity_recorded_date", s.start)
		return true
	})
	listed := listsOf(lists, "sct")
	for _, table := range slices.Sorted(maps.Keys(dayOf)) {
		x = revise(x, table, func(r record) bool { return stays[r.get("patient_id")].keeps(r, listed) })
	}
	courses := map[string]bool{}
	x = revise(x, "medications", func(r record) bool {
		courses[r.get("medication_id")] = true
		return true
	})
	return revise(x, "issues", func(r record) bool { return courses[r.get("medication_id")] })
}

func newStay(id string, year int, asOf string) *stay {
	part := draw("part", id, 100)
	if part < 30 {
		return &stay{start: daysOn(asOf, -11-draw("start", id, 45)), new: true}
	}
	s := &stay{start: daysOn(fmt.Sprintf("%d-09-20", year-1-draw("year", id, 3)), draw("start", id, 20))}
	if part >= 75 {
		s.end = daysOn(fmt.Sprintf("%d-06-10", year), draw("end", id, 105))
		s.shift = daysFrom(asOf, s.end) - 1
	}
	return s
}

// keeps moves a record into the stay. What was before it came along, for those
// whose notes have come, as far as it matters: problems, repeats, allergies and
// the entries that lists hold.
func (s *stay) keeps(r record, listed map[string]string) bool {
	if s == nil {
		return false
	}
	r.move(s.shift)
	day := dayOf[r.table.Name]
	if s.end != "" && r.get("status") == "active" && r.table.Name == "medications" {
		r.set("status", "ended")
		r.set("end_date", s.end)
	}
	if r.get(day) >= s.start {
		return true
	}
	switch r.table.Name {
	case "problems", "allergies":
	case "medications":
		if r.get("prescription_type") == "acute" || r.get("end_date") != "" && r.get("end_date") < s.start {
			return false
		}
	case "events":
		if listed[r.get("code")] == "" {
			return false
		}
		r.set("recorded_date", s.start)
		r.set("consultation_id", "")
	default:
		return false
	}
	for _, column := range []string{day, "end_date", "ended_date", "onset_date", "last_review_date"} {
		if was := r.get(column); was != "" && was < s.start {
			r.set(column, s.start)
		}
	}
	return !s.new
}
