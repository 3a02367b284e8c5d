package schema

import (
	"slices"
	"strings"
)

// Tables lists every canonical table in the order of the dictionary.
var Tables = declare(
	table{"practice", "one organisation that owns records", []col{
		req("practice_id", Text, "Identifies the practice in every other table."),
		opt("outgoing", Bool, "Whether the extract is marked as leaving the practice."),
		opt("ods_code", Text, "Organisation code of the Organisation Data Service, such as A81001."),
		opt("name", Text, "Name of the practice."),
		opt("system_supplier", Text, "Supplier of the clinical system."),
		opt("extract_from", Date, "First day the extract covers."),
		opt("extract_to", Date, "Last day the extract covers: the as-of date unless another is given."),
		opt("sharing_active", Bool, "Whether record sharing is switched on."),
		opt("tables_not_kept", Text, "Tables that the clinical system does not keep at all, by name with blanks between: that the extract lacks them says nothing of the practice. Written by convert and anonymise."),
		virtual("rows", "Rows read of the practice, over all tables."),
		virtual("rejected", "Rows without a value in a required column, or with too few or too many fields."),
		virtual("malformed", "Cells that cannot be read as their column's type or are outside its list."),
		virtual("orphans", "Rows whose patient is not in the patients table."),
		share("most_rejected", "The largest share of rejected rows that any table of patients or their records has, 0 to 1; a row whose patient_id is that of another patient is rejected too. As in the other shares, a table counts from 20 rows of the practice on, and a bad row that names no practice of the extract counts against each practice, for nobody can say whose it was."),
		share("most_orphaned", "The largest share of rows without their patient that any table of records has, 0 to 1."),
		share("most_repeated", "The largest share of rows that carry the record id of another row of the same patient, 0 to 1, of any table of records: of each set all but one. Without record ids, of rows that are equal to another of the patient in every cell that the first reading of the table looks at, of at least three. Of a table of over 32,768 rows for each practice it is estimated from a fixed part of the rows."),
		share("most_doubled", "The largest share of rows, 0 to 1, that say what another row of the patient says under another record id, in a table whose rows differ in code and day: of each set all but one. Of a table of over 32,768 rows for each practice it is estimated from the rows of a fixed part of the patients."),
		share("most_unreadable", "The largest share of rows, 0 to 1, in which one and the same column of any table of patients or their records cannot be read as its type or is outside its list."),
		share("most_blank", "The largest share of rows, 0 to 1, in which one and the same column that every record fills, such as the day of an issue, is empty or unreadable, in any table of records."),
		share("most_alike", "How many rows carry one and the same value in a column whose values differ from row to row in any practice, such as the code of an entry or the day of an issue: the largest share of any table and column, divided by the largest that is plausible there (40 in 100; for the cause of an allergy 70). A table counts from 100 rows of the practice on, and for the patient from 20, if the practice has 100 patients. Of a table of over 4,096 rows for each practice it is estimated from a fixed part of the rows."),
		virtual("prescribing_items_unusable", "1 where the list prescribing_items was given and has no line that can be used for the practice, though one may be meant for it: it has no line at all, none that names a practice of the extract, or one that cannot be read and names this practice or none."),
		virtual("control_totals_unusable", "The same of the list control_totals."),
		virtual("rounded_ids", "SNOMED CT and dm+d identifiers of 16 to 18 digits that a spreadsheet or a float has rounded."),
	}},
	table{"patients", "one person registered, now or before, at a practice", []col{
		req("patient_id", Text, "Pseudonym of the patient, unique within the practice."),
		opt("practice_id", Text, "The practice that holds the record."),
		secret("nhs_number", "NHS number: read once into a state, a range and a keyed hash, then dropped."),
		derived("nhs_number_state", "nhs_number", "What the NHS number looks like.", "valid", "bad_check", "bad_form", "dummy", "missing", "pseudonym"),
		derived("nhs_number_range", "nhs_number", "Which country's number space it lies in.", "england", "scotland", "northern_ireland", "test", "other"),
		derived("nhs_number_key", "nhs_number", "Keyed pseudonym, equal for equal numbers within one run."),
		opt("nhs_number_status", Text, "NHS number status indicator code, 01 to 08.", "01", "02", "03", "04", "05", "06", "07", "08"),
		opt("nhs_number_status_date", Date, "Day the status was set."),
		quasi("sex", Text, "Administrative sex: male, female, indeterminate, unknown.", "M", "F", "I", "U"),
		quasi("birth_date", Date, "Date of birth."),
		precision("birth_date"),
		quasi("birth_year", Int, "Year of birth, where the date is withheld."),
		quasi("death_date", Date, "Date of death."),
		opt("is_deceased", Bool, "Whether the patient is recorded as dead."),
		staff("usual_gp_code", "Code of the usual general practitioner."),
		quasi("ethnicity_code", Text, "Ethnic category code; 99 is not known, Z is not stated."),
		quasi("ethnicity_recorded_date", Date, "Day on which the ethnic category was recorded."),
		quasi("postcode_district", Text, "Outward part of the postcode."),
		opt("twin_key", Text, "Keyed hash of surname and first initial, to tell possible duplicates."),
		opt("is_dummy", Bool, "A test patient, not a person."),
	}},
	table{"registrations", "one period of registration of a patient", []col{
		opt("registration_id", Text, "Identifies the registration."),
		req("patient_id", Text, "The patient."),
		opt("practice_id", Text, "The practice."),
		filled(opt("start_date", Date, "First day of the registration.")),
		opt("end_date", Date, "Last day of the registration; absent while it is open."),
		opt("end_reason", Text, "Why it ended."),
		filled(opt("reg_type", Text, "Kind of registration; regular is permanent (GMS).", "regular", "temporary", "private", "emergency", "immediately_necessary", "other")),
		opt("paper_notes_received_date", Date, "Day the paper record arrived."),
		opt("fp69_set_date", Date, "Day an FP69 flag (address in doubt) was set and not cleared."),
		opt("pack_given_date", Date, "Day the patient was given the information pack on record sharing."),
		opt("via_gp2gp", Bool, "Whether the record came by GP2GP."),
	}},
	table{"medications", "one course of a medicine: a repeat template or an acute prescription", []col{
		req("medication_id", Text, "Identifies the course."),
		req("patient_id", Text, "The patient."),
		opt("practice_id", Text, "The practice."),
		varied(opt("dmd_code", Text, "dm+d code of the product.")),
		opt("code", Text, "Code of the product in another system."),
		opt("code_system", Text, "The system of code."),
		free("term", "Name of the product as shown."),
		opt("bnf_code", Text, "BNF code."),
		filled(opt("prescription_type", Text, "How it is prescribed; elsewhere is by another provider.", "acute", "repeat", "repeat_dispensing", "elsewhere")),
		opt("status", Text, "Whether the course is current.", "active", "ended", "stopped", "draft"),
		opt("start_date", Date, "Day the course began."),
		precision("start_date"),
		opt("end_date", Date, "Day the course ended."),
		opt("last_issue_date", Date, "Day of the latest issue."),
		opt("review_due_date", Date, "Day the review falls due."),
		free("dosage_text", "Dosage as written."),
		derived("dosage_state", "dosage_text", "What the dosage says.", "stated", "as_directed", "when_required", "empty"),
		opt("is_appliance", Bool, "An appliance, not a medicine."),
		opt("quantity", Decimal, "Amount prescribed."),
		opt("quantity_unit", Text, "Unit of quantity."),
		opt("indication_problem_id", Text, "The problem it is prescribed for."),
		staff("prescriber_code", "Who prescribed it."),
		opt("consultation_id", Text, "The consultation it was prescribed in."),
		opt("via_gp2gp", Bool, "Whether it came by GP2GP."),
		opt("reauthorised_date", Date, "Day it was authorised again after a transfer."),
	}},
	table{"issues", "one prescription event", []col{
		req("issue_id", Text, "Identifies the issue."),
		opt("medication_id", Text, "The course it belongs to."),
		req("patient_id", Text, "The patient."),
		opt("practice_id", Text, "The practice."),
		filled(varied(opt("issue_date", Date, "Day of issue."))),
		varied(opt("dmd_code", Text, "dm+d code of the product issued.")),
		opt("code", Text, "Code of the product in another system."),
		opt("code_system", Text, "The system of code."),
		opt("bnf_code", Text, "BNF code."),
		opt("method", Text, "How it was issued.", "electronic", "printed", "handwritten"),
		free("dosage_text", "Dosage as written."),
		staff("prescriber_code", "Who issued it."),
	}},
	table{"allergies", "one allergy, intolerance, or statement that there is none", []col{
		req("allergy_id", Text, "Identifies the entry."),
		req("patient_id", Text, "The patient."),
		opt("practice_id", Text, "The practice."),
		opt("code", Text, "Code of the entry."),
		opt("code_system", Text, "The system of code."),
		free("term", "Words of the entry."),
		causes(opt("agent_code", Text, "SNOMED CT or dm+d code of the causing agent.")),
		opt("category", Text, "What kind of entry it is.", "drug", "food", "environment", "other", "none_known", "none_known_drug", "unable_to_ascertain", "unknown"),
		opt("reaction_type", Text, "What kind of reaction it is.", "allergy", "intolerance", "adverse_reaction", "unknown"),
		opt("status", Text, "Whether the entry stands.", "active", "ended", "in_error"),
		opt("onset_date", Date, "Day the reaction happened."),
		precision("onset_date"),
		opt("recorded_date", Date, "Day it was recorded."),
		opt("ended_date", Date, "Day the entry was ended."),
		opt("reaction_code", Text, "Code of the reaction."),
		free("reaction_text", "Reaction in words."),
		opt("severity", Text, "Severity of the reaction."),
		opt("is_degraded", Bool, "Whether a transfer lost its code (GP2GP degraded)."),
	}},
	table{"events", "one coded clinical entry", []col{
		req("event_id", Text, "Identifies the entry."),
		req("patient_id", Text, "The patient."),
		opt("practice_id", Text, "The practice."),
		filled(varied(opt("code", Text, "Clinical code."))),
		opt("code_system", Text, "The system of code.", "sct", "read2", "ctv3", "local"),
		free("term", "Words of the entry."),
		opt("event_type", Text, "What kind of entry it is.", "observation", "value", "test", "family_history", "immunisation", "procedure", "administrative", "other"),
		filled(varied(opt("event_date", Date, "Day it speaks of."))),
		precision("event_date"),
		opt("recorded_date", Date, "Day it was entered."),
		opt("value", Decimal, "Number recorded."),
		opt("unit", Text, "Unit of value."),
		opt("episodicity", Text, "First, new, review or other."),
		opt("problem_id", Text, "The problem it belongs to."),
		opt("document_id", Text, "The document it was coded from."),
		opt("consultation_id", Text, "The consultation it belongs to."),
		staff("clinician_code", "Who entered it."),
		opt("is_degraded", Bool, "Whether a transfer lost its code (GP2GP degraded)."),
	}},
	table{"problems", "one problem of a patient", []col{
		req("problem_id", Text, "Identifies the problem."),
		req("patient_id", Text, "The patient."),
		opt("practice_id", Text, "The practice."),
		varied(opt("code", Text, "Clinical code.")),
		opt("code_system", Text, "The system of code."),
		opt("status", Text, "Whether it is current.", "active", "past"),
		opt("significance", Text, "Major or minor.", "major", "minor"),
		varied(opt("onset_date", Date, "Day it began.")),
		precision("onset_date"),
		opt("end_date", Date, "Day it ended."),
		opt("last_review_date", Date, "Day it was last reviewed."),
	}},
	table{"consultations", "one contact or administrative entry", []col{
		req("consultation_id", Text, "Identifies the consultation."),
		req("patient_id", Text, "The patient."),
		opt("practice_id", Text, "The practice."),
		filled(varied(opt("consultation_date", Date, "Day it took place."))),
		precision("consultation_date"),
		opt("recorded_date", Date, "Day it was entered."),
		opt("type", Text, "How it took place.", "surgery", "telephone", "visit", "message", "online", "administrative", "other"),
		staff("clinician_code", "Who held it."),
		opt("is_complete", Bool, "Whether it was closed."),
	}},
	table{"documents", "one letter or other document", []col{
		req("document_id", Text, "Identifies the document."),
		opt("patient_id", Text, "The patient; absent while it is unmatched."),
		opt("practice_id", Text, "The practice."),
		opt("document_date", Date, "Day on the document."),
		opt("received_date", Date, "Day it arrived."),
		opt("filed_date", Date, "Day it was filed in the record."),
		opt("action_required", Bool, "Whether it asks for something to be done."),
		opt("actioned_date", Date, "Day that was done."),
		opt("direction", Text, "Where it went.", "in", "out", "internal"),
		opt("type_code", Text, "Kind of document."),
		opt("sender_org", Text, "Code of the sending organisation."),
		opt("is_scanned", Bool, "Whether it was scanned from paper."),
		opt("coded_entries", Int, "Clinical codes added from it."),
	}},
	table{"results", "one test result", []col{
		req("result_id", Text, "Identifies the result."),
		opt("patient_id", Text, "The patient; absent while it is unmatched."),
		opt("practice_id", Text, "The practice."),
		varied(opt("code", Text, "Code of the test.")),
		opt("code_system", Text, "The system of code."),
		opt("value", Decimal, "Number reported."),
		opt("unit", Text, "Unit of value."),
		varied(filled(opt("result_date", Date, "Day of the result."))),
		opt("message_date", Date, "Day the laboratory's message arrived."),
		opt("filed_date", Date, "Day it was filed in the record."),
		opt("is_abnormal", Bool, "Whether it was marked abnormal."),
	}},
	table{"consents", "one decision of a patient about sharing", []col{
		req("consent_id", Text, "Identifies the decision."),
		req("patient_id", Text, "The patient."),
		opt("practice_id", Text, "The practice."),
		filled(opt("kind", Text, "What it is about.", "scr", "local_share", "share_out", "share_in", "type1_opt_out", "national_data_opt_out", "online_access")),
		filled(opt("decision", Text, "What was decided.", "implied", "express_core", "express_core_additional", "given", "refused", "withdrawn")),
		opt("code", Text, "Code of the decision."),
		opt("code_system", Text, "The system of code."),
		opt("decided_date", Date, "Day of the decision."),
		opt("recorded_date", Date, "Day it was entered."),
	}},
	table{"referrals", "one referral", []col{
		req("referral_id", Text, "Identifies the referral."),
		req("patient_id", Text, "The patient."),
		opt("practice_id", Text, "The practice."),
		opt("referral_date", Date, "Day of the referral."),
		opt("code", Text, "Reason for it."),
		opt("code_system", Text, "The system of code."),
		opt("ubrn", Text, "Unique booking reference number, 12 digits."),
		opt("mode", Text, "How it was sent.", "ers", "letter", "email", "other"),
		opt("urgency", Text, "How urgent it is."),
	}},
	table{"staff", "one member of staff", []col{
		{name: "staff_code", typ: Text, required: true, privacy: Staff, doc: "Identifies the member of staff."},
		req("practice_id", Text, "The practice, by its id or its ODS code."),
		opt("role", Text, "Role."),
		staff("registration_code", "Code of the professional register."),
		opt("start_date", Date, "First day at the practice."),
		opt("end_date", Date, "Last day at the practice."),
		opt("absent_from", Date, "First day of a long absence."),
		opt("absent_to", Date, "Last day of a long absence."),
	}},
	table{"declarations", "one answer of the practice about what data cannot show", []col{
		req("key", Text, "Which question."),
		opt("practice_id", Text, "The practice."),
		opt("answer", Text, "The answer.", "yes", "no", "not_applicable", "supplier_hosted"),
		opt("count", Int, "A number asked for."),
		opt("date", Date, "Day the answer speaks of."),
		opt("evidence", Text, "What shows it."),
		opt("role", Text, "Role of who answered."),
		staff("verified_by", "Assessor who signed it."),
		opt("verified_date", Date, "Day it was signed."),
	}},
	table{"prescribing_items", "items dispensed in one quarter, from the payment authority's figures", []col{
		req("practice_id", Text, "The practice, by its id or its ODS code."),
		req("quarter", Text, "Quarter, such as 2026-Q1."),
		{name: "first_day", typ: Date, derived: "quarter", doc: "First day of the quarter."},
		counted("items", "Items dispensed."),
	}},
	table{"control_totals", "one figure that the clinical system's own screen shows", []col{
		req("practice_id", Text, "The practice, by its id or its ODS code."),
		{name: "figure", typ: Text, required: true, values: []string{"registered_patients", "allergies", "issues"}, doc: "What was counted: registered patients, registered patients with an allergy that stands, prescriptions issued in a month."},
		opt("month", Text, "Month of a count of issues, such as 2026-03."),
		{name: "first_day", typ: Date, derived: "month", needed: Need{"figure", "issues"}, doc: "First day of the month."},
		counted("total", "How many the screen shows."),
	}},
)

// The tables that code asks for. A table is compared by pointer, like a column:
// its name is for people and files.
var (
	Practice      = Lookup("practice")
	Patients      = Lookup("patients")
	Registrations = Lookup("registrations")
	Medications   = Lookup("medications")
	Issues        = Lookup("issues")
	Allergies     = Lookup("allergies")
	Events        = Lookup("events")
	Declarations  = Lookup("declarations")
	ControlTotals = Lookup("control_totals")
	StaffMembers  = Lookup("staff") // Staff is a class of privacy
)

// AnswerWords are the words that may stand for an answer in declarations, in any
// case, and what they say: spreadsheets write TRUE and FALSE.
func AnswerWords() map[string]string {
	out := map[string]string{"true": "yes", "false": "no"}
	for _, word := range Declarations.Column("answer").Values {
		out[word] = word
	}
	return out
}

// col and table are the short forms the list above is written in.
type col struct {
	name     string
	typ      Type
	required bool
	privacy  Privacy
	values   []string
	derived  string
	beside   string
	virtual  bool
	filled   bool
	varied   int
	most     int64
	needed   Need
	doc      string
}

type table struct {
	name, row string
	columns   []col
}

func req(name string, t Type, doc string) col {
	return col{name: name, typ: t, required: true, doc: doc}
}
func opt(name string, t Type, doc string, values ...string) col {
	return col{name: name, typ: t, doc: doc, values: values}
}
func quasi(name string, t Type, doc string, values ...string) col {
	return col{name: name, typ: t, privacy: Quasi, doc: doc, values: values}
}

// precision is the column that says how much of a date is known; the date keeps its
// first day.
func precision(date string) col {
	return col{name: date + "_precision", typ: Text, beside: date, values: []string{"day", "month", "year"},
		doc: "How much of " + date + " is known; absent means the day."}
}

func staff(name, doc string) col  { return col{name: name, typ: Text, privacy: Staff, doc: doc} }
func free(name, doc string) col   { return col{name: name, typ: Text, privacy: FreeText, doc: doc} }
func secret(name, doc string) col { return col{name: name, typ: Text, privacy: Direct, doc: doc} }
func derived(name, from, doc string, values ...string) col {
	return col{name: name, typ: Text, derived: from, doc: doc, values: values}
}
func counted(name, doc string) col {
	return col{name: name, typ: Int, required: true, most: mostCounted, doc: doc}
}
func filled(c col) col             { c.filled = true; return c }
func virtual(name, doc string) col { return col{name: name, typ: Int, virtual: true, doc: doc} }

func varied(c col) col { c.varied = mostOfOneValue; return c }
func causes(c col) col { c.varied = mostOfOneCause; return c }

// How many rows in a hundred one value of a varied column fills in any practice, at
// most. The commonest code, day or product fills a few; penicillin is the cause of
// every second or third allergy.
const (
	mostOfOneValue = 40
	mostOfOneCause = 70
)

func share(name, doc string) col { return col{name: name, typ: Decimal, virtual: true, doc: doc} }

func declare(tables ...table) []*Table {
	out := make([]*Table, len(tables))
	for i, d := range tables {
		t := &Table{Name: d.name, Row: d.row, Index: i}
		for j, c := range d.columns {
			t.Columns = append(t.Columns, &Column{
				Table: t, Name: c.name, Index: j, Type: c.typ, Required: c.required, Privacy: c.privacy,
				Values: c.values, Derived: c.derived, Beside: c.beside, Virtual: c.virtual, Filled: c.filled, Varied: c.varied, Most: c.most, Needed: c.needed, Doc: c.doc,
			})
		}
		if t.Patient = t.Column("patient_id"); t.Patient != nil && d.name != "patients" {
			t.Patient.Varied = mostOfOneValue
		}
		t.Practice = t.Column("practice_id")
		switch d.name {
		case "prescribing_items", "control_totals":
			t.Side = true
		case "declarations": // the same question may be answered by several practices
		case "registrations":
			t.Key = t.Column("registration_id")
		default:
			t.Key = t.Columns[0]
		}
		out[i] = t
	}
	for _, c := range out[0].Columns {
		if list, ok := strings.CutSuffix(c.Name, "_unusable"); ok {
			c.About = out[slices.IndexFunc(out, func(t *Table) bool { return t.Name == list })]
		}
	}
	return out
}
