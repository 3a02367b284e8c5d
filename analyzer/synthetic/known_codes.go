package synthetic

// A knownCode is one that a layout needs where the schema has a word, in the
// systems in which a public source gives it.
type knownCode struct{ read, ctv3, sct, term string }

// ethnicCodes are the categories of the 2001 census by the letter of the schema.
// Read v2 and CTV3: value maps of endeavourhealth/Transforms; SNOMED CT: the primary care
// domain list of ethnic groupings.
var ethnicCodes = map[string]knownCode{
	"A": {"9i0..", "XaJQv", "92391000000108", "British or mixed British - ethnic category 2001 census"},
	"B": {"9i1..", "XaJQw", "92401000000106", "Irish - ethnic category 2001 census"},
	"C": {"9i2..", "XaJQx", "92411000000108", "Other White background - ethnic category 2001 census"},
	"D": {"9i3..", "XaJQy", "92421000000102", "White and Black Caribbean - ethnic category 2001 census"},
	"E": {"9i4..", "XaJQz", "92431000000100", "White and Black African - ethnic category 2001 census"},
	"F": {"9i5..", "XaJR0", "92441000000109", "White and Asian - ethnic category 2001 census"},
	"G": {"9i6..", "XaJR1", "92451000000107", "Other Mixed background - ethnic category 2001 census"},
	"H": {"9i7..", "XaJR2", "110751000000108", "Indian or British Indian - ethnic category 2001 census"},
	"J": {"9i8..", "XaJR3", "92461000000105", "Pakistani or British Pakistani - ethnic category 2001 census"},
	"K": {"9i9..", "XaJR4", "92471000000103", "Bangladeshi or British Bangladeshi - ethn categ 2001 census"},
	"L": {"9iA..", "XaJR5", "92481000000101", "Other Asian background - ethnic category 2001 census"},
	"M": {"9iB..", "XaJR6", "107691000000105", "Caribbean - ethnic category 2001 census"},
	"N": {"9iC..", "XaJR7", "92491000000104", "African - ethnic category 2001 census"},
	"P": {"9iD..", "XaJR8", "92501000000105", "Other Black background - ethnic category 2001 census"},
	"R": {"9iE..", "XaJR9", "92511000000107", "Chinese - ethnic category 2001 census"},
	"S": {"9iF..", "XaJRA", "92521000000101", "Other - ethnic category 2001 census"},
	"Z": {"9iG..", "XaJRB", "92531000000104", "Ethnic category not stated - 2001 census"},
}

// summaryCodes are the decisions about the Summary Care Record. No public source
// gives their SNOMED CT codes, and one gives two CTV3 codes.
var summaryCodes = map[string]knownCode{
	"implied":                 {"9Ndl.", "", "", "Implied consent for core Summary Care Record dataset upload"},
	"express_core":            {"9Ndm.", "", "", "Express consent for core Summary Care Record dataset upload"},
	"express_core_additional": {"9Ndn.", "XaXbZ", "", "Express consent for core and additional Summary Care Record dataset upload"},
	"refused":                 {"9Ndo.", "XaXj6", "", "Express dissent for Summary Care Record dataset upload"},
}

// A ctv3 is a code of CTV3; the zero one is none.
type ctv3 [5]byte

// madeUpCTV3 is a code that stands for a SNOMED CT code where no public source gives
// its own. Real ones do not begin with Zz.
func madeUpCTV3(code string) ctv3 { return keyOf(code).ctv3() }

func (k key) ctv3() ctv3 {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	n := mix(uint64(k))
	return ctv3{'Z', 'z', digits[n%62], digits[n/62%62], digits[n/3844%62]}
}

// madeUpTerm adds the term of an entry without a meaning.
func (s *sheet) madeUpTerm(entry []byte) {
	s.at++
	s.buf = append(s.buf, `"Made-up term of entry `...)
	s.buf = append(s.buf, entry...)
	s.buf = append(s.buf, `, no meaning",`...)
}

// Codes that an entry gets where a transfer between systems lost its own.
const (
	degradedEntry   = "196411000000103"
	degradedAllergy = "196461000000101"
)
