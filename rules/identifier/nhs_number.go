package identifier

import (
	"bytes"
	"encoding/binary"
)

// A State is what the form of an NHS number says about it.
type State uint8

// The states. The zero State is Missing.
const (
	Missing  State = iota // no byte at all
	Valid                 // ten digits, modulus 11 passes, may have been issued
	BadCheck              // ten digits, modulus 11 fails
	BadForm               // neither empty nor ten digits
	Dummy                 // ten digits that are never issued to anybody
)

// String returns the state as the column nhs_number_state holds it.
func (s State) String() string {
	switch s {
	case Missing:
		return "missing"
	case Valid:
		return "valid"
	case BadCheck:
		return "bad_check"
	case BadForm:
		return "bad_form"
	case Dummy:
		return "dummy"
	}
	return "unknown"
}

// A Range is the block of numbers that an NHS number comes from.
type Range uint8

// The ranges. The zero Range, NoRange, stands where there is no number to
// place: missing, bad form, bad check digit, one repeated digit.
const (
	NoRange         Range = iota
	England               // England, Wales and the Isle of Man
	Scotland              // Community Health Index numbers
	NorthernIreland       // Health and Care numbers
	Test                  // 999 000 0000 to 999 999 9999
	Other                 // passes modulus 11, but in no published range
)

// String returns the range as the column nhs_number_range holds it; empty for
// NoRange.
func (r Range) String() string {
	switch r {
	case England:
		return "england"
	case Scotland:
		return "scotland"
	case NorthernIreland:
		return "northern_ireland"
	case Test:
		return "test"
	case Other:
		return "other"
	}
	return ""
}

// Options change what counts as a real NHS number.
type Options struct {
	// AllowTest treats the range 999 000 0000 to 999 999 9999 as real, and as
	// English, for
	// demonstrations and tests.
	AllowTest bool
}

// NHSNumberWith returns the state and the range of an NHS number in the forms
// 9434765919, 943 476 5919 and 943-476-5919. Ten digits, the last a modulus 11
// check digit: NHS Data Dictionary, NHS NUMBER. All zeros and every other
// repeated digit pass modulus 11, and the range 999 is kept for tests, so both
// are dummies. White space around the number is not trimmed.
func NHSNumberWith(b []byte, o Options) (State, Range) {
	_, s, r := NHSNumberRead(b, o)
	return s, r
}

// NHSNumberRounded reports whether a spreadsheet has cut an NHS number to its first
// digits, as in 9.43E+09.
func NHSNumberRounded(b []byte) bool {
	digits, ok := bytes.CutSuffix(b, []byte("E+09"))
	if !ok || len(digits) == 0 {
		return false
	}
	for i, c := range digits {
		if (c < '0' || c > '9') != (i == 1 && c == '.') {
			return false
		}
	}
	return true
}

// NHSNumberRead is NHSNumberWith, and returns the ten digits as a number too:
// 0 where b has not the form of one.
func NHSNumberRead(b []byte, o Options) (uint64, State, Range) {
	if len(b) == 0 {
		return 0, Missing, NoRange
	}
	number, sum, ok := nhsNumber(b)
	if !ok {
		return 0, BadForm, NoRange
	}
	if number%1111111111 == 0 {
		return number, Dummy, NoRange
	}
	r := rangeOf(number)
	if r == Test && !o.AllowTest {
		return number, Dummy, Test
	}
	if sum%11 != 0 {
		return number, BadCheck, NoRange
	}
	if r == Test { // read as real
		r = England
	}
	return number, Valid, r
}

// nhsNumber returns the ten digits as a number, and the sum whose multiples of
// 11 pass modulus 11: the digits times 10, 9, ... 2, and the check digit
// itself. A check of 10 has no digit, so such a number cannot pass.
func nhsNumber(b []byte) (number, sum uint64, ok bool) {
	if len(b) == 12 && b[3] == b[7] && (b[3] == ' ' || b[3] == '-') {
		b = []byte{b[0], b[1], b[2], b[4], b[5], b[6], b[8], b[9], b[10], b[11]}
	}
	if len(b) != 10 {
		return 0, 0, false
	}
	// Eight digits at once, the first in the lowest byte: whatever is above 9
	// reaches a top bit.
	x := binary.LittleEndian.Uint64(b) ^ 0x3030303030303030
	d8, d9 := uint64(b[8]-'0'), uint64(b[9]-'0')
	if (x|(x+0x7676767676767676))&0x8080808080808080 != 0 || d8 > 9 || d9 > 9 {
		return 0, 0, false
	}
	// The top 16 bits of a product add up four digits with a weight each.
	even, odd := x&0x00ff00ff00ff00ff, x>>8&0x00ff00ff00ff00ff
	sum = even*(4|6<<16|8<<32|10<<48)>>48 + odd*(3|5<<16|7<<32|9<<48)>>48 + 2*d8 + d9
	pairs := even*10 + odd
	fours := pairs&0x0000ffff0000ffff*100 + pairs>>16&0x0000ffff0000ffff
	number = (fours&0xffffffff*10000+fours>>32)*100 + d8*10 + d9
	return number, sum, true
}

// rangeOf places a number in the publicly stated ranges (documentation of the
// nhs-number crate on docs.rs, after Wikipedia; the NHS publishes no table).
// 300 to 399 is listed for England, less what Scotland and Northern Ireland
// hold of it.
func rangeOf(number uint64) Range {
	switch {
	case number >= 101000000 && number <= 3112999999:
		return Scotland
	case number >= 3200000010 && number <= 3999999999:
		return NorthernIreland
	case number >= 3113000000 && number <= 4999999999,
		number >= 6000000000 && number <= 7999999999:
		return England
	case number >= 9990000000 && number <= 9999999999:
		return Test
	}
	return Other
}
