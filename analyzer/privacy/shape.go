package privacy

import (
	"bytes"

	"paperlight/analyzer/calendar"
	"paperlight/rules/identifier"
)

// A shape is what a cell looks like; a cell may have several.
type shape uint32

const (
	isTenDigits shape = 1 << iota
	isNHS             // passes the check, in a range that was issued or may be
	isTestNHS         // of the range for tests
	isCHI             // passes, and begins with a day and month
	isHC              // passes, of the range of Northern Ireland
	isNationalInsurance
	isPostcode
	isTelephone
	isDialled // 9 to 13 digits, as telephone numbers are written
	isEmail
	isDate
	isName
	isTitle
	isNameLike
	isAddress
	isHex // a digest of 16, 20 or 32 bytes, in hex digits or base64
	isProse
	isPractitioner // G and seven digits
	isSevenDigits
	isInteger
	isWorded // letters, more than half
	hasTen   // the same inside a longer text
	hasNHS
	hasPostcode
	hasTelephone
	hasEmail
	hasNationalInsurance
	isInsuranceStem // a National Insurance number without its last letter
	isShortDate     // a day as few but dates of birth are written: 25/12/60, 25121960, 21999
	shapes          = iota
)

// A looker tells shapes. It is read by all workers.
type looker struct{ names names }

// profile counts what a cell is made of.
type profile struct{ digits, letters, spaces, at, other, words int }

func profileOf(cell []byte) (p profile) {
	between := true
	for _, c := range cell {
		if blank := space(c); blank || between {
			if between = blank; !blank {
				p.words++
			}
		}
		switch {
		case digit(c):
			p.digits++
		case letter(c), c >= 0x80:
			p.letters++
		case space(c):
			p.spaces++
		case c == '@':
			p.at++
			p.other++
		default:
			p.other++
		}
	}
	return p
}

// shapeOf returns the shapes of a cell that is not empty, and its day where it is a
// date.
func (l *looker) shapeOf(cell []byte) (s shape, words int, day date) {
	cell = bare(cell)
	if len(cell) == 0 {
		return 0, 0, date{}
	}
	p := profileOf(cell)
	words = p.words
	if p.letters == 0 {
		s, day = numeric(cell, p)
		if s == 0 && p.digits >= 10 {
			s = inText(cell)
		}
	} else {
		s, day = l.worded(cell, p, words)
		const whole = isNationalInsurance | isPostcode | isEmail | isHex | isDate | isPractitioner
		parted := p.at > 0 || p.digits > 0 && p.spaces+p.other > 0 || p.digits >= 10
		if parted && (words > 2 || s&whole == 0) {
			s |= inText(cell)
		}
	}
	return s, words, day
}

// numeric are the shapes of a cell without letters.
func numeric(cell []byte, p profile) (s shape, day date) {
	if p.digits == len(cell) {
		s |= isInteger
		if len(cell) == 7 {
			s |= isSevenDigits
		}
	}
	if number := wholeNumber(cell); len(number) < len(cell) {
		cell, p.digits = number, len(number) // it went through a spreadsheet
	}
	if p.digits == 10 {
		s |= healthNumber(cell)
		if s&isTenDigits == 0 {
			s |= inThrees(cell)
		}
	}
	if p.digits >= 9 && p.digits <= 14 && p.digits+p.spaces+p.other <= 20 {
		s |= telephone(cell)
	}
	if day = dateOf(cell); day.year != 0 {
		return s | isDate, day
	}
	if day = shortDateOf(cell); day.year != 0 {
		s |= isShortDate
	}
	return s, day
}

// wholeNumber is a number without the noughts that a spreadsheet puts after it.
func wholeNumber(cell []byte) []byte {
	number, noughts, ok := bytes.Cut(cell, []byte("."))
	if ok && len(noughts) > 0 && len(bytes.Trim(noughts, "0")) == 0 && allDigits(number) {
		return number
	}
	return cell
}

// inThrees are the shapes of ten digits in groups of three, three and four, with any
// one character between them.
func inThrees(cell []byte) shape {
	if len(cell) != 12 || cell[3] != cell[7] {
		return 0
	}
	var number [10]byte
	copy(number[:3], cell[:3])
	copy(number[3:6], cell[4:7])
	copy(number[6:], cell[8:])
	if !allDigits(number[:]) {
		return 0
	}
	return healthNumber(number[:])
}

// healthNumber are the shapes of ten digits, in one or in three groups.
func healthNumber(cell []byte) shape {
	number, state, placed := identifier.NHSNumberRead(cell, identifier.Options{AllowTest: true})
	switch {
	case state == identifier.Missing || state == identifier.BadForm:
		return 0
	case state != identifier.Valid:
		return isTenDigits
	case number >= 9990000000:
		return isTenDigits | isTestNHS
	case placed == identifier.NorthernIreland:
		return isTenDigits | isHC
	case placed == identifier.Scotland && dayAndMonth(number/1_000_000):
		return isTenDigits | isCHI
	}
	return isTenDigits | isNHS
}

// dayAndMonth reports whether four digits are a day and a month.
func dayAndMonth(n uint64) bool {
	_, ok := calendar.Of(2000, uint32(n%100), uint32(n/100))
	return ok
}

// worded are the shapes of a cell with letters.
func (l *looker) worded(cell []byte, p profile, words int) (s shape, day date) {
	if p.letters*2 > len(cell)-p.spaces {
		s |= isWorded
	}
	switch {
	case p.spaces == 0 && digestSize(cell) > 0:
		return s | isHex, date{}
	case p.at > 0 && words == 1 && email(cell):
		return s | isEmail, date{}
	case p.digits == 0:
		s |= l.names.shapeOf(cell)
	case len(cell) <= 14:
		s |= coded(cell)
	}
	if name := unnumbered(cell, p); len(name) < len(cell) {
		s |= l.names.shapeOf(name)
	}
	if p.digits >= 3 && len(cell) <= 30 && (digit(cell[0]) || monthNamed(cell) > 0) {
		if day = dateOf(cell); day.year != 0 {
			return s | isDate, day
		}
		if day = shortDateOf(cell); day.year != 0 {
			return s | isShortDate, day
		}
	}
	if words > 1 {
		s |= l.phrase(cell)
	}
	return s, date{}
}

// unnumbered is a text without the one to three digits that tell it from others of its
// name, as in Mrs Smith (3); the text itself where it has other digits.
func unnumbered(cell []byte, p profile) []byte {
	if p.digits == 0 || p.digits > 3 || letter(cell[len(cell)-1]) {
		return cell
	}
	name := bytes.TrimRight(cell, "0123456789)")
	n := len(bytes.TrimRight(cell[len(name):], ")"))
	name = bytes.TrimRight(name, " (")
	if n == 0 || n > 3 || len(cell) < len(name)+n+1 || bytes.ContainsAny(name, "0123456789") {
		return cell
	}
	return name
}

// coded are the shapes of short texts of letters and digits.
func coded(cell []byte) shape {
	var buffer [14]byte
	b := buffer[:0]
	for _, c := range cell {
		if c != ' ' && c != '-' && c != '.' && c != '/' {
			b = append(b, c)
		}
	}
	switch {
	case nationalInsurance(b):
		return isNationalInsurance
	case len(b) == 8 && nationalInsurance(append(b, 'A')) && len(cell) > len(b)+2:
		return isNationalInsurance // in pairs, as nothing else is
	case len(b) == 8 && nationalInsurance(append(b, 'A')):
		return isInsuranceStem
	case postcode(cell):
		return isPostcode
	case len(b) == 8 && b[0]|0x20 == 'g' && allDigits(b[1:]):
		return isPractitioner
	}
	return 0
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if !digit(c) {
			return false
		}
	}
	return true
}
