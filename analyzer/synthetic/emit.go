package synthetic

import "paperlight/analyzer/schema"

// An emitter is how the records of one table are written: its columns, and a
// function that adds a patient's rows cell by cell in that order.
type emitter struct {
	table   string
	columns []string
	rows    func(p *patient, b *Block)
}

// emitters are the tables made, in the order they are written.
var emitters = []emitter{
	{"patients", []string{"patient_id", "practice_id", "nhs_number", "nhs_number_status", "nhs_number_status_date", "sex", "birth_date", "death_date",
		"is_deceased", "usual_gp_code", "ethnicity_code", "ethnicity_recorded_date", "twin_key", "is_dummy"}, emitPatient},
	{"registrations", []string{"registration_id", "patient_id", "practice_id", "start_date", "end_date", "end_reason", "reg_type",
		"paper_notes_received_date", "fp69_set_date", "pack_given_date", "via_gp2gp"}, emitRegistrations},
	{"medications", []string{"medication_id", "patient_id", "practice_id", "dmd_code", "bnf_code", "prescription_type", "status",
		"start_date", "end_date", "last_issue_date", "review_due_date", "dosage_text", "is_appliance", "quantity", "quantity_unit",
		"indication_problem_id", "prescriber_code", "via_gp2gp", "reauthorised_date"}, emitMedications},
	{"issues", []string{"issue_id", "medication_id", "patient_id", "practice_id", "issue_date", "dmd_code", "bnf_code", "method",
		"dosage_text", "prescriber_code"}, emitIssues},
	{"allergies", []string{"allergy_id", "patient_id", "practice_id", "code", "code_system", "agent_code", "category", "reaction_type",
		"status", "onset_date", "recorded_date", "ended_date", "reaction_code", "severity", "is_degraded"}, emitAllergies},
	{"events", []string{"event_id", "patient_id", "practice_id", "code", "code_system", "event_type", "event_date", "recorded_date",
		"value", "unit", "problem_id", "consultation_id", "clinician_code", "is_degraded"}, emitEvents},
	{"problems", []string{"problem_id", "patient_id", "practice_id", "code", "code_system", "status", "significance", "onset_date",
		"end_date", "last_review_date"}, emitProblems},
	{"consultations", []string{"consultation_id", "patient_id", "practice_id", "consultation_date", "recorded_date", "type",
		"clinician_code", "is_complete"}, emitConsultations},
	{"documents", []string{"document_id", "patient_id", "practice_id", "document_date", "received_date", "filed_date",
		"action_required", "actioned_date", "direction", "type_code", "sender_org", "is_scanned", "coded_entries"}, emitDocuments},
	{"results", []string{"result_id", "patient_id", "practice_id", "code", "code_system", "value", "unit", "result_date",
		"message_date", "filed_date", "is_abnormal"}, emitResults},
	{"consents", []string{"consent_id", "patient_id", "practice_id", "kind", "decision", "code", "code_system",
		"decided_date", "recorded_date"}, emitConsents},
	{"referrals", []string{"referral_id", "patient_id", "practice_id", "referral_date", "code", "code_system", "ubrn", "mode", "urgency"},
		emitReferrals},
}

func (e emitter) block() *Block { return NewBlock(schema.Lookup(e.table), e.columns...) }

func emitPatient(p *patient, b *Block) {
	b.text(p.id)
	b.text(p.practice.id)
	b.text(p.nhsNumber)
	b.text(p.nhsStatus)
	b.date(p.statusDate)
	b.text(p.sex)
	b.date(p.born)
	b.date(p.died)
	b.bool(p.deceased)
	b.text(p.usualGP)
	b.text(p.ethnicity)
	b.date(p.ethnicityRecorded)
	b.text(p.twinKey)
	b.bool(p.dummy)
}

func emitRegistrations(p *patient, b *Block) {
	for i := range p.registrations {
		r := &p.registrations[i]
		b.text(r.id)
		b.text(p.id)
		b.text(p.practice.id)
		b.date(r.start)
		b.date(r.end)
		b.text(r.endReason)
		b.text(r.kind)
		b.date(r.notesReceived)
		b.date(r.fp69)
		b.date(r.packGiven)
		b.bool(r.viaGP2GP)
	}
}

func emitMedications(p *patient, b *Block) {
	for i := range p.medications {
		emitMedication(p, p.id, &p.medications[i], b)
	}
	for i := range p.strays {
		emitMedication(p, "nobody-"+p.id, &p.strays[i], b)
	}
}

func emitMedication(p *patient, patientID string, c *medication, b *Block) {
	b.text(c.id)
	b.text(patientID)
	b.text(p.practice.id)
	b.text(c.dmd)
	b.text(c.bnf)
	b.text(c.kind)
	b.text(c.status)
	b.date(c.start)
	b.date(c.end)
	b.date(c.lastIssue)
	b.date(c.reviewDue)
	b.text(c.dosage)
	b.bool(c.appliance)
	b.real(c.quantity, c.quantity > 0)
	b.text(c.unit)
	b.text(c.indication)
	b.text(c.prescriber)
	b.bool(c.viaGP2GP)
	b.date(c.reauthorised)
}

func emitIssues(p *patient, b *Block) {
	for i := range p.issues {
		s := &p.issues[i]
		b.text(s.id)
		b.text(s.medication)
		b.text(p.id)
		b.text(p.practice.id)
		b.date(s.date)
		b.text(s.dmd)
		b.text(s.bnf)
		b.text(s.method)
		b.text(s.dosage)
		b.text(s.prescriber)
	}
}

func emitAllergies(p *patient, b *Block) {
	for i := range p.allergies {
		a := &p.allergies[i]
		b.text(a.id)
		b.text(p.id)
		b.text(p.practice.id)
		b.text(a.code)
		b.text(a.system)
		b.text(a.agent)
		b.text(a.category)
		b.text(a.reaction)
		b.text(a.status)
		b.date(a.onset)
		b.date(a.recorded)
		b.date(a.ended)
		b.text(a.reactionCode)
		b.text(a.severity)
		b.bool(a.degraded)
	}
}

func emitEvents(p *patient, b *Block) {
	for i := range p.events {
		e := &p.events[i]
		b.text(e.id)
		b.text(p.id)
		b.text(p.practice.id)
		b.text(e.code)
		b.text(e.system)
		b.text(e.kind)
		b.date(e.date)
		b.date(e.recorded)
		b.real(e.value, e.hasValue)
		b.text(e.unit)
		b.text(e.problem)
		b.text(e.consultation)
		b.text(e.clinician)
		b.bool(e.degraded)
	}
}

func emitProblems(p *patient, b *Block) {
	for i := range p.problems {
		r := &p.problems[i]
		b.text(r.id)
		b.text(p.id)
		b.text(p.practice.id)
		b.text(r.code)
		b.text(r.system)
		b.text(r.status)
		b.text(r.significance)
		b.date(r.onset)
		b.date(r.end)
		b.date(r.reviewed)
	}
}

func emitConsultations(p *patient, b *Block) {
	for i := range p.consultations {
		c := &p.consultations[i]
		b.text(c.id)
		b.text(p.id)
		b.text(p.practice.id)
		b.date(c.date)
		b.date(c.recorded)
		b.text(c.kind)
		b.text(c.clinician)
		b.bool(true)
	}
}

func emitDocuments(p *patient, b *Block) {
	for i := range p.documents {
		d := &p.documents[i]
		b.text(d.id)
		b.text(p.id)
		b.text(p.practice.id)
		b.date(d.dated)
		b.date(d.received)
		b.date(d.filed)
		b.bool(d.actionRequired)
		b.date(d.actioned)
		b.text(d.direction)
		b.text(d.kind)
		b.text(d.sender)
		b.bool(d.scanned)
		b.int(d.codedEntries, true)
	}
}

func emitResults(p *patient, b *Block) {
	for i := range p.results {
		r := &p.results[i]
		b.text(r.id)
		b.text(p.id)
		b.text(p.practice.id)
		b.text(r.code)
		b.text(r.system)
		b.real(r.value, true)
		b.text(r.unit)
		b.date(r.date)
		b.date(r.message)
		b.date(r.filed)
		b.bool(r.abnormal)
	}
}

func emitConsents(p *patient, b *Block) {
	for i := range p.consents {
		c := &p.consents[i]
		b.text(c.id)
		b.text(p.id)
		b.text(p.practice.id)
		b.text(c.kind)
		b.text(c.decision)
		b.text(c.code)
		b.text("sct")
		b.date(c.decided)
		b.date(c.recorded)
	}
}

func emitReferrals(p *patient, b *Block) {
	for i := range p.referrals {
		r := &p.referrals[i]
		b.text(r.id)
		b.text(p.id)
		b.text(p.practice.id)
		b.date(r.date)
		b.text(r.code)
		b.text("sct")
		b.text(r.ubrn)
		b.text(r.mode)
		b.text(r.urgency)
	}
}
