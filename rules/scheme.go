package rules

// A Scheme says which rules make up each accreditation, and how heavily each
// weighs. Immutable once loaded.
type Scheme struct {
	ID, Version, Title string
	// Statement is shown under the title: what the scheme is and is not.
	Statement string
	// ReadyTo is what a practice that is ready may do next, such as apply; empty
	// where there is nobody to turn to.
	ReadyTo string
	// Requirements are what the scheme is made of in the words of its source,
	// in the order it gives them; empty where the scheme lists none. Where it
	// lists any, every criterion serves one of them or is local.
	Requirements   []Requirement
	Accreditations []Accreditation
	// Weakened are the blockers of the scheme extended that this one drops,
	// demotes, limits or gives a lower pass mark.
	Weakened []Weakening
	SHA256   string
}

// A Requirement is one thing that the source of a scheme asks for. Criteria
// serve it.
type Requirement struct {
	ID    string // E3, as criteria name it
	Kind  RequirementKind
	Title string // the good state, in plain words
}

// A RequirementKind says how strongly a requirement is asked for.
type RequirementKind string

// The kinds.
const (
	Essential RequirementKind = "essential"
	Desirable RequirementKind = "desirable"
)

// Local is the requirement of a criterion that the source of the scheme does
// not ask for.
const Local = "local"

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
	Requirement string // the requirement it serves: E3, D2, or Local
	Severity    Severity
	Weight      int
	Threshold   Threshold // the rule's unless the scheme gives another
	// ThresholdFrom is where the threshold comes from.
	ThresholdFrom string
	// Only says to which extracts the criterion applies; empty is all. Of the
	// others it is no part of the accreditation.
	Only Application
}

// An Application is a kind of extract. It never depends on which rows or columns
// an extract has.
type Application string

// Outgoing is an extract that is marked as leaving the practice.
const Outgoing Application = "outgoing"

// A Weakening is a blocker of the scheme extended that no longer blocks.
type Weakening struct {
	Accreditation, Rule string
	How                 string // "left out", "only major", "given the pass mark 50%"
}
