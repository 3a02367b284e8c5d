package identifier

// BNFValid reports whether b has the form of a British National Formulary
// presentation code: fifteen characters, of which the first seven (chapter,
// section, paragraph, sub-paragraph) are digits and the rest digits or capital
// letters; or, in the pseudo-chapters 20 to 23 of appliances, eleven digits.
// Source: NHSBSA, BNF code structure and BNF to SNOMED mapping. There is no
// check digit.
func BNFValid(b []byte) bool {
	switch len(b) {
	case 11:
		return b[0] == '2' && b[1] <= '3' && allDigits(b)
	case 15:
		if !allDigits(b[:7]) {
			return false
		}
		for _, c := range b[7:] {
			if !isDigit(c) && !isUpper(c) {
				return false
			}
		}
		return true
	}
	return false
}
