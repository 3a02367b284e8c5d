package privacy

import "math/bits"

// prefixes are the pairs of letters with which values of a column begin. Numbers of lots
// and series have few; National Insurance numbers have hundreds, and none that is not in
// use.
type prefixes [(26*26 + 63) / 64]uint64

func (p *prefixes) add(value []byte) {
	i := uint(value[0]|0x20-'a')*26 + uint(value[1]|0x20-'a')
	p[i/64] |= 1 << (i % 64)
}

func (p *prefixes) merge(o *prefixes) {
	for i, b := range o {
		p[i] |= b
	}
}

func (p *prefixes) count() (n int) {
	for _, b := range p {
		n += bits.OnesCount64(b)
	}
	return n
}
