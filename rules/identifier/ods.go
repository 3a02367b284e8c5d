package identifier

// ODSValid reports whether b has the form of a general practice's code of the
// Organisation Data Service: a capital letter and five digits. A default code
// has the form too: see ODSDefault. Source: NHS Data Dictionary, ORGANISATION
// CODE.
func ODSValid(b []byte) bool { return len(b) == 6 && isUpper(b[0]) && allDigits(b[1:]) }

// ODSDefault reports whether b is a default code, which stands for no
// organisation: practice unknown, not applicable or none, organisation or
// trust unknown. Source: NHS Data Dictionary, default codes.
func ODSDefault(b []byte) bool {
	switch string(b) {
	case "V81997", "V81998", "V81999", "X99998", "X99999", "Q99":
		return true
	}
	return false
}
