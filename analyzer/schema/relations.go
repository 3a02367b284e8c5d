package schema

// Relations lists every step the rule language may walk.
var Relations = relate()

func relate() []*Relation {
	practice, patients := Lookup("practice"), Lookup("patients")
	var out []*Relation
	for _, t := range Tables {
		if t != practice {
			out = append(out,
				&Relation{Name: "practice", From: t, To: practice, Doc: "The practice of the row."},
				&Relation{Name: t.Name, From: practice, To: t, Many: true, Doc: "All rows of the practice."})
		}
		if t != patients && t.Patient != nil {
			out = append(out,
				&Relation{Name: "patient", From: t, To: patients, Doc: "The patient of the row."},
				&Relation{Name: t.Name, From: patients, To: t, Many: true, Doc: "All rows of the patient."})
		}
	}
	one := func(from, name, near, to string) {
		f, t := Lookup(from), Lookup(to)
		out = append(out, &Relation{Name: name, From: f, To: t, Near: f.Column(near), Far: t.Key,
			Doc: "The row of " + to + " that " + near + " names, of the same patient."})
	}
	medications, issues := Lookup("medications"), Lookup("issues")
	out = append(out, &Relation{Name: "issues", From: medications, To: issues, Many: true,
		Near: medications.Key, Far: issues.Column("medication_id"), Doc: "The issues of the course."})
	one("medications", "indication", "indication_problem_id", "problems")
	one("events", "problem", "problem_id", "problems")
	one("events", "document", "document_id", "documents")
	one("events", "consultation", "consultation_id", "consultations")
	return out
}
