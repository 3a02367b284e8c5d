package damage

import (
	"strings"

	"paperlight/analyzer/schema"
)

// movedToAnotherSystem makes a practice whose records were carried over to
// another clinical system: repeats made anew on the day of the move, no issues
// from before it, record ids and codes of staff that are new, three in a
// thousand earlier entries without their codes, and contacts without a type.
func movedToAnotherSystem(all *Practices, x *Extract, _ codesByList) *Extract {
	move := all.Since
	x = renamed(x)
	x = revise(x, "medications", func(r record) bool {
		if r.get("prescription_type") != "acute" && r.get("status") == "active" && r.get("start_date") < move {
			r.set("start_date", move)
			r.set("reauthorised_date", move)
			r.set("via_gp2gp", "true")
		}
		return true
	})
	x = revise(x, "issues", func(r record) bool { return r.get("issue_date") >= move })
	x = revise(x, "events", func(r record) bool {
		if r.get("event_date") < move && draw("degraded", r.get("event_id"), 1000) < 3 {
			r.set("is_degraded", "true")
			r.set("code", "")
			r.set("code_system", "")
		}
		return true
	})
	x = revise(x, "consultations", func(r record) bool {
		if r.get("consultation_date") < move {
			r.set("type", "")
		}
		return true
	})
	for _, table := range []string{"events", "consultations"} {
		x = revise(x, table, func(r record) bool {
			if r.get(dayOf[table]) < move {
				r.set("clinician_code", "before-the-move")
			}
			return true
		})
	}
	return revise(x, "staff", func(r record) bool {
		r.set("start_date", move)
		return true
	})
}

// renamed gives every record another id; those of patients and of the practice
// stay.
func renamed(x *Extract) *Extract {
	for _, t := range x.Tables {
		canonical := schema.Lookup(t.Name)
		if canonical == nil || t.Name == answersTable {
			continue
		}
		x = revise(x, t.Name, func(r record) bool {
			for _, column := range t.Columns {
				if was := r.get(column); was != "" && strings.HasSuffix(column, "_id") && column != "patient_id" && column != "practice_id" {
					r.set(column, "moved-"+was)
				}
			}
			return true
		})
	}
	return x
}
