package damage

import "slices"

// leavesThePractice marks the extract as one that leaves the practice. Every
// tenth patient objected to that once, and took it back later.
func leavesThePractice(_ *Practices, x *Extract, lists codesByList) *Extract {
	t := x.Table("practice")
	out := &Table{Name: t.Name, Columns: append(slices.Clone(t.Columns), "outgoing")}
	for _, row := range t.Rows {
		out.Rows = append(out.Rows, append(slices.Clone(row), "true"))
	}
	return x.with(out).with(optOutsTakenBack(x, lists["type-1-opt-out"]["sct"][0]))
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
