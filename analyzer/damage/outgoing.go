package damage

import (
	"slices"
	"strconv"
)

// leavesThePractice marks the extract as one that leaves the practice. Every
// tenth patient objected to that once, and took it back later.
func leavesThePractice(_ *Practices, x *Extract, lists codesByList) *Extract {
	return outgoing(x).with(optOutsTakenBack(x, optOutCode(lists)))
}

// objectionsStand marks the extract as outgoing although it holds patients who
// objected by a coded entry, and halves the items that were issued.
func objectionsStand(all *Practices, x *Extract, lists codesByList) *Extract {
	x = itemsAsIssued(all, outgoing(x), lists)
	x = revise(x, itemsTable, func(r record) bool {
		n, err := strconv.Atoi(r.get("items"))
		if err == nil {
			r.set("items", strconv.Itoa(2*n))
		}
		return true
	})
	events := 0
	return revise(x, "events", func(r record) bool {
		if events++; events%1000 == 0 {
			r.set("code", optOutCode(lists))
			r.set("code_system", "sct")
		}
		return true
	})
}

func optOutCode(lists codesByList) string { return lists["type-1-opt-out"]["sct"][0] }

// outgoing marks the extract as one that leaves the practice.
func outgoing(x *Extract) *Extract {
	t := x.Table("practice")
	out := &Table{Name: t.Name, Columns: append(slices.Clone(t.Columns), "outgoing")}
	for _, row := range t.Rows {
		out.Rows = append(out.Rows, append(slices.Clone(row), "true"))
	}
	return x.with(out)
}

// optOutsTakenBack returns the decisions and, of every tenth patient, a type 1
// opt-out and the later word that took it back.
func optOutsTakenBack(x *Extract, code string) *Table {
	patients, t := x.Table("patients"), x.Table("consents")
	out := &Table{Name: t.Name, Columns: t.Columns, Rows: slices.Clone(t.Rows)}
	for i, row := range patients.Rows {
		if i%10 != 0 {
			continue
		}
		of := record{patients, row}
		for _, d := range [...]struct{ id, decision, code, day string }{
			{"type-1", "refused", code, "2015-06-01"},
			{"type-1-back", "withdrawn", "", "2020-06-01"},
		} {
			r := record{out, make([]string, len(out.Columns))}
			r.set("consent_id", d.id+"-"+of.get("patient_id"))
			r.set("patient_id", of.get("patient_id"))
			r.set("practice_id", of.get("practice_id"))
			r.set("kind", "type1_opt_out")
			r.set("decision", d.decision)
			r.set("code", d.code)
			if d.code != "" {
				r.set("code_system", "sct")
			}
			r.set("decided_date", d.day)
			r.set("recorded_date", d.day)
			out.Rows = append(out.Rows, r.cells)
		}
	}
	return out
}
