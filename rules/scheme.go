package rules

// A Scheme says which rules make up each accreditation, and how heavily each
// weighs. Immutable once loaded.
type Scheme struct {
	ID, Version, Title string
	// Statement is shown under the title: what the scheme is and is not.
	Statement      string
	Accreditations []Accreditation
	SHA256         string
}

// An Accreditation is one thing a practice may be ready for.
type Accreditation struct {
	ID    string // data-quality, paper-light, scr, sharing
	Title string
	// Needs names the accreditations that must be ready first.
	Needs    []string
	Criteria []Criterion
}

// Severity orders criteria by what failing means.
type Severity string

// The severities.
const (
	Blocker Severity = "blocker"
	Major   Severity = "major"
	Minor   Severity = "minor"
	Info    Severity = "info"
)

// A Criterion is a rule as one accreditation judges it.
type Criterion struct {
	Rule        *Rule
	Requirement string // the published requirement it serves: E3, D2, local
	Severity    Severity
	Weight      int
	Threshold   Threshold // the rule's unless the scheme gives another
	// ThresholdFrom is where the threshold comes from.
	ThresholdFrom string
}
