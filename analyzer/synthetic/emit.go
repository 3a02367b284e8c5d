package synthetic

import (
	"paperlight/analyzer/schema"

	"paperlight/analyzer/canonical"
)

// An emitter is how the records of one table are written: its columns, and a
// function that adds a patient's rows cell by cell in that order.
type emitter struct {
	table   string
	columns []string
	rows    func(p *patient, b *canonical.Block)
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

func (e emitter) block() *canonical.Block {
	return canonical.NewBlock(schema.Lookup(e.table), e.columns...)
}

func emitPatient(p *patient, b *canonical.Block) {
	b.AddText(p.id)
	b.AddText(p.practice.id)
	b.AddText(p.nhsNumber)
	b.AddText(p.nhsStatus)
	addDay(b, p.statusDate)
	b.AddText(p.sex)
	addDay(b, p.born)
	addDay(b, p.died)
	b.AddBool(p.deceased)
	b.AddText(p.usualGP)
	b.AddText(p.ethnicity)
	addDay(b, p.ethnicityRecorded)
	b.AddText(p.twinKey)
	b.AddBool(p.dummy)
}

func emitRegistrations(p *patient, b *canonical.Block) {
	for i := range p.registrations {
		r := &p.registrations[i]
		b.AddText(r.id)
		b.AddText(p.id)
		b.AddText(p.practice.id)
		addDay(b, r.start)
		addDay(b, r.end)
		b.AddText(r.endReason)
		b.AddText(r.kind)
		addDay(b, r.notesReceived)
		addDay(b, r.fp69)
		addDay(b, r.packGiven)
		b.AddBool(r.viaGP2GP)
	}
}

func emitMedications(p *patient, b *canonical.Block) {
	for i := range p.medications {
		emitMedication(p, p.id, &p.medications[i], b)
	}
	for i := range p.strays {
		emitMedication(p, "nobody-"+p.id, &p.strays[i], b)
	}
}

func emitMedication(p *patient, patientID string, c *medication, b *canonical.Block) {
	b.AddText(c.id)
	b.AddText(patientID)
	b.AddText(p.practice.id)
	b.AddText(c.dmd)
	b.AddText(c.bnf)
	b.AddText(c.kind)
	b.AddText(c.status)
	addDay(b, c.start)
	addDay(b, c.end)
	addDay(b, c.lastIssue)
	addDay(b, c.reviewDue)
	b.AddText(c.dosage)
	b.AddBool(c.appliance)
	b.AddReal(c.quantity, c.quantity > 0)
	b.AddText(c.unit)
	b.AddText(c.indication)
	b.AddText(c.prescriber)
	b.AddBool(c.viaGP2GP)
	addDay(b, c.reauthorised)
}

func emitIssues(p *patient, b *canonical.Block) {
	for i := range p.issues {
		s := &p.issues[i]
		b.AddText(s.id)
		b.AddText(s.medication)
		b.AddText(p.id)
		b.AddText(p.practice.id)
		addDay(b, s.date)
		b.AddText(s.dmd)
		b.AddText(s.bnf)
		b.AddText(s.method)
		b.AddText(s.dosage)
		b.AddText(s.prescriber)
	}
}

func emitAllergies(p *patient, b *canonical.Block) {
	for i := range p.allergies {
		a := &p.allergies[i]
		b.AddText(a.id)
		b.AddText(p.id)
		b.AddText(p.practice.id)
		b.AddText(a.code)
		b.AddText(a.system)
		b.AddText(a.agent)
		b.AddText(a.category)
		b.AddText(a.reaction)
		b.AddText(a.status)
		addDay(b, a.onset)
		addDay(b, a.recorded)
		addDay(b, a.ended)
		b.AddText(a.reactionCode)
		b.AddText(a.severity)
		b.AddBool(a.degraded)
	}
}

func emitEvents(p *patient, b *canonical.Block) {
	for i := range p.events {
		e := &p.events[i]
		b.AddText(e.id)
		b.AddText(p.id)
		b.AddText(p.practice.id)
		b.AddText(e.code)
		b.AddText(e.system)
		b.AddText(e.kind)
		addDay(b, e.date)
		addDay(b, e.recorded)
		b.AddReal(e.value, e.hasValue)
		b.AddText(e.unit)
		b.AddText(e.problem)
		b.AddText(e.consultation)
		b.AddText(e.clinician)
		b.AddBool(e.degraded)
	}
}

func emitProblems(p *patient, b *canonical.Block) {
	for i := range p.problems {
		r := &p.problems[i]
		b.AddText(r.id)
		b.AddText(p.id)
		b.AddText(p.practice.id)
		b.AddText(r.code)
		b.AddText(r.system)
		b.AddText(r.status)
		b.AddText(r.significance)
		addDay(b, r.onset)
		addDay(b, r.end)
		addDay(b, r.reviewed)
	}
}

func emitConsultations(p *patient, b *canonical.Block) {
	for i := range p.consultations {
		c := &p.consultations[i]
		b.AddText(c.id)
		b.AddText(p.id)
		b.AddText(p.practice.id)
		addDay(b, c.date)
		addDay(b, c.recorded)
		b.AddText(c.kind)
		b.AddText(c.clinician)
		b.AddBool(true)
	}
}

func emitDocuments(p *patient, b *canonical.Block) {
	for i := range p.documents {
		d := &p.documents[i]
		b.AddText(d.id)
		b.AddText(p.id)
		b.AddText(p.practice.id)
		addDay(b, d.dated)
		addDay(b, d.received)
		addDay(b, d.filed)
		b.AddBool(d.actionRequired)
		addDay(b, d.actioned)
		b.AddText(d.direction)
		b.AddText(d.kind)
		b.AddText(d.sender)
		b.AddBool(d.scanned)
		b.AddInt(d.codedEntries, true)
	}
}

func emitResults(p *patient, b *canonical.Block) {
	for i := range p.results {
		r := &p.results[i]
		b.AddText(r.id)
		b.AddText(p.id)
		b.AddText(p.practice.id)
		b.AddText(r.code)
		b.AddText(r.system)
		b.AddReal(r.value, true)
		b.AddText(r.unit)
		addDay(b, r.date)
		addDay(b, r.message)
		addDay(b, r.filed)
		b.AddBool(r.abnormal)
	}
}

func emitConsents(p *patient, b *canonical.Block) {
	for i := range p.consents {
		c := &p.consents[i]
		b.AddText(c.id)
		b.AddText(p.id)
		b.AddText(p.practice.id)
		b.AddText(c.kind)
		b.AddText(c.decision)
		b.AddText(c.code)
		b.AddText("sct")
		addDay(b, c.decided)
		addDay(b, c.recorded)
	}
}

func emitReferrals(p *patient, b *canonical.Block) {
	for i := range p.referrals {
		r := &p.referrals[i]
		b.AddText(r.id)
		b.AddText(p.id)
		b.AddText(p.practice.id)
		addDay(b, r.date)
		b.AddText(r.code)
		b.AddText("sct")
		b.AddText(r.ubrn)
		b.AddText(r.mode)
		b.AddText(r.urgency)
	}
}
