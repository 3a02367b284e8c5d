package identifier

// Facts of this file: SNOMED International, Release File Specifications 6.2
// and 6.3 (docs.snomed.org). dm+d: NHSBSA, whose ids are SNOMED CT ids.

// SCTIDValid reports whether b is a well-formed SNOMED CT id of any kind: 6 to
// 18 digits, no leading zero, a partition that exists, a Verhoeff check digit.
// It does not say that the id is in use.
func SCTIDValid(b []byte) bool {
	format, kind, ok := SCTIDPartition(b)
	switch {
	case !ok || kind > 5:
		return false
	case format == 0:
		return verhoeff(b)
	case format == 1:
		// A long id has an item digit before seven of namespace.
		return len(b) >= 11 && verhoeff(b)
	}
	return false
}

// SCTIDConcept reports whether b is a valid id of a concept: partition 00
// (international) or 10 (extension). Descriptions and relationships have
// others, and are no clinical codes.
func SCTIDConcept(b []byte) bool {
	_, kind, ok := SCTIDPartition(b)
	return ok && kind == 0 && SCTIDValid(b)
}

// SCTIDPartition returns the two digits before the check digit: the format (0
// short, 1 long) and the kind (0 concept, 1 description, 2 relationship, 3 to
// 5 sets of old). It is false where b is not 6 to 18 digits without a leading
// zero; the check digit is not looked at, nor whether the partition exists.
func SCTIDPartition(b []byte) (format, kind uint8, ok bool) {
	if len(b) < 6 || len(b) > 18 || b[0] == '0' || !allDigits(b) {
		return 0, 0, false
	}
	return b[len(b)-3] - '0', b[len(b)-2] - '0', true
}

// DMDValid reports whether b is well formed as an id of the dictionary of
// medicines and devices: a SNOMED CT concept id. The level (VTM, VMP, AMP,
// pack) cannot be told from the id.
func DMDValid(b []byte) bool { return SCTIDConcept(b) }

// SCTIDRounded reports whether b looks like a SNOMED CT id that went through a
// spreadsheet or a floating-point number, which hold 15 to 17 digits: 16 to 18
// digits that end in 0 and fail the check digit; an exponent, as in 1.23E+17;
// or a point between digits, as in 42109611000001109.0.
func SCTIDRounded(b []byte) bool {
	whole := digitsIn(b)
	rest := b[whole:]
	if len(rest) == 0 {
		return len(b) >= 16 && len(b) <= 18 && b[len(b)-1] == '0' && !verhoeff(b)
	}
	if whole == 0 {
		return false
	}
	point := rest[0] == '.'
	if point {
		n := digitsIn(rest[1:])
		if n == 0 {
			return false
		}
		rest = rest[1+n:]
		if len(rest) == 0 {
			return true
		}
	}
	if rest[0] != 'E' && rest[0] != 'e' {
		return false
	}
	rest = rest[1:]
	// Without point or sign it may be a Read code, such as 12E45.
	if len(rest) > 0 && rest[0] == '+' {
		rest = rest[1:]
	} else if !point {
		return false
	}
	return len(rest) > 0 && allDigits(rest)
}
