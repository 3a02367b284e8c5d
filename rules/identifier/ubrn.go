package identifier

// UBRNValid reports whether b has the form of a unique booking reference
// number of the e-Referral Service: twelve digits. Source: HES data
// dictionary, BOOKREFNO. No check digit is published.
func UBRNValid(b []byte) bool { return len(b) == 12 && allDigits(b) }
