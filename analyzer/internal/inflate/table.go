package inflate

import "math/bits"

// How many bits are looked up at once; what is left of a longer code is looked up in a
// second table.
const litBits, distBits, lengthBits = 11, 8, 7

// maxCode is the most bits that a code has.
const maxCode = 15

// Entries of the tables with all their second tables. Each of those has at least two
// codes in it, for a set of codes is complete.
const (
	litEntries    = 1<<litBits + litSymbols/2<<(maxCode-litBits)
	distEntries   = 1<<distBits + distSymbols/2<<(maxCode-distBits)
	lengthEntries = 1 << lengthBits
)

// An entry says what the next bits of the stream mean.
//
//	literals  bit 31 set; the first in bits 8-15, the second in 16-23, how many in 24-25
//	length    the least length in bits 16-24
//	distance  the least distance in bits 16-30
//	other     bit 14 set: the end of a block, a second table, or no code
//
// Bits 0-5 say how many bits to take, with the extra bits of a length or distance; bits
// 8-11 of these two, how many are the code alone.
type entry uint32

const (
	isLiteral entry = 1 << 31
	isOther   entry = 1 << 14
	isSecond  entry = 1 << 13 // with isOther: it starts at bits 16-30
	isEnd     entry = 1 << 12 // with isOther
	noCode          = isOther
)

// take is how many bits the entry stands for.
func (e entry) take() uint { return uint(e & 63) }

// code is how many of them are the code alone.
func (e entry) code() uint { return uint(e >> 8 & 15) }

// second is the entry of the second table that e names, for bits from which those of the
// first are taken.
func (e entry) second(table []entry, rest uint64) entry {
	return table[uint(e>>16)+uint(rest)&(1<<e.code()-1)]
}

// fill makes the table of codes with these lengths, of which width bits are
// looked up at once. It reports whether the lengths are those of a set of codes:
// complete, or one code of one bit, or none.
func fill(table []entry, lengths []uint8, width int, meanings []entry) bool {
	var count [maxCode + 1]int
	for _, n := range lengths {
		count[n]++
	}
	var next [maxCode + 1]int
	code, longest := 0, 0
	for n := 1; n <= maxCode; n++ {
		code <<= 1
		next[n] = code
		if code += count[n]; count[n] > 0 {
			longest = n
		}
		if code > 1<<n {
			return false
		}
	}
	if alone := longest == 1 && count[1] == 1; longest > 0 && code != 1<<maxCode && !alone {
		return false
	}
	end := 1 << width
	for i := range table[:end] {
		table[i] = noCode
	}
	for symbol, length := range lengths {
		if length == 0 {
			continue
		}
		n := int(length)
		reversed := int(bits.Reverse16(uint16(next[n]))) >> (16 - n)
		next[n]++
		e := meanings[symbol]
		if n <= width {
			e = e.coded(n)
			for i := reversed; i < 1<<width; i += 1 << n {
				table[i] = e
			}
			continue
		}
		first, k := reversed&(1<<width-1), longest-width
		if table[first] == noCode {
			table[first] = isOther | isSecond | entry(end)<<16 | entry(k)<<8 | entry(width)
			end += 1 << k
		}
		e = e.coded(n - width)
		second := table[table[first]>>16:]
		for i := reversed >> width; i < 1<<k; i += 1 << (n - width) {
			second[i] = e
		}
	}
	return true
}

// coded is e with a code of n bits.
func (e entry) coded(n int) entry {
	if e&isLiteral == 0 {
		e += entry(n) << 8
	}
	return e + entry(n)
}

// pairLiterals has the first entries of the table give two literals where both their
// codes are looked up at once.
func pairLiterals(table []entry) {
	for i := len(table) - 1; i >= 0; i-- { // from above, so that those looked at are not pairs yet
		e := table[i]
		if e&isLiteral == 0 {
			continue
		}
		n := e.take()
		if s := table[i>>n]; s&isLiteral != 0 && n+s.take() <= litBits {
			table[i] = isLiteral | 2<<24 | s&0xff00<<8 | e&0xff00 | entry(n+s.take())
		}
	}
}

// What symbols mean (RFC 1951, 3.2.5).
const (
	endOfBlock  = 256
	litSymbols  = 288 // with two that fixed codes have, and no stream may use
	distSymbols = 32  // the same
)

var litMeanings = func() (m [litSymbols]entry) {
	for i := range endOfBlock {
		m[i] = isLiteral | 1<<24 | entry(i)<<8
	}
	m[endOfBlock] = isOther | isEnd
	base := 3
	for i := range 28 {
		extra := max(0, i/4-1)
		m[endOfBlock+1+i] = entry(base)<<16 | entry(extra)
		base += 1 << extra
	}
	m[285] = 258 << 16
	m[286], m[287] = noCode, noCode
	return m
}()

var distMeanings = func() (m [distSymbols]entry) {
	base := 1
	for i := range 30 {
		extra := max(0, i/2-1)
		m[i] = entry(base)<<16 | entry(extra)
		base += 1 << extra
	}
	m[30], m[31] = noCode, noCode
	return m
}()

// lengthMeanings are those of the codes in which lengths of codes are told.
var lengthMeanings = func() (m [19]entry) {
	for i := range m {
		m[i] = entry(i) << 16
	}
	return m
}()
