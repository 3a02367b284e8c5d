package identifier

// GMPValid reports whether b is a well-formed code of a general medical
// practitioner (the GMP PPD code): G, six digits of the Doctor's Index Number
// of which the first is not 6 or 7, and a check digit. A default code can pass
// too: see GMPDefault. Source: NHSBSA KA-03100; NHS England, FHIR identifier
// profile of the code.
func GMPValid(b []byte) bool {
	if len(b) != 8 || b[0] != 'G' || !allDigits(b[1:]) || b[1] == '6' || b[1] == '7' {
		return false
	}
	weights := [6]uint8{1, 3, 7, 1, 3, 7}
	sum := uint8(0)
	for i, w := range weights {
		sum += (b[1+i] - '0') * w % 10
	}
	return sum%10 == b[7]-'0'
}

// GMPDefault reports whether b is a default code, which stands for no one
// practitioner: unknown, not registered, prison or forces doctor, referrer,
// consultant, nurse or other professional unknown. Source: NHS Data
// Dictionary, default codes.
func GMPDefault(b []byte) bool {
	switch string(b) {
	case "G9999998", "G9999981", "P9999981", "A9999998", "R9999981",
		"X9999998", "C9999998", "H9999998", "N9999998":
		return true
	}
	return false
}
