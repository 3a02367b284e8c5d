package synthetic

import "strings"

// The records of one patient, one type a table. Text is empty and days are
// none where the cell is absent. They are reused from patient to patient.

type patient struct {
	practice *practice
	n        uint64 // number within the practice
	id       string

	nhsNumber, nhsStatus        string
	sex                         string
	born, died                  day
	deceased, dummy             bool
	usualGP, ethnicity, twinKey string
	registrations               []registration
	medications                 []medication
	strays                      []medication // courses that name a patient who is not in the extract
	issues                      []issue
	allergies                   []allergy
	events                      []event
	problems                    []problem
	consultations               []consultation
	documents                   []document
	results                     []result
	consents                    []consent
	referrals                   []referral
	clinicians                  []string
	current                     bool // has an open regular registration
	arrived                     day  // start of it
	ethnicityRecorded           day
	statusDate                  day
	sharedNumber                bool
	wrongDigit                  bool
	second                      bool             // a record made twice
	ids                         *strings.Builder // of records
}

type registration struct {
	id                             string
	start, end                     day
	endReason, kind                string
	notesReceived, fp69, packGiven day
	viaGP2GP                       bool
}

type medication struct {
	id, dmd, bnf, kind, status       string
	start, end, lastIssue, reviewDue day
	dosage                           string
	appliance, viaGP2GP              bool
	quantity                         float64
	unit, indication                 string
	prescriber                       string
	reauthorised                     day
	wrongDigit, rounded              bool
}

type issue struct {
	id, medication, dmd, bnf, method, dosage, prescriber string
	date                                                 day
	appliance                                            bool
}

type allergy struct {
	id, code, system, agent, category, reaction, status string
	onset, recorded, ended                              day
	reactionCode, severity                              string
	degraded                                            bool
}

type event struct {
	id, code, system, kind string
	date, recorded         day
	value                  float64
	hasValue               bool
	unit, problem          string
	consultation           string
	clinician              string
	degraded, wrongDigit   bool
}

type problem struct {
	id, code, system, status, significance string
	onset, end, reviewed                   day
}

type consultation struct {
	id             string
	date, recorded day
	kind           string
	clinician      string
}

type document struct {
	id                               string
	dated, received, filed, actioned day
	actionRequired, scanned          bool
	direction, kind, sender          string
	codedEntries                     int64
}

type result struct {
	id, code, system, unit string
	value                  float64
	date, message, filed   day
	abnormal               bool
}

type consent struct {
	id, kind, decision, code string
	decided, recorded        day
}

type referral struct {
	id, code, ubrn, mode, urgency, clinician string
	date                                     day
}

// reset empties the patient and keeps its memory.
func (p *patient) reset() {
	*p = patient{
		registrations: p.registrations[:0], medications: p.medications[:0], strays: p.strays[:0], issues: p.issues[:0],
		allergies: p.allergies[:0], events: p.events[:0], problems: p.problems[:0],
		consultations: p.consultations[:0], documents: p.documents[:0], results: p.results[:0], consents: p.consents[:0],
		referrals: p.referrals[:0], ids: p.ids,
		born: none, died: none, arrived: none, statusDate: none, ethnicityRecorded: none,
	}
}

// hasEvent reports whether an entry meets a condition. Entries are long, and
// are looked at where they lie.
func (p *patient) hasEvent(meets func(e *event) bool) bool {
	for i := range p.events {
		if meets(&p.events[i]) {
			return true
		}
	}
	return false
}
