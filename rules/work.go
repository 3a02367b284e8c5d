package rules

import "paperlight/analyzer/schema"

// How long work takes, in minutes. The figures are our own estimates: nobody
// publishes any. What is put right once, and not record by record, is a letter,
// an export or a policy.
const minutesOnce = 60

var minutesEach = map[Owner]int{
	OwnerPractice:  3,  // look, and correct one field
	OwnerClinician: 10, // read the record, and decide or ask
	OwnerPCSE:      15, // write to Primary Care Support England, and wait
}

// Minutes says how long it takes to put the rule right: once, and each record.
// A page may say how long a record takes; else who does the work decides.
func (r *Rule) Minutes() (once, each int) {
	switch {
	case r.MinutesEach > 0:
		return 0, r.MinutesEach
	case r.Evidence == EvidenceDeclared, r.Table == schema.Practice, minutesEach[r.Owner] == 0:
		return minutesOnce, 0
	}
	return 0, minutesEach[r.Owner]
}

// judgeFigures checks what a page says of its work and of its value.
func (d *document) judgeFigures(v *value, r *Rule) {
	if r.MinutesEach > 0 && (r.Info || r.Evidence == EvidenceDeclared || r.Table == schema.Practice) {
		d.fault(v.at("minutes"), "remove it", "minutes are of a record to put right, and the rule judges none")
	}
	switch n := len(r.ValueOf); {
	case n > 0 && r.Source.Value == "":
		d.fault(v.at("value_of"), "remove it", "the rule has no value")
	case n > 0 && n != 2:
		d.fault(v.at("value_of"), "value_of: [month has contacts, months have contacts]", "want two texts: what one is, and what several are")
	}
}
