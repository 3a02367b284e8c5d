package challenge

// A Word is one of a closed list, and what it says. No text that somebody typed is kept.
type Word struct{ ID, Says string }

// Reasons are why a practice contests a finding.
var Reasons = []Word{
	{"record_right", "The record is right as it is."},
	{"elsewhere", "It is recorded, in a place where the check does not look."},
	{"other_code", "It is recorded, with a code that the check does not know."},
	{"not_counted", "The check should not count this record."},
	{"extract_differs", "The clinical system shows something else than the extract."},
	{"others", "The practice cannot put it right: somebody else has to."},
}

// An Outcome is what an assessor decided.
type Outcome string

// The outcomes. None changes a count, a status or a verdict.
const (
	// Upheld: the practice is right, and these records are not at fault.
	Upheld Outcome = "upheld"
	// Dismissed: the finding stands.
	Dismissed Outcome = "dismissed"
	// Changed: the check, a code list or the reading of the extract is to change.
	Changed Outcome = "changed"
)

// Outcomes are all of them.
var Outcomes = []Word{
	{string(Upheld), "The practice is right: these records are not at fault."},
	{string(Dismissed), "The finding stands."},
	{string(Changed), "The check, a code list or the reading of the extract is to change."},
}

// Because are the grounds of each outcome.
var Because = map[Outcome][]Word{
	Upheld:    {{"seen", "We saw the record."}, {"evidence", "We saw evidence of another kind."}, {"hand_check", "A hand check found the same."}},
	Dismissed: {{"seen", "We saw the record."}, {"no_evidence", "There was no evidence."}, {"as_published", "The check says what the published requirement says."}},
	Changed:   {{"rule", "The check is to change."}, {"codes", "A code list is to change."}, {"reading", "The way the extract is read is to change."}},
}

// Says is what a word of a list says; empty where the list has none of it.
func Says(list []Word, id string) string {
	for _, w := range list {
		if w.ID == id {
			return w.Says
		}
	}
	return ""
}

// IDs are the words of a list.
func IDs(list []Word) (out []string) {
	for _, w := range list {
		out = append(out, w.ID)
	}
	return out
}
