package damage

import "strconv"

// periodDamages move the day on which the extract says that it was made.
func periodDamages() []Damage {
	var out []Damage
	for _, day := range []string{"2019-03-31", "2027-05-05", "2099-12-31"} {
		out = append(out, Damage{Kind: "extract-to-" + day[:4], Where: "practice.extract_to", Share: 100, Hits: []string{"practice.extract_to"},
			Apply: func(x *Extract) *Extract { return change(x, "practice", "extract_to", 100, to(day)) }})
	}
	return out
}

const itemsTable = "prescribing_items"

func itemsColumns() []string { return []string{"practice_id", "quarter", "items"} }

// itemsDamages are what may be wrong with the payment authority's figures.
func itemsDamages(practice, quarter string) []Damage {
	var out []Damage
	add := func(kind string, items []int, quarter string) {
		out = append(out, Damage{Kind: "items-" + kind, Where: itemsTable, Share: 100, Hits: []string{itemsTable}, Apply: func(x *Extract) *Extract {
			if x.Table(itemsTable) == nil {
				return x
			}
			t := &Table{Name: itemsTable, Columns: itemsColumns()}
			for _, n := range items {
				t.Rows = append(t.Rows, []string{practice, quarter, strconv.Itoa(n)})
			}
			return x.with(t)
		}})
	}
	add("one", []int{1}, quarter)
	add("none", []int{0}, quarter)
	add("negative", []int{-5}, quarter)
	add("cancelled-out", []int{90000, -89999}, quarter)
	add("old", []int{1000}, "2015-Q1")
	add("old-and-few", []int{1}, "2015-Q1")
	return out
}
