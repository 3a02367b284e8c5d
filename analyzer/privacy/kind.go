package privacy

// A Kind is a kind of identifier.
type Kind uint8

// The kinds.
const (
	NHSNumber Kind = iota
	OtherHealthNumber
	NationalInsurance
	Postcode
	Telephone
	Email
	BirthDate
	PersonName
	Address
	FreeText
	StaffCode
	PatientNumber
	UnkeyedHash
	RareCode
	kinds // how many there are
)

// Kinds is how many kinds there are.
const Kinds = int(kinds)

var kindTexts = [kinds]struct{ id, says string }{
	NHSNumber:         {"nhs_number", "NHS numbers"},
	OtherHealthNumber: {"chi_or_hc_number", "Scottish or Northern Irish health numbers"},
	NationalInsurance: {"national_insurance_number", "National Insurance numbers"},
	Postcode:          {"postcode", "full postcodes"},
	Telephone:         {"telephone", "telephone numbers"},
	Email:             {"email", "email addresses"},
	BirthDate:         {"date_of_birth", "full dates of birth"},
	PersonName:        {"name", "names of people"},
	Address:           {"address", "lines of addresses"},
	FreeText:          {"free_text", "free text, which may name people"},
	StaffCode:         {"staff_code", "codes of staff"},
	PatientNumber:     {"patient_number", "what looks like the clinical system's own patient numbers"},
	UnkeyedHash:       {"unkeyed_hash", "hashes of NHS numbers"},
	RareCode:          {"rare_code", "codes that few people have"},
}

// String returns the kind's id.
func (k Kind) String() string { return kindTexts[k].id }

// A Weight says what a finding is worth where the extract must be anonymised.
type Weight uint8

// The weights.
const (
	Warns Weight = iota
	Stops
)

// A Finding is a kind of identifier in a column. It holds no value.
type Finding struct {
	// File and Column are as they may be printed; Column is empty where the finding
	// is about a whole file, and File where it is about the extract. Table is the
	// system's table, empty where the mapping knows none.
	File, Table, Column string
	Kind                Kind
	// Other says that it is of no kind: something could not be looked at, or few
	// people share their traits.
	Other  bool
	Weight Weight
	// Meant: the column is there to hold it.
	Meant bool
	// Rows have it, of the Looked rows that were looked at; First is the record of
	// the first of them, 0 where none is known.
	Rows, Looked, First int64
	// Says is what was found, Why by what rule, both in plain words.
	Says, Why string

	file, column int // of the files, and of the columns of it
}

func (k Kind) finding(weight Weight, why string) Finding {
	return Finding{Kind: k, Weight: weight, Says: kindTexts[k].says, Why: why}
}
