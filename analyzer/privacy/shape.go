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
	isHex // of 32, 40 or 64 digits
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
	shapes = iota
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
	cell = bytes.TrimSpace(cell)
	if len(cell) == 0 {
		return 0, 0, date{}
	}
	p := profileOf(cell)
	words = p.words
	if p.letters == 0 {
		s, day = numeric(cell, p)
	} else {
		s, day = l.worded(cell, p, words)
		if words > 2 && p.digits+p.at > 0 {
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
	if number, ok := bytes.CutSuffix(cell, []byte(".0")); ok {
		cell, p.digits = number, p.digits-1 // a whole number that went through a spreadsheet
	}
	if p.digits == 10 {
		s |= healthNumber(cell)
	}
	if p.digits >= 9 && p.digits <= 14 && p.digits+p.spaces+p.other <= 20 {
		s |= telephone(cell)
	}
	if day = dateOf(cell); day.year != 0 {
		s |= isDate
	}
	return s, day
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
	case p.spaces == 0 && hexDigits(cell):
		return s | isHex, date{}
	case p.at > 0 && words == 1 && email(cell):
		return s | isEmail, date{}
	case p.digits == 0:
		s |= l.names.shapeOf(cell)
	case len(cell) <= 13:
		s |= coded(cell)
	}
	if digit(cell[0]) && p.digits >= 5 && len(cell) <= 30 {
		if day = dateOf(cell); day.year != 0 {
			return s | isDate, day
		}
	}
	if words > 1 {
		s |= l.phrase(cell)
	}
	return s, date{}
}

func hexDigits(cell []byte) bool {
	if n := len(cell); n != 32 && n != 40 && n != 64 {
		return false
	}
	for _, c := range cell {
		if lower := c | 0x20; !digit(c) && (lower < 'a' || lower > 'f') {
			return false
		}
	}
	return true
}

// coded are the shapes of short texts of letters and digits.
func coded(cell []byte) shape {
	var buffer [13]byte
	b := buffer[:0]
	for _, c := range cell {
		if c != ' ' {
			b = append(b, c)
		}
	}
	switch {
	case nationalInsurance(b):
		return isNationalInsurance
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
