package identifier

// Read2Valid reports whether b has the form of a five-byte Read code (version
// 2): 1 to 5 letters or digits filled up to five with dots, and perhaps a term
// code of two more. Layout: the NHS Read code file format; examples from
// Cegedim's and webjeannie's published lists. Case matters in Read codes, and
// a code in the wrong case still has the form.
func Read2Valid(b []byte) bool {
	switch len(b) {
	case 5:
		return readBody(b)
	case 7:
		return readBody(b[:5]) && isAlphanumeric(b[5]) && isAlphanumeric(b[6])
	}
	return false
}

// CTV3Valid reports whether b has the form of a Clinical Terms version 3 code:
// five characters as in a five-byte Read code, never a term code behind them.
// Source: SNOMED glossary, "Read Code"; GP Connect terminology pages. A term
// id has the same form and cannot be told from a code.
func CTV3Valid(b []byte) bool { return len(b) == 5 && readBody(b) }

// readBody reports whether five bytes are letters and digits, then dots.
func readBody(b []byte) bool {
	n := 0
	for n < len(b) && isAlphanumeric(b[n]) {
		n++
	}
	if n == 0 {
		return false
	}
	for _, c := range b[n:] {
		if c != '.' {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool { return isDigit(c) || isUpper(c) || isLower(c) }
