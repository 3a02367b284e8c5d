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
	entries := func(from, far string) {
		f := Lookup(from)
		out = append(out, &Relation{Name: "entries", From: f, To: Lookup("events"), Many: true,
			Near: f.Key, Far: Lookup("events").Column(far), Doc: "The entries of the same patient that name the row as their " + from[:len(from)-1] + "."})
	}
	entries("consultations", "consultation_id")
	entries("documents", "document_id")
	entries("problems", "problem_id")
	for _, to := range []string{"consultations", "events"} {
		out = append(out, &Relation{Name: to, From: Lookup("staff"), To: Lookup(to), Many: true, OfPractice: true,
			Near: Lookup("staff").Key, Far: Lookup(to).Column("clinician_code"), Doc: "The " + to + " of the member of staff, in the practice."})
	}
	one("events", "problem", "problem_id", "problems")
	one("events", "document", "document_id", "documents")
	one("events", "consultation", "consultation_id", "consultations")
	return out
}
