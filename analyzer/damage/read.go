package damage

import "slices"

// A readCoder codes in Read v2 what is coded in SNOMED CT.
type readCoder struct {
	listed, read map[string]string // the lists of a code, and a code of just these lists
	chapters     map[string]string
}

func newReadCoder(all *Practices, lists codesByList) *readCoder {
	c := &readCoder{listed: listsOf(lists, "sct"), read: map[string]string{}, chapters: all.ReadChapters}
	for code, of := range listsOf(lists, "read2") {
		if was, ok := c.read[of]; !ok || code < was {
			c.read[of] = code
		}
	}
	return c
}

// code is a Read code for a SNOMED CT one: of the same lists where there is one,
// else an invented one of no list.
func (c *readCoder) code(was, chapter string) string {
	if now := c.read[c.listed[was]]; now != "" && c.listed[was] != "" {
		return now
	}
	const letters = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"
	out := []byte(c.chapters[chapter])
	for _, place := range []string{"1", "2", "3", "4"} {
		out = append(out, letters[draw(place, was, len(letters))])
	}
	return string(out)
}

// recode codes in Read v2 the rows that are chosen.
func (c *readCoder) recode(x *Extract, table, chapter string, chosen func(record) bool) *Extract {
	return revise(x, table, func(r record) bool {
		if r.get("code_system") == "sct" && chosen(r) {
			r.set("code", c.code(r.get("code"), chapter))
			r.set("code_system", "read2")
		}
		return true
	})
}

// snomedSince makes a practice whose entries of before a day are in Read v2.
func snomedSince(all *Practices, x *Extract, lists codesByList) *Extract {
	c := newReadCoder(all, lists)
	for _, table := range []string{"events", "problems", "allergies", "results", "consents"} {
		x = c.recode(x, table, chapterOf(table), func(r record) bool { return r.get(dayOf[table]) < all.Since })
	}
	return x
}

func chapterOf(table string) string {
	if table == "results" {
		return "test"
	}
	return "entry"
}

// readOf2010 makes a practice that knows neither SNOMED CT nor dm+d: all that is
// coded is in Read v2, its medicines too, and each summary has its code.
func readOf2010(all *Practices, x *Extract, lists codesByList) *Extract {
	c := newReadCoder(all, lists)
	for _, table := range []string{"events", "problems", "allergies", "results", "consents"} {
		x = c.recode(x, table, chapterOf(table), func(record) bool { return true })
	}
	x = revise(x, "allergies", func(r record) bool {
		r.set("agent_code", "")
		if was := r.get("reaction_code"); was != "" {
			r.set("reaction_code", c.code(was, "entry"))
		}
		// The drug is named by the code itself, as there was no other way.
		if r.get("category") == "drug" {
			r.set("code", c.code(r.get("allergy_id"), "allergy"))
		}
		return true
	})
	for _, table := range []string{"medications", "issues"} {
		x = withColumns(x, table, "code", "code_system")
		x = revise(x, table, func(r record) bool {
			r.set("code", c.code(r.get("dmd_code"), "drug"))
			r.set("code_system", "read2")
			return true
		})
		x = dropColumn(x, table, dmdColumn)
	}
	x = revise(x, "staff", func(r record) bool {
		r.set("start_date", "2005-01-01")
		return true
	})
	return withSummaries(all, x, lists["clinical-summary"]["read2"])
}

const dmdColumn = "dmd_code"

// readOf2010WithoutDMD is the same from an export that knows of dm+d.
func readOf2010WithoutDMD(all *Practices, x *Extract, lists codesByList) *Extract {
	return withColumns(withColumns(readOf2010(all, x, lists), "medications", dmdColumn), "issues", dmdColumn)
}

// withSummaries gives each patient's record the code of a summary, soon after the
// paper notes came.
func withSummaries(all *Practices, x *Extract, codes []string) *Extract {
	events, stays := x.Table("events"), x.Table("registrations")
	out := &Table{Name: events.Name, Columns: events.Columns, Rows: slices.Clone(events.Rows)}
	for _, row := range stays.Rows {
		stay := record{stays, row}
		day := daysOn(stay.get("paper_notes_received_date"), draw("summary", stay.get("patient_id"), 40))
		if day > all.AsOf || stay.get("end_date") != "" {
			continue
		}
		r := record{out, make([]string, len(out.Columns))}
		for column, value := range map[string]string{
			"event_id": stay.get("patient_id") + "-summary", "patient_id": stay.get("patient_id"), "practice_id": stay.get("practice_id"),
			"code": codes[0], "code_system": "read2", "event_type": "administrative", "event_date": day, "recorded_date": day, "is_degraded": "false",
		} {
			r.set(column, value)
		}
		out.Rows = append(out.Rows, r.cells)
	}
	return x.with(out)
}
