package damage

import "strconv"

// periodDamages move the day on which the extract says that it was made.
func periodDamages(days map[string]string) []Damage {
	var out []Damage
	for _, name := range []string{"far-future", "long-past", "400-days-on"} {
		out = append(out, Damage{Kind: "extract-to-" + name, Where: "practice.extract_to", Share: 100, Hits: []string{"practice.extract_to"},
			Apply: func(x *Extract) *Extract { return change(x, "practice", "extract_to", 100, to(days[name])) }})
	}
	return out
}

// itemsDamages are what may be wrong with the payment authority's figures.
func itemsDamages(practice, quarter string) []Damage {
	const name = "prescribing_items"
	columns := []string{"practice_id", "quarter", "items"}
	var out []Damage
	add := func(kind string, items []int, quarter string) {
		out = append(out, Damage{Kind: "items-" + kind, Where: name, Share: 100, Hits: []string{name}, Apply: func(x *Extract) *Extract {
			if x.Table(name) == nil {
				return x
			}
			t := &Table{Name: name, Columns: columns}
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
