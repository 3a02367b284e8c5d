package inflate

import (
	"bytes"
	"slices"
	"sync"
)

// codes are the tables of a block.
type codes struct {
	lit  [litEntries]entry
	dist [distEntries]entry
}

// set fills the tables. It reports whether the lengths are those of codes.
func (c *codes) set(lits, dists []uint8) bool {
	if !fill(c.lit[:], lits, litBits, litMeanings[:]) || !fill(c.dist[:], dists, distBits, distMeanings[:]) {
		return false
	}
	pairLiterals(c.lit[:1<<litBits])
	return true
}

// fixedCodes returns the codes that blocks have without saying so (RFC 1951, 3.2.6),
// made once: blocks of ten bits may have them.
var fixedCodes = sync.OnceValue(func() *codes {
	lits := slices.Concat(bytes.Repeat([]byte{8}, 144), bytes.Repeat([]byte{9}, 112), bytes.Repeat([]byte{7}, 24), bytes.Repeat([]byte{8}, 8))
	c := &codes{}
	c.set(lits, bytes.Repeat([]byte{5}, distSymbols))
	return c
})

// lengthOrder is the order in which the lengths of the codes of lengths are told.
var lengthOrder = [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// readCodes reads the codes of a block (RFC 1951, 3.2.7).
func (z *Reader) readCodes() error {
	if err := z.need(14); err != nil {
		return err
	}
	lits, dists, told := z.takeBits(5)+257, z.takeBits(5)+1, z.takeBits(4)+4
	if lits > litSymbols-2 || dists > distSymbols-2 {
		return ErrDamaged
	}
	var of [19]uint8
	for _, i := range lengthOrder[:told] {
		if err := z.need(3); err != nil {
			return err
		}
		of[i] = uint8(z.takeBits(3))
	}
	var table [lengthEntries]entry
	if !fill(table[:], of[:], lengthBits, lengthMeanings[:]) {
		return ErrDamaged
	}
	if err := z.readLengths(&table, lits+dists); err != nil {
		return err
	}
	if !z.own.set(z.lengths[:lits], z.lengths[lits:lits+dists]) {
		return ErrDamaged
	}
	z.now = &z.own
	return nil
}

// readLengths reads the lengths of so many codes.
func (z *Reader) readLengths(table *[lengthEntries]entry, codes int) error {
	for i := 0; i < codes; {
		if err := z.need(lengthBits + 7); err != nil {
			return err
		}
		e := table[z.bits&(lengthEntries-1)]
		if e&isOther != 0 {
			return ErrDamaged
		}
		z.takeBits(e.take())
		symbol := uint8(e >> 16)
		if symbol < 16 {
			z.lengths[i] = symbol
			i++
			continue
		}
		var repeated uint8
		var times int
		switch symbol {
		case 16:
			if i == 0 {
				return ErrDamaged
			}
			repeated, times = z.lengths[i-1], 3+z.takeBits(2)
		case 17:
			times = 3 + z.takeBits(3)
		default:
			times = 11 + z.takeBits(7)
		}
		if i+times > codes {
			return ErrDamaged
		}
		for ; times > 0; times-- {
			z.lengths[i] = repeated
			i++
		}
	}
	return nil
}
