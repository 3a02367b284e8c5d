package mapping

import (
	"math"
	"strconv"
	"unsafe"
)

var powersOfTen = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// decimal reads a decimal number, correctly rounded: a sign, digits with at
// most one point, an exponent. Words (NaN, Inf), hexadecimal, blanks and values
// too large for a double are refused.
func decimal(b []byte) (float64, bool) {
	i, negative := 0, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		i, negative = 1, b[0] == '-'
	}
	var mantissa uint64
	seen, scale, point := 0, 0, false
	for ; i < len(b); i++ {
		c := b[i]
		if d := c - '0'; d <= 9 {
			mantissa = mantissa*10 + uint64(d)
			seen++
			if point {
				scale++
			}
			continue
		}
		if c != '.' || point {
			return longDecimal(b)
		}
		point = true
	}
	// Up to 19 digits cannot overflow; up to 2^53 the mantissa is exact, and so
	// is the power of ten: one division rounds correctly.
	if seen == 0 || seen > 19 || mantissa > 1<<53 || scale >= len(powersOfTen) {
		return longDecimal(b)
	}
	v := float64(mantissa)
	if scale > 0 {
		v /= powersOfTen[scale]
	}
	if negative {
		v = -v
	}
	return v, true
}

// longDecimal leaves the rare forms to strconv, within the grammar of decimal.
func longDecimal(b []byte) (float64, bool) {
	if len(b) == 0 || len(b) > 400 {
		return 0, false
	}
	for _, c := range b {
		if c-'0' > 9 && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	// ParseFloat keeps its argument only in an error, which is dropped here.
	v, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(b), len(b)), 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// integer reads a whole number: a sign and digits.
func integer(b []byte) (int64, bool) {
	i, negative := 0, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		i, negative = 1, b[0] == '-'
	}
	for i < len(b)-1 && b[i] == '0' {
		i++
	}
	if i == len(b) || len(b)-i > 19 {
		return 0, false
	}
	var v uint64
	for ; i < len(b); i++ {
		d := b[i] - '0'
		if d > 9 {
			return 0, false
		}
		v = v*10 + uint64(d)
	}
	switch {
	case !negative && v <= math.MaxInt64:
		return int64(v), true
	case negative && v <= 1<<63:
		return -int64(v), true
	}
	return 0, false
}

// boolean reads true and false, in any case: spreadsheets write TRUE.
func boolean(b []byte) (bool, bool) {
	switch len(b) {
	case 4:
		return true, b[0]|0x20 == 't' && b[1]|0x20 == 'r' && b[2]|0x20 == 'u' && b[3]|0x20 == 'e'
	case 5:
		return false, b[0]|0x20 == 'f' && b[1]|0x20 == 'a' && b[2]|0x20 == 'l' && b[3]|0x20 == 's' && b[4]|0x20 == 'e'
	}
	return false, false
}
