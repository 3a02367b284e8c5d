package damage

// populationDamages move patients out of those that rules count: the day before
// the extract was made they left or died, or they were never counted.
func populationDamages(asOf string) []Damage {
	day := daysOn(asOf, -1)
	var out []Damage
	for _, share := range shares {
		add := func(kind, table, column string, apply func(*Extract) *Extract) {
			hit := table + "." + column
			out = append(out, Damage{Kind: kind, Where: hit, Share: share, Hits: []string{hit}, Apply: apply})
		}
		all := func(table, column, value string) func(*Extract) *Extract {
			return func(x *Extract) *Extract { return change(x, table, column, share, to(value)) }
		}
		add("all-left", "registrations", "end_date", all("registrations", "end_date", day))
		add("all-other", "registrations", "reg_type", all("registrations", "reg_type", "other"))
		add("all-dummies", "patients", "is_dummy", all("patients", "is_dummy", "true"))
		add("all-dead", "patients", "is_deceased", all("patients", "is_deceased", "true"))
		add("all-died", "patients", "death_date", both("patients", "death_date", "is_deceased", share, to(day), to("true")))
		add("numbers-not-needed", "patients", "nhs_number", both("patients", "nhs_number", "nhs_number_status", share, to(""), to("07")))
	}
	return out
}
