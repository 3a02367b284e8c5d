package synthetic

// record writes what is clinical, each record as the resource that the profiles have
// for it.
func (f *fhir) record(p *patient) {
	for i := range p.consultations {
		f.encounter(&p.consultations[i])
	}
	for i := range p.problems {
		f.problem(&p.problems[i])
	}
	for i := range p.events {
		f.event(&p.events[i])
	}
	for i := range p.results {
		r := &p.results[i]
		f.observation(r.id, r.code, r.system, r.date, r.date, object{"valueQuantity": object{"value": r.value, "unit": r.unit},
			"category": []any{object{"coding": []any{object{"code": "laboratory"}}}}})
	}
	for i := range p.consents {
		c := &p.consents[i]
		f.observation(c.id, summaryCodes[c.decision].read, "read2", c.decided, c.recorded, object{})
	}
	for i := range p.allergies {
		f.allergy(&p.allergies[i])
	}
	for i := range p.documents {
		d := &p.documents[i]
		f.add("DocumentReference", d.id, object{"subject": f.subject(), "status": "current", "created": f.day(d.dated), "indexed": f.day(d.received),
			"type": object{"text": "made-up letter"}})
		k := f.key.record(d.id)
		for n := range d.codedEntries {
			f.observation((k + key(n)).guid()[1:37], f.m.words.findings[(uint64(k)+uint64(n))%97], "sct", d.dated, d.received, object{})
		}
	}
	for i := range p.referrals {
		f.referral(&p.referrals[i])
	}
	for i := range p.medications {
		f.course(&p.medications[i])
	}
	for i := range p.issues {
		f.issue(&p.issues[i])
	}
}

func (f *fhir) subject() any { return reference("Patient", f.id) }

func (f *fhir) observation(id, code, system string, d, recorded day, fields object) {
	fields["status"], fields["subject"], fields["code"] = "final", f.subject(), concept(code, system)
	fields["effectiveDateTime"], fields["issued"] = f.day(d), f.day(recorded)
	f.add("Observation", id, fields)
}

func (f *fhir) event(e *event) {
	fields := object{"context": reference("Encounter", e.consultation)}
	if e.clinician != "" {
		fields["performer"] = []any{reference("Practitioner", e.clinician)}
	}
	if e.hasValue {
		fields["valueQuantity"] = object{"value": e.value}
		if e.unit != "" {
			fields["valueQuantity"] = object{"value": e.value, "unit": e.unit}
		}
	}
	code, system := e.code, e.system
	if e.degraded {
		code, system = degradedEntry, "sct"
	}
	f.observation(e.id, code, system, e.date, e.recorded, fields)
}

// problem extends an entry, to which it points.
func (f *fhir) problem(r *problem) {
	entry := r.id + "-entry"
	f.observation(entry, r.code, r.system, r.onset, r.onset, object{})
	status, significance := "inactive", "minor"
	if r.status == "active" {
		status = "active"
	}
	if r.significance == "major" {
		significance = "major"
	}
	f.add("Condition", r.id, object{"subject": f.subject(), "clinicalStatus": status, "code": concept(r.code, r.system), "onsetDateTime": f.day(r.onset),
		"assertedDate": f.day(r.onset), "abatementDateTime": f.day(r.end), "category": []any{object{"coding": []any{object{"code": "problem-list-item"}}}},
		"extension": []any{extension(careRecord+"ActualProblem-1", object{"valueReference": reference("Observation", entry)}),
			extension(careRecord+"ProblemSignificance-1", object{"valueCode": significance})}})
}

func (f *fhir) encounter(c *consultation) {
	words := map[string]string{"surgery": "GP Surgery", "telephone": "Telephone consultation", "visit": "Home visit", "administrative": "Administration note"}[c.kind]
	if words == "" {
		words = "Consultation"
	}
	f.add("Encounter", c.id, object{"subject": f.subject(), "status": "finished", "type": []any{object{"text": words}},
		"period":      object{"start": f.day(c.date)},
		"participant": []any{object{"type": []any{object{"coding": []any{object{"code": "PPRF"}}}}, "individual": reference("Practitioner", c.clinician)}}})
}

func (f *fhir) allergy(a *allergy) {
	category := map[string]string{"drug": "medication", "food": "food", "environment": "environment"}[a.category]
	status := "active"
	if a.status != "active" {
		status = "resolved"
	}
	code, system := a.code, a.system
	if code == "" {
		code, system = a.agent, "sct" // dm+d is a part of SNOMED CT
	}
	if a.degraded {
		code, system = degradedAllergy, "sct"
	}
	fields := object{"patient": f.subject(), "clinicalStatus": status, "verificationStatus": "unconfirmed", "code": concept(code, system),
		"onsetDateTime": f.day(a.onset), "assertedDate": f.day(a.recorded)}
	if category != "" {
		fields["category"] = []any{category}
	}
	if a.reactionCode != "" {
		reaction := object{"manifestation": []any{concept(a.reactionCode, "sct")}}
		if a.severity != "" {
			reaction["severity"] = a.severity
		}
		fields["reaction"] = []any{reaction}
	}
	if a.ended != none {
		fields["extension"] = []any{extension(careRecord+"AllergyIntoleranceEnd-1", object{"extension": []any{
			extension("endDate", object{"valueDateTime": f.day(a.ended)})}})}
	}
	f.add("AllergyIntolerance", a.id, fields)
}

func (f *fhir) referral(r *referral) {
	fields := object{"subject": f.subject(), "status": "active", "intent": "order", "authoredOn": f.day(r.date), "reasonCode": []any{concept(r.code, "sct")},
		"priority": map[string]string{"routine": "routine", "urgent": "urgent", "two_week_wait": "asap"}[r.urgency]}
	if r.ubrn != "" {
		fields["identifier"] = []any{object{"system": nhsIDs + "ubr-number", "value": r.ubrn}}
	}
	f.add("ReferralRequest", r.id, fields)
}

// drug names a product by its dm+d code, which is one of SNOMED CT.
func (f *fhir) drug(id, dmd string) any {
	id += "-drug"
	f.add("Medication", id, object{"code": concept(dmd, "sct")})
	return reference("Medication", id)
}

// course is a plan, and a statement about it.
func (f *fhir) course(c *medication) {
	kind := map[string]string{"acute": "acute", "repeat": "repeat", "repeat_dispensing": "repeat-dispensing"}[c.kind]
	status := "completed"
	if c.status == "active" || c.status == "stopped" {
		status = c.status
	}
	drug := f.drug(c.id, c.dmd)
	period := object{"start": f.day(c.start)}
	if c.end != none {
		period["end"] = f.day(c.end)
	}
	plan := object{"subject": f.subject(), "intent": "plan", "status": status, "medicationReference": drug, "authoredOn": f.day(c.start),
		"dispenseRequest": object{"validityPeriod": period},
		"extension":       []any{extension(careRecord+"PrescriptionType-1", object{"valueCodeableConcept": object{"coding": []any{object{"code": kind}}}})}}
	statement := object{"subject": f.subject(), "status": status, "taken": "unk", "medicationReference": drug, "effectivePeriod": period,
		"basedOn": []any{reference("MedicationRequest", c.id)}, "dateAsserted": f.day(c.start)}
	extensions := []any{extension(careRecord+"PrescribingAgency-1", object{"valueCodeableConcept": object{"coding": []any{object{"code": "prescribed-at-gp-practice"}}}})}
	if c.lastIssue != none {
		extensions = append(extensions, extension(careRecord+"MedicationStatementLastIssueDate-1", object{"valueDateTime": f.day(c.lastIssue)}))
	}
	statement["extension"] = extensions
	if c.quantity > 0 {
		plan["dispenseRequest"] = object{"validityPeriod": period, "quantity": object{"value": c.quantity, "unit": c.unit}}
	}
	if c.dosage != "" {
		plan["dosageInstruction"], statement["dosage"] = []any{object{"text": c.dosage}}, []any{object{"text": c.dosage}}
	}
	if c.prescriber != "" {
		plan["requester"] = object{"agent": reference("Practitioner", c.prescriber)}
	}
	f.add("MedicationRequest", c.id, plan)
	f.add("MedicationStatement", c.id+"-statement", statement)
}

// issue is an order of a plan.
func (f *fhir) issue(v *issue) {
	order := object{"subject": f.subject(), "intent": "order", "status": "completed", "medicationReference": f.drug(v.id, v.dmd), "authoredOn": f.day(v.date)}
	if v.medication != "" {
		order["basedOn"] = []any{reference("MedicationRequest", v.medication)}
	}
	if v.dosage != "" {
		order["dosageInstruction"] = []any{object{"text": v.dosage}}
	}
	if v.prescriber != "" {
		order["requester"] = object{"agent": reference("Practitioner", v.prescriber)}
	}
	f.add("MedicationRequest", v.id, order)
}
