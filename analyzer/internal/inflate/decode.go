package inflate

import "encoding/binary"

// copyBytes is how much of a match is written at once.
const copyBytes = 8

// decode unpacks a block of codes to its end, or until there is no room left.
func (z *Reader) decode() error {
	for z.o < window+madeRoom {
		if z.more(); z.beyond() {
			return z.cut()
		}
		made, limit := z.o, z.end-ahead
		if z.pos > limit { // near the end of the input: a few symbols at a time
			limit = z.pos
		}
		done, err := z.run(limit)
		if z.beyond() {
			z.o = made
			return z.cut()
		}
		if err != nil {
			return err
		}
		if done {
			z.kind = betweenBlocks
			return nil
		}
	}
	return nil
}

// run unpacks while in[limit] is not reached and there is room for a whole match. It
// reports whether the block ended.
func (z *Reader) run(limit int) (bool, error) {
	in, out := z.in[:], z.out[:]
	lit, dist := &z.now.lit, &z.now.dist
	pos, o, bits, n := z.pos, z.o, z.bits, z.n
	var done bool
	var err error
	for pos <= limit && o < window+madeRoom {
		bits |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
		pos += int(63-n) >> 3
		n |= 56
		e := lit[bits&(1<<litBits-1)]
		if e&isLiteral != 0 {
			o = e.put(out, o)
			bits >>= e & 63
			n -= e.take()
			e = lit[bits&(1<<litBits-1)]
			if e&isLiteral != 0 {
				o = e.put(out, o)
				bits >>= e & 63
				n -= e.take()
				e = lit[bits&(1<<litBits-1)]
			}
			if e&isLiteral != 0 || pos > limit {
				continue
			}
			bits |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
			pos += int(63-n) >> 3
			n |= 56
		}
		if e&isSecond != 0 {
			bits >>= e & 63
			n -= e.take()
			if e = e.second(lit[:], bits); e&isLiteral != 0 {
				o = e.put(out, o)
				bits >>= e & 63
				n -= e.take()
				continue
			}
		}
		if e&isOther != 0 {
			if done = e&isEnd != 0; !done {
				err = ErrDamaged
			}
			bits >>= e & 63
			n -= e.take()
			break
		}
		length := e.value(bits)
		bits >>= e & 63
		n -= e.take()
		d := dist[bits&(1<<distBits-1)]
		if d&isSecond != 0 {
			bits >>= d & 63
			n -= d.take()
			d = d.second(dist[:], bits)
		}
		back := d.value(bits)
		if d&isOther != 0 || back > o {
			err = ErrDamaged
			break
		}
		bits >>= d & 63
		n -= d.take()
		if from := o - back; length <= 2*copyBytes && back >= copyBytes {
			binary.LittleEndian.PutUint64(out[o:], binary.LittleEndian.Uint64(out[from:]))
			binary.LittleEndian.PutUint64(out[o+copyBytes:], binary.LittleEndian.Uint64(out[from+copyBytes:]))
		} else {
			repeat(out, o, from, length)
		}
		o += length
	}
	z.pos, z.o, z.bits, z.n = pos, o, bits, n
	return done, err
}

// put writes the literals, and perhaps a byte after them, and returns where they end.
func (e entry) put(out []byte, o int) int {
	binary.LittleEndian.PutUint16(out[o:], uint16(e>>8))
	return o + int(e>>24&3)
}

// value is the length or the distance, with its extra bits.
func (e entry) value(bits uint64) int {
	return int(e>>16) + int(bits&(1<<(e&63)-1)>>e.code())
}

// repeat writes the length bytes at from once more at o, and perhaps some after them.
func repeat(out []byte, o, from, length int) {
	switch back := o - from; {
	case back >= length:
		copy(out[o:o+length], out[from:from+length])
	case back >= copyBytes:
		for to := o; to < o+length; to += copyBytes {
			binary.LittleEndian.PutUint64(out[to:], binary.LittleEndian.Uint64(out[from:]))
			from += copyBytes
		}
	default:
		for to := o; to < o+length; to++ {
			out[to] = out[from]
			from++
		}
	}
}
