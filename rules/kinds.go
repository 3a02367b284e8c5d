package rules

// Evidence says what can show that a rule is met.
type Evidence string

// The kinds of evidence.
const (
	EvidenceData           Evidence = "data"             // the records alone
	EvidenceDataOrDeclared Evidence = "data_or_declared" // the records, else a dated answer of the practice
	EvidenceDeclared       Evidence = "declared"         // a dated answer of the practice
)

var evidences = []Evidence{EvidenceData, EvidenceDataOrDeclared, EvidenceDeclared}

var evidenceWords = map[Evidence]string{
	EvidenceData: "the records alone", EvidenceDataOrDeclared: "the records, else a dated answer of the practice",
	EvidenceDeclared: "a dated answer of the practice",
}

// Owner says who can put right what a rule finds.
type Owner string

// The owners.
const (
	OwnerPractice  Owner = "practice"
	OwnerClinician Owner = "clinician"
	OwnerSupplier  Owner = "supplier"
	OwnerPCSE      Owner = "pcse"
	OwnerFile      Owner = "file"
)

var owners = []Owner{OwnerPractice, OwnerClinician, OwnerSupplier, OwnerPCSE, OwnerFile}

var ownerWords = map[Owner]string{
	OwnerPractice: "the practice", OwnerClinician: "a clinician", OwnerSupplier: "the system supplier",
	OwnerPCSE: "Primary Care Support England", OwnerFile: "whoever exported the file",
}

// Dimension is the dimension of data quality that a rule measures.
type Dimension string

// The dimensions.
const (
	Conformance  Dimension = "conformance"
	Completeness Dimension = "completeness"
	Plausibility Dimension = "plausibility"
	Timeliness   Dimension = "timeliness"
)

var dimensions = []Dimension{Conformance, Completeness, Plausibility, Timeliness}
