package privacy

import (
	"strings"
	"unicode"
)

// plainHeader is the name of a column in small letters, without what stands between
// words.
func plainHeader(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// headers are the names by which columns of each kind go in exports of clinical
// systems, as plainHeader writes them: parts of a name, and whole names.
var headers = map[Kind]struct{ parts, whole []string }{
	NHSNumber:         {[]string{"nhsnumber", "nhsno"}, []string{"nhs", "nhsnum"}},
	OtherHealthNumber: {[]string{"chinumber", "hcnumber", "hscnumber"}, []string{"chi", "chino"}},
	NationalInsurance: {[]string{"nationalinsurance", "ninumber"}, []string{"nino"}},
	Postcode:          {[]string{"postcode", "postalcode"}, nil},
	Telephone:         {[]string{"telephone", "phone", "mobile", "contactnumber"}, []string{"fax", "faxnumber", "tel", "telno"}},
	Email:             {[]string{"email"}, nil},
	BirthDate:         {[]string{"dateofbirth", "birthdate", "datebirth", "birthdatetime", "dateborn", "dayofbirth"}, []string{"dob", "patientdob", "born"}},
	PersonName: {[]string{"surname", "forename", "firstname", "lastname", "givenname", "middlename", "familyname", "maidenname", "knownas", "nextofkin", "carername",
		"patientname", "fullname", "preferredname", "contactname", "gpname", "doctorname", "clinicianname", "staffname", "personname", "withname", "initials"},
		[]string{"first", "last", "maiden", "alias", "nok", "mothersname"}},
	Address: {[]string{"address", "numberandstreet", "nameofroad", "roadname", "housename", "nameofbuilding", "streetname"},
		[]string{"street", "village", "town", "nameoftown", "nameoflocality", "locality"}},
	StaffCode:     {[]string{"gmcnumber", "gmcno", "gmccode", "gmpcode", "gmpnumber"}, []string{"gmc", "gmp"}},
	PatientNumber: {[]string{"emisnumber", "patientnumber", "hospitalnumber", "systmonenumber", "chartnumber", "localpatientid"}, []string{"mrn", "practnumber"}},
}

// notHeaders are parts of names of columns that say something of such a thing and do
// not hold it.
var notHeaders = []string{"type", "status", "flag", "verified", "guid", "district", "sector", "outward", "area", "hash", "key", "pseudo"}

// named reports whether a column goes by a name of a kind.
func named(header string, k Kind) bool {
	h := headers[k]
	for _, n := range h.whole {
		if header == n {
			return true
		}
	}
	for _, n := range notHeaders {
		if strings.Contains(header, n) {
			return false
		}
	}
	for _, n := range h.parts {
		if strings.Contains(header, n) {
			return true
		}
	}
	return false
}

// person are names of columns that say whose record a row is.
func person(header string) bool {
	switch header {
	case "patientid", "patid", "personid", "patientguid", "pid", "idpatient", "patient", "id":
		return true
	}
	return false
}
